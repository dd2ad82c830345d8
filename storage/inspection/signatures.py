"""Signatures that must not depend on libmagic's version: programs, archives, frames of sound. Pure."""

import re
import struct

_MACH_O = {
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
}
_ARCHIVES = (
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF\x00\x00\x00\x00",
    b"\x04\x22\x4d\x18",
)
_SHEBANG = re.compile(rb"#![ \t]*/")
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+(?:html|svg)|html|head|body|script|svg|iframe)\b",
    re.IGNORECASE | re.DOTALL,
)
_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def is_program(head: bytes) -> bool:
    """Machine code, bytecode or a script with an interpreter line, by its first kilobytes."""
    if head[:4] in _MACH_O or head[:4] in {b"\x7fELF", b"\x00asm", b"dex\n"}:
        return True
    if head[:2] == b"MZ":
        # A text may begin with these two letters; a program's header points at another one.
        offset = struct.unpack_from("<I", head, 60)[0] if len(head) >= 64 else 0
        return head[offset : offset + 2] in {b"PE", b"NE", b"LE"} or b"\x00" in head[2:64]
    return bool(_SHEBANG.match(head))


def is_archive(head: bytes) -> bool:
    """Packed data other than zip (which is told apart by its members)."""
    return head.startswith(_ARCHIVES) or head[257:262] == b"ustar"


def is_zip(head: bytes) -> bool:
    return head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}


def is_compound(head: bytes) -> bool:
    """The container of Office files before 2007, and of encrypted newer ones."""
    return head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_web_page(head: bytes) -> bool:
    """HTML or SVG under whatever name."""
    return bool(_WEB_PAGE.match(head[:8192]))


def is_mp3(head: bytes) -> bool:
    """An ID3v2 tag, or two MPEG layer III frames in a row."""
    if head[:3] == b"ID3" and len(head) > 10 and max(head[6:10]) < 0x80:
        return True
    first = _frame_length(head[:4])
    return bool(first and _frame_length(head[first : first + 4]))


def _frame_length(header: bytes) -> int:
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer != 1 or bitrate in {0, 15} or rate == 3:
        return 0
    table, factor = (_BITRATES, 144_000) if version == 3 else (_BITRATES_LOW, 72_000)
    return factor * table[bitrate] // _RATES[version][rate] + padding
