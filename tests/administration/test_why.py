"""The page on which the security officer asks why (PE-13)."""

import re
from uuid import uuid4

import pytest

from audit.models import Event
from tests.support.archive import Archive, file
from vault.authorization import questions

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
ADDRESS = "/administration/why/"


@pytest.fixture
def archive(settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    made = Archive()
    made.hall.name = "城南营业厅"
    made.hall.save()
    return made


def asked(archive: Archive, **changed: object) -> dict[str, str]:
    record = file(archive, archive.clerk, register_now="on", title="绝不示人的题名").record
    question = {
        "staff_no": archive.stranger.staff_no,
        "action": "holdings:record:consult",
        "object": record.pk,
    }
    return {name: str(value) for name, value in (question | changed).items()}


def test_the_answer_names_the_rule_and_nothing_of_the_record(archive: Archive) -> None:
    """PE-13: the verdict, the deciding rule in words, each step; no title, no unit, no level."""
    client = archive.client(archive.security)
    answer = client.post(f"{ADDRESS}", asked(archive), headers={"Accept-Language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "outside-unit-scope" in page
    assert archive.stranger.person.name in page
    assert "绝不示人的题名" not in page
    assert "城南营业厅" not in page


@pytest.mark.parametrize("action", [action.value for action in questions.ASKABLE])
def test_every_question_that_is_offered_is_answered(archive: Archive, action: str) -> None:
    """PE-13: a right that a new room brings has a name here, and each step of the rule its words."""
    page = archive.client(archive.security).post(ADDRESS, asked(archive, action=action)).content.decode()
    assert f'<option value="{action}" selected>' in page
    assert "规则逐条" in page


def test_a_number_of_nothing_is_said_to_be_absent(archive: Archive) -> None:
    """PE-13"""
    client = archive.client(archive.security)
    there = client.post(ADDRESS, asked(archive)).content.decode()
    missing = client.post(ADDRESS, asked(archive, object=uuid4())).content.decode()
    assert "没有这个对象" in missing
    assert "没有这个对象" not in there
    assert "规则逐条" in there
    assert "规则逐条" not in missing


@pytest.mark.parametrize(
    "wrong",
    [{"staff_no": "X404"}, {"action": "accounts:unit:manage"}, {"object": "no number"}, {"action": ""}],
)
def test_what_is_no_question_is_not_answered_and_keeps_what_was_typed(archive: Archive, wrong: dict) -> None:
    typed = asked(archive, **wrong)
    before = Event.objects.filter(action="authorization:decision:ask").count()
    answer = archive.client(archive.security).post(ADDRESS, typed)
    assert answer.status_code == 400
    assert typed["staff_no"] in answer.content.decode()
    assert Event.objects.filter(action="authorization:decision:ask").count() == before


def test_the_address_carries_neither_the_person_nor_the_object(archive: Archive) -> None:
    """Addresses stand in histories: a question in the address is not taken."""
    question = asked(archive)
    answer = archive.client(archive.security).get(ADDRESS, question)
    assert answer.status_code == 200
    assert "规则逐条" not in answer.content.decode()
    assert question["staff_no"] not in re.findall(r'<input[^>]*value="([^"]*)"', answer.content.decode())
