"""The demo, served by itself, and Debian's Chromium over it: one of each for all stories."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.desk import PATIENCE, Badge, Desk, Watch
from tests.browser.instance import Instance, Process
from tests.support.not_run import BROWSER_REQUIRED, BROWSER_STORIES

HERE = Path(__file__).parent
# The first is the same browser without a window's furniture, which costs more than the pages do.
BROWSERS = ("chromium-headless-shell", "chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
            # The first one waits until the demo has filed everything.
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="package")
def chromium() -> str:
    """Where Debian's Chromium is. Without it, or without Chinese fonts, the stories are reported as not run."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    fonts = shutil.which("fc-list")
    if found and fonts:
        listed = subprocess.run([fonts, ":lang=zh-cn"], capture_output=True, timeout=60, check=False)
        if listed.stdout.strip():
            return found
    if os.environ.get(BROWSER_REQUIRED):
        pytest.fail(BROWSER_STORIES, pytrace=False)
    pytest.skip(BROWSER_STORIES)


# Of the package and not of the session: Playwright keeps an event loop running in this thread, under which Django
# refuses its databases to the tests of other packages.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=SWITCHES, timeout=60_000)
        expect.set_options(timeout=PATIENCE)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def instance(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    process = Process.start(tmp_path_factory.mktemp("stories"))
    try:
        opened = process.instance()
        yield opened
        opened.close()
    finally:
        process.stop()


@pytest.fixture(scope="package")
def badges() -> dict[str, Badge]:
    return {}


@pytest.fixture(scope="package")
def seats() -> dict[str | None, Page]:
    return {}


@pytest.fixture(scope="package")
def watch(instance: Instance) -> Watch:
    return Watch(instance.address)


@pytest.fixture
def desk(
    browser: Browser,
    instance: Instance,
    badges: dict[str, Badge],
    seats: dict[str | None, Page],
    watch: Watch,
) -> Iterator[Desk]:
    """AD-08 besides: no browser asks another host, is stopped by the content policy, or meets an error of ours."""
    opened = Desk(browser, instance, badges, seats, watch)
    yield opened
    assert opened.leave() == []
