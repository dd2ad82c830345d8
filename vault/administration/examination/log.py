"""The log's state as part of an examination."""

from django.conf import settings

from audit import durability, triggers, verification
from audit.findings import Severity
from vault.administration.examination.report import Report, Say


def verify_log(report: Report, say: Say) -> None:
    """The whole log, and the checkpoints exported to the instance's own folder."""
    found = verification.verify(
        folder=settings.JINGUI_CHECKPOINTS, progress=lambda done, total: say("log", done, total)
    )
    report.count("events", found.events)
    for finding in found.findings:
        if finding.code.severity is Severity.TAMPERING:
            report.add(f"log-{finding.code}", finding.uid or finding.index or "log", finding.text)


def check_guards(report: Report, say: Say) -> None:
    """Evidence triggers and durability of both databases."""
    for alias in ("default", "audit"):
        for problem in triggers.missing(alias):
            report.add("trigger-missing", alias, problem)
        for problem in durability.problems(alias):
            report.add("not-durable", alias, problem)
