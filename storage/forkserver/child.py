"""The life of one job: confine, read the pipe, run the task, write one framed answer or several, end."""

import gc
import json
import os
import signal
import struct
from collections.abc import Iterator
from typing import Any, NoReturn

from storage.forkserver import confinement
from storage.forkserver.limits import Limits
from storage.forkserver.tasks import Payload, PayloadTooLarge, Refusal, Task

HEADER = struct.Struct("=cQ")
RESULT, PART, REFUSED, CRASHED, TOO_LARGE = b"+", b"=", b"-", b"!", b"#"

_SOURCE, _SINK, _NOWHERE = 0, 1, 2


def live(
    function: Task, args: dict[str, Any], limits: Limits, *, pipes: tuple[int, int], nowhere: int, server: int
) -> NoReturn:
    """Runs in the forked child and never returns into the server's loop."""
    try:
        confinement.die_with_parent(server)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        mapped = confinement.mapped_bytes()
        os.dup2(pipes[0], _SOURCE)
        os.dup2(pipes[1], _SINK)
        os.dup2(nowhere, _NOWHERE)
        os.closerange(3, 65536)
        confinement.confine(limits, mapped)
        # A short life: collecting would only copy the server's pages.
        gc.disable()
        kind, body = _work(function, args, limits)
        _answer(kind, body)
    finally:
        os._exit(0)


def _work(function: Task, args: dict[str, Any], limits: Limits) -> tuple[bytes, bytes]:
    try:
        result = function(Payload(_SOURCE), args)
        if not isinstance(result, bytes):
            result = _parts(result, limits)
    except Refusal as refusal:
        return REFUSED, json.dumps({"reason": refusal.code, "text": refusal.text}).encode()
    except (MemoryError, PayloadTooLarge):
        return TOO_LARGE, b""
    except BaseException as error:  # noqa: BLE001 - only the class may leave: a message can quote the file
        return CRASHED, type(error).__name__.encode()
    return (RESULT, result) if len(result) <= limits.output_bytes else (TOO_LARGE, b"")


def _parts(parts: Iterator[bytes], limits: Limits) -> bytes:
    """Send each part as soon as it is made; the end is an answer without bytes."""
    for part in parts:
        if len(part) > limits.output_bytes:
            raise PayloadTooLarge
        _answer(PART, part)
    return b""


def _answer(kind: bytes, body: bytes) -> None:
    _write(HEADER.pack(kind, len(body)))
    _write(body)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(_SINK, view) :]
