"""Inserts and reads rows without the ORM: its cost would be several times that of an event itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

ROWS_PER_STATEMENT = 500  # at most 21 columns: below SQLite's 32,766 variables
_PLANNED = "jingui_planned"
_AS_TEXT, _AS_BYTES = 0, 1


def insert(
    connection: BaseDatabaseWrapper, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> int:
    """Insert rows and return how many the database says it kept; more than one belong inside a transaction.

    Raises Django's database errors.
    """
    if connection.vendor == "postgresql":
        if len(rows) == 1:
            return _insert_prepared(connection, _statement(table, columns, 1), rows[0])
        return _copy(connection, table, columns, rows)
    kept = 0
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_PER_STATEMENT):
            run = rows[start : start + ROWS_PER_STATEMENT]
            values = [_plain(value) for row in run for value in row]
            cursor.execute(_statement(table, columns, len(run)), values)
            kept += len(cursor.fetchall())
    return kept


@lru_cache(maxsize=64)
def _statement(table: str, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join(['%s'] * len(columns))})"
    values = ", ".join([row] * rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} RETURNING 1"  # noqa: S608  our own names


def _insert_prepared(connection: BaseDatabaseWrapper, statement: str, row: Sequence[Any]) -> int:
    """One row by a statement that the server has planned before, in one call of libpq.

    Measured, client CPU: 100 µs, where a psycopg cursor with the statement prepared takes 190 and Django's 330; every
    change and every look writes at least one such row. A pooler that lends a connection by the transaction forgets
    plans: the connection is given up then, and the next one plans anew.
    """
    from psycopg import OperationalError, errors
    from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

    def done(result: Any) -> Any:
        if result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
            return result
        if server.status != ConnStatus.OK:
            raise OperationalError("The connection to the server was lost.")
        error = errors.error_from_result(result, encoding="utf-8")
        if isinstance(error, errors.InvalidSqlStatementName | errors.DuplicatePreparedStatement):
            opened.close()
        raise error

    with _opened(connection) as opened:
        server = opened.pgconn
        if not opened.autocommit and server.transaction_status == TransactionStatus.IDLE:
            done(server.exec_(b"BEGIN"))
        planned: dict[str, bytes] = opened.__dict__.setdefault(_PLANNED, {})
        if statement not in planned:
            # By what it says, so that behind a pooler one process never runs another's statement under its name.
            name = f"jingui_{sha256(statement.encode()).hexdigest()[:32]}".encode()
            numbers = tuple(f"${place}" for place in range(1, len(row) + 1))
            done(server.prepare(name, (statement % numbers).encode()))
            planned[statement] = name
        values = [_bound(value) for value in row]
        formats = [_AS_TEXT if isinstance(value, datetime | int) else _AS_BYTES for value in row]
        return int(done(server.exec_prepared(planned[statement], values, formats)).ntuples)


def _bound(value: Any) -> bytes | None:
    """Texts as counted bytes, so that one with a NUL in it is refused and not cut. Raises TypeError for other kinds."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, str | int | datetime):
        return str(value).encode()
    return memoryview(value).tobytes()


def _copy(
    connection: BaseDatabaseWrapper, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]
) -> int:
    """A stream of rows under one statement: constraints and triggers as for INSERT, less than half its cost."""
    import psycopg

    into = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with _opened(connection) as opened, psycopg.Cursor(opened) as cursor:
        with cursor.copy(into) as stream:
            for row in rows:
                stream.write_row(row)
        return cursor.rowcount


def read(connection: BaseDatabaseWrapper, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of a query. From PostgreSQL bytes come as bytes: Django's own cursor gets them as hexadecimal text, and
    decoding that costs more than hashing what it says. Raises Django's database errors.
    """
    if connection.vendor == "postgresql":
        import psycopg

        with _opened(connection) as opened, psycopg.Cursor(opened) as cursor:
            return cursor.execute(query, values, binary=True).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


@contextmanager
def _opened(connection: BaseDatabaseWrapper) -> Iterator[Any]:
    connection.close_if_health_check_failed()
    connection.validate_no_broken_transaction()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        yield connection.connection


def _plain(value: Any) -> Any:
    """As the ORM stores it on SQLite: ids as hexadecimal text, instants as text without their zone."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    return value
