"""What every page shares: home per duty, language, theme, keyboard, focus."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk, turn
from vault.project.demo.people import BY_KEY, MEMBERS

# What each one's navigation offers besides the worklist.
ARCHIVES = ["馆藏", "登记文件", "隔离区"]
OFFERED = {"system": [], "security": [], "second": [], "auditor": ["审计日志"]}


@pytest.mark.parametrize("key", [member.key for member in MEMBERS])
def test_everyone_has_a_home_that_names_him_and_offers_what_his_duty_includes(desk: Desk, key: str) -> None:
    """Interface 1.1. The three officers are offered no archives (PE-04)."""
    page, member = desk.sit(key), BY_KEY[key]
    page.goto("/")
    expect(page.get_by_role("heading", name=f"你好，{member.name}")).to_be_visible()
    expect(page.locator(".who")).to_contain_text(member.staff_no)
    labels = page.locator(".nav a").all_inner_texts()
    offered = [label.strip() for label in labels][1:]
    archives = [label for label in offered if label in {*ARCHIVES, "审计日志"}]
    assert archives == OFFERED.get(key, ARCHIVES)
    for link in page.locator(".nav a").all():
        assert page.request.get(link.get_attribute("href") or "").status == 200
    # The demo gives everybody something to look at.
    expect(page.locator(".work [data-row]").first).to_be_visible()


def test_the_archivists_worklist_opens_what_it_names(desk: Desk) -> None:
    page = desk.sit("archivist")
    page.goto("/")
    newest = page.locator("section.card").filter(has_text="最新档案").locator("a.what").first
    title = newest.inner_text()
    newest.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What the interface says of itself; choices, names and titles are data.
OURS = """() => [...document.querySelectorAll(".nav a, label, legend, th[scope=col], .btn:not([lang]), dt, h2, .help, .hint")]
  .filter((one) => !one.closest(".checks, .pop, .sheet"))
  .map((one) => {
    const copy = one.cloneNode(true);
    for (const part of copy.querySelectorAll("select, .sr")) part.remove();
    return copy.textContent.trim();
  })"""
# Two people's pages: everything that hangs in their navigation, and what one reaches from a record.
TRAVELLED = {
    "director": [
        "/",
        "/records/",
        "/records/file/",
        "/records/quarantine/",
        "slip1",
        "slip1 label/",
        "slip1 grants/",
        "/calendar/",
        "/incidents/report/",
        "/account/password/",
    ],
    "auditor": ["/", "/log/", "/log/?outcome=denied"],
}


@pytest.mark.parametrize("key", TRAVELLED)
def test_english_is_one_click_away_on_every_page_and_so_is_the_way_back(desk: Desk, key: str) -> None:
    """Interface 1.7: the same address in the other language, and nothing of the interface left in Chinese."""
    page = desk.sit(key)
    for place in TRAVELLED[key]:
        record, _space, rest = place.partition(" ")
        page.goto(desk.instance.records.get(record, record) + rest)
        address, chinese = page.url, page.get_by_role("heading", level=1).inner_text()
        turn(page, page.get_by_role("button", name="English"))
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert page.url == address
        for said in page.evaluate(OURS):
            plain = re.sub(r"[（(].*?[)）]|公开|内部|普通商密|核心商密|[绝机秘]密★", "", said)
            assert not CHINESE.search(plain), f"{place}: {said!r}"
        turn(page, page.get_by_role("button", name="中文"))
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        assert page.get_by_role("heading", level=1).inner_text() == chinese
        assert page.url == address


def test_the_theme_is_chosen_in_the_menu_and_stays(desk: Desk) -> None:
    """Interface 2."""
    page = desk.sit("clerk_south")
    page.goto("/records/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator(".who").click()
    turn(page, page.get_by_role("button", name="深色"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(paper)
    assert brightness(light) > 200 > 60 > brightness(dark)
    page.goto("/")
    assert page.evaluate(paper) == dark
    page.locator(".who").click()
    expect(page.get_by_role("button", name="深色")).to_have_attribute("aria-pressed", "true")
    turn(page, page.get_by_role("button", name="跟随系统").or_(page.get_by_role("button", name="自动")))
    assert page.evaluate(paper) == light
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(paper) == dark


def brightness(colour: str) -> float:
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) / 3


def test_rows_are_chosen_from_the_keyboard_and_a_ticked_box_does_not_swallow_keys(desk: Desk) -> None:
    """Interface 1.6: x ticks the row; after a click into a box j, k and o go on from its row."""
    page = desk.sit("director")
    page.goto("/records/?size=25&state=registered")  # a draft has no box
    rows, boxes = page.locator("tr[data-row] a[data-open]"), page.locator("tr[data-row] [name=record]")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(boxes.nth(0)).to_be_checked()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    boxes.nth(2).click()
    page.keyboard.press("j")
    expect(rows.nth(3)).to_be_focused()
    page.keyboard.press("x")
    turn(page, page.locator("[formaction$='/grant/']"))
    expect(page.locator("[name=record]:checked")).to_have_count(3)


def test_the_daily_work_is_done_from_the_keyboard(desk: Desk) -> None:
    """Interface 1.6: / j k o n p c ? as the help declares them; silent while somebody types."""
    page = desk.sit("archivist")
    page.goto("/records/?size=25")
    rows = page.locator("tr[data-row] a[data-open]")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    title = rows.nth(1).inner_text()
    for key, found in (("n", "after="), ("p", "before=")):
        with page.expect_navigation():
            page.keyboard.press(key)
        expect(page).to_have_url(re.compile(found))
    page.keyboard.press("/")
    expect(page.locator(".filters select").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".filters select").first).to_be_focused()
    page.locator("main").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_text(title)
    with page.expect_navigation():
        page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    told = page.locator("#help kbd").all_inner_texts()
    assert set(told) == {"/", "j", "k", "o", "x", "n", "p", "c", "?"}
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.goto("/records/")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="登记文件")).to_be_visible()


def test_single_keys_can_be_switched_off(desk: Desk) -> None:
    """WCAG 2.1.4."""
    page = desk.sit("archivist")
    page.goto("/records/")
    page.keyboard.press("?")
    page.locator("[data-keys-toggle]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("/records/$"))
    expect(page.locator("tr[data-row] a[data-open]").first).not_to_be_focused()


# Marks whatever a person can act on: one of each group of radio buttons, nothing hidden or inert.
MARK = """() => {
  const seen = new Set();
  const open = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, audio, [tabindex='0']")]
    .filter((one) => !one.disabled && one.type !== "hidden" && one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => one.tabIndex >= 0)
    .filter((one) => one.type !== "radio" || (!seen.has(one.name) && seen.add(one.name)));
  open.forEach((one, index) => (one.dataset.stop = one.type === "radio" ? "radio " + one.name : String(index)));
  for (const one of document.querySelectorAll("input[type=radio]")) one.dataset.stop = "radio " + one.name;
  return [...new Set(open.map((one) => one.dataset.stop))];
}"""
# Which one has the focus, and whether that can be seen on it or on the frame around it.
WHERE = """() => {
  const one = document.activeElement;
  const frame = one.closest(".pick, .drop")?.querySelector(".btn") ?? one.closest(".pick") ?? one;
  const shows = (part) => {
    const style = getComputedStyle(part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  return [one.dataset?.stop ?? null, shows(one) || shows(frame), one.outerHTML.slice(0, 120)];
}"""
WALKED = {
    "sign-in": (None, "/sign-in/"),
    "home": ("officer", "/"),
    "holdings": ("clerk_south", "/records/"),
    "record": ("director", "slip1"),
    "filing": ("clerk_south", "/records/file/"),
    "grants": ("director", "slip1 grants/"),
    "viewer": ("director", "slip1 view"),
    "log": ("auditor", "/log/?outcome=denied"),
}


@pytest.mark.parametrize("kind", WALKED)
def test_everything_one_can_act_on_is_reached_with_tab_and_seen_to_be(desk: Desk, kind: str) -> None:
    """Interface 2: WCAG 2.1.1, 2.4.7."""
    who, place = WALKED[kind]
    page = desk.sit(who) if who else desk.window()
    record, _space, rest = place.partition(" ")
    page.goto(desk.instance.records.get(record, record) + (rest if rest != "view" else ""))
    if rest == "view":
        page.get_by_role("link", name=re.compile("^查看")).click()
        page.wait_for_selector(".sheet img")
    wanted = set(page.evaluate(MARK))
    assert len(wanted) > 3
    assert wanted - walk(page, wanted) == set()


def walk(page: Page, wanted: set[str]) -> set[str]:
    """Every stop of the Tab key, at most a few times around: a date has three of its own."""
    reached: set[str] = set()
    for _ in range(3 * len(wanted) + 40):
        page.keyboard.press("Tab")
        stop, shown, element = page.evaluate(WHERE)
        if stop is not None:
            assert shown, f"the focus cannot be seen on {element}"
            reached.add(stop)
        if wanted <= reached:
            break
    return reached
