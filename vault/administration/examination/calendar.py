"""Holds every open due date against the calendar that it follows (requirements 0.6)."""

from django.db import transaction

from vault.administration.examination.report import Report, Say
from vault.workdays import due, selectors
from vault.workdays.rules import NeverOpen

_DRIFT = (
    "It falls on another day than the calendar says: somebody wrote past the program, or a change of the calendar "
    "passed it by. Tell the system officer."
)


def compare_due_dates(report: Report, say: Say) -> None:
    """What is stored beside a due date is what its term gives by the calendar now."""
    try:
        with transaction.atomic():  # rooms lock what they yield
            found = list(due.moves(selectors.reader()))
    except NeverOpen as error:
        report.add("calendar-always-shut", "calendar", str(error))
        return
    for done, one in enumerate(found, start=1):
        report.count("due dates", one.examined)
        for move in one.moves:
            report.add("due-date-drift", f"{one.provider.name} {move.due.id}", _DRIFT)
        say("due dates", done, len(found))
