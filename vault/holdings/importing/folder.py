"""The files of a folder, found and opened without ever leaving it: no link is followed, no name is believed.

A file is opened component by component below the folder's own descriptor, so a link that is put in a name's place
after the walk opens nothing either.
"""

import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vault.holdings.importing.errors import FolderUnreadable, Trouble

PIECE = 64 * 1024
DEEPEST = 32  # folders within folders: each is a descriptor held open on the way
_INSIDE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@dataclass(frozen=True)
class Found:
    """One file: its path as text with `/`, the same as the system spells it, and its size in bytes."""

    path: str
    parts: tuple[bytes, ...]
    size: int

    @property
    def name(self) -> str:
        """The bare name."""
        return self.path.rpartition("/")[2]


def walk(folder: Path, *, leave_out: Path | None = None) -> tuple[dict[str, Found], list[Trouble]]:
    """Every file below the folder by its path, in order, and what is there besides. `leave_out` is the table's own.

    Names are read as UTF-8, else as GB18030, and composed as Chinese and Western systems write them. Raises
    FolderUnreadable.
    """
    found: dict[str, Found] = {}
    troubles: list[Trouble] = []
    spared = None if leave_out is None else _identity(leave_out)
    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise FolderUnreadable from error
    try:
        for parts, status in _entries(top, ()):
            path = "/".join(_text(part) for part in parts)
            if status is None:
                troubles.append(Trouble("file-unreadable", about=path))
            elif not stat.S_ISREG(status.st_mode):
                troubles.append(Trouble("not-a-file", about=path))
            elif (status.st_dev, status.st_ino) == spared:
                continue
            elif path in found:
                troubles.append(Trouble("name-twice", about=path))
            else:
                found[path] = Found(path, parts, status.st_size)
    finally:
        os.close(top)
    return dict(sorted(found.items())), troubles


def opened(folder: Path, file: Found) -> BinaryIO:
    """The file's bytes. Raises OSError when a link, a device or nothing stands there now."""
    with ExitStack() as open_folders:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        open_folders.callback(os.close, at)
        for part in file.parts[:-1]:
            at = os.open(part, _INSIDE | os.O_DIRECTORY, dir_fd=at)
            open_folders.callback(os.close, at)
        descriptor = os.open(file.parts[-1], _INSIDE, dir_fd=at)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return os.fdopen(descriptor, "rb", buffering=0)


def pieces(body: BinaryIO) -> Iterator[bytes]:
    """A body in pieces of at most 64 KiB."""
    while piece := body.read(PIECE):
        yield piece


def as_key(path: str) -> str:
    """A path of a table as the walk spells it: composed, and with `/` where a Windows list has a backslash."""
    return unicodedata.normalize("NFC", path).replace("\\", "/")


def _entries(
    folder: int, above: tuple[bytes, ...]
) -> Iterator[tuple[tuple[bytes, ...], os.stat_result | None]]:
    """Everything but folders below an open folder; None for what cannot even be looked at."""
    for name in sorted(os.listdir(folder)):
        parts = (*above, os.fsencode(name))
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if not stat.S_ISDIR(status.st_mode):
                yield parts, status
                continue
            if len(parts) > DEEPEST:
                yield parts, None
                continue
            below = os.open(name, _INSIDE | os.O_DIRECTORY, dir_fd=folder)
        except OSError:
            yield parts, None
            continue
        try:
            yield from _entries(below, parts)
        finally:
            os.close(below)


def _text(name: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return unicodedata.normalize("NFC", name.decode(encoding))
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "replace")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
