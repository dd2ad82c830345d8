"""How far a period of days reaches: the tables, and what must hold for every day."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounts.rules import months_later
from tests.workdays.tables import MONTHS, NOMINAL, WORKING_DAYS, rows
from vault.workdays.rules import (
    LONGEST_SHUT,
    Calendar,
    DayKind,
    Difference,
    Mark,
    NeverOpen,
    Term,
    Week,
    belongs,
    days_on,
    differences,
    effective,
    end_of,
    is_late,
    merged,
    next_open,
    previous_open,
    rolled,
    rolled_back,
    working_days_on,
    years_on,
)

OFFICIAL = Calendar(
    dict.fromkeys(chinese_calendar.holidays, DayKind.HOLIDAY)
    | dict.fromkeys(chinese_calendar.workdays, DayKind.MAKE_UP),
    frozenset(range(2004, 2027)),
)
EVERY_DAY = Week(date(2020, 1, 1), frozenset(range(7)))
HALL = Calendar(OFFICIAL.days, OFFICIAL.official, (EVERY_DAY,))


def day(text: str) -> date:
    return date.fromisoformat(text)


# The tables


@pytest.mark.parametrize("row", rows(WORKING_DAYS), ids=lambda row: row[0])
def test_working_days_and_ten_calendar_days_from_a_day(row: list[str]) -> None:
    """Requirements 0.5 and 9: 2, 5 and 10 days; the day of acceptance is not counted, make-up Saturdays and Sundays are."""
    start, *expected = map(day, row)
    tenth = days_on(start, 10)
    found = [working_days_on(OFFICIAL, start, n) for n in (1, 2, 5)] + [tenth, rolled(OFFICIAL, tenth)]
    assert found == expected


@pytest.mark.parametrize("row", rows(MONTHS), ids=lambda row: row[0])
def test_months_and_years_end_on_the_corresponding_day_or_the_month_s_last(row: list[str]) -> None:
    """Requirements 9: half a year is six calendar months, of 181 to 184 days, never a number of days."""
    start, *expected = map(day, row)
    half_a_year = months_later(start, 6)
    assert [half_a_year, days_on(half_a_year, 1), years_on(start, 10), years_on(start, 30)] == expected


def test_secrecy_periods_from_a_29_february() -> None:
    """Requirements 9: 机密★20年 and 秘密★10年 issued on 2024-02-29."""
    assert years_on(date(2024, 2, 29), 20) == date(2044, 2, 29)
    assert years_on(date(2024, 2, 29), 10) == date(2034, 2, 28)


@pytest.mark.parametrize("row", rows(NOMINAL), ids=lambda row: row[0])
def test_a_nominal_date_rolls_to_the_next_or_from_the_last_working_day(row: list[str]) -> None:
    """P-22: both are told; which one counts is the rule's."""
    nominal, before, after = map(day, row)
    assert (rolled_back(OFFICIAL, nominal), rolled(OFFICIAL, nominal)) == (before, after)
    assert effective(OFFICIAL, nominal) == after


def test_every_day_of_every_official_year_is_what_the_second_source_says() -> None:
    """Requirements 0.6"""
    first, last = date(2004, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
    days = [date.fromordinal(number) for number in range(first, last + 1)]
    assert [one for one in days if OFFICIAL.is_open(one) != chinese_calendar.is_workday(one)] == []
    assert len(days) > 8000


def test_the_fifth_is_no_working_day_in_38_of_83_months() -> None:
    """Requirements 0.7, and three months have no working day up to the 5th at all."""
    fifths = [date(year, month, 5) for year in range(2020, 2027) for month in range(1, 13)][:83]
    assert sum(not OFFICIAL.is_open(one) for one in fifths) == 38
    without = [one for one in fifths if not any(OFFICIAL.is_open(one.replace(day=n)) for n in range(1, 6))]
    assert [one.isoformat()[:7] for one in without[-3:]] == ["2025-10", "2026-05", "2026-10"]


# Units


@pytest.mark.parametrize(
    ("nominal", "company", "hall"),
    [
        ("2026-07-05", "2026-07-06", "2026-07-05"),  # a Sunday: the hall is open
        ("2026-10-05", "2026-10-08", "2026-10-08"),  # a holiday shuts the hall too
        ("2026-11-05", "2026-11-05", "2026-11-05"),
    ],
)
def test_a_hall_that_opens_at_weekends_has_its_own_effective_date(
    nominal: str, company: str, hall: str
) -> None:
    """P-22: lateness counts from the end of the unit's next opening day."""
    assert effective(OFFICIAL, day(nominal)) == day(company)
    assert effective(HALL, day(nominal)) == day(hall)


def test_a_unit_s_entry_stands_before_the_notice_and_the_notice_before_the_week() -> None:
    on_duty = Week(date(2026, 1, 1), frozenset(range(7)), open_on_holidays=True)
    shut_on = {day("2026-10-02"): False, day("2026-10-03"): True}
    always = Calendar(OFFICIAL.days, OFFICIAL.official, (on_duty,), {day("2026-10-02"): False})
    usual = Calendar(OFFICIAL.days, OFFICIAL.official, (EVERY_DAY,), shut_on)
    table = {
        "2026-10-01": (Mark.ON_HOLIDAY, Mark.HOLIDAY),
        "2026-10-02": (Mark.SHUT, Mark.SHUT),
        "2026-10-03": (Mark.ON_HOLIDAY, Mark.OPENED),
        "2026-10-08": (Mark.WORKING, Mark.WORKING),
        "2026-10-10": (Mark.MAKE_UP, Mark.MAKE_UP),
        "2026-10-11": (Mark.AT_WEEKEND, Mark.AT_WEEKEND),
    }
    assert {text: (always.mark(day(text)), usual.mark(day(text))) for text in table} == table
    assert OFFICIAL.mark(day("2026-10-11")) is Mark.OFF


def test_a_make_up_day_is_worked_by_a_unit_that_is_else_shut_on_it() -> None:
    shut_on_weekends = Calendar(OFFICIAL.days, weeks=(Week(date(2026, 1, 1), frozenset({0, 1, 2, 3, 4})),))
    assert shut_on_weekends.is_open(day("2026-02-28"))
    assert not shut_on_weekends.is_open(day("2026-03-07"))


def test_the_week_set_last_holds_from_its_first_day_on_and_not_before() -> None:
    mondays = Week(date(2026, 6, 1), frozenset({0}))
    sundays = Week(date(2026, 3, 1), frozenset({6}))
    one = Calendar(weeks=(EVERY_DAY, mondays, sundays))
    assert one.week_of(date(2026, 2, 28)) == EVERY_DAY
    assert one.week_of(date(2026, 3, 1)) == sundays
    assert one.week_of(date(2026, 7, 1)) == sundays
    assert Calendar(weeks=(mondays,)).week_of(date(2026, 5, 31)).weekdays == frozenset(range(5))


def test_a_calendar_that_never_opens_is_refused_and_not_searched_for_ever() -> None:
    first = date(2026, 1, 1)
    shut = Calendar(singles={first + timedelta(days=n): False for n in range(-400, 400)})
    for search in (next_open, previous_open, rolled, rolled_back, effective):
        with pytest.raises(NeverOpen):
            search(shut, first)
    last = first + timedelta(days=LONGEST_SHUT)
    last_chance = Calendar(singles={**shut.singles, last: True})
    assert next_open(last_chance, first) == last
    with pytest.raises(NeverOpen):
        next_open(last_chance, first - timedelta(days=1))


# Ends


def test_a_day_ends_at_24_local_time_and_midnight_is_the_next_day_s() -> None:
    """Requirements 0.5: Civil Code 203."""
    end = end_of(date(2026, 11, 5))
    assert end == datetime(2026, 11, 5, 16, 0, tzinfo=UTC)
    assert not is_late(end - timedelta(microseconds=1), date(2026, 11, 5))
    assert is_late(end, date(2026, 11, 5))
    assert end_of(date(2026, 11, 5), time(17, 30)) == datetime(2026, 11, 5, 9, 30, tzinfo=UTC)


def test_a_term_is_so_many_working_days_or_a_nominal_date_rolled() -> None:
    assert Term(day("2026-09-30"), 2).ends_on(OFFICIAL) == day("2026-10-09")
    assert Term(day("2026-10-05")).ends_on(OFFICIAL) == day("2026-10-08")


# Years and notices


def test_a_year_without_a_notice_is_provisional_and_only_its_weekends_are_off() -> None:
    """RP-12"""
    assert OFFICIAL.is_provisional(2027)
    assert not OFFICIAL.is_provisional(2026)
    assert OFFICIAL.mark(date(2027, 10, 1)) is Mark.WORKING
    assert OFFICIAL.mark(date(2027, 10, 2)) is Mark.OFF


def test_of_a_december_day_the_next_year_s_notice_decides() -> None:
    """That of 2019 made 29 December 2018 a working day."""
    december = date(2026, 12, 31)
    assert belongs(december, 2027)
    assert not belongs(date(2026, 11, 30), 2027)
    assert not belongs(date(2028, 1, 1), 2027)
    assert merged({2027: {december: DayKind.HOLIDAY}, 2026: {december: DayKind.MAKE_UP}}) == {
        december: DayKind.HOLIDAY
    }


def test_what_one_notice_changes_in_another_is_told_by_day() -> None:
    new_year, second, third = (date(2027, 1, n) for n in (1, 2, 3))
    before = {new_year: DayKind.HOLIDAY, second: DayKind.HOLIDAY}
    after = {new_year: DayKind.HOLIDAY, second: DayKind.MAKE_UP, third: DayKind.HOLIDAY}
    assert differences(before, after) == [
        Difference(second, DayKind.HOLIDAY, DayKind.MAKE_UP),
        Difference(third, None, DayKind.HOLIDAY),
    ]
    assert differences(after, after) == []


# For every day


DAYS = some.dates(date(2005, 1, 1), date(2026, 6, 30))


@given(DAYS, some.integers(0, 30))
def test_n_working_days_on_pass_exactly_n_open_days(start: date, days: int) -> None:
    end = working_days_on(OFFICIAL, start, days)
    passed = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(OFFICIAL.is_open(one) for one in passed) == days
    assert days == 0 or OFFICIAL.is_open(end)


@given(DAYS, some.integers(0, 600))
def test_months_on_land_in_the_right_month_on_no_later_day(start: date, months: int) -> None:
    end = months_later(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)
