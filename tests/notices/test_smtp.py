"""Mail over a real connection: what a server is handed, and one that is not there."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from accounts.models import Account
from tests.notices.conftest import Mails, one, tell
from vault.notices import mailing

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


class _Handler(socketserver.StreamRequestHandler):
    """The little of SMTP that a client needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                taken = []
                while (row := self.rfile.readline()) != b".\r\n":
                    taken.append(row)
                self.server.taken.append(b"".join(taken))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def server(settings, mails: Mails) -> Iterator[socketserver.TCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.taken = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        yield server
        server.shutdown()
        thread.join(5)


def test_it_goes_over_smtp(server: socketserver.TCPServer, reader: Account) -> None:
    tell(reader.person)
    tell(reader.person, reference="R-2")
    assert mailing.send_waiting() == 2
    subjects = [message_from_bytes(body, policy=policy.default)["Subject"] for body in server.taken]
    assert subjects == ["金匮: R-1A2B3C4D", "金匮: R-2"]


def test_nobody_listens(reader: Account, mails: Mails, settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    tell(reader.person)
    assert mailing.send_waiting() == 0
    assert one().mail_tries == 0
