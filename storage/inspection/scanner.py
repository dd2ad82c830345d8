"""The virus scanner hook (PF-04). Without a scanner every finding says "not_scanned"."""

import logging
import socket
import struct
from typing import Protocol

from storage.inspection.finding import Scanned

_LOG = logging.getLogger(__name__)


class Scan(Protocol):
    """One file being scanned: fed in pieces, asked once."""

    def feed(self, piece: bytes) -> None: ...

    def verdict(self) -> Scanned: ...

    def close(self) -> None: ...


class Scanner(Protocol):
    """Opens one scan per file; must never raise."""

    def open(self) -> Scan: ...


class ClamdScanner:
    """A running clamd behind a unix socket (`path`), spoken to with its INSTREAM command: the file is
    streamed, clamd keeps no copy of ours. Whatever goes wrong, a stream above clamd's own StreamMaxLength
    included, is logged and reported as "not_scanned"; it never counts as clean.
    """

    def __init__(self, path: str, *, timeout: float = 30.0) -> None:
        self._path = path
        self._timeout = timeout

    def open(self) -> "Scan":
        return _ClamdScan(self._path, self._timeout)


class NoScanner:
    """What is in force until a scanner is configured."""

    def open(self) -> "Scan":
        return _NoScan()


class _NoScan:
    def feed(self, piece: bytes) -> None:
        """Nothing looks at it."""

    def verdict(self) -> Scanned:
        return "not_scanned"

    def close(self) -> None:
        """Nothing is open."""


class _ClamdScan:
    def __init__(self, path: str, timeout: float) -> None:
        self._socket: socket.socket | None = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(path)
            self._socket.sendall(b"zINSTREAM\0")
        except OSError as error:
            self._give_up(error)

    def feed(self, piece: bytes) -> None:
        if self._socket is None or not piece:
            return
        try:
            self._socket.sendall(struct.pack("!I", len(piece)) + piece)
        except OSError as error:
            self._give_up(error)

    def verdict(self) -> Scanned:
        if self._socket is None:
            return "not_scanned"
        reply = b""
        try:
            self._socket.sendall(struct.pack("!I", 0))
            while not reply.endswith(b"\0") and len(reply) < 4096:
                piece = self._socket.recv(4096)
                if not piece:
                    break
                reply += piece
        except OSError as error:
            self._give_up(error)
            return "not_scanned"
        self.close()
        if reply == b"stream: OK\0":
            return "clean"
        if reply.endswith(b" FOUND\0"):
            return "infected"
        _LOG.warning(
            "The virus scanner did not scan a file: %s", reply.rstrip(b"\0").decode("ascii", "replace")
        )
        return "not_scanned"

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _give_up(self, error: OSError) -> None:
        _LOG.warning("The virus scanner is not answering: %s", error.__class__.__name__)
        self.close()
