"""Deciding in the place of an absent one: bounded by days and by his own post, never passed on (PE-12)."""

from datetime import date
from uuid import UUID, uuid4

from accounts.models import Person, Unit
from accounts.rules import Duty, local_day
from audit import clock, outbox
from audit.events import ObjectFacts
from vault.approvals import competence, errors, rules
from vault.approvals.models import Delegation
from vault.approvals.rules import RANK, DelegationProblem
from vault.approvals.services.journal import change
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context


def delegate(
    *, context: Context, to: Person, duty: Duty, unit: Unit, starts_on: date, ends_on: date, reason: str
) -> Delegation:
    """Let somebody decide in one's own post between two days.

    Raises DelegationRefused with its problem, ReasonMissing, Refused, AuditUnavailable.
    """
    permit = gate.authorize(context, Action.MANAGE_DELEGATIONS, sealed={"delegate": str(to.pk)})
    with change(permit.event):
        now = clock.now()
        giver_id = UUID(permit.actor.person)
        problem = rules.delegation_days(starts_on, ends_on, local_day(now)) or _unfit(
            giver_id, to, duty, unit
        )
        if problem is not None:
            raise errors.DelegationRefused(problem)
        if not reason.strip():
            raise errors.ReasonMissing
        made = Delegation(
            id=uuid4(),
            giver_id=giver_id,
            delegate=to,
            duty=duty,
            unit=unit,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason.strip(),
            given_at=now,
        )
        made.save(force_insert=True)
        outbox.outcome(permit.event, "granted", object=ObjectFacts("delegation", str(made.pk)))
    return made


def end(*, context: Context, delegation_id: UUID) -> Delegation:
    """End one's own delegation now. Raises Absent, WrongStep, Refused, AuditUnavailable."""
    mine = Delegation.objects.filter(pk=delegation_id, giver=context.subject.person_id)
    if not mine.exists():
        gate.absent(context, Action.MANAGE_DELEGATIONS, "delegation", delegation_id)
    permit = gate.authorize(context, Action.MANAGE_DELEGATIONS, sealed={"delegation": str(delegation_id)})
    with change(permit.event):
        one = Delegation.objects.select_for_update().get(pk=delegation_id)
        if one.ended_at is not None or one.ends_on < local_day(clock.now()):
            raise errors.WrongStep
        one.ended_at = clock.now()
        one.save(update_fields=["ended_at"])
        outbox.outcome(permit.event, "granted", object=ObjectFacts("delegation", str(one.pk)))
    return one


def _unfit(giver_id: UUID, to: Person, duty: Duty, unit: Unit) -> DelegationProblem | None:
    at = clock.now()
    if to.pk == giver_id:
        return DelegationProblem.ONESELF
    own = competence.facts_of(giver_id, at)
    # His own appointment, so whoever only sits in for another has nothing to give on.
    if own is None or duty not in RANK or not competence.holds_post(own, duty, unit.pk):
        return DelegationProblem.NOT_HELD
    theirs = competence.facts_of(to.pk, at)
    if theirs is None or theirs.is_officer or theirs.exclusions:
        return DelegationProblem.UNFIT
    return None
