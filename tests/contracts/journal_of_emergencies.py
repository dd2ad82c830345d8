"""What the services of emergencies do, for the test that walks every service."""

from collections.abc import Callable
from typing import Any

from tests.approvals.emergency import Emergency
from vault.approvals.services import confirmations, emergencies
from vault.authorization.actions import Action
from vault.authorization.context import of_account

Act = Callable[[], object]


def ask(stage: Any) -> Act:
    emergency = Emergency(stage.archive)
    record = emergency.desk.record()
    return lambda: emergency.ask(record)


def release(stage: Any) -> Act:
    """The later of the two, which makes the report."""
    emergency = Emergency(stage.archive)
    request = emergency.ask(emergency.desk.record())
    emergency.lead(request)
    return lambda: emergency.second(request)


def refuse(stage: Any) -> Act:
    emergency = Emergency(stage.archive)
    request = emergency.ask(emergency.desk.record())
    return lambda: emergencies.refuse(
        context=of_account(emergency.keeper),
        request_id=request.pk,
        version=request.version,
        reason="不属紧急",
    )


def confirm(stage: Any) -> Act:
    emergency = Emergency(stage.archive)
    request = emergency.released(emergency.desk.record())
    return lambda: emergency.confirm(request)


SERVICES = {"emergencies": emergencies, "confirmations": confirmations}
WALKED: dict[str, tuple[Callable[[Any], Act], Action]] = {
    "emergencies.ask": (ask, Action.REQUEST_ACCESS),
    "emergencies.release": (release, Action.RELEASE_EMERGENCY),
    "emergencies.refuse": (refuse, Action.RELEASE_EMERGENCY),
    "confirmations.confirm": (confirm, Action.CONFIRM_EMERGENCY),
}
