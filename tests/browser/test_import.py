"""A folder on its way in by the page: broken off, found again, sent, registered as a whole."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.filing import DAY, papers

TABLE = "文件名,题名,日期,密级\n2025/巡线.pdf,巡线记录一份,2026-01-15,内部\n阀井.pdf,阀井检查一份,2026-01-16,公开\n"


def folder(page: Page, where: Path) -> None:
    page.set_input_files("[data-folder]", where)


def test_a_clerk_imports_a_folder_that_broke_off_half_way(desk: Desk, tmp_path: Path) -> None:
    """IE-01: the table in the folder is not taken for a file of it; what has come is not sent again."""
    desk.expect(400, 507)
    where = tmp_path / "一月"
    (where / "2025").mkdir(parents=True)
    first, second = papers("巡线", "阀井")
    (where / "2025" / "巡线.pdf").write_bytes(first.body)
    (where / "阀井.pdf").write_bytes(second.body)
    table = where / "表.csv"
    table.write_text(TABLE.replace("2026-01-16", "昨天"), encoding="utf-8-sig")
    page = desk.sit("clerk_south")
    page.goto("/records/")
    page.locator(".nav").get_by_role("link", name="批量导入").click()
    for name in ("unit", "series", "retention_class"):
        page.select_option(f"[name={name}]", index=1)
    page.set_input_files("[name=table]", table)
    folder(page, where)
    expect(page.locator("[data-chosen]")).to_have_text("已选 3 个文件")
    page.get_by_role("button", name="检查").click()
    expect(page.locator("[data-trouble]")).to_have_count(1)
    expect(page.locator("[data-trouble]")).to_contain_text("昨天")
    table.write_text(TABLE, encoding="utf-8-sig")
    page.set_input_files("[name=table]", table)
    folder(page, where)
    page.get_by_role("button", name="检查").click()
    expect(page.locator(".why.good")).to_contain_text("可导入 2 件")

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    page.route("**/records/import/*/3/", lambda route: route.fulfill(status=507, body="{}"))
    page.get_by_role("button", name="发送文件").click()
    expect(page.locator(".uploads > li.accepted")).to_have_count(1)
    expect(page.locator(".uploads > li.refused")).to_have_count(1)
    page.unroute("**/records/import/*/3/")
    assert len(sent) == 2

    page.goto("/records/import/")
    expect(page.locator(".uploads > li")).to_have_count(1)
    expect(page.locator(".uploads > li")).to_contain_text("阀井.pdf")
    expect(page.locator("[data-import]")).to_contain_text("已收到 1 个文件，共 2 个")
    folder(page, where)
    page.get_by_role("button", name="发送尚缺的文件").click()
    page.get_by_role("button", name="导入 2 件").click()
    expect(page.get_by_role("heading", name="馆藏")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("已导入并登记 2 件")
    assert len(sent) == 3
    for title in ("巡线记录一份", "阀井检查一份"):
        expect(page.get_by_role("row").filter(has_text=title)).to_contain_text("已登记")


def test_without_scripts_the_page_says_that_it_needs_one(desk: Desk) -> None:
    """Interface 1.8: only the progress of an upload may want a script, and who has none is told what to do."""
    page = desk.sit("clerk_south", javascript=False)
    page.goto("/records/import/")
    expect(page.get_by_text("本页需要脚本")).to_be_visible()
    expect(page.locator("[data-begin]")).to_be_hidden()


def test_two_files_of_one_item_become_one_record(desk: Desk) -> None:
    """IE-01: checked, sent one by one, registered as one record with its attachment."""
    page = desk.sit("clerk_north")
    page.goto("/records/import/?new=1")
    for name in ("unit", "series", "retention_class"):
        page.select_option(f"[name={name}]", index=1)
    rows = f"文件名,题名,日期,密级,件号\n来函.pdf,来函一份,{DAY},公开,1\n附件.pdf,,,,1\n"
    page.set_input_files("[name=table]", {"name": "表.csv", "mimeType": "", "buffer": rows.encode()})
    files = [{"name": one.name, "mimeType": "", "buffer": one.body} for one in papers("来函", "附件")]
    page.set_input_files("[data-files]", files)
    page.get_by_role("button", name="检查").click()
    expect(page.locator(".why.good")).to_contain_text("可导入 1 件")
    page.get_by_role("button", name="发送文件").click()
    expect(page.locator("[data-arrived]")).to_have_text("已收到 2 个文件，共 2 个。")
    page.get_by_role("button", name="导入 1 件").click()
    expect(page.get_by_role("status")).to_contain_text("已导入并登记 1 件")
    page.get_by_role("link", name="来函一份").click()
    for name in ("来函.pdf", "附件.pdf"):
        expect(page.get_by_text(name).first).to_be_visible()
