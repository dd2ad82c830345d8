"""Places booked in a reading room, and what two people do at the same moment (RR-08, RQ-02)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts import services as accounts_services
from tests.accounts.people import today
from tests.approvals.room import ReadingRoom, asked
from tests.support.archive import Archive
from tests.support.at_once import at_once
from vault.approvals import reading as reads
from vault.approvals import reading_errors
from vault.approvals.models import AccessRequest, Booking, ReadingSession
from vault.approvals.reading_rules import SessionState
from vault.approvals.services import bookings
from vault.authorization.errors import Absent, Refused
from vault.project.environment import StateContent

SHANGHAI = ZoneInfo("Asia/Shanghai")
with_database = pytest.mark.django_db(databases=["default", "audit"])


def book(
    room: ReadingRoom,
    request: AccessRequest,
    first: int = 9,
    last: int = 11,
    *,
    by: object = None,
    day: int = 1,
) -> Booking:
    return bookings.book(
        context=room.archive.context(by or request.requester.accounts.first()),
        request_id=request.pk,
        room_id=room.room.pk,
        day=today() + timedelta(days=day),
        first=first,
        last=last,
    )


def committed(settings) -> ReadingRoom:
    """The room as every connection sees it."""
    archive = Archive()
    archive.sit()
    settings.JINGUI_STATE_CONTENT = StateContent("attested", "演练", "0001", date(2099, 1, 1))
    return ReadingRoom(archive)


def of_another(room: ReadingRoom) -> AccessRequest:
    """The leader in charge's own approved request."""
    record = room.desk.record()
    room.desk.name(record, room.desk.in_charge)
    checked = room.desk.check(room.desk.submit(record, by=room.desk.in_charge))
    return room.desk.approve(checked, by=room.desk.principal)


@with_database
def test_a_place_is_booked_cancelled_and_booked_by_another(room: ReadingRoom) -> None:
    """RR-08: with one place in the room."""
    accounts_services.change_room(
        actor=room.archive.system, room=room.room, capacity=1, inspect_every=30, two_readers=False
    )
    mine, other = room.desk.approved(room.desk.record()), of_another(room)
    first = book(room, mine)
    with pytest.raises(reading_errors.RoomFull):
        book(room, other, 10, 12)
    assert book(room, other, 11, 13).state == SessionState.BOOKED
    bookings.cancel_booking(context=room.archive.context(room.desk.reader), booking_id=first.pk)
    with pytest.raises(reading_errors.BookedTwice):
        book(room, other, 10, 12)
    assert book(room, other, 9, 11).state == SessionState.BOOKED
    with pytest.raises(reading_errors.SessionStep):
        bookings.cancel_booking(context=room.archive.context(room.desk.reader), booking_id=first.pk)


@with_database
def test_a_place_is_for_ones_own_approved_request(room: ReadingRoom) -> None:
    """PE-05: somebody else's request, and one that is not there, are the same to him."""
    record = room.desk.record()
    checked = room.desk.checked(record)
    with pytest.raises(reading_errors.SessionStep):
        book(room, checked)
    mine = room.desk.approve(checked)
    for account in (room.desk.in_charge, room.keeper, room.desk.security):
        with pytest.raises((Absent, Refused)):
            book(room, mine, by=account)
    for first, last, day in ((7, 9, 1), (9, 12, 1), (9, 11, 7), (9, 11, -1)):
        with pytest.raises(reading_errors.BookingRefused):
            book(room, mine, first, last, day=day)
    accounts_services.close_room(actor=room.archive.system, room=room.room, reason="装修")
    with pytest.raises(reading_errors.RoomClosed):
        book(room, mine)
    assert not Booking.objects.exists()


@with_database
def test_a_booking_is_cancelled_by_its_reader_or_the_keeper_and_nobody_else(room: ReadingRoom) -> None:
    booking = book(room, room.desk.approved(room.desk.record()))
    for account in (room.desk.in_charge, room.desk.security, room.archive.stranger):
        with pytest.raises((Absent, Refused)):
            bookings.cancel_booking(context=room.archive.context(account), booking_id=booking.pk)
    cancelled = bookings.cancel_booking(context=room.archive.context(room.keeper), booking_id=booking.pk)
    assert (cancelled.state, cancelled.ended_by) == (SessionState.CANCELLED, room.keeper.person)


@with_database
def test_the_check_in_uses_the_booking_and_others_find_the_places_that_are_left(room: ReadingRoom) -> None:
    """RR-08: two places, one booked for this hour: one comes unannounced, and the next one waits."""
    mine, other = room.desk.approved(room.desk.record()), of_another(room)
    book(room, mine)
    with time_machine.travel(
        datetime.combine(today() + timedelta(days=1), time(9, 30), SHANGHAI), tick=False
    ):
        at = room.here().instant
        assert [one.request for one in reads.expected(room.room, at)] == [mine]
        assert reads.free_places(room.room, at) == 1
        room.check_in(other)
        assert reads.free_places(room.room, at) == 0
        room.check_in(mine, terminal=room.another().terminal)
        assert Booking.objects.get().state == SessionState.CHECKED_IN
        assert not reads.expected(room.room, at).exists()
        third = room.desk.approved(room.desk.record())
        with pytest.raises(reading_errors.RoomFull):
            room.check_in(third, terminal_id=None)


def test_of_two_who_want_the_last_place_one_gets_it(committed_databases, settings) -> None:
    """RR-08: at the same moment."""
    room = committed(settings)
    accounts_services.change_room(
        actor=room.archive.system, room=room.room, capacity=1, inspect_every=30, two_readers=False
    )
    mine, other = room.desk.approved(room.desk.record()), of_another(room)
    raised = at_once(lambda: book(room, mine), lambda: book(room, other))
    assert sorted(type(one).__name__ for one in raised) == ["NoneType", "RoomFull"]
    assert Booking.objects.count() == 1


def test_an_approval_of_one_use_is_opened_once(committed_databases, settings) -> None:
    """RQ-02: two keys pressed at the same moment, one use taken; and one check-in of two."""
    room = committed(settings)
    request = room.desk.approved(room.desk.record())
    other = room.another()
    raised = at_once(lambda: room.check_in(request), lambda: room.check_in(request, terminal=other.terminal))
    assert sorted(type(one).__name__ for one in raised) == ["InSessionAlready", "NoneType"]
    session = ReadingSession.objects.get()
    seat = room.seat if session.terminal_id == room.seat.terminal.pk else other
    here = room.here(terminal_id=seat.terminal.pk, terminal=seat.terminal.number)
    raised = at_once(lambda: room.begin(session, here), lambda: room.begin(session, here))
    assert sorted(type(one).__name__ for one in raised) == ["NoneType", "SessionStep"]
    assert asked(request).used == 1
