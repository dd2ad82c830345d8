"""The demo's own server: web and worker as children, on a free port of this machine."""

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vault.project.management.commands.serve import THREADS, WORKERS, web_command, worker_command
from vault.project.supervisor import Supervisor

READY_SECONDS = 30


class ServerUnavailable(Exception):
    """There is no port for the server, or it does not answer; the text says what to do."""


@contextmanager
def free_port(wanted: int) -> Iterator[int]:
    """The wanted port, or the next one nobody listens on; no other demo takes it for as long as the block lasts.

    Raises ServerUnavailable when twenty in a row are taken.
    """
    for port in range(wanted, min(wanted + 20, 65536)):
        with socket.socket(socket.AF_UNIX) as reserved, socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                # Two demos that start at once would both find the port free, and one would talk to the other's
                # server. A name in Linux's abstract space belongs to one process and goes when it ends.
                reserved.bind(f"\0jingui-demo-{port}")
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            probe.close()
            yield port
            return
    raise ServerUnavailable(f"No free port from {wanted} on: end what listens there, or give --port.")


@dataclass(frozen=True)
class Running:
    """A server that answers at its address."""

    address: str
    # Revives what ends; returns when a child keeps dying, with an exit code.
    watch: Callable[[], int]


@contextmanager
def running(port: int, say: Callable[[str], None]) -> Iterator[Running]:
    """A server that answers; its children end with the block."""
    supervisor = Supervisor({"web": web_command(port, WORKERS, THREADS), "worker": worker_command()}, say)
    supervisor.start()
    try:
        _wait(port)
        yield Running(f"http://localhost:{port}", supervisor.watch)
    finally:
        supervisor.stop()


def _wait(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health/", headers={"Host": f"localhost:{port}"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise ServerUnavailable(
                "The server did not answer within half a minute; look above for its reason."
            )
        time.sleep(0.1)
