"""The outside of the programs' interface: no cookie counts there, and no answer is a page.

Cookies are dropped before anybody reads them. A token is then the only way in, so there is nothing that another site
could make a browser send, and no request needs a CSRF token.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.token_middleware import is_interface
from vault.authorization.problems import KEPT, MEDIA_TYPE, in_place_of

GetResponse = Callable[[HttpRequest], HttpResponse]


class InterfaceMiddleware:
    """Stands outside of whatever may answer by itself: transport, host, session, gate, a failure."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_interface(request):
            return self.get_response(request)
        request.COOKIES = {}
        request.META.pop("HTTP_COOKIE", None)
        # Also for what answers before the language is known, or after it was laid aside.
        with translation.override(translation.get_language_from_request(request)):
            return self._answered(request)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code < 300 or answer.status_code == 304:
            return answer
        return uniform(answer if answer.get("Content-Type", "") == MEDIA_TYPE else in_place_of(answer))


def uniform(answer: HttpResponse) -> HttpResponse:
    """One set of headers for every problem, whichever layer found it: none may tell absent from forbidden (PE-05)."""
    made = HttpResponse(answer.content, status=answer.status_code, content_type=MEDIA_TYPE)
    for name in KEPT:
        if answer.has_header(name):
            made[name] = answer[name]
    made["Content-Length"] = str(len(answer.content))
    made["Cache-Control"] = "no-store"
    made["Vary"] = "Authorization, Accept-Language"
    made["X-Content-Type-Options"] = "nosniff"
    made["Referrer-Policy"] = "same-origin"
    made["X-Frame-Options"] = "DENY"
    return made
