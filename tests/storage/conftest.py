"""Every test here has its own blob folder, key ring and hooks; nothing leaks into the project's."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from storage import blobs, hooks, keyring, stores
from storage.backends.folder import FolderBackend
from storage.models import KeySlot
from tests.storage.cells import Letter, Person

BINDING = b"label: state 0 enterprise 1 restricted 1\0record 7f"


@pytest.fixture(scope="session")
def ring_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ring") / "ring.json"
    keyring.KeyRing.create(path)
    return path


@pytest.fixture
def ring_path(ring_file: Path, tmp_path: Path) -> Iterator[Path]:
    """A private copy of a ring, in use for the length of the test."""
    path = tmp_path / "keys" / "ring.json"
    path.parent.mkdir()
    shutil.copy(ring_file, path)
    path.chmod(0o600)
    keyring.configure(path)
    yield path
    keyring.configure(None)


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """Key events recorded during the test."""
    recorded: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(hooks, "_on_key_event", lambda event, **facts: recorded.append((event, facts)))
    monkeypatch.setattr(hooks, "_may_erase", None)
    monkeypatch.setattr(hooks, "_on_damage", None)
    monkeypatch.setattr(hooks, "_clock", None)
    return recorded


@pytest.fixture(scope="session")
def _cell_tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.create_model(Person)
        editor.create_model(Letter)
    # Not inside: for the rest of the run nobody would be refused a database any more.
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        editor.delete_model(Letter)
        editor.delete_model(Person)


@pytest.fixture
def cell_tables(_cell_tables: None, db: None, ring_path: Path, events: object) -> None:
    """The tables of `tests.storage.cells`, empty, and a key ring."""


@pytest.fixture
def store(db: None, ring_path: Path, events: object, tmp_path: Path) -> Iterator[FolderBackend]:
    backend = FolderBackend(tmp_path / "blobs")
    stores.use(backend)
    yield backend
    stores.use(None)


def file_of(backend: FolderBackend, version_id: UUID) -> Path:
    return backend.root / version_id.hex[:2] / f"{version_id.hex}.blob"


def filed(
    content: bytes, *, object_id: UUID | None = None, compartment: str = "ordinary", binding: bytes = BINDING
) -> KeySlot:
    """Put and commit in one go."""
    stored = blobs.put([content], object_id=object_id or uuid4(), compartment=compartment, binding=binding)
    return blobs.commit(stored)


def whole(version_id: UUID, binding: bytes = BINDING) -> bytes:
    with blobs.open_blob(version_id, binding=binding) as reader:
        return b"".join(reader.chunks())


def disturbed(**functions: object) -> SimpleNamespace:
    """The `os` module with some functions replaced, for patching into one module."""
    return SimpleNamespace(**{name: getattr(os, name) for name in dir(os)} | functions)
