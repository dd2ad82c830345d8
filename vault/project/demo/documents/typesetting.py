"""Typesets a paper as PDF/A from plain data: no text of the demo is ever read as markup."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

Block = Mapping[str, Any]

_TEMPLATE = Path(__file__).with_name("paper.typ")
# A fixed instant, so that the same words give the same file.
_STAMP = 1_760_000_000


def pdf(title: str, blocks: Sequence[Block], **fields: object) -> bytes:
    """The paper as PDF/A-2b. `fields` are those of paper.typ: agency, number, mark, issue_no, drill, to, copies …

    Raises typst.TypstError, also for a character that the bundled fonts lack.
    """
    data = json.dumps({"title": title, "blocks": list(blocks), **fields}, ensure_ascii=False)
    made = _compiler().compile(
        format="pdf", sys_inputs={"data": data}, pdf_standards="a-2b", timestamp=_STAMP
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no file")
    return made


def p(*texts: str) -> list[Block]:
    """Paragraphs."""
    return [{"kind": "p", "text": text} for text in texts]


def h1(text: str) -> Block:
    """A heading that stands in the table of contents."""
    return {"kind": "h1", "text": text}


def h2(text: str) -> Block:
    """A heading below."""
    return {"kind": "h2", "text": text}


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    widths: Sequence[float] | None = None,
    caption: str = "",
    right: Sequence[int] = (),
) -> Block:
    """A table; `right` names the columns of figures."""
    return {
        "kind": "table",
        "columns": list(columns),
        "rows": [[str(value) for value in row] for row in rows],
        "widths": list(widths or [1] * len(columns)),
        "caption": caption,
        "right": list(right),
    }


def facts(*rows: tuple[str, str]) -> Block:
    """Two columns: what, and its value."""
    return {"kind": "facts", "rows": [list(row) for row in rows]}


def signed(*lines: str, stamp: str = "") -> Block:
    """Who signs and when, at the right; `stamp` stands in a round seal over it."""
    return {"kind": "sign", "lines": list(lines), "stamp": stamp}


def parties(*columns: Sequence[str]) -> Block:
    """The parties of a contract side by side, each with its lines."""
    return {"kind": "parties", "parties": [list(column) for column in columns]}


def long_date(day: date) -> str:
    """2026年11月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


BREAK: Block = {"kind": "break"}
CONTENTS: Block = {"kind": "contents"}


@cache
def _compiler() -> typst.Compiler:
    fonts = Path(pylopdf_fonts_zh_cn.__file__).parent
    return typst.Compiler(_TEMPLATE, font_paths=[fonts], ignore_system_fonts=True)
