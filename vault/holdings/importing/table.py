"""A table's bytes as rows of text: CSV in UTF-8 or GB18030, or the first sheet of a workbook.

Nothing in it is calculated: what begins with = or + is text like any other.
"""

import codecs
import csv
from dataclasses import dataclass

from storage.inspection.sheets import SheetUnreadable, read_sheet
from vault.holdings.importing.columns import as_typed, column_of
from vault.holdings.importing.errors import TableRefused, Trouble

# All of it is registered in one transaction, and on SQLite others wait 20 seconds for theirs (tests/bench/imports.py).
MOST_ROWS = 10_000
MOST_COLUMNS = 64
MOST_BYTES = 32 * 1024**2
_WORKBOOK = b"PK\x03\x04"
_SHEET_CODES = {"unreadable": "table-unreadable", "too-large": "table-too-large"}


@dataclass(frozen=True)
class Row:
    """One row by column; `number` as spreadsheets count, the headings being 1."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """Rows below the headings, and what is wrong with single ones."""

    rows: list[Row]
    troubles: list[Trouble]


def read(data: bytes) -> Table:
    """Read a table. Raises TableRefused when it is no table that could be understood."""
    if len(data) > MOST_BYTES:
        raise TableRefused("table-too-large")
    lines = _workbook(data) if data.startswith(_WORKBOOK) else _csv(decoded(data))
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise TableRefused("table-empty")
    (first, headings), *rest = filled
    columns = _columns(headings, first)
    if not rest:
        raise TableRefused("table-empty")
    if len(rest) > MOST_ROWS:
        raise TableRefused("too-many-rows")
    rows, troubles = [], []
    for number, cells in rest:
        if any(cell.strip() for cell in cells[len(columns) :]):
            troubles.append(Trouble("too-many-cells", number))
        found = {
            column: as_typed(cell.strip()) for column, cell in zip(columns, cells, strict=False) if column
        }
        troubles += [Trouble("character-lost", number, cell) for cell in found.values() if "\ufffd" in cell]
        rows.append(Row(number, found))
    return Table(rows, troubles)


def decoded(data: bytes) -> str:
    """UTF-8 with or without BOM, else GB18030. Raises TableRefused."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise TableRefused("encoding-unknown")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise TableRefused("encoding-unknown")


def _columns(headings: list[str], number: int) -> list[str]:
    while headings and not headings[-1].strip():
        headings = headings[:-1]
    if len(headings) > MOST_COLUMNS:
        raise TableRefused("too-many-columns")
    columns: list[str] = []
    for heading in headings:
        column = column_of(heading)
        if column is None:
            raise TableRefused("column-unknown", row=number, about=heading)
        if column in columns:
            raise TableRefused("column-twice", row=number, about=heading)
        columns.append(column)
    if "file" not in columns:
        raise TableRefused("column-missing", row=number)
    return columns


def _csv(text: str) -> list[tuple[int, list[str]]]:
    """A row that fills several lines has the number of the row, not of the line, as spreadsheets show it."""
    heading = text.partition("\n")[0]
    delimiter = next((sign for sign in (",", "\t", ";") if sign in heading), ",")
    lines: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(
            csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True), start=1
        ):
            if number > MOST_ROWS + 1_000:
                raise TableRefused("too-many-rows")
            lines.append((number, cells))
    except csv.Error:
        raise TableRefused("table-unreadable", row=len(lines) + 1) from None
    return lines


def _workbook(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        found = read_sheet(data, rows=MOST_ROWS + 1_000, columns=MOST_COLUMNS)
    except SheetUnreadable as error:
        raise TableRefused(_SHEET_CODES.get(error.code, error.code)) from error
    return list(enumerate(found, start=1))
