"""A request's body in bounded pieces, never whole in memory and never on disk."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from vault.holdings.errors import UploadCut

PIECE = 64 * 1024


def pieces(request: HttpRequest) -> Iterator[bytes]:
    """The body in pieces of at most 64 KiB. Raises UploadCut when the sender goes away."""
    while True:
        try:
            piece = request.read(PIECE)
        except (UnreadablePostError, OSError) as error:
            raise UploadCut from error
        if not piece:
            return
        yield piece
