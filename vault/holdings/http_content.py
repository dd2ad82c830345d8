"""Bytes over HTTP: ranges, lengths and headers that keep them out of caches (RR-04, IE-11)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from storage.blobs import BlobReader

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
# Ranges of several parts are answered whole, as RFC 9110 allows; nobody's player asks for them.
NEVER_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass(frozen=True)
class Span:
    """Half-open byte range of a body, and whether it was asked for."""

    start: int
    stop: int
    partial: bool


class Unsatisfiable(Exception):
    """The range lies outside the body: 416."""


def span(header: str, size: int) -> Span:
    """The range a header asks for; a malformed header is ignored, as RFC 9110 says. Raises Unsatisfiable."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return Span(0, size, partial=False)
    first, last = match.groups()
    if first == "":
        length = _number(last)
        if length == 0 or size == 0:
            raise Unsatisfiable
        return Span(max(0, size - length), size, partial=True)
    start = _number(first)
    stop = min(_number(last) + 1, size) if last else size
    if last and _number(last) < start:
        return Span(0, size, partial=False)
    if start >= size:
        raise Unsatisfiable
    return Span(start, stop, partial=True)


def _number(digits: str) -> int:
    """Exact below 10^18, beyond any body above it; Python refuses to read a number of thousands of digits."""
    return int(digits.lstrip("0")[:19] or "0")


def serve(
    request: HttpRequest,
    reader: BlobReader,
    *,
    media_type: str,
    name: str,
    attachment: bool,
    etag: str = "",
) -> HttpResponseBase:
    """Answer with the whole body or the range asked for, and close the reader: a stream when it is done, any other
    answer or an error at once.

    `etag` names the body; a range under an If-Range of another one is answered whole (RFC 9110 section 13.1.5).
    The first chunk is verified before the status line goes out; a later damaged chunk breaks the connection.
    """
    try:
        answer = _answer(request, reader, media_type, name, attachment, etag)
    except BaseException:
        reader.close()
        raise
    if not isinstance(answer, StreamingHttpResponse):
        reader.close()
    return answer


def _answer(
    request: HttpRequest, reader: BlobReader, media_type: str, name: str, attachment: bool, etag: str
) -> HttpResponseBase:
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        asked = ""
    try:
        part = span(asked, reader.size)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={**NEVER_KEPT, "Content-Range": f"bytes */{reader.size}"})
    headers = {
        **NEVER_KEPT,
        "Accept-Ranges": "bytes",
        "Content-Type": media_type,
        "Content-Length": str(part.stop - part.start),
        "Content-Disposition": content_disposition_header(attachment, name) or "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if etag:
        headers["ETag"] = etag
    if part.partial:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{reader.size}"
    if request.method == "HEAD":
        return HttpResponse(status=206 if part.partial else 200, headers=headers)
    chunks = reader.chunks(part.start, part.stop)
    first = next(chunks, b"")
    body = _Body(reader, first, chunks)
    return StreamingHttpResponse(body, status=206 if part.partial else 200, headers=headers)


class _Body(Iterator[bytes]):
    """The rest of the body; closing it, at the end or when the client goes away, closes the reader."""

    def __init__(self, reader: BlobReader, first: bytes, chunks: Iterator[bytes]) -> None:
        self._reader = reader
        self._first: bytes | None = first
        self._chunks = chunks

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._chunks)

    def close(self) -> None:
        self._reader.close()
