"""What the services of the reading room do, for the test that walks every service."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.accounts.people import today
from tests.approvals.room import ReadingRoom
from tests.approvals.writing import Writing
from vault.approvals.models import Booking, ReadingSession
from vault.approvals.services import beside, bookings, excerpts, papers, reading
from vault.approvals.services.papers import Counted
from vault.authorization.actions import Action

Act = Callable[[], object]


def _booked(room: ReadingRoom) -> Callable[[], Booking]:
    request = room.desk.approved(room.desk.record())
    return lambda: bookings.book(
        context=room.archive.context(room.desk.reader),
        request_id=request.pk,
        room_id=room.room.pk,
        day=today() + timedelta(days=1),
        first=9,
        last=11,
    )


def book(stage: Any) -> Act:
    return _booked(ReadingRoom(stage.archive))


def cancel_booking(stage: Any) -> Act:
    room = ReadingRoom(stage.archive)
    booking = _booked(room)()
    return lambda: bookings.cancel_booking(
        context=room.archive.context(room.desk.reader), booking_id=booking.pk
    )


def check_in(stage: Any) -> Act:
    room = ReadingRoom(stage.archive)
    request = room.desk.approved(room.desk.record())
    return lambda: room.check_in(request)


def begin(stage: Any) -> Act:
    room = ReadingRoom(stage.archive)
    session = room.check_in(room.desk.approved(room.desk.record()))
    return lambda: room.begin(session)


def _begun(stage: Any) -> tuple[ReadingRoom, ReadingSession]:
    room = ReadingRoom(stage.archive)
    return room, room.reading(room.desk.record())


def lock(stage: Any) -> Act:
    room, session = _begun(stage)
    return lambda: reading.lock(context=room.here(), session_id=session.pk)


def resume(stage: Any) -> Act:
    room, session = _begun(stage)
    reading.lock(context=room.here(), session_id=session.pk)
    return lambda: reading.resume(context=room.archive.context(room.keeper), session_id=session.pk)


def leave(stage: Any) -> Act:
    room, session = _begun(stage)
    return lambda: reading.leave(context=room.here(), session_id=session.pk)


def close(stage: Any) -> Act:
    room, session = _begun(stage)
    return lambda: reading.close(context=room.archive.context(room.keeper), session_id=session.pk)


def _on_paper(stage: Any) -> tuple[ReadingRoom, ReadingSession, Act]:
    room = ReadingRoom(stage.archive)
    session = room.check_in(room.desk.approved(room.desk.record()), terminal_id=None)
    return (
        room,
        session,
        lambda: papers.hand_over(
            context=room.archive.context(room.keeper),
            session_id=session.pk,
            out=Counted(12, "0003"),
            notebook_no="B-07",
            telephones_lodged=True,
        ),
    )


def hand_over(stage: Any) -> Act:
    return _on_paper(stage)[2]


def confirm(stage: Any) -> Act:
    room, session, handed = _on_paper(stage)
    handed()
    return lambda: papers.confirm(context=room.here(), session_id=session.pk)


def take_back(stage: Any) -> Act:
    room, session, handed = _on_paper(stage)
    handed()
    return lambda: papers.take_back(
        context=room.archive.context(room.keeper),
        session_id=session.pk,
        back=Counted(12, "0003"),
        notebook_returned=True,
    )


def keep_excerpt(stage: Any) -> Act:
    return Writing(ReadingRoom(stage.archive)).keep


def _with_second(stage: Any) -> tuple[ReadingRoom, ReadingSession, Act]:
    room = ReadingRoom(stage.archive)
    session, second = room.beside(room.desk.record())
    return (
        room,
        session,
        lambda: beside.attend(context=room.here(second), session_id=session.pk),
    )


def attend(stage: Any) -> Act:
    return _with_second(stage)[2]


def depart(stage: Any) -> Act:
    room, session, attended = _with_second(stage)
    attended()
    second = session.second_reader.accounts.first()
    return lambda: beside.depart(context=room.here(second), session_id=session.pk)


SERVICES = {
    "beside": beside,
    "bookings": bookings,
    "excerpts": excerpts,
    "papers": papers,
    "reading": reading,
}
WALKED: dict[str, tuple[Callable[[Any], Act], Action]] = {
    "bookings.book": (book, Action.BOOK_ROOM),
    "bookings.cancel_booking": (cancel_booking, Action.BOOK_ROOM),
    "reading.check_in": (check_in, Action.KEEP_ROOM),
    "reading.begin": (begin, Action.READ_IN_ROOM),
    "reading.lock": (lock, Action.READ_IN_ROOM),
    "reading.resume": (resume, Action.KEEP_ROOM),
    "reading.leave": (leave, Action.READ_IN_ROOM),
    "reading.close": (close, Action.KEEP_ROOM),
    "beside.attend": (attend, Action.READ_IN_ROOM),
    "beside.depart": (depart, Action.READ_IN_ROOM),
    "papers.hand_over": (hand_over, Action.KEEP_ROOM),
    "papers.confirm": (confirm, Action.READ_IN_ROOM),
    "papers.take_back": (take_back, Action.KEEP_ROOM),
    "excerpts.keep": (keep_excerpt, Action.EXCERPT),
}
