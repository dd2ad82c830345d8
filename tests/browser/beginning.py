"""A fresh instance after `init`, served, and its people at browsers: nothing is there but four first passwords."""

import base64
import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, Page

from accounts.rules import CODE_SECONDS, local_day
from audit import clock
from tests.browser.desk import PATIENCE, Watch, turn
from tests.project.conftest import ROOT, children_of, end, environment, free_port
from vault.project.demo.people import BY_KEY, PLACE

START_SECONDS = 60
CLICKS = 3
FIRST_FOUR = {
    "system_officer": "system",
    "security_officer": "security",
    "auditor": "auditor",
    "leader": "principal",
}


@contextmanager
def begun(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a fresh instance and the one-time passwords of its first four, by staff number."""
    surroundings = environment() | {
        "JINGUI_HOME": str(folder / "data"),
        "JINGUI_KEY_RING": str(folder / "keys" / "keyring.json"),
    }
    for part in ("data", "keys"):
        (folder / part).mkdir(mode=0o700)
    answers = folder / "answers.json"
    answers.write_text(json.dumps(_answers(), ensure_ascii=False), encoding="utf-8")
    done = _manage(surroundings, "init", "--json", "--file", str(answers))
    assert done.returncode == 0, done.stderr
    passwords = {row["staff_no"]: row["one_time_password"] for row in json.loads(done.stdout)}
    port = free_port()
    with (folder / "said.txt").open("wb") as said:
        served = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve", "--workers", "1", "--port", port],
            cwd=ROOT,
            env=surroundings,
            stdout=said,
            stderr=said,
        )
    try:
        _wait(f"http://localhost:{port}", served, folder / "said.txt")
        yield f"http://localhost:{port}", passwords
    finally:
        children = children_of(served.pid)
        served.send_signal(signal.SIGTERM)
        try:
            served.wait(timeout=30)
        except subprocess.TimeoutExpired:
            served.kill()
            served.wait(timeout=10)
        end(children)


@dataclass
class Office:
    """Everybody's windows on one instance, and how many clicks from home each kind of step took at most."""

    browser: Browser
    watch: Watch
    passwords: dict[str, str]
    seats: dict[str, Page] = field(default_factory=dict)
    clicks: dict[str, int] = field(default_factory=dict)
    walked: set[tuple[str, str]] = field(default_factory=set)
    people: dict[str, str] = field(default_factory=dict)  # staff number → the address of his page

    def go(self, kind: str, key: str, *links: str, again: str = "") -> Page:
        """From a person's home by these links and buttons to where a step of this kind is done.

        Whoever has walked a way once goes straight to the address that he is given `again`.
        """
        page = self.seats[key]
        if again and (kind, key) in self.walked:
            page.goto(again)
            return page
        page.goto("/")
        for link in links:
            turn(page, page.locator(link).first)
        self.walked.add((kind, key))
        self.clicks[kind] = max(self.clicks.get(kind, 0), len(links))
        assert self.clicks[kind] <= CLICKS, f"more than {CLICKS} clicks from home:\n{self.table()}"
        return page

    def table(self) -> str:
        """Kind of step and clicks, as the system officer's manual has them."""
        return "\n".join(f"| {kind} | {count} |" for kind, count in self.clicks.items())

    def first_sign_in(self, key: str) -> Page:
        """With the one-time password, through whatever the system asks for, to one's own home."""
        page = self._window()
        number = BY_KEY[key].staff_no
        page.goto("/sign-in/")
        page.fill("[name=login]", number)
        page.fill("[name=password]", self.passwords[number])
        turn(page, page.locator("form:has([name=login]) button.go"))
        own = f"{key.replace('_', ' ')} keeps his own words"
        for _ in range(6):
            if page.locator("nav.side").count():
                break
            if page.locator("[name=oldpassword]").count():
                for name, value in (
                    ("oldpassword", self.passwords[number]),
                    ("password1", own),
                    ("password2", own),
                ):
                    page.fill(f"[name={name}]", value)
                turn(page, page.locator("form:has([name=password1]) button.go"))
            elif page.locator("figure.qr").count():
                page.fill("[name=code]", _telephone(page.locator("figure.qr code").inner_text()))
                turn(page, page.locator("form:has([name=code]) button.go"))
            elif page.locator("[name=agreed]").count():
                page.locator("[name=agreed]").check()
                turn(page, page.locator("form:has([name=agreed]) button.go"))
            else:
                turn(page, page.locator("a.go"))
        page.wait_for_selector("nav.side", state="attached")
        self.passwords[number] = own
        self.seats[key] = page
        return page

    def leave(self, *keys: str) -> None:
        """Close people's windows; whoever comes again needs a new one."""
        for key in keys:
            self.seats.pop(key).context.close()

    def _window(self) -> Page:
        context = self.browser.new_context(
            base_url=self.watch.address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            viewport={"width": 1280, "height": 900},
            # The other stories run the scripts; without them this one of hundreds of pages takes half the time.
            java_script_enabled=False,
        )
        context.set_default_timeout(PATIENCE)
        self.watch.over(context)
        return context.new_page()


def _telephone(key: str) -> str:
    """What an authenticator app shows that was given this key (RFC 6238)."""
    secret = base64.b32decode(re.sub(r"\s", "", key))
    totp = TOTP(secret, 6, SHA1(), CODE_SECONDS)
    return totp.generate(int(time.time())).decode()


def _answers() -> dict[str, object]:
    company = PLACE["company"]
    return {
        "company": {"code": company.code, "name": company.name},
        "trained_until": (local_day(clock.now()) + timedelta(days=300)).isoformat(),
        **{
            role: {"name": BY_KEY[key].name, "staff_no": BY_KEY[key].staff_no}
            for role, key in FIRST_FOUR.items()
        },
    }


def _manage(surroundings: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _wait(address: str, served: "subprocess.Popen[bytes]", said: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health/", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        assert served.poll() is None, said.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, "the instance did not answer in time"
        time.sleep(0.2)
