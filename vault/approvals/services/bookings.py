"""Places in a reading room, booked for hours of a day (RR-08)."""

from datetime import date
from uuid import UUID

from accounts import rooms
from accounts.models import Person, SecureRoom
from accounts.rules import local_day
from audit import clock, recording
from audit.events import ObjectFacts, Reason, system_actor
from vault.approvals import reading_errors as errors
from vault.approvals import reading_telling, selectors
from vault.approvals.models import Booking
from vault.approvals.reading_rules import (
    Cause,
    Party,
    SessionEvent,
    SessionState,
    allows,
    hours_problem,
    places_taken,
)
from vault.approvals.rules import READING, RequestState
from vault.approvals.services.journal import change
from vault.approvals.services.requests import locked
from vault.approvals.services.sitting import CANCEL, booking_ended
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context

# Booked once it is approved; while one sits, the next time can be booked.
BOOKABLE = (RequestState.APPROVED, RequestState.IN_SESSION)


def book(*, context: Context, request_id: UUID, room_id: UUID, day: date, first: int, last: int) -> Booking:
    """Book a place for one's own approved request, from the full hour `first` to the full hour `last`.

    Raises Absent, SessionStep, RoomClosed, BookingRefused, BookedTwice, RoomFull, Refused, AuditUnavailable.
    """
    if not _own(context, request_id):
        gate.absent(context, Action.BOOK_ROOM, "request", request_id)
    if not SecureRoom.objects.filter(pk=room_id).exists():
        gate.absent(context, Action.BOOK_ROOM, "room", room_id)
    permit = gate.authorize(context, Action.BOOK_ROOM, sealed={"request": str(request_id)})
    with change(permit.event):
        request = locked(request_id)
        # Held, so that of two who want the last place one finds it taken.
        room = SecureRoom.objects.select_for_update().get(pk=room_id)
        now = clock.now()
        # PE-17: an hour that runs already is no day to book.
        if request.state not in BOOKABLE or request.asked is not READING or request.is_emergency:
            raise errors.SessionStep
        if not room.is_open:
            raise errors.RoomClosed
        problem = hours_problem(day, first, last, local_day(now), (request.starts_on, request.ends_on))
        if problem is not None:
            raise errors.BookingRefused(hours=[problem])
        same_day = Booking.objects.filter(day=day, state=SessionState.BOOKED)
        own = same_day.filter(reader=request.requester_id, first_hour__lt=last, last_hour__gt=first)
        if own.exists():
            raise errors.BookedTwice
        taken = same_day.filter(room=room).values_list("first_hour", "last_hour")
        if places_taken(taken, first, last) >= room.capacity:
            raise errors.RoomFull
        booking = Booking.objects.create(
            room=room,
            request=request,
            reader=request.requester,
            day=day,
            first_hour=first,
            last_hour=last,
            booked_at=now,
            state=SessionState.BOOKED,
        )
        reading_telling.booked(booking, now)
        booking_ended(permit.event, booking, None)
    return booking


def cancel_booking(*, context: Context, booking_id: UUID) -> Booking:
    """Give a booked place back: its reader, or a keeper of the room.

    Raises Absent, SessionStep, Refused, AuditUnavailable.
    """
    found = Booking.objects.select_related("room__unit").filter(pk=booking_id).first()
    person_id = context.subject.person_id
    if found is None or not (
        found.reader_id == person_id or rooms.is_keeper(person_id, found.room, context.instant)
    ):
        gate.absent(context, Action.BOOK_ROOM, "booking", booking_id)
    permit = gate.authorize(context, Action.BOOK_ROOM, sealed={"booking": str(booking_id)})
    with change(permit.event):
        Booking.objects.select_for_update().get(pk=booking_id)
        booking = _whole(booking_id)
        party = Party.READER if booking.reader_id == person_id else Party.KEEPER
        if not allows(SessionState(booking.state), SessionEvent.CANCEL, party):
            raise errors.SessionStep
        end(booking, SessionState.CANCELLED, by=UUID(permit.actor.person))
        reading_telling.cancelled(booking, clock.now(), by=UUID(permit.actor.person))
        booking_ended(permit.event, booking, SessionEvent.CANCEL)
    return booking


def cancel_in_closed_rooms(limit: int = 200) -> int:
    """Give back the places that are booked in a room which was closed, each in a transaction of its own.

    Called by the worker. Returns how many. Raises AuditUnavailable.
    """
    today = local_day(clock.now())
    waiting = Booking.objects.filter(
        room__closed_at__isnull=False, state=SessionState.BOOKED, day__gte=today
    ).order_by("day", "first_hour", "pk")
    done = 0
    for booking_id in list(waiting.values_list("pk", flat=True)[:limit]):
        intent = recording.intent(
            CANCEL,
            reason=Reason(rule=Cause.ROOM_CLOSED.value),
            actor=system_actor("approvals"),
            object=ObjectFacts("booking", str(booking_id)),
        )
        with change(intent):
            Booking.objects.select_for_update().get(pk=booking_id)
            booking = _whole(booking_id)
            # Somebody else may have given it back, or the room may be open again, since it was looked at.
            is_due = allows(SessionState(booking.state), SessionEvent.CANCEL, Party.SYSTEM)
            if is_due and not booking.room.is_open:
                end(booking, SessionState.CANCELLED, by=None)
                reading_telling.cancelled(booking, clock.now(), by=None)
                done += 1
            booking_ended(intent, booking, SessionEvent.CANCEL)
    return done


def end(booking: Booking, state: SessionState, *, by: UUID | None) -> None:
    """Take a booking off the calendar: it was cancelled, or its reader is checked in; nobody is the system itself."""
    booking.state, booking.ended_at = state, clock.now()
    booking.ended_by = None if by is None else Person.objects.get(pk=by)
    booking.save(update_fields=["state", "ended_at", "ended_by"])


def _whole(booking_id: UUID) -> Booking:
    return Booking.objects.select_related("room__unit", "request", "reader").get(pk=booking_id)


def _own(context: Context, request_id: UUID) -> bool:
    own: bool = selectors.mine(context).filter(pk=request_id).exists()
    return own


__all__ = ["book", "cancel_booking", "cancel_in_closed_rooms", "end"]
