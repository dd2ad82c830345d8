"""Grants end, and those that nobody has looked at for a quarter are listed for whoever may end them (PE-11)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from accounts.rules import Duty
from audit import clock
from tests.accounts.people import make_appointment
from tests.support.archive import Archive, file, given_long_ago
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.holdings import errors, recertification
from vault.holdings.models import GrantReview, Record, RecordUserPermission
from vault.holdings.services import knowledge

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(archive: Archive) -> Record:
    return file(archive, archive.clerk, register_now="on").record


def give(archive: Archive, record: Record, *, days_ago: int) -> RecordUserPermission:
    fresh = knowledge.grant(
        context=of_account(archive.director),
        record_id=record.pk,
        person=archive.stranger.person,
        action=Action.COPY,
        ends_at=clock.now() + timedelta(days=200),
    )
    return given_long_ago(fresh, days_ago)


def listed(archive: Archive, who: str) -> list[int]:
    return [grant.pk for grant in recertification.due(of_account(getattr(archive, who)))]


@pytest.mark.parametrize(("days_ago", "due"), [(89, False), (90, True), (400, True)])
def test_a_grant_without_review_for_ninety_days_is_listed(
    archive: Archive, record: Record, days_ago: int, due: bool
) -> None:
    """PE-11"""
    old = give(archive, record, days_ago=days_ago)
    assert listed(archive, "director") == ([old.pk] if due else [])


def test_a_review_puts_it_off_by_a_quarter_and_leaves_its_last_day(archive: Archive, record: Record) -> None:
    """PE-11: kept, it comes back; ended, it does not."""
    old = give(archive, record, days_ago=91)
    ends_at = old.ends_at
    knowledge.keep_grant(context=of_account(archive.director), record_id=record.pk, grant_id=old.pk)
    assert listed(archive, "director") == []
    old.refresh_from_db()
    assert old.ends_at == ends_at
    with pytest.raises(errors.WrongState):
        knowledge.keep_grant(context=of_account(archive.director), record_id=record.pk, grant_id=old.pk)
    with pytest.MonkeyPatch.context() as patch:
        later = clock.now() + timedelta(days=91)
        patch.setattr(clock, "now", lambda: later)
        assert old.pk in listed(archive, "director")
        knowledge.end_grant(context=of_account(archive.director), record_id=record.pk, grant_id=old.pk)
        assert old.pk not in listed(archive, "director")


@pytest.mark.parametrize("who", ["clerk", "colleague", "stranger", "officer", "leader", "security"])
def test_whoever_may_not_end_it_does_not_see_it_and_does_not_keep_it(
    archive: Archive, record: Record, who: str
) -> None:
    """PE-11, PE-14: not by rank, not as the one who holds it."""
    old = give(archive, record, days_ago=91)
    assert listed(archive, who) == []
    with pytest.raises((Absent, Refused)):
        knowledge.keep_grant(context=of_account(getattr(archive, who)), record_id=record.pk, grant_id=old.pk)
    assert listed(archive, "director") == listed(archive, "archivist") == [old.pk]


def test_a_record_one_may_not_know_of_lists_no_grant(archive: Archive) -> None:
    """PE-14: a head who is not on the list of a secret learns nothing of it from its grants."""
    archive.sit()
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    archive.clear(archive.stranger, enterprise_level=2, restricted=1)
    secret = file(archive, archive.clerk, label="core", register_now="on").record
    grant = RecordUserPermission(
        content_object=secret, user=archive.stranger, granted_by=archive.clerk.person
    )
    grant.ends_at = clock.now() + timedelta(days=20)
    given_long_ago(grant)
    assert listed(archive, "director") == []


def test_nobody_keeps_a_grant_of_his_own(archive: Archive, record: Record) -> None:
    """PE-06: a director who was granted something before he led the unit."""
    old = give(archive, record, days_ago=91)
    make_appointment(archive.stranger.person, Duty.HALL_DIRECTOR, archive.hall)
    assert listed(archive, "stranger") == []
    with pytest.raises(errors.WrongState):
        knowledge.keep_grant(context=of_account(archive.stranger), record_id=record.pk, grant_id=old.pk)
    assert not GrantReview.objects.exists()


def test_the_page_lists_keeps_and_ends_and_home_says_so(archive: Archive, record: Record) -> None:
    """PE-11: from the worklist; both decisions lead back to the list."""
    first, second = give(archive, record, days_ago=91), give(archive, record, days_ago=120)
    client = archive.client(archive.director)
    assert "待复核的授权" in client.get("/").content.decode()
    page = client.get("/records/grants/").content.decode()
    assert record.title in page
    for verb, grant in (("keep", first), ("end", second)):
        answer = client.post(f"/records/{record.pk}/grants/{grant.pk}/{verb}/", {"from": "due"})
        assert answer["Location"] == "/records/grants/"
    assert "没有待复核的授权" in client.get("/records/grants/").content.decode()
    assert "待复核的授权" not in client.get("/").content.decode()


def test_a_review_is_evidence(archive: Archive, record: Record) -> None:
    old = give(archive, record, days_ago=91)
    knowledge.keep_grant(context=of_account(archive.director), record_id=record.pk, grant_id=old.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        GrantReview.objects.update(reviewed_at=clock.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        GrantReview.objects.all().delete()
