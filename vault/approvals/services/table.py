"""Changing the rule table: the security officer proposes, a second person confirms (RQ-03, AD-09)."""

from uuid import UUID, uuid4

from accounts.exclusions import part_in
from accounts.models import Unit
from accounts.rules import Duty
from audit import clock, outbox
from audit.events import ObjectFacts
from vault.approvals import errors, rules, table
from vault.approvals.models import ApproverRule
from vault.approvals.rules import RANK, Row
from vault.approvals.services.journal import change
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context


def propose(*, context: Context, row: Row, unit: Unit | None, duty: Duty, reason: str) -> ApproverRule:
    """Propose another approver for a level, at a unit and below it or everywhere.

    Raises RuleRefused, ReasonMissing, Refused, AuditUnavailable.
    """
    permit = gate.authorize(
        context, Action.PROPOSE_APPROVER, sealed={"row": f"{row[0]} {row[1]}", "duty": duty.value}
    )
    with change(permit.event):
        if row not in rules.SHIPPED or duty not in RANK or rules.weakens(row, duty):
            raise errors.RuleRefused
        if (table.in_force(unit) if unit is not None else table.everywhere())[row] == duty:
            raise errors.RuleRefused
        if not reason.strip():
            raise errors.ReasonMissing
        made = ApproverRule(
            id=uuid4(),
            regime=row[0],
            level=row[1],
            unit=unit,
            duty=duty,
            reason=reason.strip(),
            proposed_by_id=UUID(permit.actor.person),
            proposed_at=clock.now(),
        )
        made.save(force_insert=True)
        outbox.outcome(permit.event, "granted", object=_facts(made))
    return made


def decide(*, context: Context, rule_id: UUID, confirm: bool) -> ApproverRule:
    """A second person puts a proposed row into force, or refuses it. Raises Absent, WrongStep, SamePerson, Refused,
    AuditUnavailable.
    """
    return _settle(
        context,
        Action.CONFIRM_APPROVER,
        rule_id,
        ApproverRule.State.CONFIRMED if confirm else ApproverRule.State.REFUSED,
    )


def withdraw(*, context: Context, rule_id: UUID) -> ApproverRule:
    """Take back what one proposed oneself. Raises Absent, WrongStep, Refused, AuditUnavailable."""
    return _settle(context, Action.PROPOSE_APPROVER, rule_id, ApproverRule.State.WITHDRAWN)


def _settle(context: Context, action: Action, rule_id: UUID, state: ApproverRule.State) -> ApproverRule:
    if not ApproverRule.objects.filter(pk=rule_id).exists():
        gate.absent(context, action, "approver_rule", rule_id)
    permit = gate.authorize(context, action, sealed={"rule": str(rule_id), "step": state.value})
    with change(permit.event):
        row = ApproverRule.objects.select_for_update().get(pk=rule_id)
        if row.state != ApproverRule.State.PROPOSED:
            raise errors.WrongStep
        person_id = UUID(permit.actor.person)
        own = part_in(person_id, acted=[row.proposed_by_id]) is not None
        if own is not (state is ApproverRule.State.WITHDRAWN):
            raise errors.SamePerson if own else errors.WrongStep
        row.state, row.decided_by_id, row.decided_at = state, person_id, clock.now()
        row.save(update_fields=["state", "decided_by", "decided_at"])
        outbox.outcome(permit.event, "granted", object=_facts(row))
    return row


def _facts(row: ApproverRule) -> ObjectFacts:
    return ObjectFacts("approver_rule", str(row.pk), version=row.state)
