"""What is done on a page before it is looked at."""

import secrets

from playwright.sync_api import Page

from tests.browser.desk import turn
from tests.browser.filing import DAY, choose, papers, program

# Numbers of objects, for a form that asks for one; as World.of has found them.
ASKED: dict[str, str] = {}


def press(page: Page) -> None:
    """Send the page's own form as it is."""
    turn(page, page.locator("form.form button.go").first)


def classified_chosen(page: Page) -> None:
    page.locator("[name=label][value=secret]").check()


def refused_label(page: Page) -> None:
    """Chosen, and nothing else said: every field that is missing says so."""
    classified_chosen(page)
    press(page)


def correction_refused(page: Page) -> None:
    """Sent without a file."""
    page.locator("form.form button.go").first.click()
    page.wait_for_selector("[data-field=file] .errorlist")


def filing_refused(page: Page) -> None:
    """Four files, one held back, and no label."""
    choose(page, [*papers("甲", "乙"), program("丙.pdf")])
    page.locator("[data-submit]").click()
    page.wait_for_selector("[data-field=label] .errorlist")


def filing_held_back(page: Page) -> None:
    page.locator("[name=label][value=internal]").check()
    for name in ("unit", "series", "retention_class"):
        page.select_option(f"[name={name}]", index=1)
    page.fill("[name=record_date]", DAY)
    choose(page, [*papers("丁"), program("戊.pdf")])
    page.locator("[data-submit]").click()
    page.wait_for_selector("[data-decide]:visible")


def conflicting(page: Page) -> None:
    """As if somebody had saved meanwhile."""
    page.locator("[name=version]").evaluate("(one) => { one.value = '0' }")
    page.fill("[name=title]", "另一个标题")
    press(page)


def wrong_notice(page: Page) -> None:
    _notice(page, "2098-10-01,放假,国庆节\n2098-13-01,放假,国庆节")


def right_notice(page: Page) -> None:
    _notice(page, "2098-10-01,放假,国庆节")


def _notice(page: Page, rows: str) -> None:
    page.fill("[name=document_no]", "9号")
    page.fill("[name=title]", "放假安排")
    page.fill("[name=rows]", rows)
    press(page)


def many_granted(page: Page) -> None:
    turn(page, page.locator("[formaction$='/grant/']"))


def many_moved(page: Page) -> None:
    turn(page, page.locator("[formaction$='/move/']"))


def many_refused(page: Page) -> None:
    """As if somebody had changed the first one meanwhile, and with nothing filled in after that."""
    many_granted(page)
    box = page.locator("[name=record]").first
    box.evaluate("(one) => { one.value = one.value.replace(/:.*/, ':0') }")
    page.select_option("[name=person]", index=1)
    page.select_option("[name=action]", index=5)
    page.fill("[name=ends_on]", "2099-01-01")
    press(page)


def view_kept(page: Page) -> None:
    page.fill("[name=name]", f"在册文件（{page.locator('html').get_attribute('lang')}）")
    press(page)


def help_open(page: Page) -> None:
    page.locator("[data-help]").click()


def menu_open(page: Page) -> None:
    page.locator(".who").click()


def versions_open(page: Page) -> None:
    page.locator("details summary").first.click()


def forged(page: Page) -> None:
    """A form whose token is not ours."""
    page.locator("form.form [name=csrfmiddlewaretoken]").evaluate("(one) => { one.value = 'x'.repeat(64) }")
    press(page)


def token_made(page: Page) -> None:
    page.fill("[name=name]", "月报程序")
    page.locator("[name=scopes][value='events:read']").check()
    press(page)


def nobody_sought(page: Page) -> None:
    page.fill("[name=q]", "查无此人")
    turn(page, page.locator("form.filters button"))


def passkey_begun(page: Page) -> None:
    turn(page, page.locator("form[action='/account/passkeys/new/'] button"))


def registered(page: Page) -> None:
    """Send the form of a new person: the password is shown on the page that follows, and nowhere else."""
    page.fill("[name=name]", "许安")
    page.select_option("[name=unit]", index=1)
    page.fill("[name=staff_no]", f"S7{secrets.randbelow(10**6):06}")
    press(page)


def asked_why(page: Page) -> None:
    """About a record of the demo, whose number stands in an address that the officer was given."""
    page.fill("[name=staff_no]", "S1010")
    page.select_option("[name=action]", value="holdings:record:consult")
    page.fill("[name=object]", ASKED["levels"])
    press(page)
