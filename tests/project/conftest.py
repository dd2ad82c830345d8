"""Real runs of the demo, each in a process and a folder of its own."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """The demo's folder and what its first run said."""

    folder: Path
    report: dict[str, Any]
    code: int
    cpu_seconds: float

    def again(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run(self.folder, *arguments)

    def line(self, key: str) -> dict[str, Any]:
        return line(self.report, key)


def line(report: dict[str, Any], key: str) -> dict[str, Any]:
    """One line of a report."""
    return next(line for line in report["lines"] if line["id"] == key)


def command(folder: Path, *arguments: str, name: str = "demo") -> list[str]:
    """What is typed at the shell."""
    return [sys.executable, str(ROOT / "manage.py"), name, *arguments, "--home", str(folder)]


def environment() -> dict[str, str]:
    """A newcomer's environment: nothing of Jingui's in it."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("JINGUI_", "DJANGO_"))}


def run(folder: Path, *arguments: str, name: str = "demo") -> "subprocess.CompletedProcess[str]":
    """Run a command of the demo to its end."""
    return subprocess.run(
        command(folder, *arguments, name=name),
        capture_output=True,
        text=True,
        timeout=450,
        check=False,
        env=environment(),
    )


def free_port() -> str:
    """A port nobody listens on, away from the one of a person's own demo."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def children_of(pid: int) -> list[int]:
    """The processes a process has started and that still run, and theirs."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found += [int(entry.name), *children_of(int(entry.name))]
    return found


def is_running(pid: int) -> bool:
    """Whether a process is there and no mere entry waiting to be read."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end(pids: list[int]) -> None:
    """End processes that a killed run has left behind, and wait for it."""
    for pid in pids:
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("demo")
    before = _children_cpu()
    done = run(folder, "--no-serve", "--json", "--port", free_port())
    assert done.stdout, done.stderr
    return Run(folder, json.loads(done.stdout), done.returncode, _children_cpu() - before)


def _children_cpu() -> float:
    """CPU seconds of every process that was started from here and has ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
