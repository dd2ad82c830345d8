"""Classified records in use, on the screens alone: read and written from, counted, copied, called off."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import Desk, turn
from vault.project.demo.office import ROOM

CLASSIFIED = ("security", "leader")
HALL = ("director",)


def asked(
    desk: Desk, who: str, document: str, action: str, deciders: tuple[str, ...] = CLASSIFIED
) -> tuple[Page, str]:
    """Ask for a record on its page and have it allowed; the requester's window on the request, and its number."""
    page = desk.sit(who)
    page.goto(f"{desk.instance.records[document]}request/")
    page.locator(f"[name=action][value={action}]").check()
    page.fill("[name=purpose]", "核对执行情况")
    turn(page, page.get_by_role("button", name="提交申请"))
    for decider in deciders:
        window = desk.sit(decider)
        window.goto(page.url)
        turn(window, window.get_by_role("button", name=re.compile("^(审核通过|批准)$")))
        desk.close(window)
    page.reload()
    expect(page.locator(".head .tag").last).to_contain_text("已批准")
    return page, page.locator(".crumbs li").last.inner_text()


def let_in(desk: Desk, number: str, terminal: str = "") -> Page:
    """The keeper lets a reader in; at a terminal, or with the paper."""
    keeper = desk.sit("archivist")
    keeper.goto("/reading/")
    form = keeper.locator("form[action$='/check-in/']")
    form.locator("[name=reference]").fill(number)
    if terminal:
        option = form.locator("[name=terminal] option", has_text=terminal)
        form.locator("[name=terminal]").select_option(option.get_attribute("value"))
    turn(keeper, form.get_by_role("button", name="办理入室"))
    return keeper


def at_keepers(keeper: Page, number: str, form: str) -> Page:
    """The form of one step for one session at the keeper's desk."""
    block = keeper.locator("section.card .in.stack").filter(has_text=number)
    return block.locator("form").filter(has=keeper.get_by_role("button", name=form))


def begun(desk: Desk, page: Page, number: str) -> Page:
    """The reader sits at a terminal of the room and begins to read; the keeper's window."""
    keeper = let_in(desk, number, desk.take_seat(page, ROOM))
    page.goto("/reading/")
    turn(page, page.get_by_role("button", name="开始查阅"))
    first = page.locator(".sheet img").first
    expect(first).not_to_have_js_property("naturalWidth", 0)
    return keeper


def card(page: Page, heading: str) -> Locator:
    return page.locator("section.card").filter(has=page.get_by_role("heading", name=heading))


def incidents(officer: Page, kind: str) -> str:
    """What the incidents of a kind say, one after the other."""
    officer.goto(f"/incidents/?kind={kind}")
    rows = officer.locator("tr[data-row] a[data-open]")
    found = []
    for address in [row.get_attribute("href") or "" for row in rows.all()]:
        officer.goto(address)
        found.append(officer.locator("main").inner_text())
    return "\n".join(found)


def test_a_confidential_record_is_read_in_the_room_excerpted_and_left(desk: Desk) -> None:
    """RR-01, RR-04, RR-06, RR-07, RQ-12: from the request to the register of pages, by five people."""
    _page, excerpt = asked(desk, "officer", "slip", "excerpt")
    page, number = asked(desk, "officer", "slip", "consult")
    request = page.url
    keeper = begun(desk, page, number)
    session = page.url
    image = page.locator(".sheet img").first.get_attribute("src") or ""
    answer = page.request.get(image)
    assert answer.status == 200
    assert "no-store" in answer.headers["cache-control"]
    # Locked by its reader, and unlocked only by the keeper, who has seen him.
    turn(page, page.get_by_role("button", name="暂时锁定"))
    assert page.request.get(image).status == 403
    keeper.goto("/reading/")
    form = at_keepers(keeper, number, "已见到查阅人并解锁")
    turn(keeper, form.get_by_role("button", name="已见到查阅人并解锁"))
    page.goto("/reading/")
    turn(page, page.get_by_role("button", name="开始查阅"))
    expect(page.locator(".sheet img").first).not_to_have_js_property("naturalWidth", 0)
    # What he writes down is a record of its own, as secret as its source.
    approval = page.locator("[name=request] option", has_text=excerpt)
    page.locator("[name=request]").select_option(approval.get_attribute("value"))
    page.fill("[name=pages]", "1")
    page.fill("[name=title]", "收文处理单办理要点")
    page.fill("[name=text]", "拟办意见：送分管领导阅示。")
    turn(page, page.get_by_role("button", name="保存为文件"))
    kept = page.get_by_role("link", name="收文处理单办理要点").get_attribute("href") or ""
    turn(page, page.get_by_role("button", name="结束查阅"))
    assert page.request.get(image).status == 403
    page.goto(kept)
    expect(page.locator(".banner")).to_contain_text("秘密")
    expect(card(page, "来源文件")).to_contain_text("机要来文收文处理单")
    page.goto(request)
    expect(page.locator(".head .tag").last).to_contain_text("已用完")
    officer = desk.sit("security")
    officer.goto(session)
    expect(
        officer.locator("section.card").filter(has_text="看过的页").locator("tbody tr").first
    ).to_be_visible()
    expect(officer.locator("body")).not_to_contain_text("机要来文收文处理单")


def test_paper_that_comes_back_a_page_short_ends_the_session_and_is_an_incident(desk: Desk) -> None:
    """P-04, AD-11: counted out, signed for, counted in."""
    page, number = asked(desk, "officer", "power", "consult")
    keeper = let_in(desk, number)
    form = at_keepers(keeper, number, "交出纸质文件")
    form.locator("[name=pages]").fill("6")
    form.locator("[name=issue_no]").fill("0012")
    form.locator("[name=notebook_no]").fill("BJ-031")
    form.locator("[name=telephones_lodged]").check()
    turn(keeper, form.get_by_role("button"))
    page.goto("/reading/")
    turn(page, page.get_by_role("button", name="我已如数收到"))
    keeper.goto("/reading/")
    form = at_keepers(keeper, number, "收回纸质文件")
    form.locator("[name=pages]").fill("5")
    form.locator("[name=issue_no]").fill("0012")
    form.locator("[name=notebook_returned]").check()
    turn(keeper, form.get_by_role("button"))
    expect(keeper.locator("section.card .in.stack").filter(has_text=number)).to_have_count(0)
    officer = desk.sit("security")
    assert number in incidents(officer, "mismatch")


def test_a_label_that_is_raised_ends_the_reading_at_the_next_page(desk: Desk) -> None:
    """CL-15, RQ-11: the approval was of a record that was less secret."""
    desk.expect(403)
    page, number = asked(desk, "officer", "roster", "consult")
    begun(desk, page, number)
    image = page.locator(".sheet img").first.get_attribute("src") or ""
    raiser = desk.at_terminal(desk.sit("leader"))
    raiser.goto(f"{desk.instance.records['roster']}label/")
    raiser.locator("[name=label][value=secret]").check()
    raiser.select_option("[name=source]", value="received")
    raiser.fill("[name=received_mark]", "机密★20年")
    raiser.fill("[name=basis]", "来文机关通知提高密级")
    raiser.fill("[name=issued_on]", "2026-01-15")
    raiser.select_option("[name=period_kind]", value="years")
    raiser.fill("[name=period_number]", "20")
    raiser.select_option("[name=originator]", label="临江市应急管理局")
    raiser.select_option("[name=decider]", label="陈立 · 临江公用事业股份有限公司")
    turn(raiser, raiser.locator("form.form button.go"))
    expect(raiser.locator(".banner")).to_contain_text("机密")
    assert page.request.get(image).status == 403
    page.reload()
    expect(page.locator(".sheet img")).to_have_count(0)
    page.goto("/requests/?list=mine")
    expect(page.locator("tr[data-row]").filter(has_text=number)).to_contain_text("已撤销")


def test_a_copy_that_is_lost_is_an_incident_and_stays_in_the_register(desk: Desk) -> None:
    """RQ-07, RQ-08, AD-11."""
    page, number = asked(desk, "clerk_south", "list", "copy", HALL)
    turn(page, page.get_by_role("link", name="制作", exact=True))
    with page.expect_download() as made:
        page.get_by_role("button", name="制作", exact=True).click()
    assert made.value.path().read_bytes().startswith(b"%PDF")
    page.goto("/copies/")
    turn(page, page.locator("tr[data-row]").filter(has_text=number).locator("a[data-open]"))
    turn(page, page.get_by_role("button", name="我已收到"))
    page.fill("[name=reason]", "开会后未找到，已查会议室。")
    turn(page, page.get_by_role("button", name="报告丢失"))
    expect(page.locator(".head .tag").last).to_contain_text("丢失")
    officer = desk.sit("security")
    assert number in incidents(officer, "loss")


def test_a_top_secret_is_copied_only_with_the_paper_of_its_originator_or_one_above_it(desk: Desk) -> None:
    """RQ-04 to RQ-06, 保密要求(3): not by the leader alone, nor by a sister unit's paper."""
    desk.expect(400, 409)
    officer, page = desk.sit("security"), desk.sit("officer")
    page.goto("/requests/?list=mine")
    waiting = page.locator("tr[data-row]").filter(has_text="待原定密机关批准").filter(has_text="复制")
    turn(page, waiting.locator("a[data-open]").first)
    request = page.url
    # The principal leader has approved it; that is not enough.
    expect(page.get_by_role("link", name="制作", exact=True)).to_have_count(0)
    refused = page.request.get(f"{request}copies/make/")
    assert refused.status in {403, 404}
    scan = desk.instance.records["nodes"].strip("/").rpartition("/")[2]
    for issuer, is_right in (("临江市水务局", False), ("省应急管理厅", True)):
        form = page.locator("form[action$='/papers/']")
        form.locator("[name=issuer]").select_option(label=issuer)
        form.locator("[name=document_no]").fill("应急函〔2026〕31号")
        form.locator("[name=document_date]").fill("2026-01-20")
        form.locator("[name=copies]").fill("1")
        form.locator("[name=purpose]").fill("分发各班组学习")
        form.locator("[name=record]").fill(scan)
        turn(page, form.get_by_role("button", name="登记批件"))
        if not is_right:
            expect(page.get_by_role("alert")).to_be_visible()
    expect(card(page, "原定密机关的批件")).to_contain_text("省应急管理厅")
    officer.goto(request)
    officer.locator("form[action$='/verify/'] [name=reason]").fill("与原件核对，文号、份数、用途一致。")
    turn(officer, officer.get_by_role("button", name="核对一致并批准"))
    page.goto(request)
    expect(page.locator(".head .tag").last).to_contain_text("已批准")
