"""A classified record is asked for, checked and decided, each by somebody else, on the screens alone."""

from playwright.sync_api import expect

from tests.browser.desk import Desk, turn


def test_a_secret_is_asked_for_checked_and_approved_by_three_people(desk: Desk) -> None:
    """RQ-01, RQ-02, RQ-03: from the record's page in one form; the title stays with those who may know it."""
    record = desk.instance.records["derived"]
    page = desk.sit("officer")
    page.goto(record)
    title = page.locator("h1").inner_text()
    page.get_by_role("link", name="申请利用").click()
    page.locator("[name=action][value=consult]").check()
    page.fill("[name=purpose]", "核对演练落实分工")
    page.locator("[name=part][value=some]").check()
    page.locator("[name=take_1]").check()
    page.fill("[name=pages_1]", "1")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator(".steps")).to_contain_text("审核")
    expect(page.locator("h1")).to_contain_text(title)
    request = page.url
    number = page.locator(".crumbs li").last.inner_text()

    checker = desk.sit("security")
    checker.goto("/")
    expect(checker.locator("section.card").filter(has_text="待审核的申请")).to_have_count(1)
    checker.goto("/requests/?list=check")
    waiting = checker.locator("tr[data-row]").filter(has_text=number)
    expect(waiting).not_to_contain_text(title)
    turn(checker, waiting.locator("a[data-open]"))
    expect(checker.locator("body")).not_to_contain_text(title)
    expect(checker.locator("section").filter(has_text="申请人当前情况").locator(".tag.ok")).to_have_count(5)
    checker.get_by_role("button", name="审核通过").click()

    leader = desk.sit("leader")
    leader.goto("/")
    expect(leader.locator("section.card").filter(has_text="待审批的申请")).to_have_count(1)
    leader.goto("/requests/?list=decide")
    mine = leader.locator("tr[data-row]").filter(has_text=number)
    turn(leader, mine.locator("a[data-open]"))
    expect(leader.locator("section").filter(has_text="决定人")).to_contain_text("秘密：分管领导")
    leader.get_by_role("button", name="批准", exact=True).click()
    expect(leader.locator(".head .tag")).to_contain_text("已批准")
    leader.goto(request)
    leader.fill("[name=reason]", "演练延期")
    leader.get_by_role("button", name="撤销批准").click()
    expect(leader.locator(".head .tag")).to_contain_text("已撤销")

    page.goto(request)
    expect(page.locator("body")).to_contain_text("演练延期")
    # A request is its people's: to a clerk of a hall it is not there.
    desk.expect(404)
    stranger = desk.sit("clerk_south").goto(request)
    assert stranger is not None
    assert stranger.status == 404


def test_pages_that_are_not_there_are_sent_back_with_what_was_typed(desk: Desk) -> None:
    """RQ-02: 5-3, and page 0."""
    desk.expect(400)
    page = desk.sit("officer")
    page.goto(f"{desk.instance.records['winter']}request/")
    page.locator("[name=action][value=excerpt]").check()
    page.fill("[name=purpose]", "摘录集结时间")
    page.locator("[name=part][value=some]").check()
    page.locator("[name=take_1]").check()
    for typed, said in (("5-3", "小页码在前"), ("0", "没有这一页")):
        page.fill("[name=pages_1]", typed)
        page.get_by_role("button", name="提交申请").click()
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(page.locator("[name=purpose]")).to_have_value("摘录集结时间")
