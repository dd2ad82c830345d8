"""AU-11: the database itself refuses to change or remove evidence."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections, models

from audit import triggers
from audit.models import Event
from tests.audit.tampering import execute

TABLES = ("audit_event", "audit_leaf", "audit_subtree", "audit_checkpoint")


@pytest.fixture
def written(committed_databases, write_batches):
    write_batches(300)
    assert Event.objects.count() == 300
    return committed_databases


@pytest.mark.parametrize("table", TABLES)
def test_a_purge_is_refused_by_the_database(written, table):
    """AU-11."""
    with pytest.raises(DatabaseError, match="evidence"):
        execute(f"DELETE FROM {table}")
    with connections["audit"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("audit_event", "actor = 'x'"),
        ("audit_leaf", "event_id = -1"),
        ("audit_subtree", "level = 9"),
        ("audit_checkpoint", "note = 'x'"),
    ],
)
def test_a_change_is_refused_by_the_database(written, table, change):
    """AU-11."""
    with pytest.raises(DatabaseError, match="evidence"):
        execute(f"UPDATE {table} SET {change}")


def test_a_truncation_is_refused(written):
    """AU-11: TRUNCATE passes by row triggers."""
    if written.vendor("audit") != "postgresql":
        pytest.skip("not run: needs PostgreSQL")
    for table in TABLES:
        with pytest.raises(DatabaseError, match="evidence"):
            execute(f"TRUNCATE {table}")


def test_insert_or_replace_is_refused(written):
    """AU-11: on SQLite it overwrites a row past UPDATE and DELETE triggers."""
    if written.vendor("audit") != "sqlite":
        pytest.skip("a statement of SQLite")
    before = bytes(Event.objects.order_by("id").first().canonical)
    with pytest.raises(DatabaseError, match="evidence"):
        execute("INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event ORDER BY id LIMIT 1")
    assert bytes(Event.objects.order_by("id").first().canonical) == before


def test_a_changed_column_loses_no_trigger_for_good(written):
    """On SQLite AlterField rebuilds the table and drops its triggers: found missing, put back by migrate."""
    connection = connections["audit"]
    old = Event._meta.get_field("action")
    new = models.CharField(max_length=300)
    new.set_attributes_from_name("action")
    new.model = Event
    assert triggers.missing("audit") == []
    # The editor wants its own transaction and no foreign keys enforced, as migrate gives it.
    with connection.schema_editor() as editor:
        editor.alter_field(Event, old, new)
    lost = triggers.missing("audit")
    assert bool(lost) == (connection.vendor == "sqlite")
    assert all("audit_event" in sentence for sentence in lost)
    call_command("migrate", database="audit", verbosity=0)
    assert triggers.missing("audit") == []
    with pytest.raises(DatabaseError, match="evidence"):
        execute("DELETE FROM audit_event")


def test_two_declarations_of_one_table_must_agree():
    with pytest.raises(ValueError, match="twice"):
        triggers.register(triggers.EvidenceTable(table="audit_event", alias="audit", deny=("UPDATE",)))
