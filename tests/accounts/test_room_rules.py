"""When an inspection of a secure reading room is due: the whole table (RR-09)."""

from datetime import date, timedelta

import pytest

from accounts.room_rules import (
    INSPECTION_SOON,
    INSPECTORS,
    LATE_NAMES,
    InspectionKind,
    LastInspection,
    Late,
    all_due,
    due,
    unfit,
)
from accounts.rules import Duty
from accounts.terminal_rules import CheckResult

DAY, EVERY = date(2026, 11, 27), 30
SINCE = DAY - timedelta(days=200)
PASSED, FAILED = CheckResult
KIND = InspectionKind.TECHNICAL


def ago(days: int, result: CheckResult = PASSED) -> LastInspection:
    return LastInspection(DAY - timedelta(days=days), result)


# The last one, in how many days the next is due, why it is late, and whether it stands on the worklists.
TABLE = [
    (None, -200, Late.NEVER, True),
    (ago(-1), -200, Late.NEVER, True),
    (ago(0), EVERY, None, False),
    (ago(EVERY - INSPECTION_SOON.days - 1), INSPECTION_SOON.days + 1, None, False),
    (ago(EVERY - INSPECTION_SOON.days), INSPECTION_SOON.days, None, True),
    (ago(EVERY), 0, None, True),
    (ago(EVERY + 1), -1, Late.OVERDUE, True),
    (ago(0, FAILED), 0, Late.FAILED, True),
    (ago(EVERY + 9, FAILED), -EVERY - 9, Late.FAILED, True),
]


@pytest.mark.parametrize(("last", "days", "late", "soon"), TABLE)
def test_when_the_next_one_is_due(
    last: LastInspection | None, days: int, late: Late | None, soon: bool
) -> None:
    """RR-09: the last day still counts, and one that lies ahead is none."""
    found = due(KIND, last, every=EVERY, since=SINCE, day=DAY)
    assert (found.kind, found.on, found.late) == (KIND, DAY + timedelta(days=days), late)
    assert found.is_soon(DAY) is soon


@pytest.mark.parametrize(
    ("last", "since", "kept_from_use"),
    [
        (None, DAY, False),
        (None, DAY - timedelta(days=1), True),
        (ago(EVERY), SINCE, False),
        (ago(EVERY + 1), SINCE, True),
        (ago(0, FAILED), SINCE, True),
    ],
)
def test_what_keeps_a_room_from_use(last: LastInspection | None, since: date, kept_from_use: bool) -> None:
    """RR-09, 10.1(4): overdue or failed; the last day still counts, and the day of registration is the first's last."""
    found = due(KIND, last, every=EVERY, since=since, day=DAY)
    fresh = due(InspectionKind.SECURITY, ago(0), every=EVERY, since=since, day=DAY)
    assert (unfit([fresh, found], DAY) is found) is kept_from_use
    assert unfit([fresh], DAY) is None


def test_both_kinds_are_asked_for_and_each_is_an_officers() -> None:
    """RR-09: the one that is due first stands first; neither kind is the keeper's."""
    technical, security = InspectionKind
    found = all_due({technical: ago(0), security: ago(20)}, every=EVERY, since=SINCE, day=DAY)
    assert [one.kind for one in found] == [security, technical]
    assert {technical: Duty.SYSTEM_OFFICER, security: Duty.SECURITY_OFFICER} == INSPECTORS
    assert set(LATE_NAMES) == set(Late)
