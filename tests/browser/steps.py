"""What is done on a page before it is looked at."""

import secrets

from playwright.sync_api import Page

from tests.browser.desk import turn
from tests.browser.filing import DAY, File, choose, papers, program

# Numbers of objects, for a form that asks for one; as World.of has found them.
ASKED: dict[str, str] = {}


def press(page: Page) -> None:
    """Send the page's own form as it is."""
    turn(page, page.locator("form.form button.go").first)


def press_grave(page: Page) -> None:
    """The same where it is a grave step."""
    turn(page, page.locator("form.form button.grave").first)


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


def rows_wrong(page: Page) -> None:
    """A bad day, a label above internal, two files that are not there, no such archive file, and an item told twice;
    and a file that no row names.
    """
    rows = (
        "文件名,题名,日期,密级,案卷,件号\n甲.pdf,巡检,昨天,机密,,\n没有.pdf,,2026-01-15,内部,,\n"
        "乙.pdf,来函,2026-01-15,内部,没有的案卷,1\n附件.pdf,另一份来函,,,,1\n"
    )
    _to_import(page, [*papers("甲", "乙"), program("多余.pdf")], rows)
    _check(page, "[data-trouble]")


def import_unit_gone(page: Page) -> None:
    """As if the unit had closed since the page was opened."""
    _to_import(page, papers("甲"))
    page.locator("[name=unit] option:checked").evaluate("(one) => { one.value = '' + crypto.randomUUID() }")
    _check(page, ".summary")


def import_checked(page: Page) -> None:
    _to_import(page, papers("甲", "乙"))
    _check(page, ".why.good")


def import_runs(page: Page) -> None:
    """The second file is on its way and does not arrive."""
    page.route("**/records/import/*/2/", lambda _route: None, times=1)
    _to_import(page, papers("甲", "乙", "丙"))
    page.locator("[value=begin]").click()
    page.wait_for_selector("li.accepted")


def import_sent(page: Page) -> None:
    """One of two is held back."""
    _to_import(page, [*papers("甲"), program("乙.pdf")])
    page.locator("[value=begin]").click()
    page.wait_for_selector("li.quarantined")


def import_left(page: Page) -> None:
    """Left when one had come, one was held back and one had not come; and found again."""
    page.route("**/records/import/*/3/", lambda route: route.fulfill(status=409, body="{}"), times=1)
    _to_import(page, [*papers("甲"), program("乙.pdf"), *papers("丙")])
    page.locator("[value=begin]").click()
    page.wait_for_selector("li.refused")
    page.goto("/records/import/")


def import_anew(page: Page) -> None:
    import_left(page)
    page.goto("/records/import/?new=1")


def import_there(page: Page) -> None:
    """Two of the same content."""
    (same,) = papers("甲")
    _to_import(page, [same, File("副本.pdf", same.body)])
    page.locator("[value=begin]").click()
    page.wait_for_selector("[data-finish]")


def import_done(page: Page) -> None:
    import_there(page)
    turn(page, page.locator("[data-finish]"))


def _check(page: Page, shows: str) -> None:
    page.locator("[value=check]").click()
    page.wait_for_selector(shows)
    # A link that the fixed bar half covers would be taken for a small one.
    page.evaluate("scrollTo(0, 0)")


def _to_import(page: Page, files: list[File], rows: str = "") -> None:
    """Fill in what all have in common, and choose."""
    page.locator("[name=label][value=internal]").check()
    for name in ("unit", "series", "retention_class"):
        page.select_option(f"[name={name}]", index=1)
    page.fill("[name=record_date]", "2026-01-15")
    if rows:
        page.set_input_files("[name=table]", {"name": "表.csv", "mimeType": "", "buffer": rows.encode()})
    taken = [{"name": file.name, "mimeType": "", "buffer": file.body} for file in files]
    page.set_input_files("[data-files]", taken)


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
