"""The server process: one thread, warm libraries, one forked child per job.

It holds nothing worth stealing: it was started from a clean interpreter with an empty environment and knows
no key, database or settings. It ends when its owner's end of the control socket closes or the owner is gone.

A request is one packet on the control socket: JSON {task, args, limits}, with three descriptors: the read end
of the input pipe, the write end of the output pipe, and a status socket. On the status socket the owner hears
`STARTED`, then one of `ENDED`, `TIMED_OUT` with the signal's number; when the owner closes it, the child is
killed.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from typing import Any

from storage.forkserver import child, confinement
from storage.forkserver.limits import Limits
from storage.forkserver.tasks import Refusal, resolve

STATUS = struct.Struct("=ci")
STARTED, ENDED, TIMED_OUT, REFUSED = b"s", b"e", b"t", b"r"
REQUEST_BYTES = 64 * 1024
PRELOADED = (
    "storage.inspection.worker",
    "storage.rendering.worker",
    "storage.reproduction.worker",
    "storage.forms.worker",
)

# Children mostly compute; more at once than this only makes each slower and memory unbounded.
_SLOTS = max(4, 2 * (os.cpu_count() or 1))
_OWNER_CHECK_SECONDS = 2.0


def main(control_fd: int, owner: int) -> None:
    """Entry point of the process; returns when the owner is gone."""
    confinement.isolate_network()
    confinement.prefer_for_killing()
    control = socket.socket(fileno=control_fd)
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    _Server(control, owner).serve()


@dataclass
class _Job:
    pid: int
    status: socket.socket
    deadline: float
    timed_out: bool = False


class _Server:
    def __init__(self, control: socket.socket, owner: int) -> None:
        self._control = control
        self._owner = owner
        self._pid = os.getpid()
        self._jobs: dict[int, _Job] = {}
        self._nowhere = os.open(os.devnull, os.O_RDWR)
        self._wake, wake_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        while os.getppid() == self._owner:
            ready = self._wait()
            if self._wake in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake, 4096)
            self._reap()
            self._kill_abandoned_and_late(ready)
            if self._control.fileno() in ready and not self._accept():
                break
        for job in self._jobs.values():
            os.kill(job.pid, signal.SIGKILL)

    def _wait(self) -> set[int]:
        poller = select.poll()
        poller.register(self._wake, select.POLLIN)
        if len(self._jobs) < _SLOTS:
            poller.register(self._control, select.POLLIN)
        for job in self._jobs.values():
            poller.register(job.status, 0)
        now = time.monotonic()
        nearest = min((job.deadline - now for job in self._jobs.values()), default=_OWNER_CHECK_SECONDS)
        wait = max(0.0, min(nearest, _OWNER_CHECK_SECONDS))
        return {descriptor for descriptor, _ in poller.poll(wait * 1000 + 1)}

    def _reap(self) -> None:
        while self._jobs:
            pid, wait_status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            job = self._jobs.pop(pid)
            number = os.WTERMSIG(wait_status) if os.WIFSIGNALED(wait_status) else 0
            _tell(job.status, TIMED_OUT if job.timed_out else ENDED, number)
            job.status.close()

    def _kill_abandoned_and_late(self, ready: set[int]) -> None:
        now = time.monotonic()
        for job in self._jobs.values():
            late = now >= job.deadline
            if late or job.status.fileno() in ready:
                job.timed_out = job.timed_out or late
                # Killed once; until it is reaped it must not wake the loop again and again.
                job.deadline = now + _OWNER_CHECK_SECONDS
                os.kill(job.pid, signal.SIGKILL)

    def _accept(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._control, REQUEST_BYTES, 3)
        if not data:
            return False
        source, sink, status_fd = descriptors
        status = socket.socket(fileno=status_fd)
        try:
            self._start(json.loads(data), (source, sink), status)
        except Refusal:
            _tell(status, REFUSED, 0)
            status.close()
        finally:
            os.close(source)
            os.close(sink)
        return True

    def _start(self, request: dict[str, Any], pipes: tuple[int, int], status: socket.socket) -> None:
        # Imported here, not in the child: the next job of this kind finds it warm.
        function = resolve(request["task"])
        limits = Limits(**request["limits"])
        pid = os.fork()
        if pid == 0:
            child.live(
                function, request["args"], limits, pipes=pipes, nowhere=self._nowhere, server=self._pid
            )
        self._jobs[pid] = _Job(pid, status, time.monotonic() + limits.wall_seconds)
        _tell(status, STARTED, 0)


def _tell(status: socket.socket, what: bytes, number: int) -> None:
    with contextlib.suppress(OSError):
        status.send(STATUS.pack(what, number), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
