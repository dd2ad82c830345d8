"""What `doctor` finds in the database: each damage planted by somebody with full access, each named."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import connection

from accounts import second_factor
from audit import triggers
from tests.support.archive import Archive, file
from vault.administration.examination import columns, labels
from vault.administration.examination.report import Report
from vault.holdings.models import ArchiveFile, Component, Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def archive(db: None, settings) -> Archive:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    archive = Archive()
    for account in (archive.officer, archive.cleared):
        second_factor.enrol(account, generate_totp_secret(), 0)
    return archive


@pytest.fixture
def record(archive: Archive) -> Record:
    shelf = archive.archive_file()
    return file(archive, archive.clerk, archive_file=str(shelf.pk), register_now="on").record


def examined() -> Report:
    report = Report()
    for step in (columns.open_cells, columns.open_second_factors, labels.compare_labels):
        step(report, lambda *_: None)
    return report


def codes() -> set[str]:
    return {problem.code for problem in examined().problems}


def tamper(sql: str, *values: object) -> None:
    """As the owner of the database would: without the triggers, which stop mistakes only."""
    with connection.cursor() as cursor:
        for table in triggers.declared("default"):
            if table.table in sql:
                _drop(cursor, table.table)
        cursor.execute(sql, values)


def _drop(cursor, table: str) -> None:
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
    else:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no event may be pending
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def raw(pk: object) -> object:
    return pk.hex if connection.vendor == "sqlite" else pk


def test_a_sound_archive_has_no_problem_and_every_column_was_opened(record: Record) -> None:
    report = examined()
    assert report.problems == []
    assert report.looked_at["encrypted values"] > 20
    assert report.looked_at["second factors"] == 4
    assert report.looked_at["labels"] == 2


def test_an_altered_value_is_named_by_its_row(record: Record) -> None:
    """PF-01: a cell opens only unaltered and in its own row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM holdings_archivefile")
        cell = bytearray(cursor.fetchone()[0])
    cell[-1] ^= 1
    tamper("UPDATE holdings_archivefile SET title = %s", bytes(cell))
    report = examined()
    assert [problem.code for problem in report.problems] == ["column-damaged"]
    assert str(record.archive_file_id) in report.problems[0].object


def test_a_value_moved_to_another_row_is_named(archive: Archive, record: Record) -> None:
    """PF-01"""
    other = archive.archive_file("另一卷")
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM holdings_archivefile WHERE id = %s", [raw(other.pk)])
        cell = bytes(cursor.fetchone()[0])
    tamper("UPDATE holdings_archivefile SET title = %s WHERE id = %s", cell, raw(record.archive_file_id))
    report = examined()
    assert [problem.code for problem in report.problems] == ["column-damaged"]


def test_a_second_factor_put_on_another_account_is_named(archive: Archive, record: Record) -> None:
    """AD-05: the secret is bound to its account."""
    first, second = Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("pk")
    Authenticator.objects.filter(pk=first.pk).update(data=second.data)
    assert codes() == {"second-factor-damaged"}


def test_a_lowered_label_is_named_from_three_sides(record: Record) -> None:
    """CL-11, CL-23: class, component and decision each contradict it."""
    tamper("UPDATE holdings_record SET restricted = 0 WHERE id = %s", raw(record.pk))
    assert codes() == {"access-class-drift", "label-below-component", "label-below-decision"}


def test_an_archive_file_below_its_records_is_named(record: Record) -> None:
    """CL-11"""
    tamper("UPDATE holdings_archivefile SET own_restricted = 0, restricted = 0")
    assert codes() == {"access-class-drift", "label-below-record"}
    assert ArchiveFile.objects.get().levels.restricted == 0


def test_a_component_raised_alone_is_named(record: Record) -> None:
    """CL-11: a record is never below what it is made of."""
    Component.objects.filter(record=record).update(state_level=2)
    assert codes() == {"label-below-component"}
