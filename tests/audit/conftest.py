"""What the tests of the log share. Models are imported late: this file is read before Django is set up."""

from collections.abc import Callable

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
