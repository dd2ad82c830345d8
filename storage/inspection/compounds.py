"""Compound files: Office before 2007, and the wrapper of encrypted newer documents. Runs in the child.

Only the directory is read; its entries carry stream names in UTF-16, which is enough to tell what the file is
and what it hides. These kinds are stored and never opened here.
"""

import struct

from storage.inspection.outcome import Rejected

_ENTRY = 128
_MAX_ENTRIES = 20_000
_END_OF_CHAIN = 0xFFFFFFFA
_KINDS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
_MACROS = {"_VBA_PROJECT", "VBA", "_VBA_PROJECT_CUR", "Macros"}
_FILEPASS = b"\x2f\x00"
_BOF = (b"\x09\x08", b"\x09\x04")


def examine(data: bytes) -> str:
    """The kind's code ("" when it is no office document); raises `Rejected`."""
    try:
        names = _entries(data)
    except (struct.error, IndexError) as error:
        raise Rejected("malformed_file") from error
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise Rejected("encrypted_office")
    kind = next((code for name, code in _KINDS.items() if name in names), "")
    if kind and (_MACROS & names):
        raise Rejected("macros")
    if kind and "\x01Ole10Native" in names:
        raise Rejected("embedded_object")
    if kind and ("EncryptedSummary" in names or _word_encrypted(data, kind) or _sheet_encrypted(data, kind)):
        raise Rejected("encrypted_office")
    return kind


def _entries(data: bytes) -> set[str]:
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in {9, 12}:
        raise Rejected("malformed_file")
    size = 1 << shift
    table = _sector_table(data, size)
    sector = struct.unpack_from("<I", data, 48)[0]
    names: set[str] = set()
    for _ in range(_MAX_ENTRIES * _ENTRY // size):
        if sector >= _END_OF_CHAIN:
            return names
        start = (sector + 1) * size
        for offset in range(start, start + size, _ENTRY):
            length = struct.unpack_from("<H", data, offset + 64)[0]
            if 2 <= length <= 64:
                names.add(data[offset : offset + length - 2].decode("utf-16-le", "replace"))
        sector = table[sector]
    raise Rejected("malformed_file")


def _sector_table(data: bytes, size: int) -> list[int]:
    """The chain of every sector, from the first 109 table sectors and the list that continues them."""
    per_sector = size // 4
    places = list(struct.unpack_from("<109I", data, 76))
    following, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if following >= _END_OF_CHAIN:
            break
        more = struct.unpack_from(f"<{per_sector}I", data, (following + 1) * size)
        places += more[:-1]
        following = more[-1]
    table: list[int] = []
    for place in places:
        if place < _END_OF_CHAIN:
            table += struct.unpack_from(f"<{per_sector}I", data, (place + 1) * size)
    return table


def _word_encrypted(data: bytes, kind: str) -> bool:
    """The information block's fEncrypted bit; the block starts on a sector with its own number."""
    if kind != "doc":
        return False
    at = data.find(b"\xec\xa5\xc1\x00", 512)
    return at >= 0 and bool(struct.unpack_from("<H", data, at + 10)[0] & 0x0100)


def _sheet_encrypted(data: bytes, kind: str) -> bool:
    """A FILEPASS record directly follows the workbook's first one."""
    if kind != "xls":
        return False
    for at in range(512, min(len(data) - 8, 4 * 1024 * 1024), 512):
        if data[at : at + 2] in _BOF:
            length = struct.unpack_from("<H", data, at + 2)[0]
            if length in {8, 16} and data[at + 4 + length : at + 6 + length] == _FILEPASS:
                return True
    return False
