"""The walls around a job: resource limits for all, network namespace and seccomp filter where the kernel lets
us.

The server isolates its network once (a namespace per job would cost more than the job); children inherit it.
Everything here is applied by effort: `probe` says what is really in force on this machine.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import socket
from typing import Any

from storage.forkserver import seccomp
from storage.forkserver.limits import Limits
from storage.forkserver.tasks import Payload, task

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4

_libc = ctypes.CDLL(None, use_errno=True)
_machine = os.uname().machine
_filters = {reading: seccomp.build(_machine, reading=reading) for reading in (False, True)}


def isolate_network() -> None:
    """Leave every network behind; must run while the process has one thread. Without privilege the kernel may
    still allow it inside a user namespace; where it allows neither, the seccomp filter is what denies
    sockets.
    """
    if _libc.unshare(_CLONE_NEWNET) != 0:
        _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def prefer_for_killing() -> None:
    """When memory runs out the kernel should take a parser, not the web server."""
    try:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("800")
    except OSError:
        pass


def die_with_parent(parent: int) -> None:
    """Be killed when the server dies. For children of a single-threaded parent only: the kernel ties this to
    the thread that forked.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def mapped_bytes() -> int:
    """Address space of this process."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def confine(limits: Limits, mapped: int) -> None:
    """Apply the limits to this child for good. Its two pipes are descriptors 0 and 1; 2 leads nowhere."""
    os.environ.clear()
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_AS, mapped + limits.memory)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)
    _limit(resource.RLIMIT_NOFILE, 3 + limits.open_files)
    if not limits.threads:
        _limit(resource.RLIMIT_NPROC, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    program = _filters[limits.open_files > 0]
    if program is not None:
        seccomp.install(_libc, program)


@task
def probe(payload: Payload, args: dict[str, Any]) -> bytes:
    """Try what must not work and report each as "denied" or "open"."""
    return json.dumps(
        {
            "sockets": _denied(lambda: socket.socket(socket.AF_INET).close()),
            "processes": _denied(lambda: os._exit(0) if os.fork() == 0 else None),
            "reading": _denied(lambda: os.close(os.open("/proc/self/status", os.O_RDONLY))),
            "writing": _denied(lambda: os.close(os.open("/tmp", os.O_TMPFILE | os.O_WRONLY))),  # noqa: S108
            "programs": _denied(lambda: os.execve("/bin/true", ["true"], {})),  # noqa: S606
            "environment": "denied" if not os.environ else "open",
            "network": "denied" if _only_loopback() else "open",
        }
    ).encode()


def _limit(which: int, soft: int, hard: int | None = None) -> None:
    ceiling = resource.getrlimit(which)[1]
    wanted = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        wanted = min(wanted, ceiling)
    resource.setrlimit(which, (min(soft, wanted), wanted))


def _denied(attempt: Any) -> str:
    try:
        attempt()
    except OSError as error:
        return "denied" if error.errno != errno.ENOENT else "open"
    return "open"


def _only_loopback() -> bool:
    try:
        return all(name == "lo" for _, name in socket.if_nameindex())
    except OSError:
        return True
