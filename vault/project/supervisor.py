"""Keeps child processes running until it is told to stop: the web server and the worker under `serve`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from vault.project import tether

GRACE_SECONDS = 20
RESTARTS_IN_WINDOW = 5
WINDOW_SECONDS = 60
LOOK_SECONDS = 0.2


class Supervisor:
    """Starts named commands, restarts one that ends by itself, and ends all of them together.

    A child that keeps dying (five times in a minute) ends everything with exit code 1: a half-running
    service looks healthy and is not. Children end with their supervisor even when it is killed: what goes on
    without one holds the port and the databases, and nobody restarts or stops it.
    """

    def __init__(self, commands: Mapping[str, Sequence[str]], say: Callable[[str], None]) -> None:
        self._commands = dict(commands)
        self._say = say
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._deaths: dict[str, list[float]] = {name: [] for name in commands}
        self._stopping = False

    def start(self) -> None:
        """Start every child; returns at once."""
        for name in self._commands:
            self._spawn(name)

    def run(self) -> int:
        """Start, watch, and return the exit code: 0 after a stop that was asked for, 1 when a child kept dying."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        self.start()
        try:
            return self.watch()
        finally:
            self.stop()

    def watch(self) -> int:
        """Revive what ends, until a stop is asked for (0) or a child keeps dying (1). The children go on."""
        while not self._stopping:
            time.sleep(LOOK_SECONDS)
            if not self._revive():
                return 1
        return 0

    def stop(self) -> None:
        """Ask every child to end, wait, and kill what is left."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _spawn(self, name: str) -> None:
        # A terminal's Ctrl-C reaches the supervisor alone, which then ends the children in order.
        tethered = [sys.executable, "-IS", tether.__file__, str(os.getpid()), *self._commands[name]]
        self._children[name] = subprocess.Popen(tethered, start_new_session=True, env=os.environ.copy())

    def _revive(self) -> bool:
        now = time.monotonic()
        for name, child in list(self._children.items()):
            if child.poll() is None:
                continue
            deaths = [moment for moment in self._deaths[name] if now - moment < WINDOW_SECONDS] + [now]
            self._deaths[name] = deaths
            if len(deaths) >= RESTARTS_IN_WINDOW:
                self._say(f"{name} ended {len(deaths)} times within a minute; stopping.")
                return False
            self._say(f"{name} ended with code {child.returncode}; starting it again.")
            self._spawn(name)
        return True

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
