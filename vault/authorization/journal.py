"""How a change ends in the log, for every room: all of it with its outcome, or nothing with the refusal told."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, transaction

from audit import outbox
from audit.events import Reason
from vault.authorization.errors import Refused

logger = logging.getLogger("jingui.authorization")


@contextmanager
def told(intent: UUID, *refusals: type[Exception]) -> Iterator[None]:
    """What a rule refuses after the gate allowed it ends the intent as failed, with the rule's code.

    `refusals` are the room's own errors; each has a `code`. Where not even that can be written, on a full disk for
    instance, the worker ends the intent as unknown.
    """
    caught: tuple[type[Exception], ...] = (Refused, *refusals)
    try:
        yield
    except caught as error:
        try:
            with transaction.atomic():
                outbox.outcome(intent, "failed", reason=Reason(rule=str(getattr(error, "code", "refused"))))
        except DatabaseError:
            logger.exception("The end of an intent could not be told.")
        raise


@contextmanager
def change(intent: UUID, *refusals: type[Exception]) -> Iterator[None]:
    """The business transaction of an intent. The caller writes the outcome of what went well inside it."""
    with told(intent, *refusals), transaction.atomic():
        yield
