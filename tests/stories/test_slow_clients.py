"""Clients that are slow, half-way or silent, against a real server: they hold up themselves alone."""

import http.client
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from storage.models import KeySlot
from tests.stories.web_process import SECONDS, Server, answer, serving
from tests.support.archive import Archive
from vault.holdings.models import StagedFile

HELD = 40  # five for each thread of the server below
PROMPT = 3.0

IDLE = b""
HALF_HEAD = b"GET /health/ HTTP/1.1\r\nHost: local"
HALF_FORM = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nlogin=S1"
WAITING_FORM = HALF_FORM.replace(b"Content-Length", b"Expect: 100-continue\r\nContent-Length")
BEGUN_BODY = b"PUT /records/intake/x/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\nxx"
CHUNKED = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
NOT_CLOSED = b"GET /health/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
PIPELINED_HALF = b"GET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n" + HALF_HEAD
HALVES = {
    "idle": IDLE,
    "half a head": HALF_HEAD,
    "half a form": HALF_FORM,
    "half a form of a padded length": HALF_FORM.replace(b"900", b"0" * 20 + b"900"),
    "a form that waits to be asked": WAITING_FORM,
    "a body begun": BEGUN_BODY,
    "a body of unknown length": CHUNKED,
    "answered and not closed": NOT_CLOSED,
    "half a head behind a request": PIPELINED_HALF,
}


@pytest.fixture
def server(committed_databases) -> Iterator[Server]:
    """A web process as `serve` starts it."""
    with serving(committed_databases, Archive()) as running:
        yield running


@pytest.fixture
def quick(committed_databases) -> Iterator[Server]:
    """The same with deadlines of seconds."""
    with serving(committed_databases, Archive(), worker="tests.stories.quick_worker.Worker") as running:
        yield running


def ask(port: int) -> float:
    """Seconds until another client is answered."""
    began = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
        connection.request("GET", "/health/", headers={"Host": "localhost"})
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b'{"status": "ok"}')
    return time.monotonic() - began


def begin(port: int, data: bytes) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    opened.sendall(data)
    return opened


def ended(opened: socket.socket) -> bool:
    """Whether the server closes the connection, within the time of a test."""
    try:
        while opened.recv(4096):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def test_connections_that_send_nothing_more_hold_up_nobody(server: Server) -> None:
    """Bad input: a dozen idle connections stopped every reader."""
    for name, data in HALVES.items():
        with ExitStack() as held:
            for _ in range(HELD):
                held.enter_context(begin(server.port, data))
            slowest = max(ask(server.port) for _ in range(5))
            assert slowest < PROMPT, f"{name}: {slowest:.1f} s"


def test_a_head_without_end_and_a_length_that_is_no_number_are_ended_at_once(quick: Server) -> None:
    """A thread that read on would wait at the client's pace."""
    for data in (
        b"GET /health/ HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70_000,
        HALF_FORM.replace(b"900", b"+900"),
    ):
        with begin(quick.port, data) as opened:
            opened.settimeout(1.5)
            assert ended(opened)


def test_a_held_connection_is_closed_in_time(quick: Server) -> None:
    for name, data in HALVES.items():
        with begin(quick.port, data) as opened:
            opened.settimeout(15)
            assert ended(opened), name


def test_an_upload_that_stalls_frees_its_thread_and_leaves_nothing(quick: Server) -> None:
    """A signed-in sender holds each thread with half a file: nobody waits longer than one read may."""
    with ExitStack() as held:
        stalled = [
            held.enter_context(quick.begin(10 * 1024**2, quick.signed_in + "Connection: close\r\n"))
            for _ in range(8)
        ]
        for opened in stalled:
            opened.sendall(b"%PDF-1.7\n")
        assert ask(quick.port) < 2 + PROMPT
        for opened in stalled:
            status, text = answer(opened)
            assert (status, "upload-cut" in text) == (400, True), text
    assert not StagedFile.objects.exists()
    assert not KeySlot.objects.exists()


def test_an_upload_that_drips_is_ended_by_its_pace(quick: Server) -> None:
    """A byte before each deadline would hold a thread for ever."""
    with quick.begin(10 * 1024**2, quick.signed_in) as opened:
        deadline = time.monotonic() + 15
        with pytest.raises(OSError):
            while time.monotonic() < deadline:
                opened.sendall(b"a")
                time.sleep(0.2)
        assert time.monotonic() < deadline


def test_an_upload_slower_than_every_deadline_together_but_alive_is_taken(quick: Server) -> None:
    """Its deadline is for each read and for its pace, not for the whole: 500 MB take as long as they take."""
    body = b"a b c d e f g h \n" * (256 * 1024 // 17)
    step = len(body) // 16
    with quick.begin(len(body), quick.signed_in) as opened:
        for start in range(0, len(body), step):
            opened.sendall(body[start : start + step])
            time.sleep(0.5)
        status, text = answer(opened)
    assert status == 201, text
    assert StagedFile.objects.get().size == len(body)


def test_small_bodies_come_through_whole_however_they_are_cut(server: Server) -> None:
    """The loop collects a form: byte for byte what was sent, also when the client waits to be asked."""
    body = b"a b c"
    head = f"{server.signed_in}Content-Length: {len(body)}\r\n"
    for more in ("", "Expect: 100-continue\r\n"):
        sent = f"PUT {server.address} HTTP/1.1\r\nHost: localhost\r\nX-File-Name: a.txt\r\n{more}{head}\r\n".encode()
        with begin(server.port, sent[:20]) as opened:
            time.sleep(0.2)
            opened.sendall(sent[20:])
            if more:
                assert opened.recv(64) == b"HTTP/1.1 100 Continue\r\n\r\n"
            for one in body:
                opened.sendall(bytes([one]))
                time.sleep(0.05)
            status, text = answer(opened)
        assert status == 201, text


def test_requests_on_one_connection_are_answered_in_turn(server: Server) -> None:
    """Kept alive and sent ahead of their turn, with a body between."""
    get = b"GET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    post = b"POST /health/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=b"
    with begin(server.port, get + post + get) as opened:
        found = b""
        while found.count(b"HTTP/1.1 ") < 3 or not found.endswith(b"}"):
            piece = opened.recv(4096)
            assert piece, found
            found += piece
        assert re.findall(rb"HTTP/1\.1 (\d+)", found) == [b"200", b"403", b"200"]
        opened.sendall(get)
        assert b"200 OK" in opened.recv(4096)


def test_a_head_without_end_is_refused(server: Server) -> None:
    with begin(server.port, b"GET /" + b"a" * (80 * 1024)) as opened:
        opened.settimeout(PROMPT)
        assert b" 431 " in opened.recv(4096)
