"""Proves single events, and that an older log is the beginning of the present one, to third parties.

C2SP tlog-proof text for the one, the text that a C2SP tlog-witness is asked with for the other; both are checked
without the database.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from audit import checkpoints, merkle
from audit.checkpoints import Statement
from audit.errors import EventAbsent, NoteInvalid, NotYetSequenced, ProofInvalid
from audit.merkle import Tile
from audit.models import Checkpoint, Event, Leaf, Subtree

HEADER = "c2sp.org/tlog-proof@v1"
_WIDTH = 1 << merkle.TILE_HEIGHT
_TILES = 256  # of 16 kB


@dataclass(frozen=True, slots=True)
class Proven:
    """What a good proof shows: the event stood at `index` of the log `origin` when it was signed at `at`."""

    origin: str
    index: int
    size: int
    root: bytes
    at: datetime


def inclusion_proof(uid: UUID) -> str:
    """The proof of one event against the newest checkpoint. Raises EventAbsent, NotYetSequenced."""
    place = Leaf.objects.filter(event_id__in=Event.objects.filter(uid=uid).values("id")).first()
    newest = checkpoints.latest()
    if place is None or newest is None or newest.size <= place.idx:
        if not Event.objects.filter(uid=uid).exists():
            raise EventAbsent("There is no event with this id.")
        raise NotYetSequenced("The event is recorded and not in the tree yet: ask again in a second.")
    return proof_text(place.idx, inclusion_path(place.idx, newest), newest.note)


def inclusion_path(index: int, checkpoint: Checkpoint) -> list[bytes]:
    """The hashes from the leaf's sibling to the root's child, from stored leaves and subtrees."""
    return merkle.inclusion_path(index, checkpoint.size, stored_nodes(checkpoint.size))


def stored_nodes(size: int) -> merkle.Node:
    """The nodes of the tree of this size, from stored leaves and subtrees; neighbours share what was read for one."""
    return merkle.node_from_tiles(_stored_tiles(size))


def consistency_text(old: int, checkpoint: Checkpoint, node: merkle.Node) -> str:
    """The proof that the log of `old` events is the beginning of the checkpoint's. Raises ValueError for a size that
    cannot be one.
    """
    path = merkle.consistency_path(old, checkpoint.size, node)
    hashes = "".join(f"{base64.b64encode(sibling).decode()}\n" for sibling in path)
    return f"old {old}\n{hashes}\n{checkpoint.note}"


def verify_consistency(text: str, older: str, key: checkpoints.Key) -> tuple[Statement, Statement]:
    """Check that the log of the checkpoint `older` is the beginning of that in the proof; what the two say.

    Raises ProofInvalid.
    """
    head, _, note = text.partition("\n\n")
    try:
        size_line, *encoded = head.split("\n")
        path = [base64.b64decode(line, validate=True) for line in encoded]
        before, after = checkpoints.read(older, key), checkpoints.read(note, key)
        if size_line != f"old {before.size}" or before.origin != after.origin:
            raise ProofInvalid("The proof speaks of another checkpoint than the one that was kept.")
        found = merkle.roots_from_consistency(before.size, after.size, before.root, path)
    except NoteInvalid as error:
        raise ProofInvalid(f"A checkpoint does not hold: {error}") from error
    except ValueError as error:
        raise ProofInvalid(f"The path does not fit the two checkpoints: {error}") from error
    if found != (before.root, after.root):
        raise ProofInvalid("The older log is not the beginning of the newer one: history was rewritten.")
    return before, after


def proof_text(index: int, path: list[bytes], note: str) -> str:
    """The proof as text."""
    hashes = "".join(f"{base64.b64encode(sibling).decode()}\n" for sibling in path)
    return f"{HEADER}\nindex {index}\n{hashes}\n{note}"


def verify_inclusion(text: str, canonical: bytes, key: checkpoints.Key) -> Proven:
    """Check a proof against an event's canonical bytes and the log's verifier key. Raises ProofInvalid."""
    head, _, note = text.partition("\n\n")
    try:
        header, index_line, *encoded = head.split("\n")
        index = int(index_line.removeprefix("index "))
        path = [base64.b64decode(line, validate=True) for line in encoded]
        if header != HEADER or index_line != f"index {index}" or any(len(sibling) != 32 for sibling in path):
            raise ValueError("not a tlog-proof")
    except (ValueError, binascii.Error) as error:
        raise ProofInvalid("The text is not a tlog-proof.") from error
    try:
        statement = checkpoints.read(note, key)
    except NoteInvalid as error:
        raise ProofInvalid(f"The checkpoint in the proof does not hold: {error}") from error
    try:
        root = merkle.root_from_path(merkle.leaf_hash(canonical), index, statement.size, path)
    except ValueError as error:
        raise ProofInvalid(f"The path in the proof does not hold: {error}") from error
    if root != statement.root:
        raise ProofInvalid(
            "The event is not the one at this place of the log, or was changed after it was recorded."
        )
    return Proven(statement.origin, index, statement.size, statement.root, statement.at)


def _stored_tiles(size: int) -> Callable[[int, int], Tile]:
    """Tiles from the database; those read last are kept."""

    @lru_cache(maxsize=_TILES)
    def tile(level: int, index: int) -> Tile:
        start = index * _WIDTH
        stop = min(start + _WIDTH, size >> level * merkle.TILE_HEIGHT)
        rows = (
            Subtree.objects.filter(level=level, idx__gte=start, idx__lt=stop)
            if level
            else Leaf.objects.filter(idx__gte=start, idx__lt=stop)
        )
        return Tile([bytes(found) for found in rows.order_by("idx").values_list("hash", flat=True)])

    return tile
