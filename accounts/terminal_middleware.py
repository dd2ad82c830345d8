"""Knows the machine by the secret it shows, and changes its word with a page now and then (RR-03).

Leaves `request.terminal_here` (accounts.enrolment.Here, or None). Order matters: inside the interface's middleware,
which drops cookies, so a program is nowhere; before whatever writes events, so that each says from which terminal.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader

from accounts import enrolment, services
from accounts.enrolment_rules import Word
from accounts.errors import AccountsError
from accounts.requests import client_certificate, trail
from audit import clock
from audit.errors import AuditUnavailable

GetResponse = Callable[[HttpRequest], HttpResponse]

# As long as a browser keeps anything; every change of the word begins it again.
_KEPT = timedelta(days=400)
_PAGE = "text/html"


def cookie_name() -> str:
    """Of its own; with the prefix that ties it to this host, where there is TLS."""
    return "__Host-jingui_terminal" if settings.SESSION_COOKIE_SECURE else "jingui_terminal"


def give(response: HttpResponse, cookie: str) -> None:
    """Let the machine keep its secret."""
    response.set_cookie(
        cookie_name(),
        cookie,
        max_age=_KEPT,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


class TerminalMiddleware:
    """One query, and only where the cookie is shown."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.terminal_here = None  # type: ignore[attr-defined]
        value = request.COOKIES.get(cookie_name(), "")
        if not value:
            return self.get_response(request)
        try:
            found = _known(request, value)
        except AuditUnavailable:
            return _unavailable()
        response = self.get_response(request)
        if found is not None and _is_page(response) and cookie_name() not in response.cookies:
            following = enrolment.following(found, clock.now())
            if following is not None:
                give(response, following)
        return response


def _known(request: HttpRequest, value: str) -> enrolment.Shown | None:
    now = clock.now()
    found = enrolment.shown(value, now, client_certificate(request))
    if found is None:
        return None
    if found.word is Word.COPIED:
        # Another request that showed it at the same moment may have been first.
        with suppress(AccountsError):
            services.suspend_copied(found=found.enrolment, trail=trail(request))
        return None
    enrolment.note(found, now)
    request.terminal_here = found.here  # type: ignore[attr-defined]
    return found


def _is_page(response: HttpResponse) -> bool:
    """Only an answer that a browser has whole at once carries the next word: of two that overtake each other the later
    could bring back a former one.
    """
    return not response.streaming and response.get("Content-Type", "").startswith(_PAGE)


def _unavailable() -> HttpResponse:
    body = loader.get_template("503.html").render({})
    return HttpResponse(body, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
