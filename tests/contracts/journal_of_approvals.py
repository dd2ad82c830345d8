"""What the services of requests do, for the test that walks every service."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accounts.rules import Duty
from tests.accounts.people import today
from tests.approvals.copying import CopyDesk
from tests.approvals.desk import Desk
from tests.support.archive import pdf
from vault.approvals.models import AccessRequest, ExternalAuthorisation
from vault.approvals.reproduction_rules import CopyEvent
from vault.approvals.rules import Part, Regime
from vault.approvals.services import authorisations, copies, delegations, reproduction, requests, scans, table
from vault.approvals.services.authorisations import Paper
from vault.approvals.services.scans import Scan
from vault.authorization.actions import Action
from vault.authorization.context import of_account

Act = Callable[[], object]


def submit(stage: Any) -> Act:
    desk = Desk(stage.archive)
    record = desk.record()
    return lambda: desk.submit(record)


def check(stage: Any) -> Act:
    desk = Desk(stage.archive)
    request = desk.submit(desk.record())
    return lambda: desk.check(request)


def approve(stage: Any) -> Act:
    desk = Desk(stage.archive)
    request = desk.checked(desk.record())
    return lambda: desk.approve(request)


def reject(stage: Any) -> Act:
    desk = Desk(stage.archive)
    request = desk.checked(desk.record())
    return lambda: requests.reject(
        context=of_account(desk.in_charge),
        request_id=request.pk,
        version=request.version,
        part=Part.APPROVER,
        reason="用途不明",
    )


def withdraw(stage: Any) -> Act:
    desk = Desk(stage.archive)
    request = desk.submit(desk.record())
    return lambda: requests.withdraw(
        context=of_account(desk.reader), request_id=request.pk, version=request.version
    )


def revoke(stage: Any) -> Act:
    desk = Desk(stage.archive)
    request = desk.approved(desk.record())
    return lambda: requests.revoke(
        context=of_account(desk.in_charge), request_id=request.pk, version=request.version, reason="用途变更"
    )


def led(desk: Desk) -> AccessRequest:
    """A top secret's excerpt that waits for the unit that set the level."""
    checked = desk.checked(desk.record("top_secret"), action=Action.EXCERPT)
    return desk.approve(checked, by=desk.principal)


def recorded(desk: Desk, request: AccessRequest) -> ExternalAuthorisation:
    scan = desk.record("secret")
    return authorisations.record(
        context=of_account(desk.reader),
        request_id=request.pk,
        paper=Paper(
            issuer=desk.archive.authority,
            document_no="应急〔2026〕12号",
            document_date=today(),
            copies=1,
            purpose="核对方案",
            record_id=scan.pk,
        ),
    )


def record(stage: Any) -> Act:
    desk = Desk(stage.archive)
    request, scan = led(desk), desk.record("secret")
    paper = Paper(desk.archive.authority, "应急〔2026〕12号", today(), 1, "核对方案", scan.pk)
    return lambda: authorisations.record(context=of_account(desk.reader), request_id=request.pk, paper=paper)


def verify(stage: Any) -> Act:
    desk = Desk(stage.archive)
    request = led(desk)
    made = recorded(desk, request)
    return lambda: authorisations.verify(
        context=of_account(desk.security),
        authorisation_id=made.pk,
        version=request.version,
        reason="与原件逐项核对",
    )


def delegate(stage: Any) -> Act:
    desk = Desk(stage.archive)
    return lambda: delegations.delegate(
        context=of_account(desk.in_charge),
        to=desk.reader.person,
        duty=Duty.LEADER,
        unit=desk.archive.company,
        starts_on=today(),
        ends_on=today() + timedelta(days=9),
        reason="出差",
    )


def end(stage: Any) -> Act:
    desk = Desk(stage.archive)
    given = delegations.delegate(
        context=of_account(desk.in_charge),
        to=desk.reader.person,
        duty=Duty.LEADER,
        unit=desk.archive.company,
        starts_on=today(),
        ends_on=today() + timedelta(days=9),
        reason="出差",
    )
    return lambda: delegations.end(context=of_account(desk.in_charge), delegation_id=given.pk)


def propose(stage: Any) -> Act:
    return lambda: table.propose(
        context=of_account(stage.archive.security),
        row=(Regime.ENTERPRISE, 1),
        unit=None,
        duty=Duty.LEADER,
        reason="从严",
    )


def decide(stage: Any) -> Act:
    made = propose(stage)()
    return lambda: table.decide(context=of_account(stage.archive.leader), rule_id=made.pk, confirm=True)


def take_back(stage: Any) -> Act:
    made = propose(stage)()
    return lambda: table.withdraw(context=of_account(stage.archive.security), rule_id=made.pk)


def copies_of(stage: Any) -> tuple[CopyDesk, AccessRequest]:
    desk = CopyDesk(stage.archive)
    return desk, desk.granted(desk.copied())


def produce(stage: Any) -> Act:
    desk, request = copies_of(stage)
    return lambda: desk.make(request)


def advance(stage: Any) -> Act:
    desk, request = copies_of(stage)
    copy = desk.made(request)
    return lambda: desk.step(copy, CopyEvent.GIVE_BACK, desk.keeper)


def find(stage: Any) -> Act:
    desk, request = copies_of(stage)
    desk.made(request)
    return lambda: scans.find(context=desk.at(desk.keeper), scan=Scan("第一页.pdf", pdf(1)))


def close_request(stage: Any) -> Act:
    desk, request = copies_of(stage)
    desk.returned(desk.made(request))
    return lambda: desk.close(request)


def count(stage: Any) -> Act:
    last = today().replace(day=1) - timedelta(days=1)
    return lambda: copies.count(
        context=of_account(stage.archive.archivist),
        unit=stage.archive.hall,
        year=last.year,
        month=last.month,
        seen=[],
    )


SERVICES = {
    "reproduction": reproduction,
    "copies": copies,
    "scans": scans,
    "requests": requests,
    "authorisations": authorisations,
    "delegations": delegations,
    "table": table,
}
WALKED: dict[str, tuple[Callable[[Any], Act], Action]] = {
    "scans.find": (find, Action.FIND_COPY),
    "requests.submit": (submit, Action.REQUEST_ACCESS),
    "requests.check": (check, Action.CHECK_REQUEST),
    "requests.approve": (approve, Action.DECIDE_REQUEST),
    "requests.reject": (reject, Action.DECIDE_REQUEST),
    "requests.withdraw": (withdraw, Action.WITHDRAW_REQUEST),
    "requests.revoke": (revoke, Action.REVOKE_REQUEST),
    "authorisations.record": (record, Action.RECORD_AUTHORISATION),
    "authorisations.verify": (verify, Action.VERIFY_AUTHORISATION),
    "delegations.delegate": (delegate, Action.MANAGE_DELEGATIONS),
    "delegations.end": (end, Action.MANAGE_DELEGATIONS),
    "reproduction.produce": (produce, Action.PRODUCE),
    "copies.advance": (advance, Action.MANAGE_COPIES),
    "copies.close_request": (close_request, Action.MANAGE_COPIES),
    "copies.count": (count, Action.MANAGE_COPIES),
    "table.propose": (propose, Action.PROPOSE_APPROVER),
    "table.decide": (decide, Action.CONFIRM_APPROVER),
    "table.withdraw": (take_back, Action.PROPOSE_APPROVER),
}
