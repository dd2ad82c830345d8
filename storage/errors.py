"""What can go wrong in storage. Every text is safe to show and says what to do; `code` never changes.

Three families: `OperatorError` (the installation needs attention), `CallerError` (a mistake in the calling
code), and the rest, which say what became of one object.
"""


class StorageError(Exception):
    """Base of all errors of this package."""

    code = "storage.error"


class OperatorError(StorageError):
    """The installation is not as it must be; the text says what to put right."""

    code = "storage.operator"


class CallerError(StorageError):
    """Calling code asked for something that is never right."""

    code = "storage.caller"


class NotAuthentic(StorageError):
    """A sealed message did not verify: wrong key, wrong context, or altered bytes."""

    code = "storage.not_authentic"


# Key ring


class KeyRingMissing(OperatorError):
    code = "storage.key_ring_missing"


class KeyRingExists(OperatorError):
    code = "storage.key_ring_exists"


class KeyRingUnsafe(OperatorError):
    """Loose permissions, a symbolic link, another owner, or a place that is backed up with the data."""

    code = "storage.key_ring_unsafe"


class KeyRingDamaged(OperatorError):
    code = "storage.key_ring_damaged"


class KeyRingTooNew(OperatorError):
    code = "storage.key_ring_too_new"


class UnknownProvider(OperatorError):
    code = "storage.key_provider_unknown"


class KeyUnavailable(OperatorError):
    """The ring has no usable key of that compartment and version (never had, retired, or destroyed)."""

    code = "storage.key_unavailable"


class UnknownCompartment(CallerError):
    code = "storage.compartment_unknown"


class KeyStateRefused(CallerError):
    """A change of key state that the life cycle does not know, such as destroying the active key."""

    code = "storage.key_state_refused"


class HookMissing(OperatorError):
    code = "storage.hook_missing"


# Blobs


class BlobMissing(StorageError):
    code = "storage.blob_missing"


class BlobDamaged(StorageError):
    code = "storage.blob_damaged"


class BlobErased(StorageError):
    code = "storage.blob_erased"


class WrongBinding(StorageError):
    """The data key does not unwrap here: a swapped row, a changed label, a wrong key, altered bytes."""

    code = "storage.wrong_binding"


class UnsupportedFormat(StorageError):
    """A format version or cipher suite that this release does not implement."""

    code = "storage.format_unsupported"


class BlobTooLarge(StorageError):
    code = "storage.blob_too_large"


class SizeMismatch(StorageError):
    """The input ended before, or went beyond, the announced size."""

    code = "storage.size_mismatch"


class DigestMismatch(StorageError):
    code = "storage.digest_mismatch"


class EraseRefused(StorageError):
    code = "storage.erase_refused"


class SlotChanged(StorageError):
    """Another process rewrapped or erased the key row in the meantime."""

    code = "storage.slot_changed"


class RangeOutside(CallerError):
    code = "storage.range_outside"


class NotInTransaction(CallerError):
    code = "storage.not_in_transaction"


# Backends


class DiskFull(OperatorError):
    code = "storage.disk_full"


class BackendFailed(OperatorError):
    """The operating system or the object store refused; nothing half-written is left under a blob's name."""

    code = "storage.backend_failed"


# Columns and sealed parts


class CellDamaged(StorageError):
    """An encrypted cell did not verify in its place: altered, or moved from another row or column."""

    code = "storage.cell_damaged"


class CellMisuse(CallerError):
    """A query that would read, compare or write ciphertext as if it were the value."""

    code = "storage.cell_misuse"
