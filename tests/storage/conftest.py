"""Every test here has its own blob folder, key ring and hooks; nothing leaks into the project's."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from storage import blobs, hooks, keyring, stores
from storage.backends.folder import FolderBackend
from storage.models import KeySlot

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
    monkeypatch.setattr(hooks, "_clock", None)
    return recorded


@pytest.fixture
def store(
    db: None, ring_path: Path, events: object, tmp_path: Path
) -> Iterator[FolderBackend]:
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
    stored = blobs.put(
        [content], object_id=object_id or uuid4(), compartment=compartment, binding=binding
    )
    return blobs.commit(stored)


def whole(version_id: UUID, binding: bytes = BINDING) -> bytes:
    with blobs.open_blob(version_id, binding=binding) as reader:
        return b"".join(reader.chunks())


def disturbed(**functions: object) -> SimpleNamespace:
    """The `os` module with some functions replaced, for patching into one module."""
    return SimpleNamespace(**{name: getattr(os, name) for name in dir(os)} | functions)
