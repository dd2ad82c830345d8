"""Bytes over HTTP: which range a header asks for, and what is answered where there is nothing to show."""

import pytest

from tests.support.archive import Archive, file
from tests.support.corpus_makers import zipped
from vault.holdings.http_content import Span, Unsatisfiable, span

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
