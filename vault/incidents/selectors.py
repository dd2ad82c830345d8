"""Reads of the register: all of it for the security officer, his own for whoever reported one."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from accounts.models import Unit
from accounts.rules import UnitKind
from audit import clock
from vault.authorization.context import Context
from vault.incidents.models import Incident, IncidentEntry
from vault.incidents.rules import State


@dataclass(frozen=True)
class IncidentFilter:
    """What the list is narrowed to; empty is no filter. `late` leaves those whose report is or was late."""

    state: str = ""
    kind: str = ""
    late: bool = False


def register(chosen: IncidentFilter) -> QuerySet[Incident]:
    """The register, what is open first and by its clock, then the newest."""
    found = Incident.objects.select_related("unit", "raised_by")
    if chosen.state in set(State):
        found = found.filter(state=chosen.state)
    if chosen.kind:
        found = found.filter(kind=chosen.kind)
    if chosen.late:
        found = found.filter(late())
    is_open = Case(When(state=State.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    open_due = Case(When(state=State.OPEN, then="due_at"))
    return found.order_by(is_open, open_due, "-number")


def late() -> Q:
    """Not reported in time: the clock ran out, whether a report came afterwards or not."""
    return Q(reported_at__isnull=True, due_at__lt=clock.now()) | Q(reported_at__gt=F("due_at"))


def unclosed() -> QuerySet[Incident]:
    """What the security officer still has to work on."""
    return register(IncidentFilter()).exclude(state=State.CLOSED)


def reported_by(viewer: Context) -> QuerySet[Incident]:
    """What the viewer reported himself and is not closed yet."""
    mine = Incident.objects.filter(raised_by_id=viewer.subject.person_id).exclude(state=State.CLOSED)
    return mine.order_by("-number")


def incident(incident_id: UUID) -> Incident | None:
    """One incident with its unit and reporter."""
    return Incident.objects.select_related("unit", "raised_by").filter(pk=incident_id).first()


def entries(of: Incident) -> list[IncidentEntry]:
    """Everything done about it, in order."""
    return list(of.entries.select_related("by").order_by("number"))


def units() -> QuerySet[Unit]:
    """Where something can happen: units of ours."""
    return Unit.objects.exclude(kind=UnitKind.EXTERNAL).filter(closed_on__isnull=True).order_by("code")
