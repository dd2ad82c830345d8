"""What a file is by its first bytes: libmagic's word, corrected where versions differ. Runs in the child."""

from dataclasses import dataclass

from storage.inspection import signatures, texts
from storage.inspection.kinds import BY_MAGIC, KINDS, TEXT_KINDS, Kind
from storage.inspection.magics import open_magic

HEAD = 64 * 1024
UNKNOWN = "application/octet-stream"

_DOS_TYPES = frozenset({"application/x-dosexec", "application/vnd.microsoft.portable-executable"})
_PROGRAM_TYPES = frozenset(
    {
        "application/x-dosexec",
        "application/vnd.microsoft.portable-executable",
        "application/x-executable",
        "application/x-pie-executable",
        "application/x-sharedlib",
        "application/x-mach-binary",
        "application/x-java-applet",
        "application/x-ms-shortcut",
        "text/x-msdos-batch",
        "text/x-shellscript",
    }
)
_TEXT_TYPES = ("text/", "application/json", "application/x-ndjson", "message/", "application/mbox")
_BRANDS_OF_MOVIES = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"}
)
_BRANDS_OF_SOUND = frozenset({b"M4A ", b"M4B "})
_PDF_WITHIN = 1024

_magic = open_magic()


@dataclass(frozen=True, slots=True)
class Identity:
    """`form` says how to go on: "program" is refused; "zip", "compound" and "text" need their
    content to become a kind; "known" has `kind`; "unknown" is not on the list. `libmagic` is its own word.
    """

    form: str
    libmagic: str
    kind: Kind | None = None


def identify(head: bytes) -> Identity:
    """The best that the first `HEAD` bytes can say."""
    answer = str(_magic.from_buffer(head))
    if signatures.is_program(head) or (answer in _PROGRAM_TYPES and not _is_misread_text(head, answer)):
        return Identity("program", answer)
    if signatures.is_zip(head):
        return Identity("zip", "application/zip")
    if signatures.is_compound(head):
        return Identity("compound", "application/x-ole-storage")
    if head[4:8] == b"ftyp":
        return _movie(head, answer)
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Identity("known", answer, KINDS["pdf"])
    if head.startswith(b"{\\rtf"):
        return Identity("known", answer, KINDS["rtf"])
    kind = BY_MAGIC.get(answer)
    if kind is not None and kind.code not in TEXT_KINDS and kind.code != "mp3":
        return Identity("known", answer, kind)
    if signatures.is_mp3(head):
        return Identity("known", answer, KINDS["mp3"])
    if signatures.is_archive(head):
        return Identity("unknown", answer)
    # Text in an encoding that libmagic does not know is "data" or "unknown-8bit" to it.
    textual = answer.startswith(_TEXT_TYPES) or answer in {UNKNOWN, "image/svg+xml"} or kind is not None
    textual = textual or answer in _DOS_TYPES
    # It takes text in UTF-16 for subtitles or swatches, by the first characters.
    textual = textual or any(head.startswith(bom) for bom, _codec in texts.BOMS)
    return Identity("text" if textual else _maybe_text(head), answer)


def _movie(head: bytes, answer: str) -> Identity:
    brand = head[8:12]
    if brand in _BRANDS_OF_SOUND:
        return Identity("known", answer, KINDS["m4a"])
    if brand in _BRANDS_OF_MOVIES:
        return Identity("known", answer, KINDS["mp4"])
    return Identity("unknown", answer)


def _is_misread_text(head: bytes, answer: str) -> bool:
    """Old programs for DOS have no mark but a jump as their first byte; so have 金, 附 and 项 in UTF-8, and 福
    and 复 in GB18030. Machine code holds bytes that no text does.
    """
    return answer in _DOS_TYPES and texts.decode(head, whole=False, western=False) is not None


def _maybe_text(head: bytes) -> str:
    """Libmagic names many a plain text after what it reminds it of (source code, fonts, mailboxes)."""
    return "unknown" if b"\x00" in head else "text"
