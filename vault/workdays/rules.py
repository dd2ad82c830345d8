"""Which days count, and how far a period of days reaches. Pure; no Django.

Sources: Civil Code 200-204 (requirements.md 0.5): the first day is not counted, a period of months ends on the
corresponding day or the month's last, a last day that is a day off moves to the day after it, and it ends at 24:00;
the State Council's yearly notice with its make-up days (0.6); practice.md P-22 for units that open at weekends.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from accounts.rules import ZONE, months_later

# Longer than any unit is shut: a calendar without an open day in it is a mistake of whoever set it.
LONGEST_SHUT = 366


class NeverOpen(ValueError):
    """No open day within LONGEST_SHUT days: the period would never end."""


class DayKind(StrEnum):
    """What a notice says of a day."""

    HOLIDAY = "holiday"
    MAKE_UP = "make_up"  # a Saturday or Sunday that is worked instead


class Mark(StrEnum):
    """What a day is in one calendar, and why; the last four are the unit's own doing."""

    WORKING = "working"
    OFF = "off"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    OPENED = "opened"
    SHUT = "shut"
    ON_HOLIDAY = "on_holiday"  # a public holiday on which the unit opens
    AT_WEEKEND = "at_weekend"  # a Saturday or Sunday on which the unit opens every week


OPEN_MARKS = frozenset({Mark.WORKING, Mark.MAKE_UP, Mark.OPENED, Mark.ON_HOLIDAY, Mark.AT_WEEKEND})


@dataclass(frozen=True)
class Week:
    """On which weekdays (Monday is 0) a unit opens from a day on, and whether public holidays shut it."""

    starts_on: date
    weekdays: frozenset[int]
    open_on_holidays: bool = False


COMPANY_WEEK = Week(date.min, frozenset(range(5)))


@dataclass(frozen=True)
class Calendar:
    """The days of the notices in force, and what a unit set for itself on top of them.

    `weeks` are in the order in which they were set: a later one holds from its first day on, whatever was set before.
    `singles` are days that the unit opens (True) or shuts (False) against its week and against any notice.
    """

    days: Mapping[date, DayKind] = field(default_factory=dict)
    official: frozenset[int] = frozenset()
    weeks: tuple[Week, ...] = ()
    singles: Mapping[date, bool] = field(default_factory=dict)

    def week_of(self, day: date) -> Week:
        """The week that holds on this day; without one of its own a unit keeps the company's."""
        return next((week for week in reversed(self.weeks) if week.starts_on <= day), COMPANY_WEEK)

    def mark(self, day: date) -> Mark:
        """What the day is. A single day stands before the notice, and the notice before the week."""
        if day in self.singles:
            return Mark.OPENED if self.singles[day] else Mark.SHUT
        week, kind = self.week_of(day), self.days.get(day)
        opens = day.weekday() in week.weekdays
        if kind is DayKind.HOLIDAY:
            return Mark.ON_HOLIDAY if opens and week.open_on_holidays else Mark.HOLIDAY
        if kind is DayKind.MAKE_UP:
            return Mark.MAKE_UP
        if not opens:
            return Mark.OFF
        return Mark.WORKING if day.weekday() in COMPANY_WEEK.weekdays else Mark.AT_WEEKEND

    def is_open(self, day: date) -> bool:
        """Whether work is done on this day."""
        return self.mark(day) in OPEN_MARKS

    def is_provisional(self, year: int) -> bool:
        """Whether no notice of this year is known yet: its holidays and make-up days are missing."""
        return year not in self.official


# Days


def next_open(calendar: Calendar, day: date) -> date:
    """The first open day after this one. Raises NeverOpen."""
    return _first(calendar, day, 1)


def previous_open(calendar: Calendar, day: date) -> date:
    """The last open day before this one. Raises NeverOpen."""
    return _first(calendar, day, -1)


def rolled(calendar: Calendar, day: date) -> date:
    """The day itself when it is open, else the next open one (Civil Code 203). Raises NeverOpen."""
    return day if calendar.is_open(day) else next_open(calendar, day)


def rolled_back(calendar: Calendar, day: date) -> date:
    """The day itself when it is open, else the last open one before it (HO-10). Raises NeverOpen."""
    return day if calendar.is_open(day) else previous_open(calendar, day)


def working_days_on(calendar: Calendar, start: date, days: int) -> date:
    """The `days`-th open day after the start, which itself is not counted (Civil Code 201). Raises NeverOpen."""
    for _ in range(days):
        start = next_open(calendar, start)
    return start


def days_on(start: date, days: int) -> date:
    """A period of calendar days; the first is not counted. Rolling is the caller's, where the rule rolls."""
    return start + timedelta(days=days)


def years_on(start: date, years: int) -> date:
    """The corresponding day; of a 29 February the 28th where the last year has none."""
    return months_later(start, 12 * years)


# Ends


def end_of(day: date, closes: time | None = None) -> datetime:
    """The instant from which the day is over in Asia/Shanghai, aware UTC: 24:00, or the close of business."""
    if closes is None:
        return datetime.combine(day + timedelta(days=1), time(0), ZONE).astimezone(UTC)
    return datetime.combine(day, closes, ZONE).astimezone(UTC)


def is_late(at: datetime, day: date, closes: time | None = None) -> bool:
    """Whether an instant lies after the end of its last day; 24:00 itself is the next day's first instant."""
    return at >= end_of(day, closes)


@dataclass(frozen=True)
class Term:
    """How a due date follows from its start: so many working days on, or with none the day itself, rolled.

    The second is P-22: `start` is the nominal date, such as the 5th, and what it yields the effective one.
    """

    start: date
    working_days: int = 0

    def ends_on(self, calendar: Calendar) -> date:
        """The last day. Raises NeverOpen."""
        if self.working_days:
            return working_days_on(calendar, self.start, self.working_days)
        return rolled(calendar, self.start)


def effective(calendar: Calendar, nominal: date) -> date:
    """P-22: lateness counts from the end of this day; both dates are shown. Raises NeverOpen."""
    return Term(nominal).ends_on(calendar)


# Notices


def belongs(day: date, year: int) -> bool:
    """Whether a notice of this year may speak of the day: of its own days, and of the December before it.

    That of 2019 made 29 December 2018 a working day.
    """
    return day.year == year or (day.year == year - 1 and day.month == 12)


def merged(notices: Mapping[int, Mapping[date, DayKind]]) -> dict[date, DayKind]:
    """The days of all notices in force; of a December day the later year's notice decides."""
    return {day: kind for year in sorted(notices) for day, kind in notices[year].items()}


@dataclass(frozen=True)
class Difference:
    """A day of a notice before and after; None where the notice does not name it."""

    day: date
    before: DayKind | None
    after: DayKind | None


def differences(before: Mapping[date, DayKind], after: Mapping[date, DayKind]) -> list[Difference]:
    """What one notice changes in another, by day."""
    return [
        Difference(day, before.get(day), after.get(day))
        for day in sorted({*before, *after})
        if before.get(day) != after.get(day)
    ]


def _first(calendar: Calendar, day: date, step: int) -> date:
    for distance in range(1, LONGEST_SHUT + 1):
        found = day + timedelta(days=step * distance)
        if calendar.is_open(found):
            return found
    raise NeverOpen(f"no open day within {LONGEST_SHUT} days of {day}")
