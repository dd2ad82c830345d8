"""Holds labels against each other: what lists filter on, what protects, and what was decided (CL-11)."""

from collections.abc import Iterable

from django.db.models import F, Q

from vault.administration.examination.report import Report, Say
from vault.authorization.levels import Levels, highest
from vault.holdings.models import ArchiveFile, LabelDecision, Record
from vault.holdings.models.base import Labelled
from vault.holdings.rules import LabelStatus, RecordState

_LABEL = ("unit_id", "state_level", "enterprise_level", "restricted", "is_shielded", "caveat")
_LEVELS = ("state_level", "enterprise_level", "restricted")
_DRIFT = "Lists filter on another label than the one that protects: restore the row from a backup."
_BELOW = (
    "The label is below that of something in it: restore the row from a backup and look for who changed it."
)
_UNDECIDED = "The label is below what was last decided or proposed: restore the row from a backup."


def compare_labels(report: Report, say: Say) -> None:
    """Access classes, the high-water mark over components and records, and the last decision of each label."""
    for model in (Record, ArchiveFile):
        _compare_classes(report, model)
    records = Record.objects.order_by("pk")
    total = records.count()
    for done, record in enumerate(records.prefetch_related("components").iterator(chunk_size=500), start=1):
        report.count("labels")
        if not record.levels.dominates(highest(component.levels for component in record.components.all())):
            report.add("label-below-component", record.pk, _BELOW)
        if done % 500 == 0 or done == total:
            say("labels", done, total)
    for file in ArchiveFile.objects.order_by("pk").iterator(chunk_size=500):
        report.count("labels")
        own = Levels(file.own_state_level, file.own_enterprise_level, file.own_restricted)
        inside = file.records.exclude(state=RecordState.DESTROYED).values_list(*_LEVELS).distinct()
        if not file.levels.dominates(highest([own, *_levels(inside)])):
            report.add("label-below-record", file.pk, _BELOW)
    _compare_decisions(report)


def _compare_classes(report: Report, model: type[Labelled]) -> None:
    """The class of a row says again what its own columns say."""
    same = Q(**{name: F(f"access_class__{name}") for name in _LABEL})
    for pk in model._base_manager.exclude(same).values_list("pk", flat=True):
        report.add("access-class-drift", pk, _DRIFT)


def _compare_decisions(report: Report) -> None:
    """A record protects at least as its last row says, whether proposed, decided or sent back."""
    last: dict[object, Levels] = {}
    rows = LabelDecision.objects.exclude(status=LabelStatus.REFUSED).order_by("record_id", "number")
    for record_id, *levels in rows.values_list("record_id", *_LEVELS):
        last[record_id] = Levels(*levels)
    found = Record.objects.exclude(state=RecordState.DESTROYED).values_list("pk", *_LEVELS)
    for pk, *levels in found.iterator(chunk_size=2000):
        if pk in last and not Levels(*levels).dominates(last[pk]):
            report.add("label-below-decision", pk, _UNDECIDED)


def _levels(rows: Iterable[tuple[int, int, int]]) -> list[Levels]:
    return [Levels(*row) for row in rows]
