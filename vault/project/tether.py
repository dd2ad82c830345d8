"""Starts a command that ends when its parent does, however that one ends: `python tether.py PARENT COMMAND…`.

The kernel sends the signal, so a parent that was killed and a child that watches nothing, such as gunicorn, are covered
alike. It is set in a process of its own, since code between fork and exec is unsafe where threads run. Imports no
Django: it runs before every child.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_FAILED = 1


def main() -> None:
    """Ask for the signal, then become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    # It is kept over exec. Linux alone has it; the product runs on nothing else.
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0):
        sys.exit(f"This child cannot be bound to its parent: {os.strerror(ctypes.get_errno())}.")
    if os.getppid() != parent:
        sys.exit(_FAILED)  # the parent ended before the signal was asked for
    os.execvp(command[0], command)  # noqa: S606  a list of the supervisor's own, no shell


if __name__ == "__main__":
    main()
