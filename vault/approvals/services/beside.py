"""Whoever stays beside a reader says himself that he is there, and that he goes (RR-10)."""

from uuid import UUID

from accounts import rooms
from accounts.models import Person
from audit import clock
from vault.approvals import reading, reading_errors, reading_telling
from vault.approvals.models import Attendance, ReadingSession
from vault.approvals.reading_rules import Medium, Party, SessionEvent, SessionState
from vault.approvals.services import sitting
from vault.approvals.services.journal import change
from vault.approvals.standing import may_have
from vault.authorization.context import Context


def attend(*, context: Context, session_id: UUID) -> Attendance:
    """Confirm that one is beside the reader, under one's own account, at a terminal of the session's room.

    Beside paper no terminal is needed, as its reader needs none (P-04). Raises Absent, SessionStep, SessionAsleep,
    NotInRoom, SecondReaderUnfit, SecondReaderElsewhere, Refused, AuditUnavailable.
    """
    permit = sitting.permit_of_second(context, session_id, SessionEvent.ATTEND)
    with change(permit.event):
        session = sitting.held(session_id)
        sitting.require(session, SessionEvent.ATTEND, Party.SECOND)
        now, person_id = clock.now(), UUID(permit.actor.person)
        if reading.is_attended(session):
            raise reading_errors.SessionStep
        if now >= session.ends_at:
            raise reading_errors.SessionAsleep
        on_screen = session.medium == Medium.SCREEN
        if on_screen and not _is_in_room(context, session):
            raise reading_errors.NotInRoom
        if not may_have(session.request.record, person_id, now):
            raise reading_errors.SecondReaderUnfit
        # Held, so that of two who confirm in two rooms at once one finds the other.
        person = Person.objects.select_for_update().get(pk=person_id)
        if reading.is_elsewhere(person_id, session.room_id):
            raise reading_errors.SecondReaderElsewhere
        made = Attendance.objects.create(
            session=session,
            person=person,
            terminal_id=context.terminal_id if on_screen else None,
            since=now,
        )
        reading_telling.attended(session, now)
        sitting.ended(permit.event, session, SessionEvent.ATTEND, second=permit.actor.person)
    return made


def depart(*, context: Context, session_id: UUID) -> ReadingSession:
    """Say that one goes: a session that is read on screen is locked at once. Paper that is out comes back first.

    Raises Absent, SessionStep, PaperOut, Refused, AuditUnavailable.
    """
    permit = sitting.permit_of_second(context, session_id, SessionEvent.DEPART)
    with change(permit.event):
        session = sitting.held(session_id)
        reached = sitting.require(session, SessionEvent.DEPART, Party.SECOND)
        if sitting.is_out(session):
            raise reading_errors.PaperOut
        if not reading.is_attended(session):
            raise reading_errors.SessionStep
        if reached is SessionState.LOCKED and session.medium == Medium.SCREEN:
            sitting.lock(session, reached)
        else:
            sitting.end_attendance(session)
        sitting.ended(permit.event, session, SessionEvent.DEPART, second=permit.actor.person)
    return session


def require(session: ReadingSession) -> None:
    """Raises SecondReaderAway where somebody was named to stay beside the reader and is not there, or is not fit for
    the record any more.
    """
    if not reading.is_attended(session) or is_unfit(session):
        raise reading_errors.SecondReaderAway


def is_unfit(session: ReadingSession) -> bool:
    """Whether whoever is beside the reader could not be approved the record himself any more."""
    return (
        session.second_reader_id is not None
        and reading.is_attended(session)
        and not may_have(session.request.record, session.second_reader_id, clock.now())
    )


def _is_in_room(context: Context, session: ReadingSession) -> bool:
    """RR-01, RR-03: at a machine that proved to be a terminal and stands in this room, in order today."""
    if not context.session or not context.terminal_usable or context.terminal_id is None:
        return False
    room = rooms.room_of(context.terminal_id)
    return room is not None and room.pk == session.room_id


__all__ = ["attend", "depart", "is_unfit", "require"]
