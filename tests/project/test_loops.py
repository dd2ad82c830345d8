"""The worker's loops do their work, each at its pace, and outlive what befalls one of their steps."""

import functools
import logging
import os
import threading
import time
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError

from audit import outbox, sequencer, triggers
from audit.errors import AuditUnavailable
from audit.models import Event
from storage import blobs, stores
from storage.errors import DiskFull
from storage.models import KeySlot
from vault.holdings import fixity
from vault.holdings.rules import FIXITY_PERIOD
from vault.project import loops


@pytest.mark.parametrize(
    "error", [OperationalError("locked"), DiskFull("full"), OSError("gone"), AuditUnavailable("gone")]
)
def test_a_step_that_fails_is_tried_again(
    db: None, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """AU-03: a thread that ended in silence would stop sequencing, telling or sweeping."""
    stop, tries = threading.Event(), []
    monkeypatch.setattr(loops.connections, "all", list)

    def work() -> None:
        tries.append(1)
        if len(tries) == 3:
            stop.set()
            return
        raise error

    loops._every(0.0, stop, work)
    assert len(tries) == 3


def test_every_loop_runs_in_a_thread_of_its_own_at_its_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """AU-03: the sequencer and the relay have loops of their own; silence of the heartbeat is seen after five minutes."""
    stop, ran = threading.Event(), {}

    def every(seconds: float, given: threading.Event, work: object) -> None:
        assert given is stop
        ran[threading.current_thread().name] = (seconds, work)

    def forever(given: threading.Event) -> None:
        assert given is stop
        ran[threading.current_thread().name] = (0.0, None)

    monkeypatch.setattr(loops, "_every", every)
    monkeypatch.setattr(sequencer, "run_forever", forever)
    monkeypatch.setattr(outbox, "run_forever", forever)
    for thread in loops.start(stop):
        thread.join(10)
    assert ran == {
        "sequencer": (0.0, None),
        "relay": (0.0, None),
        "heartbeat": (300.0, loops.heartbeat),
        "minutely": (60.0, loops.minutely),
        "hourly": (3600.0, loops.hourly),
        "fixity": (300.0, loops.compare),
        "mail": (30.0, loops.mail),
    }


def test_a_million_bodies_are_compared_within_a_round() -> None:
    """PF-02: the pace and the size of a part keep what the manual says of thirty days."""
    steps = FIXITY_PERIOD.total_seconds() / loops.FIXITY_SECONDS
    assert steps * fixity.BODIES_AT_ONCE > 1_000_000
    assert steps * fixity.BYTES_AT_ONCE > 10 * 1024**4


@pytest.mark.django_db(databases=["default", "audit"])
def test_a_heartbeat_is_an_event_of_the_system() -> None:
    before = Event.objects.count()
    loops.heartbeat()
    beat = Event.objects.latest("id")
    assert Event.objects.count() == before + 1
    assert (beat.action, beat.outcome, beat.rule, beat.actor) == (
        "audit:heartbeat:tick",
        "granted",
        "heartbeat",
        "system",
    )


def blob(*, hours: float, keyed: bool = False) -> UUID:
    """A blob in the store that was written so long ago, with its key row or without."""
    stored = blobs.put([b"content"], object_id=uuid4(), compartment="open", binding=b"test")
    if keyed:
        blobs.commit(stored)
    then = time.time() - hours * 3600
    os.utime(next(stores.backend().root.rglob(f"{stored.version_id.hex}.blob")), (then, then))
    return stored.version_id


@pytest.mark.django_db(databases=["default", "audit"])
def test_the_hourly_sweep_takes_what_never_got_a_key_and_is_older_than_two_days() -> None:
    """Invariant 7: what a crash left goes; an upload that is under way, and everything with a key, stays."""
    old, fresh, kept = blob(hours=48.1), blob(hours=47.9), blob(hours=1000, keyed=True)
    loops.hourly()
    left = {found.version_id for found in stores.backend().walk()}
    assert old not in left
    assert {fresh, kept} <= left
    assert KeySlot.objects.filter(pk=kept).exists()


@pytest.mark.django_db(databases=["default", "audit"])
def test_a_trigger_that_is_gone_is_reported_within_the_hour(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="jingui.worker"):
        loops.hourly()
        assert caplog.messages == []
        monkeypatch.setattr(triggers, "missing", lambda: ["event_no_update"])
        loops.hourly()
    assert caplog.messages == ["Evidence trigger: event_no_update"]


MINUTELY = (
    ("leases", "tell_ended"),
    ("reading", "end_overdue"),
    ("voiding", "sweep"),
    ("widening_lapsing", "sweep"),
    ("confirmations", "raise_overdue"),
)


@pytest.mark.parametrize(("room", "step"), MINUTELY)
def test_the_minutely_step_ends_and_tells_what_is_over(
    room: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    for name, work in MINUTELY:
        monkeypatch.setattr(getattr(loops, name), work, functools.partial(done.append, (name, work)))
    loops.minutely()
    assert done.count((room, step)) == 1
