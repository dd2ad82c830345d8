"""A lease spares a reader's further ranges an event each: to one session only, and its count reaches the log once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.accounts.conftest import MovableClock
from tests.support.archive import Archive, file, pdf
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings import leases
from vault.holdings.models import ReadingLease, Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(archive: Archive) -> Record:
    return file(archive, archive.clerk, ("通知.pdf", pdf(3)), label="open", register_now="on").record


@pytest.fixture
def at(record: Record) -> Iterator[MovableClock]:
    """The clock from now on, under the test's hand."""
    movable = MovableClock(clock.now())
    clock.set_clock(movable)
    yield movable
    clock.set_clock(None)


def read(archive: Archive, record: Record, *, session: str, action: Action = Action.CONSULT) -> None:
    context = Context(account=archive.colleague, instant=clock.now(), session=session, address="127.0.0.1")
    leases.permit_for(context, action, record.pk, record.components.get().pk)


def ends() -> list[Event]:
    return list(Event.objects.filter(action="holdings:lease:end").order_by("id"))


def test_further_ranges_in_one_session_are_counted_and_another_session_opens_anew(
    archive: Archive, record: Record
) -> None:
    """AU-01: two sessions of one person are two readings; a stolen cookie must not read under the other's event."""
    before = Event.objects.count()
    for _ in range(3):
        read(archive, record, session="one")
    assert Event.objects.count() == before + 1
    read(archive, record, session="two")
    assert Event.objects.count() == before + 2
    opened = {lease.session: lease for lease in ReadingLease.objects.all()}
    assert {session: lease.parts for session, lease in opened.items()} == {"one": 2, "two": 0}
    assert opened["one"].event_uid != opened["two"].event_uid
    for lease in opened.values():
        assert Event.objects.get(uid=lease.event_uid).session == lease.session


def test_two_browsers_of_one_person_have_a_lease_each(archive: Archive, record: Record) -> None:
    address = f"/records/{record.pk}/components/{record.components.get().pk}/pages/1.png"
    for client in (archive.client(archive.colleague), archive.client(archive.colleague)):
        assert [client.get(address).status_code for _ in range(2)] == [200, 200]
    assert sorted(ReadingLease.objects.values_list("parts", flat=True)) == [1, 1]
    assert len(set(ReadingLease.objects.values_list("session", flat=True))) == 2


def test_a_lease_ends_by_itself(archive: Archive, record: Record, at: MovableClock) -> None:
    before = Event.objects.count()
    read(archive, record, session="one")
    at.forward(seconds=leases.LIFETIME.total_seconds() - 1)
    read(archive, record, session="one")
    assert Event.objects.count() == before + 1
    at.forward(seconds=1)
    read(archive, record, session="one")
    assert Event.objects.count() == before + 2


def test_the_count_of_an_ended_lease_reaches_the_log_once(
    archive: Archive, record: Record, at: MovableClock
) -> None:
    """AU-01: what was read under one opening is in the log, one time."""
    for _ in range(3):
        read(archive, record, session="one")
    at.forward(seconds=leases.LIFETIME.total_seconds() - 1)
    assert (leases.tell_ended(), ends()) == (0, [])
    at.forward(seconds=1)
    assert leases.tell_ended() == 1
    (told,) = ends()
    opened = ReadingLease.objects.get()
    assert (told.outcome, told.rule) == ("granted", "lease-ended")
    assert (told.actor, told.person, told.session) == (
        archive.colleague.staff_no,
        str(archive.colleague.person_id),
        "one",
    )
    assert (told.object_type, told.object_id) == ("record", str(record.pk))
    assert told.document["object"]["version"] == "parts:3"
    assert told.document["corr"] == str(opened.event_uid)
    at.forward(hours=1)
    assert leases.tell_ended() == 0
    assert ends() == [told]


def test_each_round_tells_a_bounded_number_and_the_rest_wait_for_the_next(
    archive: Archive, record: Record, at: MovableClock
) -> None:
    for session in ("one", "two", "three"):
        read(archive, record, session=session)
    at.forward(seconds=leases.LIFETIME.total_seconds())
    assert [leases.tell_ended(limit=2) for _ in range(3)] == [2, 1, 0]
    assert [event.session for event in ends()] == ["one", "two", "three"]


def test_a_count_that_the_log_did_not_take_is_told_later(
    archive: Archive, record: Record, at: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant 2: marked as told before it is in the log, it would be lost."""
    read(archive, record, session="one")
    at.forward(seconds=leases.LIFETIME.total_seconds())

    def down(*_: object, **__: object) -> None:
        raise AuditUnavailable("gone")

    with monkeypatch.context() as broken:
        broken.setattr(recording, "record", down)
        with pytest.raises(AuditUnavailable):
            leases.tell_ended()
    assert ReadingLease.objects.filter(told_at__isnull=True).count() == 1
    assert leases.tell_ended() == 1
    assert len(ends()) == 1


def test_a_lease_that_was_told_lets_nothing_more_through(
    archive: Archive, record: Record, at: MovableClock
) -> None:
    """Its count stands in the log already."""
    read(archive, record, session="one")
    ReadingLease.objects.update(told_at=clock.now() + timedelta(seconds=1))
    before = Event.objects.count()
    read(archive, record, session="one")
    assert Event.objects.count() == before + 1
    assert ReadingLease.objects.count() == 2
