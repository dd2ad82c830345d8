"""Gives every event its leaf: picks what has none, appends a batch to the tree, signs the result. One
transaction each.

Any number of sequencers may run. The state is read again from the last checkpoint at each step, and primary
keys decide who was first; the loser's transaction leaves nothing behind.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, IntegrityError, close_old_connections, connections, transaction
from django.db.models import Exists, OuterRef

from audit import actions, checkpoints, clock, events, merkle, recording, rows
from audit.errors import AuditUnavailable, NoteInvalid, TreeDamaged
from audit.models import Checkpoint, Event, Leaf

log = logging.getLogger(__name__)

BATCH = 5000
INTERVAL = 0.25  # seconds; with the step itself far below the bar of 1 s at the 99th percentile
SETTLED = timedelta(seconds=60)  # no insert of an event takes longer, so an older gap in the ids stays a gap
_RETRY = 2.0
_EXPORT = 60.0
_SWEEP = 3600.0

_DAMAGED = "The tree in the audit database is not what was signed: run `manage.py audit_verify`."

Picked = Sequence[tuple[int, bytes, datetime]]


def step(limit: int = BATCH, *, sweep: bool = False) -> int:
    """Append up to `limit` events to the tree and return how many; 0 when there was nothing or another was
    first.

    `sweep` looks below the low-water mark too. Raises TreeDamaged when the last checkpoint is not one of
    ours.
    """
    last = checkpoints.latest()
    frontier = _trusted(last)
    low = last.low_water if last else 0
    picked = _pick(0 if sweep else low, limit)
    if not picked:
        return 0
    hashes = [merkle.leaf_hash(data) for _, data, _ in picked]
    first = frontier.size
    completed = frontier.extend(hashes)
    at = clock.now()
    checkpoint = Checkpoint(
        size=frontier.size,
        at=at,
        root=frontier.root(),
        note=checkpoints.sign(frontier.size, frontier.root(), at),
        frontier=frontier.dump(),
        low_water=_low_water(low, picked, at),
    )
    leaves = [
        (first + place, event[0], digest)
        for place, (event, digest) in enumerate(zip(picked, hashes, strict=True))
    ]
    subtrees = [
        (level, start + place, digest)
        for level, (start, roots) in completed.items()
        for place, digest in enumerate(roots)
    ]
    try:
        with transaction.atomic(using=recording.ALIAS):
            _insert("audit_leaf", ("idx", "event_id", "hash"), leaves)
            _insert("audit_subtree", ("level", "idx", "hash"), subtrees)
            checkpoint.save(force_insert=True)
    except IntegrityError as error:
        if _size_of(checkpoints.latest()) == first:
            # Nobody was first, so a row that nobody signed stands in the way.
            raise TreeDamaged(_DAMAGED) from error
        return 0
    return len(leaves)


def run_forever(stop: threading.Event, *, interval: float = INTERVAL) -> None:
    """Sequence until `stop` is set, export a checkpoint every minute and look for stragglers every hour.

    An unreachable database is waited for; a damaged tree ends the loop with TreeDamaged.
    """
    chores = [_Chore(_SWEEP, lambda: step(sweep=True)), _Chore(_EXPORT, _export)]
    while not stop.is_set():
        try:
            appended = step()
            for chore in chores:
                chore.run_if_due()
        except (AuditUnavailable, Error) as error:
            log.warning("The sequencer is waiting for the audit database: %s", type(error).__name__)
            close_old_connections()
            stop.wait(_RETRY)
            continue
        if appended < BATCH:
            stop.wait(interval)


class _Chore:
    def __init__(self, every: float, work: Callable[[], Any]) -> None:
        self._every, self._work = every, work
        self._due = time.monotonic()

    def run_if_due(self) -> None:
        if time.monotonic() >= self._due:
            self._work()
            self._due = time.monotonic() + self._every


def _trusted(last: Checkpoint | None) -> merkle.Frontier:
    """The tree so far, from a checkpoint that we signed: nothing is appended to one that somebody made up."""
    if last is None:
        return merkle.Frontier()
    try:
        statement = checkpoints.read(last.note, checkpoints.own_key())
        frontier = merkle.Frontier.load(last.size, bytes(last.frontier))
    except (NoteInvalid, ValueError) as error:
        raise TreeDamaged(_DAMAGED) from error
    if (statement.size, statement.root) != (last.size, frontier.root()):
        raise TreeDamaged(_DAMAGED)
    return frontier


def _insert(table: str, columns: tuple[str, ...], values: Sequence[tuple[Any, ...]]) -> None:
    if values and rows.insert(connections[recording.ALIAS], table, columns, values) != len(values):
        raise TreeDamaged(f"The audit database accepted rows of {table} and did not keep them.")


def _size_of(checkpoint: Checkpoint | None) -> int:
    return checkpoint.size if checkpoint else 0


def _pick(low: int, limit: int) -> Picked:
    placed = Leaf.objects.filter(event_id=OuterRef("id"))
    waiting = Event.objects.filter(id__gt=low).filter(~Exists(placed)).order_by("id")
    found = waiting.values_list("id", "canonical", "at")[:limit]
    return [(event_id, bytes(data), at) for event_id, data, at in found]


def _low_water(low: int, picked: Picked, at: datetime) -> int:
    """The id below which every event has its leaf: ids are drawn in order but can become visible out of
    order.
    """
    placed = set(Leaf.objects.filter(event_id__gt=low).values_list("event_id", flat=True))
    placed.update(event_id for event_id, _, _ in picked)
    times = {event_id: instant for event_id, _, instant in picked}
    for event_id in sorted(placed):
        if event_id <= low:
            continue
        if event_id > low + 1 and not _settled(event_id, times, at):
            break
        low = event_id
    return low


def _settled(event_id: int, times: dict[int, datetime], at: datetime) -> bool:
    """Ids are drawn in order, so the gap before this event is as old as the event."""
    instant = times.get(event_id) or Event.objects.filter(pk=event_id).values_list("at", flat=True).first()
    return instant is None or at - instant > SETTLED


def _export() -> None:
    """A folder that cannot be written must not stop the tree from growing; the log itself says so."""
    try:
        checkpoints.export()
    except OSError as error:
        log.warning("The checkpoint could not be exported: %s", error.strerror)
        recording.record(
            actions.CHECKPOINT_EXPORT,
            outcome=events.FAILED,
            reason=events.Reason(rule="folder_not_writable"),
            actor=events.system_actor("sequencer"),
        )
