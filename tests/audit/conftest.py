"""What the tests of the log share. Models are imported late: this file is read before Django is set up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures


@pytest.fixture(autouse=True)
def _own_checkpoint_folder(settings, tmp_path):
    settings.JINGUI_CHECKPOINTS = tmp_path / "checkpoints"


@pytest.fixture(autouse=True)
def _real_clock_afterwards():
    yield
    from audit import clock

    clock.set_clock(None)


@pytest.fixture
def write_batches() -> Callable[..., None]:
    """Write batches of events, one checkpoint after each."""
    from audit import recording, sequencer
    from tests.audit.facts import entry

    def write(*sizes: int) -> None:
        for size in sizes:
            recording.record_many([entry(number) for number in range(size)])
            assert sequencer.step() == size

    return write


@pytest.fixture
def make_bundle(tmp_path: Path) -> Callable[..., Any]:
    """Write a bundle, and beside it the key that the auditor kept."""
    from audit import bundles, checkpoints
    from tests.audit.bundle import Bundle

    def make(filters: Any = None, *, name: str = "bundle", uids: Any = (), **more: Any) -> Bundle:
        kept = tmp_path / "kept.key"
        if not kept.exists():
            kept.write_text(f"{checkpoints.own_key()}\n")
        with bundles.written(tmp_path / name, bundles.select(filters, uids=uids), **more):
            pass
        return Bundle(tmp_path / name)

    return make
