"""How a step of a reading session is entered, what ends one, and how its intent ends in the log."""

from uuid import UUID

from accounts import rooms
from audit import clock, outbox, recording
from audit.events import ObjectFacts, Reason, system_actor
from vault.approvals import reading, reading_errors, reading_telling
from vault.approvals.models import AccessRequest, Attendance, Booking, ReadingSession
from vault.approvals.reading_rules import TURNS, Cause, Party, SessionEvent, SessionState, allows
from vault.approvals.rules import TRANSITIONS, RequestEvent, RequestState
from vault.approvals.services.journal import enter
from vault.approvals.services.requests import locked
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.permit import Permit

# What the system does by itself.
LOCK, END, CANCEL = (
    "approvals:session:lock",
    "approvals:session:end",
    "approvals:booking:end",
)
SYSTEM_ACTIONS = (LOCK, END, CANCEL)


def held(session_id: UUID) -> ReadingSession:
    """A session with its request, both held until the transaction ends; the request first, as everywhere."""
    request_id = ReadingSession.objects.values_list("request_id", flat=True).get(pk=session_id)
    request = locked(request_id)
    ReadingSession.objects.select_for_update().get(pk=session_id)
    found = ReadingSession.objects.select_related("room__unit", "reader", "terminal").get(pk=session_id)
    found.request = request
    return found


def permit_of_keeper(context: Context, session_id: UUID, event: SessionEvent) -> Permit:
    """For a step of whoever keeps the session's room; to anybody else, and to its reader, it is absent."""
    found = reading.all_sessions().filter(pk=session_id).first()
    person_id = context.subject.person_id
    if (
        found is None
        or found.reader_id == person_id
        or not rooms.is_keeper(person_id, found.room, context.instant)
    ):
        gate.absent(context, Action.KEEP_ROOM, "session", session_id)
    return gate.authorize(context, Action.KEEP_ROOM, about=facts(found), sealed={"step": event.value})


def permit_of_reader(context: Context, session_id: UUID, event: SessionEvent) -> Permit:
    """For a step of the session's reader, under whichever of his accounts; to anybody else it is absent."""
    found = reading.all_sessions().filter(pk=session_id, reader=context.subject.person_id).first()
    if found is None:
        gate.absent(context, Action.READ_IN_ROOM, "session", session_id)
    return gate.authorize(context, Action.READ_IN_ROOM, about=facts(found), sealed={"step": event.value})


def permit_of_second(context: Context, session_id: UUID, event: SessionEvent) -> Permit:
    """For a step of whoever was named to stay beside the reader; to anybody else it is absent."""
    found = reading.all_sessions().filter(pk=session_id, second_reader=context.subject.person_id).first()
    if found is None or context.subject.person_id is None:
        gate.absent(context, Action.READ_IN_ROOM, "session", session_id)
    return gate.authorize(context, Action.READ_IN_ROOM, about=facts(found), sealed={"step": event.value})


def require(session: ReadingSession, event: SessionEvent, party: Party) -> SessionState:
    """Where a step leads. Raises SessionStep for one that the table does not have."""
    state = SessionState(session.state)
    if not allows(state, event, party):
        raise reading_errors.SessionStep
    return TURNS[state, event].next


def lock(session: ReadingSession, reached: SessionState) -> None:
    """Lock a held session. The caller has asked the table."""
    session.state, session.web_session, session.locked_at = reached, "", clock.now()
    session.save(update_fields=["state", "web_session", "locked_at"])
    end_attendance(session)


def close(session: ReadingSession, cause: Cause, *, by: UUID | None) -> None:
    """End a held session, and with it the use of its request. The caller has asked the table."""
    now = clock.now()
    session.state, session.cause, session.web_session = SessionState.CLOSED, cause, ""
    session.closed_at, session.closed_by_id = now, by
    session.save(update_fields=["state", "cause", "web_session", "closed_at", "closed_by"])
    end_attendance(session)
    reading_telling.attended(session, now)
    _leave(session.request, by, cause)


def end_attendance(session: ReadingSession) -> None:
    """RR-10: a session that is locked or over has nobody beside its reader; to go on he confirms anew."""
    Attendance.objects.filter(session=session, until__isnull=True).update(until=clock.now())


def _leave(request: AccessRequest, by: UUID | None, cause: Cause) -> None:
    """A request that was revoked meanwhile stays revoked; one whose session never began was not opened."""
    row = TRANSITIONS[RequestState.IN_SESSION, RequestEvent.LEAVE]
    if request.state == RequestState.IN_SESSION:
        reached = row.used_up if row.used_up is not None and not request.left else row.next
        enter(request, RequestEvent.LEAVE, reached, by=by, cause=cause)


def is_out(session: ReadingSession) -> bool:
    """P-04: paper was handed over and is not back."""
    return reading.is_paper_out(session)


def facts(session: ReadingSession) -> ObjectFacts:
    """A session as the log names it: never what is read."""
    return ObjectFacts("session", str(session.pk), version=session.state)


def system_intent(action: str, session: ReadingSession, rule: str) -> UUID:
    """The intent of a step that the system takes itself."""
    return recording.intent(
        action, reason=Reason(rule=rule), actor=system_actor("approvals"), object=facts(session)
    )


def ended(intent: UUID, session: ReadingSession, event: SessionEvent, **sealed: str) -> None:
    """The outcome of what went well: which session, and sealed of which request, where."""
    outbox.outcome(
        intent,
        "granted",
        object=facts(session),
        sealed={
            "request": session.request.reference,
            "record": str(session.request.record_id),
            "room": session.room.code,
            "terminal": session.terminal.number if session.terminal is not None else "",
            "step": event.value,
            **sealed,
        },
        subject=str(session.reader_id),
    )


def booking_ended(intent: UUID, booking: Booking, event: SessionEvent | None) -> None:
    """The same for a booking; no event is its making."""
    outbox.outcome(
        intent,
        "granted",
        object=ObjectFacts("booking", str(booking.pk), version=booking.state),
        sealed={
            "request": booking.request.reference,
            "room": booking.room.code,
            "day": booking.day.isoformat(),
            "step": event.value if event else "book",
        },
        subject=str(booking.reader_id),
    )
