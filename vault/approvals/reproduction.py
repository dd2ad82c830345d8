"""Reads of the register of copies. Whoever has no part in a copy does not know that there is one."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import Person, Unit
from accounts.rules import Duty, UnitKind, local_day
from accounts.selectors import ancestor_ids
from storage.reproduction import codes
from storage.reproduction.errors import NotACopyCode
from vault.approvals import competence, selectors
from vault.approvals.models import AccessRequest, Copy, CopyCount, CopyStep
from vault.approvals.reproduction_rules import OUT, CopyEvent, CopyPart, CopyState, closable, copy_steps
from vault.approvals.rules import REPRODUCING, TRANSITIONS, RequestEvent, RequestState
from vault.authorization.actions import Action, duties_for
from vault.authorization.context import Context
from vault.holdings.models import Record
from vault.incidents.rules import State as IncidentState

_COUNTS = 24
GONE = (CopyState.DESTROYED, CopyState.FILED, CopyState.LOST)


def all_copies() -> QuerySet[Copy]:
    """Every copy with what each page of one needs; nobody's list."""
    return Copy.objects.select_related(
        "request__record__unit",
        "request__record__originator",
        "request__requester",
        "recipient",
        "recipient_unit",
        "copying_unit",
        "produced_by",
        "holder__unit",
        "successor__unit",
        "incident",
    )


def copy(viewer: Context, copy_id: UUID) -> Copy | None:
    """One copy in which the viewer has a part, or had one."""
    found = all_copies().filter(pk=copy_id).first()
    return found if found is not None and knows_of(viewer, found) else None


def knows_of(viewer: Context, of: Copy) -> bool:
    """Whether a copy is there for the viewer."""
    person_id = viewer.subject.person_id
    return bool(
        person_id is not None
        and (
            person_id in {of.recipient_id, of.request.requester_id}
            or parts_of(viewer, of)
            or of.steps.filter(by=person_id).exists()
        )
    )


def by_code(viewer: Context, text: str) -> Copy | None:
    """The copy whose code was typed off or read from a page, if the viewer may know of it."""
    try:
        code = codes.normalise(text)
    except NotACopyCode:
        return None
    found = all_copies().filter(code=code).first()
    return found if found is not None and knows_of(viewer, found) else None


def parts_of(viewer: Context, of: Copy) -> frozenset[CopyPart]:
    """In which parts the viewer meets a copy now; who holds it, or is to, in no other."""
    person_id = viewer.subject.person_id
    if person_id is None:
        return frozenset()
    if person_id == of.holder_id:
        return frozenset({CopyPart.HOLDER})
    if person_id == of.successor_id:
        return frozenset({CopyPart.SUCCESSOR})
    found = set()
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        found.add(CopyPart.CHECKER)
    if keeps(viewer, of.request.record):
        found.add(CopyPart.KEEPER)
        if person_id != of.destruction_by_id:
            found.add(CopyPart.SECOND)
    if (
        of.state == CopyState.TRANSFER_ASKED
        and not viewer.subject.is_officer
        and competence.seat_of(of.request, person_id, viewer.instant) is not None
    ):
        found.add(CopyPart.APPROVER)
    return frozenset(found)


def keeps(viewer: Context, record: Record) -> bool:
    """Whether the viewer keeps a record's copies: by his post over its unit, and cleared for what he takes in hand."""
    subject = viewer.subject
    return (
        not subject.is_officer
        and subject.holds_over(_keepers(), frozenset(ancestor_ids(record.unit)))
        and subject.clearance.dominates(record.levels)
    )


def steps_for(viewer: Context, of: Copy) -> list[CopyEvent]:
    """What the viewer may do with it now."""
    return copy_steps(CopyState(of.state), parts_of(viewer, of), RequestState(of.request.state))


def readers(of: Copy) -> QuerySet[Person]:
    """To whom it might be passed on: everybody else on the record's list, or of its unit where there is none."""
    record = of.request.record
    people = Person.objects.select_related("unit").exclude(pk=of.holder_id).order_by("unit__code", "pk")
    if record.levels.is_classified:
        return people.filter(pk__in=record.knowledge_entries.filter(ends_at__isnull=True).values("person"))
    return people.filter(unit__path__startswith=record.unit.path)


def can_close(viewer: Context, request: AccessRequest) -> bool:
    """Whether the viewer may close a request now (RQ-08)."""
    return (
        (RequestState(request.state), RequestEvent.CLOSE) in TRANSITIONS
        and request.requester_id != viewer.subject.person_id
        and keeps(viewer, request.record)
        and closable([(CopyState(one.state), is_concluded(one)) for one in copies_of(request)])
    )


def history(of: Copy) -> list[CopyStep]:
    """Everything done with it, in order."""
    return list(of.steps.select_related("by", "to").order_by("number"))


# Lists


def register(viewer: Context) -> QuerySet[Copy]:
    """The copies that the viewer keeps or oversees, and his own; the newest first."""
    own = Q(holder=viewer.subject.person_id) | Q(successor=viewer.subject.person_id)
    own |= Q(recipient=viewer.subject.person_id)
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        return all_copies().order_by("-produced_at", "-pk")
    if not viewer.subject.is_officer:
        own |= _kept(viewer, "request__record__")
    return all_copies().filter(own).order_by("-produced_at", "-pk")


def out(viewer: Context) -> QuerySet[Copy]:
    """Of these, what somebody has outside the archive, the longest due first."""
    return register(viewer).filter(state__in=OUT).order_by("request__ends_on", "pk")


def overdue(viewer: Context) -> QuerySet[Copy]:
    """Of these, what should be back: its days are over, or its request was recalled."""
    late = Q(request__ends_on__lt=local_day(viewer.instant)) | Q(request__state=RequestState.RECALLED)
    return out(viewer).filter(late)


def mine(viewer: Context) -> QuerySet[Copy]:
    """What the viewer has, or is to sign for."""
    person_id = viewer.subject.person_id
    return (
        all_copies()
        .filter(Q(holder=person_id) | Q(successor=person_id), state__in=OUT)
        .order_by("request__ends_on", "pk")
    )


def to_make(viewer: Context) -> QuerySet[AccessRequest]:
    """Approved requests of which the viewer may make the next copy; the gate is asked again for each."""
    found = selectors.in_force(viewer.instant).filter(action__in=REPRODUCING)
    person_id = viewer.subject.person_id
    whose = Q(requester=person_id, at_state_level=0, at_enterprise_level=0)
    whose |= _kept(viewer, "record__") & ~Q(requester=person_id)
    return found.filter(whose).select_related(
        "record__unit", "record__originator", "requester__unit", "requester_unit"
    )


def unmade(viewer: Context) -> QuerySet[AccessRequest]:
    """Of these, where a copy is left to make, the nearest end first."""
    return to_make(viewer).filter(used__lt=F("amount")).order_by("ends_on", "pk")


def copies_of(request: AccessRequest) -> list[Copy]:
    """All copies of a request, in their order."""
    return list(all_copies().filter(request=request).order_by("number"))


def is_concluded(of: Copy) -> bool:
    """Whether the incident of a lost copy is closed."""
    return of.incident is not None and of.incident.state == IncidentState.CLOSED


def countable(viewer: Context, unit: Unit, until: datetime) -> QuerySet[Copy]:
    """The copies of a unit and those below it that the viewer keeps, that were made before an instant and must be
    somewhere. Of those above his clearance he is told nothing, and for those that he himself has nobody takes his
    word (PE-06): another keeper counts both.
    """
    return (
        all_copies()
        .filter(_kept(viewer, "request__record__"))
        .filter(request__record__unit__path__startswith=unit.path, produced_at__lt=until)
        .exclude(state__in=GONE)
        .exclude(_his_own(viewer))
        .order_by("request__year", "request__number", "number")
    )


def counted_by_another(viewer: Context, unit: Unit, until: datetime) -> int:
    """How many copies of the unit the viewer himself has, which he therefore does not count."""
    own = all_copies().filter(_his_own(viewer), request__record__unit__path__startswith=unit.path)
    return own.filter(produced_at__lt=until).count()


def units_kept(viewer: Context) -> QuerySet[Unit]:
    """The units whose copies the viewer keeps: those of his post and all below them."""
    held = {unit for duty, unit in viewer.subject.duties if duty in _keepers()}
    below = Q(pk__in=[])
    for path in Unit.objects.filter(pk__in=held).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return Unit.objects.filter(below).exclude(kind=UnitKind.EXTERNAL).order_by("path")


def counts(units: QuerySet[Unit]) -> QuerySet[CopyCount]:
    """The last confirmed months of units."""
    found = CopyCount.objects.filter(unit__in=units).select_related("unit", "counted_by")
    return found.order_by("-year", "-month", "unit__path")[:_COUNTS]


def _his_own(viewer: Context) -> Q:
    person_id = viewer.subject.person_id
    return Q(state__in=OUT) & (Q(holder=person_id) | Q(successor=person_id))


def _keepers() -> frozenset[Duty]:
    return duties_for(Action.MANAGE_COPIES) or frozenset()


def _kept(viewer: Context, record: str) -> Q:
    """Copies or requests of records that the viewer keeps; `record` is the way to the record."""
    units = {unit for duty, unit in viewer.subject.duties if duty in _keepers()}
    clearance = viewer.subject.clearance
    below = Q(pk__in=[])
    for path in Unit.objects.filter(pk__in=units).values_list("path", flat=True):
        below |= Q(**{f"{record}unit__path__startswith": path})
    return below & Q(
        **{
            f"{record}state_level__lte": clearance.state,
            f"{record}enterprise_level__lte": clearance.enterprise,
            f"{record}restricted__lte": clearance.restricted,
        }
    )
