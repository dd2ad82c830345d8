"""The marks drawn as PDF pages, one for each sheet. Runs in a child that opens fonts and starts threads.

typst brings its own thread pool and reads its fonts when it first needs them, which the walls of the other jobs
forbid (tried: without threads it panics). So it works in a child of its own that is given the marks only and
never sees a byte of the original; the child that parses the original stays behind all its walls.
"""

import functools
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import segno
import typst

from storage.rendering import fonts
from storage.reproduction import sheets
from storage.reproduction.marks import Marks, breakable, cleaned, visible

# What "page x of y" is put together from, see pieces.typ.
PIECES = (*"0123456789", "第", "页　共", "页", "页（原件第", "页）")

_HERE = Path(__file__).parent
# A fixed instant: the same marks give the same bytes.
_STAMP = 1_760_000_000
# Two versions of QR hold a code at level H; this is the smaller.
_VERSION = 2
_SHORT = 24
# No character; the font answers with the picture of a missing one.
_NO_CHARACTER = "\uffff"


def overlay(marks: Marks, *, veiled: bool = True) -> bytes:
    """A PDF with a page of marks for each of `sheets.SHEETS`, in that order."""
    data = {
        "marks": _words(marks),
        "symbol": symbol(marks.code),
        "sheets": [asdict(sheet) for sheet in sheets.SHEETS],
        "symbol_mm": sheets.SYMBOL_MM,
        "side_mm": sheets.SIDE_MM,
        "veiled": veiled,
    }
    return _compile("overlay.typ", data)


def pieces() -> bytes:
    """A PDF with a page for each of `PIECES`."""
    return _compile("pieces.typ", PIECES)


def cover(facts: Iterable[tuple[str, str]]) -> bytes:
    """The page in the middle of a carrier copy's cover: rows of a name and a value."""
    return _compile("cover.typ", [[name, _fit(value)] for name, value in facts])


def symbol(code: str) -> str:
    """The printed symbol as an SVG picture. Its quiet zone is the paper around it."""
    target = io.BytesIO()
    made = segno.make_qr(
        code.replace("-", ""), error="h", mode="alphanumeric", version=_VERSION, boost_error=False
    )
    made.save(target, kind="svg", border=1, xmldecl=False, light="white", omitsize=True)
    return target.getvalue().decode()


def printable(text: str) -> str:
    """`text` with each character that the font lacks written as its number: a name never has a gap."""
    return "".join(sign if has_glyph(sign) else f"〔U+{ord(sign):04X}〕" for sign in text)


@functools.cache
def has_glyph(character: str) -> bool:
    """Whether the font draws this character."""
    return character.isspace() or _picture(character) != _picture(_NO_CHARACTER)


def _picture(character: str) -> tuple[bytes, tuple[int, int]]:
    mask = _font.getmask(character)
    return bytes(mask), mask.size


_font = fonts.at_size(40)


def _words(marks: Marks) -> dict[str, Any]:
    words = asdict(cleaned(marks))
    for name, value in words.items():
        if isinstance(value, str) and name != "code":
            words[name] = _fit(value)
    short = cleaned(marks).recipient
    words["recipient_short"] = printable(short if len(short) <= _SHORT else short[: _SHORT - 1] + "…")
    return words


def _fit(text: str) -> str:
    """What is printed of a text. Numbers in place of characters make it longer; it is bounded again."""
    return breakable(visible(printable(visible(text))))


def _compile(template: str, data: object) -> bytes:
    made = _compiler(template).compile(
        format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, timestamp=_STAMP
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no file")
    return made


@functools.cache
def _compiler(template: str) -> typst.Compiler:
    folder = Path(fonts.PATH).parent
    return typst.Compiler(_HERE / template, root=_HERE, font_paths=[folder], ignore_system_fonts=True)
