"""Proves single events to third parties: C2SP tlog-proof text, checked without the database."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from audit import checkpoints, merkle
from audit.errors import EventAbsent, NoteInvalid, NotYetSequenced, ProofInvalid
from audit.merkle import Tile
from audit.models import Checkpoint, Event, Leaf, Subtree

HEADER = "c2sp.org/tlog-proof@v1"
_WIDTH = 1 << merkle.TILE_HEIGHT


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
    return merkle.inclusion_path(
        index, checkpoint.size, merkle.node_from_tiles(_stored_tiles(checkpoint.size))
    )


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
    """Tiles from the database, each read once per proof."""

    @cache
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
