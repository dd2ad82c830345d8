"""Someone with full write access to the audit database."""

from typing import Any

from django.db import connections

from audit import triggers


def disarm() -> None:
    """Drop every evidence trigger of the log, as its database's owner can."""
    connection = connections["audit"]
    with connection.cursor() as cursor:
        for table in triggers.declared("audit"):
            suffix = f" ON {table.table}" if connection.vendor == "postgresql" else ""
            for name in triggers._present(connection, cursor, table.table):
                cursor.execute(f'DROP TRIGGER "{name}"{suffix}')


def execute(sql: str, parameters: list[Any] | None = None) -> None:
    with connections["audit"].cursor() as cursor:
        cursor.execute(sql, parameters)
