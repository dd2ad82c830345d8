"""Reads of the undecided tray: its owner's, its decider's and the company's archivist's alone (P-25)."""

from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.exclusions import part_in
from accounts.models import Account, Person, Unit
from accounts.rules import Duty, UnitKind
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_account
from vault.authorization.decision import Allow, decide_at_the_door
from vault.authorization.gate import explain
from vault.authorization.scope import visible_to
from vault.holdings.models import Record, UndecidedEntry, UndecidedThing
from vault.holdings.rules import TrayEvent, TrayPart, TrayState, tray_steps


def undecided() -> QuerySet[UndecidedThing]:
    """Everything that nobody has decided yet, whoever may see it: what a monthly inventory goes through."""
    return _all().exclude(state=TrayState.DECIDED).order_by("next_on", "put_in_at", "pk")


def visible(viewer: Context) -> QuerySet[UndecidedThing]:
    """What the viewer may see, undecided first and by its date.

    What somebody put in or decides is his. The archivist sees the rest, but of what is about a record only where he
    may know of the record: the tray is no way round a need-to-know list.
    """
    mine = Q(owner=viewer.subject.person_id) | Q(decider=viewer.subject.person_id)
    if keeps_the_company(viewer):
        known = visible_to(viewer, Record, Action.DESCRIBE).order_by().values("pk")
        mine |= Q(record__isnull=True) | Q(record__in=known)
    is_decided = Case(
        When(state=TrayState.DECIDED, then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    return _all().filter(mine).order_by(is_decided, "next_on", "put_in_at", "pk")


def thing(viewer: Context, thing_id: UUID) -> UndecidedThing | None:
    """One entry that the viewer may see."""
    return visible(viewer).filter(pk=thing_id).first()


def entries(of: UndecidedThing) -> list[UndecidedEntry]:
    """What was done with it, in order."""
    return list(of.entries.select_related("by", "decider").order_by("number"))


def to_decide(viewer: Context) -> QuerySet[UndecidedThing]:
    """What waits for the viewer's own decision."""
    return undecided().filter(decider=viewer.subject.person_id)


def put_in_by(viewer: Context) -> QuerySet[UndecidedThing]:
    """What the viewer put in and nobody has decided."""
    return undecided().filter(owner=viewer.subject.person_id)


def parts_of(viewer: Context, of: UndecidedThing) -> frozenset[TrayPart]:
    """In which parts the viewer meets it; the owner in none, whatever else he is (PE-06)."""
    if part_in(viewer.subject.person_id, acted=[of.owner_id]) is not None:
        return frozenset()
    found = set()
    if of.decider_id == viewer.subject.person_id:
        found.add(TrayPart.DECIDER)
    if keeps_the_company(viewer):
        found.add(TrayPart.ARCHIVIST)
    return frozenset(found)


def steps_for(viewer: Context, of: UndecidedThing) -> list[TrayEvent]:
    """What the viewer may do with it now. Who may no longer know of its record hands it on, and no more."""
    found = tray_steps(TrayState(of.state), parts_of(viewer, of))
    return found if tells(viewer, of) else [one for one in found if one is TrayEvent.CHANGE_DECIDER]


def tells(viewer: Context, of: UndecidedThing) -> bool:
    """Whether its words may be shown: a decider, or its owner, may have been struck from its record's list since."""
    return of.record is None or may_know(viewer, of.record)


def keeps_the_company(viewer: Context) -> bool:
    """Whether the viewer is an archivist of the company itself."""
    units = {unit for duty, unit in viewer.subject.duties if duty is Duty.ARCHIVIST}
    return bool(units) and Unit.objects.filter(pk__in=units, kind=UnitKind.COMPANY).exists()


def may_know(viewer: Context, record: Record) -> bool:
    """Whether the viewer may know of the record, so that its page may be offered."""
    return isinstance(explain(viewer, Action.DESCRIBE, record), Allow)


def can_decide(person: Person, record: Record | None) -> bool:
    """Whether a person can work in the tray now, and may know of what it is about."""
    for account in Account.objects.filter(person=person, is_active=True).select_related("person"):
        context = of_account(account)
        if not isinstance(decide_at_the_door(Action.MANAGE_UNDECIDED, context.subject), Allow):
            continue
        if record is None or may_know(context, record):
            return True
    return False


def _all() -> QuerySet[UndecidedThing]:
    return UndecidedThing.objects.select_related("owner", "decider", "unit", "record__unit")
