"""Runs every step; one that fails altogether is itself a problem and leaves the others running."""

from collections.abc import Callable

from django.db import Error

from audit.errors import AuditError
from storage import hooks
from storage.errors import StorageError
from vault.administration.examination import calendar, columns, content, labels, log, plaintext
from vault.administration.examination.report import Report, Say

STEPS: tuple[tuple[str, Callable[[Report, Say], None]], ...] = (
    ("guards", log.check_guards),
    ("keys", content.check_keys),
    ("bodies", content.verify_bodies),
    ("store", content.check_store),
    ("columns", columns.open_cells),
    ("second factors", columns.open_second_factors),
    ("labels", labels.compare_labels),
    ("calendar", calendar.compare_due_dates),
    ("log", log.verify_log),
    ("plaintext", plaintext.search_home),
)


def examine(say: Say) -> Report:
    """Look at everything and change nothing."""
    report = Report()
    for name, step in STEPS:
        try:
            with hooks.examining():
                step(report, say)
        except (StorageError, AuditError, Error, OSError) as error:
            report.add(f"{name}-not-examined", name, f"This step could not be done: {error}")
    return report
