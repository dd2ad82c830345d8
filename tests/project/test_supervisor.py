"""Children are started again, a child that keeps dying ends everything, and nothing outlives its supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.project.conftest import ROOT, children_of, end, free_port, is_running
from vault.project import supervisor as module
from vault.project.demo import server
from vault.project.supervisor import RESTARTS_IN_WINDOW, Supervisor

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")
DIE = (sys.executable, "-S", "-c", "raise SystemExit(3)")


def wait_for(true: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def supervised(said: list[str], **commands: tuple[str, ...]) -> Iterator[Supervisor]:
    made = Supervisor(commands, said.append)
    try:
        yield made
    finally:
        made.stop()


def pid(made: Supervisor, name: str) -> int:
    return made._children[name].pid


def test_a_child_that_keeps_dying_ends_everything_with_1() -> None:
    """A half-running service looks healthy and is not: its sound sibling ends too."""
    said: list[str] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    made = Supervisor({"web": SLEEP, "worker": DIE}, said.append)
    try:
        assert made.run() == 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    restarts = [line for line in said if "starting it again" in line]
    assert restarts == ["worker ended with code 3; starting it again."] * (RESTARTS_IN_WINDOW - 1)
    assert said[-1] == f"worker ended {RESTARTS_IN_WINDOW} times within a minute; stopping."
    assert not is_running(pid(made, "web"))


def test_a_child_that_died_once_is_started_again_and_the_other_goes_on() -> None:
    said: list[str] = []
    with supervised(said, web=SLEEP, worker=SLEEP) as made:
        made.start()
        web, worker = pid(made, "web"), pid(made, "worker")
        os.kill(worker, signal.SIGKILL)
        wait_for(lambda: made._children["worker"].poll() is not None)
        assert made._revive()
        assert said == ["worker ended with code -9; starting it again."]
        assert (pid(made, "web"), pid(made, "worker") != worker) == (web, True)
        assert is_running(pid(made, "worker"))


def test_deaths_of_an_earlier_minute_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with supervised([], worker=SLEEP) as made:
        made.start()
        made._deaths["worker"] = [time.monotonic() - module.WINDOW_SECONDS - 1] * (RESTARTS_IN_WINDOW - 1)
        os.kill(pid(made, "worker"), signal.SIGKILL)
        wait_for(lambda: made._children["worker"].poll() is not None)
        assert made._revive()
        assert len(made._deaths["worker"]) == 1


PARENT = """
import sys
from vault.project.supervisor import Supervisor
Supervisor({"first": SLEEP, "second": SLEEP}, print).run()
"""


def test_children_end_when_their_supervisor_is_killed() -> None:
    """Nobody restarts or stops what goes on alone, and it holds the port."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT.replace("SLEEP", repr(SLEEP))], cwd=ROOT)
    family: list[int] = []

    def all_sleep() -> bool:
        family[:] = children_of(parent.pid)
        shown = [Path(f"/proc/{one}/cmdline").read_bytes() for one in family]
        return len(shown) == 2 and all(b"tether.py" not in line for line in shown)

    try:
        wait_for(all_sleep)
        parent.kill()
        parent.wait(10)
        wait_for(lambda: not any(is_running(one) for one in family))
    finally:
        parent.kill()
        parent.wait(10)
        end(family)


def test_a_child_whose_parent_is_gone_before_it_begins_does_not_begin() -> None:
    command = [sys.executable, str(ROOT / "vault/project/tether.py"), "1", *DIE]
    assert subprocess.run(command, check=False).returncode == 1


def test_the_demo_watches_its_server_as_serve_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """It told nothing of a worker that had died, and went on without."""
    monkeypatch.setattr(server, "web_command", lambda *_: list(SLEEP))
    monkeypatch.setattr(server, "worker_command", lambda: list(DIE))
    monkeypatch.setattr(server, "_wait", lambda _port: None)
    said: list[str] = []
    with server.running(int(free_port()), said.append) as running:
        assert running.watch() == 1
    assert "worker ended with code 3; starting it again." in said
    assert said[-1].endswith("stopping.")
