"""Text out of documents that are shown as text: office files, mail, plain text. Runs in the child."""

import email.policy
import html.parser
import io
import re
from collections.abc import Callable, Iterator
from email.message import Message
from typing import Any

import docx
import odf.load  # noqa: F401 - odfpy imports it late, when a child can open no file any more
import openpyxl
from docx.table import Table
from lxml import etree
from odf import teletype
from odf.opendocument import load as load_odf

from storage.inspection import texts
from storage.inspection.kinds import MIB
from storage.inspection.zips import Container

MAX_CHARACTERS = 4_000_000
_MAX_ROWS = 20_000
_PART = 32 * MIB
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def extract(data: bytes, kind: str) -> str:
    """The readable text, at most `MAX_CHARACTERS`; whatever the parser raises comes through."""
    pieces, total = [], 0
    for piece in _EXTRACTORS.get(kind, _plain)(data):
        pieces.append(piece)
        total += len(piece) + 1
        if total > MAX_CHARACTERS:
            break
    return "\n".join(pieces)[:MAX_CHARACTERS]


def _plain(data: bytes) -> Iterator[str]:
    text = texts.decode(data, whole=True, western=True)
    yield text if text is not None else data.decode("utf-8", "replace")


def _docx(data: bytes) -> Iterator[str]:
    for block in docx.Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield "\t".join(cell.text for cell in row.cells)
        else:
            yield block.text


def _xlsx(data: bytes) -> Iterator[str]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        yield f"【{sheet.title}】"
        for row in sheet.iter_rows(values_only=True, max_row=_MAX_ROWS):
            line = "\t".join("" if value is None else str(value) for value in row).rstrip()
            if line:
                yield line
        yield ""


def _pptx(data: bytes) -> Iterator[str]:
    container = Container(data)
    slides = sorted(
        (int(found.group(1)), name) for name in container.names if (found := _SLIDE.fullmatch(name))
    )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    for number, name in slides:
        yield f"【{number}】"
        root = etree.fromstring(container.read(name, _PART), parser)
        for paragraph in root.iter(_DRAWING + "p"):
            yield "".join(run.text or "" for run in paragraph.iter(_DRAWING + "t"))
        yield ""


def _odf(data: bytes) -> Iterator[str]:
    for element in _paragraphs(load_odf(io.BytesIO(data)).body):
        if element.tagName == "table:table-row":
            yield "\t".join(teletype.extractText(cell) for cell in element.childNodes)
        else:
            yield teletype.extractText(element)


def _paragraphs(element: Any) -> Iterator[Any]:
    for child in element.childNodes:
        name = getattr(child, "tagName", "")
        if name in {"text:p", "text:h", "table:table-row"}:
            yield child
        else:
            yield from _paragraphs(child)


def _mail(data: bytes) -> Iterator[str]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    for header in ("From", "To", "Cc", "Date", "Subject"):
        if header in message:
            yield f"{header}: {message[header]}"
    yield ""
    body = message.get_body(("plain", "html"))
    if body is not None:
        yield _mail_text(body)
    for attachment in message.iter_attachments():
        yield f"[{attachment.get_filename() or attachment.get_content_type()}]"


def _mail_text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = texts.decode(raw, whole=True, western=True) or raw.decode("utf-8", "replace")
    if part.get_content_subtype() != "html":
        return text
    stripper = _Stripper()
    stripper.feed(text)
    return "".join(stripper.pieces)


class _Stripper(html.parser.HTMLParser):
    """Keeps what a reader would see."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._muted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._muted += tag in {"script", "style", "head"}
        if tag in {"p", "br", "div", "tr", "li", "h1", "h2", "h3"}:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._muted = max(0, self._muted - (tag in {"script", "style", "head"}))

    def handle_data(self, data: str) -> None:
        if not self._muted:
            self.pieces.append(data)


_EXTRACTORS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "docx": _docx,
    "xlsx": _xlsx,
    "pptx": _pptx,
    "odt": _odf,
    "ods": _odf,
    "odp": _odf,
    "eml": _mail,
}
