"""How a change ends in the log, for every room: all of it with its outcome, or nothing with the refusal told."""

import logging
from collections.abc import Iterator, Sequence
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
    with told_of_all([intent], *refusals):
        yield


@contextmanager
def told_of_all(intents: Sequence[UUID], *refusals: type[Exception]) -> Iterator[None]:
    """The same for the intents of a change of many objects, which is done whole or not at all."""
    caught: tuple[type[Exception], ...] = (Refused, *refusals)
    try:
        yield
    except caught as error:
        reason = Reason(rule=str(getattr(error, "code", "refused")))
        try:
            with transaction.atomic():
                outbox.outcomes([outbox.Ended(intent) for intent in intents], "failed", reason=reason)
        except DatabaseError:
            logger.exception("The end of an intent could not be told.")
        raise


@contextmanager
def change(intent: UUID, *refusals: type[Exception]) -> Iterator[None]:
    """The business transaction of an intent. The caller writes the outcome of what went well inside it."""
    with told(intent, *refusals), transaction.atomic():
        yield


@contextmanager
def change_of_all(intents: Sequence[UUID], *refusals: type[Exception]) -> Iterator[None]:
    """The one business transaction of many intents. The caller writes their outcomes inside it."""
    with told_of_all(intents, *refusals), transaction.atomic():
        yield
