"""One table of what a business transaction still has to tell, with named consumers; and the relay of
outcomes.

A row is written in the transaction of the change it speaks of, so both happen or neither. Delivery is at
least once: a consumer recognises what it has already taken by the row's uid.
"""

import base64
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    close_old_connections,
    connections,
)
from django.db.models import Exists, F, OuterRef

from audit import actions, canonical, clock, events, recording, rows
from audit.errors import AuditError, AuditUnavailable, OutsideTransaction, UnregisteredConsumer
from audit.events import Entry, ObjectFacts, Prepared, Reason, SealedPart
from audit.models import Event, Outbox

log = logging.getLogger(__name__)

AUDIT = "audit"
STALE_AFTER = timedelta(minutes=5)
INTERVAL = 0.25  # seconds
NEVER_TOLD = "outcome_never_told"
_CLOSE_EVERY = 60.0
_RETRY = 2.0
_LONGEST_PAUSE = timedelta(hours=1)
_OUTAGES = (AuditUnavailable, OperationalError, ProgrammingError, InterfaceError, InternalError)
_BATCH = 500
_COLUMNS = ("uid", "consumer", "about", "payload", "created", "due", "attempts", "error")
_RACES = 5  # each lost race means another writer got on


@dataclass(frozen=True, slots=True)
class Message:
    """One row as its consumer sees it."""

    uid: UUID
    about: str
    payload: Mapping[str, Any]
    created: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """An intent that has ended, with what `outcome` takes beside how."""

    intent: UUID
    object: ObjectFacts | None = None
    sealed: Mapping[str, Any] | None = None
    subject: str = ""


Handler = Callable[[Sequence[Message]], None]


def register_consumer(name: str, handler: Handler) -> None:
    """Name a consumer. Its handler takes a batch and returns when all of it is safely taken; it may see a row
    twice.
    """
    _handlers[name] = handler


def enqueue(consumer: str, payload: Mapping[str, Any], *, about: str = "") -> UUID:
    """Write a row for a consumer and return its uid. The payload is plain JSON on disk: ids, never personal
    data.

    Raises UnregisteredConsumer, and OutsideTransaction when there is no transaction to share.
    """
    return _enqueue(consumer, [(payload, about)])[0]


def outcome(
    intent: UUID,
    outcome: str,
    *,
    reason: Reason | None = None,
    object: ObjectFacts | None = None,
    sealed: Mapping[str, Any] | None = None,
    subject: str = "",
) -> UUID:
    """Say, inside the business transaction, how an intent ended; the relay makes it an event. Returns that
    event's uid.

    `object` replaces the intent's (a new version or digest). `sealed` needs a `subject` and is encrypted
    before it is written here. Raises OutsideTransaction; MalformedEvent for an unknown outcome.
    """
    ended = Ended(intent, object, sealed, subject)
    return outcomes([ended], outcome, reason=reason)[0]


def outcomes(ended: Sequence[Ended], outcome: str, *, reason: Reason | None = None) -> list[UUID]:
    """The same for many intents that ended in one way, in one statement. Errors as for `outcome`."""
    how = {
        "outcome": events.require_outcome(outcome),
        "reason": events.reason_facts(reason or Reason()),
    }
    sealing = events.Sealing()
    told = []
    for one in ended:
        part = sealing.facts(one.sealed or {}, one.subject)
        payload = {
            "intent": str(one.intent),
            **how,
            "object": events.object_facts(one.object),
            "sealed": part.facts,
            "ciphertext": base64.b64encode(part.ciphertext).decode(),
        }
        told.append((payload, str(one.intent)))
    return _enqueue(AUDIT, told)


def relay(limit: int = _BATCH) -> int:
    """Move waiting outcomes into the log, one commit per batch; returns how many rows went. Raises
    AuditUnavailable.
    """
    return deliver(AUDIT, limit)


def deliver(consumer: str, limit: int = _BATCH) -> int:
    """Hand a consumer its due rows and remove what it took; returns how many.

    A row that its handler refuses does not hold up the others: it waits longer each time, with the error's
    class beside it. An unreachable database is no row's fault and is raised.
    """
    handler = _handlers[consumer]
    due = Outbox.objects.filter(consumer=consumer, due__lte=clock.now()).order_by("id")
    waiting = due.values_list("pk", "attempts", "uid", "about", "payload", "created")[:limit]
    found: dict[int, tuple[int, Message]] = {}
    for pk, attempts, uid, about, payload, created in waiting:
        try:
            found[pk] = attempts, Message(uid, about, json.loads(payload), created)
        except ValueError as unreadable:
            _postpone(pk, attempts, unreadable)
    if not found:
        return 0
    if _attempt(handler, [message for _, message in found.values()]) is None:
        taken = list(found)
    else:
        taken = []
        for pk, (attempts, message) in found.items():
            error = _attempt(handler, [message])
            if error is None:
                taken.append(pk)
            else:
                _postpone(pk, attempts, error)
    Outbox.objects.filter(pk__in=taken).delete()
    return len(taken)


def run_forever(stop: threading.Event, *, interval: float = INTERVAL) -> None:
    """Relay outcomes until `stop` is set, and end stale intents every minute.

    Waits between batches unless one was full: a relay that took rows one by one as they come would cost more than
    the changes they speak of. An unreachable database is waited for, and what went wrong is tried again.
    """
    seen: datetime | None = None
    closing = time.monotonic()
    while not stop.is_set():
        try:
            taken = relay()
            if time.monotonic() >= closing:
                until = clock.now() - 2 * STALE_AFTER
                close_stale(since=seen)
                closing, seen = time.monotonic() + _CLOSE_EVERY, until
        except (AuditError, DatabaseError, InterfaceError) as error:
            log.warning("The relay waits and tries again: %s", type(error).__name__)
            close_old_connections()
            stop.wait(_RETRY)
            continue
        if taken < _BATCH:
            stop.wait(interval)


def close_stale(*, older_than: timedelta = STALE_AFTER, since: datetime | None = None) -> int:
    """End as `unknown` every intent older than `older_than` that nobody told the outcome of; returns how
    many.

    `since` spares the intents before it, for a caller that closed them already. An outcome that comes after
    all is recorded as audit:outcome:late. Raises AuditUnavailable when others were first time and again.
    """
    told = Event.objects.filter(closes=OuterRef("uid"))
    stale = Event.objects.filter(phase=events.INTENT, at__lt=clock.now() - older_than).filter(~Exists(told))
    if since is not None:
        stale = stale.filter(at__gte=since)
    closed = last = races = 0
    waiting: set[str] | None = None
    while batch := list(
        stale.filter(id__gt=last).order_by("id").values_list("id", "uid", "canonical")[:_BATCH]
    ):
        if waiting is None:
            waiting = _waiting()
        unknown = [_unknown(bytes(data)) for _, uid, data in batch if str(uid) not in waiting]
        if _stored(unknown):
            closed, last = closed + len(unknown), batch[-1][0]
            continue
        races += 1  # somebody else told of one of them: those that are still open are read again
        if races == _RACES:
            raise AuditUnavailable("Stale intents could not be ended; the relay tries again in a moment.")
    return closed


_handlers: dict[str, Handler] = {}


def _enqueue(consumer: str, told: Sequence[tuple[Mapping[str, Any], str]]) -> list[UUID]:
    """Write a row for each payload and what it is about."""
    if consumer not in _handlers:
        raise UnregisteredConsumer(f"No consumer {consumer!r} is registered: register it when Django starts.")
    if not connections["default"].in_atomic_block:
        raise OutsideTransaction(
            "An outbox row is written inside transaction.atomic() of the change it speaks of."
        )
    now = clock.now()
    written = [
        (events.uuid7(now), consumer, about, json.dumps(payload, ensure_ascii=False), now, now, 0, "")
        for payload, about in told
    ]
    if written:
        rows.insert(connections["default"], "audit_outbox", _COLUMNS, written)
    return [uid for uid, *_rest in written]


def _attempt(handler: Handler, messages: Sequence[Message]) -> Exception | None:
    try:
        handler(messages)
    except _OUTAGES:
        raise
    except Exception as error:  # noqa: BLE001  one bad row must not hold up the others; its class is kept on the row
        return error
    return None


def _postpone(pk: int, attempts: int, error: Exception) -> None:
    pause = min(timedelta(seconds=2 ** min(attempts, 12)), _LONGEST_PAUSE)
    Outbox.objects.filter(pk=pk).update(
        attempts=F("attempts") + 1, due=clock.now() + pause, error=type(error).__name__
    )


def _take_outcomes(messages: Sequence[Message]) -> None:
    """Idempotent by uid; whether an intent is still open is decided by the unique column `closes`.

    Almost always nobody was first, so the log is asked what it has of them only after it has refused one.
    """
    if _stored(_prepared(messages, recorded=set(), closed=set())):
        return
    for _ in range(_RACES):
        recorded = Event.objects.filter(uid__in=[message.uid for message in messages])
        closed = Event.objects.filter(closes__in={_intent(message) for message in messages})
        left = _prepared(
            messages,
            recorded=set(recorded.values_list("uid", flat=True)),
            closed={uid for uid in closed.values_list("closes", flat=True) if uid},
        )
        if _stored(left):
            return
    raise AuditUnavailable(
        "The outcomes could not be recorded; they stay in the outbox. Run `manage.py doctor`."
    )


def _stored(prepared: Sequence[Prepared]) -> bool:
    """Store all, or answer False when another writer was first with one of them."""
    try:
        recording.store(prepared)
    except AuditUnavailable as error:
        if isinstance(error.__cause__, IntegrityError):
            return False
        raise
    return True


def _prepared(messages: Sequence[Message], *, recorded: set[UUID], closed: set[UUID]) -> list[Prepared]:
    """The events of what is not recorded yet; one whose intent has ended, or ends before it here, comes late."""
    intents = Event.objects.filter(uid__in={_intent(message) for message in messages}, phase=events.INTENT)
    # Parsed only: what is made of it is spelt canonically, and whether it was is the verifier's question.
    documents = {uid: canonical.parse(bytes(data)) for uid, data in intents.values_list("uid", "canonical")}
    known, ended = set(recorded), set(closed)
    prepared = []
    for message in messages:
        if message.uid in known:
            continue
        known.add(message.uid)
        intent = _intent(message)
        if intent in documents and intent not in ended:
            prepared.append(_outcome_event(message, documents[intent]))
            ended.add(intent)
        else:
            prepared.append(_late_event(message))
    return prepared


def _intent(message: Message) -> UUID:
    return UUID(message.payload["intent"])


def _outcome_event(message: Message, intent: Mapping[str, Any]) -> Prepared:
    return events.follow(
        intent,
        outcome=message.payload["outcome"],
        reason=message.payload["reason"],
        target=message.payload["object"],
        part=_part(message),
        uid=message.uid,
        effective=message.created,
    )


def _late_event(message: Message) -> Prepared:
    """The intent has ended already, or is not in this log (an older database was put back): keep what is
    told.
    """
    entry = Entry(
        action=actions.OUTCOME_LATE,
        outcome=message.payload["outcome"],
        reason=Reason(**message.payload["reason"]),
        actor=events.system_actor("relay"),
        object=ObjectFacts("event", message.payload["intent"]),
    )
    return events.prepare(entry, uid=message.uid, part=_part(message))


def _part(message: Message) -> SealedPart:
    return SealedPart(message.payload["sealed"], base64.b64decode(message.payload["ciphertext"]))


def _unknown(intent: bytes) -> Prepared:
    return events.follow(
        canonical.decode(intent),
        outcome=events.UNKNOWN,
        reason=events.reason_facts(Reason(rule=NEVER_TOLD)),
        target=None,
        part=SealedPart(None, b""),
    )


def _waiting() -> set[str]:
    """Intents whose outcome is written and only waits for the relay. Read once, whole: an index for this question
    would be paid by every change, and it is asked only when something is late.
    """
    return set(Outbox.objects.filter(consumer=AUDIT).values_list("about", flat=True))


register_consumer(AUDIT, _take_outcomes)
