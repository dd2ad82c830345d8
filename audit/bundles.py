"""Evidence bundles: events with everything that proves them, for whoever has only Python (FORMAT.md section 8).

A bundle says what the database holds. Whether that is what was signed is for the verifier to find, not for us.
"""

import os
import shutil
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from audit import canonical, checkpoints, clock, events, merkle, proofs, selectors
from audit.errors import BundleRefused, NothingSequenced
from audit.models import Checkpoint, Event, Leaf
from audit.selectors import EventFilter
from audit.text import plain

VERIFIER = Path(__file__).with_name("verify.py")
README = Path(__file__).with_name("evidence.txt")
VERSION = 1
_RUN = 500

Chunks = Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Selection:
    """Events by their places in the tree of `newest`, ascending, and what they were asked for with."""

    places: Sequence[int]
    newest: Checkpoint
    query: Mapping[str, str]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.places)

    @property
    def whole(self) -> bool:
        """Whether they are the whole log up to `newest`."""
        return self.count == self.newest.size


def select(filters: EventFilter | None = None, *, uids: Sequence[UUID] = ()) -> Selection:
    """The events that match and stand in the newest signed tree; without anything asked for, all of them.

    Raises NothingSequenced when there is none.
    """
    newest = checkpoints.latest()
    filters = filters or EventFilter()
    query = _query(filters, uids)
    if newest is None:
        raise NothingSequenced("No event is in a signed tree yet: ask again in a second.")
    if not query:
        return Selection(range(newest.size), newest, query)
    matching = selectors.search(filters)
    if uids:
        matching = matching.filter(uid__in=uids)
    places = array("q", _places(matching, newest.size))
    if not places:
        raise NothingSequenced(
            "No event that matches is in a signed tree: ask for others, or again in a second."
        )
    return Selection(places, newest, query)


def files(selection: Selection, *, kept: Sequence[int] = ()) -> Iterator[tuple[str, Chunks]]:
    """The bundle's files in turn, the manifest last. Each must be read to its end before the next is asked for.

    `kept` are sizes of checkpoints that somebody keeps elsewhere; a path leads from each to the newest one. Raises
    BundleRefused for one that is larger than the log.
    """
    if any(size > selection.newest.size for size in kept):
        raise BundleRefused(
            f"A checkpoint was kept that covers more events than the {selection.newest.size} in this log: an older "
            "state was put back. Run `manage.py audit_verify` now."
        )
    digests: dict[str, str] = {}
    for name, chunks in _content(selection, kept):
        yield name, _digested(name, chunks, digests)
    text = canonical.encode(_manifest(selection, digests)).decode() + "\n"
    yield "manifest.json", [text.encode()]
    yield "manifest.sig", [checkpoints.signature(text).encode()]


@contextmanager
def written(target: Path, selection: Selection, *, kept: Sequence[int] = ()) -> Iterator[None]:
    """Write a bundle; inside the block it is whole and still without its name, which it gets when the block ends well.

    So it can be recorded before anybody has it. Otherwise nothing is left behind. Raises BundleRefused when there is
    something at the place already, and OSError.
    """
    if os.path.lexists(target):
        raise BundleRefused(f"{target} is there already: name a folder that is not.")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.mkdir(mode=0o700)
    try:
        for name, chunks in files(selection, kept=kept):
            _write_file(part / name, chunks)
        yield
        if os.path.lexists(target):
            raise BundleRefused(f"{target} has appeared meanwhile: name another folder.")
        part.rename(target)
        _sync(target.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _query(filters: EventFilter, uids: Sequence[UUID]) -> dict[str, str]:
    asked = {field.name: getattr(filters, field.name) for field in fields(filters)}
    said = {
        name: events.format_instant(value) if isinstance(value, datetime) else plain(value)
        for name, value in asked.items()
        if value
    }
    return said | ({"uids": ",".join(str(uid) for uid in uids)} if uids else {})


def _places(matching: QuerySet[Event], size: int) -> Iterator[int]:
    # Sorted here: the database would look each of a million places up by its index to find the few that match.
    found = Leaf.objects.filter(event_id__in=matching.values("id"), idx__lt=size)
    return iter(sorted(found.values_list("idx", flat=True).iterator(_RUN)))


def _content(selection: Selection, kept: Sequence[int]) -> Iterator[tuple[str, Chunks]]:
    newest = selection.newest
    yield "README.txt", [README.read_bytes()]
    yield "verify.py", [VERIFIER.read_bytes()]
    yield "keys.txt", [f"{checkpoints.own_key()}\n".encode()]
    yield "events.jsonl", _events(selection)
    yield "leaves.txt", _leaves(selection)
    node = proofs.stored_nodes(newest.size)
    if not selection.whole:
        yield "proofs.txt", _proofs(selection, node)
    yield f"checkpoints/{newest.size:016d}{checkpoints.SUFFIX}", [newest.note.encode()]
    older = {one.size: one for one in (*_month_ends(newest), *_around(selection)) if one.size < newest.size}
    for size in sorted(older):
        yield f"checkpoints/{size:016d}{checkpoints.SUFFIX}", [older[size].note.encode()]
    for size in sorted({*older, *kept} - {newest.size}):
        yield f"consistency/{size:016d}.txt", [proofs.consistency_text(size, newest, node).encode()]


def _runs(selection: Selection) -> Iterator[Sequence[int]]:
    return (selection.places[start : start + _RUN] for start in range(0, selection.count, _RUN))


def _events(selection: Selection) -> Iterator[bytes]:
    for run in _runs(selection):
        ids = dict(Leaf.objects.filter(idx__in=list(run)).values_list("idx", "event_id"))
        found = dict(Event.objects.filter(pk__in=ids.values()).values_list("pk", "canonical"))
        # One that is gone leaves its leaf without a line, as in the database.
        there = (found[ids[place]] for place in run if ids.get(place) in found)
        yield b"".join(bytes(data) + b"\n" for data in there)


def _leaves(selection: Selection) -> Iterator[bytes]:
    for run in _runs(selection):
        found = Leaf.objects.filter(idx__in=list(run)).order_by("idx").values_list("idx", "hash")
        yield "".join(f"{place} {bytes(digest).hex()}\n" for place, digest in found).encode()


def _proofs(selection: Selection, node: merkle.Node) -> Iterator[bytes]:
    newest = selection.newest
    for place in selection.places:
        path = merkle.inclusion_path(place, newest.size, node)
        yield proofs.proof_text(place, path, newest.note).encode()


def _around(selection: Selection) -> Iterator[Checkpoint]:
    """The signed instants between which the events were recorded."""
    before = Checkpoint.objects.filter(size__lte=selection.places[0]).order_by("-size").first()
    after = Checkpoint.objects.filter(size__gt=selection.places[-1]).order_by("size").first()
    return (one for one in (before, after) if one is not None)


def _month_ends(newest: Checkpoint) -> Iterator[Checkpoint]:
    """The last checkpoint of each month before the newest one's: those that are handed out to be kept."""
    low = Checkpoint.objects.order_by("size").first()
    while low is not None and _next_month(low.at) <= newest.at:
        low = _last_before(_next_month(low.at), low, newest)
        yield low
        low = Checkpoint.objects.filter(size__gt=low.size).order_by("size").first()


def _next_month(at: datetime) -> datetime:
    # In UTC, as the folders of exported checkpoints are.
    year, month = divmod(at.year * 12 + at.month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _last_before(instant: datetime, low: Checkpoint, high: Checkpoint) -> Checkpoint:
    """By halving, since sizes are indexed and instants are not, and both grow together."""
    while True:
        between = Checkpoint.objects.filter(size__gt=low.size, size__lt=high.size)
        middle = (low.size + high.size) // 2
        found = between.filter(size__lte=middle).last() or between.filter(size__gt=middle).first()
        if found is None:
            return low
        low, high = (found, high) if found.at < instant else (low, found)


def _digested(name: str, chunks: Chunks, digests: dict[str, str]) -> Iterator[bytes]:
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    digests[name] = digest.hexdigest()


def _manifest(selection: Selection, digests: Mapping[str, str]) -> dict[str, object]:
    return {
        "v": VERSION,
        "origin": checkpoints.origin(),
        "build": getattr(settings, "JINGUI_BUILD", "unversioned"),
        "made_at": events.format_instant(clock.now()),
        "query": dict(selection.query),
        "count": selection.count,
        "size": selection.newest.size,
        "whole": selection.whole,
        "files": dict(digests),
    }


def _write_file(path: Path, chunks: Chunks) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.writelines(chunks)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
