"""What every request of a signed-in person passes: the session's limits, then the pages that must come first.

Order matters: after AuthenticationMiddleware, before the gate's.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import loader
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from accounts import marks, second_factor
from accounts.listeners import session_ended
from accounts.models import Account
from accounts.rules import SEEN_EVERY, SessionEnd, session_end
from accounts.selectors import SubjectFacts, subject_facts
from audit import clock
from audit.errors import AuditUnavailable

GetResponse = Callable[[HttpRequest], HttpResponse]

# Open whatever else must come first.
ALWAYS_OPEN = frozenset({"account_logout", "account_signed_out", "set_language", "set_theme"})
PASSWORD_PAGES = frozenset({"account_change_password"})
SECOND_FACTOR_PAGES = frozenset({"mfa_activate_totp", "mfa_totp_qr"})
NOTICE_PAGES = frozenset({"accounts_notice", "mfa_view_recovery_codes"})


class SessionLimitsMiddleware:
    """Ends sessions on the server (AD-05, PE-08) and lets nobody past a page that must come first (PE-09).

    Leaves `request.subject_facts` (SubjectFacts, or None for nobody) for the gate, so that they are read once.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.subject_facts = None  # type: ignore[attr-defined]
        if SESSION_KEY in request.session:
            try:
                ended = self._end_if_over(request)
            except AuditUnavailable:
                return _unavailable()
            if ended is not None:
                return ended
            first = _must_come_first(request)
            if first is not None:
                return first
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """No log, no answer (AU-03)."""
        return _unavailable() if isinstance(exception, AuditUnavailable) else None

    def _end_if_over(self, request: HttpRequest) -> HttpResponse | None:
        owner = request.session[SESSION_KEY]
        account = request.user
        now = clock.now()
        if not isinstance(account, Account):
            return _end(request, Account.objects.filter(pk=owner).first(), SessionEnd.UNUSABLE)
        facts = _facts_of(account, now)
        end = _why_over(request, account, facts)
        if end is not None:
            return _end(request, account, end)
        if now.timestamp() - request.session[marks.SEEN] >= SEEN_EVERY.total_seconds():
            request.session[marks.SEEN] = int(now.timestamp())
        request.subject_facts = facts  # type: ignore[attr-defined]
        return None


def _facts_of(account: Account, now: datetime) -> SubjectFacts:
    """Those that the account was just read with: it carries them no further, and nothing later finds them stale."""
    found, account.read_with = account.read_with, None
    return found or subject_facts(account, now)


def _why_over(request: HttpRequest, account: Account, facts: SubjectFacts) -> SessionEnd | None:
    session = request.session
    if not facts.usable:
        return SessionEnd.UNUSABLE
    if session.get(marks.EPOCH) != account.session_epoch:
        return SessionEnd.CHANGED
    over = session_end(
        now=int(clock.now().timestamp()),
        started=session.get(marks.STARTED, float("inf")),
        seen=session.get(marks.SEEN, float("inf")),
        idle=timedelta(minutes=settings.JINGUI_IDLE_MINUTES),
        absolute=timedelta(hours=settings.JINGUI_ABSOLUTE_HOURS),
    )
    if over is not None:
        return over
    # A session from before the second factor was set up elsewhere has not proved it.
    if _is_unproved(request, account, facts) and second_factor.is_enrolled(account):
        return SessionEnd.UNPROVED
    return None


def _is_unproved(request: HttpRequest, account: Account, facts: SubjectFacts) -> bool:
    return facts.second_factor_required and request.session.get(marks.PROVED) != str(account.pk)


def _must_come_first(request: HttpRequest) -> HttpResponse | None:
    """The way to the page that comes before everything else, unless the request is for it."""
    page = _first_page(request)
    if page is None:
        return None
    name, open_pages = page
    try:
        asked = resolve(request.path_info).view_name
    except Resolver404:
        asked = ""
    if asked in ALWAYS_OPEN or asked in open_pages:
        return None
    return _send(request, reverse(name), status=403)


def _first_page(request: HttpRequest) -> tuple[str, frozenset[str]] | None:
    """Name of the page that is due, and which pages are open until it is done."""
    account = request.user
    facts: SubjectFacts | None = request.subject_facts  # type: ignore[attr-defined]
    if not isinstance(account, Account) or facts is None:
        return None
    if account.must_change_password:
        return "account_change_password", PASSWORD_PAGES
    if _is_unproved(request, account, facts):
        return "mfa_activate_totp", SECOND_FACTOR_PAGES
    if not (facts.training_valid and facts.undertaking_valid):
        return "accounts_notice", NOTICE_PAGES
    return None


def _end(request: HttpRequest, account: Account | None, end: SessionEnd) -> HttpResponse:
    try:
        if account is not None:
            session_ended(request, account, end)
    finally:
        request.session.flush()
        request.user = AnonymousUser()
    query = {"ended": end.value}
    if request.method == "GET":
        query["next"] = request.get_full_path()
    return _send(request, f"{reverse('account_login')}?{urlencode(query)}", status=401)


def _send(request: HttpRequest, url: str, *, status: int) -> HttpResponse:
    """A page is redirected; a script is told, since it would take the other page for its answer."""
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=status, headers={"Cache-Control": "no-store"})
    return HttpResponseRedirect(url, headers={"Cache-Control": "no-store"})


def _unavailable() -> HttpResponse:
    body = loader.get_template("503.html").render({})
    return HttpResponse(body, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
