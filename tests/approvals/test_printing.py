"""The registers of requests on paper: every row of the period, nothing of what the records are about, and in the log."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.models import Account
from accounts.rules import local_day
from audit.models import Event
from storage import forkserver, forms
from tests.accounts.people import today
from tests.approvals.desk import Desk
from tests.storage.test_forms import plain, sheets
from vault.approvals import printing
from vault.approvals.models import AccessRequest
from vault.approvals.printing import COPIES, READINGS
from vault.approvals.rules import Part
from vault.approvals.services import requests
from vault.authorization.actions import Action
from vault.authorization.context import of_account

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def address(kind: str = READINGS, since: Any = None, until: Any = None) -> str:
    asked = {"kind": kind, "since": since or today(), "until": until or today()}
    return f"/requests/register.pdf?{urlencode(asked)}"


def printed(desk: Desk, kind: str, **days: Any) -> str:
    """The text of all sheets, as the security officer receives them."""
    answer = desk.archive.client(desk.security).get(address(kind, **days))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content
    assert "no-store" in answer["Cache-Control"]
    return "".join(sheets(answer.content))


def line(desk: Desk, one: AccessRequest, number: int, **told: str) -> str:
    """A row as the form has it, written from what was asked."""
    return plain(
        str(number),
        local_day(one.submitted_at).isoformat(),
        one.reference,
        one.requester.name,
        one.requester.unit.name,
        told["level"],
        told["action"],
        told.get("extent", "全部"),
        "核对应急处置方案",
        told.get("by", ""),
        told.get("uses", "0/1"),
        told["ended"],
        told.get("remark", ""),
    )


def rejected(desk: Desk, one: AccessRequest) -> AccessRequest:
    return requests.reject(
        context=of_account(desk.in_charge),
        request_id=one.pk,
        version=one.version,
        part=Part.APPROVER,
        reason="用途不明",
    )


def test_the_rows_on_paper_are_the_rows_of_the_register(desk: Desk) -> None:
    """RQ-13: consultations and copies each in their own form, in the order in which they were sent."""
    record = desk.record()
    component = record.components.get().pk
    approved = desk.approved(record)
    refused = rejected(desk, desk.checked(record, action=Action.EXCERPT, pages={component: "1-3, 7"}))
    copied = desk.submit(desk.record("internal"), by=desk.archive.clerk, action=Action.COPY, amount=3)
    leader = desk.in_charge.person.name
    readings, copies = printed(desk, READINGS), printed(desk, COPIES)
    rows = line(desk, approved, 1, level="机密★", action="查阅", by=leader, ended="已批准") + line(
        desk,
        refused,
        2,
        level="机密★",
        action="摘录",
        extent="第1部分第1-3, 7页",
        by=leader,
        ended=f"已拒绝{today().isoformat()}",
        remark="用途不明",
    )
    names = [column.name for column in printing.columns(READINGS)]
    assert names == "序号 日期 编号 申请人 单位 密级 事项 范围 用途 审批人 次数 归还/办结 备注".split()
    assert f"{plain(*names)}{rows}第1页共1页" in readings
    row = line(desk, copied, 1, level="内部", action="复制", uses="0/3", ended="待审批")
    assert f"份数归还/办结备注{row}第1页共1页" in copies
    assert "登记数：2" in readings
    # No title, and no file's name.
    for text in (readings, copies):
        assert str(record.title) not in text
        assert "方案.pdf" not in text


def test_the_register_of_a_period_has_the_requests_of_its_days(desk: Desk) -> None:
    """RQ-13: both days count, by the clock of Shanghai."""
    record = desk.record()
    one = desk.submit(record)
    before, after = today() - timedelta(days=1), today() + timedelta(days=1)
    assert one.reference in printed(desk, READINGS)
    for since, until in ((before, before), (after, after)):
        text = printed(desk, READINGS, since=since, until=until)
        assert one.reference not in text
        assert "本期无登记。" in text


@pytest.mark.parametrize("who", ["clerk", "director", "system", "auditor", "leader"])
def test_the_security_officer_alone_prints_it(desk: Desk, who: str) -> None:
    """RQ-13."""
    account: Account = getattr(desk.archive, who)
    before = Event.objects.filter(action=Action.PRINT_REGISTER.value, outcome="denied").count()
    assert desk.archive.client(account).get(address()).status_code == 403
    assert Event.objects.filter(action=Action.PRINT_REGISTER.value, outcome="denied").count() == before + 1
    assert "register.pdf" not in desk.archive.client(desk.archive.director).get("/requests/").content.decode()


def test_making_it_is_in_the_log_before_there_is_a_file(desk: Desk, monkeypatch) -> None:
    """AU-01: one event, also where the file then failed; the reader is told and keeps his page."""
    seen: list[dict[str, Any]] = []
    authorize = printing.gate.authorize

    def told(*given: Any, **more: Any) -> Any:
        seen.append(more["sealed"])
        return authorize(*given, **more)

    def fails(_register: object) -> bytes:
        assert len(seen) == 1
        raise forkserver.ForkServerUnavailable

    desk.submit(desk.record())
    monkeypatch.setattr(printing.gate, "authorize", told)
    monkeypatch.setattr(printing.forms, "produce", fails)
    answer = desk.archive.client(desk.security).get(address(), follow=True)
    assert answer.redirect_chain == [("/requests/?list=register", 302)]
    assert "登记表未能生成" in answer.content.decode()
    day = today().isoformat()
    assert seen[0] == {"list": "requests readings", "period": f"{day} {day}", "total": 1}
    assert Event.objects.filter(action=Action.PRINT_REGISTER.value, outcome="granted").count() == 1


def test_a_period_that_is_none_or_holds_too_much_leads_back(desk: Desk, monkeypatch) -> None:
    """Told in words; nothing is made and nothing is counted."""
    client = desk.archive.client(desk.security)
    backwards = address(since=today(), until=today() - timedelta(days=1))
    for asked in ("/requests/register.pdf", backwards, address(kind="all"), address(since="gestern")):
        answer = client.get(asked, follow=True)
        assert answer.redirect_chain == [("/requests/?list=register", 302)]
    assert Event.objects.filter(action=Action.PRINT_REGISTER.value).count() == 0
    desk.submit(desk.record())
    monkeypatch.setattr(forms, "MAX_ROWS", 0)
    assert "请缩短期间" in client.get(address(), follow=True).content.decode()
    monkeypatch.undo()


def test_the_number_of_questions_does_not_grow_with_the_rows(desk: Desk, django_assert_num_queries) -> None:
    for _ in range(2):
        desk.submit(desk.record())
    period = printing.Period(READINGS, today(), today())
    found = list(printing._asked(of_account(desk.security), period))
    assert len(found) == 2
    with django_assert_num_queries(0):
        assert [printing.row(1, one)[2] for one in found] == [one.reference for one in found]


def test_the_form_stands_on_the_register_alone(desk: Desk) -> None:
    client = desk.archive.client(desk.security)
    assert "打印登记表" in client.get("/requests/?list=register").content.decode()
    assert "打印登记表" not in client.get("/requests/?list=check").content.decode()
