"""What a blob store must offer. Blobs are written once under a fresh id and never changed in place."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from uuid import UUID


@dataclass(frozen=True)
class Found:
    """Something that stands in the store.

    `version_id` is None for what is no blob and no unfinished write (`kind` says: file, folder, symlink,
    special). `age` is in seconds by the store's own clock.
    """

    name: str
    version_id: UUID | None
    kind: str
    finished: bool
    size: int
    age: float


class Writer(ABC):
    """One blob being written. Nothing stands under its id before `publish` returns."""

    @abstractmethod
    def write(self, data: bytes | memoryview) -> None:
        """Append all of `data`. Raises `DiskFull`, `BackendFailed`."""

    @abstractmethod
    def publish(self) -> None:
        """Make the blob durable, then visible under its id, then durable there."""

    @abstractmethod
    def discard(self) -> None:
        """Remove whatever was written; safe to call at any time before `publish` has returned."""


class Source(ABC):
    """One blob open for reading."""

    size: int

    @abstractmethod
    def pread(self, length: int, offset: int) -> bytes:
        """Read `length` bytes at `offset`, fewer only at the end. Raises `BackendFailed`."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Backend(ABC):
    @abstractmethod
    def create(self, version_id: UUID) -> Writer:
        """Begin a blob. Raises `DiskFull`, `BackendFailed`."""

    @abstractmethod
    def open(self, version_id: UUID) -> Source:
        """Open a blob. Raises `BlobMissing`, `BlobDamaged` (no ordinary object), `BackendFailed`."""

    @abstractmethod
    def size(self, version_id: UUID) -> int:
        """Size on disk. Raises as `open`."""

    @abstractmethod
    def delete(self, version_id: UUID) -> None:
        """Remove a blob durably; absent is fine."""

    @abstractmethod
    def remove(self, found: Found) -> None:
        """Remove an unfinished write or a blob that `walk` named; absent is fine."""

    @abstractmethod
    def walk(self) -> Iterator[Found]:
        """Everything that stands in the store, in no order."""
