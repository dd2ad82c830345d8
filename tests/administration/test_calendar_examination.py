"""What `doctor` finds of due dates that do not follow the calendar."""

import pytest

from tests.workdays.room import Room
from vault.administration.examination import calendar
from vault.administration.examination.report import Report

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def examined() -> Report:
    report = Report()
    calendar.compare_due_dates(report, lambda *_: None)
    return report


def test_a_due_date_that_falls_elsewhere_than_the_calendar_says_is_named(room: Room) -> None:
    """Requirements 0.6"""
    room.owe("2026-10-05", "2026-10-08")
    wrong = room.owe("2026-10-05", "2026-10-05")
    room.owe("2026-10-05", "2026-10-05", met=True)
    report = examined()
    assert report.looked_at == {"due dates": 2}
    assert [(problem.code, problem.object) for problem in report.problems] == [
        ("due-date-drift", f"test_room {wrong}")
    ]


def test_without_due_dates_there_is_nothing_to_say(room: Room) -> None:
    assert examined().ok
