"""The secure reading room in the demo's last weeks: a place booked, papers read, one that came back a page short."""

from collections.abc import Callable
from datetime import date, timedelta

from accounts.models import SecureRoom
from accounts.rules import local_day
from audit import clock
from vault.approvals.models import AccessRequest, ReadingSession
from vault.approvals.rules import RequestState
from vault.approvals.services import bookings, papers, reading
from vault.approvals.services.papers import Counted
from vault.authorization.actions import Action
from vault.project.demo.asking import approve, ask, check
from vault.project.demo.desk import Desk
from vault.project.demo.office import ROOM

READER, KEEPER = "officer", "archivist"
# What the leader in charge asks for himself is decided by the post above him.
LEADER, PRINCIPAL = "leader", "principal"
# A day from now on which the halls and the reading room are open.
BOOKED_AHEAD = 1


def paper_read(desk: Desk, day: date) -> None:
    """Counted out and in, confirmed both times: the request is used up."""
    session = _handed_over(desk, READER, LEADER, "roster", pages=3, notebook="BJ-014")
    _back(desk, session, pages=3)
    papers.confirm(context=desk.context(READER), session_id=session.pk)


def page_missing(desk: Desk, day: date) -> None:
    """An incident at once (P-04)."""
    _back(desk, _handed_over(desk, READER, LEADER, "slip", pages=2, notebook="BJ-015"), pages=1)


def place_booked(desk: Desk, day: date) -> None:
    """For the day after the demo's."""
    request = AccessRequest.objects.get(
        record=desk.record_id("levels"), action=Action.CONSULT, state=RequestState.APPROVED
    )
    bookings.book(
        context=desk.context(READER),
        request_id=request.pk,
        room_id=_room().pk,
        day=day + timedelta(days=BOOKED_AHEAD),
        first=9,
        last=11,
    )


def paper_out(desk: Desk, day: date) -> None:
    """Today: whoever signs in as the keeper finds it out, and takes it back."""
    _handed_over(desk, LEADER, PRINCIPAL, "winter", pages=4, notebook="BJ-016")


def _handed_over(
    desk: Desk, reader: str, by: str, document: str, *, pages: int, notebook: str
) -> ReadingSession:
    request = approve(desk, check(desk, ask(desk, reader, document, Action.CONSULT)), by)
    session = reading.check_in(context=desk.context(KEEPER), request_id=request.pk, room_id=_room().pk)
    papers.hand_over(
        context=desk.context(KEEPER),
        session_id=session.pk,
        out=_counted(pages),
        notebook_no=notebook,
        telephones_lodged=True,
    )
    papers.confirm(context=desk.context(reader), session_id=session.pk)
    return session


def _back(desk: Desk, session: ReadingSession, *, pages: int) -> None:
    papers.take_back(
        context=desk.context(KEEPER), session_id=session.pk, back=_counted(pages), notebook_returned=True
    )


def _counted(pages: int) -> Counted:
    return Counted(pages, f"{local_day(clock.now()).year}-0{pages}")


def _room() -> SecureRoom:
    return SecureRoom.objects.get(code=ROOM)


# Days ago, hour of the day in Asia/Shanghai, what was done.
SITTING: tuple[tuple[int, int, Callable[[Desk, date], None]], ...] = (
    (10, 9, paper_read),
    (9, 14, page_missing),
    (2, 15, place_booked),
    (0, 23, paper_out),
)
