"""Who may decide a request: post, clearance, no part of his own in it; and who sits in whose place (RQ-03, PE-12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import rooms
from accounts.exclusions import part_in
from accounts.models import Account, Appointment, Person, Unit
from accounts.rules import Duty, UnitKind, local_day
from accounts.selectors import SubjectFacts, ancestor_ids, holders, is_subordinate, subject_facts
from vault.approvals import table
from vault.approvals.models import AccessRequest, Delegation, RequestStep
from vault.approvals.rules import RANK, RequestEvent, competent, highest_escalation
from vault.authorization.levels import Levels


@dataclass(frozen=True)
class Seat:
    """A post in which somebody may decide: whose it is, and for whom he sits in it."""

    person_id: UUID
    duty: Duty
    unit_id: UUID
    instead_of: UUID | None = None


@dataclass(frozen=True)
class Matter:
    """What is to be decided: at which unit, under which label, who acted in it and whom it is about."""

    unit: Unit
    levels: Levels
    acted: frozenset[UUID]
    concerned: frozenset[UUID]


def required(request: AccessRequest) -> Duty:
    """Whose approval the table asks for."""
    return table.duty_for(request.record.unit, request.levels)


def seats(request: AccessRequest, at: datetime) -> list[Seat]:
    """Everybody who may decide it at this instant, the weakest post first.

    Of the posts that the table and its escalations name, at the record's unit or above it, held on that day by
    somebody who can act, is cleared in every regime and has no part in the request; and whoever sits in such a post
    for an absent holder, who must be fit for it himself.
    """
    return _fit(request, competent(required(request), request.escalations), at)


def seat_of(request: AccessRequest, person_id: UUID | None, at: datetime) -> Seat | None:
    """The post in which a person may decide a request; his own before another's."""
    own = [seat for seat in seats(request, at) if seat.person_id == person_id]
    return min(own, key=lambda seat: seat.instead_of is not None, default=None)


def second_duty(request: AccessRequest, person_id: UUID | None, at: datetime) -> Duty | None:
    """PE-17: as what somebody may release an emergency beside its leader: a security officer, or a keeper of the room
    in which it is read. Never its requester, nor who released it as leader or for whom that was done.
    """
    out = part_in(person_id, acted=_led(request), concerned=[request.requester_id]) is not None
    if out or person_id is None:
        return None
    if holders(Duty.SECURITY_OFFICER, at, usable=True).filter(pk=person_id).exists():
        return Duty.SECURITY_OFFICER
    room = request.room
    return Duty.ROOM_KEEPER if room is not None and rooms.is_keeper(person_id, room, at) else None


def seconds(request: AccessRequest, at: datetime) -> list[Person]:
    """Everybody who may release an emergency beside its leader, each once."""
    found = {one.pk: one for one in holders(Duty.SECURITY_OFFICER, at, usable=True)}
    if request.room is not None:
        found |= {one.pk: one for one in rooms.keepers_of(request.room, at)}
    out = {request.requester_id, *_led(request)}
    return [one for pk, one in found.items() if pk not in out]


def fit_seats(matter: Matter, duties: tuple[Duty, ...], at: datetime) -> list[Seat]:
    """Who may decide a matter at this instant in one of these posts, the weakest post first."""
    line = ancestor_ids(matter.unit)
    held = (
        Appointment.objects.filter(duty__in=duties, unit__in=line)
        .exclude(unit__kind=UnitKind.EXTERNAL)
        .in_force(local_day(at))
    )
    found = [Seat(one.person_id, Duty(one.duty), one.unit_id) for one in held]
    for one in _running(at).filter(duty__in=duties, unit__in=line):
        # What is given on is the giver's own post, never one that he sits in for somebody else.
        if Seat(one.giver_id, Duty(one.duty), one.unit_id) in found:
            found.append(Seat(one.delegate_id, Duty(one.duty), one.unit_id, one.giver_id))
    known: dict[UUID, bool] = {}

    def is_fit(person_id: UUID) -> bool:
        if person_id not in known:
            facts = facts_of(person_id, at)
            known[person_id] = facts is not None and fit_for(facts, matter.levels)
        return known[person_id]

    def has_no_part(person_id: UUID) -> bool:
        return part_in(person_id, acted=matter.acted, concerned=matter.concerned) is None

    fit = [
        seat
        for seat in found
        if is_fit(seat.person_id)
        and has_no_part(seat.person_id)
        # He decides as the absent one would: whom his own part keeps out, he cannot send.
        and (seat.instead_of is None or has_no_part(seat.instead_of))
        and (seat.instead_of is None or _giver_cleared(seat.instead_of, matter.levels, at))
    ]
    return sorted(fit, key=lambda seat: (RANK.index(seat.duty), str(seat.person_id)))


def escalations_at_first(request: AccessRequest, at: datetime) -> int:
    """How far it goes at once: past every post that nobody can sit in. At the top at last, whoever is there."""
    duty = required(request)
    for number in range(highest_escalation(duty) + 1):
        if _fit(request, competent(duty, number), at):
            return number
    return highest_escalation(duty)


def is_above_decider(request: AccessRequest, person: Person, at: datetime) -> bool:
    """Whether who decides works under the requester: told to him, and in the log."""
    return is_subordinate(person, request.requester, at)


def is_reciprocal(request: AccessRequest, person: Person, since: datetime) -> bool:
    """Whether the requester approved something for who decides, since then."""
    return RequestStep.objects.filter(
        Q(by=request.requester) | Q(instead_of=request.requester),
        request__requester=person,
        event__in=[RequestEvent.APPROVE, RequestEvent.RELEASE],
        at__gte=since,
    ).exists()


def holds_post(facts: SubjectFacts, duty: Duty, unit_id: UUID) -> bool:
    """Whether somebody holds this post himself, and can act in it."""
    return facts.usable and not facts.exclusions and facts.holds(duty, unit_id)


def fit_for(facts: SubjectFacts, levels: Levels) -> bool:
    """Whether somebody can act at all, trained and bound, and is cleared for a label in every regime."""
    sound = facts.usable and not facts.exclusions and not facts.is_officer
    return (
        sound
        and facts.training_valid
        and facts.undertaking_valid
        and Levels(*facts.clearance).dominates(levels)
    )


def facts_of(person_id: UUID, at: datetime) -> SubjectFacts | None:
    """The facts about a person by an account with which he can act; None without one."""
    for account in Account.objects.filter(person=person_id, is_active=True, suspended_at__isnull=True):
        facts = subject_facts(account, at)
        if facts.usable:
            return facts
    return None


def delegations_to(person_id: UUID | None, at: datetime) -> Iterable[Delegation]:
    """Delegations to a person that run at this instant."""
    return _running(at).filter(delegate=person_id)


def _led(request: AccessRequest) -> set[UUID]:
    """Who released an emergency as its leader, and for whom."""
    rows = request.steps.filter(event=RequestEvent.RELEASE).values_list("by_id", "instead_of_id")
    return {one for row in rows for one in row if one is not None}


def _fit(request: AccessRequest, duties: tuple[Duty, ...], at: datetime) -> list[Seat]:
    acted = (
        request.steps.filter(event__in=[RequestEvent.CHECK, RequestEvent.COUNTERSIGN])
        .exclude(by=None)
        .values_list("by_id", flat=True)
    )
    matter = Matter(request.record.unit, request.levels, frozenset(acted), frozenset({request.requester_id}))
    return fit_seats(matter, duties, at)


def _giver_cleared(person_id: UUID, levels: Levels, at: datetime) -> bool:
    """PE-12: no wider than his own. The absent one may be untrained by now, but his clearance must reach."""
    facts = facts_of(person_id, at)
    return facts is not None and Levels(*facts.clearance).dominates(levels)


def _running(at: datetime) -> QuerySet[Delegation]:
    day = local_day(at)
    return Delegation.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at), starts_on__lte=day, ends_on__gte=day, given_at__lte=at
    )
