"""What stands in the way of closing a unit, and of moving a person out of one.

Rooms register what can be open in a unit; as with a leaver, kinds of things are told, never which or how many.
"""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.departures import OpenMatter
from accounts.models import Appointment, PendingGrant, Person, RosterEntry, Unit
from accounts.rules import GRANT_WAITS, GrantState
from audit import clock

Provider = Callable[[UUID], Iterable[OpenMatter]]
_providers: list[Provider] = []

PEOPLE = OpenMatter("unit_people", _("People work in it."))
DUTIES = OpenMatter("unit_duties", _("Duties are held at it."))
CHILDREN = OpenMatter("unit_children", _("Units that are open stand below it."))
ROSTER = OpenMatter("unit_roster", _("Somebody stands on its roster."))
OWN_DUTIES = OpenMatter("person_duties", _("He holds duties at the unit he works in."))
OWN_ROSTER = OpenMatter("person_roster", _("He stands on its roster."))
OWN_PROPOSALS = OpenMatter("person_proposals", _("A change of his rights waits for its second person."))


def register(provider: Provider) -> None:
    """Add what can be open in a unit; the same function twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def stands_in_unit(unit: Unit, day: date) -> list[OpenMatter]:
    """Everything that keeps a unit open on a day."""
    found = []
    if Person.objects.filter(Q(left_on__isnull=True) | Q(left_on__gte=day), unit=unit).exists():
        found.append(PEOPLE)
    if Appointment.objects.filter(unit=unit).not_over(day).exists():
        found.append(DUTIES)
    if Unit.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day), parent=unit).exists():
        found.append(CHILDREN)
    if RosterEntry.objects.filter(unit=unit, ends_on__gte=day, struck_at__isnull=True).exists():
        found.append(ROSTER)
    return found + [matter for provider in _providers for matter in provider(unit.pk)]


def stands_for_person(person: Person, day: date) -> list[OpenMatter]:
    """What hangs on the unit a person works in. Whoever is to agree to a change of his rights is its head, so a
    proposal that waits keeps him there: else a move would choose the second person.
    """
    found = []
    if Appointment.objects.filter(person=person, unit=person.unit_id).not_over(day).exists():
        found.append(OWN_DUTIES)
    rostered = RosterEntry.objects.filter(person=person, unit=person.unit_id, struck_at__isnull=True)
    if rostered.filter(ends_on__gte=day).exists():
        found.append(OWN_ROSTER)
    if has_open_proposal(person):
        found.append(OWN_PROPOSALS)
    return found


def has_open_proposal(person: Person) -> bool:
    """Whether a change of his rights waits for its second person, or to be carried out."""
    now = clock.now()
    waiting = Q(state=GrantState.PENDING, lapses_at__gt=now)
    confirmed = Q(state=GrantState.CONFIRMED, decided_at__gt=now - GRANT_WAITS)
    return PendingGrant.objects.filter(waiting | confirmed, person=person).exists()
