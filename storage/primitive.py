"""The one sealing primitive of every layer: Cobblestone-256 (C2SP chunked-encryption) under a context string.

A sealed message is salt (24) ‖ commitment (32) ‖ AES-256-GCM chunks, at least 72 bytes longer than its
plaintext. What keeps the layers apart is the context: see `FORMAT.md` section 2 for the list of labels.
"""

import struct
from typing import Final

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from storage.errors import NotAuthentic

KEY_BYTES: Final = 32
OVERHEAD: Final = 24 + 32 + 16


class Secret(bytes):
    """Key material that does not show itself in logs, representations, tracebacks or pickles."""

    def __repr__(self) -> str:
        return f"Secret({len(self)} bytes)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("key material is not pickled")


def new_key() -> Secret:
    """Thirty-two random bytes."""
    return Secret(Cobblestone256Encryptor.generate_key())


def context(label: str, *parts: bytes) -> bytes:
    """Encode a label and its parts so that no two different calls give the same bytes."""
    return b"".join((label.encode("ascii"), b"\0", *(struct.pack(">I", len(part)) + part for part in parts)))


def seal(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Encrypt and authenticate `plaintext` under `key` (32 bytes), bound to `context`."""
    encryptor = Cobblestone256Encryptor(key, context)
    return encryptor.update(plaintext) + encryptor.finalize()


def unseal(key: bytes, sealed: bytes, context: bytes) -> Secret:
    """Return what `seal` was given once all of it verified, or raise `NotAuthentic`."""
    decryptor = Cobblestone256Decryptor(key, context)
    try:
        return Secret(decryptor.update(sealed) + decryptor.finalize())
    except InvalidTag:
        pass
    raise NotAuthentic("A sealed message did not verify: it was altered, moved, or belongs to another key.")


def expand(key: bytes, info: bytes) -> Secret:
    """Derive an independent 32-byte key (HKDF-Expand, SHA-512; `key` is uniformly random already)."""
    return Secret(HKDFExpand(algorithm=SHA512(), length=KEY_BYTES, info=info).derive(key))
