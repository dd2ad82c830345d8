"""Deny by default: a request reaches its view only when the view declares an action that this account may take.

It asks in `process_view` and stands before CsrfViewMiddleware, which would read the body of a POST there: an anonymous
or oversized body is refused before its first byte is read. What it answers itself passes through every other
middleware like any answer, so that absent, forbidden and undeclared carry the same headers (PE-05).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template import loader
from django.urls import get_resolver, get_urlconf
from django.utils.translation import gettext_lazy as _

from audit.errors import AuditUnavailable
from vault.authorization import anonymous, gate
from vault.authorization.actions import Kind, rule_of
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import SAFE_METHODS, Declaration, declaration_of
from vault.authorization.errors import Absent, Refused
from vault.authorization.explanations import explain, in_one

GetResponse = Callable[[HttpRequest], HttpResponse]

# Digits of a length; Python refuses to read a number of thousands of them.
_LONGEST_NUMBER = 18
_BODY_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: _("The length of the upload is not a number. Try again with another program."),
    HTTPStatus.LENGTH_REQUIRED: _("The upload does not say how long it is. Try again with another program."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _(
        "This is more than the page takes. Upload files on the filing page."
    ),
}


class ActionMiddleware:
    """Asks the gate at the door, and turns what the gate raises into answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.resolver_match is None:
            try:
                _count_if_anonymous(of_request(request))
            except AuditUnavailable:
                return _unavailable()
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Ask at the door; None lets the request through."""
        try:
            return _refuse(request, declaration_of(view))
        except (Absent, Refused, AuditUnavailable) as error:
            return _answer(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view whose question the gate refused."""
        if isinstance(exception, Absent | Refused | AuditUnavailable):
            return _answer(request, exception)
        return None


def _refuse(request: HttpRequest, declaration: Declaration | None) -> HttpResponse | None:
    context = of_request(request)
    if declaration is None:
        _count_if_anonymous(context)
        return _standard(request, HTTPStatus.NOT_FOUND)
    action = declaration.action_for(request.method)
    if rule_of(action).kind is not Kind.PUBLIC:
        if context.account is None:
            _count_if_anonymous(context)
            return _to_sign_in(request)
        gate.knock(context, action)
    problem = _body_problem(request, declaration)
    return None if problem is None else _body_refusal(problem)


def _count_if_anonymous(context: Context) -> None:
    """Whoever tries addresses without an account leaves a count a minute in the log. Raises AuditUnavailable."""
    if context.account is None:
        anonymous.count(context.instant)


def _body_problem(request: HttpRequest, declaration: Declaration) -> HTTPStatus | None:
    """What is wrong with the announced body, without touching it."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    # Without a length and without pieces there is no body (RFC 9112 section 6.3), which is all that some want.
    bodiless = declaration.bodiless or request.method in SAFE_METHODS or request.method == "DELETE"
    if bodiless and not announced and not request.headers.get("Transfer-Encoding"):
        return None
    if not announced:
        return HTTPStatus.LENGTH_REQUIRED
    if not (announced.isascii() and announced.isdigit()):
        return HTTPStatus.BAD_REQUEST
    allowed = 0 if request.method in SAFE_METHODS else declaration.body_limit
    too_large = len(announced) > _LONGEST_NUMBER or int(announced) > allowed
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else None


def _body_refusal(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(
        f"{_BODY_PROBLEMS[status]}\n",
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The same for every address that is not public, so it says nothing about what is there."""
    address = resolve_url(settings.LOGIN_URL)
    if request.method not in SAFE_METHODS:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"Cache-Control": "no-store"})
    return HttpResponseRedirect(f"{address}?{urlencode({'next': request.get_full_path()})}")


def _answer(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, Refused):
        page = loader.get_template("authorization/refused.html")
        body = page.render({"code": error.code, "explanation": explain(error.decision)}, request)
        refused = HttpResponse(body, status=HTTPStatus.FORBIDDEN, headers={"Cache-Control": "no-store"})
        # For whoever shows programs a document in the page's place.
        refused.problem = error.code  # type: ignore[attr-defined]
        refused.explained = in_one(explain(error.decision))  # type: ignore[attr-defined]
        return refused
    if isinstance(error, AuditUnavailable):
        return _unavailable()
    return _standard(request, HTTPStatus.NOT_FOUND)


def _standard(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """The project's own page for a status, so that absent, forbidden and undeclared give the same bytes (PE-05)."""
    handler: Callable[..., HttpResponse] = get_resolver(get_urlconf()).resolve_error_handler(status.value)
    answer = handler(request, exception=Absent())
    assert isinstance(answer, HttpResponse)
    return answer


def _unavailable() -> HttpResponse:
    """AU-03: the log cannot be written, so nothing is released. Uses no database."""
    body = loader.get_template("503.html").render({})
    return HttpResponse(
        body,
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Cache-Control": "no-store", "Retry-After": "30"},
    )
