"""Blobs in a folder: `<root>/<first two hex digits>/<32 hex digits>.blob`.

Order of a write, which the tests pin: open `.part` (O_CREAT|O_EXCL|O_NOFOLLOW, 0600) → write → fsync of
the file → rename to `.blob` → fsync of the folder. A crash leaves a `.part`, which a sweep removes, or a
whole `.blob`. Every access goes through the opened shard folder, so no symbolic link is followed at any step.
"""

import contextlib
import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from storage.backends.base import Backend, Found, Source, Writer
from storage.errors import BackendFailed, BlobDamaged, BlobMissing, DiskFull, StorageError

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NAME: Final = re.compile(r"([0-9a-f]{32})\.(blob|part)")
_SHARD: Final = re.compile(r"[0-9a-f]{2}")
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FolderBackend(Backend):
    """`root` is made, 0700, when the first blob is written."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def create(self, version_id: UUID) -> "FolderWriter":
        with _translated():
            self._make_shard(version_id)
            with self._shard(version_id) as shard:
                return FolderWriter(version_id.hex, os.dup(shard))

    def open(self, version_id: UUID) -> "FolderSource":
        with _translated(), self._shard(version_id) as shard:
            descriptor = os.open(f"{version_id.hex}.blob", _READ, dir_fd=shard)
            try:
                return FolderSource(descriptor)
            except BaseException:
                os.close(descriptor)
                raise

    def size(self, version_id: UUID) -> int:
        with self.open(version_id) as source:
            return source.size

    def delete(self, version_id: UUID) -> None:
        self._unlink(version_id, f"{version_id.hex}.blob")

    def remove(self, found: Found) -> None:
        if found.version_id is not None:
            self._unlink(found.version_id, os.path.basename(found.name))

    def walk(self) -> Iterator[Found]:
        now = time.time()
        for shard in _entries(self.root):
            if _SHARD.fullmatch(shard.name) and shard.is_dir(follow_symlinks=False):
                for entry in _entries(self.root / shard.name):
                    yield from _found(f"{shard.name}/{entry.name}", entry, now)
            else:
                yield from _found(shard.name, shard, now)

    def _unlink(self, version_id: UUID, name: str) -> None:
        with _translated(), contextlib.suppress(FileNotFoundError), self._shard(version_id) as shard:
            os.unlink(name, dir_fd=shard)
            os.fsync(shard)

    def _make_shard(self, version_id: UUID) -> None:
        name = version_id.hex[:2]
        if (self.root / name).is_dir():
            return
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(self.root / name, 0o700)
        root = os.open(self.root, _FOLDER)
        try:
            os.fsync(root)
        finally:
            os.close(root)

    @contextlib.contextmanager
    def _shard(self, version_id: UUID) -> Iterator[int]:
        descriptor = os.open(self.root / version_id.hex[:2], _FOLDER)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


class FolderWriter(Writer):
    """Owns `shard`, a descriptor of the folder the blob will stand in."""

    def __init__(self, name: str, shard: int) -> None:
        self._name = name
        self._shard = shard
        self._file = -1
        try:
            self._file = os.open(f"{name}.part", _NEW, 0o600, dir_fd=shard)
        except BaseException:
            self._close()
            raise

    def write(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        with _translated():
            while rest:
                rest = rest[os.write(self._file, rest) :]

    def publish(self) -> None:
        part, blob = f"{self._name}.part", f"{self._name}.blob"
        with _translated():
            os.fsync(self._file)
            os.rename(part, blob, src_dir_fd=self._shard, dst_dir_fd=self._shard)
            try:
                os.fsync(self._shard)
            except OSError:
                # The name may not survive a crash, so the caller must not build on it.
                with contextlib.suppress(OSError):
                    os.unlink(blob, dir_fd=self._shard)
                raise
        self._close()

    def discard(self) -> None:
        if self._shard >= 0:
            with contextlib.suppress(OSError):
                os.unlink(f"{self._name}.part", dir_fd=self._shard)
            self._close()

    def _close(self) -> None:
        for descriptor in (self._file, self._shard):
            if descriptor >= 0:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        self._file = self._shard = -1


class FolderSource(Source):
    """Owns `descriptor`, which must be of an ordinary file."""

    def __init__(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise _no_file()
        self.size = found.st_size
        self._descriptor = descriptor

    def pread(self, length: int, offset: int) -> bytes:
        try:
            return os.pread(self._descriptor, length, offset)
        except OSError as error:
            raise _failure(error) from error

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with _translated(), contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        return list(entries)
    return []


def _found(name: str, entry: os.DirEntry[str], now: float) -> Iterator[Found]:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
    matched = _NAME.fullmatch(entry.name)
    ours = matched and name.startswith(f"{entry.name[:2]}/")
    yield Found(
        name=name,
        version_id=UUID(hex=matched[1]) if matched and ours else None,
        kind=_kind(status.st_mode),
        finished=bool(matched and ours and matched[2] == "blob"),
        size=status.st_size,
        age=now - status.st_mtime,
    )


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISLNK, "symlink"))
    return next((name for test, name in kinds if test(mode)), "special")


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(error) from error


def _failure(error: OSError) -> StorageError:
    if error.errno in _FULL:
        return DiskFull("The blob store is full. Nothing was kept; make room and try again.")
    if error.errno == errno.ENOENT:
        return BlobMissing("The blob is not in the store; restore it from a backup.")
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
        return _no_file()
    return BackendFailed(
        f"The blob store failed: {error.strerror}. Nothing half-written was kept; "
        "see to the disk and try again."
    )


def _no_file() -> BlobDamaged:
    return BlobDamaged("Something that is no ordinary file stands in the blob's place; restore the blob.")
