"""Misses of people who are not signed in: counted, and recorded as one event per minute and process.

One event each would let anybody fill the log; none at all would hide a scan (architecture.md section 3).
"""

import threading
from datetime import datetime
from uuid import UUID

from audit import events, recording
from audit.events import Reason

ACTION = "authorization:anonymous:miss"
NO_EVENT = UUID(int=0)

_lock = threading.Lock()
_minute: datetime | None = None
_count = 0


def count(at: datetime) -> UUID:
    """Count one miss; the first of a new minute records the minute before. Returns that event's uid, or NO_EVENT.

    Raises AuditUnavailable.
    """
    global _minute, _count
    minute = at.replace(second=0, microsecond=0)
    with _lock:
        done = (_minute, _count) if _minute is not None and _minute != minute else None
        _count = 1 if _minute != minute else _count + 1
        _minute = minute
    return NO_EVENT if done is None else _record(*done)


def flush() -> UUID:
    """Record what is counted so far; the worker and an ending process call it. Raises AuditUnavailable."""
    global _minute, _count
    with _lock:
        done, _minute, _count = (_minute, _count), None, 0
    return NO_EVENT if done[0] is None else _record(done[0], done[1])


def _record(minute: datetime, misses: int) -> UUID:
    return recording.record(
        ACTION,
        outcome=events.DENIED,
        reason=Reason(rule="not-signed-in"),
        actor=events.Actor(id="anonymous"),
        object=events.ObjectFacts(type="minute", id=events.format_instant(minute), version=str(misses)),
    )
