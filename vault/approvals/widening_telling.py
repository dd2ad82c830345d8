"""Whom proposals to widen a list are told: a reference, and no title, level or name (PE-02, RQ-16, 10.1(8))."""

from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from vault.approvals import widenings
from vault.approvals.models import Widening
from vault.approvals.widening_rules import WideningState
from vault.notices import topics
from vault.notices.services import settle, tell


class WideningTopic(StrEnum):
    """What proposals give notice of."""

    TO_DECIDE = "widening-to-decide"
    ANSWERED = "widening-answered"
    NAMED = "widening-named"


def register() -> None:
    """The sentences of these notices."""
    topics.register(
        topics.Topic(
            WideningTopic.TO_DECIDE,
            _("A proposal for a need-to-know list waits for you"),
            _("The proposal %(reference)s for a need-to-know list waits for your decision."),
        ),
        topics.Topic(
            WideningTopic.ANSWERED,
            _("Your proposal for a need-to-know list has ended"),
            _("What became of the proposal %(reference)s stands on its page."),
        ),
        topics.Topic(
            WideningTopic.NAMED,
            _("You were put on a need-to-know list"),
            _("Under %(reference)s you were put on the need-to-know list of a record. Look under Holdings."),
        ),
    )


def proposed(row: Widening, at: datetime) -> None:
    """Whoever may decide it now. Inside the transaction that makes it or moves it on."""
    tell(
        persons=widenings.deciders(row, at),
        topic=WideningTopic.TO_DECIDE,
        reference=row.reference,
        path=_path(row),
        now=at,
    )


def ended(row: Widening, at: datetime) -> None:
    """Nobody need decide it any more; who proposed it hears so, and who was put on the list that he is on it."""
    settle(topic=WideningTopic.TO_DECIDE, reference=row.reference, path=_path(row), now=at)
    if row.state != WideningState.WITHDRAWN:
        tell(
            persons=[row.proposed_by],
            topic=WideningTopic.ANSWERED,
            reference=row.reference,
            path=_path(row),
            now=at,
        )
    if row.state == WideningState.APPROVED:
        path = reverse("holdings:record", args=[row.record_id])
        tell(persons=[row.person], topic=WideningTopic.NAMED, reference=row.reference, path=path, now=at)


def _path(row: Widening) -> str:
    return reverse("approvals:widening", args=[row.pk])
