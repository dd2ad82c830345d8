"""Reads of the roster: who is duty clerk where, and who may be (P-30)."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Account, Appointment, Person, RosterEntry, Unit
from accounts.rules import OFFICER_DUTIES


def on_duty(unit_id: UUID, day: date) -> Person | None:
    """The duty clerk of a unit on a day in Asia/Shanghai; None where nobody stands on the roster."""
    rows = RosterEntry.objects.filter(
        unit=unit_id, starts_on__lte=day, ends_on__gte=day, struck_at__isnull=True
    )
    rows = rows.filter(Q(person__left_on__isnull=True) | Q(person__left_on__gte=day))
    found = rows.select_related("person").first()
    return found.person if found is not None else None


def entries(unit: Unit, first: date, last: date) -> QuerySet[RosterEntry]:
    """What of a unit's roster touches these days, struck ones apart."""
    return entries_of([unit], first, last)


def entries_of(units: list[Unit], first: date, last: date) -> QuerySet[RosterEntry]:
    """The same for several units together."""
    rows = RosterEntry.objects.filter(
        unit__in=units, starts_on__lte=last, ends_on__gte=first, struck_at__isnull=True
    )
    return rows.select_related("person", "set_by", "unit").order_by("starts_on", "pk")


def headed_by(person_id: UUID | None, day: date) -> list[Unit]:
    """The units that a person heads on a day, or acts as head of."""
    rows = Appointment.objects.filter(person=person_id, is_head=True).in_force(day)
    return list(Unit.objects.filter(pk__in=rows.values("unit")).order_by("path"))


def candidates(unit: Unit, day: date) -> QuerySet[Person]:
    """Who of a unit can be its duty clerk: here still, with an account, and none of the three officers."""
    usable = Account.objects.filter(person=OuterRef("pk"), is_active=True, suspended_at__isnull=True)
    officer = Appointment.objects.filter(person=OuterRef("pk"), duty__in=OFFICER_DUTIES).not_over(day)
    found = Person.objects.filter(Exists(usable), ~Exists(officer), unit=unit)
    return found.filter(Q(left_on__isnull=True) | Q(left_on__gte=day)).select_related("unit").order_by("pk")
