"""Grants that nobody has looked at for a quarter, for whoever may end them (PE-11)."""

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from vault.authorization.actions import RULES, Action
from vault.authorization.context import Context
from vault.authorization.scope import visible_to
from vault.holdings.models import Record, RecordUserPermission
from vault.holdings.rules import REVIEW_AFTER, RecordState


def due(viewer: Context) -> QuerySet[RecordUserPermission]:
    """Grants in force that were given, or last found still needed, ninety days ago or earlier; the oldest first.

    On records that the viewer may know of and whose unit stands at or below one where he may grant; never his own.
    """
    wanted = RULES[Action.GRANT].by_duty
    units = [unit for duty, unit in viewer.subject.duties if duty in wanted]
    if not units:
        return RecordUserPermission.objects.none()
    below = reduce(or_, (Q(content_object__unit__path__contains=f"{unit}/") for unit in units))
    known = visible_to(viewer, Record).exclude(state__in=[RecordState.DRAFT, RecordState.DESTROYED])
    return (
        _looked_at()
        .filter(below, content_object__in=known.values("pk"), ends_at__gt=viewer.instant)
        .filter(looked_at__lte=viewer.instant - REVIEW_AFTER)
        .exclude(user__person=viewer.subject.person_id)
        .select_related("content_object__unit", "user__person__unit", "permission", "granted_by")
        .order_by("looked_at", "pk")
    )


def is_due(grant: RecordUserPermission, at: datetime) -> bool:
    """Whether this one grant is to be looked at."""
    return _looked_at().filter(pk=grant.pk, looked_at__lte=at - REVIEW_AFTER).exists()


def _looked_at() -> QuerySet[RecordUserPermission]:
    return RecordUserPermission.objects.annotate(looked_at=Coalesce(Max("reviews__reviewed_at"), "starts_at"))
