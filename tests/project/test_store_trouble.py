"""A store that is full, damaged or away: a page that says what to do, and damage is in the log."""

import io
import json
import os
import wave
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from audit.models import Event
from storage import errors as storage_errors
from storage.errors import BackendFailed, BlobErased, DiskFull, NotInTransaction
from tests.holdings.conftest import _quick, archive  # noqa: F401  fixtures
from tests.support.archive import Archive, file, pdf
from vault.holdings.models import ComponentVersion, Record
from vault.project.middleware import StorageMiddleware

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

ENGLISH = {"Accept-Language": "en"}
CHINESE = {"Accept-Language": "zh-hans"}
PLAIN = "供气须知"


def recording(size: int) -> bytes:
    """Noise of about `size` bytes."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(os.urandom(size // 2 * 2))
    return out.getvalue()


def filed(archive: Archive, *files: tuple[str, bytes]) -> tuple[Record, ComponentVersion, str]:  # noqa: F811
    record = file(archive, archive.clerk, *files, label="open", title=PLAIN, register_now="on").record
    component = record.components.get()
    version = ComponentVersion.objects.get(component=component)
    return record, version, f"/records/{record.pk}/components/{component.pk}/"


def body_of(version: ComponentVersion) -> Path:
    (found,) = settings.JINGUI_BLOBS.rglob(f"{version.key_slot_id.hex}.blob")
    return found


def flip(path: Path, at: float) -> None:
    """Change one byte, at a share of the file's length."""
    body = bytearray(path.read_bytes())
    body[int(len(body) * at)] ^= 1
    path.write_bytes(body)


def damage() -> list[tuple[str, str, str, str]]:
    return [
        (event.object_type, event.object_id, event.outcome, event.document["reason"]["rule"])
        for event in Event.objects.filter(action="storage:blob:damaged").order_by("pk")
    ]


def test_a_damaged_page_and_a_missing_original_are_told_in_both_languages(archive: Archive) -> None:  # noqa: F811
    """Bad input: a byte was changed on the disk; then the whole file is gone."""
    _record, version, address = filed(archive, ("通知.pdf", pdf()))
    client = archive.client(archive.clerk)
    assert client.get(address + "pages/1.png").status_code == 200
    assert damage() == []
    flip(body_of(version), 0.5)
    for headers, says in ((ENGLISH, "restored from a backup"), (CHINESE, "需要从备份恢复")):
        answer = client.get(address + "pages/1.png", headers=headers)
        text = answer.content.decode()
        assert (answer.status_code, answer["Cache-Control"]) == (500, "no-store")
        assert says in text
        assert 'class="code-big"' in text
        assert PLAIN not in text
        assert "Content-Disposition" not in answer
    assert damage() == [("blob", str(version.key_slot_id), "failed", "blob-damaged")] * 2
    assert PLAIN not in str([event.document for event in Event.objects.all()])
    body_of(version).unlink()
    for address_of in ("pages/1.png", "original"):
        gone = archive.client(archive.archivist).get(address + address_of, headers=ENGLISH)
        assert (gone.status_code, "restored from a backup" in gone.content.decode()) == (500, True), (
            address_of
        )
    assert damage()[2:] == [("blob", str(version.key_slot_id), "failed", "blob-missing")] * 2


def test_a_script_is_told_of_damage_in_json(archive: Archive) -> None:  # noqa: F811
    _record, version, address = filed(archive, ("录音.wav", recording(300_000)))
    client = archive.client(archive.clerk)
    flip(body_of(version), 0.99)
    answer = client.get(
        address + "audio", headers={**ENGLISH, "Accept": "application/json", "Range": "bytes=0-"}
    )
    assert answer.status_code == 500
    assert answer.json()["code"] == "content-damaged"
    assert answer.json()["reasons"] == [answer.json()["detail"]]
    assert "backup" in answer.json()["detail"]


def test_a_range_that_meets_damage_on_its_way_breaks_off_and_is_in_the_log(archive: Archive) -> None:  # noqa: F811
    """Sound ranges are still served; a stream that has begun raises, which ends the connection."""
    _record, version, address = filed(archive, ("录音.wav", recording(300_000)))
    client = archive.client(archive.clerk)
    flip(body_of(version), 0.6)
    sound = client.get(address + "audio", headers={"Range": "bytes=0-999"})
    assert (sound.status_code, len(b"".join(sound.streaming_content))) == (206, 1000)
    assert damage() == []
    whole = client.get(address + "audio")
    assert whole.status_code == 200
    received = 0
    with pytest.raises(storage_errors.BlobDamaged):
        for piece in whole.streaming_content:
            received += len(piece)
    assert 0 < received < int(whole["Content-Length"])
    assert damage() == [("blob", str(version.key_slot_id), "failed", "blob-damaged")]
    begun_there = client.get(address + "audio", headers={**ENGLISH, "Range": "bytes=180100-"})
    assert (begun_there.status_code, "backup" in begun_there.content.decode()) == (500, True)
    assert len(damage()) == 2


def test_a_label_that_finds_no_room_to_be_raised_changes_nothing_and_says_so(
    archive: Archive,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Raising writes every body again; a full disk is no bare 500."""
    from vault.holdings.services import labelling

    record, version, _address = filed(archive, ("通知.pdf", pdf()))
    client = archive.client(archive.director)
    raised = {"label": "internal"}

    def full(*args: object, **kwargs: object) -> None:
        raise DiskFull("The blob store is full.")

    with monkeypatch.context() as patch:
        patch.setattr(labelling.blobs, "reencrypt", full)
        for headers, says in ((ENGLISH, "The store is full"), (CHINESE, "存储空间已满")):
            answer = client.post(f"/records/{record.pk}/label/", raised, headers=headers)
            assert (answer.status_code, answer["Retry-After"]) == (503, "120")
            assert says in answer.content.decode()
        told = client.post(f"/records/{record.pk}/label/", raised, headers={"Accept": "application/json"})
        assert (told.status_code, told["Retry-After"], told.json()["code"]) == (503, "120", "storage-full")
    record.refresh_from_db()
    assert record.levels.restricted == 0
    assert ComponentVersion.objects.get(pk=version.pk).key_slot_id == version.key_slot_id
    assert client.post(f"/records/{record.pk}/label/", raised).status_code == 302


def test_raising_the_label_of_damaged_content_says_so_and_records_it(archive: Archive) -> None:  # noqa: F811
    record, version, _address = filed(archive, ("通知.pdf", pdf()))
    flip(body_of(version), 0.5)
    answer = archive.client(archive.director).post(
        f"/records/{record.pk}/label/", {"label": "internal"}, headers=ENGLISH
    )
    assert (answer.status_code, "restored from a backup" in answer.content.decode()) == (500, True)
    record.refresh_from_db()
    assert record.levels.restricted == 0
    assert damage() == [("blob", str(version.key_slot_id), "failed", "blob-damaged")]


def test_a_title_copied_from_another_record_is_damage_in_the_log(archive: Archive) -> None:  # noqa: F811
    """Invariant 1's other half: who writes past the program is found out at the next reading."""
    record, other = (
        file(archive, archive.clerk, (name, pdf()), label="open", title=PLAIN).record
        for name in ("甲.pdf", "乙.pdf")
    )
    table = Record._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET title = (SELECT title FROM {table} WHERE id = %s) WHERE id = %s",
            [Record._meta.pk.get_db_prep_value(one.pk, connection) for one in (other, record)],
        )
    answer = archive.client(archive.clerk).get(f"/records/{record.pk}/", headers=ENGLISH)
    assert (answer.status_code, "restored from a backup" in answer.content.decode()) == (500, True)
    (event,) = Event.objects.filter(action="storage:cell:damaged")
    assert (event.object_type, event.object_id, event.outcome) == (
        "holdings.record.title",
        str(record.pk),
        "failed",
    )


def test_with_the_log_down_damage_is_not_told_either(
    archive: Archive,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """AU-03: what cannot be recorded is not shown, not even that."""
    from audit.errors import AuditUnavailable
    from vault.project import wiring

    _record, version, address = filed(archive, ("通知.pdf", pdf()))
    flip(body_of(version), 0.5)

    def down(*args: object, **kwargs: object) -> None:
        raise AuditUnavailable("gone")

    monkeypatch.setattr(wiring, "record", down)
    assert archive.client(archive.clerk).get(address + "pages/1.png").status_code == 503


@pytest.mark.parametrize(
    ("error", "status", "after"),
    [
        (BackendFailed("x"), 503, "30"),
        (storage_errors.KeyUnavailable("x"), 503, "30"),
        (BlobErased("x"), 503, "30"),
        (storage_errors.WrongBinding("x"), 500, None),
        (storage_errors.CellDamaged("x"), 500, None),
        (storage_errors.DigestMismatch("x"), 500, None),
    ],
)
def test_each_trouble_has_its_page(rf, error: Exception, status: int, after: str | None) -> None:
    middleware = StorageMiddleware(lambda _request: None)
    answer = middleware.process_exception(rf.get("/x/"), error)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, after)
    told = middleware.process_exception(rf.put("/x/"), error)
    assert (told.status_code, told.headers.get("Retry-After")) == (status, after)
    assert json.loads(told.content)["state"] == "refused"


def test_a_mistake_of_ours_stays_one(rf) -> None:
    middleware = StorageMiddleware(lambda _request: None)
    for error in (NotInTransaction("x"), ValueError("x"), storage_errors.RangeOutside("x")):
        assert middleware.process_exception(rf.get("/x/"), error) is None
