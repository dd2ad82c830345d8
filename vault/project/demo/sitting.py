"""The secure reading room in the demo's last weeks: read and written from on screen, read on paper, a place booked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from accounts.models import SecureRoom, Terminal
from accounts.rules import local_day
from audit import clock
from vault.approvals.models import AccessRequest, ReadingSession
from vault.approvals.rules import RequestState
from vault.approvals.services import bookings, excerpts, papers, reading
from vault.approvals.services.excerpts import Noted
from vault.approvals.services.papers import Counted
from vault.authorization.actions import Action
from vault.holdings import custody, leases, releases
from vault.holdings.models import Component
from vault.project.demo.asking import approve, ask, check
from vault.project.demo.desk import TERMINAL, Desk
from vault.project.demo.office import ROOM

READER, KEEPER = "officer", "archivist"
# What the leader in charge asks for himself is decided by the post above him.
LEADER, PRINCIPAL = "leader", "principal"
# A day from now on which the halls and the reading room are open.
BOOKED_AHEAD = 1
# What is written down under which kind of approval; short, as one writes in a session.
WRITTEN = (
    (Action.EXCERPT, "保障路线值守要点（摘录）", "值守点位每两小时轮换一次；现场负责人随时在岗。"),
    (Action.QUOTE, "值守轮换要求（引用）", "“值守点位每两小时轮换一次。”"),
)
# The browser in which he reads.
SEAT = "demo"
WIDTH = 600


def paper_read(desk: Desk, day: date) -> None:
    """Counted out and in, confirmed both times: the request is used up."""
    session = _handed_over(desk, READER, LEADER, "roster", pages=3, notebook="BJ-014")
    _back(desk, session, pages=3)
    papers.confirm(context=desk.context(READER), session_id=session.pk)


def written_down(desk: Desk, day: date) -> None:
    """Read on screen, page by page in the register, with an excerpt and a quote: three approvals are used up."""
    consult = _approved(desk, READER, LEADER, "power", Action.CONSULT)
    notes = [_approved(desk, READER, LEADER, "power", action) for action, *_rest in WRITTEN]
    session = reading.check_in(
        context=desk.context(KEEPER),
        request_id=consult.pk,
        room_id=_room().pk,
        terminal_id=Terminal.objects.get(number=TERMINAL).pk,
    )
    here = replace(desk.context(READER), session=SEAT)
    reading.begin(context=here, session_id=session.pk)
    component = Component.objects.filter(record=consult.record_id).earliest("position")
    record, permit, version = leases.permit_for(
        here, Action.CONSULT, consult.record_id, component.pk, pages=(1,)
    )
    release = releases.of(here, record.pk)
    custody.render_page(permit, version, page=1, width=WIDTH, watermark=release.mark)
    release.enter(version, 1)
    for request, (_action, title, text) in zip(notes, WRITTEN, strict=True):
        excerpts.keep(
            context=replace(desk.context(READER), session=SEAT),
            session_id=session.pk,
            noted=Noted(request.pk, uuid4(), title, text, component.pk, "1"),
        )
    reading.leave(context=replace(desk.context(READER), session=SEAT), session_id=session.pk)


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


def _approved(desk: Desk, who: str, by: str, document: str, action: Action) -> AccessRequest:
    return approve(desk, check(desk, ask(desk, who, document, action)), by)


def _handed_over(
    desk: Desk, reader: str, by: str, document: str, *, pages: int, notebook: str
) -> ReadingSession:
    request = _approved(desk, reader, by, document, Action.CONSULT)
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
    (8, 14, written_down),
    (9, 14, page_missing),
    (2, 15, place_booked),
    (0, 23, paper_out),
)
