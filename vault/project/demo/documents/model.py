"""What the demo says of each of its documents, and how that resolves to a day's papers."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from vault.authorization.levels import Levels
from vault.holdings.rules import Period, PeriodKind, mark_text

COMPANY_NAME = "临江公用事业股份有限公司"
AUTHORITY_NAME = "临江市应急管理局"
LEVELS: dict[str, Levels] = {
    "open": Levels(),
    "internal": Levels(restricted=1),
    "ordinary": Levels(enterprise=1, restricted=1),
    "core": Levels(enterprise=2, restricted=1),
    "confidential": Levels(state=1, restricted=1),
    "secret": Levels(state=2, restricted=1),
    "top_secret": Levels(state=3, restricted=1),
}


@dataclass(frozen=True)
class Label:
    """A label as the filing form takes it; `until_days` counts from the demo's day."""

    choice: str
    source: str = ""
    kind: str = "none"
    number: int = 0
    until_days: int = 0
    condition: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Document:
    """One row of the catalogue. `title` may name dates as {day}, {week}, {month}, {quarter} (rule book 9.4.4)."""

    key: str
    title: str
    extension: str
    make: Callable[["Paper"], bytes]
    days_ago: int
    unit: str
    filer: str
    label: Label
    number: str = ""
    creator: str = COMPANY_NAME
    series: str = "WS"
    retention: str = "D30"
    originator: str = ""
    decider: str = ""
    knowers: tuple[str, ...] = ()
    archive_file: str = ""  # what it is kept in, year apart
    of_its_day: bool = False  # the title's dates are those of its own day, not of the demo's


@dataclass(frozen=True)
class Paper:
    """A document on the demo's day: its dates, its mark and its words are settled."""

    document: Document
    today: date
    chance: random.Random = field(compare=False, repr=False)

    @property
    def day(self) -> date:
        """The date that stands on it."""
        return self.today - timedelta(days=self.document.days_ago)

    @property
    def title(self) -> str:
        """The title, with the dates of its period."""
        return _dated(self.document.title, self.day if self.document.of_its_day else self.today)

    @property
    def number(self) -> str:
        """The document number, with its year."""
        return self.document.number.replace("{year}", str(self.day.year))

    @property
    def archive_file(self) -> str:
        """Title of the archive file it is kept in, with its year; empty for none."""
        return f"{self.day.year}年{self.document.archive_file}" if self.document.archive_file else ""

    @property
    def file_name(self) -> str:
        """What the filer's file is called."""
        return f"{self.title}.{self.document.extension}"

    @property
    def is_state_secret(self) -> bool:
        """Whether it must be marked as a drill's sample on every page (practice.md P-01)."""
        return LEVELS[self.document.label.choice].state > 0

    @property
    def until(self) -> date:
        """Last day of a period that ends on a day."""
        return self.today + timedelta(days=self.document.label.until_days)

    @property
    def mark(self) -> str:
        """The mark in the upper left corner; empty for what is open or internal."""
        label = self.document.label
        levels = LEVELS[label.choice]
        if not levels.is_classified:
            return ""
        period = Period(
            PeriodKind(label.kind),
            label.number,
            self.until if label.kind == "until" else None,
            label.condition,
        )
        return mark_text(levels, period, owner="", level_names={"ordinary": "普通商密", "core": "核心商密"})

    def make(self) -> bytes:
        """The file's bytes; the same words on the same day."""
        return self.document.make(self)

    def form(self) -> dict[str, str]:
        """The fields of the filing form that are plain text; ids are the filer's to choose."""
        document, label = self.document, self.document.label
        fields = {
            "title": self.title,
            "record_date": self.day.isoformat(),
            "document_no": self.number,
            "creator": document.creator,
            "label": label.choice,
            "source": label.source,
            "grouping": "each",
            "period_kind": label.kind,
        }
        if LEVELS[label.choice].is_classified:
            fields |= {
                "issued_on": self.day.isoformat(),
                "basis": label.basis,
                "period_number": str(label.number or ""),
                "period_until": self.until.isoformat() if label.kind == "until" else "",
                "period_condition": label.condition,
                "received_mark": self.mark if label.source == "received" else "",
            }
        return fields


def on(document: Document, today: date) -> Paper:
    """The document as it is on this day."""
    return Paper(document, today, random.Random(f"{document.key} {today}"))  # noqa: S311  (figures, no secrets)


def _dated(title: str, today: date) -> str:
    first = today.replace(day=1)
    month_end = first - timedelta(days=1)
    month_start = month_end.replace(day=1)
    monday = today - timedelta(days=today.weekday() + 7)
    quarter_end = date(today.year, (today.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
    quarter_start = date(quarter_end.year, quarter_end.month - 2, 1)
    return title.format(
        day=f"{today - timedelta(days=1):%Y%m%d}",
        week=_span(monday, monday + timedelta(days=6)),
        month=_span(month_start, month_end),
        quarter=_span(quarter_start, quarter_end),
        year=today.year,
        month_name=f"{month_end.year}年{month_end.month}月",
    )


def _span(start: date, end: date) -> str:
    """Rule book 9.4.4: the second date repeats the year only when it differs."""
    return f"{start:%Y%m%d}-{end:%m%d}" if start.year == end.year else f"{start:%Y%m%d}-{end:%Y%m%d}"
