"""A running demo as a newcomer has it: its address, its people and their second-factor codes."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.project.conftest import ROOT, children_of, command, end, environment, free_port
from vault.project.demo.environment import variables

START_SECONDS = 400
CODE_SECONDS = 90


@dataclass
class Instance:
    """The demo's folder and address; passwords by staff number, as its report says them."""

    folder: Path
    address: str
    passwords: dict[str, str]
    helper: "subprocess.Popen[str]" = field(repr=False)
    records: dict[str, str] = field(default_factory=dict)  # the demo's word for a document → its address

    @classmethod
    def of(cls, folder: Path, report: dict[str, Any]) -> "Instance":
        diary = json.loads((folder / "diary.json").read_text(encoding="utf-8"))
        passwords = {person["staff_no"]: person["password"] for person in report["people"]}
        helper = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.behind"],
            cwd=ROOT,
            env=environment() | variables(folder) | {"DJANGO_SETTINGS_MODULE": "vault.project.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return cls(folder, report["address"], passwords, helper, diary["records"])

    def close(self) -> None:
        """End the helper; the demo itself is its own process's."""
        for pipe in (self.helper.stdin, self.helper.stdout):
            if pipe is not None:
                pipe.close()
        self.helper.wait(timeout=10)

    def code(self, staff_no: str) -> str:
        """What the telephone shows now; each code is good once, so this may have to wait for the next."""
        deadline = time.monotonic() + CODE_SECONDS
        while (shown := self.behind("code", staff_no)["code"]) is None:
            assert time.monotonic() < deadline, "no code came"
            time.sleep(0.5)
        return str(shown)

    def behind(self, deed: str, *words: str) -> dict[str, Any]:
        """Do through the services what has no screen, or what only time does."""
        asked, told = self.helper.stdin, self.helper.stdout
        assert asked is not None
        assert told is not None
        asked.write(json.dumps([deed, *words]) + "\n")
        asked.flush()
        answer = told.readline()
        assert answer, f"{deed} failed: its process has ended, see what it wrote to standard error"
        found: dict[str, Any] = json.loads(answer)
        return found


@dataclass
class Process:
    """The demo's own process, from its start to its end."""

    popen: "subprocess.Popen[bytes]"
    folder: Path

    @classmethod
    def start(cls, folder: Path) -> "Process":
        with (folder / "report.json").open("wb") as out, (folder / "said.txt").open("wb") as said:
            popen = subprocess.Popen(
                command(folder / "demo", "--json", "--port", free_port()),
                stdout=out,
                stderr=said,
                env=environment(),
            )
        return cls(popen, folder)

    def instance(self) -> Instance:
        """The instance, once the demo has reported and serves."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                report = json.loads((self.folder / "report.json").read_bytes())
                break
            except ValueError:
                assert self.popen.poll() is None, (self.folder / "said.txt").read_text(encoding="utf-8")
                assert time.monotonic() < deadline, "the demo did not report in time"
                time.sleep(0.2)
        assert report["ok"], report["lines"]
        return Instance.of(self.folder / "demo", report)

    def stop(self) -> None:
        """As Ctrl-C ends it; what is left after that is killed by its number."""
        children = children_of(self.popen.pid)
        if self.popen.poll() is None:
            os.kill(self.popen.pid, signal.SIGTERM)
        try:
            self.popen.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait(timeout=10)
        end(children)
