"""A warm fork server for everything that parses untrusted bytes.

Guarantees: one child per job, started from a clean process that never held a key, a connection or a setting;
input and output by pipe, so no plaintext reaches the disk; bounded address space, CPU, wall clock and output;
the child can write no file, and unless asked otherwise open none; a dead child, a dead server and a dead
owner each end the others tidily. Where the kernel allows, no sockets, programs or processes either:
`confinement()` tries and tells.

Not guaranteed: a child runs under the owner's user. Without seccomp a parser that is taken over could still
signal the owner; run the service under its own user.
"""

from storage.forkserver.client import confinement, run, server_pid, start, stop, stream
from storage.forkserver.errors import (
    ForkServerError,
    ForkServerUnavailable,
    JobCrashed,
    JobRefused,
    JobTimeout,
    JobTooLarge,
)
from storage.forkserver.limits import DEFAULT, MIB, Limits
from storage.forkserver.tasks import Payload, PayloadTooLarge, Refusal, task

__all__ = [
    "DEFAULT",
    "MIB",
    "ForkServerError",
    "ForkServerUnavailable",
    "JobCrashed",
    "JobRefused",
    "JobTimeout",
    "JobTooLarge",
    "Limits",
    "Payload",
    "PayloadTooLarge",
    "Refusal",
    "confinement",
    "run",
    "server_pid",
    "start",
    "stop",
    "stream",
    "task",
]
