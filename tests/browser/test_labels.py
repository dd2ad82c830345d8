"""Labels proposed by one and decided by another, and who may know."""

import re

from playwright.sync_api import expect

from tests.browser.desk import Desk, turn


def test_a_label_is_proposed_by_one_protects_at_once_and_is_decided_by_another(desk: Desk) -> None:
    """CL-05, CL-07."""
    record = desk.instance.records["meeting"]
    page = desk.at_terminal(desk.sit("archivist"))
    page.goto(record)
    page.get_by_role("link", name="拟定密级").click()
    expect(page.locator("[name=basis]")).to_be_hidden()
    page.locator("[name=label][value=ordinary]").check()
    page.select_option("[name=source]", label="本单位拟定")
    page.fill("[name=basis]", "商业秘密事项目录 3.2")
    page.fill("[name=issued_on]", "2026-01-15")
    page.select_option("[name=period_kind]", value="years")
    page.fill("[name=period_number]", "3")
    page.select_option("[name=originator]", index=1)
    page.select_option("[name=decider]", label="陈立 · 临江公用事业股份有限公司")
    page.get_by_label(re.compile("周建国")).check()
    page.get_by_role("button", name="提交拟定").click()
    expect(page.locator(".banner")).to_contain_text("普通商密")
    expect(page.locator(".banner")).to_contain_text("拟")
    expect(page.get_by_role("link", name="决定密级")).to_have_count(0)
    # It protects already: the clerk of a hall does not learn of it, and its content asks for an approval.
    desk.expect(404)
    stranger = desk.sit("clerk_south").goto(record)
    assert stranger is not None
    assert stranger.status == 404
    decider = desk.sit("officer")
    decider.goto("/")
    waiting = decider.locator("section.card").filter(has_text="待定密").locator("li")
    waiting.filter(has_text="客户服务例会纪要").get_by_role("link", name=re.compile("^作出决定")).click()
    expect(decider.locator(".versus")).to_contain_text("普通商密")
    decider.locator("[name=decision][value=confirm]").check()
    decider.locator("form.form button.go").click()
    expect(decider.locator(".facts").filter(has_text="状态")).to_contain_text("有效")
    expect(decider.locator(".banner")).not_to_contain_text("拟")


def test_a_proposal_is_sent_back_only_with_a_reason(desk: Desk) -> None:
    """CL-07."""
    desk.expect(400)
    page = desk.sit("officer")
    page.goto(f"{desk.instance.records['board']}label/decision/")
    page.locator("[name=decision][value=refuse]").check()
    page.locator("form.form button.go").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=decision][value=refuse]")).to_be_checked()
    page.fill("[name=reason]", "依据条款写错，应为目录 3.4")
    page.locator("form.form button.go").click()
    expect(page.locator(".facts").filter(has_text="状态")).to_contain_text("退回")


def test_whoever_is_put_on_the_list_learns_of_the_record_and_whoever_is_struck_no_longer_does(
    desk: Desk,
) -> None:
    """PE-02, PE-10: nobody is on it by rank; a leader approves whom its keeper proposes."""
    desk.expect(404)
    record = desk.instance.records["tender"]
    keeper, named = desk.sit("archivist"), desk.sit("director")
    answer = named.goto(record)
    assert answer is not None
    assert answer.status == 404
    keeper.goto(record)
    turn(keeper, keeper.get_by_role("link", name="调整名单"))
    rows = keeper.locator("tbody tr")
    before = rows.count()
    turn(keeper, keeper.get_by_role("link", name="提出人员"))
    keeper.get_by_label(re.compile("李晓雯")).check()
    keeper.fill("form.form [name=reason]", "参与合同评审")
    turn(keeper, keeper.locator("form.form button.go"))
    answer = named.goto(record)
    assert answer is not None
    assert answer.status == 404
    leader = desk.sit("leader")
    leader.goto("/requests/knowers/")
    turn(leader, leader.locator("tbody tr").filter(has_text="李晓雯").first.get_by_role("link"))
    turn(leader, leader.get_by_role("button", name="批准并列入"))
    expect(leader.locator(".head")).to_contain_text("已批准并列入")
    keeper.goto(f"{record}knowers/")
    expect(rows).to_have_count(before + 1)
    named.goto(record)
    expect(named.get_by_role("heading", name="营业厅外包服务合同")).to_be_visible()
    struck = rows.filter(has_text="李晓雯")
    struck.locator("summary").click()
    struck.get_by_label("理由").fill("不再参与这份合同")
    turn(keeper, struck.get_by_role("button", name="移出", exact=True))
    expect(rows).to_have_count(before)
    answer = named.goto(record)
    assert answer is not None
    assert answer.status == 404


def test_a_grant_opens_one_action_to_one_person_until_it_is_revoked(desk: Desk) -> None:
    """P-05, PE-03: COPY of an internal record takes a grant for just that."""
    record = desk.instance.records["list"]
    head, clerk = desk.sit("director"), desk.sit("clerk_south")
    clerk.goto(record)
    original = clerk.get_by_role("link", name=re.compile("原文件"))
    expect(original).to_have_count(0)
    head.goto(record)
    head.get_by_role("link", name="调整授权").click()
    head.select_option("[name=person]", label="王磊 · 城南营业厅")
    head.select_option("[name=action]", label="复制")
    head.fill("[name=ends_on]", "2030-12-31")
    head.get_by_role("button", name="授权", exact=True).click()
    expect(head.locator("tbody tr").filter(has_text="王磊")).to_contain_text("复制")
    clerk.reload()
    expect(original).to_have_count(1)
    turn(head, head.locator("tbody tr").filter(has_text="王磊").get_by_role("button"))
    expect(head.locator("tbody tr")).to_have_count(0)
    clerk.reload()
    expect(original).to_have_count(0)
