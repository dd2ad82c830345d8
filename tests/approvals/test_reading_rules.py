"""The table of reading sessions, each pair of state and event by itself, and the hours they last (7.4, RR-06)."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from vault.approvals.reading_rules import (
    IDLE,
    LIVE,
    LONGEST,
    SLACK,
    TURNS,
    Party,
    SessionEvent,
    SessionState,
    allows,
    hard_end,
    hours_problem,
    is_awake,
    mismatch,
    places_taken,
)

# Written from requirements.md 7.4, not from the table: who may, and where it leads.
READ_OFF = """
booked      cancel    reader,keeper,system  cancelled
booked      check_in  keeper         checked_in
checked_in  begin     reader         reading
checked_in  hand_over keeper         reading
checked_in  attend    second         checked_in
checked_in  depart    second         checked_in
checked_in  leave     reader         closed
checked_in  close     keeper         closed
checked_in  end       system         closed
reading     begin     reader         reading
reading     take_back keeper         reading
reading     confirm   reader         reading
reading     lock      reader,system  locked
reading     attend    second         reading
reading     depart    second         locked
reading     leave     reader         closed
reading     close     keeper         closed
reading     end       system         closed
locked      resume    keeper         reading
locked      leave     reader         closed
locked      close     keeper         closed
locked      end       system         closed
"""
EXPECTED = {
    (state, event): (set(parties.split(",")), after)
    for state, event, parties, after in (line.split() for line in READ_OFF.strip().splitlines())
}
NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(("state", "event"), list(product(SessionState, SessionEvent)))
def test_every_pair_leads_where_the_requirements_say_or_nowhere(
    state: SessionState, event: SessionEvent
) -> None:
    """7.4: what is not listed is refused for everybody."""
    parties, after = EXPECTED.get((state, event), (set(), None))
    assert {party for party in Party if allows(state, event, party)} == parties
    assert (TURNS[state, event].next if (state, event) in TURNS else None) == after


def test_what_is_over_goes_nowhere() -> None:
    """7.4: closed and cancelled have no row, and every live state has a way out for reader, keeper and machine."""
    for state in (SessionState.CLOSED, SessionState.CANCELLED):
        assert not [event for event in SessionEvent if (state, event) in TURNS]
    for state in LIVE:
        outs = {
            p for e in SessionEvent for p in Party if allows(state, e, p) and TURNS[state, e].next == "closed"
        }
        # RR-10: whoever stays beside the reader ends nothing; he locks it by going.
        assert outs == set(Party) - {Party.SECOND}


def test_the_hard_end_is_the_earlier_of_two() -> None:
    """RR-06: two hours after the check-in, and midnight in Shanghai after the request's last day."""
    assert hard_end(NOW, date(2026, 11, 27)) == NOW + LONGEST
    late = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
    assert hard_end(late, date(2026, 11, 27)) == datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
    assert hard_end(late, date(2026, 11, 28)) == late + LONGEST


@pytest.mark.parametrize(
    ("after", "awake"),
    [
        (timedelta(0), True),
        (IDLE - timedelta(microseconds=1), True),
        (IDLE, False),
        (timedelta(days=1), False),
        (-SLACK, True),
        (-SLACK - timedelta(microseconds=1), False),
        (timedelta(hours=-1), False),
    ],
)
def test_five_minutes_and_a_clock_set_back_both_put_it_to_sleep(after: timedelta, awake: bool) -> None:
    """RR-06."""
    assert is_awake(NOW, NOW + after) is awake


@pytest.mark.parametrize(
    ("day", "first", "last", "problem"),
    [
        (0, 9, 11, None),
        (0, 8, 9, None),
        (0, 18, 20, None),
        (0, 7, 9, "hours-outside"),
        (0, 19, 21, "hours-outside"),
        (0, 11, 9, "hours-outside"),
        (0, 9, 9, "hours-outside"),
        (0, 9, 12, "hours-long"),
        (-1, 9, 10, "day-outside"),
        (7, 9, 10, "day-outside"),
        (6, 9, 10, None),
    ],
)
def test_hours_of_a_booking(day: int, first: int, last: int, problem: str | None) -> None:
    """RR-08: within the room's hours, no longer than a sitting, on a day of the request."""
    today = date(2026, 11, 27)
    window = (today - timedelta(days=3), today + timedelta(days=6))
    assert hours_problem(today + timedelta(days=day), first, last, today, window) == problem


def test_a_booking_is_not_made_months_ahead() -> None:
    today = date(2026, 11, 27)
    window = (today, today + timedelta(days=60))
    assert hours_problem(today + timedelta(days=30), 9, 10, today, window) is None
    assert hours_problem(today + timedelta(days=31), 9, 10, today, window) == "day-ahead"


def test_places_are_counted_hour_by_hour() -> None:
    """RR-08: two that follow each other take one place, two that overlap take two."""
    assert places_taken([], 9, 11) == 0
    assert places_taken([(9, 10), (10, 11)], 9, 11) == 1
    assert places_taken([(9, 11), (10, 11)], 9, 11) == 2
    assert places_taken([(9, 11), (10, 11)], 9, 10) == 1
    assert places_taken([(11, 12), (8, 9)], 9, 11) == 0


@pytest.mark.parametrize(
    ("back", "notebook", "wrong"),
    [
        ((12, "0003"), True, False),
        ((11, "0003"), True, True),
        ((13, "0003"), True, True),
        ((12, "0004"), True, True),
        ((12, "0003"), False, True),
    ],
)
def test_what_comes_back_is_what_went_out(back: tuple[int, str], notebook: bool, wrong: bool) -> None:
    """P-04, AD-11."""
    assert mismatch(out=(12, "0003"), back=back, notebook_back=notebook) is wrong
