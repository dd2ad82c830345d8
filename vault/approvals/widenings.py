"""Reads of proposals to widen a list: whom each waits for, who may see it, whether it has lapsed (PE-02)."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.exclusions import part_in
from accounts.models import Person
from accounts.rules import Duty, local_day
from vault.approvals import competence, selectors, table
from vault.approvals.competence import Matter, Seat
from vault.approvals.models import Widening
from vault.approvals.rules import RANK, SILENCE, competent, highest_escalation, rows_of
from vault.approvals.standing import is_listed
from vault.approvals.widening_rules import Basis, Cause, WideningState, cause_of
from vault.authorization.context import Context
from vault.authorization.levels import Levels
from vault.holdings.models import Record
from vault.holdings.services.knowledge import on_list
from vault.workdays import selectors as workdays
from vault.workdays.rules import working_days_on


def all_widenings() -> QuerySet[Widening]:
    """Every proposal with what each page of one needs; nobody's list."""
    return Widening.objects.select_related(
        "record__unit",
        "record__originator",
        "person__unit",
        "proposed_by__unit",
        "at_unit",
        "person_unit",
        "decided_by__unit",
        "decided_unit",
        "instead_of",
    )


# Who decides


def required(of: Widening) -> Duty:
    """Whose approval the rule table asks for; what is shielded and no more is a hall's own matter."""
    return table.duty_for(of.record.unit, of.levels) if rows_of(of.levels) else Duty.HALL_DIRECTOR


def seats(of: Widening, at: datetime, *, further: int = 0) -> list[Seat]:
    """Everybody who may decide it now: in the weakest post in which somebody can, and one above it for each silence;
    `further` asks as after so many silences more.

    Never who proposed it nor whom it names. Only those who are on the list themselves; where none of them is, the
    posts decide it without it, as they decide a request (RQ-03), and are told no title (PE-10).
    """
    duty = required(of)
    matter = Matter(of.record.unit, of.levels, frozenset({of.proposed_by_id}), frozenset({of.person_id}))
    found = competence.fit_seats(matter, competent(duty, highest_escalation(duty)), at)
    found = [seat for seat in found if is_listed(of.record, seat.person_id, at)] or found
    if not found:
        return []
    reach = RANK.index(found[0].duty) + of.escalations + further
    return [seat for seat in found if RANK.index(seat.duty) <= reach]


def seat_of(of: Widening, person_id: UUID | None, at: datetime) -> Seat | None:
    """The post in which a person may decide it; his own before another's."""
    own = [seat for seat in seats(of, at) if seat.person_id == person_id]
    return min(own, key=lambda seat: seat.instead_of is not None, default=None)


def deciders(of: Widening, at: datetime) -> list[Person]:
    """Who may decide it now, each once."""
    ids = dict.fromkeys(seat.person_id for seat in seats(of, at))
    found = Person.objects.select_related("unit").in_bulk(list(ids))
    return [found[pk] for pk in ids]


def goes_on(of: Widening, at: datetime) -> bool:
    """Whether moving it on reaches somebody whom it does not wait for yet."""
    return of.escalations + 1 < len(RANK) and len(seats(of, at, further=1)) > len(seats(of, at))


def waits_until(of: Widening) -> date:
    """The last working day on which whoever may decide it is in time (RQ-18)."""
    return working_days_on(workdays.calendar(of.record.unit_id), local_day(of.waits_since), SILENCE)


# Whether it still stands


def clearance_of(person_id: UUID, at: datetime) -> Levels:
    """A person's clearance; none without an account in which he can act."""
    facts = competence.facts_of(person_id, at)
    return Levels(*facts.clearance) if facts is not None else Levels()


def basis_of(record: Record, person: Person, at: datetime) -> Basis:
    """What a proposal rests on, as it is now."""
    label, clearance = record.levels, clearance_of(person.pk, at)
    return Basis(
        (label.state, label.enterprise, label.restricted, record.is_shielded),
        (record.unit_id, person.unit_id),
        (clearance.state, clearance.enterprise, clearance.restricted),
    )


def lapses_by(of: Widening, at: datetime) -> Cause | None:
    """Why an open proposal has lapsed, if it has."""
    return cause_of(
        of.basis,
        basis_of(of.record, of.person, at),
        listed=of.person_id in on_list(of.record),
        proposed_at=of.proposed_at,
        at=at,
    )


# Who sees it


def one(viewer: Context, widening_id: UUID) -> Widening | None:
    """One proposal in which the viewer has a part: he made it, may decide it, or did. Whom it names knows of none."""
    found = all_widenings().filter(pk=widening_id).first()
    if found is None or viewer.subject.is_officer or viewer.subject.scopes is not None:
        return None
    acted = {found.proposed_by_id, found.decided_by_id, found.instead_of_id}
    return found if viewer.subject.person_id in acted or _sits_over(viewer, found) else None


def may_decide(viewer: Context, of: Widening) -> bool:
    """Whether the viewer may decide it now."""
    return of.state == WideningState.PROPOSED and _sits_over(viewer, of)


def may_withdraw(viewer: Context, of: Widening) -> bool:
    """Whether the viewer may take it back: it is his own, and nobody has decided it."""
    return of.state == WideningState.PROPOSED and viewer.subject.person_id == of.proposed_by_id


def to_decide(viewer: Context) -> list[Widening]:
    """What waits for the viewer's decision, the oldest first."""
    below = selectors.below_posts(viewer)
    if below is None:
        return []
    waiting = all_widenings().filter(below, state=WideningState.PROPOSED).order_by("proposed_at", "pk")
    return [each for each in waiting if may_decide(viewer, each)]


def mine(viewer: Context) -> QuerySet[Widening]:
    """What the viewer proposed or decided, the newest first."""
    me = viewer.subject.person_id
    own = Q(proposed_by=me) | Q(decided_by=me) | Q(instead_of=me)
    return all_widenings().filter(own).order_by("-proposed_at", "-pk")


def waiting_for(record: Record) -> QuerySet[Widening]:
    """Who is proposed for a record's list and not on it yet; for whoever keeps the list."""
    return all_widenings().filter(record=record, state=WideningState.PROPOSED).order_by("proposed_at", "pk")


def open_widenings() -> QuerySet[Widening]:
    """Everything that nobody has decided."""
    return all_widenings().filter(state=WideningState.PROPOSED)


def _sits_over(viewer: Context, of: Widening) -> bool:
    """Whether the viewer sits in a post that decides it; of one that another has decided he sees what became of it."""
    if viewer.subject.is_officer:
        return False
    person_id = viewer.subject.person_id
    if part_in(person_id, acted=[of.proposed_by_id], concerned=[of.person_id]) is not None:
        return False
    return seat_of(of, person_id, viewer.instant) is not None
