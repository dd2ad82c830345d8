"""Emergency access: asked for, released by two, refused (PE-17, P-10).

Screens only: a program's token knows of nothing that is classified.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Person, SecureRoom
from accounts.rules import Duty, local_day
from audit import clock
from vault.approvals import (
    competence,
    emergency_errors,
    emergency_rules,
    emergency_telling,
    errors,
    reading,
    rules,
    telling,
)
from vault.approvals.competence import Seat
from vault.approvals.digests import digest_of, is_unchanged
from vault.approvals.models import AccessRequest, EmergencyReport
from vault.approvals.reading_errors import RoomClosed, RoomUninspected
from vault.approvals.reading_rules import Cause
from vault.approvals.rules import Part, RequestEvent, RequestState
from vault.approvals.services.asking import Wanted, drawn_up, examined, store
from vault.approvals.services.journal import change, ended, enter
from vault.approvals.services.steps import (
    at_step,
    begun,
    person_of,
    require_current,
    require_reason,
    ties,
)
from vault.approvals.standing import standing
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings.models import Record

# What each of the two does.
EVENTS = {Part.APPROVER: RequestEvent.RELEASE, Part.SECOND: RequestEvent.COUNTERSIGN}


@dataclass(frozen=True)
class Urgent:
    """What cannot wait, why, and in which room it is read; `pages` as in `Wanted`."""

    purpose: str
    why: str
    room_id: UUID
    pages: Mapping[UUID, str] = field(default_factory=dict)


def ask(*, context: Context, record_id: UUID, urgent: Urgent) -> AccessRequest:
    """Ask to consult a record at once. The mandatory rules yield to nothing: the gate lets through whoever is cleared
    and on the need-to-know list, as ever.

    It goes to every post above the one that the table names without any silence. Raises Absent, NoEmergency,
    RequestIncomplete, RoomClosed, RoomUninspected, AlreadyRequested, LabelMoved, Refused, AuditUnavailable.
    """
    asked, permit = gate.fetch(context, Action.REQUEST_ACCESS, Record, record_id)
    with change(permit.event):
        record = Record.objects.select_related("unit", "originator").get(pk=asked.pk)
        if (record.levels, record.is_shielded) != (asked.levels, asked.is_shielded):
            raise errors.LabelMoved
        problem = emergency_rules.problem(record.levels, is_shielded=record.is_shielded)
        if problem is not None:
            raise emergency_errors.NoEmergency(problem)
        now = clock.now()
        first, last = emergency_rules.window(local_day(now))
        wanted = Wanted(rules.READING, urgent.purpose, first, last, emergency_rules.USES, pages=urgent.pages)
        extent = examined(record, wanted, local_day(now))
        if not urgent.why.strip():
            raise errors.RequestIncomplete(why=["why-missing"])
        room = _usable(urgent.room_id, now)
        request = drawn_up(
            record,
            Person.objects.get(pk=permit.actor.person),
            wanted,
            extent,
            now,
            state=RequestState.URGENT,
            is_emergency=True,
            why_urgent=urgent.why.strip(),
            room=room,
        )
        request.escalations = rules.highest_escalation(competence.required(request))
        store(request)
        telling.moved(request, now)
        ended(
            permit.event,
            request,
            RequestEvent.RELEASE,
            purpose=request.purpose,
            why=urgent.why.strip(),
            room=room.code,
        )
    return request


def release(*, context: Context, request_id: UUID, part: Part, reason: str = "") -> AccessRequest:
    """Release it as its leader or as the second person; the later of the two begins the hour and makes the report.

    What the other did meanwhile is no obstacle: what is asked for never changes. Raises Absent, WrongStep, WindowOver,
    LabelMoved, RequesterUnfit, OtherUnfit, RoomClosed, RoomUninspected, Refused, AuditUnavailable.
    """
    event = EVENTS[part]
    permit = begun(context, Action.RELEASE_EMERGENCY, request_id, event)
    with change(permit.event):
        request = at_step(context, request_id, None, event, part)
        now = clock.now()
        seat = _seat(context, request, part, now)
        require_current(request)
        if not standing(request, context.instant).is_fit:
            raise errors.RequesterUnfit
        # The earlier of the two bound it; the later one releases the same.
        if request.digest is None:
            request.digest = digest_of(request)
        elif not is_unchanged(request):
            raise errors.LabelMoved
        reached = rules.TRANSITIONS[RequestState(request.state), event].next
        if reached is RequestState.APPROVED:
            _require_other_fit(request, part, now)
            # The hour runs from here: not for a room in which nobody may read.
            _usable(request.room_id, now)
        below, mutual = ties(request, permit) if part is Part.APPROVER else (False, False)
        enter(
            request,
            event,
            reached,
            by=person_of(permit),
            seat=seat,
            reason=reason,
            is_subordinate=below,
            is_reciprocal=mutual,
        )
        telling.moved(request, now)
        if reached is RequestState.APPROVED:
            emergency_telling.released(_report(request, now), now)
        ended(
            permit.event,
            request,
            event,
            duty=seat.duty.value,
            subordinate=str(int(below)),
            reciprocal=str(int(mutual)),
        )
    return request


def refuse(*, context: Context, request_id: UUID, version: int, reason: str) -> AccessRequest:
    """Refuse it with the reason, as either of the two.

    Raises Absent, ReasonMissing, WrongStep, ChangedMeanwhile, Refused, AuditUnavailable.
    """
    permit = begun(context, Action.RELEASE_EMERGENCY, request_id, RequestEvent.REJECT)
    with change(permit.event):
        request = at_step(context, request_id, version, RequestEvent.REJECT, Part.APPROVER, Part.SECOND)
        require_reason(reason)
        seat = competence.seat_of(request, context.subject.person_id, clock.now())
        enter(
            request,
            RequestEvent.REJECT,
            RequestState.REJECTED,
            by=person_of(permit),
            seat=seat,
            reason=reason,
        )
        telling.moved(request, clock.now())
        ended(permit.event, request, RequestEvent.REJECT, reason=reason)
    return request


def _seat(context: Context, request: AccessRequest, part: Part, now: datetime) -> Seat:
    """The post in which it is released. Raises WrongStep for whoever has none."""
    person_id = context.subject.person_id
    if part is Part.APPROVER:
        seat = competence.seat_of(request, person_id, now)
        if seat is None:
            raise errors.WrongStep
        return seat
    duty = competence.second_duty(request, person_id, now)
    if duty is None or person_id is None:
        raise errors.WrongStep
    if duty is Duty.ROOM_KEEPER and request.room is not None:
        return Seat(person_id, duty, request.room.unit_id)
    return Seat(person_id, duty, next(unit for held, unit in context.subject.duties if held is duty))


def _usable(room_id: UUID | None, now: datetime) -> SecureRoom:
    """The room in which it is to be read, in order today. Raises RoomClosed, RoomUninspected."""
    if room_id is None:
        raise RoomClosed
    problem = reading.room_problem(room_id, local_day(now))
    if problem is not None:
        raise RoomUninspected if problem is Cause.ROOM_UNINSPECTED else RoomClosed
    return SecureRoom.objects.get(pk=room_id)


def _require_other_fit(request: AccessRequest, part: Part, now: datetime) -> None:
    """Whoever released it first could do so still: it is in force by both. Raises OtherUnfit."""
    earlier = EVENTS[Part.SECOND if part is Part.APPROVER else Part.APPROVER]
    other = request.steps.filter(event=earlier).order_by("-number").values_list("by_id", flat=True).first()
    if part is Part.SECOND:
        fit = competence.seat_of(request, other, now) is not None
    else:
        fit = competence.second_duty(request, other, now) is not None
    if not fit or other is None or competence.facts_of(other, now) is None:
        raise emergency_errors.OtherUnfit


def _report(request: AccessRequest, now: datetime) -> EmergencyReport:
    """PE-17: made by the release itself."""
    by = {
        step.event: step
        for step in request.steps.filter(event__in=[event.value for event in EVENTS.values()])
    }
    leader, second = by[RequestEvent.RELEASE], by[RequestEvent.COUNTERSIGN]
    # Both steps are persons', in posts at units.
    entered: dict[str, Any] = {
        "leader": leader.by,
        "leader_duty": leader.duty,
        "leader_unit": leader.unit,
        "instead_of": leader.instead_of,
        "second": second.by,
        "second_duty": second.duty,
    }
    return EmergencyReport.objects.create(request=request, starts_at=now, **entered)


__all__ = ["EVENTS", "Urgent", "ask", "refuse", "release"]
