"""A hall with a classified record that some may know of, and everybody who checks and decides."""

import pytest

from tests.accounts.people import today
from tests.approvals.desk import Desk
from tests.approvals.emergency import Emergency
from tests.approvals.room import ReadingRoom
from tests.holdings.conftest import _quick, archive, attested  # noqa: F401  fixtures
from tests.support.archive import Archive, file, pdf
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures
from vault.approvals.services.authorisations import Paper
from vault.holdings.models import Record


@pytest.fixture
def desk(archive: Archive, attested: None) -> Desk:  # noqa: F811
    return Desk(archive)


@pytest.fixture
def room(archive: Archive, attested: None) -> ReadingRoom:  # noqa: F811
    return ReadingRoom(archive)


@pytest.fixture
def emergency(archive: Archive, attested: None) -> Emergency:  # noqa: F811
    return Emergency(archive)


@pytest.fixture
def scan(desk: Desk) -> Record:
    return file(
        desk.archive, desk.archive.clerk, ("批件.pdf", pdf(1)), label="open", register_now="on"
    ).record


@pytest.fixture
def paper(desk: Desk, scan: Record) -> Paper:
    return Paper(desk.archive.authority, "应急〔2026〕12号", today(), 3, "核对应急处置方案", scan.pk)
