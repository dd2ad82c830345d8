"""An archive, and a room whose due dates follow the calendar."""

import pytest

from tests.holdings.conftest import _quick, archive  # noqa: F401  fixtures
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures
from tests.workdays.room import Room
from vault.workdays import due


@pytest.fixture
def room(db: None, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(due, "_providers", {})
    made = Room()
    made.lay_out()
    due.register(made.provider)
    return made
