"""The clock of 24 hours, and the table of steps as it was agreed."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules import Duty
from vault.authorization.actions import Action
from vault.incidents.rules import TRANSITIONS, Event, Guard, State, clock_of, due_at, steps_from

KNOWN = datetime(2026, 2, 13, 9, 30, tzinfo=UTC)  # the last evening before the Spring Festival

# state: what is done with it, and where that leads
STEPS = """
open          report       reported
reported      contain      contained
contained     investigate  investigated
investigated  decide       decided
decided       close        closed
"""
ADDED_TO = "open reported contained investigated decided".split()


def test_the_report_is_due_24_hours_after_it_became_known_day_and_night() -> None:
    """AD-11: wall clock, through the night and the holidays."""
    assert due_at(KNOWN) == datetime(2026, 2, 14, 9, 30, tzinfo=UTC)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("reported", "now", "running", "late", "soon"),
    [
        (None, 0 * HOUR, True, False, False),
        (None, 18 * HOUR, True, False, False),
        (None, 18 * HOUR + timedelta(seconds=1), True, False, True),
        (None, 24 * HOUR, True, False, True),
        (None, 24 * HOUR + timedelta(microseconds=1), True, True, False),
        (24 * HOUR, 40 * HOUR, False, False, False),
        (24 * HOUR + timedelta(microseconds=1), 40 * HOUR, False, True, False),
    ],
)
def test_the_clock_runs_until_the_report_and_a_late_one_stays_late(
    reported: timedelta | None, now: timedelta, running: bool, late: bool, soon: bool
) -> None:
    """AD-11: overdue is told, and not forgotten once it was reported."""
    at = KNOWN + reported if reported is not None else None
    clock = clock_of(due_at(KNOWN), at, KNOWN + now)
    assert (clock.running, clock.late, clock.soon) == (running, late, soon)
    assert clock.left == 24 * HOUR - (reported if reported is not None else now)


def test_the_table_of_steps_is_what_was_agreed() -> None:
    """Requirements 7.12: the whole table; nothing leads out of the end."""
    agreed = {
        (State(state), Event(event)): State(after)
        for state, event, after in (line.split() for line in STEPS.splitlines() if line)
    }
    agreed |= {
        (State(state), event): State(state) for state in ADDED_TO for event in (Event.NOTE, Event.MEASURE)
    }
    assert {key: row.next for key, row in TRANSITIONS.items()} == agreed
    assert {row.duty for row in TRANSITIONS.values()} == {Duty.SECURITY_OFFICER}
    assert {row.action for row in TRANSITIONS.values()} == {Action.MANAGE_INCIDENTS}
    assert {key: row.guard for key, row in TRANSITIONS.items() if row.guard} == {
        (State.DECIDED, Event.CLOSE): Guard.MEASURE_TAKEN
    }
    assert steps_from(State.OPEN) == [Event.REPORT, Event.NOTE, Event.MEASURE]
    assert steps_from(State.CLOSED) == []
