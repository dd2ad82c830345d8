"""What the screens of two-person changes cost, and what they promise."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import services
from accounts.models import PendingGrant
from accounts.rules import GRANT_WAITS, Duty, local_day
from audit import clock
from tests.accounts.people import make_account, make_person, today
from tests.support.archive import Archive

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def archive(settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return Archive()


def address(name: str, *values: object) -> str:
    return reverse(f"administration:{name}", args=values)


def propose(archive: Archive, count: int) -> None:
    """So many duties and so many passwords that wait for the hall's director."""
    for _ in range(count):
        person = make_person(archive.hall)
        services.appoint(
            actor=archive.security,
            person=person,
            duty=Duty.ARCHIVIST,
            unit=archive.hall,
            starts_on=today(),
            reason="接任",
        )
        services.propose_password(actor=archive.system, account=make_account(person), reason="遗忘")


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_list_of_proposals_costs_the_same_for_two_and_for_twenty(archive: Archive) -> None:
    """Names of units and accounts are read together, on the list, at home and on a person's page."""
    client = archive.client(archive.director)
    propose(archive, 1)
    pages = (address("grants"), "/")
    few = [queries(client, page) for page in pages]
    propose(archive, 9)
    assert PendingGrant.objects.count() == 20
    assert [queries(client, page) for page in pages] == few


def test_who_carries_a_confirmed_account_out_is_told_his_own_last_day(archive: Archive, monkeypatch) -> None:
    """AD-03: the fourteen days run anew from the confirmation, and nobody is told that it already counts."""
    system, head = archive.client(archive.system), archive.client(archive.director)
    typed = {"staff_no": "N9005", "reason": "原账号停用"}
    led = system.post(address("new_account", archive.colleague.person_id), typed)
    grant = PendingGrant.objects.get()
    proposed = system.get(led["Location"]).content.decode()
    assert "会出现在你的首页待办" in proposed
    assert "确认后生效" not in proposed
    shown = head.get(address("grant", grant.pk)).content.decode()
    assert "确认期限" in shown
    assert "自其下次操作起生效" not in shown
    later = grant.proposed_at + timedelta(days=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    system, head = archive.client(archive.system), archive.client(archive.director)
    led = head.post(address("confirm_grant", grant.pk))
    assert "自其下次操作起生效" not in head.get(led["Location"]).content.decode()
    last = local_day(later + GRANT_WAITS).isoformat()
    assert last in system.get("/").content.decode()
    shown = system.get(address("grant", grant.pk)).content.decode()
    assert "办理期限" in shown
    assert last in shown
