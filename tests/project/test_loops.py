"""The worker's loops outlive what a database, a disk or the log does to one of their steps."""

import threading

import pytest
from django.db import OperationalError

from audit.errors import AuditUnavailable
from storage.errors import DiskFull
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
