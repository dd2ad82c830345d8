"""The rule table as it is in force at a unit: who approves what (practice.md, the rule table)."""

from uuid import UUID

from accounts.models import Unit
from accounts.rules import Duty
from accounts.selectors import ancestor_ids
from vault.approvals.models import ApproverRule
from vault.approvals.rules import SHIPPED, Regime, Row, required_duty
from vault.authorization.levels import Levels


def in_force(unit: Unit) -> dict[Row, Duty]:
    """Every row as it counts at a unit: its own, else that of the nearest unit above it, of none, or as shipped."""
    order: list[UUID | None] = [None, *ancestor_ids(unit)]
    found = dict(SHIPPED)
    rows = ApproverRule.objects.filter(state=ApproverRule.State.CONFIRMED).order_by("decided_at", "pk")
    nearest: dict[Row, int] = {}
    for one in rows:
        row = (Regime(one.regime), one.level)
        if one.unit_id in order and row in found and order.index(one.unit_id) >= nearest.get(row, 0):
            nearest[row] = order.index(one.unit_id)
            found[row] = Duty(one.duty)
    return found


def duty_for(unit: Unit, levels: Levels) -> Duty:
    """Whose approval a record of a unit asks for. Raises ValueError for a label that asks for none."""
    return required_duty(levels, in_force(unit))


def everywhere() -> dict[Row, Duty]:
    """Every row as it counts where no unit has one of its own."""
    found = dict(SHIPPED)
    for one in ApproverRule.objects.filter(state=ApproverRule.State.CONFIRMED, unit=None).order_by(
        "decided_at"
    ):
        found[Regime(one.regime), one.level] = Duty(one.duty)
    return found
