"""Whom the reading room tells what, what stands on home pages, and what a closed room does to all of it (RR-08, RQ-16)."""

from datetime import timedelta

import pytest
import time_machine

from accounts import services as accounts_services
from accounts.models import Account, Person
from accounts.rules import Duty
from accounts.terminal_rules import CheckResult
from audit.models import Event
from tests.accounts.people import today
from tests.approvals.room import ReadingRoom, fresh, page_address, reference
from tests.approvals.test_bookings import book, of_another
from tests.approvals.test_paper import OUT, hand_over, take_back
from tests.approvals.test_reading import morning
from vault.approvals import reading_errors, reading_home
from vault.approvals.models import Booking, ReadingSession
from vault.approvals.reading_rules import LONGEST, Cause, SessionState
from vault.approvals.reading_telling import ReadingTopic
from vault.approvals.services import beside, bookings, reading
from vault.approvals.services.sitting import CANCEL
from vault.notices.models import Notice

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def unread(topic: ReadingTopic) -> set[Person]:
    return {one.person for one in Notice.objects.filter(topic=topic.value, read_at=None)}


def close(room: ReadingRoom) -> None:
    accounts_services.close_room(actor=room.archive.system, room=room.room, reason="装修，停用三个月")


def cancel(room: ReadingRoom, booking: Booking, by: Account) -> None:
    bookings.cancel_booking(context=room.archive.context(by), booking_id=booking.pk)


def home(room: ReadingRoom, account: Account) -> dict[str, list[tuple[str, str]]]:
    """The room's lists on somebody's home page: the tag and the kind of each entry."""
    return {
        str(one.title): [(str(each.tag), each.tag_kind) for each in one.entries]
        for one in reading_home.worklists(room.archive.context(account))
    }


# Notices


def test_the_keepers_are_told_of_a_booking_and_of_its_end(room: ReadingRoom) -> None:
    """RR-08, RQ-16: by the request's number alone; what is given back need not be looked at as booked any more."""
    request = room.desk.approved(room.desk.record())
    booking = book(room, request)
    keepers = {room.keeper.person}
    assert keepers <= unread(ReadingTopic.BOOKED)
    notice = Notice.objects.filter(topic=ReadingTopic.BOOKED.value).first()
    assert (notice.reference, notice.path) == (request.reference, "/reading/")
    cancel(room, booking, room.desk.reader)
    assert keepers <= unread(ReadingTopic.GIVEN_BACK)
    assert not unread(ReadingTopic.BOOKED) | unread(ReadingTopic.CANCELLED)
    book(room, request)
    assert not unread(ReadingTopic.GIVEN_BACK)


def test_one_place_given_back_silences_nothing_about_another(room: ReadingRoom) -> None:
    """RR-08: of one request, on two hours."""
    request = room.desk.approved(room.desk.record())
    first, second = book(room, request), book(room, request, 13, 14)
    cancel(room, first, room.desk.reader)
    assert room.keeper.person in unread(ReadingTopic.BOOKED)
    cancel(room, second, room.desk.reader)
    assert not unread(ReadingTopic.BOOKED)


def test_the_reader_is_told_when_another_cancels_his_place(room: ReadingRoom) -> None:
    """RR-08: the keeper who did it is not told of it himself; another one is."""
    other = room.archive.add(Duty.ROOM_KEEPER)
    cancel(room, book(room, room.desk.approved(room.desk.record())), room.keeper)
    assert unread(ReadingTopic.CANCELLED) == {room.desk.reader.person}
    assert room.keeper.person not in unread(ReadingTopic.GIVEN_BACK)
    assert other.person in unread(ReadingTopic.GIVEN_BACK)


def test_a_closed_room_gives_its_places_back_and_says_so(room: ReadingRoom) -> None:
    """RR-08: within a minute, once, by the system itself, in the log; of days that are over nothing is told."""
    mine, other = book(room, room.desk.approved(room.desk.record())), book(room, of_another(room))
    past = book(room, room.desk.approved(room.desk.record()), 13, 14, day=0)
    assert reading.end_overdue() == 0
    with time_machine.travel(morning(), tick=False):
        close(room)
        assert reading.end_overdue() == 2
        assert reading.end_overdue() == 0
    states = {one.pk: (one.state, one.ended_by) for one in Booking.objects.all()}
    assert states[mine.pk] == states[other.pk] == (SessionState.CANCELLED, None)
    assert states[past.pk] == (SessionState.BOOKED, None)
    assert unread(ReadingTopic.CANCELLED) == {room.desk.reader.person, room.desk.in_charge.person}
    assert Event.objects.filter(action=CANCEL).count() >= 2


def test_whoever_is_to_stay_beside_is_told_until_he_has_confirmed(room: ReadingRoom) -> None:
    """RR-10, RQ-16."""
    session, second = room.beside(room.desk.record())
    assert unread(ReadingTopic.BESIDE) == {second.person}
    beside.attend(context=room.here(second), session_id=session.pk)
    assert not unread(ReadingTopic.BESIDE)


# A room that may not be used


def test_closing_the_room_ends_what_is_read_in_it(room: ReadingRoom) -> None:
    """10.1(4): refused at the next page, closed within the minute with its own cause."""
    record = room.desk.record()
    session = room.reading(record)
    client = room.archive.client(room.desk.reader)
    ReadingSession.objects.update(web_session=reference(client))
    assert client.get(page_address(record, 1)).status_code == 200
    close(room)
    assert client.get(page_address(record, 1)).status_code == 403
    assert reading.end_overdue() == 1
    assert fresh(session).cause == Cause.ROOM_CLOSED


def test_an_inspection_that_failed_ends_it_and_lets_nobody_in(room: ReadingRoom) -> None:
    """10.1(4): until it is inspected anew."""
    session = room.reading(room.desk.record())
    room.inspect(CheckResult.FAILED)
    assert reading.end_overdue() == 1
    assert fresh(session).cause == Cause.ROOM_UNINSPECTED
    request = room.desk.approved(room.desk.record())
    with pytest.raises(reading_errors.RoomUninspected):
        room.check_in(request)
    room.inspect()
    assert room.check_in(request).is_live


def test_an_inspection_that_is_overdue_lets_nobody_in(room: ReadingRoom) -> None:
    """10.1(4): thirty days after the last one, and not a day later."""
    starts = today() + timedelta(days=29)
    request = room.desk.approved(room.desk.record(), starts_on=starts, ends_on=starts + timedelta(days=5))
    late = time_machine.travel(morning() + timedelta(days=30), tick=False)
    with late, pytest.raises(reading_errors.RoomUninspected):
        room.check_in(request, terminal_id=None)
    with time_machine.travel(morning() + timedelta(days=29), tick=False):
        assert room.check_in(request, terminal_id=None).is_live


def test_paper_that_is_with_a_reader_comes_back_from_a_closed_room_too(room: ReadingRoom) -> None:
    """P-04: no machine ends it."""
    session = room.check_in(room.desk.approved(room.desk.record()), terminal_id=None)
    hand_over(room, session)
    close(room)
    assert reading.end_overdue() == 0
    take_back(room, session, OUT)
    assert reading.end_overdue() == 1
    assert fresh(session).cause == Cause.ROOM_CLOSED


# Home pages


def test_the_keepers_home_says_who_comes_and_who_is_in(room: ReadingRoom) -> None:
    """RR-08, interface.md 1.1: today's bookings alone; a locked session and paper that is out stand out."""
    assert home(room, room.keeper) == {}
    with time_machine.travel(morning(), tick=False):
        book(room, room.desk.approved(room.desk.record()), 14, 15, day=0)
        book(room, of_another(room), 14, 15)
        assert home(room, room.keeper) == {"今日预约查阅": [("14:00–15:00", "info")]}
        session = room.reading(room.desk.record())
        assert home(room, room.keeper)["正在保密室查阅"] == [("查阅中", "ok")]
        reading.lock(context=room.here(), session_id=session.pk)
        assert home(room, room.keeper)["正在保密室查阅"] == [("已锁定", "soon")]


def test_paper_that_is_out_stands_out_and_late_before_the_officer_too(room: ReadingRoom) -> None:
    """P-04, AD-11: with its keeper at once, with the security officer once its time is over."""
    with time_machine.travel(morning(), tick=False) as at:
        session = room.check_in(room.desk.approved(room.desk.record()), terminal_id=None)
        hand_over(room, session)
        assert home(room, room.keeper)["正在保密室查阅"] == [("纸质文件未归还", "info")]
        assert home(room, room.desk.security) == {}
        at.shift(LONGEST)
        assert home(room, room.keeper)["正在保密室查阅"] == [("纸质文件未归还", "late")]
        assert home(room, room.desk.security) == {"逾期未归还的纸质文件": [("纸质文件未归还", "late")]}
        take_back(room, session, OUT)
        assert home(room, room.desk.security) == {}


def test_the_readers_home_has_his_session_and_his_places(room: ReadingRoom) -> None:
    """RR-08: and nobody else's."""
    request = room.desk.approved(room.desk.record(), amount=2)
    book(room, request)
    session, second = room.beside(room.desk.record())
    mine = home(room, room.desk.reader)["我的查阅"]
    assert [kind for _tag, kind in mine] == ["info", ""]
    assert mine[1][0].endswith("9:00–11:00")
    assert home(room, second) == {"陪同查阅": [("请确认到场", "soon")]}
    assert home(room, room.archive.clerk) == {}
    page = room.archive.client(second).get("/").content.decode()
    assert session.request.reference in page
    assert session.request.record.title not in page.split("陪同查阅")[1].split("</section>")[0]
