"""One real run of the demo, in a process and a folder of its own, for all tests of its report."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """The demo's folder and what its first run said."""

    folder: Path
    report: dict
    code: int

    def again(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run(self.folder, *arguments)

    def line(self, key: str) -> dict:
        return next(line for line in self.report["lines"] if line["id"] == key)


def run(folder: Path, *arguments: str, command: str = "demo") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), command, *arguments, "--home", str(folder)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith(("JINGUI_", "DJANGO_"))},
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("demo")
    done = run(folder, "--no-serve", "--json", "--port", "8700")
    assert done.stdout, done.stderr
    return Run(folder, json.loads(done.stdout), done.returncode)
