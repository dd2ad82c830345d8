"""Reads of the calendar. Nothing here is anybody's secret: whoever has an account may look."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from accounts.models import Unit
from accounts.rules import UnitKind
from vault.workdays import rules
from vault.workdays.models import (
    CalendarLock,
    DayState,
    DueMove,
    Notice,
    NoticeDay,
    Recomputation,
    UnitDay,
    UnitWeek,
)
from vault.workdays.rules import Calendar, DayKind

# The table of past notices begins here, and nothing of ours is due after there.
FIRST_YEAR, LAST_YEAR = 2004, 2099
CHANGES_SHOWN = 20
MOVES_SHOWN = 100


def hold() -> CalendarLock:
    """Lock the calendar until the transaction ends. Raises TransactionManagementError outside one."""
    return CalendarLock.objects.select_for_update().get(pk=1)


# Notices


def notices_in_force() -> dict[int, Notice]:
    """The newest notice of each year that has one."""
    return {notice.year: notice for notice in Notice.objects.order_by("year", "number")}


def notice_of(year: int) -> Notice | None:
    """The notice in force, with who imported it; None while the year is provisional."""
    return Notice.objects.filter(year=year).select_related("imported_by").order_by("-number").first()


def notices_of(year: int) -> list[Notice]:
    """All notices of a year, the one in force first."""
    return list(Notice.objects.filter(year=year).select_related("imported_by").order_by("-number"))


def kinds_of(notice: Notice | None) -> dict[date, DayKind]:
    """The days that a notice names."""
    if notice is None:
        return {}
    return {day: DayKind(kind) for day, kind in notice.days.values_list("day", "kind")}


def named_days(year: int) -> list[NoticeDay]:
    """The days of this year that a notice in force names, with their names; the later year's word stands."""
    found: dict[date, NoticeDay] = {}
    for notice in (notice_of(year), notice_of(year + 1)):
        if notice is not None:
            found |= {day.day: day for day in notice.days.filter(day__year=year)}
    return [found[day] for day in sorted(found)]


# Calendars


def calendar(unit_id: UUID | None = None) -> Calendar:
    """The calendar of a unit, or the company's."""
    return reader()(unit_id)


def reader(instead: Mapping[int, Mapping[date, DayKind]] | None = None) -> Callable[[UUID | None], Calendar]:
    """Reads calendars by the unit's id; notices are read once, each unit's own days once.

    `instead` are notices that are not in force yet, by year: what would be if they were.
    """
    notices = _notices() | dict(instead or {})
    days, official = rules.merged(notices), frozenset(notices)

    @cache
    def read(unit_id: UUID | None) -> Calendar:
        if unit_id is None:
            return Calendar(days, official)
        return Calendar(days, official, weeks_of(unit_id), singles_of(unit_id))

    return read


def weeks_of(unit_id: UUID) -> tuple[rules.Week, ...]:
    """The unit's weeks in the order in which they were set."""
    rows = UnitWeek.objects.filter(unit_id=unit_id).order_by("number")
    return tuple(
        rules.Week(
            row.starts_on,
            days_of(row),
            row.open_on_holidays,
        )
        for row in rows
    )


def days_of(week: UnitWeek) -> frozenset[int]:
    """The weekdays on which it opens; Monday is 0."""
    return frozenset(day for day in range(7) if week.weekdays >> day & 1)


def singles_of(unit_id: UUID) -> dict[date, bool]:
    """Days that the unit opens or shuts; the newest word on a day stands."""
    rows = UnitDay.objects.filter(unit_id=unit_id).order_by("number").values_list("day", "state")
    return {day: state == DayState.OPEN for day, state in dict(rows).items() if state != DayState.USUAL}


def weeks_set(unit: Unit) -> list[UnitWeek]:
    """Every week that was set for the unit, the newest first."""
    return list(UnitWeek.objects.filter(unit=unit).select_related("set_by").order_by("-number"))


def days_set(unit: Unit, year: int) -> list[UnitDay]:
    """Everything that was said of single days of the unit in a year, the newest first."""
    rows = UnitDay.objects.filter(unit=unit, day__year=year).select_related("set_by")
    return list(rows.order_by("-number"))


# Units


def units() -> list[Unit]:
    """Those that may have a calendar of their own: units of ours that are not closed, by their code."""
    own = Unit.objects.exclude(kind=UnitKind.EXTERNAL).filter(closed_on__isnull=True)
    return list(own.order_by("code"))


def unit(unit_id: UUID) -> Unit | None:
    """One of them."""
    return next((one for one in units() if one.pk == unit_id), None)


# What changes did


@dataclass(frozen=True)
class Change:
    """One change of the calendar with the due dates it moved; `more` counts those that are not listed."""

    made: Recomputation
    moves: tuple[DueMove, ...]
    more: int


def changes(listed: Collection[str]) -> list[Change]:
    """The newest changes, newest first, with moves of these rooms' due dates; the others are counted only."""
    made = Recomputation.objects.select_related("made_by", "notice", "week__unit", "single__unit").order_by(
        "-made_at", "-pk"
    )
    return [_change(one, listed) for one in made[:CHANGES_SHOWN]]


def older_changes() -> int:
    """How many changes `changes` does not show."""
    return max(0, Recomputation.objects.count() - CHANGES_SHOWN)


def provisional(years: Iterable[int]) -> list[int]:
    """Which of these years have no notice yet."""
    known = set(Notice.objects.values_list("year", flat=True))
    return [year for year in years if year not in known]


def _change(made: Recomputation, listed: Collection[str]) -> Change:
    shown = made.moves.filter(provider__in=listed).select_related("unit")
    moves = tuple(shown.order_by("provider", "before", "pk")[:MOVES_SHOWN])
    return Change(made, moves, made.moved - len(moves))


def _notices() -> dict[int, dict[date, DayKind]]:
    """The days of every notice in force by year, in two queries."""
    force = {notice.pk: year for year, notice in notices_in_force().items()}
    found: dict[int, dict[date, DayKind]] = {year: {} for year in force.values()}
    for notice, day, kind in NoticeDay.objects.values_list("notice", "day", "kind"):
        if notice in force:
            found[force[notice]][day] = DayKind(kind)
    return found
