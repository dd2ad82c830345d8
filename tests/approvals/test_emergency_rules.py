"""The tables of emergency access: what it is never for, how long it lasts, by when it is confirmed."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from vault.approvals import emergency_rules as rules
from vault.approvals.emergency_rules import Confirmation, Problem
from vault.approvals.reading_rules import hard_end
from vault.approvals.rules import window_problem
from vault.authorization.levels import Levels

AT = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def test_no_label_with_a_top_secret_in_it_has_emergency_access() -> None:
    """PE-17: over every label there is; whatever else stands beside it."""
    for state, enterprise, restricted, shielded in product(range(4), range(3), range(2), (False, True)):
        found = rules.problem(Levels(state, enterprise, restricted), is_shielded=shielded)
        expected = (
            Problem.TOP_SECRET
            if state == 3
            else Problem.SHIELDED
            if shielded
            else None
            if state or enterprise
            else Problem.NOT_CLASSIFIED
        )
        assert found is expected


@pytest.mark.parametrize(
    ("after", "runs"),
    [
        (-2 * MINUTE, False),
        (-MINUTE, True),
        (timedelta(0), True),
        (HOUR - SECOND, True),
        (HOUR, False),
        (25 * HOUR, False),
    ],
)
def test_the_hour_runs_for_an_hour(after: timedelta, runs: bool) -> None:
    """PE-17: and not before it began, under a clock that was set back."""
    assert rules.runs(AT, AT + after) is runs


def test_a_clock_behind_what_has_happened_was_set_back() -> None:
    assert rules.is_set_back(AT, AT - MINUTE - SECOND)
    assert not rules.is_set_back(AT, AT - MINUTE)
    assert not rules.is_set_back(AT, AT + HOUR)


def test_the_days_of_an_emergency_are_a_window_that_stands_and_hold_its_hour() -> None:
    """Released a minute before midnight of its second day at the latest; asked for at midnight it has an hour too."""
    first, last = rules.window(date(2026, 12, 31))
    assert (first, last) == (date(2026, 12, 31), date(2027, 1, 1))
    assert window_problem(first, last, date(2026, 12, 31)) is None


def test_a_session_ends_with_the_hour() -> None:
    """PE-17: the earliest of the three ends counts."""
    day = date(2026, 11, 5)
    assert hard_end(AT, day, AT + HOUR) == AT + HOUR
    assert hard_end(AT + 50 * MINUTE, day, AT + HOUR) == AT + HOUR
    assert hard_end(AT, day, AT + 3 * HOUR) == AT + 2 * HOUR
    assert hard_end(AT, day) == AT + 2 * HOUR


@pytest.mark.parametrize(
    ("confirmed", "justified", "now", "expected"),
    [
        (None, True, 24 * HOUR, Confirmation.AWAITED),
        (None, True, 24 * HOUR + SECOND, Confirmation.OVERDUE),
        (24 * HOUR, True, 99 * HOUR, Confirmation.GIVEN),
        (24 * HOUR + SECOND, True, 99 * HOUR, Confirmation.GIVEN_LATE),
        (HOUR, False, 99 * HOUR, Confirmation.NOT_JUSTIFIED),
    ],
)
def test_the_written_confirmation_has_24_hours(
    confirmed: timedelta | None, justified: bool, now: timedelta, expected: Confirmation
) -> None:
    """P-10."""
    at = AT + confirmed if confirmed is not None else None
    assert rules.confirmation(AT, at, is_justified=justified, now=AT + now, told_at=None) is expected


def test_what_was_told_as_overdue_stays_late_under_a_clock_set_back() -> None:
    """P-10."""
    given = {"is_justified": True, "now": AT + HOUR, "told_at": AT + 25 * HOUR}
    assert rules.confirmation(AT, None, **given) is Confirmation.OVERDUE
    assert rules.confirmation(AT, AT + HOUR, **given) is Confirmation.GIVEN_LATE
