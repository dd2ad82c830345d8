"""What shows a token instead of a session. Under the interface's addresses nothing else signs anybody in.

Order matters: after SessionLimitsMiddleware, which it follows in leaving `request.subject_facts`, before the gate's.
What it answers itself it marks with a `problem`, a stable code; whoever stands outside writes it as a document.
"""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse

from accounts import actions, journal, lockout, tokens
from accounts.requests import trail
from accounts.rules import COOL_OFF, FAILURES_PER_ADDRESS
from accounts.token_rules import IN_AN_ADDRESS
from audit import clock
from audit.errors import AuditUnavailable
from audit.events import DENIED
from storage.errors import OperatorError

GetResponse = Callable[[HttpRequest], HttpResponse]

ADDRESS = "/api/"
_RETRY = "30"


def is_interface(request: HttpRequest) -> bool:
    """Whether the address belongs to the programs' interface."""
    return request.path_info.startswith(ADDRESS) or request.path_info == ADDRESS.rstrip("/")


class BearerMiddleware:
    """Knows a program by its token. Unknown, expired, revoked and suspended get one and the same answer.

    Leaves `request.bearer` (Bearer or None), `request.user` and `request.subject_facts`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.bearer = None  # type: ignore[attr-defined]
        if is_interface(request):
            try:
                refusal = _refuse(request)
            except (AuditUnavailable, OperatorError):
                return refused(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", {"Retry-After": _RETRY})
            if refusal is not None:
                return refusal
        return self.get_response(request)


def refused(status: HTTPStatus, code: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """An answer without a body that says by its code what was wrong."""
    answer = HttpResponse(status=status, headers=headers or {})
    answer.problem = code
    return answer


def _refuse(request: HttpRequest) -> HttpResponse | None:
    query = request.META.get("QUERY_STRING", "")
    if IN_AN_ADDRESS.search(unquote_plus(query) + request.path_info):
        return refused(HTTPStatus.BAD_REQUEST, "token-in-address")
    given = request.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, text = given.partition(" ")
    bearer = tokens.bearer_of(text.strip(), clock.now()) if scheme.lower() == "bearer" else None
    if bearer is None or bearer.end is not None:
        return _miss(request, bearer)
    request.bearer = bearer  # type: ignore[attr-defined]
    request.user = bearer.account
    request.subject_facts = bearer.facts  # type: ignore[attr-defined]
    tokens.note_use(bearer.token, clock.now())
    return None


def _miss(request: HttpRequest, bearer: tokens.Bearer | None) -> HttpResponse:
    if bearer is not None and bearer.end is not None and not tokens.told_lately(bearer.token):
        journal.observed(
            actions.TOKEN_REFUSE,
            outcome=DENIED,
            rule=bearer.end.value,
            actor=journal.actor(bearer.account, bearer.facts, session=bearer.reference),
            target=journal.object_facts(bearer.token),
            subject=str(bearer.account.person_id),
            trail=trail(request),
        )
    if lockout.count_bad_token(request, clock.now()) >= FAILURES_PER_ADDRESS:
        wait = str(int(COOL_OFF.total_seconds()))
        return refused(HTTPStatus.TOO_MANY_REQUESTS, "too-many-bad-tokens", {"Retry-After": wait})
    return refused(HTTPStatus.UNAUTHORIZED, "token-needed", {"WWW-Authenticate": "Bearer"})
