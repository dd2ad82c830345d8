"""A hall with a classified record that some may know of, and everybody who checks and decides."""

import pytest

from tests.approvals.desk import Desk
from tests.approvals.emergency import Emergency
from tests.approvals.room import ReadingRoom
from tests.holdings.conftest import _quick, archive, attested  # noqa: F401  fixtures
from tests.support.archive import Archive
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures


@pytest.fixture
def desk(archive: Archive, attested: None) -> Desk:  # noqa: F811
    return Desk(archive)


@pytest.fixture
def room(archive: Archive, attested: None) -> ReadingRoom:  # noqa: F811
    return ReadingRoom(archive)


@pytest.fixture
def emergency(archive: Archive, attested: None) -> Emergency:  # noqa: F811
    return Emergency(archive)
