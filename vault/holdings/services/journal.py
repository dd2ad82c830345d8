"""How a change ends in the log, and the preservation events of an object in PREMIS terms (PF-06)."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from accounts.models import Person
from audit import clock
from vault.authorization import journal
from vault.authorization.permit import Permit
from vault.holdings import errors
from vault.holdings.models import Component, ObjectEvent, Record

SOFTWARE = "Jingui"


def told(permit: Permit) -> AbstractContextManager[None]:
    """What a rule refuses after the gate allowed it ends the intent as failed, with the rule's code."""
    return journal.told(permit.event, errors.HoldingsError)


def change(permit: Permit) -> AbstractContextManager[None]:
    """The business transaction of an intent: all of it or, with the refusal told, nothing.

    The caller writes the outcome of what went well inside it.
    """
    return journal.change(permit.event, errors.HoldingsError)


def change_of_all(permits: Sequence[Permit]) -> AbstractContextManager[None]:
    """The same for many objects: one transaction, an outcome for each."""
    return journal.change_of_all([permit.event for permit in permits], errors.HoldingsError)


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
