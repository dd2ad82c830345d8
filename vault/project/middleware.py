"""The first thing a request meets: plain HTTP is served on loopback only (practice.md P-02)."""

import ipaddress
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from accounts.requests import client_address
from vault.holdings.errors import StorageFull

# A step may be several transactions, of which the first were committed: it does not say that nothing was stored.
_FULL = _(
    "The store is full. Tell the system officer; before you repeat your last step, look whether part of it was done."
)

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
        if not request.is_secure() and not _is_loopback(client_address(request)):
            return HttpResponse(_REFUSAL, status=403, content_type="text/plain; charset=utf-8")
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class FullStoreMiddleware:
    """A database that finds no room says so, as a blob that finds none does: 507."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer where a transaction was rolled back for want of room; other exceptions go on."""
        if not isinstance(exception, OperationalError) or not _is_full(exception):
            return None
        sentence, status = str(_FULL), StorageFull.status
        if request.method == "PUT" or "application/json" in request.headers.get("Accept", ""):
            refusal = {
                "state": "refused",
                "code": StorageFull.code,
                "reasons": [sentence],
                "detail": sentence,
            }
            return JsonResponse(refusal, status=status)
        return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


def _is_full(error: OperationalError) -> bool:
    """SQLITE_FULL, or PostgreSQL's disk_full."""
    cause = error.__cause__
    return (
        getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(cause, "sqlstate", "") == "53100"
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
