"""People at browsers: each signs in once, and whatever a browser complains of is kept."""

import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, WebError

from accounts.rules import PROOF_LASTS
from tests.browser.instance import Instance
from vault.project.demo.people import BY_KEY, SUPERUSER

PATIENCE = 20_000  # milliseconds; two cores may be busy with something else
STATUS = re.compile(r"the server responded with a status of (\d{3})")
# Told by the page itself, so that a blocked style or script is no less loud than a failed request.
POLICY = """document.addEventListener("securitypolicyviolation",
  (event) => console.error("blocked by the content policy: " + event.violatedDirective + " " + event.blockedURI))"""


def staff_no(key: str) -> str:
    """The staff number of one of the demo's people."""
    return SUPERUSER[1] if key == "superuser" else BY_KEY[key].staff_no


@dataclass
class Watch:
    """What browsers complained of; a status that a test provokes on purpose is no complaint."""

    address: str
    expected: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        status = STATUS.search(message.text)
        if status is None or int(status[1]) not in self.expected:
            self.complaints.append(f"{message.type}: {message.text} at {message.location.get('url', '')}")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"data", "blob", "about"}:
            return
        if f"{parts.scheme}://{parts.netloc}" != self.address:
            self.complaints.append(f"another host was asked: {request.url}")


@dataclass
class Badge:
    """The cookies of somebody who signed in, and when that was."""

    cookies: list[dict[str, object]]
    since: float

    def is_stale(self) -> bool:
        """Whether a grave step might soon ask anew who this is; one story is about that, the others are not."""
        return time.monotonic() - self.since > PROOF_LASTS.total_seconds() / 2


@dataclass
class Desk:
    """Opens windows for people. `badges` are the cookies of who has signed in already, `seats` windows that stay
    open; both are kept over tests.
    """

    browser: Browser
    instance: Instance
    badges: dict[str, Badge]
    seats: dict[str | None, Page]
    watch: Watch
    contexts: list[BrowserContext] = field(default_factory=list)

    def expect(self, *statuses: int) -> None:
        """These answers are what the test is about."""
        self.watch.expected |= set(statuses)

    def window(
        self,
        *,
        language: str = "zh-hans",
        theme: str = "light",
        width: int = 1280,
        javascript: bool = True,
        cookies: list[dict[str, object]] | None = None,
    ) -> Page:
        """A browser of nobody's, or of whoever the cookies are of; a narrow one is a telephone's."""
        context = self.browser.new_context(
            base_url=self.instance.address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",  # colours are read, and pictures drawn, where they come to rest
            viewport={"width": width, "height": 844 if width < 700 else 900},
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        if javascript:
            context.add_init_script(POLICY)
        self.watch.over(context)
        self.contexts.append(context)
        context.add_cookies(cookies or [])
        wear(context, self.instance.address, language=language, theme=theme)
        return context.new_page()

    def sit(self, key: str, **window: object) -> Page:
        """A window of a person who is signed in."""
        if key not in self.badges or self.badges[key].is_stale():
            page = self.window()
            self.sign_in(page, key)
            self.keep(page, key)
            self.close(page)
        return self.window(cookies=self.badges[key].cookies, **window)  # type: ignore[arg-type]

    def at_terminal(self, page: Page) -> Page:
        """Let this window be on a terminal of its own."""
        self.take_seat(page)
        return page

    def take_seat(self, page: Page, *room: str) -> str:
        """The same, in the secure reading room of this code; the terminal's number."""
        seat = self.instance.behind("seat", *room)
        page.context.add_cookies(
            [{"name": seat["name"], "value": seat["value"], "url": self.instance.address}]
        )
        return str(seat["number"])

    def seat(self, key: str | None, *, language: str) -> Page:
        """A person's window that stays open for later tests: a new one costs more than a page."""
        if key in self.seats and key in self.badges and self.badges[key].is_stale():
            self.seats.pop(key).context.close()
        if key not in self.seats:
            page = self.sit(key) if key else self.window()
            page.on("dialog", lambda dialog: dialog.accept())  # a filing is left with files in its list
            self.contexts.remove(page.context)
            self.seats[key] = page
        page = self.seats[key]
        wear(page.context, self.instance.address, language=language, theme="light")
        return page

    def keep(self, page: Page, key: str) -> None:
        """Let later tests go on with this session."""
        wanted = ("jingui_session", "jingui_csrf")
        self.badges[key] = Badge(
            [dict(one) for one in page.context.cookies() if one.get("name") in wanted], time.monotonic()
        )

    def sign_in(self, page: Page, key: str) -> None:
        """Through the sign-in page, as a person does."""
        number = staff_no(key)
        page.goto("/sign-in/")
        page.fill("[name=login]", number)
        page.fill("[name=password]", self.instance.passwords[number])
        turn(page, page.locator("form:has([name=login]) button.go"))
        if page.locator("[name=code]").count():
            page.fill("[name=code]", self.instance.code(number))
            turn(page, page.locator("form:has([name=code]) button.go"))
        if "recovery-codes" in page.url:
            turn(page, page.locator("a.go"))
        page.wait_for_selector("nav.side", state="attached")

    def close(self, page: Page) -> None:
        self.contexts.remove(page.context)
        page.context.close()

    def leave(self) -> list[str]:
        """Close every window; what the browsers complained of."""
        for context in self.contexts:
            context.close()
        complaints, self.watch.complaints = self.watch.complaints, []
        self.watch.expected = set()
        return complaints


def turn(page: Page, control: Locator) -> None:
    """Press what leads to another page, and wait for that page: a click alone comes back before it is there, and
    what is read next would be of the old one.
    """
    with page.expect_navigation():
        control.click()


def wear(context: BrowserContext, address: str, *, language: str, theme: str) -> None:
    """Language and theme as their switches leave them."""
    context.add_cookies(
        [
            {"name": "django_language", "value": language, "url": address},
            {"name": "jingui_theme", "value": theme, "url": address},
        ]
    )
    for page in context.pages:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
