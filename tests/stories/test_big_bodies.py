"""Bodies of two gigabytes and bodies that break off, against a real server; nothing of that size is ever sent."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from storage.models import KeySlot
from tests.project.conftest import end, free_port
from tests.support.archive import Archive
from vault.holdings.models import StagedFile
from vault.project.management.commands.serve import web_command

GIGABYTES = 2 * 1024**3
SECONDS = 60
HEAD = "PUT {address} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nX-File-Name: a.pdf\r\n{more}\r\n"


@dataclass
class Server:
    """A running web process, and a clerk's open upload in it."""

    port: int
    pid: int
    cookie: str
    token: str
    address: str

    @property
    def signed_in(self) -> str:
        return f"Cookie: {self.cookie}\r\nX-CSRFToken: {self.token}\r\nReferer: http://localhost/\r\n"

    def begin(self, length: int, more: str = "") -> socket.socket:
        """A connection on which the head of an upload was sent, and no byte of its body."""
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        opened.sendall(HEAD.format(address=self.address, length=length, more=more).encode())
        return opened

    def memory(self) -> int:
        """Resident bytes of the server's processes."""
        pages = 0
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    is_ours = os.getpgid(int(entry.name)) == self.pid
                    pages += int((entry / "statm").read_text().split()[1]) if is_ours else 0
                except OSError:
                    continue
        return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def server(committed_databases) -> Iterator[Server]:
    archive = Archive()
    client = archive.client(archive.clerk)
    page = client.get("/records/file/")
    opened = client.post("/records/intake/", archive.entries()).json()
    port = int(free_port())
    process = subprocess.Popen(
        web_command(port, 1, 4), env=committed_databases.environment(), start_new_session=True
    )
    try:
        wait_for_server(port, process)
        yield Server(
            port,
            process.pid,
            "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()),
            str(page.context["csrf_token"]),
            opened["put_url_template"].replace("{position}", "1"),
        )
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            end([process.pid])


def wait_for_server(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
                connection.request("GET", "/health/", headers={"Host": "localhost"})
                response = connection.getresponse()
                response.read()
                if response.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not start")


def answer(opened: socket.socket) -> tuple[int, str]:
    with closing(http.client.HTTPResponse(opened)) as response:
        response.begin()
        return response.status, response.read().decode()


def stored() -> set[Path]:
    return {path for path in settings.JINGUI_BLOBS.rglob("*") if path.is_file()}


def test_a_body_of_two_gigabytes_is_answered_before_it_is_sent(server: Server) -> None:
    """Bad input: an anonymous 2 GB body, and a file over the limit; neither waits for a byte, nor takes memory."""
    files, memory = stored(), server.memory()
    assert memory > 0
    for length, more, status in (
        (GIGABYTES, "", 401),
        (GIGABYTES + 1, server.signed_in, 413),
    ):
        with server.begin(length, more) as opened:
            found, body = answer(opened)
        assert found == status, body
    assert body.strip()
    assert stored() == files
    assert not StagedFile.objects.exists()
    assert server.memory() - memory < 32 * 1024**2


def test_a_body_that_breaks_off_leaves_nothing_and_the_next_one_is_taken(server: Server) -> None:
    """PF-05; bad input: the sender goes away half-way through his body."""
    files, body = stored(), b"%PDF-1.7\n" + bytes(1024**2)
    with server.begin(2 * len(body), server.signed_in) as opened:
        opened.sendall(body)
        opened.shutdown(socket.SHUT_WR)
        found, text = answer(opened)
    assert found == 400, text
    assert "upload-cut" in text
    assert stored() == files
    assert not StagedFile.objects.exists()
    assert not KeySlot.objects.exists()
    with server.begin(5, server.signed_in) as opened:
        opened.sendall(b"a b c")
        found, text = answer(opened)
    assert found == 201, text
    assert StagedFile.objects.count() == 1
