"""Copies of chosen records as one zip, streamed: nothing of it is in clear on a disk here."""

from collections.abc import Iterator
from itertools import chain

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings import errors, exporting, http_content, presentation
from vault.holdings.views.lists import back_to_list


@require_POST
@requires(Action.TAKE_AWAY)
def export(request: HttpRequest) -> HttpResponseBase:
    """The chosen records, each decided and in the log before its first byte; refused as a whole or not at all."""
    viewer = of_request(request)
    # As the list sends them, `id:version`: what leaves is what stands, whichever version was seen.
    given = [presentation.uuid_or_none(text.partition(":")[0]) for text in request.POST.getlist("record")]
    chosen = [pk for pk in given if pk is not None]
    try:
        found = exporting.prepare(
            context=viewer,
            chosen=chosen,
            records=exporting.SCREEN_RECORDS,
            size=exporting.SCREEN_BYTES,
        )
    except errors.HoldingsError as error:
        messages.error(request, str(error.sentence))
        return HttpResponseRedirect(back_to_list(request))
    pieces = exporting.zipped(viewer, found)
    # The first piece is decided and verified before the status line goes out; what fails later breaks the connection.
    first = next(pieces)
    headers = {
        **http_content.NEVER_KEPT,
        "Content-Type": "application/zip",
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=f"{found.name}.zip"),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return StreamingHttpResponse(_Pieces(first, pieces), headers=headers)


class _Pieces(Iterator[bytes]):
    """Closing it, at the end or when the client goes away, closes the body that is being read."""

    def __init__(self, first: bytes, rest: Iterator[bytes]) -> None:
        self._rest = rest
        self._pieces = chain([first], rest)

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        self._rest.close()  # type: ignore[attr-defined]  a generator
