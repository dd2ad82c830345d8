"""Whom the holdings tell what by a notice: a reference, and no title, label or name (RQ-16)."""

from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from vault.holdings.models import LabelDecision, Record
from vault.holdings.rules import LabelStatus, RecordState
from vault.notices import topics
from vault.notices.rules import reference_of
from vault.notices.services import settle, tell


class Topic(StrEnum):
    """What the holdings give notice of."""

    LABEL_WAITS = "label-waits"
    LABEL_DECIDED = "label-decided"


def register() -> None:
    """The sentences of this room's notices."""
    topics.register(
        topics.Topic(
            Topic.LABEL_WAITS,
            _("A label waits for your decision"),
            _("You were named to decide the label proposed for %(reference)s."),
        ),
        topics.Topic(
            Topic.LABEL_DECIDED,
            _("A label that you proposed was decided"),
            _("The decision on the label that you proposed for %(reference)s stands on its page."),
        ),
    )


def label_waits(record: Record, proposal: LabelDecision | None, now: datetime) -> None:
    """Tell the named decider, from when on he can decide: the record is registered and the label only proposed."""
    if (
        proposal is not None
        and proposal.status == LabelStatus.PROPOSED
        and proposal.decider is not None
        and record.state != RecordState.DRAFT
    ):
        tell(
            persons=[proposal.decider],
            topic=Topic.LABEL_WAITS,
            reference=reference_of(record.pk),
            path=reverse("holdings:decide_label", args=[record.pk]),
            now=now,
        )


def label_decided(record: Record, proposal: LabelDecision, now: datetime) -> None:
    """Tell whoever proposed it, however it was decided; whoever was to decide it need not any more."""
    settle(
        topic=Topic.LABEL_WAITS,
        reference=reference_of(record.pk),
        path=reverse("holdings:decide_label", args=[record.pk]),
        now=now,
    )
    tell(
        persons=[proposal.proposer],
        topic=Topic.LABEL_DECIDED,
        reference=reference_of(record.pk),
        path=reverse("holdings:record", args=[record.pk]),
        now=now,
    )
