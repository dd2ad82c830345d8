"""PF-01: somebody who can write the blob folder and the key table tries everything; nothing is believed.

Each attack runs against three readers: ours from end to end, ours by ranges, and the library's streaming one.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from storage import blobs, hooks, keyring, layout
from storage.backends.base import Source
from storage.errors import (
    BlobDamaged,
    BlobMissing,
    KeyUnavailable,
    NotAuthentic,
    StorageError,
    WrongBinding,
)
from storage.models import KeySlot
from storage.primitive import new_key
from tests.storage.conftest import BINDING, file_of, filed, whole

C, S, BODY = layout.CHUNK, layout.SEALED_CHUNK, layout.BODY_START


def expect_refused(version_id: UUID, original: bytes) -> None:
    """Whole reads fail; a range fails or gives the true bytes; and at least one range fails."""
    with pytest.raises(StorageError):
        whole(version_id)
    with pytest.raises(StorageError):
        blobs.verify(version_id, binding=BINDING, digest=None)
    refused = 0
    for start in range(0, max(len(original), 1), C):
        stop = min(start + C, len(original))
        try:
            with blobs.open_blob(version_id, binding=BINDING) as reader:
                assert reader.size == len(original)
                assert reader.read(start, stop) == original[start:stop]
        except StorageError:
            refused += 1
    assert refused


@pytest.fixture
def content() -> bytes:
    return os.urandom(3 * C + 777)


@pytest.fixture
def slot(store, content) -> KeySlot:
    slot = filed(content)
    assert whole(slot.pk) == content
    return slot


def changed(store, slot: KeySlot, change: Callable[[bytearray], bytes | bytearray | None]) -> None:
    path = file_of(store, slot.pk)
    raw = bytearray(path.read_bytes())
    result = change(raw)
    path.write_bytes(raw if result is None else result)


def flip(offset: int, bit: int = 0) -> Callable[[bytearray], None]:
    def change(raw: bytearray) -> None:
        raw[offset] ^= 1 << bit

    return change


def test_every_bit_of_the_header(store):
    """Prefix, salt and commitment: 832 bits, one at a time."""
    slot = filed(b"content")
    path = file_of(store, slot.pk)
    good = path.read_bytes()
    for bit in range(BODY * 8):
        raw = bytearray(good)
        raw[bit // 8] ^= 1 << bit % 8
        path.write_bytes(raw)
        with pytest.raises(StorageError):
            blobs.open_blob(slot.pk, binding=BINDING)
        with pytest.raises(StorageError):
            blobs.verify(slot.pk, binding=BINDING, digest=None)
    path.write_bytes(good)
    assert whole(slot.pk) == b"content"


def test_every_bit_of_a_wrapped_key(store):
    slot = filed(b"content")
    good = bytes(slot.wrapped_key)
    for bit in range(len(good) * 8):
        raw = bytearray(good)
        raw[bit // 8] ^= 1 << bit % 8
        slot.wrapped_key = bytes(raw)
        with pytest.raises(WrongBinding):
            blobs._unwrap(slot, BINDING)
    KeySlot.objects.filter(pk=slot.pk).update(wrapped_key=bytes(raw))
    expect_refused(slot.pk, b"content")


@pytest.mark.parametrize("chunk", range(4))
@pytest.mark.parametrize("place", ["first", "middle", "last", "tag"])
@pytest.mark.parametrize("bit", [0, 7])
def test_a_flipped_bit_in_each_chunk_and_tag(store, slot, content, chunk, place, bit):
    length = S if chunk < 3 else 777 + 16
    inside = {"first": 0, "middle": length // 2, "last": length - 17, "tag": length - 1}[place]
    changed(store, slot, flip(BODY + chunk * S + inside, bit))

    expect_refused(slot.pk, content)


@pytest.mark.parametrize("boundary", range(5))
@pytest.mark.parametrize("delta", [-16, -15, -1, 0, 1, 15, 16])
def test_truncation_around_every_chunk_boundary(store, slot, content, boundary, delta):
    length = layout.file_size(len(content))
    end = min(BODY + boundary * S, length) + delta
    if end == length:
        end += 1
    changed(store, slot, lambda raw: raw[:end] + bytes(max(0, end - length)))
    expect_refused(slot.pk, content)


@pytest.mark.parametrize("end", [0, 1, 8, 47, 48, 72, 103])
def test_a_file_cut_within_its_header(store, slot, content, end):
    changed(store, slot, lambda raw: raw[:end])
    expect_refused(slot.pk, content)


@pytest.mark.parametrize("size", [0, 1, C - 1, C, C + 1, 2 * C, 3 * C + 777])
@pytest.mark.parametrize("added", [1, 15, 16, 17, C, S])
def test_appended_bytes(store, size, added):
    content = os.urandom(size)
    slot = filed(content)
    changed(store, slot, lambda raw: raw + os.urandom(added))
    expect_refused(slot.pk, content)


def test_the_last_full_chunk_dropped_so_that_the_length_stays_valid(store, slot, content):
    """Truncation to a length some blob could have: what rclone crypt and gocryptfs accept."""
    tail = BODY + 3 * S
    changed(store, slot, lambda raw: raw[: BODY + 2 * S] + raw[tail:])
    expect_refused(slot.pk, content)


@pytest.mark.parametrize(
    "order", [[1, 0, 2, 3], [0, 2, 1, 3], [0, 0, 2, 3], [0, 1, 1, 3], [0, 2, 3], [1, 2, 3], [0, 1, 2, 2, 3]]
)
def test_chunks_swapped_duplicated_dropped(store, slot, content, order):
    def change(raw: bytearray) -> bytes:
        chunks = [raw[BODY + k * S : BODY + (k + 1) * S] for k in range(4)]
        return raw[:BODY] + b"".join(chunks[k] for k in order)

    changed(store, slot, change)
    expect_refused(slot.pk, content)


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, None), (0, 48), (16, 32), (32, 48), (48, 72), (72, 104), (48, 104), (48, None), (104, None)],
    ids=["all", "prefix", "object", "version", "salt", "commitment", "head", "message", "body"],
)
def test_parts_swapped_between_objects(store, slot, content, start, stop):
    other = filed(os.urandom(len(content)), object_id=uuid4())
    theirs = file_of(store, other.pk).read_bytes()

    def change(raw: bytearray) -> None:
        raw[start:stop] = theirs[start:stop]

    changed(store, slot, change)
    expect_refused(slot.pk, content)


def test_an_older_version_put_back_under_the_newer_name(store):
    object_id = uuid4()
    old, new = filed(b"old" * 9, object_id=object_id), filed(b"new" * 9, object_id=object_id)
    file_of(store, new.pk).write_bytes(file_of(store, old.pk).read_bytes())

    expect_refused(new.pk, b"new" * 9)
    assert whole(old.pk) == b"old" * 9


def test_an_older_version_put_back_with_its_key(store):
    object_id = uuid4()
    old, new = filed(b"old" * 9, object_id=object_id), filed(b"new" * 9, object_id=object_id)
    file_of(store, new.pk).write_bytes(file_of(store, old.pk).read_bytes())
    KeySlot.objects.filter(pk=new.pk).update(wrapped_key=old.wrapped_key)

    expect_refused(new.pk, b"new" * 9)


def test_a_key_row_of_another_object(store, slot, content):
    other = filed(b"theirs", object_id=uuid4())
    KeySlot.objects.filter(pk=slot.pk).update(wrapped_key=other.wrapped_key)
    expect_refused(slot.pk, content)


def test_a_wrong_recorded_size(store, slot, content):
    KeySlot.objects.filter(pk=slot.pk).update(size=len(content) - 1)
    expect_refused(slot.pk, content)


def test_a_wrong_key_version(store, slot, content):
    keyring.current().rotate("ordinary")
    KeySlot.objects.filter(pk=slot.pk).update(kek_version=2)
    with pytest.raises(WrongBinding):
        blobs.open_blob(slot.pk, binding=BINDING)
    KeySlot.objects.filter(pk=slot.pk).update(kek_version=9)
    with pytest.raises(KeyUnavailable, match="version 9 of ordinary is unknown"):
        blobs.open_blob(slot.pk, binding=BINDING)


def test_another_installations_key_ring(store, slot, content, tmp_path):
    keyring.KeyRing.create(tmp_path / "other" / "ring.json")
    keyring.configure(tmp_path / "other" / "ring.json")
    expect_refused(slot.pk, content)


class Memory(Source):
    def __init__(self, raw: bytes) -> None:
        self.raw, self.size = raw, len(raw)

    def pread(self, length: int, offset: int) -> bytes:
        return self.raw[offset : offset + length]

    def close(self) -> None:
        pass


class TestEachLayerAlone:
    """Removing one of two layers that mask each other must not go unnoticed."""

    @pytest.fixture
    def prefixes(self) -> tuple[layout.Prefix, layout.Prefix]:
        return layout.Prefix(uuid4(), uuid4()), layout.Prefix(uuid4(), uuid4())

    def blob(self, prefix: layout.Prefix, key: bytes) -> bytes:
        out: list[bytes] = []
        blobs._encrypt(lambda data: out.append(bytes(data)), [memoryview(b"content")], key, prefix)
        return b"".join(out)

    def test_the_identity_check_refuses_although_key_and_context_fit(self, prefixes):
        mine, theirs = prefixes
        raw = theirs.encode() + self.blob(mine, new_key())[48:]

        with pytest.raises(BlobDamaged, match="Another blob"):
            blobs._check_prefix(Memory(raw), mine)
        with pytest.raises(BlobDamaged, match="Another blob"):
            blobs.BlobReader(Memory(raw), mine, new_key(), 7)

    def test_the_body_refuses_another_prefix_although_identity_was_made_to_fit(self, prefixes):
        mine, theirs = prefixes
        key = new_key()
        raw = theirs.encode() + self.blob(mine, key)[48:]

        assert blobs.BlobReader(Memory(self.blob(mine, key)), mine, key, 7).read(0, 7) == b"content"
        with pytest.raises(BlobDamaged, match="did not verify"):
            blobs.BlobReader(Memory(raw), theirs, key, 7)

    def test_the_wrapping_refuses_another_object_version_binding_or_compartment(self, ring_path, prefixes):
        mine, theirs = prefixes
        ring, key = keyring.current(), new_key()
        wrapped = ring.wrap("core", key, blobs._key_context(mine, b"binding"))

        assert ring.unwrap("core", wrapped.bytes, 1, blobs._key_context(mine, b"binding")) == key
        for compartment, prefix, binding in (
            ("core", layout.Prefix(theirs.object_id, mine.version_id), b"binding"),
            ("core", layout.Prefix(mine.object_id, theirs.version_id), b"binding"),
            ("core", mine, b"bindin"),
            ("secret", mine, b"binding"),
        ):
            with pytest.raises(NotAuthentic):
                ring.unwrap(compartment, wrapped.bytes, 1, blobs._key_context(prefix, binding))


def test_no_piece_of_a_damaged_chunk_is_released_in_mid_stream(store, content):
    """The stream breaks with an error; it does not end as if it were complete."""
    content = os.urandom(10 * C)
    slot = filed(content)
    changed(store, slot, flip(BODY + 6 * S + 5))
    given = b""
    with blobs.open_blob(slot.pk, binding=BINDING) as reader:
        pieces: Iterator[bytes] = reader.chunks()
        with pytest.raises(BlobDamaged):
            for piece in pieces:
                given += piece
    assert given == content[: 4 * C]


def test_damage_is_told_once_before_the_reading_fails_of_it(store, monkeypatch):
    """On opening and in mid-stream; an erased body and a whole verification tell nothing."""
    told: list[tuple[object, str]] = []
    monkeypatch.setattr(hooks, "_on_damage", lambda kind, target, code: told.append((target, code)))
    slot = filed(os.urandom(10 * C))
    changed(store, slot, flip(BODY + 6 * S + 5))
    with blobs.open_blob(slot.pk, binding=BINDING) as reader:
        assert told == []
        with pytest.raises(BlobDamaged):
            list(reader.chunks())
        with pytest.raises(BlobDamaged):
            reader.read(6 * C, 7 * C)
    assert told == [(slot.pk, BlobDamaged.code)] * 2
    # A key version that never was is damage too: one number in the row must not buy silence.
    KeySlot.objects.filter(pk=slot.pk).update(kek_version=9)
    with pytest.raises(KeyUnavailable):
        blobs.open_blob(slot.pk, binding=BINDING)
    assert told.pop() == (slot.pk, KeyUnavailable.code)
    KeySlot.objects.filter(pk=slot.pk).update(kek_version=1)
    with pytest.raises(BlobDamaged):
        blobs.verify(slot.pk, binding=BINDING, digest=None)
    assert len(told) == 2
    file_of(store, slot.pk).unlink()
    with pytest.raises(BlobMissing):
        blobs.open_blob(slot.pk, binding=BINDING)
    assert told[2:] == [(slot.pk, BlobMissing.code)]


@pytest.mark.parametrize("kind", ["symlink", "symlink to itself", "fifo", "folder", "socket", "nothing"])
def test_something_else_in_the_blobs_place(store, slot, kind):
    """Neither followed nor waited for."""
    path = file_of(store, slot.pk)
    moved = path.with_name("moved")
    path.rename(moved)
    make = {
        "symlink": lambda: path.symlink_to(moved),
        "symlink to itself": lambda: path.symlink_to(path),
        "fifo": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "socket": lambda: os.mknod(path, stat.S_IFSOCK | 0o600),
        "nothing": lambda: None,
    }
    make[kind]()

    for attempt in (whole, lambda v: blobs.verify(v, binding=BINDING, digest=None)):
        with pytest.raises(BlobMissing if kind == "nothing" else BlobDamaged):
            attempt(slot.pk)


def test_a_shard_folder_replaced_by_a_symlink_is_not_followed(store, slot, tmp_path):
    shard = file_of(store, slot.pk).parent
    shard.rename(tmp_path / "elsewhere")
    shard.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(BlobDamaged):
        whole(slot.pk)
    with suppress(BlobDamaged):
        store.create(slot.pk)
    assert sorted(p.suffix for p in (tmp_path / "elsewhere").iterdir()) == [".blob"]
