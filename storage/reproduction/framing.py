"""Several files in one pipe: each after its length. Pure."""

import struct
from collections.abc import Sequence

_LENGTH = struct.Struct(">Q")


def framed(files: Sequence[bytes]) -> bytes:
    return b"".join(_LENGTH.pack(len(file)) + file for file in files)


def unframed(data: bytes, count: int) -> tuple[list[bytes], bytes]:
    """The first `count` files, and what follows them. Raises ValueError when there are fewer."""
    files, at = [], 0
    for _ in range(count):
        if at + _LENGTH.size > len(data):
            raise ValueError("a frame is missing")
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + length > len(data):
            raise ValueError("a frame is cut short")
        files.append(data[at : at + length])
        at += length
    return files, data[at:]
