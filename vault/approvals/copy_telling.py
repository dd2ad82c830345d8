"""Whom the register of copies tells what by a notice: the request's number and no more (RQ-16, 10.1(8))."""

from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from vault.approvals import selectors
from vault.approvals.models import Copy
from vault.approvals.reproduction_rules import CopyState
from vault.notices import topics
from vault.notices.services import settle, tell


class CopyTopic(StrEnum):
    """What the register of copies gives notice of."""

    WAITS = "copy-waits"
    TRANSFER = "copy-transfer"


def register() -> None:
    """The sentences of these notices."""
    topics.register(
        topics.Topic(
            CopyTopic.WAITS,
            _("A numbered copy waits for your receipt"),
            _("A copy of the request %(reference)s waits for your receipt."),
        ),
        topics.Topic(
            CopyTopic.TRANSFER,
            _("A numbered copy is to be passed on"),
            _("Whether a copy of the request %(reference)s may be passed on waits for your decision."),
        ),
    )


def moved(copy: Copy, at: datetime) -> None:
    """Tell whoever the copy waits for now, inside the step's transaction; whoever it waited for need not look."""
    path = reverse("approvals:copy", args=[copy.pk])
    reference = copy.request.reference
    for topic in CopyTopic:
        settle(topic=topic, reference=reference, path=path, now=at)
    state = CopyState(copy.state)
    if state is CopyState.PRODUCED and copy.produced_by_id != copy.holder_id:
        tell(persons=[copy.holder], topic=CopyTopic.WAITS, reference=reference, path=path, now=at)
    if state is CopyState.TRANSFER_ALLOWED and copy.successor is not None:
        tell(persons=[copy.successor], topic=CopyTopic.WAITS, reference=reference, path=path, now=at)
    if state is CopyState.TRANSFER_ASKED:
        persons = [one for one in selectors.deciders(copy.request, at) if one.pk != copy.successor_id]
        tell(persons=persons, topic=CopyTopic.TRANSFER, reference=reference, path=path, now=at)
