"""Says at the end of a run what was not run and what would run it; where everything must run, that is a failure."""

import os
from typing import Any

import pytest

from tests.support.once import MARK

BROWSER_REQUIRED = "JINGUI_TEST_REQUIRE_BROWSER"
BROWSER_STORIES = (
    "the browser stories need Debian's Chromium and Chinese fonts: "
    "apt-get install chromium-headless-shell fontconfig fonts-noto-cjk (as root), then .venv/bin/pytest tests/browser; "
    "bash .ci/run installs and runs them too"
)
POSTGRESQL = (
    "the suite ran on SQLite alone: bash .ci/run installs PostgreSQL and runs it there as well, "
    "or name two empty databases in JINGUI_TEST_DATABASE_URL and JINGUI_TEST_AUDIT_DATABASE_URL"
)

KINDS = {
    "browser": "browser stories, which run a demo of their own on SQLite",
    MARK: "tests that can open no database (tests/support/once.py)",
}
# What the selection of a run left out, as each worker found it: all collect the same.
LEFT_OUT = pytest.StashKey[dict[str, int]]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    if not items:
        return
    config = items[0].config
    found = config.stash.setdefault(LEFT_OUT, {})
    for item in items:
        kind = next((mark for mark in KINDS if item.get_closest_marker(mark)), None)
        if kind is not None:
            found[kind] = found.get(kind, 0) + 1
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = found


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if left_out := getattr(node, "workeroutput", {}).get("left_out"):
        node.config.stash[LEFT_OUT] = left_out


def _stories_not_run(reporter: pytest.TerminalReporter) -> int:
    return sum("browser" in report.keywords for report in reporter.stats.get("skipped", []))


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        os.environ.get(BROWSER_REQUIRED)
        and reporter is not None
        and _stories_not_run(reporter)
        and session.exitstatus == pytest.ExitCode.OK
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = []
    if stories := _stories_not_run(terminalreporter):
        lines.append(f"{stories} tests: {BROWSER_STORIES}.")
    if not os.environ.get("JINGUI_TEST_DATABASE_URL"):
        lines.append(f"PostgreSQL: {POSTGRESQL}.")
    for kind, count in terminalreporter.config.stash.get(LEFT_OUT, {}).items():
        lines.append(f"{count} tests were left out by this run's selection: {KINDS[kind]}.")
    if lines:
        terminalreporter.section("not run here")
        for line in lines:
            terminalreporter.write_line(line)
