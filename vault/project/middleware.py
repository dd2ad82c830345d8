"""The first thing a request meets: plain HTTP is served on loopback only (practice.md P-02); and what a store that is
full, damaged or does not answer looks like from outside.
"""

import ipaddress
import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from accounts.requests import client_address
from storage import errors as storage_errors
from vault.holdings.errors import StorageFull
from vault.project import error_views

logger = logging.getLogger("jingui.storage")

# A step may be several transactions, of which the first were committed: it does not say that nothing was stored.
_FULL = _(
    "The store is full. Tell the system officer; before you repeat your last step, look whether part of it was done."
)

_DAMAGED = _(
    "This content is damaged: what is stored is not what was put in. Tell the system officer which record it was; it "
    "must be restored from a backup."
)
_UNAVAILABLE = _(
    "The store does not answer, and the step was not completed. Try again in half a minute; if it lasts, tell the "
    "system officer."
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
        if _wants_json(request):
            return _refusal(StorageFull.code, sentence, status)
        return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


class StorageMiddleware:
    """What storage raises outside the filing page, which explains its own: a page that says what happened.

    An answer that has begun is past this: its connection breaks off, short of the length it announced. The log has the
    damage in both cases, from `storage.hooks`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a store that is full, damaged or away; a mistake of ours goes on as one."""
        match exception:
            case storage_errors.DiskFull():
                view, code, sentence = error_views.store_full, StorageFull.code, _FULL
            case (
                storage_errors.BlobDamaged()
                | storage_errors.BlobMissing()
                | storage_errors.WrongBinding()
                | storage_errors.UnsupportedFormat()
                | storage_errors.DigestMismatch()
                | storage_errors.CellDamaged()
            ):
                view, code, sentence = error_views.store_damaged, "content-damaged", _DAMAGED
            case storage_errors.OperatorError() | storage_errors.BlobErased() | storage_errors.SlotChanged():
                view, code, sentence = error_views.store_unavailable, "storage-unavailable", _UNAVAILABLE
            case _:
                return None
        logger.error("%s: %s", exception.code, exception)
        page = view(request)
        if not _wants_json(request):
            return page
        answer = _refusal(code, str(sentence), page.status_code)
        if page.has_header("Retry-After"):
            answer["Retry-After"] = page["Retry-After"]
        return answer


def _wants_json(request: HttpRequest) -> bool:
    return request.method == "PUT" or "application/json" in request.headers.get("Accept", "")


def _refusal(code: str, sentence: str, status: int) -> JsonResponse:
    return JsonResponse(
        {"state": "refused", "code": code, "reasons": [sentence], "detail": sentence}, status=status
    )


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
