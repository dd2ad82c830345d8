"""What a crash leaves and what the store and the key table disagree on."""

import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest

from storage import blobs, hooks, orphans
from storage.models import KeySlot, Tombstone
from tests.storage.conftest import BINDING, file_of, filed, whole


def put() -> blobs.StoredBlob:
    return blobs.put([b"content"], object_id=uuid4(), compartment="open", binding=BINDING)


def test_only_what_is_old_and_has_no_key_row_is_swept(store):
    slot, fresh, old = filed(b"kept"), put(), put()
    unfinished = store.create(uuid4())
    unfinished.write(b"x")
    part = next(p for p in store.root.rglob("*.part"))
    before = time.time() - 7200
    for path in (file_of(store, slot.pk), file_of(store, old.version_id), part):
        os.utime(path, (before, before))

    removed = orphans.sweep_orphans(timedelta(hours=1))

    assert {found.name for found in removed} == {
        f"{old.version_id.hex[:2]}/{old.version_id.hex}.blob",
        f"{part.parent.name}/{part.name}",
    }
    assert whole(slot.pk) == b"kept"
    assert file_of(store, fresh.version_id).exists()
    unfinished.discard()


def test_nothing_is_wrong_with_an_untouched_store(store):
    assert orphans.list_problems() == []
    filed(b"x")
    assert orphans.list_problems() == []


def test_every_disagreement_is_named_once(store, tmp_path):
    slots = {name: filed(b"content") for name in ("missing", "wrong_size", "replaced", "revived", "fine")}
    orphan = put()
    file_of(store, slots["missing"].pk).unlink()
    file_of(store, slots["wrong_size"].pk).write_bytes(b"short")
    file_of(store, slots["replaced"].pk).unlink()
    file_of(store, slots["replaced"].pk).symlink_to(tmp_path)
    (store.root / "README").write_text("x")
    (store.root / "zz").mkdir()
    file_of(store, orphan.version_id).with_name("0" * 32 + ".blob").write_bytes(b"")
    Tombstone.objects.create(
        id=slots["revived"].pk, object_id=uuid4(), reason="r", erased=hooks.now(), flushed=hooks.now()
    )
    Tombstone.objects.create(id=uuid4(), object_id=uuid4(), reason="r", erased=hooks.now())
    found = sorted(
        (problem.code, problem.version_id) for problem in orphans.list_problems() if problem.version_id
    )
    codes = sorted(problem.code for problem in orphans.list_problems())

    misplaced = "foreign" if orphan.version_id.hex[:2] != "00" else "orphan"
    assert codes == sorted(
        [
            "foreign",
            "foreign",
            "foreign",
            misplaced,
            "missing",
            "missing",
            "orphan",
            "revived",
            "unflushed",
            "wrong_size",
        ]
    )
    assert ("orphan", orphan.version_id) in found
    assert ("wrong_size", slots["wrong_size"].pk) in found
    assert {v for code, v in found if code == "missing"} == {slots["missing"].pk, slots["replaced"].pk}
    assert slots["fine"].pk not in {v for _, v in found}


def test_foreign_things_are_reported_and_never_removed(store):
    filed(b"x")
    (store.root / "README").write_text("x")
    os.mkfifo(store.root / "pipe")

    assert orphans.sweep_orphans(timedelta(0)) == []
    assert (store.root / "README").exists()
    assert sorted(p.code for p in orphans.list_problems()) == ["foreign", "foreign"]


@pytest.mark.django_db(databases=["default", "audit"])
def test_an_erasure_inside_a_transaction_waits_to_be_flushed(store, django_capture_on_commit_callbacks):
    slot = filed(b"x")
    hooks.set_may_erase(lambda version_id: True)
    with django_capture_on_commit_callbacks(execute=True):
        blobs.erase(slot.pk, reason="r")

    waiting = orphans.flush_erasures()
    codes = [problem.code for problem in orphans.list_problems()]
    assert codes == ["unflushed"] * waiting
    assert not KeySlot.objects.exists()


def test_a_blob_that_arrives_while_the_store_is_walked_is_not_called_missing(store, monkeypatch):
    """PF-02: an examination beside running uploads raises no false alarm."""
    filed(b"x")
    walk = store.walk

    def busy():
        yield from list(walk())
        filed(b"arrives meanwhile")

    monkeypatch.setattr(store, "walk", busy)
    assert orphans.list_problems() == []
