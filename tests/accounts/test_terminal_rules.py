"""When a terminal may be used: the whole table, and each step from each state (rule book 10.1(4))."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.terminal_rules import (
    TERMINAL_STEPS,
    UNUSABLE_SENTENCES,
    CheckResult,
    LastCheck,
    TerminalFacts,
    TerminalState,
    TerminalStep,
    Unusable,
    is_number,
    next_check,
    normalise_number,
    reasons,
    usable,
)

DAY = date(2026, 11, 27)
EVERY = 90
U = Unusable
GOOD = TerminalFacts(
    state=TerminalState.REGISTERED,
    certificate_until=DAY + timedelta(days=100),
    check_every=EVERY,
    registered_on=DAY - timedelta(days=400),
    enrolled=True,
)


def passed(days_ago: int) -> LastCheck:
    return LastCheck(DAY - timedelta(days=days_ago), CheckResult.PASSED)


def failed(days_ago: int) -> LastCheck:
    return LastCheck(DAY - timedelta(days=days_ago), CheckResult.FAILED)


# What differs from a terminal in order, its last check, and everything that keeps it from use then.
TABLE = [
    ({}, passed(0), ()),
    ({}, passed(1), ()),
    ({}, passed(EVERY), ()),
    ({}, passed(EVERY + 1), (U.CHECK_OVERDUE,)),
    ({"check_every": 1}, passed(1), ()),
    ({"check_every": 1}, passed(2), (U.CHECK_OVERDUE,)),
    ({}, failed(0), (U.CHECK_FAILED,)),
    ({}, failed(EVERY + 1), (U.CHECK_FAILED,)),
    ({}, None, (U.NEVER_CHECKED,)),
    ({"registered_on": DAY}, None, (U.NEVER_CHECKED,)),
    ({}, passed(-1), (U.NEVER_CHECKED,)),
    ({"certificate_until": DAY}, passed(0), ()),
    ({"certificate_until": DAY - timedelta(days=1)}, passed(0), (U.CERTIFICATE_EXPIRED,)),
    ({"state": TerminalState.SUSPENDED}, passed(0), (U.SUSPENDED,)),
    ({"state": TerminalState.WITHDRAWN}, passed(0), (U.WITHDRAWN,)),
    ({"enrolled": False}, passed(0), (U.NOT_ENROLLED,)),
    (
        {
            "state": TerminalState.SUSPENDED,
            "certificate_until": DAY - timedelta(days=1),
            "enrolled": False,
        },
        passed(EVERY + 1),
        (U.SUSPENDED, U.CHECK_OVERDUE, U.CERTIFICATE_EXPIRED, U.NOT_ENROLLED),
    ),
    (
        {"state": TerminalState.WITHDRAWN, "enrolled": False},
        failed(3),
        (U.WITHDRAWN, U.CHECK_FAILED, U.NOT_ENROLLED),
    ),
]


@pytest.mark.parametrize(("differs", "last", "expected"), TABLE)
def test_what_keeps_a_terminal_from_use(
    differs: dict[str, object], last: LastCheck | None, expected: tuple[Unusable, ...]
) -> None:
    """Rule book 10.1(4): suspended, overdue, failed, expired or unknown, each by itself; the last days still count."""
    terminal = replace(GOOD, **differs)
    assert reasons(terminal, last, DAY) == expected
    assert usable(terminal, last, DAY) is (expected == ())


def test_the_table_above_has_every_reason_alone_and_each_has_its_sentence() -> None:
    """So that no reason stands only beside another."""
    alone = {expected[0] for _differs, _last, expected in TABLE if len(expected) == 1}
    assert alone == set(Unusable) == set(UNUSABLE_SENTENCES)
    assert len(set(UNUSABLE_SENTENCES.values())) == len(Unusable)


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, GOOD.registered_on),
        (passed(10), DAY + timedelta(days=EVERY - 10)),
        (failed(10), DAY - timedelta(days=10)),
    ],
)
def test_when_the_next_check_is_due(last: LastCheck | None, expected: date) -> None:
    assert next_check(GOOD, last) == expected


def test_each_step_from_each_state_is_as_agreed() -> None:
    """A withdrawn terminal never comes back; what is not here is refused."""
    registered, suspended, withdrawn = TerminalState
    assert {
        (state, step): TERMINAL_STEPS.get((state, step)) for state in TerminalState for step in TerminalStep
    } == {
        (registered, TerminalStep.SUSPEND): suspended,
        (registered, TerminalStep.REINSTATE): None,
        (registered, TerminalStep.WITHDRAW): withdrawn,
        (registered, TerminalStep.RENEW): registered,
        (registered, TerminalStep.CHECK): registered,
        (registered, TerminalStep.ENROL): registered,
        (registered, TerminalStep.TAKE_BACK): registered,
        (suspended, TerminalStep.SUSPEND): None,
        (suspended, TerminalStep.REINSTATE): registered,
        (suspended, TerminalStep.WITHDRAW): withdrawn,
        (suspended, TerminalStep.RENEW): suspended,
        (suspended, TerminalStep.CHECK): suspended,
        (suspended, TerminalStep.ENROL): None,
        (suspended, TerminalStep.TAKE_BACK): None,
        **{(withdrawn, step): None for step in TerminalStep},
    }


@pytest.mark.parametrize(
    ("typed", "kept", "good"),
    [
        (" bm-01 ", "BM-01", True),
        ("ＢＭ０１", "BM01", True),
        ("-1", "-1", False),
        ("", "", False),
        ("BM 01", "BM 01", False),
        ("保密01", "保密01", False),
        ("A" * 32, "A" * 32, True),
        ("A" * 33, "A" * 33, False),
    ],
)
def test_the_form_of_a_number(typed: str, kept: str, good: bool) -> None:
    assert normalise_number(typed) == kept
    assert is_number(kept) is good
