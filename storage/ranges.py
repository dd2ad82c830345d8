"""Random access to a Cobblestone-256 message, which the library itself reads from end to end only.

Derivation and nonces follow c2sp.org/chunked-encryption: HKDF-Expand-SHA-512 gives key, base nonce and
commitment; chunk n has the base nonce XOR n; the last chunk is always short, so opening it proves the length.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from storage.errors import BlobDamaged
from storage.layout import CHUNK, COMMITMENT_BYTES, SALT_BYTES, SEALED_CHUNK, TAG
from storage.primitive import KEY_BYTES

HEADER: Final = SALT_BYTES + COMMITMENT_BYTES
_INFO: Final = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"
_NONCE: Final = 12
_MOST_CHUNKS: Final = 1 << 38

Pread = Callable[[int, int], bytes]


class RangeReader:
    """Reads any range of one message through `pread(length, offset)`, offsets counted from its salt.

    Construction checks the commitment and opens the last chunk. Raises `BlobDamaged`, never releases a
    byte of a chunk that did not verify. For one thread: reads share a buffer, so that a range costs one copy and
    no piece is allocated and cut for each of its chunks. The whole message is left to the library's own reader.
    """

    def __init__(self, key: bytes, context: bytes, size: int, pread: Pread) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a message key has {KEY_BYTES} bytes")
        full, rest = divmod(size - HEADER, SEALED_CHUNK)
        if full < 0 or rest < TAG or full >= _MOST_CHUNKS:
            raise _damaged()
        header = pread(HEADER, 0)
        if len(header) != HEADER:
            raise _damaged()
        info = _INFO + header[:SALT_BYTES] + context
        okm = HKDFExpand(algorithm=SHA512(), length=32 + _NONCE + COMMITMENT_BYTES, info=info).derive(key)
        if not bytes_eq(okm[32 + _NONCE :], header[SALT_BYTES:]):
            raise _damaged()
        self.size = full * CHUNK + rest - TAG
        self._pread = pread
        self._decryptor = partial(Cobblestone256Decryptor, key, context)
        self._open_into = AESGCM(okm[:32]).decrypt_into
        self._plain = memoryview(b"")
        self._base = int.from_bytes(okm[32 : 32 + _NONCE], "big")
        self._end = size
        self._chunks(full, full)

    def read(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop` of the content, both within it."""
        if start >= stop:
            return b""
        first = start // CHUNK
        plain = self._chunks(first, (stop - 1) // CHUNK)
        skip = start - first * CHUNK
        return bytes(plain[skip : skip + stop - start])

    def iterate(self, start: int, stop: int, step: int) -> Iterator[bytes]:
        """The same range piece by piece; after the first, pieces begin on multiples of `step`."""
        if (start, stop) == (0, self.size) and step % CHUNK == 0:
            yield from self._whole(step)
            return
        while start < stop:
            end = min(stop, (start // step + 1) * step)
            yield self.read(start, end)
            start = end

    def _whole(self, step: int) -> Iterator[bytes]:
        """From end to end by the library's reader: one call a piece, where a range costs one a chunk (measured:
        18 µs of CPU for 64 KiB beside 46). It too gives nothing of a chunk that did not verify.
        """
        decryptor = self._decryptor()
        length, offset = step // CHUNK * SEALED_CHUNK, HEADER
        try:
            decryptor.update(self._pread(HEADER, 0))
            while sealed := self._pread(min(length, self._end - offset), offset):
                offset += len(sealed)
                if plain := decryptor.update(sealed):
                    yield plain
            plain = decryptor.finalize()
        except InvalidTag:
            pass
        else:
            if plain:
                yield plain
            return
        raise _damaged()

    def _chunks(self, first: int, last: int) -> memoryview:
        """Some chunks' content, in a buffer that the next call uses again; nobody sees it before all verified."""
        offset = HEADER + first * SEALED_CHUNK
        length = min(HEADER + (last + 1) * SEALED_CHUNK, self._end) - offset
        sealed = memoryview(self._pread(length, offset))
        if len(sealed) != length:
            raise _damaged()
        if len(self._plain) < (last - first + 1) * CHUNK:
            self._plain = memoryview(bytearray((last - first + 1) * CHUNK))
        base, open_into, plain, to = self._base, self._open_into, self._plain, 0
        try:
            for index, at in enumerate(range(0, length, SEALED_CHUNK), first):
                piece = sealed[at : at + SEALED_CHUNK]
                room = plain[to : to + len(piece) - TAG]
                open_into((base ^ index).to_bytes(_NONCE, "big"), piece, None, room)
                to += CHUNK
        except InvalidTag:
            pass
        else:
            return plain
        raise _damaged()


def _damaged() -> BlobDamaged:
    return BlobDamaged("The blob's content did not verify; restore it from a backup.")
