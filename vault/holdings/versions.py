"""Which body of each part of a record stands: the newest that inspection accepted."""

from collections.abc import Iterable
from uuid import UUID

from vault.holdings.models import ComponentVersion
from vault.holdings.rules import IntegrityStatus

_LOOKED_UP = 500  # records in one statement


def standing(records: Iterable[UUID]) -> dict[UUID, list[ComponentVersion]]:
    """For each record with a body, the standing version of each part in order; a register card has none."""
    wanted = list(records)
    found: dict[UUID, dict[UUID, ComponentVersion]] = {}
    for start in range(0, len(wanted), _LOOKED_UP):
        for version in (
            ComponentVersion.objects.filter(
                component__record__in=wanted[start : start + _LOOKED_UP], integrity=IntegrityStatus.ACCEPTED
            )
            .select_related("component__record", "key_slot")
            .order_by("component__position", "-number")
        ):
            found.setdefault(version.component.record_id, {}).setdefault(version.component_id, version)
    return {pk: list(parts.values()) for pk, parts in found.items()}
