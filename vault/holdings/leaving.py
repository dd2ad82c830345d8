"""What of the holdings is open in a leaver's name (AD-12). Kinds of things, never which or how many."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts import closures, departures
from accounts.departures import OpenMatter
from vault.holdings import quarantine, undecided
from vault.holdings.models import LabelDecision, Record, StagedFile
from vault.holdings.rules import IntegrityStatus, LabelStatus, RecordState

DRAFTS = OpenMatter("open_drafts", _("He has drafts that are not registered."))
DECISIONS = OpenMatter("open_decisions", _("A label waits for his decision."))
TRAY = OpenMatter("open_undecided", _("Something in the undecided tray is his, or waits for his decision."))
QUARANTINE = OpenMatter("open_quarantine", _("A file in quarantine is his to deal with."))


UNIT_DRAFTS = OpenMatter("unit_drafts", _("It has drafts that are not registered."))
UNIT_DECISIONS = OpenMatter("unit_decisions", _("A label of one of its records is not decided."))
UNIT_QUARANTINE = OpenMatter("unit_quarantine", _("A file of its is in quarantine."))
UNIT_TRAY = OpenMatter("unit_undecided", _("Something of its lies in the undecided tray."))


def register() -> None:
    departures.register(open_matters)
    closures.register(open_in_unit)


def open_in_unit(unit_id: UUID) -> Iterable[OpenMatter]:
    """Drafts filed for a unit, labels not decided, and undecided things put in there."""
    if Record.objects.filter(unit=unit_id, state=RecordState.DRAFT).exists():
        yield UNIT_DRAFTS
    latest = LabelDecision.objects.filter(record=OuterRef("record")).order_by("-number").values("pk")[:1]
    waiting = LabelDecision.objects.filter(pk=Subquery(latest), status=LabelStatus.PROPOSED)
    if waiting.filter(record__unit=unit_id).exists():
        yield UNIT_DECISIONS
    held = StagedFile.objects.filter(integrity=IntegrityStatus.QUARANTINED, closed_at__isnull=True)
    if held.filter(session__unit=unit_id).exists():
        yield UNIT_QUARANTINE
    if undecided.undecided().filter(unit=unit_id).exists():
        yield UNIT_TRAY


def open_matters(person_id: UUID) -> Iterable[OpenMatter]:
    """Drafts he filed, labels that he was named to decide, quarantine entries that are his."""
    if Record.objects.filter(filed_by=person_id, state=RecordState.DRAFT).exists():
        yield DRAFTS
    latest = LabelDecision.objects.filter(record=OuterRef("record")).order_by("-number").values("pk")[:1]
    waiting = LabelDecision.objects.filter(
        pk=Subquery(latest), status=LabelStatus.PROPOSED, decider=person_id
    )
    if waiting.exists():
        yield DECISIONS
    held = StagedFile.objects.filter(
        integrity=IntegrityStatus.QUARANTINED, closed_at__isnull=True
    ).select_related("session__unit", "session__account")
    if any(owner.pk == person_id for owner in quarantine.owners(list(held)).values()):
        yield QUARANTINE
    if undecided.undecided().filter(Q(owner=person_id) | Q(decider=person_id)).exists():
        yield TRAY
