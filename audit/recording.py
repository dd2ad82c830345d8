"""Puts events into the log: committed when the call returns, or AuditUnavailable."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import Error, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from audit import events, rows
from audit.errors import AuditUnavailable, InsideTransaction, SwallowedInsert
from audit.events import Actor, Entry, ObjectFacts, Prepared, Reason, Source

ALIAS = "audit"


def record(
    action: str,
    *,
    outcome: str,
    reason: Reason,
    actor: Actor,
    object: ObjectFacts | None = None,
    source: Source | None = None,
    sealed: Mapping[str, Any] | None = None,
    subject: str | None = None,
    corr: str = "",
    req: str = "",
) -> UUID:
    """Record one event and return its uid; it is committed by then.

    `sealed` holds personal data (JSON of strings, integers, booleans) and is encrypted under the key of
    `subject`, the actor's person unless another is named. Raises AuditUnavailable when it cannot be known to
    be committed, InsideTransaction inside an atomic block of the audit database, UnregisteredAction,
    MalformedEvent, NotCanonical.
    """
    entry = Entry(
        action=action,
        outcome=outcome,
        reason=reason,
        actor=actor,
        object=object,
        source=source,
        sealed=sealed,
        subject=subject,
        corr=corr,
        req=req,
    )
    return _record(entry, events.SINGLE)


def intent(
    action: str,
    *,
    outcome: str = events.GRANTED,
    reason: Reason,
    actor: Actor,
    object: ObjectFacts | None = None,
    source: Source | None = None,
    sealed: Mapping[str, Any] | None = None,
    subject: str | None = None,
    corr: str = "",
    req: str = "",
) -> UUID:
    """Record that a change was allowed and is about to happen; `audit.outbox.outcome` tells how it ended.

    Parameters and errors as for `record`.
    """
    entry = Entry(
        action=action,
        outcome=outcome,
        reason=reason,
        actor=actor,
        object=object,
        source=source,
        sealed=sealed,
        subject=subject,
        corr=corr,
        req=req,
    )
    return _record(entry, events.INTENT)


def record_many(entries: Sequence[Entry]) -> list[UUID]:
    """Record the facts of bulk work in one commit: all of them or none. Errors as for `record`."""
    return _many(entries, events.SINGLE)


def intend_many(entries: Sequence[Entry]) -> list[UUID]:
    """Record many intents in one commit: all of them or none; each has its own outcome. Errors as for `record`."""
    return _many(entries, events.INTENT)


def record_decisions(decisions: Sequence[tuple[Entry, str]]) -> list[UUID]:
    """Record what was decided about many objects at once, each with its phase, in one commit: all of it or nothing.

    What is sealed the same is sealed once. Errors as for `record`.
    """
    sealing = events.Sealing()
    with _failing_closed():
        prepared = [
            events.prepare(entry, phase=phase, part=sealing.entry(entry)) for entry, phase in decisions
        ]
    store(prepared)
    return [event.uid for event in prepared]


def store(prepared: Sequence[Prepared]) -> None:
    """Insert prepared events in one commit. Raises AuditUnavailable, InsideTransaction."""
    if not prepared:
        return
    connection = connections[ALIAS]
    with _failing_closed():
        # Asking for the state opens a connection, and opening one can fail.
        _refuse_transaction(connection)
        if len(prepared) == 1:
            _insert(connection, prepared)
            return
        with transaction.atomic(using=ALIAS):
            _insert(connection, prepared)


def require_writable() -> None:
    """Raise AuditUnavailable unless the log could take an event now; writes none.

    For what goes on under an event already recorded, such as the next range of a recording that is being played.
    """
    connection = connections[ALIAS]
    with _failing_closed():
        _refuse_moved(connection)
        if connection.in_atomic_block:
            return  # a test case's own transaction holds the lock already
        with transaction.atomic(using=ALIAS), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("UPDATE audit_event SET uid = uid WHERE 1 = 0")
                return
            # The writer role may only insert, so a server in recovery or read-only is asked for by name.
            cursor.execute("SELECT current_setting('transaction_read_only') FROM audit_event LIMIT 1")
            answer = cursor.fetchone()
    if answer is not None and answer[0] != "off":
        raise AuditUnavailable(
            "The audit database takes no events now: look whether it is a standby or read-only."
        )


def _many(entries: Sequence[Entry], phase: str) -> list[UUID]:
    with _failing_closed():
        prepared = [events.prepare(entry, phase=phase) for entry in entries]
    store(prepared)
    return [event.uid for event in prepared]


def _record(entry: Entry, phase: str) -> UUID:
    with _failing_closed():
        prepared = events.prepare(entry, phase=phase)
    store([prepared])
    return prepared.uid


def _insert(connection: BaseDatabaseWrapper, prepared: Sequence[Prepared]) -> None:
    _refuse_moved(connection)
    stored = [(event.canonical, event.ciphertext, *event.columns) for event in prepared]
    # A rule or trigger can swallow rows without an error: only a returned one is a row.
    if rows.insert(connection, "audit_event", _COLUMNS, stored) != len(prepared):
        raise SwallowedInsert(
            "The audit database accepted an event and kept no row: look for rules on the table audit_event."
        )


def _refuse_transaction(connection: BaseDatabaseWrapper) -> None:
    # A test case's own outer transaction is let through, as Django does for blocks that ask to be durable.
    nested = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    if nested or not (connection.in_atomic_block or connection.get_autocommit()):
        raise InsideTransaction("An event cannot be recorded inside a transaction on the audit database.")


@contextmanager
def _failing_closed() -> Iterator[None]:
    try:
        yield
    except (Error, OSError) as error:
        _drop_broken(connections[ALIAS])
        raise AuditUnavailable(
            "The audit log cannot be written, so nothing was released and nothing changed. "
            "Check the audit database (`manage.py doctor`) and try again."
        ) from error


def _drop_broken(connection: BaseDatabaseWrapper) -> None:
    """Let the next event open a new connection instead of failing on a dead one for ever."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


_COLUMNS = ("canonical", "ciphertext", *events.Projection._fields)


def _remember_file(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.alias == ALIAS:
        path = connection.settings_dict["NAME"]
        is_file = connection.vendor == "sqlite" and os.path.exists(path)
        setattr(connection, _OPENED, _identity(path) if is_file else None)


def _refuse_moved(connection: BaseDatabaseWrapper) -> None:
    """SQLite goes on writing into a file that was removed or replaced under it: its events would be lost."""
    opened = getattr(connection, _OPENED, None)
    if opened is not None and _identity(connection.settings_dict["NAME"]) != opened:
        connection.close()
        raise FileNotFoundError("The audit database was replaced while it was open.")


def _identity(path: str) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


_OPENED = "audit_file_opened"
connection_created.connect(_remember_file, dispatch_uid="audit.remember_file")
