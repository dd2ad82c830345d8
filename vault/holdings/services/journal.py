"""Preservation events of an object, in PREMIS terms (PF-06)."""

from accounts.models import Person
from audit import clock
from vault.holdings.models import Component, ObjectEvent, Record

SOFTWARE = "Jingui"


def note(
    record: Record,
    kind: str,
    *,
    outcome: str = "success",
    component: Component | None = None,
    person: Person | None = None,
    detail: dict[str, object] | None = None,
) -> ObjectEvent:
    """An unsaved event; callers save many at once inside their transaction. `detail` holds no personal value."""
    return ObjectEvent(
        record=record,
        component=component,
        type=kind,
        outcome=outcome,
        detail=detail or {},
        agent_person=person,
        agent_software=SOFTWARE if person is None else "",
        at=clock.now(),
    )
