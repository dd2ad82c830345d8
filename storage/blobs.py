"""Encrypted blobs: put, commit, rebind, re-encrypt, open, verify, erase.

Order of a write: `put` streams into a temporary file, makes it durable, publishes it and reads its end back;
`commit` writes the key row in the caller's transaction. A blob without a committed key row is garbage that
nobody can read, so a crash anywhere leaves nothing half. `binding` is the caller's canonical label and owner:
opaque bytes that go into the key's wrapping and are stored nowhere (rule CL-23).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self
from uuid import UUID, uuid4

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from django.db import connections, router, transaction

from storage import hooks, keyring, layout, orphans, stores
from storage.backends.base import Backend, Source
from storage.errors import (
    BlobDamaged,
    BlobErased,
    BlobMissing,
    BlobTooLarge,
    DigestMismatch,
    EraseRefused,
    NotAuthentic,
    NotInTransaction,
    RangeOutside,
    SizeMismatch,
    SlotChanged,
    UnknownCompartment,
    WrongBinding,
)
from storage.models import KeySlot, Tombstone
from storage.primitive import Secret, context, new_key
from storage.ranges import RangeReader

# Measured: 64 KiB pieces stay in the cache (1.3 CPU s per GiB with the digest; 256 KiB 1.5, 1 MiB worse),
# and a second thread for the digest costs more CPU than the time it saves.
PIECE: Final = 64 * 1024


@dataclass(frozen=True)
class StoredBlob:
    """A blob that stands in the store and waits for `commit`.

    `digest` is SHA-256 of the content: keep it encrypted or keyed, never plain.
    """

    version_id: UUID
    object_id: UUID
    size: int
    digest: bytes = field(repr=False)
    wrapped_key: bytes = field(repr=False)
    compartment: str
    kek_version: int


def put(
    chunks: Iterable[bytes],
    *,
    object_id: UUID,
    compartment: str,
    binding: bytes,
    expected_size: int | None = None,
    limit: int | None = None,
) -> StoredBlob:
    """Encrypt `chunks` (of any lengths) into a new blob under a fresh version id and key.

    Raises `SizeMismatch` (not `expected_size` bytes), `BlobTooLarge` (more than `limit`), `DiskFull`,
    `BackendFailed`, and whatever `chunks` raises; after an error nothing is left in the store.
    """
    if limit is not None and expected_size is not None and expected_size > limit:
        raise _too_large(limit)
    backend = stores.backend()
    prefix = layout.Prefix(object_id=object_id, version_id=uuid4())
    key = new_key()
    wrapped = keyring.current().wrap(compartment, key, _key_context(prefix, binding))
    writer = backend.create(prefix.version_id)
    try:
        size, digest = _encrypt(writer.write, _bounded(chunks, expected_size, limit), key, prefix)
        if expected_size is not None and size != expected_size:
            raise SizeMismatch(f"{size} of {expected_size} bytes arrived. Send the file again.")
        writer.publish()
    finally:
        writer.discard()
    try:
        _read_back(backend, prefix, key, size)
    except BaseException:
        backend.delete(prefix.version_id)
        raise
    return StoredBlob(
        version_id=prefix.version_id,
        object_id=object_id,
        size=size,
        digest=digest,
        wrapped_key=wrapped.bytes,
        compartment=compartment,
        kek_version=wrapped.version,
    )


def commit(stored: StoredBlob) -> KeySlot:
    """Write the key row in the caller's transaction. Raises `BlobMissing` (swept), `NotInTransaction`."""
    _require_transaction()
    if stores.backend().size(stored.version_id) != layout.file_size(stored.size):
        raise BlobDamaged("The blob changed between writing and committing. Send the file again.")
    return KeySlot.objects.create(
        id=stored.version_id,
        object_id=stored.object_id,
        compartment=stored.compartment,
        kek_version=stored.kek_version,
        wrapped_key=stored.wrapped_key,
        size=stored.size,
        created=hooks.now(),
    )


def rebind(slot: KeySlot, *, old_binding: bytes, compartment: str, new_binding: bytes) -> None:
    """Wrap the same data key anew: another owner, a lowered label, a rotated KEK. Idempotent by comparison.

    Never for raising a label: whoever could open the old wrapping may have kept the data key. Use
    `reencrypt`. Raises `WrongBinding`, `SlotChanged`.
    """
    prefix = _prefix(slot)
    key = _unwrap(slot, old_binding)
    wrapped = keyring.current().wrap(compartment, key, _key_context(prefix, new_binding))
    changed = KeySlot.objects.filter(pk=slot.pk, wrapped_key=slot.wrapped_key).update(
        compartment=compartment, kek_version=wrapped.version, wrapped_key=wrapped.bytes
    )
    if not changed:
        raise SlotChanged("The blob's key row was changed in the meantime. Read it again and repeat.")
    slot.compartment, slot.kek_version, slot.wrapped_key = compartment, wrapped.version, wrapped.bytes


def reencrypt(slot: KeySlot, *, old_binding: bytes, compartment: str, new_binding: bytes) -> StoredBlob:
    """Copy the content into a new version under a fresh key, for raising a label.

    The caller commits the new version and erases the old one. Raises as `open_blob` and `put`.
    """
    with open_blob(slot.pk, binding=old_binding) as reader:
        return put(
            reader.chunks(),
            object_id=slot.object_id,
            compartment=compartment,
            binding=new_binding,
            expected_size=reader.size,
        )


def open_blob(version_id: UUID, *, binding: bytes) -> "BlobReader":
    """Open a committed blob. Its key, prefix, length and last chunk are verified before this returns.

    Damage goes to `hooks`. Raises `BlobMissing`, `BlobErased`, `WrongBinding`, `BlobDamaged`, `UnsupportedFormat`,
    `KeyUnavailable`.
    """
    with hooks.telling_damage(version_id):
        slot = _slot(version_id)
        key = _unwrap(slot, binding)
        source = stores.backend().open(version_id)
        try:
            return BlobReader(source, _prefix(slot), key, slot.size, committed=True)
        except BaseException:
            source.close()
            raise


def open_stored(stored: StoredBlob, *, binding: bytes) -> "BlobReader":
    """Open a blob that waits for `commit`, to read back what was written before anything refers to it.

    Raises as `open_blob`.
    """
    prefix = layout.Prefix(object_id=stored.object_id, version_id=stored.version_id)
    try:
        key = keyring.current().unwrap(
            stored.compartment, stored.wrapped_key, stored.kek_version, _key_context(prefix, binding)
        )
    except NotAuthentic:
        raise WrongBinding("The blob was written under another label or owner.") from None
    source = stores.backend().open(stored.version_id)
    try:
        return BlobReader(source, prefix, key, stored.size)
    except BaseException:
        source.close()
        raise


def discard(stored: StoredBlob) -> None:
    """Remove a blob whose `commit` did not happen. A committed one is left alone; see `erase`."""
    if not KeySlot.objects.filter(pk=stored.version_id).exists():
        stores.backend().delete(stored.version_id)


def verify(version_id: UUID, *, binding: bytes, digest: bytes | None) -> None:
    """Decrypt everything with the library's own streaming reader and compare size and SHA-256.

    `digest=None` checks without comparing. Raises as `open_blob`, and `DigestMismatch`.
    """
    slot = _slot(version_id)
    key = _unwrap(slot, binding)
    prefix = _prefix(slot)
    sha = hashlib.sha256()
    size = 0
    with stores.backend().open(version_id) as source:
        _check_prefix(source, prefix)
        decryptor = Cobblestone256Decryptor(key, prefix.context())
        try:
            for offset in range(layout.PREFIX_BYTES, source.size, PIECE):
                plain = decryptor.update(source.pread(PIECE, offset))
                sha.update(plain)
                size += len(plain)
            plain = decryptor.finalize()
        except InvalidTag:
            raise BlobDamaged("The blob's content did not verify; restore it from a backup.") from None
        sha.update(plain)
        size += len(plain)
    if size != slot.size:
        raise _wrong_size()
    if digest is not None and sha.digest() != digest:
        raise DigestMismatch(
            "The content is not what was filed under this digest; tell the security officer."
        )


def erase(version_id: UUID, *, reason: str) -> None:
    """Destroy a committed blob's key, then its bytes; a tombstone stays. Erasing twice is fine.

    The key row goes in the current transaction; bytes and SQLite's write-ahead log follow when it has
    committed. On PostgreSQL, VACUUM `storage_keyslot` afterwards. Raises `EraseRefused` (only what
    `hooks.may_erase` permits goes), `BlobMissing`.
    """
    if Tombstone.objects.filter(pk=version_id).exists():
        return
    alias = router.db_for_write(KeySlot)
    with transaction.atomic(using=alias):
        if not hooks.may_erase(version_id):
            raise EraseRefused("The blob is kept: nothing that decides on erasure has released it.")
        slot = KeySlot.objects.select_for_update().filter(pk=version_id).first()
        if slot is None:
            raise _missing()
        of = {"object_id": slot.object_id, "reason": reason[:200]}
        with hooks.key_event("blob_key.erased", version_id=version_id, **of):
            Tombstone.objects.create(id=version_id, erased=hooks.now(), **of)
            slot.delete()
        transaction.on_commit(lambda: _forget(version_id), using=alias)


class BlobReader:
    """An open blob, for one thread. No byte leaves before its chunk has verified."""

    def __init__(
        self, source: Source, prefix: layout.Prefix, key: Secret, size: int, *, committed: bool = False
    ) -> None:
        self._tells_of = prefix.version_id if committed else None
        _check_prefix(source, prefix)
        start = layout.PREFIX_BYTES
        self._source = source
        self._ranges = RangeReader(
            key,
            prefix.context(),
            source.size - start,
            lambda length, offset: source.pread(length, start + offset),
        )
        self.size = self._ranges.size
        if self.size != size:
            raise _wrong_size()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._source.close()

    def read(self, start: int, stop: int) -> bytes:
        """Content from `start` up to `stop`. Raises `RangeOutside`, `BlobDamaged`, `BackendFailed`."""
        self._check(start, stop)
        with hooks.telling_damage(self._tells_of):
            return self._ranges.read(start, stop)

    def chunks(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The same range in pieces of at most 64 KiB. Raises as `read`, the range error at once."""
        stop = self.size if stop is None else stop
        self._check(start, stop)
        return self._pieces(start, stop)

    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        with hooks.telling_damage(self._tells_of):
            yield from self._ranges.iterate(start, stop, PIECE)

    def _check(self, start: int, stop: int) -> None:
        if not 0 <= start <= stop <= self.size:
            raise RangeOutside(f"Bytes {start} to {stop} are not within a content of {self.size} bytes.")


def _bounded(chunks: Iterable[bytes], expected_size: int | None, limit: int | None) -> Iterator[memoryview]:
    """Cut to pieces and stop at the first byte too many, before it is encrypted."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if limit is not None and size > limit:
            raise _too_large(limit)
        if expected_size is not None and size > expected_size:
            raise SizeMismatch(f"More than the announced {expected_size} bytes arrived. Send the file again.")
        view = memoryview(chunk)
        for start in range(0, len(view), PIECE):
            yield view[start : start + PIECE]


def _encrypt(
    write: stores.Write, pieces: Iterable[memoryview], key: Secret, prefix: layout.Prefix
) -> tuple[int, bytes]:
    encryptor = Cobblestone256Encryptor(key, prefix.context())
    sha = hashlib.sha256()
    # Room for one piece, a chunk held back, the tags and the message's head.
    buffer = memoryview(bytearray(PIECE + layout.SEALED_CHUNK + 8 * layout.TAG + layout.BODY_START))
    size = 0
    write(prefix.encode())
    for piece in pieces:
        sha.update(piece)
        size += len(piece)
        produced = encryptor.update_into(piece, buffer)
        if produced:
            write(buffer[:produced])
    write(encryptor.finalize())
    return size, sha.digest()


def _read_back(backend: Backend, prefix: layout.Prefix, key: Secret, size: int) -> None:
    with backend.open(prefix.version_id) as source:
        BlobReader(source, prefix, key, size)


def _check_prefix(source: Source, expected: layout.Prefix) -> None:
    if layout.Prefix.decode(source.pread(layout.PREFIX_BYTES, 0)) != expected:
        raise BlobDamaged("Another blob stands in this blob's place; restore it from a backup.")


def _slot(version_id: UUID) -> KeySlot:
    slot = KeySlot.objects.filter(pk=version_id).first()
    if slot is not None:
        return slot
    tombstone = Tombstone.objects.filter(pk=version_id).first()
    if tombstone is not None:
        raise BlobErased(f"The content was erased on {tombstone.erased:%Y-%m-%d}: {tombstone.reason}")
    raise _missing()


def _unwrap(slot: KeySlot, binding: bytes) -> Secret:
    try:
        return keyring.current().unwrap(
            slot.compartment,
            bytes(slot.wrapped_key),
            slot.kek_version,
            _key_context(_prefix(slot), binding),
        )
    except (NotAuthentic, UnknownCompartment):
        raise WrongBinding(
            "The content's key does not open under this label and owner: one of them was changed past the "
            "program, or the key row was. Tell the security officer."
        ) from None


def _prefix(slot: KeySlot) -> layout.Prefix:
    return layout.Prefix(object_id=slot.object_id, version_id=slot.pk)


def _key_context(prefix: layout.Prefix, binding: bytes) -> bytes:
    return context("jingui blob key 1", prefix.encode(), binding)


def _require_transaction() -> None:
    if not connections[router.db_for_write(KeySlot)].in_atomic_block:
        raise NotInTransaction("A blob is committed inside the transaction that refers to it.")


def _forget(version_id: UUID) -> None:
    """After the key row is gone: the bytes, then the row's traces in the database's log."""
    stores.backend().delete(version_id)
    orphans.flush_erasures()


def _missing() -> BlobMissing:
    return BlobMissing("There is no such blob. If it should be there, restore database and blobs together.")


def _too_large(limit: int) -> BlobTooLarge:
    return BlobTooLarge(f"The file is larger than the {limit} bytes allowed. Send a smaller one.")


def _wrong_size() -> BlobDamaged:
    return BlobDamaged("The blob's size is not the recorded one; restore it from a backup.")
