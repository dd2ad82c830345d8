"""Inserts rows without the ORM: on the way of every event, its cost would be several times that of the event itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

ROWS_PER_STATEMENT = 500  # at most 21 columns: below SQLite's 32,766 variables


def insert(
    connection: BaseDatabaseWrapper, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> int:
    """Insert up to ROWS_PER_STATEMENT rows in one statement and return how many the database says it kept.

    Raises Django's database errors.
    """
    values = [value for row in rows for value in row]
    if connection.vendor == "sqlite":
        values = [_plain(value) for value in values]
    with _cursor(connection, single=len(rows) == 1) as cursor:
        cursor.execute(_statement(table, columns, len(rows)), values)
        return len(cursor.fetchall())


@lru_cache(maxsize=64)
def _statement(table: str, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join(['%s'] * len(columns))})"
    values = ", ".join([row] * rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} RETURNING 1"  # noqa: S608  our own names


@contextmanager
def _cursor(connection: BaseDatabaseWrapper, *, single: bool) -> Iterator[Any]:
    """Binding on the server halves the cost of a single row. In lists of rows it could not tell a null's type."""
    if connection.vendor != "postgresql" or not single:
        with connection.cursor() as cursor:
            yield cursor
        return
    import psycopg

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def _plain(value: Any) -> Any:
    """As the ORM stores it on SQLite: ids as hexadecimal text, instants as text without their zone."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value
