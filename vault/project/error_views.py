"""Pages for refusals that no room explains. They use no database and reveal nothing."""

from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse
from django.template import loader


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Absent and forbidden look the same (PE-05)."""
    return _page(404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(500)


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The log cannot be written, so nothing is released (AU-03)."""
    return _page(503, headers={"Retry-After": "30"})


def store_full(request: HttpRequest) -> HttpResponse:
    """No room for a body, outside the filing page, which tells it beside the file."""
    return _page(503, "store_full", {"Retry-After": "120"})


def store_damaged(request: HttpRequest) -> HttpResponse:
    """A body did not verify; nothing of it was shown."""
    return _page(500, "store_damaged")


def store_unavailable(request: HttpRequest) -> HttpResponse:
    """The disk, the object store or a key does not answer now."""
    return _page(503, "store_unavailable", {"Retry-After": "30"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(403)


def _page(status: int, name: str = "", headers: Mapping[str, str] = MappingProxyType({})) -> HttpResponse:
    body = loader.get_template(f"{name or status}.html").render({})
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store", **headers})
