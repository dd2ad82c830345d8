"""The owner's side: one server per owner process, started at the first job and again after it died.

Threads share the server; each job brings its own pipes, so nothing is shared but one packet socket. A process
that forks (a web server's workers) leaves its parent's server alone and starts its own.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, Self

from storage.forkserver.child import CRASHED, HEADER, PART, REFUSED, RESULT
from storage.forkserver.errors import (
    ForkServerUnavailable,
    JobCrashed,
    JobRefused,
    JobTimeout,
    JobTooLarge,
)
from storage.forkserver.limits import DEFAULT, MIB, Limits
from storage.forkserver.server import ENDED, REQUEST_BYTES, STATUS, TIMED_OUT
from storage.forkserver.server import REFUSED as UNKNOWN_TASK

# How long a job may wait for a free child, the server's own start included.
QUEUE_SECONDS = 60.0
# What the server's clock may lag behind ours before we stop believing in it.
_GRACE_SECONDS = 5.0
_ATTEMPTS = 3
_F_SETPIPE_SZ = 1031
_BOOT = (
    "import sys; control, owner = sys.argv[1:3]; sys.path[:] = sys.argv[3:];"
    "from storage.forkserver.server import main; main(int(control), int(owner))"
)


def run(
    task: str, payload: Iterable[bytes], args: dict[str, Any] | None = None, limits: Limits = DEFAULT
) -> bytes:
    """Run "package.module:function" on `payload` in a fresh child and return its bytes.

    `payload` may not be consumed to its end: a task that knows enough stops reading. Feed it from stored
    bytes, not from a slow network: the child's wall clock runs meanwhile. Raises `JobTimeout`, `JobCrashed`,
    `JobTooLarge`, `JobRefused`, `ForkServerUnavailable`, and whatever `payload` raises.
    """
    *_, last = stream(task, payload, args, limits)
    return last


def stream(
    task: str, payload: Iterable[bytes], args: dict[str, Any] | None = None, limits: Limits = DEFAULT
) -> Iterator[bytes]:
    """The same for a task that answers in parts: each is given out when it is there, and one is held at a time.

    `output_bytes` bounds one part. The child waits while a part is in use, and its wall clock with it runs.
    """
    request = json.dumps({"task": task, "args": args or {}, "limits": limits.to_wire()}).encode()
    if len(request) >= REQUEST_BYTES:
        raise JobRefused("arguments_too_large", "The job's arguments are too large.")
    for _ in range(_ATTEMPTS):
        server = _server()
        with _Job() as job:
            if job.submit(server, request):
                yield from job.exchange(payload, limits)
                return
        _discard(server)
    raise ForkServerUnavailable


def start() -> None:
    """Start the server now, so that the first job does not pay for it."""
    _server()


def stop() -> None:
    """End this process's server and its jobs; the next job starts another."""
    global _current
    with _lock:
        server, _current = _current, None
    if server is not None:
        server.stop()


def server_pid() -> int | None:
    """Process id of this process's server, if one runs."""
    server = _current
    return server.process.pid if server is not None and server.process.poll() is None else None


def confinement() -> dict[str, str]:
    """What a job cannot do on this machine, tried: {"sockets": "denied", ...}, or "open"."""
    answer: dict[str, str] = json.loads(run("storage.forkserver.confinement:probe", ()))
    return answer


class _Server:
    def __init__(self) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-c", _BOOT, str(theirs.fileno()), str(os.getpid())]
                + [entry for entry in map(os.path.abspath, sys.path) if os.path.exists(entry)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env={},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            self.control.close()
            raise ForkServerUnavailable from error
        finally:
            theirs.close()

    def stop(self) -> None:
        self.control.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_lock = threading.Lock()
_current: _Server | None = None


def _server() -> _Server:
    global _current
    with _lock:
        if _current is not None and _current.process.poll() is not None:
            _current.stop()
            _current = None
        if _current is None:
            _current = _Server()
        return _current


def _discard(server: _Server) -> None:
    """A server that let a job fall before it ran: gone or going, though perhaps not reaped yet."""
    global _current
    with _lock:
        if _current is server:
            _current = None
            server.stop()


def _forget_after_fork() -> None:
    """In a forked child: the server is the parent's; close our copy of its socket and start afresh."""
    global _current, _lock
    _lock = threading.Lock()
    if _current is not None:
        _current.control.close()
        # The parent reaps it; without this Popen would complain that it is still running.
        _current.process.returncode = 0
        _current = None


os.register_at_fork(after_in_child=_forget_after_fork)
atexit.register(stop)


class _Job:
    """Both pipes and the status socket of one job, from the owner's side."""

    def __enter__(self) -> Self:
        self._child_source, self._feed = os.pipe2(os.O_CLOEXEC)
        self._answer, self._child_sink = os.pipe2(os.O_CLOEXEC)
        self._status, self._child_status = socket.socketpair()
        self._received = bytearray()
        self._fate: tuple[bytes, int] | None = None
        # One write for a usual file instead of a dance of wake-ups; refused only when a user has many pipes.
        with contextlib.suppress(OSError):
            _set_pipe_size(self._feed, MIB)
        os.set_blocking(self._feed, False)
        os.set_blocking(self._answer, False)
        return self

    def __exit__(self, *exc: object) -> None:
        # First the status socket: the server kills a child whose owner hung up, before it can take the
        # closing of the input for its regular end.
        self._status.close()
        self._release_child_ends()
        for name in ("_feed", "_answer"):
            self._close(name)

    def submit(self, server: _Server, request: bytes) -> bool:
        """Hand the job over and wait until its child runs; False when the server died first."""
        descriptors = [self._child_source, self._child_sink, self._child_status.fileno()]
        try:
            server.control.settimeout(QUEUE_SECONDS)
            socket.send_fds(server.control, [request], descriptors)
        except TimeoutError as error:
            raise JobTimeout from error
        except OSError:
            return False
        self._release_child_ends()
        self._status.settimeout(QUEUE_SECONDS)
        try:
            data = self._status.recv(STATUS.size)
        except TimeoutError as error:
            raise JobTimeout from error
        except OSError:
            return False
        if len(data) == STATUS.size and STATUS.unpack(data)[0] == UNKNOWN_TASK:
            raise JobRefused("unknown_task", "The isolated worker knows no such task.")
        return bool(data)

    def exchange(self, payload: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
        """Feed the input while reading the answers; bounded by the limits in both directions."""
        pending = _Pending(payload, limits.input_bytes)
        deadline = time.monotonic() + limits.wall_seconds + _GRACE_SECONDS
        poller = select.poll()
        poller.register(self._feed, select.POLLOUT)
        poller.register(self._answer, select.POLLIN)
        feeding, parted = True, False
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise JobTimeout
            for descriptor, _ in poller.poll(left * 1000):
                if descriptor == self._answer:
                    if not self._receive(limits):
                        kind, body = self._conclude()
                        if kind == RESULT:
                            if body or not parted:
                                yield body
                            return
                        parted = True
                        yield body
                        # Not held while the next one comes.
                        del body
                elif feeding and not self._send(pending):
                    feeding = False
                    poller.unregister(self._feed)
                    self._close("_feed")

    def _send(self, pending: "_Pending") -> bool:
        view = pending.view()
        if view is None:
            return False
        try:
            pending.advance(os.write(self._feed, view))
        except BlockingIOError:
            pass
        except BrokenPipeError:
            return False
        return True

    def _receive(self, limits: Limits) -> bool:
        # Never beyond the end of this answer: what follows is the next.
        wanted = HEADER.size
        if len(self._received) >= HEADER.size:
            wanted += HEADER.unpack_from(self._received)[1]
        piece = os.read(self._answer, min(MIB, wanted - len(self._received)))
        self._received += piece
        if len(self._received) > limits.output_bytes + HEADER.size:
            raise JobTooLarge
        if len(self._received) >= HEADER.size:
            return bool(piece) and len(self._received) < HEADER.size + HEADER.unpack_from(self._received)[1]
        return bool(piece)

    def _conclude(self) -> tuple[bytes, bytes]:
        if len(self._received) < HEADER.size:
            raise self._post_mortem()
        kind, length = HEADER.unpack_from(self._received)
        body = bytes(memoryview(self._received)[HEADER.size :])
        if len(body) != length:
            raise self._post_mortem()
        if kind in {RESULT, PART}:
            self._received.clear()
            return kind, body
        if kind == REFUSED:
            raise _refusal(body)
        if kind == CRASHED:
            raise JobCrashed(body.decode("ascii", "replace")[:80])
        raise JobTooLarge

    def _post_mortem(self) -> Exception:
        """The answer broke off: the server tells how the child ended, or is dead itself."""
        self._status.settimeout(_GRACE_SECONDS)
        try:
            data = self._status.recv(STATUS.size)
        except OSError:
            data = b""
        if len(data) != STATUS.size:
            return JobCrashed("server_died")
        what, number = STATUS.unpack(data)
        if what == TIMED_OUT or number == signal.SIGXCPU:
            return JobTimeout()
        if what == ENDED and number:
            return JobCrashed(signal.Signals(number).name)
        return JobCrashed("no_answer")

    def _release_child_ends(self) -> None:
        self._child_status.close()
        for name in ("_child_source", "_child_sink"):
            self._close(name)

    def _close(self, name: str) -> None:
        descriptor = getattr(self, name)
        if descriptor >= 0:
            setattr(self, name, -1)
            os.close(descriptor)


class _Pending:
    """The payload as a queue of views, one chunk held at a time, with its total bounded."""

    def __init__(self, payload: Iterable[bytes], limit: int) -> None:
        self._chunks: Iterator[bytes] = iter(payload)
        self._view = memoryview(b"")
        self._left = limit

    def view(self) -> memoryview | None:
        while not self._view:
            chunk = next(self._chunks, None)
            if chunk is None:
                return None
            self._left -= len(chunk)
            if self._left < 0:
                raise JobTooLarge
            self._view = memoryview(chunk)
        return self._view

    def advance(self, written: int) -> None:
        self._view = self._view[written:]


def _refusal(body: bytes) -> JobRefused:
    try:
        facts = json.loads(body)
        return JobRefused(str(facts["reason"]), str(facts["text"]))
    except (ValueError, KeyError, struct.error):
        return JobRefused("unreadable")


def _set_pipe_size(descriptor: int, size: int) -> None:
    import fcntl

    fcntl.fcntl(descriptor, _F_SETPIPE_SZ, size)
