"""Bodies of two gigabytes and bodies that break off, against a real server; nothing of that size is ever sent."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from storage.models import KeySlot
from tests.stories.web_process import Server, answer, serving
from tests.support.archive import Archive
from vault.holdings.models import StagedFile

GIGABYTES = 2 * 1024**3


@pytest.fixture
def server(committed_databases) -> Iterator[Server]:
    """A web process of four threads, as `serve` starts its own."""
    with serving(committed_databases, Archive(), threads=4) as running:
        yield running


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
