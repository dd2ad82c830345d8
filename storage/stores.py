"""Which backend is in use, and what a database must do after an erasure."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connections

from storage.backends.base import Backend
from storage.backends.folder import FolderBackend

Write = Callable[[bytes | memoryview], None]

_replaced: Backend | None = None


def backend() -> Backend:
    """The store of this installation: the folder `settings.JINGUI_BLOBS`, unless `use` named another."""
    return _replaced or _folder(settings.JINGUI_BLOBS)


def use(other: Backend | None) -> None:
    """Use another store from now on; None returns to the folder."""
    global _replaced
    _replaced = other


def truncate_log(alias: str) -> bool:
    """Empty SQLite's write-ahead log, where an erased row would linger; True when nothing lingers there.

    False while other connections read it or a transaction is open here: repeat later. Other databases
    have no such log in reach (True); their erased rows go with VACUUM and expired archives.
    """
    connection = connections[alias]
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _, _ = cursor.fetchone()
    return not busy


@lru_cache(maxsize=4)
def _folder(root: str | Path) -> FolderBackend:
    return FolderBackend(root)
