"""The blob file's layout, version 1: prefix, offsets, sizes. Pure; the normative text is `FORMAT.md`."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from storage.errors import BlobDamaged, UnsupportedFormat
from storage.primitive import OVERHEAD

MAGIC: Final = b"\x93JGB\r\n\x1a\n"
VERSION: Final = 1
SUITE_AES256_GCM: Final = 1
SUITE_SM4_GCM: Final = 3
LOG2_CHUNK: Final = 14

PREFIX_BYTES: Final = 48
SALT_BYTES: Final = 24
COMMITMENT_BYTES: Final = 32
BODY_START: Final = PREFIX_BYTES + SALT_BYTES + COMMITMENT_BYTES
CHUNK: Final = 1 << LOG2_CHUNK
TAG: Final = 16
SEALED_CHUNK: Final = CHUNK + TAG

_LABEL: Final = b"jingui blob 1\0"


@dataclass(frozen=True)
class Prefix:
    """Identity of a blob, bound into every chunk through the message's context."""

    object_id: UUID
    version_id: UUID
    suite: int = SUITE_AES256_GCM

    def encode(self) -> bytes:
        head = MAGIC + bytes((VERSION, self.suite, LOG2_CHUNK))
        return head + bytes(5) + self.object_id.bytes + self.version_id.bytes

    @classmethod
    def decode(cls, raw: bytes) -> "Prefix":
        """Parse 48 bytes. Raises `BlobDamaged`, and `UnsupportedFormat` for what another release wrote."""
        if len(raw) < PREFIX_BYTES or raw[:8] != MAGIC:
            raise BlobDamaged("The blob does not begin as a blob does; restore it from a backup.")
        version, suite, log2_chunk = raw[8], raw[9], raw[10]
        if version != VERSION:
            raise UnsupportedFormat(f"The blob has format version {version}; this release reads {VERSION}.")
        if suite == SUITE_SM4_GCM:
            raise UnsupportedFormat("The blob is encrypted with SM4-GCM, which this release does not read.")
        if suite != SUITE_AES256_GCM:
            raise UnsupportedFormat(f"The blob names cipher suite {suite}, which this release does not know.")
        if log2_chunk != LOG2_CHUNK or any(raw[11:16]):
            raise BlobDamaged("The blob's prefix is damaged; restore it from a backup.")
        return cls(UUID(bytes=raw[16:32]), UUID(bytes=raw[32:48]), suite)

    def context(self) -> bytes:
        """The message context that binds the body to this prefix."""
        return _LABEL + self.encode()


def file_size(plain_size: int) -> int:
    """Bytes on disk of a blob with `plain_size` bytes of content."""
    return PREFIX_BYTES + OVERHEAD + plain_size + TAG * (plain_size // CHUNK)


def plain_size(file_size: int) -> int:
    """Bytes of content in a file of `file_size`. Raises `BlobDamaged` for a size no blob can have."""
    full, rest = divmod(file_size - BODY_START, SEALED_CHUNK)
    if full < 0 or rest < TAG:
        raise BlobDamaged("The blob was cut off; restore it from a backup.")
    return full * CHUNK + rest - TAG
