"""An archive in the test database, with quick passwords, and with a terminal when asked."""

import pytest
from django.core.cache import cache

from tests.support.archive import Archive
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures
from tests.support.importing import Desk


@pytest.fixture(autouse=True)
def _quick(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def archive(db) -> Archive:
    return Archive()


@pytest.fixture
def attested(settings, archive: Archive) -> None:
    """An instance with an attestation, and a terminal at which everybody sits: classified content may be filed."""
    from datetime import date

    from vault.project.environment import StateContent

    archive.sit()
    settings.JINGUI_STATE_CONTENT = StateContent("attested", "演练", "0001", date(2099, 1, 1))


@pytest.fixture
def desk(archive: Archive, monkeypatch, tmp_path) -> Desk:
    return Desk(archive, monkeypatch, tmp_path)
