"""Putting, opening, rebinding, erasing: what callers may rely on."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections, transaction

from storage import blobs, hooks, keyring, layout, orphans
from storage.errors import (
    BlobDamaged,
    BlobErased,
    BlobMissing,
    BlobTooLarge,
    DigestMismatch,
    EraseRefused,
    HookMissing,
    NotInTransaction,
    RangeOutside,
    SizeMismatch,
    SlotChanged,
    UnknownCompartment,
    WrongBinding,
)
from storage.models import KeySlot, Tombstone
from tests.storage.conftest import BINDING, file_of, filed, whole

C = layout.CHUNK
SIZES = [0, 1, C - 1, C, C + 1, 2 * C, 3 * C + 777]


@pytest.mark.parametrize("size", SIZES)
def test_content_of_any_size_comes_back_whole_in_ranges_and_verified(store, size):
    content = os.urandom(size)
    stored = blobs.put([content], object_id=uuid4(), compartment="secret", binding=BINDING)
    slot = blobs.commit(stored)

    assert (stored.size, stored.digest) == (size, hashlib.sha256(content).digest())
    assert (slot.pk, slot.size, slot.compartment, slot.kek_version) == (stored.version_id, size, "secret", 1)
    assert whole(slot.pk) == content
    blobs.verify(slot.pk, binding=BINDING, digest=stored.digest)
    with blobs.open_blob(slot.pk, binding=BINDING) as reader:
        assert reader.size == size
        for start, stop in ((0, 0), (size, size), (size // 3, size // 2), (0, size)):
            assert reader.read(start, stop) == content[start:stop]
            assert b"".join(reader.chunks(start, stop)) == content[start:stop]
    assert file_of(store, slot.pk).stat().st_size == layout.file_size(size)


@pytest.mark.parametrize("piece", [1, 1000, C, 65536, 65537, 300_000])
def test_the_lengths_of_the_pieces_do_not_matter(store, piece):
    content = os.urandom(200_003 if piece > 1 else 2003)
    pieces = (content[at : at + piece] for at in range(0, len(content), piece))
    slot = blobs.commit(blobs.put(pieces, object_id=uuid4(), compartment="open", binding=b""))

    assert whole(slot.pk, b"") == content


def test_pieces_of_a_read_are_bounded(store):
    slot = filed(os.urandom(300_000))
    with blobs.open_blob(slot.pk, binding=BINDING) as reader:
        lengths = [len(piece) for piece in reader.chunks(5)]

    assert max(lengths) <= 64 * 1024
    assert sum(lengths) == 300_000 - 5


def test_the_file_stands_0600_in_a_0700_folder_under_its_version_id(store):
    slot = filed(b"x")
    path = file_of(store, slot.pk)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == store.root.stat().st_mode & 0o777 == 0o700
    assert path.read_bytes()[16:48] == slot.object_id.bytes + slot.pk.bytes


def test_equal_contents_give_unrelated_files_and_keys(store):
    content = bytes(100_000)
    one, other = (filed(content, object_id=uuid4()) for _ in range(2))
    first, second = (file_of(store, slot.pk).read_bytes()[layout.PREFIX_BYTES :] for slot in (one, other))
    blocks = {first[at : at + 16] for at in range(0, len(first) - 15, 16)}

    assert not any(second[at : at + 16] in blocks for at in range(0, len(second) - 15, 16))
    assert one.wrapped_key != other.wrapped_key
    assert bytes(64) not in first


def test_no_content_stands_on_the_disk(store):
    marker = b"MARKER-of-plaintext"
    slot = filed(marker * 5000)

    assert marker not in file_of(store, slot.pk).read_bytes()
    assert whole(slot.pk).startswith(marker)


@pytest.mark.parametrize("stop", [-1, 11, 1 << 60])
def test_a_range_outside_the_content_is_refused_at_once(store, stop):
    slot = filed(b"x" * 10)
    with blobs.open_blob(slot.pk, binding=BINDING) as reader:
        with pytest.raises(RangeOutside):
            reader.read(0, stop)
        with pytest.raises(RangeOutside):
            reader.chunks(0, stop)
        with pytest.raises(RangeOutside):
            reader.read(7, 3)


@pytest.mark.parametrize(
    ("sent", "options", "error"),
    [
        (b"x" * 9, {"expected_size": 10}, SizeMismatch),
        (b"x" * 11, {"expected_size": 10}, SizeMismatch),
        (b"x" * 11, {"limit": 10}, BlobTooLarge),
        (b"", {"expected_size": 11, "limit": 10}, BlobTooLarge),
    ],
)
def test_wrong_or_too_large_input_leaves_nothing(store, sent, options, error):
    with pytest.raises(error):
        blobs.put([sent[:4], sent[4:]], object_id=uuid4(), compartment="open", binding=b"", **options)

    assert list(store.walk()) == []
    assert (
        blobs.put(
            [b"x" * 10], object_id=uuid4(), compartment="open", binding=b"", expected_size=10, limit=10
        ).size
        == 10
    )


def test_too_much_input_is_not_read_to_its_end(store):
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield b"x" * 1000

    with pytest.raises(BlobTooLarge):
        blobs.put(endless(), object_id=uuid4(), compartment="open", binding=b"", limit=10_000)
    assert len(taken) == 11


@pytest.mark.parametrize("error", [ConnectionResetError, KeyboardInterrupt, GeneratorExit])
def test_a_body_cut_off_half_way_leaves_nothing(store, error):
    def broken():
        yield b"x" * 100_000
        raise error

    with pytest.raises(error):
        blobs.put(broken(), object_id=uuid4(), compartment="open", binding=b"")
    assert list(store.walk()) == []


def test_an_unknown_compartment_is_refused_before_anything_is_written(store):
    with pytest.raises(UnknownCompartment):
        blobs.put([b"x"], object_id=uuid4(), compartment="topsecret", binding=b"")
    assert not store.root.exists()


@pytest.mark.django_db(transaction=False)
def test_commit_asks_for_a_transaction(store, monkeypatch):
    stored = blobs.put([b"x"], object_id=uuid4(), compartment="open", binding=b"")
    monkeypatch.setattr(connections["default"], "in_atomic_block", False)
    with pytest.raises(NotInTransaction):
        blobs.commit(stored)
    monkeypatch.undo()


def test_a_rolled_back_commit_leaves_an_unreadable_orphan(store):
    """PF-05: a blob without its key row is garbage that the sweep removes."""
    stored = blobs.put([b"x"], object_id=uuid4(), compartment="open", binding=b"")
    with pytest.raises(RuntimeError), transaction.atomic():
        blobs.commit(stored)
        raise RuntimeError

    with pytest.raises(BlobMissing):
        blobs.open_blob(stored.version_id, binding=b"")
    assert [p.code for p in orphans.list_problems()] == ["orphan"]


def test_a_blob_that_was_swept_cannot_be_committed(store):
    stored = blobs.put([b"x"], object_id=uuid4(), compartment="open", binding=b"")
    orphans.sweep_orphans(timedelta(0))

    with pytest.raises(BlobMissing):
        blobs.commit(stored)
    assert not KeySlot.objects.exists()


def test_only_the_binding_it_was_put_with_opens_a_blob(store):
    """CL-23: the label is bound to the ciphertext, so another label does not open it."""
    slot = filed(b"content")

    assert whole(slot.pk) == b"content"
    for wrong in (b"", BINDING[:-1], BINDING + b"\0", BINDING.replace(b"state 0", b"state 1")):
        with pytest.raises(WrongBinding):
            blobs.open_blob(slot.pk, binding=wrong)
        with pytest.raises(WrongBinding):
            blobs.verify(slot.pk, binding=wrong, digest=None)
        with pytest.raises(WrongBinding):
            blobs.rebind(slot, old_binding=wrong, compartment="open", new_binding=b"")


@pytest.mark.parametrize(
    "change",
    [
        {"compartment": "open"},
        {"compartment": "nonsense"},
        {"object_id": uuid4()},
    ],
)
def test_a_key_row_changed_in_the_database_does_not_open(store, change):
    """CL-23: relabelling past the program makes decryption fail."""
    slot = filed(b"content", compartment="secret")
    KeySlot.objects.filter(pk=slot.pk).update(**change)

    with pytest.raises(WrongBinding):
        blobs.open_blob(slot.pk, binding=BINDING)


def test_rebinding_moves_the_key_and_leaves_the_file_alone(store):
    slot = filed(b"content", compartment="secret", binding=b"session 1")
    before = file_of(store, slot.pk).read_bytes()

    blobs.rebind(slot, old_binding=b"session 1", compartment="open", new_binding=b"record 2")

    assert slot == KeySlot.objects.get()
    assert bytes(KeySlot.objects.get().wrapped_key) == slot.wrapped_key
    assert KeySlot.objects.get().compartment == slot.compartment == "open"
    assert whole(slot.pk, b"record 2") == b"content"
    assert file_of(store, slot.pk).read_bytes() == before
    with pytest.raises(WrongBinding):
        blobs.open_blob(slot.pk, binding=b"session 1")


def test_two_rebinds_at_once_do_not_overwrite_each_other(store):
    slot = filed(b"content")
    stale = KeySlot.objects.get(pk=slot.pk)
    blobs.rebind(slot, old_binding=BINDING, compartment="ordinary", new_binding=b"first")

    with pytest.raises(SlotChanged):
        blobs.rebind(stale, old_binding=BINDING, compartment="ordinary", new_binding=b"second")
    assert whole(slot.pk, b"first") == b"content"


def test_after_a_rotation_a_rebind_uses_the_new_key_and_the_old_one_can_go(store):
    slot = filed(b"content", compartment="core")
    keyring.current().rotate("core")

    assert whole(slot.pk) == b"content"
    blobs.rebind(slot, old_binding=BINDING, compartment="core", new_binding=BINDING)
    keyring.current().retire_below("core", 2).destroy("core", 1)

    assert slot.kek_version == 2
    assert whole(slot.pk) == b"content"


def test_reencryption_gives_a_new_version_under_a_new_key(store):
    content = os.urandom(3 * C)
    old = filed(content, compartment="open")
    stored = blobs.reencrypt(old, old_binding=BINDING, compartment="top_secret", new_binding=b"raised")
    new = blobs.commit(stored)

    assert (new.object_id, new.compartment) == (old.object_id, "top_secret")
    assert new.pk != old.pk
    assert stored.digest == hashlib.sha256(content).digest()
    assert whole(new.pk, b"raised") == whole(old.pk) == content
    assert file_of(store, new.pk).read_bytes()[48:] != file_of(store, old.pk).read_bytes()[48:]


def test_verify_names_a_content_that_is_not_the_filed_one(store):
    slot = filed(b"content")

    blobs.verify(slot.pk, binding=BINDING, digest=hashlib.sha256(b"content").digest())
    with pytest.raises(DigestMismatch):
        blobs.verify(slot.pk, binding=BINDING, digest=hashlib.sha256(b"other").digest())


class TestErasing:
    def test_a_committed_blob_is_kept_unless_somebody_decides_otherwise(self, store):
        slot = filed(b"content")

        with pytest.raises(EraseRefused):
            blobs.erase(slot.pk, reason="because")
        hooks.set_may_erase(lambda version_id: False)
        with pytest.raises(EraseRefused):
            blobs.erase(slot.pk, reason="because")
        assert whole(slot.pk) == b"content"

    def test_erasing_takes_key_and_bytes_and_leaves_a_tombstone(
        self, store, events, django_capture_on_commit_callbacks
    ):
        slot, kept = filed(b"content"), filed(b"kept")
        key = bytes(slot.wrapped_key)
        hooks.set_may_erase(lambda version_id: version_id == slot.pk)
        hooks.set_clock(lambda: datetime(2030, 1, 2, tzinfo=UTC))
        with django_capture_on_commit_callbacks(execute=True):
            blobs.erase(slot.pk, reason="disposal list 7")
            assert file_of(store, slot.pk).exists(), "bytes go only once the row's going has committed"
        blobs.erase(slot.pk, reason="again")

        assert not file_of(store, slot.pk).exists()
        assert not KeySlot.objects.filter(wrapped_key=key).exists()
        assert [(t.pk, t.reason) for t in Tombstone.objects.all()] == [(slot.pk, "disposal list 7")]
        assert events == [
            (
                "blob_key.erased",
                {"version_id": slot.pk, "object_id": slot.object_id, "reason": "disposal list 7"},
            )
        ]
        with pytest.raises(BlobErased, match="2030-01-02: disposal list 7"):
            blobs.open_blob(slot.pk, binding=BINDING)
        assert whole(kept.pk) == b"kept"

    def test_a_rolled_back_erasure_erases_nothing(self, store):
        slot = filed(b"content")
        hooks.set_may_erase(lambda version_id: True)
        with pytest.raises(RuntimeError), transaction.atomic():
            blobs.erase(slot.pk, reason="because")
            raise RuntimeError

        assert whole(slot.pk) == b"content"

    def test_an_erasure_that_cannot_be_recorded_does_not_happen(self, store):
        slot = filed(b"content")
        hooks.set_may_erase(lambda version_id: True)
        hooks.set_on_key_event(None)
        with pytest.raises(HookMissing):
            blobs.erase(slot.pk, reason="because")

        def refuse(event: str, **facts: object) -> None:
            raise ConnectionError

        hooks.set_on_key_event(refuse)
        with pytest.raises(ConnectionError):
            blobs.erase(slot.pk, reason="because")
        assert whole(slot.pk) == b"content"
        assert not Tombstone.objects.exists()

    def test_what_never_was_is_missing(self, store):
        hooks.set_may_erase(lambda version_id: True)
        with pytest.raises(BlobMissing):
            blobs.erase(uuid4(), reason="because")
        with pytest.raises(BlobMissing):
            blobs.open_blob(uuid4(), binding=b"")


class TestBeforeCommitting:
    def test_what_was_put_is_read_back_under_its_binding_only(self, store):
        stored = blobs.put([b"content"], object_id=uuid4(), compartment="core", binding=BINDING)

        with blobs.open_stored(stored, binding=BINDING) as reader:
            assert reader.read(0, reader.size) == b"content"
        with pytest.raises(WrongBinding):
            blobs.open_stored(stored, binding=b"another")

    def test_damage_is_noticed_before_anything_refers_to_it(self, store):
        stored = blobs.put([b"content"], object_id=uuid4(), compartment="core", binding=BINDING)
        path = file_of(store, stored.version_id)
        path.write_bytes(path.read_bytes()[:-1])

        with pytest.raises(BlobDamaged):
            blobs.open_stored(stored, binding=BINDING)
        with pytest.raises(BlobDamaged):
            blobs.commit(stored)

    def test_only_what_was_not_committed_can_be_discarded(self, store):
        stored = blobs.put([b"content"], object_id=uuid4(), compartment="core", binding=BINDING)
        kept = blobs.put([b"kept"], object_id=uuid4(), compartment="core", binding=BINDING)
        blobs.commit(kept)
        for each in (stored, kept, stored):
            blobs.discard(each)

        assert whole(kept.version_id) == b"kept"
        assert [found.version_id for found in store.walk()] == [kept.version_id]
