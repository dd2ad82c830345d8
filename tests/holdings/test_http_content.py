"""Bytes over HTTP: which range a header asks for, and what is answered where there is nothing to show."""

import pytest
from django.test import RequestFactory

from storage.errors import BlobDamaged
from tests.support.archive import Archive, file
from tests.support.corpus_makers import zipped
from vault.holdings.http_content import Span, Unsatisfiable, serve, span

SIZE = 1000
HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", Span(0, SIZE, partial=False)),
        ("bytes=0-0", Span(0, 1, partial=True)),
        ("bytes=10-", Span(10, SIZE, partial=True)),
        ("bytes=-1", Span(SIZE - 1, SIZE, partial=True)),
        ("bytes=-5000", Span(0, SIZE, partial=True)),
        ("bytes=10-5000", Span(10, SIZE, partial=True)),
        ("bytes=0000000000000000000000000010-11", Span(10, 12, partial=True)),
        (f"bytes=10-{HUGE}", Span(10, SIZE, partial=True)),
        (f"bytes=-{HUGE}", Span(0, SIZE, partial=True)),
        ("bytes=5-2", Span(0, SIZE, partial=False)),
        ("bytes=0-0,2-3", Span(0, SIZE, partial=False)),
        ("bytes=-", Span(0, SIZE, partial=False)),
        ("bytes=\u0663-", Span(0, SIZE, partial=False)),
        ("items=0-1", Span(0, SIZE, partial=False)),
    ],
)
def test_a_range_header_is_read_as_the_standard_says(header: str, expected: Span) -> None:
    """RFC 9110, 14.2: a header that cannot be read is ignored; one number beyond the end is brought back to it."""
    assert span(header, SIZE) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=-0", f"bytes={HUGE}-", f"bytes={HUGE}-{HUGE}"])
def test_a_range_outside_the_body_cannot_be_satisfied(header: str) -> None:
    """RFC 9110, 15.5.17: 416, also for a number of thousands of digits, which Python refuses to read."""
    with pytest.raises(Unsatisfiable):
        span(header, SIZE)


class Reader:
    """A body of SIZE bytes, damaged from the start if it is told so."""

    size = SIZE

    def __init__(self, *, damaged: bool = False) -> None:
        self.damaged, self.closed = damaged, False

    def chunks(self, start: int = 0, stop: int = SIZE):
        if self.damaged:
            raise BlobDamaged("no")
        yield b"a" * (stop - start)

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("method", "asked", "status"), [("get", "", 200), ("get", "bytes=2000-", 416), ("head", "bytes=0-9", 206)]
)
def test_a_reader_is_closed_at_the_end_of_a_stream_and_else_at_once(
    method: str, asked: str, status: int
) -> None:
    reader = Reader()
    request = getattr(RequestFactory(), method)("/", headers={"Range": asked} if asked else {})
    answer = serve(request, reader, media_type="audio/wav", name="a.wav", attachment=False)
    assert answer.status_code == status
    assert reader.closed is not answer.streaming
    for (
        close
    ) in answer._resource_closers:  # what a server does at the end, without Django's signal to databases
        close()
    assert reader.closed


def test_a_reader_whose_first_bytes_are_damaged_is_closed() -> None:
    """Pages and programs alike: each open one is a file that stays open."""
    reader = Reader(damaged=True)
    with pytest.raises(BlobDamaged):
        serve(RequestFactory().get("/"), reader, media_type="audio/wav", name="a.wav", attachment=False)
    assert reader.closed


@pytest.mark.django_db(databases=["default", "audit"])
def test_a_page_of_what_has_none_is_absent_and_says_why(archive: Archive) -> None:
    """Bad input: the address of a page, made up for a file that is stored without a preview."""
    body = zipped({"图.txt": b"a"})
    record = file(archive, archive.clerk, ("图纸.zip", body), label="open", register_now="on").record
    address = f"/records/{record.pk}/components/{record.components.get().pk}/"
    client = archive.client(archive.colleague)
    answer = client.get(f"{address}pages/1.png", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "cannot be shown as pages" in answer.content.decode()
    assert client.get(f"{address}view/").status_code == 200
    assert client.get("/records/", {"year": HUGE}).status_code == 200
