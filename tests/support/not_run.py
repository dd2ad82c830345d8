"""Says at the end of a run what was not run and what would run it; where everything must run, that is a failure."""

import os

import pytest

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
    if lines:
        terminalreporter.section("not run here")
        for line in lines:
            terminalreporter.write_line(line)
