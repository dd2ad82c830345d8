"""Fresh copies of the migrated test databases, for tests that need real commits, threads or other processes.

The evidence triggers refuse the flush that such tests otherwise end with, so each gets a copy that is thrown
away: a file on SQLite, CREATE DATABASE … TEMPLATE on PostgreSQL. Import the fixture `committed_databases` in
a conftest.py.
"""

import os
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIASES = ("default", "audit")
URLS = {"default": "JINGUI_DATABASE_URL", "audit": "JINGUI_AUDIT_DATABASE_URL"}


class Databases:
    """The copies in use. `environment()` lets another process open them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wrappers: dict[str, BaseDatabaseWrapper] = {}
        self._settings: dict[str, dict[str, Any]] = {}
        self._created: list[tuple[str, str]] = []

    def vendor(self, alias: str) -> str:
        return connections[alias].vendor

    def name(self, alias: str) -> str:
        return str(connections.settings[alias]["NAME"])

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            # This instance's own places, whatever an earlier test left in the environment.
            "JINGUI_HOME": str(settings.JINGUI_HOME),
            "JINGUI_KEY_RING": str(settings.JINGUI_KEY_RING),
            "JINGUI_SECRET_KEY": settings.SECRET_KEY,
            **{URLS[alias]: _url(connections.settings[alias]) for alias in ALIASES},
        }

    def switch(self) -> None:
        """Point both aliases, in this thread and in new ones, at copies of the migrated databases."""
        for alias in ALIASES:
            self._wrappers[alias] = connections[alias]
            self._settings[alias] = connections.settings[alias]
            self.use(alias, self.copy(alias))

    def copy(self, alias: str) -> str:
        """Copy what the alias holds now, and return the copy's name."""
        # SQLite's copy would wait for its own connection to commit, and no timeout reaches it there.
        assert not connections[alias].in_atomic_block, (
            "this test asks for a transaction and for a copy as well"
        )
        if self.vendor(alias) == "sqlite":
            target = str(self._folder / f"{alias}-{uuid.uuid4().hex[:8]}.sqlite3")
            with sqlite3.connect(target) as opened:
                connections[alias].ensure_connection()
                connections[alias].connection.backup(opened)
            opened.close()
            return target
        target = f"copy_{uuid.uuid4().hex[:12]}"
        # PostgreSQL copies only what nobody is connected to.
        connections[alias].close()
        with connections[alias]._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{self.name(alias)}"')
        self._created.append((alias, target))
        return target

    def empty(self, alias: str) -> str:
        """Make a database without a table, and return its name."""
        if self.vendor(alias) == "sqlite":
            return str(self._folder / f"{alias}-{uuid.uuid4().hex[:8]}.sqlite3")
        target = f"empty_{uuid.uuid4().hex[:12]}"
        with connections[alias]._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{target}"')
        self._created.append((alias, target))
        return target

    def use(self, alias: str, name: str) -> None:
        """Let the alias stand for another database, in this thread and in new ones."""
        if connections[alias] is not self._wrappers.get(alias):
            connections[alias].close()
        connections.settings[alias] = {**connections.settings[alias], "NAME": name}
        del connections[alias]

    def restore(self) -> None:
        for alias in ALIASES:
            if alias not in self._wrappers:
                continue
            connections[alias].close()
            connections.settings[alias] = self._settings[alias]
            connections[alias] = self._wrappers[alias]
        for alias, name in self._created:
            with connections[alias]._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def migrated_databases(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Both test databases. pytest-django makes only those that a collected test's mark names."""
    made = []
    with django_db_blocker.unblock():
        for alias in ALIASES:
            if "django_migrations" not in connections[alias].introspection.table_names():
                made.append((alias, connections[alias].settings_dict["NAME"]))
                connections[alias].creation.create_test_db(verbosity=0, autoclobber=True)
    # Not inside: for the rest of the run nobody would be refused a database any more.
    yield
    with django_db_blocker.unblock():
        for alias, name in made:
            connections[alias].creation.destroy_test_db(name, verbosity=0)


@pytest.fixture
def committed_databases(
    migrated_databases: None, django_db_blocker: Any, tmp_path: Path
) -> Iterator[Databases]:
    """Both databases as fresh copies, autocommitting for real."""
    with django_db_blocker.unblock():
        databases = Databases(tmp_path)
        try:
            databases.switch()
            yield databases
        finally:
            databases.restore()


def _url(settings: dict[str, Any]) -> str:
    if settings["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{settings['NAME']}"
    user = f"{settings['USER']}:{settings['PASSWORD']}" if settings["PASSWORD"] else settings["USER"]
    return f"postgres://{user}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
