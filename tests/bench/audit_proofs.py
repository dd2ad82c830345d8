"""audit.md's bars for verification and proofs, beside bare loops over the same rows."""

import json
import random
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from tests.bench.audit_shared import entry, progress, ratio_row
from tests.bench.audit_verifier import by_verifier, written_bundle
from tests.bench.rows import Row

SAMPLE = 100_000
PROOFS = 2000


def fill(events: int) -> None:
    from audit import events as event_facts
    from audit import recording, sequencer

    for start in range(0, events, 5000):
        recording.store(
            [event_facts.prepare(entry(number)) for number in range(start, min(start + 5000, events))]
        )
        sequencer.step()
        progress("filling", start, events)


def verification_rows() -> list[Row]:
    """CPU time on both sides, since both have one thread and the machine may have other work."""
    from audit import checkpoints
    from audit.models import Event
    from audit.verification import verify

    checkpoints.export()
    total = Event.objects.count()
    rows: list[Row] = []
    alone: list[float] = []
    bundle = written_bundle()
    for name, content, bare, what, bar in (
        ("tree only", False, _bare_tree, "bare RFC 6962 loop over the same rows", 0.9),
        (
            "full content, with progress",
            True,
            _bare_content,
            "bare parse + rfc8785 + SHA-256 loop over them",
            0.8,
        ),
    ):
        references, ours = [], []
        for _ in range(3):
            references.append(min(total, SAMPLE) / _timed(lambda bare=bare: bare(min(total, SAMPLE))))
            reports: list[Any] = []
            ours.append(
                total
                / _timed(
                    lambda content=content, reports=reports: reports.append(
                        verify(content=content, progress=_show)
                    )
                )
            )
            assert reports[0].findings == [], reports[0].to_json()
            if content:
                alone.append(total / by_verifier(bundle, total))
        rows.append(ratio_row(f"verify {total:,} events, {name}", ours, references, what, bar))
    name = f"verify {total:,} events of a bundle by audit/verify.py, a process of its own"
    return [*rows, ratio_row(name, alone, ours, "audit_verify's full content verification of them", 0.8)]


def _bare_tree(count: int) -> bytes:
    """RFC 6962 as one writes it down: a stack of complete subtrees."""
    stack: list[bytes] = []
    for number, data in enumerate(_canonical_rows(count)):
        node, merges = sha256(b"\x00" + data).digest(), number
        while merges & 1:
            node = sha256(b"\x01" + stack.pop() + node).digest()
            merges >>= 1
        stack.append(node)
    root = stack.pop()
    while stack:
        root = sha256(b"\x01" + stack.pop() + root).digest()
    return root


def _bare_content(count: int) -> None:
    import rfc8785

    for data in _canonical_rows(count):
        assert rfc8785.dumps(json.loads(data)) == data
        sha256(b"\x00" + data).digest()


def _canonical_rows(count: int) -> Iterator[bytes]:
    """The events as any program would read them: by key, in runs."""
    from django.db import connections

    last = 0
    while count > 0:
        with connections["audit"].cursor() as cursor:
            cursor.execute(
                "SELECT id, canonical FROM audit_event WHERE id > %s ORDER BY id LIMIT 512", [last]
            )
            found = cursor.fetchall()
        for _, data in found[:count]:
            yield data
        count, last = count - len(found), found[-1][0]


def _show(done: int, total: int) -> None:
    progress("verifying", done, total)


def proof_rows() -> list[Row]:
    from audit import checkpoints, merkle
    from audit.models import Leaf

    newest = checkpoints.latest()
    assert newest is not None
    leaves = [bytes(data) for data in Leaf.objects.order_by("idx").values_list("hash", flat=True)]
    tiles = _tiles(leaves)
    node = merkle.node_from_tiles(lambda level, index: tiles[level, index])
    places = random.Random(7).choices(range(newest.size), k=PROOFS)
    paths: list[list[bytes]] = []
    building = (
        _timed(lambda: paths.extend(merkle.inclusion_path(place, newest.size, node) for place in places))
        / PROOFS
    )
    good: list[bool] = []
    checking = (
        _timed(
            lambda: good.extend(
                merkle.root_from_path(leaves[place], place, newest.size, path) == bytes(newest.root)
                for place, path in zip(places, paths, strict=True)
            )
        )
        / PROOFS
    )
    assert all(good)
    longest = max(len(path) for path in paths)
    hashing = _timed(lambda: _bare_hashes(sum(len(path) for path in paths))) / PROOFS
    bare = f"{hashing * 1e6:.1f} µs for as many bare hashes"
    name = f"inclusion proof of {newest.size:,}"
    return [
        _limit_row(f"{name}, build from tiles in memory", building * 1e6, 50, "µs", bare),
        _limit_row(f"{name}, verify", checking * 1e6, 15, "µs", bare),
        _limit_row(f"{name}, longest", longest, 20, "hashes"),
    ]


def _bare_hashes(count: int) -> None:
    """What no verifier can be faster than on this machine."""
    node = bytes(32)
    for _ in range(count):
        node = sha256(b"\x01" + node + node).digest()


def _tiles(leaves: list[bytes]) -> dict[tuple[int, int], Any]:
    from audit import merkle

    tiles, level, hashes = {}, 0, leaves
    while hashes:
        rows = [hashes[start : start + 256] for start in range(0, len(hashes), 256)]
        for index, row in enumerate(rows):
            tiles[level, index] = merkle.Tile(row)
        hashes = [tiles[level, index].node(8, 0) for index, row in enumerate(rows) if len(row) == 256]
        level += 1
    return tiles


def _limit_row(name: str, value: float, limit: float, unit: str, reference: str = "") -> Row:
    return Row(name, f"{value:.1f} {unit}", reference, value / limit, f"≤ {limit} {unit}", value <= limit)


def _timed(work: Callable[[], Any]) -> float:
    """CPU seconds of this process."""
    began = time.process_time()
    work()
    return time.process_time() - began
