"""What becomes of received files that become no record, and of what was held back."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from audit import clock, outbox
from audit.models import Event
from storage import blobs, stores
from storage.errors import BlobMissing
from storage.models import KeySlot, Tombstone
from tests.support.archive import Archive, file, pdf, put
from vault.holdings.models import IntakeSession, ObjectEvent, StagedFile
from vault.holdings.services import staging

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

PROGRAM = b"MZ\x90\x00" + b"\x00" * 200


@pytest.fixture(autouse=True)
def _committed(monkeypatch) -> None:
    """These tests never commit; what follows a commit follows at once."""
    monkeypatch.setattr("storage.blobs.transaction.on_commit", lambda act, using: act())


class Upload:
    """An open upload of a clerk's, seen as his browser sees it."""

    def __init__(self, client: Client, entries: dict[str, object]) -> None:
        self.client, answer = client, client.post("/records/intake/", entries).json()
        self.id, self._template, self._register = (
            answer["id"],
            answer["put_url_template"],
            answer["register_url"],
        )

    def address(self, position: int) -> str:
        return self._template.replace("{position}", str(position))

    def put(self, position: int, name: str, body: bytes) -> str:
        state: str = put(self.client, self.address(position), name, body).json()["state"]
        return state

    def drop(self, position: int) -> int:
        return self.client.delete(self.address(position)).status_code

    def register(self, *positions: int) -> int:
        return self.client.post(
            self._register, {"files": list(positions)}, content_type="application/json"
        ).status_code


def _standing() -> set[str]:
    return {found.name for found in stores.backend().walk() if found.finished}


@pytest.fixture
def blobs_on_disk() -> Callable[[], int]:
    """How many of the bodies that came since the test began still stand: the store is the whole run's."""
    before = _standing()
    return lambda: len(_standing() - before)


@pytest.fixture
def upload(archive: Archive) -> Upload:
    return Upload(archive.client(archive.clerk), archive.entries())


def test_a_file_taken_out_goes_with_its_key_and_the_log_keeps_what_it_was(
    upload: Upload, blobs_on_disk: Callable[[], int]
) -> None:
    """RD-07: what is gone cannot be decrypted; the tombstone and the event stay."""
    assert upload.put(1, "甲.pdf", pdf()) == "accepted"
    staged = StagedFile.objects.get()
    assert upload.drop(1) == 200
    assert not StagedFile.objects.exists()
    assert not KeySlot.objects.exists()
    assert blobs_on_disk() == 0
    assert Tombstone.objects.get().reason == "dropped"
    outbox.relay()
    (erased,) = Event.objects.filter(action="storage:blob_key:erased", phase="outcome")
    assert (erased.object_id, erased.outcome, erased.rule) == (str(staged.key_slot_id), "granted", "dropped")
    ended = Event.objects.filter(phase="outcome", object_id=str(staged.pk)).order_by("pk")
    assert [(event.action, event.rule) for event in ended] == [
        ("holdings:intake:receive", "content-accepted"),
        ("holdings:intake:drop", "content-accepted"),
    ]


def test_of_an_erasure_that_was_rolled_back_the_log_says_no_more_than_that_it_was_begun(
    upload: Upload,
) -> None:
    """AU-01: a key that still stands is nowhere said to be gone."""
    upload.put(1, "甲.pdf", pdf())
    slot = StagedFile.objects.get().key_slot_id
    StagedFile.objects.update(key_slot=None)
    with pytest.raises(RuntimeError), transaction.atomic():
        blobs.erase(slot, reason="dropped")
        raise RuntimeError
    outbox.relay()
    assert KeySlot.objects.filter(pk=slot).exists()
    assert list(Event.objects.filter(object_id=str(slot)).values_list("phase", flat=True)) == ["intent"]
    outbox.close_stale(older_than=timedelta(0))
    (ended,) = Event.objects.filter(object_id=str(slot), phase="outcome")
    assert ended.outcome == "unknown"


def test_a_file_sent_again_leaves_one_behind_and_not_two(
    upload: Upload, blobs_on_disk: Callable[[], int]
) -> None:
    upload.put(1, "甲.pdf", pdf(1))
    upload.put(1, "甲.pdf", pdf(2))
    assert StagedFile.objects.count() == KeySlot.objects.count() == blobs_on_disk() == 1


def test_what_the_filer_leaves_out_goes_when_the_rest_is_filed(
    upload: Upload, blobs_on_disk: Callable[[], int]
) -> None:
    upload.put(1, "甲.pdf", pdf(1))
    upload.put(2, "乙.pdf", pdf(2))
    assert upload.register(2) == 201
    assert KeySlot.objects.count() == blobs_on_disk() == 1
    assert StagedFile.objects.get().position == 2


def test_an_abandoned_upload_is_erased_after_a_day_with_an_event(
    upload: Upload, blobs_on_disk: Callable[[], int]
) -> None:
    upload.put(1, "甲.pdf", pdf())
    upload.put(2, "坏.pdf", PROGRAM)
    assert staging.expire() == 0
    IntakeSession.objects.update(opened_at=clock.now() - staging.SESSION_LIFE - timedelta(minutes=1))
    assert staging.expire() == 1
    assert staging.expire() == 0
    assert StagedFile.objects.get().integrity == "quarantined"
    assert KeySlot.objects.count() == blobs_on_disk() == 1
    outbox.relay()
    ended = Event.objects.get(action="holdings:intake:expire", phase="outcome")
    assert (ended.outcome, ended.rule) == ("granted", "upload-expired")


def test_a_body_that_is_gone_already_holds_up_no_other_and_is_not_told_as_erased(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload.put(1, "甲.pdf", pdf(1))
    upload.put(2, "乙.pdf", pdf(2))
    IntakeSession.objects.update(opened_at=clock.now() - staging.SESSION_LIFE - timedelta(minutes=1))
    gone, erase = StagedFile.objects.order_by("position")[0], blobs.erase

    def missing(version_id: UUID, *, reason: str) -> None:
        if version_id == gone.key_slot_id:
            raise BlobMissing("gone")
        erase(version_id, reason=reason)

    monkeypatch.setattr(staging.blobs, "erase", missing)
    staging.expire()
    assert list(StagedFile.objects.values_list("pk", flat=True)) == [gone.pk]
    outbox.relay()
    ended = Event.objects.filter(action="holdings:intake:expire", phase="outcome")
    assert sorted(ended.values_list("outcome", "rule")) == [
        ("failed", "blob-missing"),
        ("granted", "upload-expired"),
    ]


@pytest.mark.parametrize("how", ["drop", "send another in its place", "register the rest"])
def test_what_was_held_back_cannot_be_made_to_disappear_by_its_sender(upload: Upload, how: str) -> None:
    """PF-03: it leaves the upload, never the quarantine."""
    upload.put(1, "坏.pdf", PROGRAM)
    upload.put(2, "好.pdf", pdf())
    if how == "drop":
        assert upload.drop(1) == 200
    elif how == "register the rest":
        assert upload.register(2) == 201
    else:
        assert upload.put(1, "好的.pdf", pdf(3)) == "accepted"
    assert "坏.pdf" in upload.client.get("/records/quarantine/").content.decode()


def test_quarantine_is_closed_with_a_reason_that_stays_and_the_file_goes(
    archive: Archive, upload: Upload, blobs_on_disk: Callable[[], int]
) -> None:
    upload.put(1, "坏.pdf", PROGRAM)
    held = StagedFile.objects.get()
    address = f"/records/quarantine/{held.pk}/close/"
    assert archive.client(archive.colleague).post(address, {"reason": "看看"}).status_code == 404
    # PE-06: not by whoever sent it.
    assert upload.client.post(address, {"reason": "发错文件"}).status_code == 404
    keeper = archive.client(archive.archivist)
    keeper.post(address, {"reason": "  "})
    held.refresh_from_db()
    assert held.closed_at is None
    assert keeper.post(address, {"reason": "发错文件，已重新扫描"}).status_code == 302
    held.refresh_from_db()
    assert (held.key_slot_id, held.closing_reason, held.closed_by) == (
        None,
        "发错文件，已重新扫描",
        archive.archivist.person,
    )
    assert blobs_on_disk() == 0
    assert "坏.pdf" not in upload.client.get("/records/quarantine/").content.decode()
    assert keeper.post(address, {"reason": "再来一次"}).status_code == 404
    outbox.relay()
    told = Event.objects.filter(action="holdings:quarantine:close", object_id=str(held.pk), phase="outcome")
    assert [event.outcome for event in told] == ["granted"]


def test_the_quota_counts_what_waits_and_what_is_held_back(upload: Upload, settings) -> None:
    """A body larger than announced counts as well as what was announced."""
    settings.JINGUI_UPLOAD_QUOTA = len(PROGRAM) + len(pdf()) + 10
    assert upload.put(1, "坏.pdf", PROGRAM) == "quarantined"
    assert upload.put(2, "好.pdf", pdf()) == "accepted"
    refused = put(upload.client, upload.address(3), "多.pdf", pdf())
    assert (refused.status_code, refused.json()["code"]) == (413, "quota-exceeded")
    upload.drop(2)
    assert upload.put(3, "多.pdf", pdf()) == "accepted"


def test_the_log_names_the_record_that_was_filed(archive: Archive) -> None:
    """AU-01: an event says what it was about."""
    filed = file(archive, archive.clerk)
    outbox.relay()
    told = Event.objects.get(action="holdings:intake:open", object_type="record", phase="outcome")
    assert told.object_id == str(filed.record.pk)


def test_of_several_records_the_upload_is_named_and_each_record_names_the_upload(upload: Upload) -> None:
    upload.put(1, "甲.pdf", pdf(1))
    upload.put(2, "乙.pdf", pdf(2))
    assert upload.register(1, 2) == 201
    outbox.relay()
    told = Event.objects.filter(object_id=upload.id, phase="outcome").latest("pk")
    assert (told.action, told.object_type) == ("holdings:intake:open", "intake_session")
    captures = ObjectEvent.objects.filter(type="capture")
    assert [event.detail["intake_session"] for event in captures] == [upload.id] * 2
