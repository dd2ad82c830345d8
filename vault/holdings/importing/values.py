"""What a cell of a table means: days, labels, codes and names. Reads what names nobody's record.

A file list says 企业管理部, 文书 and 30年; codes are what this system calls them. Either is understood, and both
together as the page's choices show them. A code goes before a name; a name that two have means nothing.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from django.db.models import Q

from accounts.models import Unit
from accounts.rules import UnitKind, local_day
from audit import clock
from vault.authorization.fields import TEXT_LIMIT, is_plain
from vault.authorization.levels import Levels
from vault.holdings import labels
from vault.holdings.models import RetentionClass, Series

_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?", re.ASCII)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII | re.IGNORECASE)

T = TypeVar("T", Unit, Series, RetentionClass)


class Meaningless(Exception):
    """A cell that means nothing; `code` is one of the troubles."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Meanings:
    """Reads units, series and retention classes once, then answers for thousands of cells."""

    def __init__(self) -> None:
        self._today = local_day(clock.now())
        own = Unit.objects.filter(Q(closed_on__isnull=True) & ~Q(kind=UnitKind.EXTERNAL))
        self._units = _with_names(own, {unit.code: unit for unit in own})
        retention = RetentionClass.objects.all()
        self._retention = _with_names(retention, {row.code: row for row in retention})
        series = Series.objects.select_related("fonds")
        codes: dict[str, Series | None] = {}
        for row in series:
            # Two fonds may have the same code: then it means nothing without the fonds.
            codes[row.code] = None if row.code in codes else row
            codes[f"{row.fonds.fonds_no}/{row.code}"] = row
        self._series = _with_names(series, codes)
        self._labels = {key.replace("_", " "): levels for key, levels in labels.CHOICES.items()}
        self._labels |= {labels.GLOSSES[key].casefold(): levels for key, levels in labels.CHOICES.items()}
        self._labels |= {name.rstrip("★").casefold(): labels.CHOICES[key] for key, name in labels.names()}

    def digest(self, cell: str) -> bytes:
        """What the file is to be; empty where nothing is said."""
        if cell and not _SHA256.fullmatch(cell):
            raise Meaningless("digest-unreadable")
        return bytes.fromhex(cell)

    def day(self, cell: str) -> date:
        match = _DAY.fullmatch(cell) or _DIGITS.fullmatch(cell)
        try:
            found = date(*map(int, match.groups())) if match else None
        except ValueError:
            found = None
        if found is None or found.year < 1000:
            raise Meaningless("date-unreadable" if cell else "date-missing")
        if found > self._today:
            raise Meaningless("date-future")
        return found

    def label(self, cell: str) -> Levels:
        """Open and internal only: what is above has more to say than a table holds (P-02, CL-02)."""
        levels = self._labels.get(cell.replace("_", " ").split("★")[0].strip().casefold())
        if levels is None:
            raise Meaningless("label-unknown" if cell else "label-missing")
        if levels.is_classified:
            raise Meaningless("label-classified")
        return levels

    def unit(self, cell: str) -> Unit:
        return _one(self._units, cell, "unit")

    def series(self, cell: str) -> Series:
        return _one(self._series, cell, "series")

    def retention(self, cell: str) -> RetentionClass:
        return _one(self._retention, cell, "retention")

    @staticmethod
    def text(cell: str) -> str:
        if len(cell) > TEXT_LIMIT or not is_plain(cell):
            raise Meaningless("text-refused")
        return cell


def _with_names(rows: Iterable[T], codes: Mapping[str, T | None]) -> dict[str, T | None]:
    """What each spelling means: a code, else a name that one alone has, alone or behind its code."""
    named: dict[str, T | None] = {}
    for row in rows:
        for name in (row.name, f"{row.code} {row.name}"):
            spelt = _spelt(name)
            named[spelt] = None if spelt in named else row
    return named | {_spelt(code): row for code, row in codes.items()}


def _spelt(cell: str) -> str:
    return " ".join(cell.split()).casefold()


def _one(known: Mapping[str, T | None], cell: str, kind: str) -> T:
    found = known.get(_spelt(cell))
    if found is None:
        raise Meaningless(f"{kind}-unknown" if cell else f"{kind}-missing")
    return found
