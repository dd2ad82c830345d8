"""Text: which encoding, and whether it is the JSON, XML, RTF or mail its name says. Runs in the child."""

import codecs
import contextlib
import encodings.aliases
import json
import re
import xml.parsers.expat
from typing import NoReturn

from storage.inspection.outcome import Rejected

# GB18030 holds GBK and GB2312; the others are for old exports in one-byte encodings and only tried when libmagic
# calls it text. The last takes any byte: which of them it is cannot be told, and the file is kept as it is.
_ENCODINGS = ("utf-8-sig", "gb18030")
_ONE_BYTE = ("cp1252", "latin-1")
# The most frequent characters of Chinese, in both scripts, and its commas and stops.
_EVERYDAY = "的一是不了在人有我他这這中大来來上国國个個到说說们們为為子和你地出道也时時年，。、"
BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Everything below space except tab, line ends, form feed and escape; and DEL stays, terminals log it.
_CONTROL = re.compile("[\x00-\x07\x0e-\x1a\x1c-\x1f]")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_RTF_ACTIVE = re.compile(rb"\\(?:object|objdata|objupdate|objocx|objemb|objlink)(?![a-z])")
_ACTIVE_ROOTS = re.compile(r"(?:.*:)?(?:html|svg|script)$", re.IGNORECASE)

# Every codec a mail may name, loaded now: a child can open no module file.
for _codec in sorted(set(encodings.aliases.aliases.values())):
    with contextlib.suppress(LookupError):
        codecs.lookup(_codec)
for _codec in ("utf-8-sig", "raw-unicode-escape", "unicode-escape", "idna", "punycode"):
    codecs.lookup(_codec)


def decode(data: bytes, *, whole: bool, western: bool) -> str | None:
    """The text, or None when it is none. `whole` is False for a beginning, which may end mid-character."""
    encodings = [name for bom, name in BOMS if data.startswith(bom)] or [*_ENCODINGS]
    if western and encodings[0] != "utf-16":
        encodings += _ONE_BYTE
    for name in encodings:
        try:
            text = codecs.getincrementaldecoder(name)().decode(data, final=whole)
        except UnicodeDecodeError:
            continue
        if name == "gb18030" and not text.isascii():
            text = _likelier(text, data, whole=whole)
        return None if _CONTROL.search(text) else text
    return None


def _likelier(text: str, data: bytes, *, whole: bool) -> str:
    """Bytes in Big5 are nearly always valid GB18030 too: of the two readings, the one with more everyday characters."""
    try:
        other = codecs.getincrementaldecoder("cp950")().decode(data, final=whole)
    except UnicodeDecodeError:
        return text
    return other if sum(map(other.count, _EVERYDAY)) > sum(map(text.count, _EVERYDAY)) else text


def examine_json(text: str) -> None:
    """Raises `Rejected` unless it parses."""
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Rejected("malformed_file") from error


def examine_xml(data: bytes) -> None:
    """Well-formed, without entity declarations (they can grow without bound or fetch), and no web page."""
    declared = _DECLARED.match(data)
    if declared:
        data = _as_utf8(data, declared.group(1).decode("ascii"))
    parser = xml.parsers.expat.ParserCreate("utf-8" if declared else None)
    parser.EntityDeclHandler = _refuse_entity
    parser.StartElementHandler = _RootCheck()
    try:
        parser.Parse(data, True)
    except xml.parsers.expat.ExpatError as error:
        raise Rejected("malformed_file") from error


def examine_rtf(data: bytes) -> None:
    """Raises `Rejected` for objects in it."""
    if _RTF_ACTIVE.search(data):
        raise Rejected("embedded_object")


class _RootCheck:
    """Refuses by the first element's name, then stays out of the way."""

    def __init__(self) -> None:
        self._seen = False

    def __call__(self, name: str, attributes: dict[str, str]) -> None:
        if not self._seen and _ACTIVE_ROOTS.match(name):
            raise Rejected("active_content")
        self._seen = True


def _as_utf8(data: bytes, encoding: str) -> bytes:
    try:
        return data.decode("gb18030" if encoding.lower() in {"gbk", "gb2312"} else encoding).encode()
    except (LookupError, UnicodeError) as error:
        raise Rejected("malformed_file") from error


def _refuse_entity(*_declaration: object) -> NoReturn:
    raise Rejected("active_content")
