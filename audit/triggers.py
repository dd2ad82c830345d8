"""The declarative table of evidence triggers: rows that the database itself refuses to change or remove.

Every package registers its evidence tables here; they are installed after each migration and asserted at
start, because on SQLite a changed column rebuilds its table and silently drops the triggers. They stop
mistakes: the owner of a database can drop them, and the Merkle tree is what finds him out. There is no switch
that turns them off.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

PREFIX = "evidence_"
OPERATIONS = ("UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """One table and what may not be done to its rows.

    `deny`: UPDATE, DELETE or both. `columns`: only a change of these columns counts as UPDATE (all when
    empty). `when`: SQL over OLD, the same in both dialects and without subqueries, that must hold for the
    refusal, for instance "OLD.state <> 'draft'". On PostgreSQL a table with DELETE denied refuses TRUNCATE
    whatever `when` says. On SQLite an insert that meets an existing row of any whole unique key is refused,
    because INSERT OR REPLACE passes by the other triggers; upserts and ignored conflicts are refused with it.
    """

    table: str
    alias: str = "default"
    deny: tuple[str, ...] = OPERATIONS
    columns: tuple[str, ...] = ()
    when: str = ""

    def __post_init__(self) -> None:
        if not self.deny or set(self.deny) - set(OPERATIONS):
            raise ValueError("deny takes UPDATE, DELETE or both.")


@dataclass(frozen=True, slots=True)
class _Trigger:
    name: str
    sql: str


def register(*tables: EvidenceTable) -> None:
    """Declare evidence tables. A second, different declaration of the same table is refused."""
    for table in tables:
        known = _tables.setdefault((table.alias, table.table), table)
        if known != table:
            raise ValueError(f"{table.table} is declared as evidence twice, differently.")


def declared(alias: str | None = None) -> list[EvidenceTable]:
    """All declarations, or those of one database."""
    return [table for table in _tables.values() if alias in (None, table.alias)]


def install(alias: str, tables: Sequence[EvidenceTable] | None = None) -> None:
    """Create what is missing and drop what is stale, for the tables that exist."""
    connection = connections[alias]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        wanted = [
            table for table in (declared(alias) if tables is None else tables) if table.table in existing
        ]
        if connection.vendor == "postgresql" and wanted:
            cursor.execute(_POSTGRESQL_FUNCTION)
        for table in wanted:
            _install_table(connection, cursor, table)


def missing(alias: str | None = None) -> list[str]:
    """One sentence for each trigger that is not there as declared; empty when all is well. Part of the start
    check.
    """
    problems: list[str] = []
    for name in sorted({table.alias for table in declared(alias)}):
        connection = connections[name]
        with connection.cursor() as cursor:
            existing = set(connection.introspection.table_names(cursor))
            if connection.vendor == "postgresql" and not _function_intact(cursor):
                problems.append(
                    f"{name}: the function that refuses changes of evidence is missing or altered"
                )
            for table in declared(name):
                if table.table not in existing:
                    problems.append(f"{name}.{table.table}: the table is missing; run `manage.py migrate`")
                    continue
                there = _present(connection, cursor, table.table)
                problems.extend(
                    f"{name}.{table.table}: trigger {trigger.name} is missing or off; run `manage.py migrate`"
                    for trigger in _expected(connection, cursor, table)
                    if not there.get(trigger.name)
                )
    return problems


_tables: dict[tuple[str, str], EvidenceTable] = {}

_POSTGRESQL_BODY = """
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END
"""
_POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION evidence_refuse() RETURNS trigger LANGUAGE plpgsql "
    f"AS $body${_POSTGRESQL_BODY}$body$"
)


def _install_table(connection: BaseDatabaseWrapper, cursor: CursorWrapper, table: EvidenceTable) -> None:
    there = _present(connection, cursor, table.table)
    expected = list(_expected(connection, cursor, table))
    quoted = _quote(table.table)
    postgresql = connection.vendor == "postgresql"
    for name in there.keys() - {trigger.name for trigger in expected}:
        cursor.execute(f"DROP TRIGGER {_quote(name)}" + (f" ON {quoted}" if postgresql else ""))
    for trigger in expected:
        if trigger.name not in there:
            cursor.execute(trigger.sql)
        if postgresql:
            cursor.execute(f"ALTER TABLE {quoted} ENABLE ALWAYS TRIGGER {_quote(trigger.name)}")


def _present(connection: BaseDatabaseWrapper, cursor: CursorWrapper, table: str) -> dict[str, bool]:
    """Our triggers on the table: name -> whether it is armed."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, tgenabled = 'A' FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [_quote(table)],
        )
    else:
        cursor.execute("SELECT name, 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
    return {name: bool(armed) for name, armed in cursor.fetchall() if name.startswith(PREFIX)}


def _function_intact(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'evidence_refuse'")
    return [row[0] for row in cursor.fetchall()] == [_POSTGRESQL_BODY]


def _expected(
    connection: BaseDatabaseWrapper, cursor: CursorWrapper, table: EvidenceTable
) -> Iterator[_Trigger]:
    postgresql = connection.vendor == "postgresql"
    for operation in table.deny:
        conditions = [f"({table.when})"] if table.when else []
        if operation == "UPDATE" and table.columns:
            # By value, not UPDATE OF: the ORM names every column, changed or not.
            differs = "IS DISTINCT FROM" if postgresql else "IS NOT"
            changed = " OR ".join(
                f"OLD.{_quote(name)} {differs} NEW.{_quote(name)}" for name in table.columns
            )
            conditions.append(f"({changed})")
        yield _trigger(
            postgresql, table.table, f"BEFORE {operation}", "FOR EACH ROW", " AND ".join(conditions)
        )
    if postgresql:
        if "DELETE" in table.deny:
            yield _trigger(postgresql, table.table, "BEFORE TRUNCATE", "FOR EACH STATEMENT", "")
        return
    quoted = _quote(table.table)
    keys = (
        " AND ".join(f"{_quote(name)} = NEW.{_quote(name)}" for name in key)
        for key in _unique_keys(cursor, table.table)
    )
    met = " OR ".join(f"EXISTS (SELECT 1 FROM {quoted} WHERE {key})" for key in keys)  # noqa: S608  quoted names
    yield _trigger(postgresql, table.table, "BEFORE INSERT", "FOR EACH ROW", met)


def _trigger(postgresql: bool, table: str, event: str, level: str, condition: str) -> _Trigger:
    message = f"evidence: a row of {table} cannot be changed or removed"
    when = f" WHEN ({condition})" if condition else ""
    action = (
        f"EXECUTE FUNCTION evidence_refuse('{message}')"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )
    body = f"{event} ON {_quote(table)} {level}{when} {action}"
    # The name carries a digest of the definition, so that a changed declaration replaces its trigger.
    name = f"{PREFIX}{hashlib.sha256(body.encode()).hexdigest()[:16]}_{event.split()[1].lower()}"
    return _Trigger(name, f"CREATE TRIGGER {_quote(name)} {body}")


def _unique_keys(cursor: CursorWrapper, table: str) -> list[tuple[str, ...]]:
    """Unique keys of a SQLite table, in a stable order. Partial ones guard nothing whole and are left out."""
    cursor.execute("SELECT name FROM pragma_table_info(%s) WHERE pk > 0 ORDER BY pk", [table])
    keys = {tuple(row[0] for row in cursor.fetchall())}
    cursor.execute('SELECT name FROM pragma_index_list(%s) WHERE "unique" AND NOT partial', [table])
    for (index,) in cursor.fetchall():
        cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
        columns = tuple(row[0] for row in cursor.fetchall())
        if None not in columns:
            keys.add(columns)
    return sorted(key for key in keys if key)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
