"""The officers' registers: people with what they hold, units as a tree, proposals that wait."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, Max, Min, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Account, Appointment, Clearance, PendingGrant, Person, RegisterChange, Unit
from accounts.rules import GRANT_WAITS, Duty, GrantState, UnitKind, local_day
from vault.authorization.context import Context

STATES = ("active", "not_begun", "suspended", "without", "left")


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is narrowed by; empty is no bound. `state` is one of STATES."""

    q: str = ""
    unit: str = ""
    duty: str = ""
    state: str = ""


def people(filters: PeopleFilter, day: date) -> QuerySet[Person]:
    """Persons by unit and staff number. A name is encrypted, so a search by name reads all that the rest leaves."""
    found = Person.objects.annotate(
        first_number=Min("accounts__staff_no"), trained_until=Max("trainings__valid_until")
    )
    if filters.unit:
        found = found.filter(unit__path__contains=f"{UUID(filters.unit)}/")
    if filters.duty:
        holding = Appointment.objects.filter(person=OuterRef("pk"), duty=filters.duty).in_force(day)
        found = found.filter(Exists(holding))
    if filters.state:
        found = found.filter(_in_state(filters.state, day))
    if filters.q:
        wanted = filters.q.casefold()
        numbers = {
            pk
            for pk, number in Account.objects.values_list("person_id", "staff_no")
            if wanted in number.casefold()
        }
        named = {
            person.pk for person in found.only("pk", "name").iterator() if wanted in person.name.casefold()
        }
        found = found.filter(pk__in=numbers | named)
    return _with_standing(found, day).order_by("unit__path", F("first_number").asc(nulls_last=True), "pk")


def person(person_id: UUID, day: date) -> Person | None:
    """One person with everything his page shows."""
    found = Person.objects.annotate(
        first_number=Min("accounts__staff_no"), trained_until=Max("trainings__valid_until")
    )
    return _with_standing(found, day).filter(pk=person_id).first()


def appointments(person: Person) -> list[Appointment]:
    """All duties a person was ever appointed to, the latest first."""
    rows = Appointment.objects.filter(person=person)
    return list(
        rows.select_related("unit", "appointed_by", "confirmed_by").order_by("-starts_on", "duty", "pk")
    )


def clearances(person: Person) -> list[Clearance]:
    """All clearances a person ever had, the latest first."""
    rows = Clearance.objects.filter(person=person)
    return list(rows.select_related("granted_by", "confirmed_by").order_by("-starts_on", "pk"))


def units() -> list[Unit]:
    """The tree of units, each above what lies below it; external authorities last."""
    changes = Prefetch("changes", RegisterChange.objects.order_by("at"))
    found = list(Unit.objects.prefetch_related(changes))
    by_id = {str(unit.pk): unit for unit in found}

    def place(unit: Unit) -> tuple[object, ...]:
        line = [by_id[key].code for key in unit.path.split("/") if key in by_id]
        return (by_id[unit.path.split("/", 1)[0]].kind == UnitKind.EXTERNAL, line)

    return sorted(found, key=place)


def depth(unit: Unit) -> int:
    """0 for a unit that stands at the top."""
    return unit.path.count("/") - 1


def heads(day: date) -> dict[UUID, Person]:
    """The head of each unit that has one."""
    rows = Appointment.objects.filter(is_head=True, is_acting=False).in_force(day).select_related("person")
    return {row.unit_id: row.person for row in rows}


def acting_heads(day: date) -> dict[UUID, Appointment]:
    """Who acts as head of a unit, and until when (P-30)."""
    rows = Appointment.objects.filter(is_acting=True).in_force(day).select_related("person")
    return {row.unit_id: row for row in rows}


def grants_for(viewer: Context) -> QuerySet[PendingGrant]:
    """The proposals a person may see: officers all of them, a head those for people of his unit and below."""
    rows = PendingGrant.objects.select_related("person__unit", "proposed_by", "decided_by", "withdrawn_by")
    if viewer.subject.is_officer:
        return rows.order_by("-proposed_at", "pk")
    return rows.filter(_below(viewer)).order_by("-proposed_at", "pk")


def grants_to_decide(viewer: Context) -> QuerySet[PendingGrant]:
    """What waits for this very person as the second one (AD-03)."""
    day, me = local_day(viewer.instant), viewer.subject.person_id
    rows = PendingGrant.objects.filter(state=GrantState.PENDING, lapses_at__gt=viewer.instant)
    rows = rows.exclude(proposed_by=me).exclude(person=me).exclude(person__left_on__lt=day)
    if Duty.SECURITY_OFFICER not in viewer.subject.duty_names:
        rows = rows.filter(_below(viewer))
    return rows.select_related("person__unit", "proposed_by").order_by("proposed_at", "pk")


def grants_to_carry_out(viewer: Context) -> QuerySet[PendingGrant]:
    """Confirmed accounts and passwords that their proposer has still to make."""
    return (
        PendingGrant.objects.filter(
            state=GrantState.CONFIRMED,
            proposed_by=viewer.subject.person_id,
            decided_at__gt=viewer.instant - GRANT_WAITS,
        )
        .select_related("person__unit", "proposed_by")
        .order_by("decided_at", "pk")
    )


def open_until(grant: PendingGrant) -> datetime | None:
    """Until when somebody has to act: the second person, then whoever carries it out; None when nobody has."""
    if grant.state == GrantState.PENDING:
        return grant.lapses_at
    if grant.state == GrantState.CONFIRMED and grant.decided_at is not None:
        return grant.decided_at + GRANT_WAITS
    return None


def is_lapsed(grant: PendingGrant, at: datetime) -> bool:
    """Whether nobody confirmed, or nobody carried out, in time."""
    until = open_until(grant)
    return until is not None and until <= at


def _below(viewer: Context) -> Q:
    """For people of the units that the viewer heads and below; for a head whom he acts for he is no second person."""
    standing = Appointment.objects.filter(is_head=True).in_force(local_day(viewer.instant))
    found = Q(pk__in=())
    for mine in standing.filter(person=viewer.subject.person_id).select_related("unit"):
        of_unit = Q(person__unit__path__startswith=mine.unit.path)
        if mine.is_acting:
            of_unit &= ~Q(person__in=standing.filter(unit=mine.unit_id, is_acting=False).values("person"))
        found |= of_unit
    return found


def _with_standing(found: QuerySet[Person], day: date) -> QuerySet[Person]:
    return found.select_related("unit").prefetch_related(
        Prefetch("accounts", Account.objects.order_by("created_at", "pk"), to_attr="all_accounts"),
        Prefetch(
            "appointments",
            Appointment.objects.in_force(day).select_related("unit").order_by("duty"),
            to_attr="duties_now",
        ),
        Prefetch("clearances", Clearance.objects.in_force(day), to_attr="clearances_now"),
    )


def _in_state(state: str, day: date) -> Q:
    """The rows that `presentation.state_of` gives this state."""
    left = Q(left_on__isnull=False, left_on__lt=day)
    has = Account.objects.filter(person=OuterRef("pk"))
    usable = has.filter(is_active=True, suspended_at__isnull=True)
    begun = usable.filter(must_change_password=False)
    found = {
        "left": left,
        "without": ~left & ~Exists(has),
        "suspended": ~left & Exists(has) & ~Exists(usable),
        "not_begun": ~left & Exists(usable) & ~Exists(begun),
        "active": ~left & Exists(begun),
    }
    return found[state]
