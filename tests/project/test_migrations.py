"""An instance of an earlier release, with work under way, is migrated: nothing is lost and nothing left open."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connections, router, transaction
from django.db.migrations.executor import MigrationExecutor

from audit import clock, outbox, triggers
from audit.events import Reason, system_actor
from audit.models import Event, Outbox
from audit.recording import intent
from storage.models import KeySlot
from tests.support.databases import ALIASES, Databases
from vault.holdings.models import ComponentVersion, StagedFile
from vault.project.preparation import prepare_databases

FIRST = {"holdings": "0001_initial", "audit": "0001_initial"}
FILES = ("filed", "waiting", "quarantined")


@dataclass
class Former:
    """What stood in the former release's databases: files by name, and the event that waits for its end."""

    files: dict[str, UUID]
    slots: dict[str, UUID]
    begun: UUID
    waiting: dict[str, Any]


# Rooms that the first release did not have.
LATER = {"approvals", "notices"}


@pytest.fixture
def former(committed_databases: Databases) -> Former:
    """Both databases as the first release left them, with its triggers and its rows."""
    for alias in ALIASES:
        committed_databases.use(alias, committed_databases.empty(alias))
        then = _migrate_to_first(alias)
    files, slots = _rows(then)
    begun = intent("storage:blob_key:erased", reason=Reason(rule="dropped"), actor=system_actor("storage"))
    with transaction.atomic():
        outbox.outcome(begun, "granted", reason=Reason(rule="dropped"))
    return Former(files, slots, begun, Outbox.objects.values().get())


def _migrate_to_first(alias: str) -> Apps:
    executor = MigrationExecutor(connections[alias])
    nodes = executor.loader.graph.leaf_nodes()
    leaves = [(app, FIRST.get(app, name)) for app, name in nodes if app not in LATER]
    executor.migrate(leaves)
    with connections[alias].cursor() as cursor:
        tables = connections[alias].introspection.table_names(cursor)
        for table in triggers.declared(alias):
            if table.table in tables:
                described = connections[alias].introspection.get_table_description(cursor, table.table)
                there = {column.name for column in described}
                triggers.install(
                    alias, [replace(table, columns=tuple(c for c in table.columns if c in there))]
                )
    return executor.loader.project_state(leaves).apps


def _rows(then: Apps) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """Three received files: one that became a component and shares its key, one that waits, one held back."""

    def make(model: str, **fields: Any) -> Any:
        return then.get_model(model).objects.create(**fields)

    now, levels = clock.now(), {"state_level": 0, "enterprise_level": 0, "restricted": 1}
    unit = make("accounts.Unit", kind="hall", code="U1", name="城北营业厅", path="u1/")
    person = make("accounts.Person", name="某人", unit=unit)
    account = make("accounts.Account", person=person, staff_no="S1", created_at=now)
    fonds = make("holdings.Fonds", fonds_no="GAAZ", name="广安爱众")
    record = make(
        "holdings.Record",
        title="月度安全例会通知",
        creator="",
        document_no="",
        place="",
        record_date=now.date(),
        created_at=now,
        access_class=make("holdings.AccessClass", unit=unit, **levels),
        filed_by=person,
        originator=unit,
        unit=unit,
        retention_class=make("holdings.RetentionClass", code="D30", name="三十年", years=30),
        series=make("holdings.Series", fonds=fonds, code="WS", name="文书"),
        **levels,
    )
    session = make(
        "holdings.IntakeSession", account=account, unit=unit, entries="{}", opened_at=now, **levels
    )
    files, slots = {}, {}
    for position, name in enumerate(FILES, start=1):
        slot = make(
            "storage.KeySlot",
            id=uuid4(),
            object_id=uuid4(),
            compartment="ordinary",
            kek_version=1,
            wrapped_key=b"k" * 104,
            size=3,
            created=now,
        )
        body = {
            "name": f"{name}.pdf",
            "digest": b"d" * 32,
            "size": 3,
            "media_type": "application/pdf",
            "integrity": "quarantined" if name == "quarantined" else "accepted",
            "finding": {},
            "key_slot": slot,
        }
        used_at = now if name == "filed" else None
        staged = make(
            "holdings.StagedFile",
            session=session,
            position=position,
            received_at=now,
            used_at=used_at,
            **body,
        )
        files[name], slots[name] = staged.pk, slot.pk
        if name == "filed":
            component = make(
                "holdings.Component", id=staged.pk, record=record, position=1, role="text", **levels
            )
            make(
                "holdings.ComponentVersion",
                component=component,
                number=1,
                digest_index="64" * 32,
                reason="",
                created_at=now,
                created_by=person,
                **body,
            )
    return files, slots


def test_a_former_releases_work_under_way_goes_on_after_the_migration(former: Former) -> None:
    """AU-01, AU-11: a filed body's key becomes its component's alone and what waits keeps its own.

    The log still hears how it ended, and evidence is guarded as this release declares it.
    """
    for alias in ALIASES:
        call_command("migrate", database=alias, interactive=False, verbosity=0)

    for alias in ALIASES:
        executor = MigrationExecutor(connections[alias])
        assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert triggers.missing() == []
    kept = {name: StagedFile.objects.get(pk=pk) for name, pk in former.files.items()}
    assert {name: file.key_slot_id for name, file in kept.items()} == former.slots | {"filed": None}
    assert {name: file.name for name, file in kept.items()} == {name: f"{name}.pdf" for name in FILES}
    assert {file.closed_at for file in kept.values()} == {None}
    assert ComponentVersion.objects.get().key_slot_id == former.slots["filed"]
    assert set(KeySlot.objects.values_list("pk", flat=True)) == set(former.slots.values())

    assert Outbox.objects.values().get() == former.waiting
    outbox.relay()
    assert Event.objects.get(closes=former.begun).outcome == "granted"
    assert not Outbox.objects.exists()


def test_a_fresh_instance_gets_every_table_in_the_database_where_it_is_asked_for(
    committed_databases: Databases,
) -> None:
    for alias in ALIASES:
        committed_databases.use(alias, committed_databases.empty(alias))
    prepare_databases()
    kept: dict[str, set[str]] = {alias: set() for alias in ALIASES}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            kept[router.db_for_read(model)].add(model._meta.db_table)
    for alias in ALIASES:
        with connections[alias].cursor() as cursor:
            there = set(connections[alias].introspection.table_names(cursor))
        assert kept[alias] <= there
        # Nothing of the archive lies beside the log.
        assert alias == "default" or there == kept[alias] | {"django_migrations"}
    assert triggers.missing() == []
