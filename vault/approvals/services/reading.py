"""Reading sessions: in, begun, locked, resumed, left, closed, and what the system ends itself (7.4, RR-01, RR-06)."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import rooms, terminals
from accounts.exclusions import part_in
from accounts.models import Person, SecureRoom, Terminal
from accounts.rules import local_day
from audit import clock
from vault.approvals import (
    emergencies,
    emergency_errors,
    emergency_rules,
    reading,
    reading_errors,
    reading_telling,
)
from vault.approvals.digests import is_unchanged
from vault.approvals.models import AccessRequest, Booking, ReadingSession
from vault.approvals.reading_rules import (
    FORSAKEN,
    LIVE,
    Cause,
    Medium,
    Party,
    SessionEvent,
    SessionState,
    hard_end,
    is_awake,
)
from vault.approvals.rules import IN_FORCE, TOP_SECRET, RequestEvent
from vault.approvals.services import beside, bookings, sitting
from vault.approvals.services.journal import change
from vault.approvals.services.requests import locked, require_usable, take_use
from vault.approvals.standing import has_label, may_have
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.permit import Permit


def check_in(
    *,
    context: Context,
    request_id: UUID,
    room_id: UUID,
    terminal_id: UUID | None = None,
    second_reader_id: UUID | None = None,
) -> ReadingSession:
    """Let a reader in, whom the keeper of the room has seen; without a terminal he reads paper (P-04).

    His booking of today is used up by it. Raises Absent, KeeperReads, RoomClosed, RoomUninspected, TerminalNotReady,
    SecondReaderMissing, RoomFull, InSessionAlready, NothingLeft, WindowOver, HourOver, OtherRoom, LabelMoved,
    WrongStep, Refused, AuditUnavailable.
    """
    room = _kept(context, room_id)
    if not AccessRequest.objects.filter(pk=request_id).exists():
        gate.absent(context, Action.KEEP_ROOM, "request", request_id)
    permit = gate.authorize(
        context,
        Action.KEEP_ROOM,
        sealed={"request": str(request_id), "room": room.code, "step": SessionEvent.CHECK_IN.value},
    )
    with change(permit.event):
        request = locked(request_id)
        room = SecureRoom.objects.select_for_update().get(pk=room_id)
        now, keeper = clock.now(), UUID(permit.actor.person)
        if part_in(keeper, concerned=[request.requester_id]) is not None:
            raise reading_errors.KeeperReads
        require_usable(request, RequestEvent.OPEN)
        if request.is_emergency and request.room_id != room.pk:
            raise emergency_errors.OtherRoom
        if not room.is_open:
            raise reading_errors.RoomClosed
        if reading.room_problem(room.pk, local_day(now)) is not None:
            raise reading_errors.RoomUninspected
        terminal = None if terminal_id is None else _ready(terminal_id, room, now)
        second = _second(request, room, keeper, second_reader_id, now)
        # Held, so that of two who put him into two rooms at once one finds the other.
        reader = Person.objects.select_for_update().get(pk=request.requester_id)
        if reading.is_elsewhere(reader.pk, room.pk):
            raise reading_errors.InSessionAlready
        _take_place(request, room, now, by=keeper)
        session = ReadingSession(
            request=request,
            reader=request.requester,
            room=room,
            terminal=terminal,
            medium=Medium.PAPER if terminal is None else Medium.SCREEN,
            checked_in_by=Person.objects.get(pk=keeper),
            checked_in_at=now,
            second_reader=second,
            ends_at=hard_end(now, request.ends_on, _hour_end(request)),
            state=SessionState.CHECKED_IN,
            last_at=now,
        )
        try:
            with transaction.atomic():
                session.save(force_insert=True)
        except IntegrityError:
            raise reading_errors.InSessionAlready from None
        reading_telling.let_in(session, now)
        sitting.ended(permit.event, session, SessionEvent.CHECK_IN, second=str(second.pk) if second else "")
    return session


def begin(*, context: Context, session_id: UUID) -> ReadingSession:
    """Begin to read, at the terminal of the session, or go on there after the keeper resumed it.

    The first time takes one use of the request, in the same transaction (RQ-02). Raises Absent, SessionStep,
    NotAtTerminal, SecondReaderAway, SessionAsleep, NothingLeft, WindowOver, LabelMoved, WrongStep, Refused,
    AuditUnavailable.
    """
    permit = sitting.permit_of_reader(context, session_id, SessionEvent.BEGIN)
    with change(permit.event):
        session = sitting.held(session_id)
        reached = sitting.require(session, SessionEvent.BEGIN, Party.READER)
        now = clock.now()
        if session.medium != Medium.SCREEN:
            raise reading_errors.SessionStep
        if not _is_at(context, session):
            raise reading_errors.NotAtTerminal
        beside.require(session)
        if now >= session.ends_at or now < session.checked_in_at:
            raise reading_errors.SessionAsleep
        if session.state == SessionState.CHECKED_IN:
            open_request(session)
        elif session.web_session or not is_awake(session.last_at, now):
            raise reading_errors.SessionStep
        session.state, session.web_session, session.last_at = reached, context.session, now
        session.opened_at = session.opened_at or now
        session.save(update_fields=["state", "web_session", "last_at", "opened_at"])
        sitting.ended(permit.event, session, SessionEvent.BEGIN)
    return session


def lock(*, context: Context, session_id: UUID) -> ReadingSession:
    """Lock one's own session on going out for a moment. Raises Absent, SessionStep, Refused, AuditUnavailable."""
    permit = sitting.permit_of_reader(context, session_id, SessionEvent.LOCK)
    with change(permit.event):
        session = sitting.held(session_id)
        if session.medium != Medium.SCREEN:
            raise reading_errors.SessionStep
        _lock(session, Party.READER)
        sitting.ended(permit.event, session, SessionEvent.LOCK)
    return session


def resume(*, context: Context, session_id: UUID) -> ReadingSession:
    """Unlock it, for a reader whom the keeper has seen; he begins again in the browser in which he sits.

    Raises Absent, SessionStep, SessionAsleep, Refused, AuditUnavailable.
    """
    permit = sitting.permit_of_keeper(context, session_id, SessionEvent.RESUME)
    with change(permit.event):
        session = sitting.held(session_id)
        reached = sitting.require(session, SessionEvent.RESUME, Party.KEEPER)
        now = clock.now()
        if now >= session.ends_at:
            raise reading_errors.SessionAsleep
        # PE-17: to wake it under a clock that was set back would lengthen the hour.
        if session.request.is_emergency and emergencies.was_set_back(session.request, now):
            raise reading_errors.SessionAsleep
        session.state, session.web_session, session.last_at, session.locked_at = reached, "", now, None
        session.save(update_fields=["state", "web_session", "last_at", "locked_at"])
        sitting.ended(permit.event, session, SessionEvent.RESUME)
    return session


def leave(*, context: Context, session_id: UUID) -> ReadingSession:
    """End one's own session. Raises Absent, SessionStep, PaperOut, Refused, AuditUnavailable."""
    return _close(sitting.permit_of_reader(context, session_id, SessionEvent.LEAVE), session_id, Party.READER)


def close(*, context: Context, session_id: UUID) -> ReadingSession:
    """End a session in a room that one keeps. Raises Absent, SessionStep, PaperOut, Refused, AuditUnavailable."""
    return _close(sitting.permit_of_keeper(context, session_id, SessionEvent.CLOSE), session_id, Party.KEEPER)


def end_overdue(limit: int = 200) -> int:
    """Lock what is idle, end what is over, give back places in closed rooms, each in a transaction of its own.

    The worker calls it.

    Returns how many steps. Paper that is with a reader is never ended by a machine: it must come back. Raises
    AuditUnavailable.
    """
    now = clock.now()
    done = bookings.cancel_in_closed_rooms(limit)
    problems: dict[UUID, Cause | None] = {}
    for session in reading.all_sessions().filter(state__in=LIVE).order_by("checked_in_at", "pk")[:limit]:
        if session.room_id not in problems:
            problems[session.room_id] = reading.room_problem(session.room_id, local_day(now))
        cause = _cause(session, now) or problems[session.room_id]
        if cause is not None and not sitting.is_out(session):
            done += _by_system(session, SessionEvent.END, cause.value)
        elif session.medium == Medium.SCREEN and session.state == SessionState.READING:
            if not is_awake(session.last_at, now):
                done += _by_system(session, SessionEvent.LOCK, "idle")
            elif beside.is_unfit(session):
                done += _by_system(session, SessionEvent.LOCK, "second-reader-unfit")
    return done


def open_request(session: ReadingSession) -> None:
    """Take the use of a held session's request. Raises NothingLeft, WindowOver, LabelMoved, WrongStep."""
    take_use(session.request, RequestEvent.OPEN, by=session.checked_in_by_id)


def _hour_end(request: AccessRequest) -> datetime | None:
    """When the hour of an emergency is over; None of what is none."""
    report = emergencies.report_of(request)
    return None if report is None else emergency_rules.ends_at(report.starts_at)


def _kept(context: Context, room_id: UUID) -> SecureRoom:
    room = SecureRoom.objects.select_related("unit").filter(pk=room_id).first()
    if room is None or not rooms.is_keeper(context.subject.person_id, room, context.instant):
        gate.absent(context, Action.KEEP_ROOM, "room", room_id)
    return room


def _ready(terminal_id: UUID, room: SecureRoom, now: datetime) -> Terminal:
    """RR-02: as it stands on this day."""
    found = terminals.standing(terminal_id, local_day(now))
    if found is None or found.reasons or found.terminal.secure_room_id != room.pk:
        raise reading_errors.TerminalNotReady
    return found.terminal


def _second(
    request: AccessRequest, room: SecureRoom, keeper: UUID, person_id: UUID | None, now: datetime
) -> Person | None:
    """RR-10: whoever stays beside the reader is as fit for the record as he."""
    wanted = room.two_readers and request.levels.state >= TOP_SECRET
    if person_id is None:
        if wanted:
            raise reading_errors.SecondReaderMissing
        return None
    is_other = part_in(person_id, acted=[keeper], concerned=[request.requester_id]) is None
    if not is_other or not may_have(request.record, person_id, now):
        raise reading_errors.SecondReaderMissing
    return Person.objects.get(pk=person_id)


def _take_place(request: AccessRequest, room: SecureRoom, now: datetime, *, by: UUID) -> None:
    """RR-08: the reader's own booking of today, or a place that neither a reader nor a booking of this hour takes."""
    own = Booking.objects.filter(
        room=room, request=request, day=local_day(now), state=SessionState.BOOKED
    ).order_by("first_hour")
    booking = own.first()
    if booking is not None:
        bookings.end(booking, SessionState.CHECKED_IN, by=by)
    elif reading.free_places(room, now) < 1:
        raise reading_errors.RoomFull
    if ReadingSession.objects.filter(room=room, state__in=LIVE).count() >= room.capacity:
        raise reading_errors.RoomFull


def _is_at(context: Context, session: ReadingSession) -> bool:
    """RR-01, RR-03: at the machine that proved to be the session's terminal, in a browser that is signed in."""
    return bool(
        context.session
        and context.terminal_usable
        and session.terminal is not None
        and context.terminal_id == session.terminal_id
        and session.terminal.secure_room_id == session.room_id
    )


def _lock(session: ReadingSession, party: Party) -> None:
    sitting.lock(session, sitting.require(session, SessionEvent.LOCK, party))


def _close(permit: Permit, session_id: UUID, party: Party) -> ReadingSession:
    event = SessionEvent.LEAVE if party is Party.READER else SessionEvent.CLOSE
    with change(permit.event):
        session = sitting.held(session_id)
        sitting.require(session, event, party)
        if sitting.is_out(session):
            raise reading_errors.PaperOut
        cause = Cause.LEFT if party is Party.READER else Cause.CLOSED_BY_KEEPER
        sitting.close(session, cause, by=UUID(permit.actor.person))
        sitting.ended(permit.event, session, event, cause=cause.value)
    return session


def _cause(session: ReadingSession, now: datetime) -> Cause | None:
    """Why a live session is over, if anything ends it."""
    request = session.request
    if request.state not in IN_FORCE or not has_label(request) or not is_unchanged(request):
        return Cause.REQUEST_ENDED
    if now >= session.ends_at:
        return Cause.TIME_OVER
    if session.terminal_id is not None:
        standing = terminals.standing(session.terminal_id, local_day(now))
        if standing is None or standing.reasons or standing.terminal.secure_room_id != session.room_id:
            return Cause.TERMINAL_UNUSABLE
    waits_since = session.locked_at if session.state == SessionState.LOCKED else None
    if session.state == SessionState.CHECKED_IN:
        waits_since = session.checked_in_at
    return Cause.FORSAKEN if waits_since is not None and now - waits_since >= FORSAKEN else None


def _by_system(session: ReadingSession, event: SessionEvent, rule: str) -> bool:
    action = sitting.LOCK if event is SessionEvent.LOCK else sitting.END
    intent = sitting.system_intent(action, session, rule)
    with change(intent):
        held = sitting.held(session.pk)
        # Somebody else may have closed it, or turned a page, since it was looked at.
        if held.state != session.state or held.last_at != session.last_at:
            sitting.ended(intent, held, event)
            return False
        if event is SessionEvent.LOCK:
            _lock(held, Party.SYSTEM)
        else:
            sitting.require(held, event, Party.SYSTEM)
            sitting.close(held, Cause(rule), by=None)
        sitting.ended(intent, held, event, cause=rule)
    return True


__all__ = [
    "begin",
    "check_in",
    "close",
    "end_overdue",
    "leave",
    "lock",
    "open_request",
    "resume",
]
