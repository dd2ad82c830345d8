"""My account in the browser: a passkey from the device to the next sign-in, other sessions, and a grave step's proof."""

import re

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk, staff_no, turn
from tests.browser.inspection import look
from tests.browser.steps import press


def device(page: Page) -> None:
    """A security key in software, as Chromium has it for tests; it stays with this page."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_made_opens_the_next_sign_in_and_is_removed(desk: Desk) -> None:
    """AD-05: within three clicks of home, by touch instead of a code."""
    page, number = desk.window(), staff_no("auditor")
    desk.sign_in(page, "auditor")
    device(page)
    page.locator(".who").click()
    turn(page, page.get_by_role("link", name="我的账号"))
    turn(page, page.get_by_role("button", name="添加通行密钥"))
    page.get_by_label("给这台设备起个名称").fill("档案室电脑")
    turn(page, page.get_by_role("button", name="创建通行密钥"))
    expect(page.locator("input[name=name]")).to_have_value("档案室电脑")

    page.goto("/sign-out/")
    turn(page, page.locator("form.form button"))
    page.goto("/sign-in/")
    page.fill("[name=login]", number)
    page.fill("[name=password]", desk.instance.passwords[number])
    turn(page, page.locator("form:has([name=login]) button.go"))
    turn(page, page.get_by_role("button", name="使用通行密钥"))
    expect(page).to_have_url(re.compile("/$"))
    page.goto("/account/")
    expect(page.locator("table")).to_contain_text("密码和通行密钥")
    turn(page, page.get_by_role("button", name="移除"))
    expect(page.get_by_text("还没有通行密钥")).to_be_visible()
    desk.keep(page, "auditor")


def test_a_device_that_gives_no_passkey_leaves_the_code(desk: Desk) -> None:
    page = desk.sit("auditor")
    page.goto("/account/")
    turn(page, page.get_by_role("button", name="添加通行密钥"))
    page.get_by_label("给这台设备起个名称").fill("没有")
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="创建通行密钥").click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    expect(page.get_by_role("button", name="创建通行密钥")).to_be_enabled()


def test_another_browser_of_mine_is_signed_out_from_here(desk: Desk) -> None:
    here, there = desk.sit("clerk_south"), desk.window()
    desk.sign_in(there, "clerk_south")
    here.goto("/account/")
    turn(here, here.get_by_role("button", name="退出其他所有登录"))
    expect(here.get_by_text("你没有在别处登录")).to_be_visible()
    there.reload()
    expect(there.get_by_role("heading", name="登录")).to_be_visible()


def test_a_grave_step_long_after_the_sign_in_asks_for_a_code_and_then_goes_on(desk: Desk) -> None:
    """AD-05: what was typed is carried out afterwards."""
    page, number = desk.window(), staff_no("system")
    desk.sign_in(page, "system")
    page.goto("/administration/people/new/")
    page.fill("[name=name]", "邵文")
    page.select_option("[name=unit]", index=1)
    page.fill("[name=staff_no]", "S3077")
    assert desk.instance.behind("proved_long_ago", number, "16")["sessions"] >= 1
    desk.expect(403)
    press(page)
    expect(page.get_by_role("heading", name="请验证本人身份")).to_be_visible()
    assert look(page, "a proof asked for", "zh-hans") == []
    page.get_by_label("验证码").fill("000000")
    press(page)
    expect(page.locator(".errorlist")).to_be_visible()
    assert look(page, "a proof asked for, refused", "zh-hans") == []
    page.get_by_label("验证码").fill(desk.instance.code(number))
    press(page)
    expect(page.locator("dd.code").first).to_have_text("S3077")
    desk.keep(page, "system")
