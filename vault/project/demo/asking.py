"""Requests of the demo's last weeks: each kind in each state that people bring about, as one table."""

from collections.abc import Callable
from datetime import date, timedelta

from accounts.rules import Duty, local_day
from audit import clock
from vault.approvals import voiding
from vault.approvals.models import AccessRequest
from vault.approvals.rules import NOTING, REPRODUCING, Part, Regime, RequestState
from vault.approvals.services import delegations, requests, table
from vault.approvals.services.asking import Wanted
from vault.authorization.actions import Action
from vault.project.demo.desk import Desk

Deed = Callable[[Desk, date], None]

# What is asked for, and why; twice the same person may ask for the same of another paper.
PURPOSES = {
    Action.CONSULT: "编制年度应急预案需核对",
    Action.EXCERPT: "摘录响应等级对照表，编入预案附件",
    Action.QUOTE: "在向主管部门的请示中引用",
    Action.COPY: "分发各班组学习",
    Action.PRINT: "专题会上传阅",
}
REFUSED = "不宜分发，请安排到保密室阅读。"
REVOKED = "活动改期，暂不需要。"
CHECKED = "已核对。"
# The window of one that is asked for; the rest of the states, `copying` and `sitting` bring about.
DAYS_OPEN = 24

# State → days ago, hour, who asks, about which paper. What is still open stands on a paper of its own.
STATES: dict[RequestState, tuple[int, int, str, str]] = {
    RequestState.REJECTED: (16, 9, "officer", "nodes"),
    RequestState.REVOKED: (15, 9, "officer", "power"),
    RequestState.WITHDRAWN: (14, 9, "archivist", "prices"),
    RequestState.EXPIRED: (13, 9, "archivist", "floor"),
    RequestState.APPROVED: (5, 10, "officer", "levels"),
    RequestState.LEADER_APPROVED: (4, 10, "officer", "guard"),
    RequestState.CHECKED: (2, 9, "officer", "nodes"),
    RequestState.SUBMITTED: (2, 10, "archivist", "floor"),
}


def bring_about(desk: Desk, action: Action, state: RequestState) -> AccessRequest:
    """One request, by the steps that lead to its state."""
    _ago, _hour, who, document = STATES[state]
    request = ask(desk, who, document, action, days=0 if state is RequestState.EXPIRED else DAYS_OPEN)
    context = desk.context(who)
    if state is RequestState.WITHDRAWN:
        return requests.withdraw(context=context, request_id=request.pk, version=request.version)
    if state in {RequestState.SUBMITTED, RequestState.EXPIRED}:
        return request
    request = check(desk, request)
    if state is RequestState.CHECKED:
        return request
    if state is RequestState.REJECTED:
        return requests.reject(
            context=desk.context("leader"),
            request_id=request.pk,
            version=request.version,
            part=Part.APPROVER,
            reason=REFUSED,
        )
    request = approve(desk, request, "principal" if state is RequestState.LEADER_APPROVED else "leader")
    if state is RequestState.REVOKED:
        return requests.revoke(
            context=desk.context("leader"), request_id=request.pk, version=request.version, reason=REVOKED
        )
    return request


def ask(
    desk: Desk, who: str, document: str, action: Action, *, amount: int = 1, days: int = DAYS_OPEN
) -> AccessRequest:
    today = local_day(clock.now())
    return requests.submit(
        context=desk.context(who),
        record_id=desk.record_id(document),
        wanted=Wanted(action, PURPOSES[action], today, today + timedelta(days=days), amount),
    )


def check(desk: Desk, request: AccessRequest) -> AccessRequest:
    return requests.check(
        context=desk.context("security"), request_id=request.pk, version=request.version, reason=CHECKED
    )


def approve(desk: Desk, request: AccessRequest, by: str) -> AccessRequest:
    return requests.approve(context=desk.context(by), request_id=request.pk, version=request.version)


def days_over(desk: Desk, day: date) -> None:
    """The worker finds the requests whose days have passed without a decision."""
    voiding.sweep()


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


def _deed(action: Action, state: RequestState) -> Deed:
    def deed(desk: Desk, day: date) -> None:
        bring_about(desk, action, state)

    # The diary keeps the names of what was done.
    deed.__name__ = f"request_{action.name.lower()}_{state.value}"
    return deed


def _kinds(state: RequestState) -> list[Action]:
    """Only what is noted or reproduced of a top secret waits for its originator's paper (P-09)."""
    if state is RequestState.LEADER_APPROVED:
        return [action for action in PURPOSES if action in NOTING | REPRODUCING]
    return list(PURPOSES)


# Days ago, hour of the day in Asia/Shanghai, what was done.
ASKING: tuple[tuple[int, int, Deed], ...] = (
    *((row[0], row[1], _deed(action, state)) for state, row in STATES.items() for action in _kinds(state)),
    (11, 9, days_over),
    (4, 9, approver_proposed),
    (2, 11, stand_in),
)
