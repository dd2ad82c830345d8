"""PF-05: the order of system calls of a write, and what is left when one of them fails."""

import errno
import os
from uuid import UUID, uuid4

import pytest

from storage import blobs
from storage.backends import folder
from storage.errors import BackendFailed, DiskFull, StorageError
from storage.models import KeySlot
from tests.storage.conftest import BINDING, disturbed, file_of, filed, whole

CONTENT = os.urandom(150_000)
WRITES = ("open", "write", "fsync", "rename", "mkdir", "close", "dup")


def put() -> blobs.StoredBlob:
    return blobs.put([CONTENT], object_id=uuid4(), compartment="ordinary", binding=BINDING)


def test_a_write_makes_file_then_name_durable_in_this_order(store, monkeypatch):
    put()  # the first write makes folders, this order is about the blob
    calls: list[str] = []
    names: dict[int, str] = {}

    def open_(path, flags, mode=0o777, *, dir_fd=None):
        descriptor = os.open(path, flags, mode, dir_fd=dir_fd)
        names[descriptor] = os.path.basename(os.fspath(path))
        if flags & os.O_CREAT:
            calls.append(f"create {names[descriptor][-5:]} {mode:o}")
            assert flags & os.O_EXCL
            assert flags & os.O_NOFOLLOW
            assert flags & os.O_CLOEXEC
        return descriptor

    def dup(descriptor):
        copy = os.dup(descriptor)
        names[copy] = names[descriptor]
        return copy

    def note(name):
        def call(*args, **kwargs):
            calls.append(name(*args))
            return getattr(os, calls[-1].split()[0])(*args, **kwargs)

        return call

    kind = lambda d: "file" if names[d].endswith(".part") else "folder"  # noqa: E731
    monkeypatch.setattr(folder.FolderBackend, "_make_shard", folder.FolderBackend._make_shard)
    version = UUID(int=uuid4().int)
    (store.root / version.hex[:2]).mkdir(exist_ok=True)
    monkeypatch.setattr(blobs, "uuid4", lambda: version)
    monkeypatch.setattr(
        folder,
        "os",
        disturbed(
            open=open_,
            dup=dup,
            write=note(lambda d, data: "write"),
            fsync=note(lambda d: f"fsync {kind(d)}"),
            rename=note(lambda a, b: f"rename {a[-5:]} {b[-5:]}"),
            pread=note(lambda d, n, o: "pread"),
        ),
    )
    put()

    once = [call for i, call in enumerate(calls) if i == 0 or calls[i - 1] != call]
    assert once == [
        "create .part 600",
        "write",
        "fsync file",
        "rename .part .blob",
        "fsync folder",
        "pread",
    ]


def test_a_new_shard_folder_is_itself_made_durable(store, monkeypatch):
    calls: list[str] = []
    monkeypatch.setattr(
        folder,
        "os",
        disturbed(
            mkdir=lambda *a: calls.append("mkdir") or os.mkdir(*a),
            fsync=lambda d: calls.append("fsync") or os.fsync(d),
        ),
    )
    put()

    assert calls == ["mkdir", "fsync", "fsync", "fsync"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
@pytest.mark.parametrize(
    ("function", "nth"),
    [
        ("mkdir", 1), ("open", 1), ("open", 2), ("open", 3), ("write", 1), ("write", 2), ("write", 4),
        ("fsync", 1), ("fsync", 2), ("fsync", 3), ("rename", 1),
    ],
)  # fmt: skip
def test_whichever_call_fails_nothing_is_left_and_the_next_write_works(
    store, monkeypatch, code, function, nth
):
    """Full disk, broken disk, fsync failing: a clear error, nothing half-written."""
    count = 0

    def failing(*args, **kwargs):
        nonlocal count
        count += 1
        if count == nth:
            raise OSError(code, os.strerror(code))
        return getattr(os, function)(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(folder, "os", disturbed(**{function: failing}))
        with pytest.raises(DiskFull if code in (errno.ENOSPC, errno.EDQUOT) else BackendFailed):
            put()
        assert count >= nth

    assert [found.name for found in store.walk() if found.kind == "file"] == []
    slot = filed(CONTENT)
    assert whole(slot.pk) == CONTENT


def test_a_disk_that_is_really_full_is_reported_as_such(store, monkeypatch):
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(folder, "os", disturbed(write=lambda d, data: os.write(full, data)))
    with pytest.raises(DiskFull, match="make room"):
        put()
    os.close(full)
    assert [found.name for found in store.walk()] == []


def test_short_writes_are_continued(store, monkeypatch):
    monkeypatch.setattr(folder, "os", disturbed(write=lambda d, data: os.write(d, data[:1000])))
    stored = put()
    monkeypatch.undo()

    assert whole(blobs.commit(stored).pk) == CONTENT


def test_what_the_disk_did_not_keep_is_noticed_before_it_is_committed(store, monkeypatch):
    """Write, verify, commit: the end of the blob is read back before anybody relies on it."""
    monkeypatch.setattr(folder, "os", disturbed(write=lambda d, data: os.write(d, bytes(len(data)))))
    with pytest.raises(StorageError):
        put()

    assert [found.name for found in store.walk()] == []
    assert not KeySlot.objects.exists()


def test_a_read_error_is_an_error_and_not_an_end(store, monkeypatch):
    slot = filed(CONTENT)
    with blobs.open_blob(slot.pk, binding=BINDING) as reader:

        def broken(descriptor, length, offset):
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(folder, "os", disturbed(pread=broken))
        with pytest.raises(BackendFailed):
            b"".join(reader.chunks())


def test_an_existing_temporary_file_is_never_written_into(store, monkeypatch):
    version = uuid4()
    monkeypatch.setattr(blobs, "uuid4", lambda: version)
    target = file_of(store, version).with_suffix(".part")
    target.parent.mkdir(parents=True)
    trap = store.root / "trap"
    trap.write_bytes(b"")
    target.symlink_to(trap)

    with pytest.raises(BackendFailed):
        put()
    assert trap.read_bytes() == b""


def test_descriptors_are_closed_whatever_happens(store, monkeypatch):
    put()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        slot = filed(CONTENT)
        whole(slot.pk)
        file_of(store, slot.pk).write_bytes(b"damaged")
        with pytest.raises(StorageError):
            whole(slot.pk)
        with monkeypatch.context() as patch:
            patch.setattr(
                folder, "os", disturbed(rename=lambda *a, **k: (_ for _ in ()).throw(OSError(5, "x")))
            )
            with pytest.raises(StorageError):
                put()
    assert len(os.listdir("/proc/self/fd")) == before
