"""Requests of the demo's last weeks, one in each state that people bring about."""

from collections.abc import Callable
from datetime import date, timedelta

from accounts.rules import Duty, local_day
from audit import clock
from vault.approvals.models import AccessRequest
from vault.approvals.reproduction_rules import CopyEvent
from vault.approvals.rules import Part, Regime
from vault.approvals.services import copies, delegations, reproduction, requests, table
from vault.approvals.services.copies import Said
from vault.approvals.services.requests import Wanted
from vault.authorization.actions import Action
from vault.project.demo.desk import Desk

Deed = Callable[[Desk, date], None]


def request_revoked(desk: Desk, day: date) -> None:
    request = _approved(desk, "officer", "power", Action.CONSULT, "复核保障路线与值守点位")
    requests.revoke(
        context=desk.context("leader"),
        request_id=request.pk,
        version=request.version,
        reason="活动改期，暂不需要查阅。",
    )


def request_refused(desk: Desk, day: date) -> None:
    request = _checked(desk, "officer", "nodes", Action.COPY, "分发各班组学习", amount=8)
    requests.reject(
        context=desk.context("leader"),
        request_id=request.pk,
        version=request.version,
        part=Part.APPROVER,
        reason="不宜分发，请安排到保密室阅读。",
    )


def request_withdrawn(desk: Desk, day: date) -> None:
    request = _asked(desk, "archivist", "prices", Action.PRINT, "汇报用")
    requests.withdraw(context=desk.context("archivist"), request_id=request.pk, version=request.version)


def request_of_the_hall(desk: Desk, day: date) -> None:
    """Of an internal paper: no check, the hall's director decides."""
    request = _asked(desk, "clerk_south", "slip1", Action.COPY, "客户要求提供办理凭据", amount=2)
    _approve(desk, request, "director")


def copies_made(desk: Desk, day: date) -> None:
    """Of that internal paper, by its requester: one is out, the other is lost."""
    request = AccessRequest.objects.get(
        record=desk.record_id("slip1"), action=Action.COPY, requester=desk.person("clerk_south")
    )
    clerk = desk.context("clerk_south")
    for reason in ("", "送达途中遗失，已沿途查找。"):
        request.refresh_from_db()
        made = reproduction.produce(context=clerk, request_id=request.pk, version=request.version)
        for _file in made.files:
            pass  # printed and handed over; nothing of it stays here
        copy = copies.advance(
            context=clerk, copy_id=made.copy.pk, version=made.copy.version, event=CopyEvent.RECEIVE
        )
        if reason:
            copies.advance(
                context=clerk,
                copy_id=copy.pk,
                version=copy.version,
                event=CopyEvent.LOSE,
                said=Said(reason=reason),
            )


def request_approved(desk: Desk, day: date) -> None:
    _approved(desk, "officer", "levels", Action.CONSULT, "编制年度应急预案需核对响应等级", amount=3)


def request_to_decide(desk: Desk, day: date) -> None:
    _checked(desk, "officer", "levels", Action.EXCERPT, "摘录响应等级对照表，编入预案附件")


def request_to_check(desk: Desk, day: date) -> None:
    _asked(desk, "archivist", "floor", Action.CONSULT, "核对抢修物资底价的测算依据")


def stand_in(desk: Desk, day: date) -> None:
    delegations.delegate(
        context=desk.context("leader"),
        to=desk.person("officer"),
        duty=Duty.LEADER,
        unit=desk.unit("company"),
        starts_on=local_day(clock.now()),
        ends_on=local_day(clock.now()) + timedelta(days=4),
        reason="外出培训",
    )


def approver_proposed(desk: Desk, day: date) -> None:
    table.propose(
        context=desk.context("security"),
        row=(Regime.ENTERPRISE, 1),
        unit=desk.unit("south"),
        duty=Duty.LEADER,
        reason="营业厅不设部门负责人，普通商密由分管领导审批。",
    )


def _asked(
    desk: Desk, who: str, document: str, action: Action, purpose: str, *, amount: int = 1
) -> AccessRequest:
    today = local_day(clock.now())
    return requests.submit(
        context=desk.context(who),
        record_id=desk.record_id(document),
        wanted=Wanted(action, purpose, today, today + timedelta(days=24), amount),
    )


def _checked(
    desk: Desk, who: str, document: str, action: Action, purpose: str, *, amount: int = 1
) -> AccessRequest:
    request = _asked(desk, who, document, action, purpose, amount=amount)
    return requests.check(
        context=desk.context("security"), request_id=request.pk, version=request.version, reason="已核对。"
    )


def _approved(
    desk: Desk, who: str, document: str, action: Action, purpose: str, *, amount: int = 1
) -> AccessRequest:
    return _approve(desk, _checked(desk, who, document, action, purpose, amount=amount), "leader")


def _approve(desk: Desk, request: AccessRequest, by: str) -> AccessRequest:
    return requests.approve(context=desk.context(by), request_id=request.pk, version=request.version)


# Days ago, hour of the day in Asia/Shanghai, what was done.
ASKING: tuple[tuple[int, int, Deed], ...] = (
    (16, 9, request_revoked),
    (14, 9, request_refused),
    (13, 9, request_withdrawn),
    (6, 9, request_of_the_hall),
    (5, 9, copies_made),
    (5, 10, request_approved),
    (4, 9, approver_proposed),
    (3, 9, request_to_decide),
    (2, 10, request_to_check),
    (2, 11, stand_in),
)
