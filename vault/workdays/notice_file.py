"""Reads a notice as a table: one day on a line with its kind and its name. It changes nothing.

Taken are UTF-8 with or without a mark at its beginning, and GB18030 as Chinese spreadsheets write it; commas,
semicolons or tabs between the columns; a first line that names the columns.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.authorization.fields import is_plain
from vault.workdays import errors
from vault.workdays.rules import COMPANY_WEEK, DayKind, belongs

NAME_LIMIT = 40
ROW_LIMIT = 400  # more lines than a year has days
COLUMNS = 3
WORDS: dict[str, DayKind] = {
    **dict.fromkeys(
        ("holiday", "off", "放假", "休", "休息", "节假日", "假日", "法定节假日"), DayKind.HOLIDAY
    ),
    **dict.fromkeys(
        ("make-up", "make_up", "make up", "make-up working day", "workday", "working day"), DayKind.MAKE_UP
    ),
    **dict.fromkeys(("上班", "班", "补班", "调休", "调休上班", "工作日", "调休工作日"), DayKind.MAKE_UP),
}
HEADS = {"date", "day", "日期", "时间"}
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)

NO_DAY = _("This is no day. Write it as 2027-10-01.")
OTHER_YEAR = _("This day is not of the notice's year.")
NO_KIND = _("Say whether it is a holiday (放假) or a make-up working day (上班).")
NO_NAME = _("Name the holiday, in at most 40 characters of plain text.")
TWICE = _("This day stands on an earlier line already.")
WORKED_ANYWAY = _("A make-up working day is a Saturday or Sunday; this day is worked anyway.")
TOO_MANY = _("A notice has no more lines than a year has days. The rest was not read.")


@dataclass(frozen=True)
class NamedDay:
    """One day of a notice."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a line, counted from 1 as it stands in the file."""

    line: int
    text: str
    sentence: str | Promise


@dataclass(frozen=True)
class Table:
    """What was read: the days in order, and every line that is wrong."""

    days: tuple[NamedDay, ...]
    wrong: tuple[Wrong, ...]

    @property
    def kinds(self) -> dict[date, DayKind]:
        """The days by their date."""
        return {day.day: day.kind for day in self.days}


def decode(body: bytes) -> str:
    """The text of a file. Raises FileUnreadable for any other encoding and for what is no text."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise errors.FileUnreadable


def read(text: str, year: int) -> Table:
    """Every line held against the rules of a notice of this year. Raises FileUnreadable when there is none."""
    days: dict[date, NamedDay] = {}
    wrong: list[Wrong] = []
    for count, (line, cells) in enumerate(_lines(text), start=1):
        if count > ROW_LIMIT:
            wrong.append(Wrong(line, "", TOO_MANY))
            break
        found = _day(cells, year)
        if isinstance(found, NamedDay) and found.day not in days:
            days[found.day] = found
        else:
            wrong.append(Wrong(line, _shown(cells), TWICE if isinstance(found, NamedDay) else found))
    if not days and not wrong:
        raise errors.FileUnreadable
    return Table(tuple(days[day] for day in sorted(days)), tuple(wrong))


def write(days: tuple[NamedDay, ...]) -> str:
    """The table as `read` takes it."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerows((day.day.isoformat(), day.kind.value, day.name) for day in days)
    return out.getvalue()


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that has any; a line that names the columns is none."""
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((mark for mark in ("\t", ",", ";") if mark in first), ",")
    if delimiter == "," and "," not in first and "，" in first:
        text = text.replace("，", ",")
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    is_first = True
    try:
        for row in reader:
            cells = [unicodedata.normalize("NFKC", cell).strip() for cell in row]
            if not any(cells):
                continue
            if not (is_first and cells[0].lower() in HEADS):
                yield reader.line_num, cells
            is_first = False
    except csv.Error:
        raise errors.FileUnreadable from None


def _day(cells: list[str], year: int) -> NamedDay | Promise:
    written, kind, name = (*cells, "", "", "")[:COLUMNS]
    day = _date(written)
    if day is None:
        return NO_DAY
    if not belongs(day, year):
        return OTHER_YEAR
    found = WORDS.get(kind.lower())
    if found is None:
        return NO_KIND
    if found is DayKind.MAKE_UP and day.weekday() in COMPANY_WEEK.weekdays:
        return WORKED_ANYWAY
    if len(name) > NAME_LIMIT or not is_plain(name) or (found is DayKind.HOLIDAY and not name):
        return NO_NAME
    return NamedDay(day, found, name)


def _date(written: str) -> date | None:
    parts = _DAY.fullmatch(written)
    try:
        return date(*(int(part) for part in parts.groups())) if parts else None
    except ValueError:
        return None


def _shown(cells: list[str]) -> str:
    """The line as it may be shown: cut, and without anything that turns text around."""
    return "".join(one if is_plain(one) else "□" for one in ", ".join(cells)[:80])
