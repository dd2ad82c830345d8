"""What of the incidents keeps a unit open: one that is not concluded."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import closures
from accounts.departures import OpenMatter
from vault.incidents.models import Incident
from vault.incidents.rules import State

INCIDENTS = OpenMatter("unit_incidents", _("An incident in it is not concluded."))


def register() -> None:
    closures.register(open_in_unit)


def open_in_unit(unit_id: UUID) -> Iterable[OpenMatter]:
    """Incidents of a unit that are not closed."""
    if Incident.objects.filter(unit=unit_id).exclude(state=State.CLOSED).exists():
        yield INCIDENTS
