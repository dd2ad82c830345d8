"""The unit that set a record's level, and those above it: who alone allows a copy of a top secret (保密要求(3))."""

from uuid import UUID

from django.conf import settings

from accounts.models import Unit
from accounts.rules import UnitKind
from accounts.selectors import ancestor_ids
from vault.approvals.rules import TOP_SECRET
from vault.holdings.models import Record


def is_known(record: Record) -> bool:
    """RQ-06: ours only where we may set such a level ourselves (P-06); else it is another authority's, named."""
    own = record.originator.kind != UnitKind.EXTERNAL
    return not own or bool(settings.JINGUI_CLASSIFICATION_AUTHORITY >= TOP_SECRET)


def may_allow(unit_id: UUID, originator: Unit) -> bool:
    """Whether a unit is the one that set the level, or stands above it."""
    return unit_id in ancestor_ids(originator)
