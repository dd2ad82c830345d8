"""Signing in, and what ends a session."""

import re

from playwright.sync_api import expect

from tests.browser.desk import Desk, staff_no, turn


def test_one_signs_in_with_password_and_code_in_chinese(desk: Desk) -> None:
    """AD-05: a system officer proves both factors; the pages speak Chinese without being asked."""
    page, number = desk.window(), staff_no("system")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.get_by_label("工号").fill(number.lower())
    page.get_by_label("密码").fill(desk.instance.passwords[number])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="第二因素")).to_be_visible()
    page.get_by_label("验证码").fill(desk.instance.code(number))
    turn(page, page.get_by_role("button", name="继续"))
    if "recovery-codes" in page.url:
        expect(page.locator(".codes li")).to_have_count(10)
        page.locator("a.go").click()
    expect(page.get_by_role("heading", name="你好，王建国")).to_be_visible()
    expect(page.locator(".who")).to_contain_text("系统管理员")
    desk.keep(page, "system")


def test_a_wrong_password_and_a_wrong_code_are_told_in_words_that_help(desk: Desk) -> None:
    """AD-05: a wrong password says no more than that; a wrong code says what to do, and the right one still opens."""
    page, number = desk.window(), staff_no("security")
    page.goto("/sign-in/")
    page.get_by_label("工号").fill(number)
    page.get_by_label("密码").fill("not the password at all")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("工号或密码")
    expect(page.get_by_label("工号")).to_have_value(number)
    page.get_by_label("密码").fill(desk.instance.passwords[number])
    page.get_by_role("button", name="登录").click()
    right = desk.instance.code(number)
    page.get_by_label("验证码").fill(f"{(int(right) + 1) % 1_000_000:06}")
    page.get_by_role("button", name="继续").click()
    expect(page.locator(".field.wrong .errorlist")).to_contain_text("等待下一个")
    expect(page.locator("[name=code]")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("验证码").fill(right)
    page.get_by_role("button", name="继续").click()
    expect(page).to_have_url(re.compile(r"/$|recovery-codes"))
    desk.keep(page, "security")


def test_an_idle_session_ends_with_a_notice_and_goes_on_where_it_was(desk: Desk) -> None:
    """AD-05: thirty minutes without activity (rule book 1.4.2(1))."""
    page = desk.window()
    desk.sign_in(page, "principal")
    page.goto("/records/")
    assert desk.instance.behind("idle", staff_no("principal"), "31")["sessions"] >= 1
    page.locator(".nav").get_by_role("link", name="馆藏").click()
    expect(page.get_by_role("status")).to_contain_text("30 分钟")
    page.get_by_label("工号").fill(staff_no("principal"))
    page.get_by_label("密码").fill(desk.instance.passwords[staff_no("principal")])
    page.get_by_role("button", name="登录").click()
    page.get_by_label("验证码").fill(desk.instance.code(staff_no("principal")))
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", name="馆藏")).to_be_visible()
    desk.keep(page, "principal")


def test_a_suspension_takes_effect_at_the_next_click(desk: Desk) -> None:
    """PE-08."""
    page, number = desk.window(), staff_no("superuser")
    desk.sign_in(page, "superuser")
    page.goto("/records/")
    desk.instance.behind("suspended", number)
    try:
        page.locator(".nav").get_by_role("link", name="馆藏").click()
        expect(page.get_by_role("status")).to_contain_text("会话已结束")
        page.get_by_label("工号").fill(number)
        page.get_by_label("密码").fill(desk.instance.passwords[number])
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.goto("/records/")
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
    finally:
        desk.instance.behind("reactivated", number)


def test_signing_out_ends_the_session_in_every_window(desk: Desk) -> None:
    """AD-05."""
    page = desk.window()
    desk.sign_in(page, "superuser")
    other = page.context.new_page()
    other.goto("/records/")
    page.locator(".who").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="已退出")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="登录")).to_be_visible()
