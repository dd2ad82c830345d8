"""The life of a copy after it was made, the end of its request, and the monthly count (7.3; RQ-07, RQ-08, AD-11)."""

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.exclusions import part_in
from accounts.models import Person, Unit
from accounts.rules import ZONE, local_day
from accounts.selectors import ancestor_ids
from audit import clock, outbox
from audit.events import ObjectFacts
from vault.approvals import competence, copy_telling, errors, reproduction
from vault.approvals.models import AccessRequest, Copy, CopyCount, CopyStep
from vault.approvals.reproduction_rules import (
    COPY_REASONED,
    COPY_TRANSITIONS,
    CopyEvent,
    CopyState,
    closable,
    reconcilable,
)
from vault.approvals.rules import TRANSITIONS, RequestEvent, RequestState
from vault.approvals.services.journal import change, ended, enter
from vault.approvals.services.requests import locked
from vault.approvals.standing import may_have
from vault.authorization import gate
from vault.authorization.actions import Action, duties_for
from vault.authorization.context import Context
from vault.incidents.rules import Kind
from vault.incidents.services import raise_incident

# Which action of the log each step is; whoever may take it, its row says.
ACTIONS: dict[CopyEvent, Action] = {
    CopyEvent.RECEIVE: Action.HOLD_COPY,
    CopyEvent.HAND_OVER: Action.MANAGE_COPIES,
    CopyEvent.ASK_TRANSFER: Action.HOLD_COPY,
    CopyEvent.ALLOW_TRANSFER: Action.DECIDE_REQUEST,
    CopyEvent.REFUSE_TRANSFER: Action.DECIDE_REQUEST,
    CopyEvent.DROP_TRANSFER: Action.HOLD_COPY,
    CopyEvent.GIVE_BACK: Action.MANAGE_COPIES,
    CopyEvent.FILE: Action.MANAGE_COPIES,
    CopyEvent.PROPOSE_DESTRUCTION: Action.MANAGE_COPIES,
    CopyEvent.KEEP: Action.MANAGE_COPIES,
    CopyEvent.DESTROY: Action.MANAGE_COPIES,
    CopyEvent.LOSE: Action.LOSE_COPY,
    CopyEvent.FIND: Action.MANAGE_COPIES,
}


@dataclass(frozen=True)
class Said:
    """What is said with a step: to whom it is to go, the number of a signed receipt, and why."""

    to: Person | None = None
    receipt: str = ""
    reason: str = ""


def advance(
    *, context: Context, copy_id: UUID, version: int, event: CopyEvent, said: Said | None = None
) -> Copy:
    """One step of the table.

    Raises Absent, CopyStepClosed, ChangedMeanwhile, ReasonMissing, ReceiptMissing, RecipientUnfit, SamePerson,
    Refused, AuditUnavailable.
    """
    said = said or Said()
    if event not in ACTIONS or reproduction.copy(context, copy_id) is None:
        gate.absent(context, ACTIONS.get(event, Action.MANAGE_COPIES), "copy", copy_id)
    permit = gate.authorize(context, ACTIONS[event], sealed={"copy": str(copy_id), "step": event.value})
    with change(permit.event):
        copy = _locked(context, copy_id, version, event)
        person = Person.objects.get(pk=permit.actor.person)
        to = _examined(context, copy, event, person, said)
        _enter(context, copy, event, person, to, said)
        copy_telling.moved(copy, clock.now())
        outbox.outcome(
            permit.event,
            "granted",
            object=ObjectFacts("copy", str(copy.pk), version=f"{copy.state} {copy.version}"),
            sealed={
                "step": event.value,
                "request": str(copy.request_id),
                "record": str(copy.request.record_id),
            },
            subject=str(copy.holder_id),
        )
    return copy


def close_request(*, context: Context, request_id: UUID, version: int) -> AccessRequest:
    """Close a request whose copies are all accounted for; what is left of its number is not made any more.

    Raises Absent, WrongStep, ChangedMeanwhile, CopiesOutstanding, Refused, AuditUnavailable.
    """
    found = AccessRequest.objects.select_related("record__unit").filter(pk=request_id).first()
    if found is None or not _keeps(context, found):
        gate.absent(context, Action.MANAGE_COPIES, "request", request_id)
    permit = gate.authorize(
        context, Action.MANAGE_COPIES, sealed={"request": str(request_id), "step": RequestEvent.CLOSE.value}
    )
    with change(permit.event):
        request = locked(request_id)
        row = TRANSITIONS.get((RequestState(request.state), RequestEvent.CLOSE))
        if row is None:
            raise errors.WrongStep
        if request.version != version:
            raise errors.ChangedMeanwhile
        copies = reproduction.copies_of(request)
        if not closable([(CopyState(one.state), reproduction.is_concluded(one)) for one in copies]):
            raise errors.CopiesOutstanding
        enter(request, RequestEvent.CLOSE, row.next, by=UUID(permit.actor.person))
        ended(permit.event, request, RequestEvent.CLOSE)
    return request


def count(
    *,
    context: Context,
    unit: Unit,
    year: int,
    month: int,
    seen: Collection[UUID],
    remark: str = "",
) -> CopyCount:
    """Confirm a month of a unit: each copy that must be somewhere was seen, or is a difference and an incident.

    Raises CountRefused, ReasonMissing, Absent, Refused, AuditUnavailable.
    """
    subject = context.subject
    duties = duties_for(Action.MANAGE_COPIES) or frozenset()
    if not subject.holds_over(duties, frozenset(ancestor_ids(unit))):
        gate.absent(context, Action.MANAGE_COPIES, "unit", unit.pk)
    permit = gate.authorize(context, Action.MANAGE_COPIES, sealed={"unit": str(unit.pk), "step": "count"})
    with change(permit.event):
        if not reconcilable(year, month, local_day(clock.now())):
            raise errors.CountRefused
        rows = {one.pk: one for one in reproduction.countable(context, unit, month_end(year, month))}
        missing = [one for pk, one in rows.items() if pk not in seen]
        if missing and not remark.strip():
            raise errors.ReasonMissing
        incident = None
        if missing:
            references = ", ".join(one.reference for one in missing)
            incident = raise_incident(
                context=context,
                kind=Kind.MISMATCH,
                what=f"{year}-{month:02}: {references}\n{remark.strip()}",
                unit=unit,
                source="approvals",
            )
        made = CopyCount(
            unit=unit,
            year=year,
            month=month,
            rows=[[str(one.pk), one.state, str(one.holder_id), one.pk in seen] for one in rows.values()],
            missing=len(missing),
            remark=remark.strip(),
            incident=incident,
            counted_by_id=UUID(permit.actor.person),
            counted_at=clock.now(),
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise errors.CountRefused from None
        outbox.outcome(permit.event, "granted", object=ObjectFacts("copy-count", str(made.pk)))
    return made


def month_end(year: int, month: int) -> datetime:
    """The instant at which a month is over in Asia/Shanghai."""
    last = datetime(year, month, calendar.monthrange(year, month)[1], tzinfo=ZONE)
    return last + timedelta(days=1)


def _keeps(context: Context, request: AccessRequest) -> bool:
    own = part_in(context.subject.person_id, concerned=[request.requester_id])
    return own is None and reproduction.keeps(context, request.record)


def _locked(context: Context, copy_id: UUID, version: int, event: CopyEvent) -> Copy:
    """The copy and its request, held, and this step open to this person."""
    # The request first, as everywhere: two who hold one each would wait for the other.
    request_id = Copy.objects.values_list("request", flat=True).get(pk=copy_id)
    locked(request_id)
    Copy.objects.select_for_update().get(pk=copy_id)
    copy = reproduction.all_copies().get(pk=copy_id)
    if event is CopyEvent.DESTROY and copy.destruction_by_id == context.subject.person_id:
        raise errors.SamePerson
    if event not in reproduction.steps_for(context, copy):
        raise errors.CopyStepClosed
    if copy.version != version:
        raise errors.ChangedMeanwhile
    return copy


def _examined(context: Context, copy: Copy, event: CopyEvent, person: Person, said: Said) -> Person | None:
    """To whom the step takes the copy, if to anybody; everything that the step asks is fulfilled."""
    if event in COPY_REASONED and not said.reason.strip():
        raise errors.ReasonMissing
    if event is CopyEvent.HAND_OVER and not said.receipt.strip():
        raise errors.ReceiptMissing
    passed_on = copy.successor if copy.successor is not None else copy.holder
    to = {
        CopyEvent.RECEIVE: passed_on,
        CopyEvent.HAND_OVER: passed_on,
        CopyEvent.ASK_TRANSFER: said.to,
        CopyEvent.ALLOW_TRANSFER: copy.successor,
    }.get(event)
    if event in {CopyEvent.ASK_TRANSFER, CopyEvent.ALLOW_TRANSFER} and (
        to is None or to.pk == copy.holder_id
    ):
        raise errors.RecipientUnfit
    if to is not None and not may_have(copy.request.record, to.pk, context.instant):
        raise errors.RecipientUnfit
    # PE-06: nobody passes on to himself, or lets go through, what he asked for.
    if event in {CopyEvent.ALLOW_TRANSFER, CopyEvent.REFUSE_TRANSFER} and (
        part_in(person.pk, acted=[copy.holder_id], concerned=[copy.successor_id]) is not None
        or competence.seat_of(copy.request, person.pk, clock.now()) is None
    ):
        raise errors.CopyStepClosed
    return to


def _enter(
    context: Context, copy: Copy, event: CopyEvent, person: Person, to: Person | None, said: Said
) -> None:
    row = COPY_TRANSITIONS[CopyState(copy.state), event]
    CopyStep.objects.create(
        copy=copy,
        number=copy.version,
        event=event,
        state=row.next,
        by=person,
        to=to,
        receipt=said.receipt.strip(),
        reason=said.reason.strip(),
        at=clock.now(),
    )
    changes: Mapping[CopyEvent, dict[str, object]] = {
        CopyEvent.RECEIVE: {"holder": to, "successor": None},
        CopyEvent.HAND_OVER: {"holder": to, "successor": None},
        CopyEvent.ASK_TRANSFER: {"successor": to},
        CopyEvent.PROPOSE_DESTRUCTION: {"destruction_by": person},
        CopyEvent.KEEP: {"destruction_by": None},
        CopyEvent.DESTROY: {"destroyed_by": person},
    }
    keeps_successor = event is CopyEvent.ALLOW_TRANSFER
    changed = changes.get(event, {} if keeps_successor else {"successor": None})
    if event is CopyEvent.LOSE:
        changed = {"successor": None, "destruction_by": None, "incident": _lost(context, copy, said.reason)}
    for name, value in changed.items():
        setattr(copy, name, value)
    copy.state, copy.version = row.next, copy.version + 1
    copy.save(
        update_fields=[
            "state",
            "version",
            "holder",
            "successor",
            "destruction_by",
            "destroyed_by",
            "incident",
        ]
    )


def _lost(context: Context, copy: Copy, reason: str) -> object:
    """AD-11: whose clock runs from now. It names the copy by its number; what it is a copy of stays here."""
    return raise_incident(
        context=context,
        kind=Kind.LOSS,
        what=f"{copy.reference}\n{reason.strip()}",
        unit=copy.request.record.unit,
        source="approvals",
        about=ObjectFacts("copy", str(copy.pk)),
    )


__all__ = ["ACTIONS", "Said", "advance", "close_request", "count", "month_end"]
