"""A web process as `serve` starts it, over databases of its own, with a clerk's open upload in it."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.project.conftest import end, free_port
from tests.support.archive import Archive
from tests.support.databases import Databases
from vault.project.management.commands.serve import web_command

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


@contextmanager
def serving(
    databases: Databases, archive: Archive, *, threads: int = 8, worker: str = ""
) -> Iterator[Server]:
    """One process; `worker` names another class than the product's, with other deadlines for instance."""
    client = archive.client(archive.clerk)
    page = client.get("/records/file/")
    opened = client.post("/records/intake/", archive.entries()).json()
    port = int(free_port())
    command = web_command(port, 1, threads)
    if worker:
        command[command.index("--worker-class") + 1] = worker
    process = subprocess.Popen(command, env=databases.environment(), start_new_session=True)
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
