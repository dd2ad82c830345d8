"""The virus scanner hook, against a stand-in that speaks clamd's INSTREAM."""

import socket
import struct
import threading
from contextlib import contextmanager

import pytest

from storage import inspection
from storage.inspection import ClamdScanner
from tests.support import corpus


class Clamd(threading.Thread):
    """Reads one stream per connection and answers as clamd would; `answer` overrules it."""

    def __init__(self, path, answer=None):
        super().__init__(daemon=True)
        self.answer = answer
        self.streams = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                body = b""
                while length := struct.unpack("!I", stream.read(4))[0]:
                    body += stream.read(length)
                self.streams.append(body)
                found = b"stream: Eicar-Signature FOUND\0" if corpus.EICAR in body else b"stream: OK\0"
                connection.sendall(self.answer if self.answer is not None else found)


@contextmanager
def scanner(tmp_path, answer=None):
    path = str(tmp_path / "clamd")
    clamd = Clamd(path, answer)
    clamd.start()
    inspection.set_scanner(ClamdScanner(path, timeout=5))
    try:
        yield clamd
    finally:
        inspection.set_scanner(None)
        clamd.listener.shutdown(socket.SHUT_RDWR)
        clamd.listener.close()
        clamd.join(5)


def inspect(data, name="a.txt"):
    return inspection.inspect([data[:7], data[7:]], name=name, size=len(data))


def test_without_a_scanner_every_finding_says_not_scanned():
    """PF-04: an absent scanner is visible, also on the test virus."""
    finding = inspect(corpus.EICAR)
    assert (finding.verdict, finding.scanned) == ("accepted", "not_scanned")


def test_the_test_virus_is_quarantined_and_a_clean_file_is_not(tmp_path):
    """PF-04: the EICAR test."""
    with scanner(tmp_path):
        infected, clean = inspect(corpus.EICAR), inspect(b"an ordinary letter")
    assert (infected.verdict, infected.reasons, infected.scanned) == (
        "quarantined",
        ("virus_found",),
        "infected",
    )
    assert (infected.previewable, infected.not_previewable_reason) == (False, "quarantined")
    assert (clean.verdict, clean.reasons, clean.scanned) == ("accepted", (), "clean")


def test_a_virus_is_named_beside_what_inspection_found(tmp_path):
    with scanner(tmp_path):
        finding = inspect(corpus.EICAR, "eicar.com")
    assert finding.reasons == ("unlisted_type", "virus_found")


def test_the_scanner_sees_every_byte_even_when_inspection_needs_only_the_beginning(tmp_path):
    body = corpus.sound(seconds=30) + corpus.EICAR
    with scanner(tmp_path) as clamd:
        finding = inspect(body, "call.wav")
        assert clamd.streams == [body]
    assert finding.reasons == ("virus_found",)


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"UNKNOWN COMMAND\0", b"stream: OK"]
)
def test_an_answer_that_is_no_verdict_never_counts_as_clean(tmp_path, answer):
    with scanner(tmp_path, answer):
        finding = inspect(b"an ordinary letter")
    assert (finding.verdict, finding.scanned) == ("accepted", "not_scanned")


def test_a_scanner_that_is_not_there_is_reported_as_not_scanned(tmp_path):
    inspection.set_scanner(ClamdScanner(str(tmp_path / "nobody")))
    try:
        assert inspect(b"an ordinary letter").scanned == "not_scanned"
    finally:
        inspection.set_scanner(None)


def test_an_empty_file_is_not_worth_a_scan():
    assert inspection.inspect([], name="a.txt", size=0).reasons == ("empty_file",)
