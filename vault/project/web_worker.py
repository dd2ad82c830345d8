"""gunicorn's threaded worker, for clients that are slow or send nothing: waiting costs a socket, never a thread.

The worker of gunicorn 27 gives each connection to a thread as it is accepted, where it waits five seconds for a first
byte and for ever for the rest of a head; and it closes connections in its one loop, where a client that does not
close its own end holds up everybody for two seconds. Measured with 2 processes of 4 threads: forty idle connections
stopped all others for 20 seconds, eight half-sent heads for ever. Here

- the loop itself collects a head, and a body as small as a form's, before a thread sees the request;
- a larger body is read by a thread as it comes: no read waits longer than READ_SECONDS, and all of them together no
  longer than a line of SLOWEST bytes a second would take, so a slow upload of any size survives and a held one does
  not;
- a piece of an answer that the client does not take breaks the connection after SEND_SECONDS;
- a connection to be closed is drained by the loop beside all others.
"""

import contextlib
import re
import socket
import struct
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

# For a head and a small body together.
HEAD_SECONDS = 30
HEAD_MOST = 64 * 1024
# The largest body of a form (`vault.authorization.decorators.FORM_LIMIT`), so of all that anonymous people may send.
SMALL_BODY = 64 * 1024

READ_SECONDS = 20
SEND_SECONDS = 30
SLOWEST = 1024

# What is left of a refused body: what is here already is thrown away, what is not is not waited for.
DRAIN_SECONDS = 0.2
LINGER_SECONDS = 2
LINGER_MOST = 64 * 1024

_PIECE = 16 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*0*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_ANY_LENGTH = re.compile(rb"\r\ncontent-length", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class _Refused(ConnectionError):
    """A request that no thread shall see; its one argument is the status line's end."""


class Connection(TConn):
    """A client's connection and what the loop has read of its next request."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        # The kernel's deadlines hold for single reads and writes in a thread, whatever gunicorn sets on the socket.
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", READ_SECONDS, 0))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        self.received = bytearray()
        self.needed: int | None = None
        self.drained = 0

    def is_whole(self) -> bool:
        """Whether a thread can begin: it has the head, and a small body with it. Which request it is, gunicorn says.

        Raises _Refused for a head longer than HEAD_MOST and for a length that is no number: a thread that read
        on would wait at the client's pace.
        """
        if self.needed is None:
            end = self.received.find(_END)
            if end < 0:
                if len(self.received) > HEAD_MOST:
                    raise _Refused(b"431 Request Header Fields Too Large")
                return False
            self.needed = end + len(_END) + self._small_body(bytes(self.received[: end + len(_END)]))
        return len(self.received) >= self.needed

    def hand_over(self) -> None:
        """Let gunicorn's parser find what was received, and read on at no less than the slowest pace."""
        if self.initialized:
            self.sock.setblocking(True)
        else:
            self.init()
        self.parser.unreader = _Paced(self.sock)
        self.parser.unreader.unread(bytes(self.received))
        self.received, self.needed, self.data_ready = bytearray(), None, True

    def _small_body(self, head: bytes) -> int:
        found = _LENGTH.search(head)
        if found is None and _ANY_LENGTH.search(head):
            raise _Refused(b"400 Bad Request")
        length = int(found[1]) if found else 0
        if length > SMALL_BODY:
            return 0
        if length and _EXPECT.search(head):
            # The client waits for this word, and no thread is there yet to say it.
            self.received[: len(head)] = asked = _EXPECT.sub(b"", head, count=1)
            self.sock.send(_CONTINUE)
            return length - (len(head) - len(asked))
        return length


class _Paced(SocketUnreader):
    """Counts only the time spent waiting: what the application does between two reads is not the client's."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._waited = 0.0
        self._read = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        began = time.monotonic()
        piece: bytes = super().chunk(size_hint)
        self._waited += time.monotonic() - began
        self._read += len(piece)
        if piece and self._waited > READ_SECONDS + self._read / SLOWEST:
            raise TimeoutError("The body comes too slowly.")
        return piece


class PatientWorker(ThreadWorker):
    """gunicorn's threaded worker with a loop that waits in place of its threads."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._closing: deque[Connection] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its head."""
        try:
            sock, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self._wait(Connection(self.cfg, sock, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """A kept-alive connection sends its next request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._wait(conn)

    def finish_request(self, conn: Connection, future: "Future[Any]") -> None:
        """After a thread's work: keep the connection, or close it without holding up the loop."""
        if future.cancelled() or future.exception() is not None or not future.result():
            self._close(conn)
            return
        ahead = conn.parser.unreader.take_buffered()
        if not ahead:
            super().finish_request(conn, future)
            return
        conn.received += ahead
        try:
            is_whole = conn.is_whole()
        except _Refused as refused:
            self._refuse(conn, refused)
            return
        except OSError:
            self._close(conn)
            return
        if is_whole:
            self._hand_over(conn)
        else:
            self._wait(conn)

    def murder_pending(self) -> None:
        """Give up on requests that did not come and on connections that were not closed."""
        super().murder_pending()
        now = time.monotonic()
        while self._closing and self._closing[0].timeout <= now:
            self._forget(self._closing[0], self._closing)

    def _cap_keepalive(self, deadline: float) -> None:
        """A stopping worker waits for no request that has not come."""
        super()._cap_keepalive(deadline)
        for conn in (*self.pending_conns, *self._closing):
            conn.timeout = min(conn.timeout, deadline)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Whether another request can follow; not after a body that the application left unread on the way."""
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + DRAIN_SECONDS))

    def _wait(self, conn: Connection) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))

    def _receive(self, conn: Connection, sock: socket.socket) -> None:
        try:
            piece = sock.recv(_PIECE)
            conn.received += piece
            is_whole = bool(piece) and conn.is_whole()
        except (BlockingIOError, InterruptedError):
            return
        except _Refused as refused:
            self.poller.unregister(sock)
            self.pending_conns.remove(conn)
            self._refuse(conn, refused)
            return
        except OSError:
            piece = b""
        if not piece:
            self._forget(conn, self.pending_conns)
        elif is_whole:
            self.poller.unregister(sock)
            self.pending_conns.remove(conn)
            self._hand_over(conn)

    def _hand_over(self, conn: Connection) -> None:
        try:
            conn.hand_over()
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        self.enqueue_req(conn)

    def _refuse(self, conn: Connection, refused: _Refused) -> None:
        with contextlib.suppress(OSError):
            conn.sock.setblocking(False)
            conn.sock.send(b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % refused.args[0])
        self._close(conn)

    def _close(self, conn: Connection) -> None:
        """RFC 9112 section 9.6: say that no more comes, then read on a little, or the last answer may be lost."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._discard, conn))
        except (OSError, ValueError):
            self.nr_conns -= 1
            conn.close()
            return
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self._closing.append(conn)

    def _discard(self, conn: Connection, sock: socket.socket) -> None:
        try:
            piece = sock.recv(_PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            piece = b""
        conn.drained += len(piece)
        if not piece or conn.drained > LINGER_MOST:
            self._forget(conn, self._closing)

    def _forget(self, conn: Connection, waiting: "deque[Connection]") -> None:
        waiting.remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()
