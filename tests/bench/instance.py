"""Databases made for one measurement and dropped after it, on whatever the environment names; files of the instance."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

ALIASES = ("default", "audit")


@contextmanager
def scratch_databases() -> Iterator[bool]:
    """Fresh databases for both aliases; yields whether both stand on PostgreSQL.

    This process and the children that it starts use them until the block is left.
    """
    from django.conf import settings
    from django.db import connections

    from tests.support.databases import URLS, _url
    from vault.project.preparation import prepare_databases

    before = {alias: dict(connections.settings[alias]) for alias in ALIASES}
    environment = {name: os.environ.get(name) for name in URLS.values()}
    made = [(alias, _create(alias)) for alias in ALIASES]
    settings.JINGUI_CHECKPOINTS = settings.JINGUI_HOME / f"checkpoints-{uuid4().hex[:8]}"
    for alias, name in made:
        _use(alias, {**before[alias], "NAME": name})
        os.environ[URLS[alias]] = _url(connections.settings[alias])
    try:
        prepare_databases()
        yield connections["audit"].vendor == connections["default"].vendor == "postgresql"
    finally:
        for alias, name in made:
            _use(alias, before[alias])
            _drop(alias, name)
        for variable, value in environment.items():
            if value is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = value


def _create(alias: str) -> str:
    from django.conf import settings
    from django.db import connections

    name = f"jingui_bench_{uuid4().hex[:12]}"
    if connections[alias].vendor != "postgresql":
        return os.path.join(settings.JINGUI_HOME, f"{name}.sqlite3")
    with connections[alias]._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    return name


def _use(alias: str, database: dict[str, Any]) -> None:
    from django.db import connections

    connections[alias].close()
    connections.settings[alias] = database
    del connections[alias]


def _drop(alias: str, name: str) -> None:
    from django.db import connections

    if connections[alias].vendor == "postgresql":
        with connections[alias]._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        return
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(name + suffix):
            os.unlink(name + suffix)
