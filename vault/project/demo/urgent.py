"""Emergencies of the demo: one of last week with its report and its written confirmation, and one that waits today."""

from collections.abc import Callable
from datetime import date

from accounts.models import SecureRoom
from vault.approvals.models import AccessRequest
from vault.approvals.rules import Part
from vault.approvals.services import confirmations, emergencies
from vault.approvals.services.emergencies import Urgent
from vault.project.demo.desk import Desk
from vault.project.demo.office import ROOM

LEADER, SECOND = "leader", "security"
PURPOSE = "核对应急值守与物资的安排"


def emergency_released(desk: Desk, day: date) -> None:
    """By the leader in charge and the security officer; confirmed in writing on the same day."""
    request = _asked(desk, "officer", "winter", "夜间主干管爆管，须立即核对联动单位和集结地点。")
    for part, who in ((Part.APPROVER, LEADER), (Part.SECOND, SECOND)):
        emergencies.release(context=desk.context(who), request_id=request.pk, part=part)
    confirmations.confirm(
        context=desk.context(LEADER),
        request_id=request.pk,
        text="爆管抢修期间为调集联动单位同意紧急查阅，抢修已于当日完成。",
        is_justified=True,
    )


def emergency_waits(desk: Desk, day: date) -> None:
    """Today: whoever signs in as the leader in charge or as a security officer finds it on top."""
    _asked(desk, "archivist", "prices", "供应商临时撤标，两小时内须核对价费测算口径。")


def _asked(desk: Desk, who: str, document: str, why: str) -> AccessRequest:
    return emergencies.ask(
        context=desk.context(who),
        record_id=desk.record_id(document),
        urgent=Urgent(PURPOSE, why, SecureRoom.objects.get(code=ROOM).pk),
    )


# Days ago, hour of the day in Asia/Shanghai, what was done.
URGENT: tuple[tuple[int, int, Callable[[Desk, date], None]], ...] = (
    (7, 20, emergency_released),
    (0, 23, emergency_waits),
)
