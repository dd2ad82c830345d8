"""What the worker does all the time, each in its own thread with its own connections."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import Error, connections

from accounts.session_store import SessionStore
from audit import outbox, sequencer, triggers
from audit.actions import HEARTBEAT
from audit.errors import AuditError, AuditUnavailable
from audit.events import Actor, Reason
from audit.recording import record
from storage import orphans
from storage.errors import StorageError
from vault.approvals import voiding, widening_lapsing
from vault.approvals.services import confirmations, reading
from vault.holdings import fixity, leases
from vault.holdings.services import staging
from vault.notices import mailing

logger = logging.getLogger("jingui.worker")

HEARTBEAT_SECONDS = 300.0
MINUTELY_SECONDS = 60.0
HOURLY_SECONDS = 3600.0
MAIL_SECONDS = 30.0
# Two hundred bodies or 2 GiB at a time are 1.7 million or 17 TB within the thirty days of a round (PF-02).
FIXITY_SECONDS = 300.0
ORPHANS_AFTER = timedelta(hours=48)
SYSTEM = Actor(id="system")


def start(stop: threading.Event) -> list[threading.Thread]:
    """Start every loop; they end soon after `stop` is set."""
    loops: dict[str, Callable[[], None]] = {
        "sequencer": lambda: sequencer.run_forever(stop),
        "relay": lambda: outbox.run_forever(stop),
        "heartbeat": lambda: _every(HEARTBEAT_SECONDS, stop, heartbeat),
        "minutely": lambda: _every(MINUTELY_SECONDS, stop, minutely),
        "hourly": lambda: _every(HOURLY_SECONDS, stop, hourly),
        "fixity": lambda: _every(FIXITY_SECONDS, stop, compare),
        "mail": lambda: _every(MAIL_SECONDS, stop, mail),
    }
    threads = [threading.Thread(target=target, name=name, daemon=True) for name, target in loops.items()]
    for thread in threads:
        thread.start()
    return threads


def heartbeat() -> None:
    """An event every five minutes, so that silence is visible."""
    record(HEARTBEAT, outcome="granted", reason=Reason(rule="heartbeat"), actor=SYSTEM)


def minutely() -> None:
    """Tell of readings that have ended, end sessions, requests and proposals that are over, move on what nobody
    decides, raise what nobody confirmed.
    """
    leases.tell_ended()
    reading.end_overdue()
    voiding.sweep()
    widening_lapsing.sweep()
    confirmations.raise_overdue()


def hourly() -> None:
    """Assert the evidence triggers, erase what ended uploads left behind, sweep blobs that never got a key, empty the
    log of erased keys, forget ended sessions.
    """
    for problem in triggers.missing():
        logger.error("Evidence trigger: %s", problem)
    while staging.expire():
        continue
    orphans.sweep_orphans(ORPHANS_AFTER)
    orphans.flush_erasures()
    SessionStore.clear_expired()


def compare() -> None:
    """Compare a part of the stored bodies with their digests."""
    fixity.step()


def mail() -> None:
    """Send the notices that wait to be mailed. In a loop of its own: a mail server that is slow holds up nothing."""
    mailing.send_waiting()


def _every(seconds: float, stop: threading.Event, work: Callable[[], None]) -> None:
    while not stop.is_set():
        try:
            work()
        except AuditUnavailable:
            logger.exception("The audit log cannot be written; trying again.")
        except (AuditError, StorageError, Error, OSError):
            logger.exception("A background step failed; trying again.")
        finally:
            for connection in connections.all():
                connection.close_if_unusable_or_obsolete()
        stop.wait(seconds)
