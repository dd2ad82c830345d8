"""Sound: a recording that breaks off before its declared end is damaged. Runs in the child."""

import struct

from storage.inspection.outcome import Rejected

_STREAMED = {0, 0xFFFFFFFF}


def examine(head: bytes, kind: str, size: int) -> None:
    """Raises `Rejected`. Only WAV declares its length where we look; the others prove themselves by
    signature.
    """
    if kind == "wav":
        _wav(head, size)


def _wav(head: bytes, size: int) -> None:
    at, formatted = 12, False
    while at + 8 <= len(head):
        name, length = head[at : at + 4], struct.unpack_from("<I", head, at + 4)[0]
        if name == b"fmt ":
            formatted = length >= 14
        if name == b"data":
            # Recorders that write as they go leave the length open.
            if formatted and (length in _STREAMED or at + 8 + length <= size + 1):
                return
            break
        at += 8 + length + (length & 1)
    else:
        if formatted and at > len(head):
            return
    raise Rejected("malformed_file")
