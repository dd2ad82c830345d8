"""AU-03: what cannot be recorded is refused, and nothing happens."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import connections, transaction

from audit import outbox, recording
from audit.errors import AuditUnavailable, InsideTransaction, SwallowedInsert
from audit.models import Event, Outbox
from tests.audit.facts import ACTION, ACTOR, REASON
from tests.audit.tampering import execute


def change():
    """A change as services make it: intent, then the business transaction."""
    uid = recording.intent(ACTION, reason=REASON, actor=ACTOR)
    with transaction.atomic(using="default"):
        outbox.outcome(uid, "granted")
    return uid


def assert_refused():
    with pytest.raises(AuditUnavailable) as raised:
        change()
    assert "nothing was released" in str(raised.value) or isinstance(raised.value, SwallowedInsert)
    assert Outbox.objects.count() == 0


@pytest.fixture
def databases(committed_databases):
    change()
    Outbox.objects.all().delete()
    return committed_databases


@pytest.fixture
def audit_file(databases):
    if databases.vendor("audit") != "sqlite":
        pytest.skip("the file of an SQLite database")
    return Path(databases.name("audit"))


def test_a_change_is_made_when_the_log_can_be_written(databases):
    """The allow side of every refusal below."""
    uid = change()
    assert Event.objects.filter(uid=uid).exists()
    assert Outbox.objects.count() == 1


def test_an_audit_database_without_its_table_refuses_the_change_and_recovers(databases):
    """AU-03: broken."""
    execute("ALTER TABLE audit_event RENAME TO gone")
    assert_refused()
    execute("ALTER TABLE gone RENAME TO audit_event")
    change()


def test_an_audit_file_replaced_under_an_open_connection_refuses_the_change(audit_file):
    """AU-03: SQLite would go on writing into the file that was removed."""
    other = audit_file.with_name("other.sqlite3")
    shutil.copy(audit_file, other)
    os.replace(other, audit_file)
    assert_refused()


def test_a_missing_audit_file_refuses_the_change(audit_file):
    """AU-03: missing."""
    kept = audit_file.with_name("kept.sqlite3")
    os.replace(audit_file, kept)
    assert_refused()
    connections["audit"].close()
    assert_refused()


def test_a_broken_audit_file_refuses_the_change(audit_file):
    """AU-03: broken, whether the connection is open or new."""
    connections["audit"].close()
    for suffix in ("-wal", "-shm"):
        audit_file.with_name(audit_file.name + suffix).unlink(missing_ok=True)
    audit_file.write_bytes(b"no database" * 1000)
    assert_refused()


def test_a_locked_audit_file_refuses_the_change_and_recovers(audit_file):
    """AU-03: locked."""
    execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(audit_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert_refused()
    other.execute("ROLLBACK")
    other.close()
    change()


def test_an_unreachable_server_refuses_the_change(databases):
    """AU-03: missing, on PostgreSQL."""
    if databases.vendor("audit") != "postgresql":
        pytest.skip("not run: needs PostgreSQL")
    databases.use("audit", "no_such_database")
    assert_refused()


def test_a_swallowed_insert_is_noticed(databases):
    """AU-03: a trigger that keeps no row raises no error of its own."""
    if databases.vendor("audit") == "sqlite":
        execute("CREATE TRIGGER eat BEFORE INSERT ON audit_event BEGIN SELECT RAISE(IGNORE); END")
    else:
        execute(
            "CREATE FUNCTION eat() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
            "CREATE TRIGGER eat BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION eat()"
        )
    with pytest.raises(SwallowedInsert):
        change()
    assert Outbox.objects.count() == 0


def test_an_event_inside_a_transaction_of_the_log_is_refused(databases):
    with transaction.atomic(using="audit"), pytest.raises(InsideTransaction):
        change()


def test_a_denial_survives_the_rollback_of_the_request(databases):
    """AU-03: the log is no part of the request's transaction."""

    def request():
        with transaction.atomic(using="default"):
            recording.record(ACTION, outcome="denied", reason=REASON, actor=ACTOR)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        request()
    assert Event.objects.filter(outcome="denied").count() == 1
