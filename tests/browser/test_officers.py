"""An officer's day in the browser: a new colleague from nothing to his first worklist, each step near at hand."""

from playwright.sync_api import Page, expect

from accounts.rules import local_day
from audit import clock
from tests.browser.desk import Desk, turn
from tests.browser.steps import press


def steps(page: Page, *links: str) -> None:
    """From home by these links; no more than three (interface.md: what is done daily is near)."""
    assert len(links) <= 3
    page.goto("/")
    for link in links:
        turn(page, page.locator(link).first)


def test_a_new_archivist_is_registered_appointed_cleared_and_confirmed_on_the_screens(desk: Desk) -> None:
    """AD-01, AD-03: three officers and the head above, each his own part; every step within three clicks of home."""
    today = local_day(clock.now()).isoformat()
    system = desk.sit("system")
    steps(system, "nav a[href='/administration/people/']", ".acts a.go")
    system.fill("[name=name]", "许宁")
    system.select_option("[name=unit]", label="　企业管理部")
    system.fill("[name=staff_no]", "s3001")
    press(system)
    password = system.locator("dd.code").nth(1).inner_text()
    assert len(password) == 23
    turn(system, system.locator("a.btn.go"))
    someone = system.url

    security = desk.sit("security")
    steps(security, "nav a[href='/administration/people/']")
    security.fill("[name=q]", "许宁")
    turn(security, security.locator("form.filters button"))
    turn(security, security.locator("tr[data-row] a[data-open]"))
    turn(security, security.locator("a.go"))
    security.select_option("[name=duty]", value="archivist")
    security.fill("[name=reason]", "接任档案管理员")
    press(security)
    expect(security.locator(".tag.soon").first).to_be_visible()

    # Nothing counts yet, and whoever proposed it is not the second person.
    assert security.locator("form[action$='/confirm/']").count() == 0
    principal = desk.sit("principal")
    steps(principal, "nav a[href='/administration/grants/']", ".work a.btn:has-text('许宁')")
    expect(principal.locator("dl.facts")).to_contain_text("接任档案管理员")
    turn(principal, principal.locator("form[action$='/confirm/'] button"))
    expect(principal.locator(".tag.ok").first).to_be_visible()

    security.goto(f"{someone}training/")
    security.fill("[name=held_on]", today)
    security.fill("[name=valid_until]", "2099-01-01")
    press(security)
    expect(security.locator("table").first).to_contain_text("档案管理员")

    newcomer = desk.window()
    newcomer.goto("/sign-in/")
    newcomer.fill("[name=login]", "S3001")
    newcomer.fill("[name=password]", password)
    turn(newcomer, newcomer.locator("form.form button.go"))
    expect(newcomer.locator("[name=oldpassword]")).to_be_visible()
