"""What a crash leaves behind, and what the store and the key table disagree on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import router

from storage import hooks, layout, stores
from storage.backends.base import Found
from storage.models import KeySlot, Tombstone

_BATCH: Final = 500


@dataclass(frozen=True)
class Problem:
    """One disagreement: missing, wrong_size, foreign, orphan, unfinished, revived or unflushed.

    `orphan` and `unfinished` are harmless and go with `sweep_orphans`; the rest need somebody's attention.
    """

    code: str
    name: str
    version_id: UUID | None = None


def sweep_orphans(older_than: timedelta) -> list[Found]:
    """Remove unfinished writes and blobs without a key row that are older than `older_than`.

    Choose it longer than an upload session lives. Returns what was removed.
    """
    backend = stores.backend()
    removed = []
    for found, slot in _paired(backend.walk()):
        if slot is None and _is_ours(found) and found.age >= older_than.total_seconds():
            backend.remove(found)
            removed.append(found)
    return removed


def list_problems() -> list[Problem]:
    """Compare store and key table, without decrypting. Content is checked by `blobs.verify`."""
    return [*_in_store(), *_in_table(), *_in_tombstones()]


def flush_erasures() -> int:
    """Empty the write-ahead log if erasures wait for it; returns how many still wait."""
    waiting = Tombstone.objects.filter(flushed=None)
    if waiting.exists() and stores.truncate_log(router.db_for_write(KeySlot)):
        waiting.update(flushed=hooks.now())
    return waiting.count()


def _in_store() -> Iterator[Problem]:
    for found, slot in _paired(stores.backend().walk()):
        if not _is_ours(found):
            yield Problem("foreign", found.name)
        elif not found.finished:
            yield Problem("unfinished", found.name, found.version_id)
        elif slot is None:
            yield Problem("orphan", found.name, found.version_id)
        elif found.size != layout.file_size(slot.size):
            yield Problem("wrong_size", found.name, found.version_id)


def _in_table() -> Iterator[Problem]:
    # The keys first: a blob stands before its key is written, so one that arrives meanwhile is not missed.
    keyed = set(KeySlot.objects.values_list("pk", flat=True).iterator())
    standing = {
        found.version_id for found in stores.backend().walk() if found.finished and found.kind == "file"
    }
    # And what was erased meanwhile has no key any more.
    for version_id in KeySlot.objects.filter(pk__in=keyed - standing).values_list("pk", flat=True):
        yield Problem("missing", str(version_id), version_id)


def _in_tombstones() -> Iterator[Problem]:
    for tombstone in Tombstone.objects.filter(flushed=None):
        yield Problem("unflushed", str(tombstone.pk), tombstone.pk)
    for version_id in KeySlot.objects.filter(pk__in=Tombstone.objects.values("pk")).values_list(
        "pk", flat=True
    ):
        yield Problem("revived", str(version_id), version_id)


def _is_ours(found: Found) -> bool:
    return found.version_id is not None and found.kind == "file"


def _paired(walk: Iterable[Found]) -> Iterator[tuple[Found, KeySlot | None]]:
    rest = iter(walk)
    while batch := list(islice(rest, _BATCH)):
        slots = KeySlot.objects.in_bulk([f.version_id for f in batch if f.version_id and f.finished])
        for found in batch:
            yield found, slots.get(found.version_id) if found.finished and found.version_id else None
