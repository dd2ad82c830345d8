"""audit.md's bars: recording, change with intent and outcome, merge delay, verification, proofs.

The writers' bars speak of PostgreSQL: set JINGUI_TEST_DATABASE_URL and JINGUI_TEST_AUDIT_DATABASE_URL to a server that
may be written to; scratch databases are made there and dropped. Writers are processes, each with its own connection; the
sequencer and the relay run beside them as they do in the worker. Arms are interleaved and the median of rounds counts.
"""

import functools
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.bench.audit_proofs import fill, proof_rows, verification_rows
from tests.bench.audit_shared import entry, execute, ratio_row
from tests.bench.instance import scratch_databases
from tests.bench.rows import Row

_FORK = multiprocessing.get_context("fork")
WRITERS, CHANGERS = 16, 4
RATE = 200
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
        fill(events)
        return [*rows, *verification_rows(), *proof_rows()]


def _not_run(name: str, bar: str) -> Row:
    return Row(name, NEEDS_POSTGRESQL, "", None, bar, None)


# --- writers -----------------------------------------------------------------------------------------------------


def _recording_row(seconds: float, rounds: int) -> Row:
    execute("audit", "CREATE TABLE bench_plain (LIKE audit_event INCLUDING ALL)")
    ours, plain = [], []
    for _ in range(rounds):
        plain.append(_rate(WRITERS, seconds, _plain_insert))
        with _beside(_sequence):
            ours.append(_rate(WRITERS, seconds, _record))
    name = f"recorded events/s, PostgreSQL, {WRITERS} writers, sequencer running"
    return ratio_row(name, ours, plain, "plain insert of the same row", 0.85)


def _change_row(seconds: float, rounds: int) -> Row:
    execute("default", "CREATE TABLE bench_business (id bigserial PRIMARY KEY, body text NOT NULL)")
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(_rate(CHANGERS, seconds, _bare_change))
        with _beside(_sequence), _beside(_relay):
            ours.append(_rate(CHANGERS, seconds, _full_change))
    name = f"business change/s with intent, outbox, outcome, PostgreSQL, {CHANGERS} writers, relay and sequencer running"
    return ratio_row(name, ours, bare, "the same change and nothing else", 0.3)


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

    recording.record_many([entry(number)])


def _plain_insert(number: int) -> None:
    """The very rows that events make, prepared before the clock starts, under a fresh id and instant."""
    from audit import events

    names, rows = _plain_rows()
    marks = ",".join(["%s"] * len(rows[0]))
    now = datetime.now(UTC)
    row = [events.uuid7(now), now, *rows[number % len(rows)][2:]]
    execute("audit", f"INSERT INTO bench_plain ({names}) VALUES ({marks}) RETURNING id", row)


@functools.cache
def _plain_rows() -> tuple[str, list[list[Any]]]:
    from audit import events

    prepared = [events.prepare(entry(number)) for number in range(5000)]
    names = ",".join((*events.Projection._fields, "canonical", "ciphertext"))
    return names, [[*event.columns, event.canonical, event.ciphertext] for event in prepared]


def _full_change(number: int) -> None:
    from django.db import transaction

    from audit import outbox, recording

    facts = entry(number)
    intent = recording.intent(facts.action, reason=facts.reason, actor=facts.actor, object=facts.object)
    with transaction.atomic():
        _bare_statements()
        outbox.outcome(intent, "granted")


def _bare_change(number: int) -> None:
    from django.db import transaction

    with transaction.atomic():
        _bare_statements()


def _bare_statements() -> None:
    execute("default", "INSERT INTO bench_business (body) VALUES (%s)", ["x" * 300])


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
