"""Which portions of a record can be asked for, and what was typed about them read against what is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from vault.approvals.scopes import BadPages, Extent, Portion, pages
from vault.holdings.models import ComponentVersion, Record
from vault.holdings.rules import IntegrityStatus


@dataclass(frozen=True)
class Askable:
    """A component as it stands now: its newest version that was accepted. Without pages it is asked for whole."""

    component_id: UUID
    version: int
    name: str
    page_count: int | None
    media_type: str


def askable(record: Record) -> list[Askable]:
    """The components of a record in their order; what inspection held back is none of them."""
    found: dict[UUID, ComponentVersion] = {}
    rows = ComponentVersion.objects.filter(component__record=record).exclude(
        integrity=IntegrityStatus.QUARANTINED
    )
    for version in rows.order_by("component__position", "-number"):
        found.setdefault(version.component_id, version)
    return [
        Askable(
            one.component_id,
            one.number,
            one.name,
            one.page_count if one.viewer == "pages" else None,
            one.media_type,
        )
        for one in found.values()
    ]


def whole(record: Record) -> Extent:
    """All of a record as it stands now; of a register card its paper."""
    return Extent(tuple(Portion(one.component_id, one.version) for one in askable(record)), whole=True)


def chosen(record: Record, written: Mapping[UUID, str]) -> Extent:
    """Some components, each with the pages typed for it; empty pages are all of a component.

    Raises BadPages: as `scopes.pages` does, `component-absent` for one that is not there or none at all, and
    `pages-of-nothing` for pages of what has none.
    """
    there = {one.component_id: one for one in askable(record)}
    if not written or not set(written) <= set(there):
        raise BadPages("component-absent")
    portions = []
    for component_id, text in written.items():
        one = there[component_id]
        if text.strip() and one.page_count is None:
            raise BadPages("pages-of-nothing")
        portions.append(Portion(component_id, one.version, pages(text, one.page_count or 0)))
    return Extent(tuple(portions))
