"""Every kind of page in both languages and both themes: axe finds nothing, and nothing sticks out of a telephone."""

import base64
import sqlite3
import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from playwright.sync_api import expect

from accounts.rules import CODE_SECONDS
from tests.browser.desk import Desk, turn
from tests.browser.inspection import look, out_of_card, violations
from tests.browser.kinds import KINDS
from tests.browser.pages import Kind, World

LANGUAGES = ("zh-hans", "en")
# A page refused, a form sent back, and what is not there: that is what these pages are.
ANSWERS = (400, 403, 404, 409, 422, 429, 503)


@pytest.fixture(scope="package")
def worlds() -> dict[str, World]:
    return {}


@pytest.fixture
def world(desk: Desk, worlds: dict[str, World]) -> World:
    if "made" not in worlds:
        worlds["made"] = World.of(desk)
    return worlds["made"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "_"))
def test_axe_finds_nothing_on_it_and_nothing_sticks_out(desk: Desk, world: World, kind: Kind) -> None:
    """Interface 2: WCAG 2.2 AA."""
    desk.expect(*ANSWERS)
    found = []
    for language in LANGUAGES:
        page = desk.seat(kind.who, language=language)
        answer = page.goto(world.address(kind.place))
        assert answer is not None
        assert answer.status == kind.status
        if kind.then is not None:
            kind.then(page)
        expect(page.locator(kind.shows).first).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-Hans")
        found += [f"{language} {line}" for line in look(page, kind.name, language)]
    assert found == []


def test_axe_finds_what_is_planted(desk: Desk) -> None:
    """So that finding nothing means something: pale text, a nameless button and a picture without words."""
    page = desk.seat(None, language="zh-hans")
    page.goto("/sign-in/")
    page.evaluate(
        """() => {
          const box = document.querySelector("main").appendChild(document.createElement("div"));
          box.append(document.createElement("button"), document.createElement("img"), "pale");
          box.style.color = "#eee";
        }"""
    )
    planted = {line.partition(":")[0] for line in violations(page)}
    assert {"button-name", "image-alt", "color-contrast"} <= planted
    page.evaluate("document.querySelector('main').style.width = '1900px'")
    assert any(line.startswith("narrow:") for line in look(page, "planted", "en"))


def test_what_stands_over_its_card_is_found_and_what_scrolls_in_it_is_not(desk: Desk) -> None:
    page = desk.seat("archivist", language="en")
    page.goto("/records/")
    assert out_of_card(page) == []
    wide = """(scrolls) => {
      const box = document.querySelector(".card").appendChild(document.createElement("div"));
      box.style.overflowX = scrolls ? "auto" : "visible";
      box.append(document.createElement("p"));
      box.firstChild.style.width = "3000px";
    }"""
    page.evaluate(wide, True)
    assert out_of_card(page) == []
    page.evaluate(wide, False)
    assert len(out_of_card(page)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_newcomer_passes_every_page_of_a_first_day(desk: Desk, language: str) -> None:
    """PE-09, AD-05: own password, second factor, recovery codes once, undertaking, training; then the worklist."""
    staff_no = "S2001" if language == "en" else "S2002"
    first = desk.instance.behind("newcomer", staff_no, "新来的人")["password"]
    page, found = desk.window(language=language), []

    def seen(name: str, selector: str) -> None:
        expect(page.locator(selector).first).to_be_visible()
        found.extend(f"{name} {line}" for line in look(page, f"first day, {name}", language))

    page.goto("/sign-in/")
    page.fill("[name=login]", staff_no)
    page.fill("[name=password]", first)
    page.locator("form.form button.go").click()
    seen("password", ".why + form [name=oldpassword]")
    page.fill("[name=oldpassword]", first)
    page.fill("[name=password1]", OWN)
    page.fill("[name=password2]", OWN)
    page.locator("form.form button.go").click()
    seen("second factor", ".qr img")
    expect(page.locator(".qr img")).not_to_have_js_property("naturalWidth", 0)
    page.fill("[name=code]", code_of(page.locator(".qr code").inner_text().replace(" ", "")))
    page.locator("form.form button.go").click()
    seen("recovery codes", ".codes li")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(set(codes)) == 10
    page.locator("a.go").click()
    seen("undertaking", "[name=agreed]")
    page.locator("[name=agreed]").check()
    page.locator("form.form button.go").click()
    seen("training", ".why")
    expect(page.locator("[name=agreed]")).to_have_count(0)
    desk.instance.behind("trained", staff_no)
    page.goto("/")
    expect(page.locator("nav.side")).to_be_visible()
    # Signing in again by a recovery code: the page of the second step, wrong and right.
    page.locator(".who").click()
    turn(page, page.locator("#me form:last-of-type button"))
    page.goto("/sign-in/")
    page.fill("[name=login]", staff_no)
    page.fill("[name=password]", OWN)
    page.locator("form.form button.go").click()
    seen("code", "[name=code]")
    page.fill("[name=code]", "000000")
    page.locator("form.form button.go").click()
    seen("code refused", ".field.wrong")
    page.fill("[name=code]", codes[0])
    page.locator("form.form button.go").click()
    expect(page.locator("nav.side")).to_be_visible()
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_too_many_attempts_the_door_says_so(desk: Desk, language: str) -> None:
    """AD-05."""
    desk.expect(*ANSWERS)
    page = desk.seat(None, language=language)
    for _ in range(6):
        page.goto("/sign-in/")
        page.fill("[name=login]", f"S777{language[0].upper()}")
        page.fill("[name=password]", "no such password")
        page.locator("form.form button.go").click()
        page.wait_for_load_state()
    expect(page.locator(".why")).to_contain_text("15")
    assert look(page, "locked out", language) == []


def test_with_the_log_shut_off_a_page_says_that_nothing_was_done(desk: Desk) -> None:
    """AU-03: 503, in both languages; with the log back everything goes on."""
    desk.expect(*ANSWERS)
    pages = {language: desk.sit("clerk_south", language=language) for language in LANGUAGES}
    for page in pages.values():
        page.goto("/")
    log = sqlite3.connect(desk.instance.folder / "data" / "audit.sqlite3", timeout=60, isolation_level=None)
    try:
        log.execute("BEGIN IMMEDIATE")
        for page in pages.values():
            page.evaluate("setTimeout(() => location.assign('/records/'))")
        for language, page in pages.items():
            expect(page.locator(".code-big")).to_have_text("503", timeout=90_000)
            assert look(page, "log shut off", language) == []
    finally:
        log.execute("ROLLBACK")
        log.close()
    pages["en"].goto("/records/")
    expect(pages["en"].locator("tr[data-row]").first).to_be_visible()


OWN = "three quiet herons over the weir 8"


def code_of(secret: str) -> str:
    """What an authenticator app shows for the key on the page (RFC 6238)."""
    return HOTP(base64.b32decode(secret), 6, SHA1()).generate(int(time.time()) // CODE_SECONDS).decode()
