"""audit.md's bars: recording, change with intent and outcome, merge delay, verification, proofs.

The writers' bars speak of PostgreSQL: set JINGUI_TEST_DATABASE_URL and JINGUI_TEST_AUDIT_DATABASE_URL to a server that
may be written to; scratch databases are made there and dropped. Writers are processes, each with its own connection; the
sequencer and the relay run beside them as they do in the worker. Arms are interleaved and the median of rounds counts.
"""

import functools
import json
import multiprocessing
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from tests.bench.instance import scratch_databases
from tests.bench.rows import Row

_FORK = multiprocessing.get_context("fork")
WRITERS, CHANGERS = 16, 4
RATE = 200
SAMPLE = 100_000
PROOFS = 2000
NEEDS_POSTGRESQL = "not run: needs PostgreSQL (JINGUI_TEST_DATABASE_URL, JINGUI_TEST_AUDIT_DATABASE_URL)"


def run(*, quick: bool = False) -> list[Row]:
    """The table. Quick: 3 short rounds, 10 s of merge delay and 50,000 events instead of 1,000,000."""
    seconds, rounds, events = (2.0, 3, 50_000) if quick else (5.0, 5, 1_000_000)
    with scratch_databases() as postgresql:
        rows = [
            _recording_row(seconds, rounds)
            if postgresql
            else _not_run("recorded events/s, 16 writers", "≥ 0.85"),
            _change_row(seconds, rounds) if postgresql else _not_run("business change, 4 writers", "≥ 0.30"),
            _merge_delay_row(10.0 if quick else 60.0),
        ]
    with scratch_databases():
        _fill(events)
        return [*rows, *_verification_rows(), *_proof_rows()]


def _not_run(name: str, bar: str) -> Row:
    return Row(name, NEEDS_POSTGRESQL, "", None, bar, None)


# --- writers -----------------------------------------------------------------------------------------------------


def _recording_row(seconds: float, rounds: int) -> Row:
    _execute("audit", "CREATE TABLE bench_plain (LIKE audit_event INCLUDING ALL)")
    ours, plain = [], []
    for _ in range(rounds):
        plain.append(_rate(WRITERS, seconds, _plain_insert))
        with _beside(_sequence):
            ours.append(_rate(WRITERS, seconds, _record))
    name = f"recorded events/s, PostgreSQL, {WRITERS} writers, sequencer running"
    return _ratio_row(name, ours, plain, "plain insert of the same row", 0.85)


def _change_row(seconds: float, rounds: int) -> Row:
    _execute("default", "CREATE TABLE bench_business (id bigserial PRIMARY KEY, body text NOT NULL)")
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(_rate(CHANGERS, seconds, _bare_change))
        with _beside(_sequence), _beside(_relay):
            ours.append(_rate(CHANGERS, seconds, _full_change))
    name = f"business change/s with intent, outbox, outcome, PostgreSQL, {CHANGERS} writers, relay and sequencer running"
    return _ratio_row(name, ours, bare, "the same change and nothing else", 0.3)


def _ratio_row(name: str, ours: list[float], reference: list[float], what: str, bar: float) -> Row:
    ratio = statistics.median(ours) / statistics.median(reference)
    return Row(
        name,
        f"{statistics.median(ours):,.0f}/s",
        f"{statistics.median(reference):,.0f}/s {what}",
        ratio,
        f"≥ {bar:.2f}",
        ratio >= bar,
    )


def _rate(writers: int, seconds: float, work: Callable[[int], None]) -> float:
    """How often all writers together do the work in a second."""
    counts, barrier = _FORK.Queue(), _FORK.Barrier(writers)

    def write() -> None:
        work(0)
        barrier.wait()
        done, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            done += 1
            work(done)
        counts.put(done)

    processes = [_spawn(write) for _ in range(writers)]
    total = sum(counts.get(timeout=seconds + 120) for _ in processes)
    for process in processes:
        process.join()
    return total / seconds


def _spawn(target: Callable[[], None]) -> Any:
    from django.db import connections

    # A connection shared over a fork would garble both sides.
    connections.close_all()
    process = _FORK.Process(target=target, daemon=True)
    process.start()
    return process


@contextmanager
def _beside(loop: Callable[[Any], None]) -> Iterator[None]:
    """Run a loop in its own process until the block is left."""
    stop = _FORK.Event()
    process = _spawn(lambda: loop(stop))
    try:
        yield
    finally:
        stop.set()
        process.join()


def _sequence(stop: Any) -> None:
    from audit import sequencer

    sequencer.run_forever(stop)


def _relay(stop: Any) -> None:
    from audit import outbox

    outbox.run_forever(stop)


def _record(number: int) -> None:
    from audit import recording

    recording.record_many([_entry(number)])


def _plain_insert(number: int) -> None:
    """The very rows that events make, prepared before the clock starts, under a fresh id and instant."""
    from audit import events

    names, rows = _plain_rows()
    marks = ",".join(["%s"] * len(rows[0]))
    now = datetime.now(UTC)
    row = [events.uuid7(now), now, *rows[number % len(rows)][2:]]
    _execute("audit", f"INSERT INTO bench_plain ({names}) VALUES ({marks}) RETURNING id", row)


@functools.cache
def _plain_rows() -> tuple[str, list[list[Any]]]:
    from audit import events

    prepared = [events.prepare(_entry(number)) for number in range(5000)]
    names = ",".join((*events.Projection._fields, "canonical", "ciphertext"))
    return names, [[*event.columns, event.canonical, event.ciphertext] for event in prepared]


def _full_change(number: int) -> None:
    from django.db import transaction

    from audit import outbox, recording

    entry = _entry(number)
    intent = recording.intent(entry.action, reason=entry.reason, actor=entry.actor, object=entry.object)
    with transaction.atomic():
        _bare_statements()
        outbox.outcome(intent, "granted")


def _bare_change(number: int) -> None:
    from django.db import transaction

    with transaction.atomic():
        _bare_statements()


def _bare_statements() -> None:
    _execute("default", "INSERT INTO bench_business (body) VALUES (%s)", ["x" * 300])


# --- merge delay -------------------------------------------------------------------------------------------------


def _merge_delay_row(seconds: float) -> Row:
    """Time from an event's own instant to the first sight of a checkpoint that covers it, by another connection."""
    from audit.models import Checkpoint, Event, Leaf

    seen, start = {}, Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with _beside(_sequence):
        writers = [_spawn(lambda: _paced(RATE / 4, seconds)) for _ in range(4)]
        while any(process.is_alive() for process in writers) or _unplaced(start):
            size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
            seen.setdefault(size, time.time())
            time.sleep(0.005)
        size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
        seen.setdefault(size, time.time())
    recorded = dict(Event.objects.filter(id__gt=start).values_list("id", "at"))
    placed = sorted(Leaf.objects.filter(event_id__gt=start).values_list("idx", "event_id"))
    sizes, delays = sorted(seen.items()), []
    position = 0
    for index, event_id in placed:
        while sizes[position][0] <= index:
            position += 1
        delays.append(sizes[position][1] - recorded[event_id].timestamp())
    worst = statistics.quantiles(delays, n=100)[98]
    name = f"merge delay at {RATE} events/s for {seconds:.0f} s, 99th percentile"
    ours = f"p50 {statistics.median(delays):.2f} s, p99 {worst:.2f} s, max {max(delays):.2f} s ({len(delays)} events)"
    return Row(name, ours, "", worst, "≤ 1 s", worst <= 1.0)


def _paced(rate: float, seconds: float) -> None:
    start = time.monotonic()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, start + number / rate - time.monotonic()))
        _record(number)


def _unplaced(start: int) -> bool:
    from audit.models import Event, Leaf

    return Event.objects.filter(id__gt=start).count() > Leaf.objects.filter(event_id__gt=start).count()


# --- verification and proofs -------------------------------------------------------------------------------------


def _fill(events: int) -> None:
    from audit import events as event_facts
    from audit import recording, sequencer

    for start in range(0, events, 5000):
        recording.store(
            [event_facts.prepare(_entry(number)) for number in range(start, min(start + 5000, events))]
        )
        sequencer.step()
        _progress("filling", start, events)


def _verification_rows() -> list[Row]:
    """CPU time on both sides, since both have one thread and the machine may have other work."""
    from audit import checkpoints
    from audit.models import Event
    from audit.verification import verify

    checkpoints.export()
    total = Event.objects.count()
    rows = []
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
        rows.append(_ratio_row(f"verify {total:,} events, {name}", ours, references, what, bar))
    return rows


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
    _progress("verifying", done, total)


def _proof_rows() -> list[Row]:
    from audit import checkpoints, merkle
    from audit.models import Leaf

    newest = checkpoints.latest()
    assert newest is not None
    leaves = [bytes(data) for data in Leaf.objects.order_by("idx").values_list("hash", flat=True)]
    node = merkle.node_from_tiles(_tiles(leaves).__getitem__)
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
    return [
        _limit_row(
            f"inclusion proof of {newest.size:,}, build from tiles in memory", building * 1e6, 50, "µs"
        ),
        _limit_row(f"inclusion proof of {newest.size:,}, verify", checking * 1e6, 15, "µs"),
        _limit_row(f"inclusion proof of {newest.size:,}, longest", longest, 20, "hashes"),
    ]


def _tiles(leaves: list[bytes]) -> Any:
    from audit import merkle

    tiles, level, hashes = {}, 0, leaves
    while hashes:
        rows = [hashes[start : start + 256] for start in range(0, len(hashes), 256)]
        for index, row in enumerate(rows):
            tiles[level, index] = merkle.Tile(row)
        hashes = [tiles[level, index].node(8, 0) for index, row in enumerate(rows) if len(row) == 256]
        level += 1
    return _Pairs(tiles)


class _Pairs(dict[Any, Any]):
    def __getitem__(self, *key: Any) -> Any:
        return super().__getitem__(key)


def _limit_row(name: str, value: float, limit: float, unit: str) -> Row:
    return Row(name, f"{value:.1f} {unit}", "", value / limit, f"≤ {limit} {unit}", value <= limit)


def _timed(work: Callable[[], Any]) -> float:
    """CPU seconds of this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


# --- what all share ----------------------------------------------------------------------------------------------


def _entry(number: int) -> Any:
    from audit.events import Actor, Entry, ObjectFacts, Reason, Source

    return Entry(
        action="audit:log:read",
        outcome="granted",
        reason=Reason(rule="holdings.internal.unit", policy="1"),
        actor=Actor(
            id="S1042",
            duties=("duty_clerk",),
            unit="0193e1a0-0000-7000-8000-00000000000a",
            session="5f1b2c3d4e5f60718293a4b5c6d7e8f9",
            account="0193e1a0-0000-7000-8000-000000000001",
            person=f"0193e1a0-0000-7000-8000-{number % 997:012d}",
        ),
        object=ObjectFacts(
            type="record",
            id=f"0193e1a0-0000-7000-8000-{number:012d}",
            version="1",
            label="0/0/1",
            digest="ab" * 32,
        ),
        source=Source(terminal="counter-3"),
        req="0193e1a0-0000-7000-8000-0000000000ff",
    )


def _execute(alias: str, sql: str, values: list[Any] | None = None) -> None:
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute(sql, values)


def _progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty() and threading.current_thread() is threading.main_thread():
        sys.stderr.write(f"\r{what} {done:,} of {total:,}    ")
