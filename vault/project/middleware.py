"""The first thing a request meets: plain HTTP is served on loopback only (practice.md P-02)."""

import ipaddress
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

_REFUSAL = (
    "Jingui answers plain HTTP on this machine only. Use the https:// address; "
    "behind a proxy that ends TLS, the operator sets JINGUI_TRUST_PROXY=1.\n"
)


class TransportMiddleware:
    """Refuses plain HTTP from elsewhere and gives every answer that is not static its no-store."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.is_secure() and not _is_loopback(request.META.get("REMOTE_ADDR", "")):
            return HttpResponse(_REFUSAL, status=403, content_type="text/plain; charset=utf-8")
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
