"""Holds the whole log against itself and against the checkpoints kept outside, and names what does not fit.

The stored leaf hashes build the tree; each event is held against its own leaf. So a changed event is named as
such and does not drown in a root that no longer fits, and a root that does not fit says that the tree itself
was rewritten.
"""

import base64
import heapq
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef

from audit import checkpoints, clock, events, merkle, outbox, triggers
from audit.errors import NoteInvalid
from audit.findings import Code, Report
from audit.models import Checkpoint, Event, Leaf, Subtree
from audit.verification_rows import MERGE_DELAY, Batch, RowChecker, Window, read_batches

Progress = Callable[[int, int], None]

INTENT_LIMIT = 2 * outbox.STALE_AFTER
_LARGEST_DIAGNOSIS = 200_000
_CHUNK = 1000
_SHOW_EVERY = 5000


class Mark(NamedTuple):
    """A size at which a root is known: from a stored checkpoint or from one kept outside."""

    size: int
    kept_outside: bool
    root: bytes
    at: datetime
    frontier: bytes
    where: str


def verify(
    *,
    key: checkpoints.Key | None = None,
    folder: Path | None = None,
    content: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Verify everything and return the report; nothing is changed and nothing raised for what is found.

    `key` is the verifier key kept elsewhere (the log's own when None); `folder` holds exported checkpoints.
    Without `content` only bytes, leaves, tree and checkpoints are checked, not what the events say.
    `progress(done, total)` is called every few thousand events.
    """
    report = Report(started=clock.now(), content=content)
    _Verification(report, key or checkpoints.own_key(), folder, progress or _silent).run()
    report.finished = clock.now()
    return report


class _Verification:
    def __init__(self, report: Report, key: checkpoints.Key, folder: Path | None, progress: Progress) -> None:
        self._report, self._key, self._folder, self._progress = report, key, folder, progress
        self._frontier = merkle.Frontier()
        self._rows = RowChecker(report, content=report.content)
        # In this order: the log goes on growing, and what is read later may only know more.
        self._outside = self._outside_marks()
        newest = checkpoints.latest()
        self._size = newest.size if newest else 0
        self._total = Leaf.objects.count()
        self._previous: Mark | None = None
        self._fits = merkle.Frontier()
        self._broken = False
        self._subtrees: dict[tuple[int, int], bytes] = {}

    def run(self) -> None:
        self._report.events = Event.objects.count()
        marks = _Peekable(heapq.merge(self._stored_marks(), self._outside, key=lambda mark: mark.size))
        self._subtrees = {
            (level, index): bytes(digest)
            for level, index, digest in Subtree.objects.values_list("level", "idx", "hash").iterator(_CHUNK)
        }
        expected = shown = 0
        for batch in read_batches(stop=self._size, content=self._report.content):
            expected = self._contiguous(batch, expected)
            self._feed(batch, marks)
            if self._frontier.size - shown >= _SHOW_EVERY:
                shown = self._frontier.size
                self._progress(shown, self._size)
        self._progress(self._frontier.size, self._size)
        self._after_the_walk(marks)
        self._check_events()
        self._check_guards()
        self._report.size = self._frontier.size
        self._report.root = base64.b64encode(self._frontier.root()).decode()

    def _contiguous(self, batch: Batch, expected: int) -> int:
        """Indexes run 0, 1, 2 …; a gap is a leaf taken out, or one that was given another number."""
        rows = batch.rows
        if batch.whole or (rows[0].idx == expected and rows[-1].idx == expected + len(rows) - 1):
            return expected + len(rows)
        for row in rows:
            if row.idx != expected:
                code = Code.RENUMBERED if self._total >= self._size else Code.LEAF_DELETED
                text = f"Leaf indexes jump from {expected - 1} to {row.idx}."
                self._report.add(code, text, index=expected)
            expected = row.idx + 1
        return expected

    def _feed(self, batch: Batch, marks: "_Peekable") -> None:
        rows, start = batch.rows, 0
        while start < len(rows):
            mark = marks.peek()
            stop = len(rows) if mark is None else min(len(rows), start + mark.size - self._frontier.size)
            run = rows[start:stop]
            window = Window(self._previous and self._previous.at, mark and mark.at)
            self._rows.check(run, window, whole=batch.whole, first=self._frontier.size)
            self._hold_subtrees(self._frontier.extend([row[0] for row in run]))
            start = stop
            while (mark := marks.peek()) is not None and mark.size <= self._frontier.size:
                self._hold(mark)
                marks.pop()

    def _hold_subtrees(self, completed: dict[int, tuple[int, list[bytes]]]) -> None:
        for level, (first, roots) in completed.items():
            for place, digest in enumerate(roots, first):
                if self._subtrees.pop((level, place), None) != digest and not self._broken:
                    text = f"The stored subtree {level}/{place} is missing or altered; proofs would not hold."
                    self._report.add(Code.STORED_HASH_EDITED, text)

    def _hold(self, mark: Mark) -> None:
        """Hold the tree against a known root of this size."""
        root = self._frontier.root()
        if mark.kept_outside and not self._stored(mark.size):
            text = "A checkpoint kept outside is no longer in the database."
            self._report.add(Code.CHECKPOINT_DELETED, text, size=mark.size)
        if root == mark.root:
            if not mark.kept_outside and mark.frontier != self._frontier.dump():
                text = "The stored frontier of a checkpoint is not the tree's."
                self._report.add(Code.CHECKPOINT_EDITED, text, size=mark.size)
            self._fits = merkle.Frontier.load(self._frontier.size, self._frontier.dump())
        elif mark.kept_outside:
            text = f"The checkpoint in {mark.where} was signed for another history of the same length."
            self._report.add(Code.FORKED_TREE, text, size=mark.size)
        elif not self._broken:
            self._broken = True
            self._name_rewriting(mark)
        if not mark.kept_outside:
            self._previous = mark

    def _stored(self, size: int) -> bool:
        seen = self._previous is not None and self._previous.size == size
        return seen or Checkpoint.objects.filter(size=size).exists()

    def _name_rewriting(self, mark: Mark) -> None:
        """The leaves since the last root that fits are not those that were signed: find out how."""
        since = self._fits.size
        if self._total < self._size:
            text = f"Leaves from index {since} on are not those that were signed, and some are gone."
            self._report.add(Code.LEAF_DELETED, text, index=since, size=mark.size)
        elif self._sorted_root(mark) == mark.root:
            text = f"Leaves from index {since} on are those that were signed, in another order."
            self._report.add(Code.REORDERED, text, index=since, size=mark.size)
        else:
            text = f"Leaves from index {since} on are not those that were signed."
            self._report.add(Code.TREE_REWRITTEN, text, index=since, size=mark.size)

    def _sorted_root(self, mark: Mark) -> bytes:
        """The root if the leaves stood in the order of their events, in which they were picked."""
        leaves = Leaf.objects.filter(idx__gte=self._fits.size).order_by("event_id")
        wanted = min(mark.size - self._fits.size, _LARGEST_DIAGNOSIS)
        hashes = leaves.values_list("hash", flat=True)[:wanted]
        tree = merkle.Frontier.load(self._fits.size, self._fits.dump())
        tree.extend([bytes(digest) for digest in hashes])
        return tree.root()

    def _after_the_walk(self, marks: "_Peekable") -> None:
        strays = self._beyond_every_checkpoint()
        if self._frontier.size < self._size and strays:
            text = "Leaves are missing below the newest checkpoint and others stand beyond it."
            self._report.add(Code.RENUMBERED, text, index=self._frontier.size)
        elif self._frontier.size < self._size:
            text = f"The newest checkpoint covers {self._size} events and {self._frontier.size} are left."
            self._report.add(Code.TAIL_CUT, text, index=self._frontier.size, size=self._size)
        elif strays:
            text = "Leaves stand beyond the newest checkpoint, and a sequencer writes both at once."
            self._report.add(Code.LEAF_WITHOUT_CHECKPOINT, text, index=self._size)
        if self._size and not self._outside:
            text = "No checkpoint is kept outside the database, so a rewritten history could not be told."
            self._report.add(Code.NOTHING_EXPORTED, text)
        outside = [mark for mark in marks if mark.kept_outside and mark.size > self._size]
        if outside:
            text = (
                f"A checkpoint kept outside covers {outside[-1].size} events and the database knows of "
                f"{self._size}: an older state was put back, or the newest events and checkpoints were removed."
            )
            self._report.add(Code.OLDER_SNAPSHOT, text, index=self._size, size=outside[-1].size)
        for level, index in self._subtrees:
            if (index + 1) << level * merkle.TILE_HEIGHT <= self._size:
                self._report.add(
                    Code.STORED_HASH_EDITED, f"The stored subtree {level}/{index} has no leaves."
                )

    def _beyond_every_checkpoint(self) -> bool:
        highest = Leaf.objects.aggregate(last=Max("idx"))["last"]
        newest = checkpoints.latest()
        return highest is not None and highest >= (newest.size if newest else 0)

    def _check_events(self) -> None:
        self._check_unplaced()
        for index in self._rows.orphans.values():
            self._report.add(Code.EVENT_DELETED, "The leaf's event is gone.", index=index)
        if self._report.content:
            self._check_intents()

    def _check_intents(self) -> None:
        """Every intent has exactly one outcome. The columns may be asked: each was held against its bytes."""
        told = Event.objects.filter(closes=OuterRef("uid"))
        late = Event.objects.filter(phase=events.INTENT, at__lt=clock.now() - INTENT_LIMIT)
        for uid in late.filter(~Exists(told)).values_list("uid", flat=True).iterator(_CHUNK):
            self._report.add(Code.INTENT_OPEN, "An intent has no outcome: the relay is not running.", uid=uid)
        # A range, where IS NOT NULL would read the whole table.
        outcomes = Event.objects.filter(closes__gte=UUID(int=0))
        intended = Event.objects.filter(uid=OuterRef("closes"), phase=events.INTENT)
        for uid in outcomes.filter(~Exists(intended)).values_list("uid", flat=True).iterator(_CHUNK):
            self._report.add(Code.OUTCOME_ORPHAN, "An outcome closes an intent that is not there.", uid=uid)
        twice = outcomes.values("closes").annotate(n=Count("id")).filter(n__gt=1)
        for closes in twice.values_list("closes", flat=True):
            self._report.add(Code.OUTCOME_REPEATED, "An intent has more than one outcome.", uid=closes)

    def _check_unplaced(self) -> None:
        """Events without a leaf: not yet sequenced, put in by hand, or moved away from their leaf."""
        if not self._rows.orphans and Event.objects.count() == Leaf.objects.count():
            return  # every leaf has its own event, so every event has its leaf
        placed = Leaf.objects.filter(event_id=OuterRef("id"))
        highest = Leaf.objects.aggregate(last=Max("event_id"))["last"] or 0
        unplaced = Event.objects.filter(~Exists(placed)).order_by("id")
        for event_id, uid, at, data in unplaced.values_list("id", "uid", "at", "canonical").iterator(_CHUNK):
            index = self._rows.orphans.pop(merkle.leaf_hash(bytes(data)), None)
            if index is not None:
                text = f"The event of leaf {index} was given another row number."
                self._report.add(Code.RENUMBERED, text, index=index, uid=uid)
            elif event_id < highest and clock.now() - at > MERGE_DELAY:
                text = "An event stands among sequenced ones and was never sequenced."
                self._report.add(Code.EVENT_INSERTED, text, uid=uid)
            elif clock.now() - at > MERGE_DELAY:
                text = "An event has waited too long for its leaf: the sequencer is not running."
                self._report.add(Code.UNSEQUENCED, text, uid=uid)

    def _check_guards(self) -> None:
        for text in triggers.missing("audit"):
            self._report.add(Code.TRIGGER_MISSING, text)

    def _stored_marks(self) -> Iterator[Mark]:
        for stored in Checkpoint.objects.filter(size__lte=self._size).order_by("size").iterator(_CHUNK):
            self._report.checkpoints += 1
            try:
                statement = checkpoints.read(stored.note, self._key)
            except NoteInvalid as error:
                self._report.add(Code.CHECKPOINT_FORGED, str(error), size=stored.size)
                continue
            if (statement.size, statement.root, statement.at) != (stored.size, bytes(stored.root), stored.at):
                text = "The columns of a checkpoint are not what was signed."
                self._report.add(Code.CHECKPOINT_EDITED, text, size=stored.size)
                continue
            yield Mark(statement.size, False, statement.root, statement.at, bytes(stored.frontier), "")

    def _outside_marks(self) -> list[Mark]:
        marks = []
        for path, note in checkpoints.exported(self._folder):
            self._report.exported += 1
            try:
                statement = checkpoints.read(note, self._key)
            except NoteInvalid as error:
                self._report.add(Code.EXPORT_FORGED, f"{path.name}: {error}")
                continue
            marks.append(Mark(statement.size, True, statement.root, statement.at, b"", path.name))
        # A file may say another size than its name: what is signed counts.
        return sorted(marks, key=lambda mark: mark.size)


class _Peekable(Iterator[Mark]):
    """An iterator of marks that can be looked at before it moves on."""

    def __init__(self, marks: Iterator[Mark]) -> None:
        self._marks = marks
        self._next = next(marks, None)

    def peek(self) -> Mark | None:
        return self._next

    def pop(self) -> None:
        self._next = next(self._marks, None)

    def __next__(self) -> Mark:
        if self._next is None:
            raise StopIteration
        mark = self._next
        self.pop()
        return mark


def _silent(done: int, total: int) -> None:
    """Nobody is watching."""
