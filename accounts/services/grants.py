"""One way to every change of rights: at once where one officer may, else pending until a second person acts (AD-03)."""

from typing import NamedTuple
from uuid import UUID, uuid4

from accounts import actions
from accounts.errors import AlreadyProposed, GrantLapsed, GrantNotPending, ReasonMissing
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, PendingGrant, Person
from accounts.rules import GRANT_STEPS, GRANT_WAITS, TWO_STEP_KINDS, GrantState, GrantStep
from accounts.services import authority
from accounts.services.terms import Hands, Terms, read, written
from audit.events import ObjectFacts

SECOND_PERSON = "second_person"


class Given(NamedTuple):
    """What became of a change: the id of the row it made, or the proposal that waits."""

    made: UUID | None = None
    pending: PendingGrant | None = None


def give(*, actor: Account, person: Person, terms: Terms, reason: str, trail: Trail = NO_TRAIL) -> Given:
    """Make a change of one person's rights, or propose it where it takes two.

    `reason` is one line for the second person. Raises SelfService (AD-04), DutyMissing (AD-01), PersonLeft,
    ReasonMissing, AlreadyProposed, and what the terms raise.
    """
    work = authority.acting(actor, trail)
    made = uuid4()
    pending = PendingGrant(
        id=uuid4(),
        kind=terms.kind,
        person=person,
        terms=written(terms),
        reason=reason.strip(),
        proposed_by_id=work.facts.person_id,
        proposed_at=work.at,
        lapses_at=work.at + GRANT_WAITS,
    )
    with work.change(
        actions.GRANT_PROPOSE if terms.privileged else terms.action,
        pending if terms.privileged else ObjectFacts(terms.makes, str(made)),
        rule=duty_rule(terms.by),
        sealed=sealed(terms, person),
        subject=str(person.pk),
    ):
        work.require(terms.by)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        terms.check(held, work.day)
        if terms.privileged:
            if not pending.reason:
                raise ReasonMissing
            for other in PendingGrant.objects.filter(
                person=held, kind=terms.kind, state=GrantState.PENDING, lapses_at__gt=work.at
            ):
                if other.terms == pending.terms:
                    raise AlreadyProposed
            pending.save(force_insert=True)
        else:
            terms.carry_out(held, Hands(work.facts.person_id), made)
    return Given(pending=pending) if terms.privileged else Given(made=made)


def confirm_grant(*, actor: Account, grant: PendingGrant, trail: Trail = NO_TRAIL) -> PendingGrant:
    """Agree to a proposal as the second person. It takes effect at the next request of whom it concerns.

    Everything is checked anew: the terms, that who proposed it still may, and that it has not lapsed. Raises
    GrantNotPending, GrantLapsed, SecondPersonMissing, NotEntitledToConfirm, ProposerGone, SelfService, PersonLeft, and
    what the terms raise.
    """
    work = authority.acting(actor, trail)
    terms = read(grant.kind, grant.terms)
    two_step = terms.kind in TWO_STEP_KINDS
    made = grant.person_id if terms.makes == "person" else uuid4()
    facts = sealed(terms, grant.person) | {
        "grant": str(grant.pk),
        "proposed_by": str(grant.proposed_by_id),
    }
    with work.change(
        actions.GRANT_CONFIRM if two_step else terms.action,
        grant if two_step else ObjectFacts(terms.makes, str(made)),
        rule=SECOND_PERSON,
        sealed=facts,
        subject=str(grant.person_id),
    ):
        # The person first, as in `give`: two orders of locks would wait for each other.
        held = authority.locked(grant.person, work.day)
        row = _locked(grant, GrantStep.CONFIRM)
        if row.lapses_at <= work.at:
            raise GrantLapsed
        authority.refuse_unentitled(work, proposed_by=row.proposed_by_id, person=held)
        authority.refuse_without_proposer(row.proposed_by_id, terms.by, work.at)
        terms.check(held, work.day)
        _decide(row, GrantStep.CONFIRM, work)
        if not two_step:
            terms.carry_out(held, Hands(row.proposed_by_id, work.facts.person_id), made)
            _carried_out(row, made)
    return row


def refuse_grant(
    *, actor: Account, grant: PendingGrant, reason: str, trail: Trail = NO_TRAIL
) -> PendingGrant:
    """Refuse a proposal, with a reason for who proposed it. Raises as confirm_grant, and ReasonMissing."""
    work = authority.acting(actor, trail)
    with work.change(
        actions.GRANT_REFUSE,
        grant,
        rule=SECOND_PERSON,
        sealed={"reason": reason.strip()},
        subject=str(grant.person_id),
    ):
        held = authority.locked(grant.person, work.day)
        row = _locked(grant, GrantStep.REFUSE)
        authority.refuse_unentitled(work, proposed_by=row.proposed_by_id, person=held)
        if not reason.strip():
            raise ReasonMissing
        row.decision_reason = reason.strip()
        _decide(row, GrantStep.REFUSE, work)
    return row


def withdraw_grant(*, actor: Account, grant: PendingGrant, trail: Trail = NO_TRAIL) -> PendingGrant:
    """Take a proposal back. By who proposed it, or another with his duty.

    `grant` is as the actor read it: one that was decided since is looked at again. Raises GrantNotPending, DutyMissing,
    SelfService.
    """
    work = authority.acting(actor, trail)
    terms = read(grant.kind, grant.terms)
    with work.change(actions.GRANT_WITHDRAW, grant, rule=duty_rule(terms.by), subject=str(grant.person_id)):
        work.require(terms.by)
        work.refuse_self(grant.person)
        row = _locked(grant, GrantStep.WITHDRAW)
        if row.state != grant.state:
            raise GrantNotPending
        row.state = GRANT_STEPS[GrantState(row.state), GrantStep.WITHDRAW]
        row.withdrawn_by_id = work.facts.person_id
        row.withdrawn_at = work.at
        row.save(update_fields=["state", "withdrawn_by", "withdrawn_at"])
    return row


def use_confirmed(work: authority.Acting, person: Person, terms: Terms, made: UUID) -> bool:
    """Use up the confirmed proposal of just these terms by this officer; False when there is none.

    Inside the caller's transaction, the person locked. A confirmation is as short-lived as a proposal, and ends with
    the next right that two persons give: who confirmed has not agreed to open that one.
    """
    given_since = PendingGrant.objects.filter(person=person, state=GrantState.DONE).exclude(
        kind__in=TWO_STEP_KINDS
    )
    for row in PendingGrant.objects.select_for_update().filter(
        person=person,
        kind=terms.kind,
        state=GrantState.CONFIRMED,
        proposed_by_id=work.facts.person_id,
        decided_at__gt=work.at - GRANT_WAITS,
    ):
        if row.terms == written(terms) and not given_since.filter(decided_at__gte=row.decided_at).exists():
            _carried_out(row, made)
            return True
    return False


def sealed(terms: Terms, person: Person) -> dict[str, object]:
    """What the log keeps of a change of rights, in the part that is sealed for the person concerned."""
    return {"person": str(person.pk), **terms.facts()}


def _locked(grant: PendingGrant, step: GrantStep) -> PendingGrant:
    row = PendingGrant.objects.select_for_update().get(pk=grant.pk)
    if (GrantState(row.state), step) not in GRANT_STEPS:
        raise GrantNotPending
    return row


def _decide(row: PendingGrant, step: GrantStep, work: authority.Acting) -> None:
    row.state = GRANT_STEPS[GrantState(row.state), step]
    row.decided_by_id = work.facts.person_id
    row.decided_at = work.at
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])


def _carried_out(row: PendingGrant, made: UUID) -> None:
    row.state = GRANT_STEPS[GrantState(row.state), GrantStep.CARRY_OUT]
    row.made = made
    row.save(update_fields=["state", "made"])
