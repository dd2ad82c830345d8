"""The undecided tray: put in by whoever handles a thing, decided by somebody else (P-25, PE-06)."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from accounts.exclusions import part_in
from accounts.models import Person
from accounts.rules import local_day
from audit import clock, outbox
from audit.events import ObjectFacts
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.permit import Permit
from vault.holdings import errors, undecided
from vault.holdings.models import Record, UndecidedEntry, UndecidedThing
from vault.holdings.rules import (
    TRAY,
    RecordState,
    TrayEvent,
    TrayKind,
    TrayOutcome,
    TrayState,
    TrayStep,
    tray_day_fits,
)
from vault.holdings.services.journal import change


def put_in(
    *,
    context: Context,
    kind: TrayKind,
    what: str,
    reason: str,
    decider: Person,
    next_on: date,
    record_id: UUID | None = None,
) -> UndecidedThing:
    """Put a thing into the tray under one's own name, for somebody else to decide by a day.

    A record or a draft is named by its id, and only by whoever may know of it; which of the two it is, its state says.
    Raises Absent, ReasonMissing, FormRefused, WrongTrayDay, OwnerDecides, DeciderUnfit, Refused, AuditUnavailable.
    """
    record = _record(context, kind, record_id)
    permit = gate.authorize(context, Action.MANAGE_UNDECIDED, sealed={"step": "put_in"})
    with change(permit):
        owner = Person.objects.select_related("unit").get(pk=permit.actor.person)
        if not what.strip():
            raise errors.FormRefused
        _require(reason, next_on, owner_id=owner.pk, decider=decider, record=record)
        if record is not None:
            kind = TrayKind.DRAFT if record.state == RecordState.DRAFT else TrayKind.RECORD
        made = UndecidedThing(
            id=uuid4(),
            kind=kind,
            what=what.strip(),
            reason=reason.strip(),
            record=record,
            unit=owner.unit,
            owner=owner,
            put_in_at=clock.now(),
            decider=decider,
            next_on=next_on,
        )
        made.save(force_insert=True)
        outbox.outcome(permit.event, "granted", object=_facts(made))
    return made


def postpone(*, context: Context, thing_id: UUID, version: int, reason: str, next_on: date) -> UndecidedThing:
    """Put the decision off to a day, with the reason: the named decider alone.

    Raises Absent, ReasonMissing, WrongTrayDay, WrongTrayStep, ChangedMeanwhile, Refused, AuditUnavailable.
    """
    permit = _begun(context, thing_id, TrayEvent.POSTPONE)
    with change(permit):
        thing, row = _row(context, thing_id, version, TrayEvent.POSTPONE)
        _require(reason, next_on)
        thing.next_on = next_on
        _done(permit, thing, row, TrayEvent.POSTPONE, reason, next_on=next_on)
    return thing


def change_decider(
    *, context: Context, thing_id: UUID, version: int, reason: str, decider: Person
) -> UndecidedThing:
    """Name another decider, with the reason: by the one who is named, or by the company's archivist.

    Raises Absent, ReasonMissing, OwnerDecides, DeciderUnfit, WrongTrayStep, ChangedMeanwhile, Refused,
    AuditUnavailable.
    """
    permit = _begun(context, thing_id, TrayEvent.CHANGE_DECIDER)
    with change(permit):
        thing, row = _row(context, thing_id, version, TrayEvent.CHANGE_DECIDER)
        _require(reason, owner_id=thing.owner_id, decider=decider, record=thing.record)
        # Another one is another one.
        if part_in(decider.pk, acted=[thing.decider_id]) is not None:
            raise errors.DeciderUnfit
        thing.decider = decider
        _done(permit, thing, row, TrayEvent.CHANGE_DECIDER, reason, decider=decider)
    return thing


def decide(
    *, context: Context, thing_id: UUID, version: int, reason: str, outcome: TrayOutcome
) -> UndecidedThing:
    """Decide it, with outcome and reason, which takes it out of the tray: the named decider alone.

    Raises Absent, ReasonMissing, WrongTrayStep, ChangedMeanwhile, Refused, AuditUnavailable.
    """
    permit = _begun(context, thing_id, TrayEvent.DECIDE)
    with change(permit):
        thing, row = _row(context, thing_id, version, TrayEvent.DECIDE)
        _require(reason)
        _done(permit, thing, row, TrayEvent.DECIDE, reason, outcome=outcome)
    return thing


def _record(context: Context, kind: TrayKind, record_id: UUID | None) -> Record | None:
    """What it is about; what one may not know of is as absent as what is not there."""
    about_record = kind in {TrayKind.RECORD, TrayKind.DRAFT}
    if about_record is not (record_id is not None):
        raise errors.FormRefused
    if record_id is None:
        return None
    record, _permit = gate.fetch(context, Action.DESCRIBE, Record, record_id)
    return record


def _begun(context: Context, thing_id: UUID, event: TrayEvent) -> Permit:
    if undecided.thing(context, thing_id) is None:
        gate.absent(context, Action.MANAGE_UNDECIDED, "undecided", thing_id)
    return gate.authorize(
        context, Action.MANAGE_UNDECIDED, sealed={"thing": str(thing_id), "step": event.value}
    )


def _row(context: Context, thing_id: UUID, version: int, event: TrayEvent) -> tuple[UndecidedThing, TrayStep]:
    """The thing, held until the transaction ends, and the table's row for this step of this person."""
    UndecidedThing.objects.select_for_update().get(pk=thing_id)
    thing = UndecidedThing.objects.select_related("record__unit").get(pk=thing_id)
    row = TRAY.get((TrayState(thing.state), event))
    if row is None or event not in undecided.steps_for(context, thing):
        raise errors.WrongTrayStep
    if thing.version != version:
        raise errors.ChangedMeanwhile
    return thing, row


def _require(
    reason: str,
    next_on: date | None = None,
    *,
    owner_id: UUID | None = None,
    decider: Person | None = None,
    record: Record | None = None,
) -> None:
    """What every step asks of what was typed."""
    if not reason.strip():
        raise errors.ReasonMissing
    if next_on is not None and not tray_day_fits(next_on, local_day(clock.now())):
        raise errors.WrongTrayDay
    if decider is not None:
        if part_in(decider.pk, acted=[owner_id]) is not None:
            raise errors.OwnerDecides
        if not undecided.can_decide(decider, record):
            raise errors.DeciderUnfit


def _done(
    permit: Permit, thing: UndecidedThing, row: TrayStep, event: TrayEvent, reason: str, **told: Any
) -> None:
    """Enter the step, move the thing on, and end the intent."""
    UndecidedEntry.objects.create(
        thing=thing,
        number=thing.version,
        event=event,
        state=row.next,
        text=reason.strip(),
        by=Person.objects.get(pk=permit.actor.person),
        at=clock.now(),
        **told,
    )
    thing.state, thing.version = row.next, thing.version + 1
    thing.save(update_fields=["state", "version", "next_on", "decider"])
    outbox.outcome(permit.event, "granted", object=_facts(thing), sealed={"step": event.value})


def _facts(thing: UndecidedThing) -> ObjectFacts:
    return ObjectFacts("undecided", str(thing.pk), version=f"{thing.state} {thing.version}")
