"""Who may change whom: the officer's duty, the second person, never oneself, never the last officer."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from accounts import journal, selectors
from accounts.errors import (
    AccountUnusable,
    DutyMissing,
    ExclusiveDuties,
    LastOfficer,
    NotEntitledToConfirm,
    PersonLeft,
    ProposerGone,
    SecondPersonMissing,
    SelfService,
)
from accounts.exclusions import Part, part_in
from accounts.models import Account, Appointment, Person, RegisterChange
from accounts.rules import EXCLUSIONS, INDISPENSABLE_DUTIES, MOVE_SETTLES, Duty, local_day
from accounts.selectors import SubjectFacts
from audit import clock
from audit.events import ObjectFacts


@dataclass(frozen=True)
class Acting:
    """An account at work: its facts at this instant, and where the request came from."""

    account: Account
    facts: SubjectFacts
    at: datetime
    trail: journal.Trail

    @property
    def day(self) -> date:
        """The day in Asia/Shanghai."""
        return local_day(self.at)

    def change(
        self,
        action: str,
        target: Model | ObjectFacts,
        *,
        rule: str,
        sealed: dict[str, Any] | None = None,
        subject: str | None = None,
    ) -> AbstractContextManager[None]:
        """A journalled business transaction by this actor."""
        return journal.change(
            action,
            actor=journal.actor(self.account, self.facts, session=self.trail.session),
            target=target if isinstance(target, ObjectFacts) else journal.object_facts(target),
            rule=rule,
            sealed=sealed,
            subject=subject,
            trail=self.trail,
        )

    def require(self, *duties: Duty) -> None:
        """Raise unless the account is usable, breaks no exclusion and holds one of these duties (AD-01, AD-02)."""
        require_sound(self.facts)
        if not any(self.facts.holds(duty) for duty in duties):
            raise DutyMissing

    def refuse_self(self, person: Person) -> None:
        """Raise SelfService when the actor's own rights would change, under whichever account (AD-04, PE-07)."""
        if part_in(self.facts.person_id, concerned=[person.pk]) is not None:
            raise SelfService


def acting(actor: Account, trail: journal.Trail) -> Acting:
    """Read the actor's facts now. Raises Account.DoesNotExist."""
    at = clock.now()
    return Acting(actor, selectors.subject_facts(actor, at), at, trail)


def require_usable(facts: SubjectFacts) -> None:
    """What one does for oneself takes a usable account and no more. Raises AccountUnusable."""
    if not facts.usable:
        raise AccountUnusable


def require_sound(facts: SubjectFacts) -> None:
    """Exclusions are checked at action too: rows put in by another road must not work (AD-02)."""
    require_usable(facts)
    for exclusion in EXCLUSIONS:
        if exclusion.code in facts.exclusions:
            raise ExclusiveDuties(exclusion)


def locked(person: Person, day: date) -> Person:
    """The person's row, held until the transaction ends, so that two grants at once see each other."""
    held = Person.objects.select_for_update(of=("self",)).select_related("unit").get(pk=person.pk)
    if held.left_on is not None and held.left_on < day:
        raise PersonLeft
    return held


def refuse_unentitled(work: Acting, *, proposed_by: UUID, person: Person) -> None:
    """The second person (AD-03): the head of the person's unit or of one above it, or another security officer.

    Never whoever acts for the person himself: he would agree for his own superior. Nor, for a while, a head under whom
    the proposer himself moved the person: he would have chosen him. Raises SecondPersonMissing for who proposed it,
    SelfService, NotEntitledToConfirm.
    """
    require_sound(work.facts)
    part = part_in(work.facts.person_id, acted=[proposed_by], concerned=[person.pk])
    if part is Part.ACTED:
        raise SecondPersonMissing
    if part is Part.CONCERNED:
        raise SelfService
    heads = {head.pk for head in selectors.superiors_of(person, work.at)}
    for move in RegisterChange.objects.filter(
        person=person, by=proposed_by, former_unit__isnull=False, at__gt=work.at - MOVE_SETTLES
    ).select_related("former_unit"):
        heads &= {head.pk for head in selectors.heads_above(move.former_unit, work.at)}
    if work.facts.person_id not in heads and not work.facts.holds(Duty.SECURITY_OFFICER):
        raise NotEntitledToConfirm


def refuse_without_proposer(person_id: UUID, duty: Duty, at: datetime) -> None:
    """Raise ProposerGone unless who proposed still stands, sound and in his duty: both hands must be there."""
    account = Account.objects.filter(person_id=person_id, is_active=True, suspended_at__isnull=True).first()
    if account is None:
        raise ProposerGone
    facts = selectors.subject_facts(account, at)
    if not facts.usable or facts.exclusions or not facts.holds(duty):
        raise ProposerGone


def refuse_leaving_none(person: Person, duties: set[Duty], *, from_day: date, at: datetime) -> None:
    """Raise LastOfficer when, without this person, nobody usable would hold an indispensable duty (AD-04).

    A successor holds it from that day on and as long as the person would have: a stand-in's term ends by itself, and
    then nobody could appoint anybody.
    """
    for duty in duties & INDISPENSABLE_DUTIES:
        # Held to the end of the transaction: two officers who remove each other at once must not both succeed.
        standing: dict[UUID, list[tuple[date, date]]] = {}
        for one in Appointment.objects.select_for_update().filter(duty=duty).not_over(from_day):
            standing.setdefault(one.person_id, []).append((one.starts_on, one.ends_on or date.max))
        until = max((last for _first, last in standing.pop(person.pk, [])), default=from_day)
        others = [
            pk
            for pk, terms in standing.items()
            if any(first <= from_day and last >= until for first, last in terms)
        ]
        # Whoever has a last day is no successor: it comes by itself, and nobody is asked again on that day.
        staying = selectors.holders(duty, at, usable=True).filter(left_on__isnull=True)
        if not staying.filter(pk__in=others).exists():
            raise LastOfficer
