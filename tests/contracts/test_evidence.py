"""Evidence stays: by foreign keys that protect, and by triggers of the database itself (architecture.md 4)."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.models import ProtectedError

from audit import clock, triggers
from storage.models import KeySlot
from tests.accounts.people import today
from tests.support.archive import Archive, file
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.evidence import TABLES
from vault.holdings.models import (
    Component,
    ComponentVersion,
    GrantReview,
    KnowledgeEntry,
    LabelDecision,
    ObjectEvent,
    Record,
    UndecidedEntry,
)
from vault.holdings.rules import TrayKind, TrayOutcome
from vault.holdings.services import knowledge, undecided

OURS = {
    *("accounts", "audit", "authorization", "holdings", "notices", "administration", "oversight", "storage"),
    *("incidents", "workdays"),
}
# Rows that belong to another package. None is evidence: what they did is in the log under the account's id.
EXEMPT = {
    "account.EmailAddress.user": "no mail is sent; the table of django-allauth stays empty",
    "guardian.UserObjectPermission.user": "grants are rows of holdings.RecordUserPermission; this stays empty",
    "mfa.Authenticator.user": "a second factor is a credential and may be taken away with its reset in the log",
}
with_databases = pytest.mark.django_db(databases=["default", "audit"])


def foreign_keys() -> Iterator[models.ForeignKey]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                yield field


def name_of(field: models.ForeignKey) -> str:
    return f"{field.model._meta.label}.{field.name}"


def unprotected(fields: Iterator[models.ForeignKey]) -> set[str]:
    """Those between us, or from outside into us, whose row would go with its target or lose it."""
    return {
        name_of(field)
        for field in fields
        if OURS & {field.model._meta.app_label, field.related_model._meta.app_label}
        and field.remote_field.on_delete is not models.PROTECT
    }


def test_every_foreign_key_to_people_and_evidence_protects_its_target() -> None:
    """architecture.md section 4: nothing that somebody or something points at can be deleted."""
    assert unprotected(foreign_keys()) == set(EXEMPT)


def test_the_search_for_foreign_keys_finds_ours_and_one_that_cascades() -> None:
    names = {name_of(field) for field in foreign_keys()}
    assert {
        "holdings.Record.filed_by",
        "holdings.RecordUserPermission.user",
        "accounts.Account.person",
    } <= names
    field = Record._meta.get_field("filed_by")
    relation = field.remote_field
    relation.on_delete = models.CASCADE
    try:
        assert "holdings.Record.filed_by" in unprotected(foreign_keys())
    finally:
        relation.on_delete = models.PROTECT


@with_databases
def test_after_a_migration_every_trigger_is_there_on_both_databases() -> None:
    assert {table.alias for table in triggers.declared()} == {"default", "audit"}
    assert {table.table for table in triggers.declared("default")} >= {table.table for table in TABLES}
    assert triggers.missing() == []


@pytest.mark.parametrize(
    ("alias", "table"), [("default", "holdings_labeldecision"), ("audit", "audit_event")]
)
def test_a_dropped_trigger_is_missed_by_name_and_put_back_by_migrate(
    committed_databases, alias: str, table: str
) -> None:
    name = triggers_of(alias, table)[0]
    with connections[alias].cursor() as cursor:
        on = f" ON {table}" if connections[alias].vendor == "postgresql" else ""
        cursor.execute(f'DROP TRIGGER "{name}"{on}')
    (sentence,) = triggers.missing()
    assert f"{alias}.{table}" in sentence
    assert name in sentence
    call_command("migrate", database=alias, verbosity=0)
    assert triggers.missing() == []


def test_a_column_altered_on_sqlite_drops_the_triggers_which_is_told_and_mended(committed_databases) -> None:
    """On SQLite AlterField rebuilds the table, and triggers stay behind."""
    if connection.vendor != "sqlite":
        pytest.skip("a habit of SQLite")
    before = triggers_of("default", "holdings_record")
    old = Record._meta.get_field("archival_code")
    new = models.CharField(max_length=80, blank=True)
    new.set_attributes_from_name("archival_code")
    new.model = Record
    with connection.schema_editor() as editor:
        editor.alter_field(Record, old, new)
    assert before
    assert not triggers_of("default", "holdings_record")
    assert all("default.holdings_record" in sentence for sentence in triggers.missing())
    assert len(triggers.missing()) == len(before)
    call_command("migrate", database="default", verbosity=0)
    assert triggers.missing() == []


@pytest.fixture
def registered(archive: Archive, attested: None) -> Record:
    """A registered secret with a list, a grant, a body and a history."""
    archive.clear(archive.clerk, state_level=2, enterprise_level=2, restricted=1)
    record = file(archive, archive.clerk, label="core", title="标题", register_now="on").record
    given = knowledge.grant(
        context=of_account(archive.director),
        record_id=file(archive, archive.clerk, register_now="on").record.pk,
        person=archive.colleague.person,
        action=Action.COPY,
        ends_at=clock.now() + timedelta(days=3),
    )
    GrantReview.objects.create(grant=given, reviewed_by=archive.director.person, reviewed_at=clock.now())
    lying = undecided.put_in(
        context=of_account(archive.clerk),
        kind=TrayKind.RECORD,
        what="一件文件",
        reason="不知应归何处",
        decider=archive.director.person,
        next_on=today(),
        record_id=given.content_object_id,
    )
    undecided.decide(
        context=of_account(archive.director),
        thing_id=lying.pk,
        version=1,
        reason="归入文书",
        outcome=TrayOutcome.FILE,
    )
    return record


@with_databases
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_no_column_of_evidence_changes_by_sql(registered: Record, table: triggers.EvidenceTable) -> None:
    """HA-13: each protected column for itself, so that none hides behind another."""
    row = rows(table.table)[0]
    columns = [name for name in table.columns or row if row[name] is not None]
    assert len(columns) >= 4
    for name in columns:
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            execute(f'UPDATE {table.table} SET "{name}" = NULL')
    assert rows(table.table)[0] == row


@with_databases
@pytest.mark.parametrize(
    "table",
    [
        *(table.table for table in TABLES),
        "holdings_component",
        "storage_keyslot",
        "accounts_person",
        "accounts_account",
    ],
)
def test_no_row_of_evidence_goes_by_sql(registered: Record, table: str) -> None:
    """HA-13, HA-15: what has no trigger of its own is held by the rows that point at it."""
    before = rows(table)
    assert before
    with pytest.raises(DatabaseError), transaction.atomic():
        execute(f"DELETE FROM {table}")
        connection.check_constraints()
    assert rows(table) == before


@with_databases
def test_a_row_that_is_no_evidence_does_go_by_sql(registered: Record) -> None:
    """The refusals above are the product's, not the harness's."""
    execute("DELETE FROM accounts_livesession")
    connection.check_constraints()
    assert not rows("accounts_livesession")


@with_databases
@pytest.mark.parametrize(
    "model",
    [
        Record,
        Component,
        ComponentVersion,
        LabelDecision,
        KnowledgeEntry,
        ObjectEvent,
        GrantReview,
        UndecidedEntry,
    ],
)
def test_no_row_of_evidence_goes_by_the_orm(registered: Record, model: type[models.Model]) -> None:
    """HA-13"""
    row = model._default_manager.first()
    for delete in (row.delete, model._default_manager.all().delete):
        with pytest.raises((ProtectedError, DatabaseError)), transaction.atomic():
            delete()
            connection.check_constraints()
    assert model._default_manager.filter(pk=row.pk).exists()


@with_databases
@pytest.mark.parametrize("name", ["title", "creator", "document_no", "record_date", "created_at"])
def test_a_saved_change_of_a_registered_record_is_refused(registered: Record, name: str) -> None:
    """HA-13: by the database, whatever wrote it."""
    record = Record.objects.get(pk=registered.pk)
    changed = {"record_date": date(2001, 1, 1), "created_at": clock.now()}.get(name, "别的")
    assert getattr(record, name) != changed
    setattr(record, name, changed)
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        record.save(update_fields=[name])
    assert getattr(Record.objects.get(pk=registered.pk), name) != changed


@with_databases
def test_a_change_of_registered_records_in_one_query_is_refused(registered: Record, archive: Archive) -> None:
    """HA-13"""
    for change in (
        {"record_date": date(2001, 1, 1)},
        {"filed_by": archive.leader.person},
        {"unit": archive.company},
        {"originator": archive.company},
    ):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            Record.objects.filter(pk=registered.pk).update(**change)
    assert Record.objects.filter(pk=registered.pk).update(page_count=9) == 1


@with_databases
def test_a_registered_record_does_not_become_changeable_by_calling_it_a_draft(registered: Record) -> None:
    """HA-13: two statements get no further than one."""
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        Record.objects.filter(pk=registered.pk).update(state="draft")
        Record.objects.filter(pk=registered.pk).update(record_date=date(2001, 1, 1))
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        Record.objects.filter(pk=registered.pk).update(registered_at=None)


@with_databases
def test_a_draft_may_still_be_described(archive: Archive) -> None:
    draft = Record.objects.get(pk=file(archive, archive.clerk, title="标题").record.pk)
    draft.title = "别的"
    draft.save(update_fields=["title"])
    assert Record.objects.get(pk=draft.pk).title == "别的"


@with_databases
def test_an_entry_of_the_list_may_end_and_nothing_else(registered: Record, archive: Archive) -> None:
    entry = registered.knowledge_entries.first()
    entry.person = archive.leader.person
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        entry.save()
    assert KnowledgeEntry.objects.filter(pk=entry.pk).update(ends_at=clock.now()) == 1


@with_databases
def test_two_versions_never_share_a_number(registered: Record) -> None:
    """HA-13: a correction stands beside the old version, never in its place."""
    version = ComponentVersion.objects.get(component__record=registered)
    # Read first: a cell opens in its own row only.
    copied = {f.attname: getattr(version, f.attname) for f in version._meta.fields if f.name != "id"}
    slot = KeySlot.objects.get(pk=version.key_slot_id)
    slot.pk = uuid4()
    slot.save(force_insert=True)
    copied["key_slot_id"] = slot.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        ComponentVersion.objects.create(**copied)
    ComponentVersion.objects.create(**copied | {"number": 2})
    assert ComponentVersion.objects.filter(component__record=registered).count() == 2


def triggers_of(alias: str, table: str) -> list[str]:
    """Names as the database gives them, not as the product reckons them."""
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
            )
        return sorted(name for (name,) in cursor.fetchall())


def rows(table: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, map(plain, row), strict=True)) for row in cursor.fetchall()]
    return sorted(found, key=str)


def plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
