"""Finds or makes the access class of a label at a unit, and writes an object's effective label."""

from accounts.models import Unit
from vault.authorization.levels import Levels
from vault.holdings.models import AccessClass
from vault.holdings.models.base import Labelled


def access_class(unit: Unit, levels: Levels, *, is_shielded: bool = False, caveat: str = "") -> AccessClass:
    """The row of this combination; made on first use."""
    found, _ = AccessClass.objects.get_or_create(
        unit=unit,
        state_level=levels.state,
        enterprise_level=levels.enterprise,
        restricted=levels.restricted,
        is_shielded=is_shielded,
        caveat=caveat,
    )
    return found


def set_levels(target: Labelled, levels: Levels) -> None:
    """Set the effective label and its class together on an unsaved or locked object; the caller saves."""
    target.state_level, target.enterprise_level, target.restricted = (
        levels.state,
        levels.enterprise,
        levels.restricted,
    )
    target.access_class = access_class(
        target.unit, levels, is_shielded=target.is_shielded, caveat=target.caveat
    )
