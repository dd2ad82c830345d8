"""Checks events one by one: bytes against leaf, canonical form, search columns, sealed part, time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections

from audit import canonical, events, merkle, recording, rows
from audit.errors import NotCanonical
from audit.findings import Code, Report
from audit.models import Leaf

MERGE_DELAY = timedelta(seconds=60)
CLOCK_SKEW = timedelta(seconds=5)
_ROWS = 2000
_RUN = 512
_LOWEST = -(2**62)
_COLUMNS = events.Projection._fields
_LOOKUPS = 50
_JOIN = "FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id WHERE"
_PAIRS = f"SELECT l.hash, e.canonical {_JOIN} l.idx >= %s AND l.idx < %s ORDER BY l.idx"
_FULL = (
    f"SELECT l.hash, e.canonical, l.idx, l.event_id, e.ciphertext, {', '.join(f'e.{name}' for name in _COLUMNS)} "
    f"{_JOIN} {{}} ORDER BY l.idx LIMIT %s"
)


class Row(NamedTuple):
    """One leaf with its event; `data` is None when the event is gone."""

    leaf: bytes
    data: bytes | None
    idx: int
    event_id: int
    ciphertext: bytes | None
    columns: tuple[Any, ...]


class Batch(NamedTuple):
    """Neighbouring rows. `whole` ones run on without a gap and hold only leaf and data."""

    rows: Sequence[Any]
    whole: bool


class Window(NamedTuple):
    """The instants between which the events of one checkpoint were recorded."""

    after: datetime | None
    before: datetime | None


def read_batches(*, stop: int, content: bool) -> Iterator[Batch]:
    """Leaves below index `stop` with their events, in order; without the columns when only bytes and tree count.

    Two columns in small runs are read at more than twice the speed of all, which is most of the work when nothing but
    hashing follows; from the first run on that is not full, rows come whole.
    """
    start = 0
    if not content:
        connection = connections[recording.ALIAS]
        while start + _RUN <= stop:
            pairs = rows.read(connection, _PAIRS, [start, start + _RUN])
            if len(pairs) != _RUN:
                break
            yield Batch(pairs, whole=True)
            start += _RUN
    last = start - 1 if start else _LOWEST
    while found := read_rows("l.idx > %s AND l.idx < %s", [last, stop], limit=_ROWS):
        yield Batch(found, whole=False)
        last = found[-1].idx


def read_rows(where: str, values: list[int], *, limit: int) -> list[Row]:
    """Rows with everything, in order of index. `where` is one of our own conditions on `l`."""
    found = _fetch(_FULL.format(where), [*values, limit])
    return [Row._make((*row[:5], row[5:])) for row in found]


class RowChecker:
    """Checks rows and notes what is wrong; remembers leaves without events for the checks after the walk."""

    def __init__(self, report: Report, *, content: bool) -> None:
        self.orphans: dict[bytes, int] = {}
        self._report = report
        self._check = self._content if content else self._bytes
        self._shown = _shown_sqlite if connections[recording.ALIAS].vendor == "sqlite" else tuple
        self._lookups = 0

    def check(self, rows: Sequence[Any], window: Window, *, whole: bool, first: int) -> None:
        """Check a run of rows that one checkpoint covers; `first` is the index of the first if they are whole."""
        if not whole:
            self._check(rows, window)
        elif not _all_fit(rows):
            self._bytes(read_rows("l.idx >= %s", [first], limit=len(rows)), window)

    def _bytes(self, rows: Sequence[Row], window: Window) -> None:
        for row in rows:
            if row.data is None:
                self._deleted(row)
            elif sha256(b"\x00" + row.data).digest() != row.leaf:
                self._changed(row, bytes(row.data))

    def _content(self, rows: Sequence[Row], window: Window) -> None:
        earliest = window.after - MERGE_DELAY if window.after else None
        latest = window.before + CLOCK_SKEW if window.before else None
        for row in rows:
            if row.data is None:
                self._deleted(row)
                continue
            data = bytes(row.data)
            if sha256(b"\x00" + data).digest() != row.leaf:
                self._changed(row, data)
                continue
            try:
                document = canonical.decode(data)
                projection = events.project(document)
                part = document["sealed"]
                sealed = part["digest"] if part else None
            except (NotCanonical, KeyError, TypeError, ValueError):
                self._add(Code.EVENT_MALFORMED, "The recorded bytes are no event of this format.", row)
                continue
            if self._shown(projection) != row.columns:
                self._column_edited(row, projection)
            if (sealed is not None or row.ciphertext) and sealed != sha256(
                bytes(row.ciphertext or b"")
            ).hexdigest():
                self._add(
                    Code.SEALED_PART_EDITED,
                    "The sealed part is not the one that was recorded.",
                    row,
                    projection.uid,
                )
            if earliest is not None and projection.at < earliest:
                text = "The event claims a time long before the checkpoint that it was recorded after."
                self._add(Code.EVENT_BACK_DATED, text, row, projection.uid)
            elif latest is not None and projection.at > latest:
                text = "The event claims a time after the checkpoint that covers it."
                self._add(Code.EVENT_POST_DATED, text, row, projection.uid)

    def _deleted(self, row: Row) -> None:
        self.orphans[bytes(row.leaf)] = row.idx

    def _changed(self, row: Row, data: bytes) -> None:
        """The bytes are not what the leaf was made of: the same facts spelt anew, another event's, or an
        edit.
        """
        try:
            respelt = merkle.leaf_hash(canonical.encode(canonical.parse(data)))
        except NotCanonical:
            respelt = b""
        if respelt == bytes(row.leaf):
            text = "The bytes say the same as what was recorded, in another spelling."
            self._add(Code.EVENT_RESERIALISED, text, row, _uid(row))
            return
        home = self._home_of(merkle.leaf_hash(data))
        if home is not None:
            text = f"The event belongs to index {home}; leaves and events were exchanged."
            self._add(Code.REORDERED, text, row, _uid(row))
            return
        self._add(Code.EVENT_EDITED, "The event is not what was recorded.", row, _uid(row))

    def _home_of(self, digest: bytes) -> int | None:
        # There is no index on hashes, and there should be no edits: a bounded number of scans.
        self._lookups += 1
        if self._lookups > _LOOKUPS:
            return None
        return Leaf.objects.filter(hash=digest).values_list("idx", flat=True).first()

    def _column_edited(self, row: Row, projection: events.Projection) -> None:
        pairs = zip(_COLUMNS, self._shown(projection), row.columns, strict=True)
        names = ", ".join(name for name, recorded, shown in pairs if recorded != shown)
        text = f"Search columns differ from what was recorded: {names}."
        self._add(Code.COLUMN_EDITED, text, row, projection.uid)

    def _add(self, code: Code, text: str, row: Row, uid: UUID | None = None) -> None:
        self._report.add(code, text, index=row.idx, uid=uid)


def _all_fit(rows: Sequence[tuple[bytes, bytes | None]]) -> bool:
    """Whether every event is there and is what its leaf was made of."""
    leaves, data = zip(*rows, strict=True)
    return None not in data and tuple([sha256(b"\x00" + event).digest() for event in data]) == leaves


def _fetch(query: str, values: list[int]) -> list[Any]:
    with connections[recording.ALIAS].cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _shown_sqlite(columns: events.Projection) -> tuple[Any, ...]:
    """The columns as this driver returns them: ids as hexadecimal text, instants without their zone."""
    closes = columns.closes and columns.closes.hex
    return (columns.uid.hex, columns.at.replace(tzinfo=None), *columns[2:-1], closes)


def _uid(row: Row) -> UUID | None:
    if not row.columns:
        return None
    shown = row.columns[0]
    return shown if isinstance(shown, UUID) else UUID(str(shown))
