"""What is true of a person at an instant, and who stands above whom. Reads only; nothing here is scoped by a viewer:
the access rule is made of these facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    FilteredRelation,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    UUIDField,
    When,
)
from django.db.models.sql.compiler import SQLCompiler

from accounts.models import Account, Appointment, Clearance, Person, Training, Undertaking, Unit, in_force
from accounts.prepared import Prepared
from accounts.rules import (
    DUTY_SCOPE,
    OFFICER_DUTIES,
    UNDERTAKING_VERSION,
    Duty,
    Held,
    Levels,
    Scope,
    UnitKind,
    conflicts,
    local_day,
    second_factor_required,
)
from accounts.slots import Slot
from audit import clock


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """What the access rule needs to know of who acts; the same for every account of one person but `usable`.

    `duties` are those in force, `scope_units` the units whose internal records they reach, `clearance` the levels
    in force on that day in Asia/Shanghai, `exclusions` the codes of exclusions the duties break (AD-02: whoever
    holds a forbidden pair, however it came about, acts under neither).
    """

    account_id: UUID
    person_id: UUID
    home_unit_id: UUID
    usable: bool
    duties: frozenset[Held[UUID]]
    scope_units: frozenset[UUID]
    clearance: Levels
    training_valid: bool
    undertaking_valid: bool
    exclusions: tuple[str, ...] = ()

    @property
    def is_officer(self) -> bool:
        """System officer, security officer or auditor anywhere."""
        return any(held.duty in OFFICER_DUTIES for held in self.duties)

    @property
    def second_factor_required(self) -> bool:
        """AD-05: officers, and whoever holds a clearance."""
        return second_factor_required(is_officer=self.is_officer, clearance=self.clearance)

    def holds(self, duty: Duty, unit_id: UUID | None = None) -> bool:
        """True when the duty is in force, at this unit when one is named."""
        return any(held.duty is duty and unit_id in (None, held.unit) for held in self.duties)


def subject_facts(account: Account, at: datetime) -> SubjectFacts:
    """Read the facts about an account's person as they stand in the database now, for the day of `at`.

    One query. Raises Account.DoesNotExist.
    """
    return account_with_facts(account.pk, at)[1]


def account_with_facts(account_id: UUID, at: datetime) -> tuple[Account, SubjectFacts]:
    """The account with its person and unit, and the facts about the person for the day of `at`, in one query.

    Raises Account.DoesNotExist.
    """
    day = local_day(at)
    rows = _FACTS.rows(_Asked(account_id, day))
    if not rows:
        raise Account.DoesNotExist
    account = rows[0]
    live = [row for row in rows if row.live_duty is not None and row.live_kind != UnitKind.EXTERNAL]
    held = frozenset(Held(Duty(row.live_duty), row.live_unit_id) for row in live)
    return account, SubjectFacts(
        account_id=account.pk,
        person_id=account.person_id,
        home_unit_id=account.person.unit_id,
        usable=account.is_usable(day),
        duties=held,
        scope_units=_scope(live),
        clearance=Levels(account.top_state or 0, account.top_enterprise or 0, account.top_restricted or 0),
        training_valid=account.trained,
        undertaking_valid=account.undertook,
        exclusions=tuple(exclusion.code for exclusion in conflicts(held)),
    )


# The tree of units


def ancestor_ids(unit: Unit) -> list[UUID]:
    """From the root down to the unit itself."""
    return [UUID(part) for part in unit.path.split("/") if part]


def child_path(parent: Unit | None, unit_id: UUID) -> str:
    """The path of a unit under its parent."""
    return f"{parent.path if parent else ''}{unit_id}/"


# Who leads whom


def heads_above(unit: Unit, at: datetime) -> list[Person]:
    """Heads of the unit and of those above it, nearest first, each once."""
    return _each_once(_headships(unit, at))


def superiors_of(person: Person, at: datetime) -> list[Person]:
    """The heads above a person, nearest first. Whoever only acts for him is under him, not above (P-30)."""
    found = _headships(person.unit, at)
    own = {one.unit_id for one in found if one.person_id == person.pk and not one.is_acting}
    return _each_once(
        one for one in found if one.person_id != person.pk and not (one.is_acting and one.unit_id in own)
    )


def is_subordinate(person: Person, superior: Person, at: datetime) -> bool:
    """True when `superior` heads the person's unit or one above it; nobody is his own subordinate."""
    return any(head.pk == superior.pk for head in superiors_of(person, at))


def _headships(unit: Unit, at: datetime) -> list[Appointment]:
    chain = ancestor_ids(unit)
    found = (
        Appointment.objects.filter(unit_id__in=chain, is_head=True)
        .in_force(local_day(at))
        .select_related("person")
    )
    return sorted(found, key=lambda appointment: chain.index(appointment.unit_id), reverse=True)


def _each_once(appointments: Iterable[Appointment]) -> list[Person]:
    return list({appointment.person_id: appointment.person for appointment in appointments}.values())


def holders(duty: Duty, at: datetime, *, usable: bool = False) -> QuerySet[Person]:
    """People who hold the duty on that day; `usable` leaves out whoever has no account to act with."""
    day = local_day(at)
    people = Person.objects.filter(
        Exists(Appointment.objects.filter(person=OuterRef("pk"), duty=duty).in_force(day))
    )
    if usable:
        people = people.filter(Q(left_on__isnull=True) | Q(left_on__gte=day)).filter(
            Exists(Account.objects.filter(person=OuterRef("pk"), is_active=True, suspended_at__isnull=True))
        )
    return people


@dataclass(frozen=True)
class StandingEnd:
    """When a person's training (None: there is none) or clearance ends; `kind` says which."""

    person: Person
    kind: str
    ends_on: date | None


def standing_ends(*, before: date) -> list[StandingEnd]:
    """Whose training or clearance has ended or ends before a day and is followed by none; the first to end first.

    Only persons with a usable account are asked of. An ended clearance is told for thirty days.
    """
    day = local_day(clock.now())
    people = Person.objects.filter(left_on__isnull=True, accounts__is_active=True).distinct()
    trained = people.annotate(ends_on=Max("trainings__valid_until")).select_related("unit")
    cleared = people.filter(clearances__revoked_on__isnull=True).annotate(ends_on=Max("clearances__ends_on"))
    found = [
        StandingEnd(person, "training", person.ends_on)
        for person in trained.filter(Q(ends_on__isnull=True) | Q(ends_on__lt=before))
    ]
    found += [
        StandingEnd(person, "clearance", person.ends_on)
        for person in cleared.filter(
            ends_on__lt=before, ends_on__gte=day - timedelta(days=30)
        ).select_related("unit")
    ]
    return sorted(found, key=lambda one: (one.ends_on or date.min, one.person.pk))


def accounts_not_begun() -> list[Account]:
    """Active accounts that still have their one-time password, oldest first."""
    waiting = Account.objects.filter(is_active=True, must_change_password=True, person__left_on__isnull=True)
    return list(waiting.select_related("person__unit").order_by("created_at", "pk"))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What differs from one reading of the facts to the next."""

    account_id: UUID
    day: date


def _fact_rows() -> QuerySet[Account, Any]:
    """The account, with one row per duty in force, or a single row without one."""
    day = Slot(DateField(), lambda asked: asked.day)
    person = OuterRef("person_id")
    subtree = [duty.value for duty, scope in DUTY_SCOPE.items() if scope is Scope.SUBTREE]
    below = Unit.objects.filter(path__startswith=OuterRef("live__unit__path")).exclude(kind=UnitKind.EXTERNAL)
    cleared = Clearance.objects.filter(person=person).in_force(day).order_by().values("person")
    return (
        Account.objects.select_related("person__unit")
        .filter(pk=Slot(UUIDField(), lambda asked: asked.account_id))
        .annotate(
            live=FilteredRelation("person__appointments", condition=in_force(day, "person__appointments__")),
            live_duty=F("live__duty"),
            live_unit_id=F("live__unit_id"),
            live_kind=F("live__unit__kind"),
            # For one person in hundreds, and read with the rest: a statement more at each of his requests otherwise.
            live_below=Case(
                When(
                    live__duty__in=subtree,
                    then=Subquery(below.order_by().annotate(ids=_Together("pk")).values("ids")),
                )
            ),
            top_state=Subquery(cleared.annotate(top=Max("state_level")).values("top")),
            top_enterprise=Subquery(cleared.annotate(top=Max("enterprise_level")).values("top")),
            top_restricted=Subquery(cleared.annotate(top=Max("restricted")).values("top")),
            trained=Exists(Training.objects.filter(person=person, held_on__lte=day, valid_until__gte=day)),
            undertook=Exists(Undertaking.objects.filter(person=person, version=UNDERTAKING_VERSION)),
        )
    )


class _Together(Func):
    """All ids of a query in one text. No aggregate to Django, so that it adds no grouping."""

    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="GROUP_CONCAT(%(expressions)s, ',')", **context)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s::text, ',')", **context)


def _scope(rows: Iterable[Any]) -> frozenset[UUID]:
    own = {row.live_unit_id for row in rows if DUTY_SCOPE[Duty(row.live_duty)] is not Scope.NONE}
    below = {row.live_below for row in rows if row.live_below}
    return frozenset(own | {UUID(key) for keys in below for key in keys.split(",")})


_FACTS: Prepared[_Asked, Any] = Prepared(_fact_rows)
