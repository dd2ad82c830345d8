"""Pages for refusals that no room explains. They use no database and reveal nothing."""

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
    response = _page(503)
    response["Retry-After"] = "30"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(403)


def _page(status: int) -> HttpResponse:
    body = loader.get_template(f"{status}.html").render({})
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})
