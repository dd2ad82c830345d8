"""What of the holdings is open in a leaver's name (AD-12). Kinds of things, never which or how many."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts import departures
from accounts.departures import OpenMatter
from vault.holdings import quarantine, undecided
from vault.holdings.models import LabelDecision, Record, StagedFile
from vault.holdings.rules import IntegrityStatus, LabelStatus, RecordState

DRAFTS = OpenMatter("open_drafts", _("He has drafts that are not registered."))
DECISIONS = OpenMatter("open_decisions", _("A label waits for his decision."))
TRAY = OpenMatter("open_undecided", _("Something in the undecided tray is his, or waits for his decision."))
QUARANTINE = OpenMatter("open_quarantine", _("A file in quarantine is his to deal with."))


def register() -> None:
    departures.register(open_matters)


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
