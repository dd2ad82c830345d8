"""Filing by drag and drop, its refusals, and the same work without scripts."""

import re

from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.filing import DAY, choose, describe, drop, papers, program


def test_the_archivist_files_three_papers_by_drag_and_drop_and_sees_why_a_fourth_is_held_back(
    desk: Desk,
) -> None:
    """PF-01, PF-03: progress and detected type for each file; a renamed program is named as what it is."""
    page = desk.sit("archivist")
    page.goto("/records/file/")
    describe(page, unit="企业管理部", label="internal")
    page.locator("[name=register_now]").check()
    drop(page, [*papers("防汛值班表", "设备巡检表", "物资盘点表"), program("合同扫描.pdf")])
    rows = page.locator(".uploads > li")
    expect(rows).to_have_count(4)
    expect(page.locator(".uploads [data-state]")).to_have_text(["等待"] * 4)
    page.get_by_role("button", name="上传并登记").click()
    expect(page.locator(".uploads > li.accepted")).to_have_count(3)
    for row in page.locator(".uploads > li.accepted").all():
        expect(row.locator("[data-type]")).to_have_text("PDF")
        expect(row.locator("progress")).to_have_js_property("value", 100)
    held = rows.filter(has_text="合同扫描.pdf")
    expect(held.locator("[data-state]")).to_have_text("已隔离")
    expect(held.locator("[data-reasons]")).to_contain_text("可执行程序")
    expect(page.locator("[data-decide]")).to_be_visible()
    page.get_by_role("button", name=re.compile("登记.*3")).click()
    expect(page.get_by_role("heading", name="馆藏")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("3")
    for title in ("防汛值班表", "设备巡检表", "物资盘点表"):
        row = page.get_by_role("row").filter(has_text=title)
        expect(row).to_contain_text("内部")
        expect(row).to_contain_text("已登记")
    page.locator(".nav").get_by_role("link", name="隔离区").click()
    expect(page.get_by_role("row").filter(has_text="合同扫描.pdf")).to_contain_text("可执行程序")


def test_without_a_label_nothing_is_sent_and_everything_typed_stays(desk: Desk) -> None:
    """CL-02: no label is assumed, and none is preselected."""
    desk.expect(400)
    page = desk.sit("clerk_south")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "PUT" else None)
    page.goto("/records/file/")
    expect(page.locator("[name=label]:checked")).to_have_count(0)
    describe(page, unit="城南营业厅", title="大厅值班安排")
    choose(page, papers("大厅值班安排"))
    page.get_by_role("button", name="上传并登记").click()
    expect(page.locator("[data-field=label] .errorlist")).to_contain_text("密级")
    expect(page.get_by_role("status")).to_contain_text("尚未保存")
    assert sent == []
    expect(page.locator("[name=title]")).to_have_value("大厅值班安排")
    expect(page.locator("[name=record_date]")).to_have_value(DAY)
    expect(page.locator(".uploads > li")).to_have_count(1)
    # What is asked for is given, and the same press of the button goes on.
    page.locator("[name=label][value=open]").check()
    page.get_by_role("button", name="上传并登记").click()
    expect(page.get_by_role("heading", name="大厅值班安排")).to_be_visible()
    expect(page.locator(".banner")).to_contain_text("公开")


def test_a_file_is_taken_off_the_list_and_an_empty_or_repeated_one_is_told_at_once(desk: Desk) -> None:
    """PF-03."""
    page = desk.sit("clerk_south")
    page.goto("/records/file/")
    one, two = papers("甲", "乙")
    drop(page, [one, two])
    page.locator(".uploads > li").filter(has_text="甲.pdf").get_by_role("button", name="移除").click()
    expect(page.locator(".uploads > li")).to_have_count(1)
    drop(page, [type(one)("空白.pdf", b"")])
    expect(page.locator(".uploads > li.refused [data-reasons]")).to_contain_text("空")
    page.once("dialog", lambda dialog: dialog.accept())  # it asks before a list of files is left behind


def test_a_second_filing_of_the_same_bytes_is_hinted_before_it_counts(desk: Desk) -> None:
    """Interface 3: the hint names the record that has them already."""
    page, paper = desk.sit("clerk_north"), papers("月度安全例会通知")
    for title, hinted in (("月度安全例会通知", False), ("又一份", True)):
        page.goto("/records/file/")
        describe(page, unit="城北营业厅", label="internal", title=title)
        choose(page, paper)
        page.get_by_role("button", name="上传并登记").click()
        if hinted:
            expect(page.locator("[data-reasons]")).to_contain_text("月度安全例会通知")
            page.get_by_role("button", name=re.compile("登记.*1")).click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()


def test_a_draft_is_edited_and_registered_and_an_older_copy_of_it_overwrites_nothing(desk: Desk) -> None:
    """Of two windows on one draft the later one is shown both texts and loses nothing."""
    page = desk.sit("clerk_south")
    page.goto("/records/file/")
    describe(page, unit="城南营业厅", label="internal", title="值班日志初稿")
    choose(page, papers("值班日志初稿"))
    page.get_by_role("button", name="上传并登记").click()
    expect(page.get_by_role("heading", name="值班日志初稿")).to_be_visible()
    draft = page.url
    other = desk.sit("clerk_south")
    other.goto(f"{draft}edit/")
    page.goto(f"{draft}edit/")
    expect(page.locator("[name=record_date]")).to_have_value(DAY)
    page.fill("[name=title]", "值班日志二稿")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("heading", name="值班日志二稿")).to_be_visible()
    other.fill("[name=title]", "另一窗口的标题")
    desk.expect(409, 400)
    other.get_by_role("button", name="保存草稿").click()
    conflict = other.get_by_role("alert").filter(has_text="值班日志二稿")
    expect(conflict).to_contain_text("另一窗口的标题")
    expect(other.locator("[name=title]")).to_have_value("另一窗口的标题")
    page.goto(draft)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已登记")
    expect(page.get_by_role("link", name="编辑")).to_have_count(0)


def test_a_correction_stands_beside_the_first_version_with_its_reason(desk: Desk) -> None:
    """HA-13."""
    page = desk.sit("clerk_south")
    page.goto(desk.instance.records["box"])
    page.get_by_role("link", name=re.compile("^更正")).click()
    page.set_input_files(
        "[name=file]", {"name": "意见箱.pdf", "mimeType": "", "buffer": papers("意见箱更正")[0].body}
    )
    page.get_by_label("更正原因").or_(page.locator("[name=reason]")).first.fill("第二页日期写错")
    page.get_by_role("button", name="保存为新版本").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.get_by_text("版本：2").click()
    expect(page.locator(".component details")).to_contain_text("第二页日期写错")


def test_without_scripts_a_plain_form_files_and_the_viewer_still_shows_the_page(desk: Desk) -> None:
    """Interface 1.8: usable without JavaScript."""
    page = desk.sit("clerk_south", javascript=False)
    page.goto("/records/file/")
    expect(page.get_by_text("未启用脚本").or_(page.locator("noscript")).first).to_be_attached()
    describe(page, unit="城南营业厅", title="无脚本登记")
    choose(page, papers("无脚本登记"))
    page.locator("[name=register_now]").check()
    desk.expect(400)
    page.get_by_role("button", name="上传并登记").click()
    expect(page.get_by_role("alert")).to_contain_text("密级")
    expect(page.locator("[name=title]")).to_have_value("无脚本登记")
    page.locator("[name=label][value=internal]").check()
    choose(page, papers("无脚本登记"))  # a browser never gives files back by itself
    page.get_by_role("button", name="上传并登记").click()
    expect(page.get_by_role("heading", name="无脚本登记")).to_be_visible()
    page.get_by_role("link", name=re.compile("^查看")).click()
    image = page.locator(".sheet img").first
    answer = page.request.get(image.get_attribute("src") or "")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    page.goto("/records/")
    page.select_option("[name=label]", label="内部")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator(".chip")).to_contain_text("内部")
