"""Stored bodies are compared again and again, and what was damaged is told once (PF-02)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from audit import clock
from audit.models import Event
from storage import stores
from tests.support.archive import Archive, file
from vault.authorization.levels import INTERNAL
from vault.holdings import custody, fixity
from vault.holdings.models import ComponentVersion, FixityCheck, ObjectEvent, Record
from vault.holdings.rules import FIXITY_PERIOD
from vault.holdings.services import labelling
from vault.incidents.models import Incident

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def body_of(record: Record) -> Path:
    version = ComponentVersion.objects.get(component__record=record)
    (found,) = [
        path for path in stores.backend().root.rglob("*.blob") if version.key_slot_id.hex in path.name
    ]
    return found


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def later(patch: pytest.MonkeyPatch, by: timedelta) -> None:
    at = clock.now() + by
    patch.setattr(clock, "now", lambda: at)


def test_each_body_is_compared_once_in_the_period(archive: Archive) -> None:
    """PF-02: journalled by the batch; nothing is done twice, and all of it again a period later."""
    for _ in range(3):
        file(archive, archive.clerk, register_now="on")
    assert (fixity.report().total, fixity.report().never) == (3, 3)
    before = Event.objects.filter(action="system:content:fixity").count()
    assert fixity.step() == 3
    assert Event.objects.filter(action="system:content:fixity").count() == before + 1
    assert fixity.step() == 0
    found = fixity.report()
    assert (found.fresh, found.never, found.damaged) == (3, 0, ())
    with pytest.MonkeyPatch.context() as patch:
        later(patch, FIXITY_PERIOD)
        assert fixity.report().fresh == 0
        assert fixity.step() == 3


def test_a_flipped_bit_is_found_reported_and_told_once(archive: Archive) -> None:
    """PF-02: in the report, in the record's history and as an incident; whole again, it is whole again."""
    good, bad = (file(archive, archive.clerk, register_now="on").record for _ in range(2))
    kept = body_of(bad).read_bytes()
    flip(body_of(bad))
    fixity.step()
    component = bad.components.get()
    (damaged,) = fixity.report().damaged
    assert damaged.version.component_id == component.pk
    incident = Incident.objects.get()
    assert (incident.kind, incident.object_id, incident.unit) == ("damage", str(component.pk), bad.unit)
    assert bad.title not in incident.what
    assert ObjectEvent.objects.filter(record=bad, type="fixity check", outcome="failure").count() == 1
    assert not ObjectEvent.objects.filter(record=good, type="fixity check", outcome="failure").exists()
    with pytest.MonkeyPatch.context() as patch:
        later(patch, FIXITY_PERIOD)
        fixity.step()
        assert Incident.objects.count() == 1
    body_of(bad).write_bytes(kept)
    with pytest.MonkeyPatch.context() as patch:
        later(patch, 2 * FIXITY_PERIOD + timedelta(seconds=1))
        fixity.step()
    assert fixity.report().damaged == ()
    assert FixityCheck.objects.filter(code="").count() == 2


def test_a_missing_body_is_damage_and_stops_nothing(archive: Archive) -> None:
    """PF-02: the others are compared all the same."""
    records = [file(archive, archive.clerk, register_now="on").record for _ in range(3)]
    body_of(records[1]).unlink()
    assert fixity.step() == 3
    assert len(fixity.report().damaged) == 1
    assert fixity.report().fresh == 2


def test_a_label_raised_while_bodies_are_compared_is_no_damage(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PF-02: it writes the body anew under another key, and the former one is gone; `doctor` looks the same way."""
    records = [file(archive, archive.clerk, register_now="on", label="open").record for _ in range(3)]
    compared = custody.verify_version

    def meanwhile(permit, version) -> None:
        monkeypatch.setattr(custody, "verify_version", compared)
        for pk in (record.pk for record in records):
            with transaction.atomic():
                labelling.move_to(Record.objects.select_for_update().get(pk=pk), INTERNAL)
        compared(permit, version)

    monkeypatch.setattr(custody, "verify_version", meanwhile)
    assert fixity.step() == 3
    assert (fixity.report().fresh, fixity.report().damaged) == (3, ())
    assert not Incident.objects.exists()
    assert not Event.objects.filter(action="storage:blob:damaged").exists()


@pytest.mark.parametrize(("bodies", "bytes_", "steps"), [(2, 10**9, [2, 1, 0]), (200, 1, [1, 1, 1, 0])])
def test_a_step_is_bounded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, bodies: int, bytes_: int, steps: list[int]
) -> None:
    """PF-02: by number and by bytes, and never nothing while something is due."""
    monkeypatch.setattr(fixity, "BODIES_AT_ONCE", bodies)
    monkeypatch.setattr(fixity, "BYTES_AT_ONCE", bytes_)
    for _ in range(3):
        file(archive, archive.clerk, register_now="on")
    assert [fixity.step() for _ in steps] == steps


def test_the_system_officer_reads_the_report_and_no_title(archive: Archive) -> None:
    """PF-02, AD-01: ids alone."""
    record = file(archive, archive.clerk, title="一件损坏的文件", register_now="on").record
    flip(body_of(record))
    fixity.step()
    client = archive.client(archive.system)
    assert "/administration/fixity/" in client.get("/").content.decode()
    page = client.get("/administration/fixity/").content.decode()
    assert str(record.components.get().pk) in page
    assert "一件损坏的文件" not in page
