"""Puts what happens to people and sign-ins into the log.

A change is an intent, then the business transaction with its outcome in the outbox; a refusal inside it rolls the
change back and closes the intent as denied with the refusal's code. What is only observed is one event.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Model

from accounts.errors import AccountsError
from accounts.models import Account
from accounts.rules import Duty
from accounts.selectors import SubjectFacts
from audit import outbox, recording
from audit.events import DENIED, FAILED, GRANTED, Actor, ObjectFacts, Reason, Source


@dataclass(frozen=True)
class Trail:
    """Where a change came from: the session's pseudonym, the source, the request's id. Empty for commands."""

    session: str = ""
    source: Source | None = None
    req: str = ""


NO_TRAIL = Trail()


def actor(account: Account, facts: SubjectFacts | None = None, *, session: str = "") -> Actor:
    """The facts about who acted that the event keeps."""
    duties = sorted({held.duty.value for held in facts.duties}) if facts else []
    return Actor(
        id=account.staff_no,
        duties=tuple(duties),
        unit=str(facts.home_unit_id) if facts else "",
        session=session,
        account=str(account.pk),
        person=str(account.person_id),
    )


def object_facts(target: Model) -> ObjectFacts:
    """Kind and id of a row of this package."""
    return ObjectFacts(type=type(target).__name__.lower(), id=str(target.pk))


@contextmanager
def change(
    action: str,
    *,
    actor: Actor,
    target: ObjectFacts,
    rule: str,
    sealed: Mapping[str, Any] | None = None,
    subject: str | None = None,
    trail: Trail = NO_TRAIL,
) -> Iterator[None]:
    """Run the block as one journalled business transaction.

    `rule` names why the change is allowed should it go through. Raises AuditUnavailable before anything changed.
    """
    uid = recording.intent(
        action,
        reason=Reason(rule=rule),
        actor=actor,
        object=target,
        source=trail.source,
        sealed=sealed,
        subject=subject,
        req=trail.req,
    )
    try:
        with transaction.atomic():
            yield
            outbox.outcome(uid, GRANTED, reason=Reason(rule=rule))
    except AccountsError as refusal:
        _close(uid, DENIED, refusal.code)
        raise
    except Exception:
        # An intent that cannot even be closed as failed is closed as unknown by the log itself.
        with suppress(DatabaseError):
            _close(uid, FAILED, "error")
        raise


def observed(
    action: str,
    *,
    outcome: str,
    rule: str,
    actor: Actor,
    target: ObjectFacts | None = None,
    sealed: Mapping[str, Any] | None = None,
    subject: str | None = None,
    trail: Trail = NO_TRAIL,
) -> None:
    """Record one event; it is committed by then. Raises AuditUnavailable."""
    recording.record(
        action,
        outcome=outcome,
        reason=Reason(rule=rule),
        actor=actor,
        object=target,
        source=trail.source,
        sealed=sealed,
        subject=subject,
        req=trail.req,
    )


def duty_rule(duty: Duty) -> str:
    """The rule of a change that a duty entitles to."""
    return f"duty:{duty.value}"


def _close(uid: UUID, outcome: str, code: str) -> None:
    with transaction.atomic():
        outbox.outcome(uid, outcome, reason=Reason(rule=code))
