"""What runs inside a child: marked functions, and the payload they read.

A task is named "package.module:function". Only functions marked with `@task` can be called, so the name of
an arbitrary function (`os:system`) is refused even if a caller were talked into passing one.
"""

import importlib
import os
from collections.abc import Callable, Iterator
from typing import Any

PIECE = 256 * 1024

# A task answers with bytes, or, for `stream`, with one answer after the other.
Task = Callable[["Payload", dict[str, Any]], bytes | Iterator[bytes]]
_MARK = "__forkserver_task__"


class Refusal(Exception):
    """Raised by a task to say no with a code; arrives at the caller as `JobRefused`."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class PayloadTooLarge(Exception):
    """The payload has more bytes than the task asked to hold."""


def task(function: Task) -> Task:
    """Mark a function as callable by name in a child."""
    setattr(function, _MARK, True)
    return function


def resolve(name: str) -> Task:
    """The marked function of that name; raises `Refusal("unknown_task")`."""
    module_name, _, function_name = name.partition(":")
    try:
        function = getattr(importlib.import_module(module_name), function_name, None)
    except (ImportError, ValueError):
        function = None
    if not callable(function) or not getattr(function, _MARK, False):
        raise Refusal("unknown_task", f"The isolated worker knows no task {name!r}.")
    return function


class Payload:
    """The job's input pipe. Reading may stop early: the caller's side takes that as "enough"."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = bytearray()
        self._ended = False

    def peek(self, length: int) -> bytes:
        """The first `length` bytes (fewer at the end), left in place."""
        while len(self._buffer) < length and self._fill():
            pass
        return bytes(self._buffer[:length])

    def read_all(self, limit: int) -> bytes:
        """Everything that is left; raises `PayloadTooLarge` beyond `limit` bytes."""
        while self._fill():
            if len(self._buffer) > limit:
                raise PayloadTooLarge
        if len(self._buffer) > limit:
            raise PayloadTooLarge
        data, self._buffer = bytes(self._buffer), bytearray()
        return data

    def pieces(self) -> Iterator[bytes]:
        """Everything that is left, in pieces of at most 256 KiB, holding one at a time."""
        if self._buffer:
            first, self._buffer = bytes(self._buffer), bytearray()
            yield first
        while self._fill():
            piece, self._buffer = bytes(self._buffer), bytearray()
            yield piece

    def _fill(self) -> bool:
        if self._ended:
            return False
        piece = os.read(self._descriptor, PIECE)
        self._ended = not piece
        self._buffer += piece
        return bool(piece)
