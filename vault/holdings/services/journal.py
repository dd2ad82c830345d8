"""How a change ends in the log, and the preservation events of an object in PREMIS terms (PF-06)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction

from accounts.models import Person
from audit import clock, outbox
from audit.events import Reason
from vault.authorization.errors import Refused
from vault.authorization.permit import Permit
from vault.holdings import errors
from vault.holdings.models import Component, ObjectEvent, Record

logger = logging.getLogger("jingui.holdings")

SOFTWARE = "Jingui"


@contextmanager
def told(permit: Permit) -> Iterator[None]:
    """What a rule refuses after the gate allowed it ends the intent as failed, with the rule's code.

    Where not even that can be written, on a full disk for instance, the worker ends the intent as unknown.
    """
    try:
        yield
    except (errors.HoldingsError, Refused) as error:
        try:
            with transaction.atomic():
                outbox.outcome(permit.event, "failed", reason=Reason(rule=error.code))
        except DatabaseError:
            logger.exception("The end of an intent could not be told.")
        raise


@contextmanager
def change(permit: Permit) -> Iterator[None]:
    """The business transaction of an intent: all of it or, with the refusal told, nothing.

    The caller writes the outcome of what went well inside it.
    """
    with told(permit), transaction.atomic():
        yield


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
