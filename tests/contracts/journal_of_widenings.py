"""What the services of proposals for need-to-know lists do, for the test that walks every service."""

from collections.abc import Callable
from typing import Any

from accounts.rules import Duty
from tests.approvals.desk import Desk
from tests.contracts.widenings_in_states import proposed
from vault.approvals.models import Widening
from vault.approvals.services import widening
from vault.authorization.actions import Action
from vault.authorization.context import of_account

Act = Callable[[], object]


def propose(stage: Any) -> Act:
    desk = Desk(stage.archive)
    record, named = desk.record(), stage.archive.add(Duty.APPRAISER)
    return lambda: proposed(desk.reader, record, named)


def decide(stage: Any) -> Act:
    desk = Desk(stage.archive)
    made = _waiting(desk)
    return lambda: widening.decide(context=of_account(desk.in_charge), widening_id=made.pk, approve=True)


def withdraw(stage: Any) -> Act:
    desk = Desk(stage.archive)
    made = _waiting(desk)
    return lambda: widening.withdraw(context=of_account(desk.reader), widening_id=made.pk)


def _waiting(desk: Desk) -> Widening:
    return proposed(desk.reader, desk.record(), desk.archive.add(Duty.APPRAISER))


SERVICES = {"widening": widening}
WALKED: dict[str, tuple[Callable[[Any], Act], Action]] = {
    "widening.propose": (propose, Action.PROPOSE_KNOWERS),
    "widening.decide": (decide, Action.DECIDE_KNOWERS),
    "widening.withdraw": (withdraw, Action.WITHDRAW_KNOWERS),
}
