"""Widening a need-to-know list: one who keeps it proposes a person, a leader approves or refuses him (PE-02)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from accounts.exclusions import part_in
from accounts.models import Person
from audit import clock, outbox
from audit.events import ObjectFacts
from vault.approvals import errors, widening_telling, widenings
from vault.approvals.competence import Seat
from vault.approvals.models import Widening
from vault.approvals.services.journal import change
from vault.approvals.widening_rules import STEPS, WideningEvent, WideningState
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings.models import Record
from vault.holdings.selectors import nameable_persons
from vault.holdings.services import knowledge
from vault.holdings.widening import is_by_two


def propose(*, context: Context, record_id: UUID, persons: Sequence[Person], reason: str) -> list[Widening]:
    """Propose persons for the list of a secret, each decided by himself; until then they may know nothing.

    Who is on it or proposed already is passed over. Raises the gate's refusals, ListNotByTwo, ReasonMissing,
    RequestIncomplete for oneself, NobodyNew, AuditUnavailable.
    """
    record, permit = gate.fetch(context, Action.PROPOSE_KNOWERS, Record, record_id)
    with change(permit.event):
        # Of two who propose the same person at once, the second sees the first's.
        Record.objects.select_for_update().get(pk=record.pk)
        record = Record.objects.select_related("unit").get(pk=record.pk)
        if not is_by_two(record):
            raise errors.ListNotByTwo
        if not reason.strip():
            raise errors.ReasonMissing
        proposer = Person.objects.get(pk=UUID(permit.actor.person))
        if part_in(proposer.pk, concerned=[person.pk for person in persons]) is not None:
            raise errors.RequestIncomplete(persons=["knower-oneself"])
        taken = knowledge.on_list(record) | set(
            widenings.waiting_for(record).values_list("person_id", flat=True)
        )
        wanted = {person.pk for person in persons} - taken
        chosen = list(nameable_persons(excluding=proposer).filter(pk__in=wanted))
        if not chosen:
            raise errors.NobodyNew
        now = clock.now()
        made = [_made(record, person, proposer, reason.strip(), now) for person in chosen]
        for one in made:
            widening_telling.proposed(one, now)
        outbox.outcome(
            permit.event,
            "granted",
            sealed={
                "persons": [str(one.person_id) for one in made],
                "widening": [str(one.pk) for one in made],
                "reason": reason.strip(),
            },
            subject=str(proposer.pk),
        )
    return made


def decide(*, context: Context, widening_id: UUID, approve: bool, reason: str = "") -> Widening:
    """Approve it, which puts the person on the list in the same transaction, or refuse it with the reason.

    Raises Absent, WrongStep, ReasonMissing, WideningStale, Refused, AuditUnavailable.
    """
    event = WideningEvent.APPROVE if approve else WideningEvent.REFUSE
    permit = _begun(context, Action.DECIDE_KNOWERS, widening_id, event)
    with change(permit):
        row, now = locked(widening_id), clock.now()
        reached = after(row, event)
        seat = widenings.seat_of(row, context.subject.person_id, now)
        if seat is None:
            raise errors.WrongStep
        if not approve and not reason.strip():
            raise errors.ReasonMissing
        if approve and widenings.lapses_by(row, now) is not None:
            raise errors.WideningStale
        if approve:
            row.entry = knowledge.enter_knower(
                row.record,
                row.person,
                named_by=row.proposed_by,
                by=Person.objects.get(pk=seat.person_id),
                reason=row.reason,
                at=now,
            )
        _decided(row, reached, seat, reason, now)
        widening_telling.ended(row, now)
        _ended(permit, row, event, reason)
    return row


def withdraw(*, context: Context, widening_id: UUID) -> Widening:
    """Take back what one proposed oneself. Raises Absent, WrongStep, Refused, AuditUnavailable."""
    permit = _begun(context, Action.WITHDRAW_KNOWERS, widening_id, WideningEvent.WITHDRAW)
    with change(permit):
        row = locked(widening_id)
        reached = after(row, WideningEvent.WITHDRAW)
        if row.proposed_by_id != context.subject.person_id:
            raise errors.WrongStep
        row.state, row.ended_at = reached, clock.now()
        row.save(update_fields=["state", "ended_at"])
        widening_telling.ended(row, clock.now())
        _ended(permit, row, WideningEvent.WITHDRAW, "")
    return row


def locked(widening_id: UUID) -> Widening:
    """A proposal with its record, both held until the transaction ends; the record first, as whoever moves its label
    holds it.
    """
    record_id = Widening.objects.values_list("record_id", flat=True).get(pk=widening_id)
    Record.objects.select_for_update().get(pk=record_id)
    Widening.objects.select_for_update().get(pk=widening_id)
    return widenings.all_widenings().get(pk=widening_id)


def after(row: Widening, event: WideningEvent) -> WideningState:
    """Where a step leads. Raises WrongStep for one that the table does not have."""
    step = STEPS.get((WideningState(row.state), event))
    if step is None:
        raise errors.WrongStep
    return step.next


def facts(row: Widening) -> ObjectFacts:
    """A proposal as the log names it: never whom it is about, nor what."""
    return ObjectFacts("widening", str(row.pk), version=row.state)


def _begun(context: Context, action: Action, widening_id: UUID, event: WideningEvent) -> UUID:
    if widenings.one(context, widening_id) is None:
        gate.absent(context, action, "widening", widening_id)
    permit = gate.authorize(context, action, sealed={"widening": str(widening_id), "step": event.value})
    return permit.event


def _made(record: Record, person: Person, proposer: Person, reason: str, now: datetime) -> Widening:
    basis = widenings.basis_of(record, person, now)
    state, enterprise, restricted, shielded = basis.label
    cleared_state, cleared_enterprise, cleared_restricted = basis.clearance
    made = Widening(
        id=uuid4(),
        record=record,
        person=person,
        reason=reason,
        proposed_by=proposer,
        proposed_at=now,
        at_unit_id=record.unit_id,
        at_state_level=state,
        at_enterprise_level=enterprise,
        at_restricted=restricted,
        at_shielded=shielded,
        person_unit_id=person.unit_id,
        cleared_state=cleared_state,
        cleared_enterprise=cleared_enterprise,
        cleared_restricted=cleared_restricted,
        waits_since=now,
    )
    made.save(force_insert=True)
    return made


def _decided(row: Widening, reached: WideningState, seat: Seat, reason: str, now: datetime) -> None:
    row.state, row.ended_at = reached, now
    row.decided_by_id, row.decided_duty, row.decided_unit_id = seat.person_id, seat.duty, seat.unit_id
    row.instead_of_id, row.decision_reason = seat.instead_of, reason.strip()
    row.save(
        update_fields=[
            "state",
            "ended_at",
            "decided_by",
            "decided_duty",
            "decided_unit",
            "instead_of",
            "decision_reason",
            "entry",
        ]
    )


def _ended(intent: UUID, row: Widening, event: WideningEvent, reason: str) -> None:
    sealed = {"record": str(row.record_id), "person": str(row.person_id), "step": event.value}
    if reason.strip():
        sealed["reason"] = reason.strip()
    outbox.outcome(intent, "granted", object=facts(row), sealed=sealed, subject=str(row.person_id))


__all__ = ["after", "decide", "facts", "locked", "propose", "withdraw"]
