"""Which records of a list have a first page to show, and to whom. The picture itself is asked for anew."""

from collections.abc import Sequence
from uuid import UUID

from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.scope import visible_to
from vault.holdings import versions
from vault.holdings.models import Record


def first_pages(viewer: Context, rows: Sequence[Record]) -> dict[UUID, UUID]:
    """For each record whose first page the viewer may see, its first component with pages. Three statements at most."""
    # PREVIEW is CONSULT but for what is classified (vault.authorization.actions).
    unclassified = [record.pk for record in rows if not record.levels.is_classified]
    if not unclassified:
        return {}
    readable = visible_to(viewer, Record, action=Action.CONSULT).filter(pk__in=unclassified)
    found: dict[UUID, UUID] = {}
    for record_id, parts in versions.standing(readable.values_list("pk", flat=True)).items():
        for version in parts:
            if version.viewer == "pages":
                found.setdefault(record_id, version.component_id)
    return found
