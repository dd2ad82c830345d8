"""Records what Django, axes and allauth report of sign-ins. No record, no sign-in."""

import secrets
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.http import HttpRequest

from accounts import actions, journal, lockout, marks, rules
from accounts.models import Account
from accounts.requests import client_address, trail
from accounts.selectors import subject_facts
from audit import clock
from audit.errors import AuditError
from audit.events import DENIED, GRANTED, Actor, ObjectFacts

_NOBODY = "anonymous"
LONGEST_BROWSER = 300


def connect() -> None:
    """Listen, once."""
    user_logged_in.connect(_on_sign_in, dispatch_uid="accounts.sign_in")
    user_logged_out.connect(_on_sign_out, dispatch_uid="accounts.sign_out")
    user_login_failed.connect(_on_failure, dispatch_uid="accounts.failure")
    user_locked_out.connect(_on_lock_out, dispatch_uid="accounts.lock_out")


def _on_sign_in(sender: object, request: HttpRequest, user: Account, **kwargs: Any) -> None:
    session = request.session
    now = clock.now()
    session[marks.STARTED] = session[marks.SEEN] = int(now.timestamp())
    session[marks.EPOCH] = user.session_epoch
    session[marks.REFERENCE] = secrets.token_hex(8)
    session[marks.ADDRESS] = client_address(request)
    session[marks.BROWSER] = request.headers.get("User-Agent", "")[:LONGEST_BROWSER]
    method = session.get(marks.METHOD) if session.get(marks.PROVED) == str(user.pk) else None
    try:
        journal.observed(
            actions.SESSION_BEGIN,
            outcome=GRANTED,
            rule=f"password+{method}" if method else "password",
            actor=journal.actor(user, subject_facts(user, now), session=session[marks.REFERENCE]),
            target=journal.object_facts(user),
            trail=trail(request),
        )
    except AuditError:
        session.flush()
        request.user = AnonymousUser()
        raise


def _on_sign_out(sender: object, request: HttpRequest, user: Account | None, **kwargs: Any) -> None:
    if isinstance(user, Account):
        session_ended(request, user, rules.SessionEnd.SIGNED_OUT)


def session_ended(request: HttpRequest, account: Account, end: rules.SessionEnd) -> None:
    """Record the end of a session and why. Raises AuditUnavailable."""
    where = trail(request)
    journal.observed(
        actions.SESSION_END,
        outcome=GRANTED,
        rule=end.value,
        actor=journal.actor(account, session=where.session),
        target=journal.object_facts(account),
        trail=where,
    )


def _on_failure(
    sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    if request is None:
        return
    staff_no = rules.normalise_staff_no(str(credentials.get("username") or ""))
    was_locked = getattr(request, "axes_locked_out", False) and not hasattr(request, "lock_out_recorded")
    if was_locked and not cache.add(f"refused-while-locked:{_attempt(request, credentials)}", 1, 60):
        # Hammering on a locked door is told once a minute: it must not fill the log.
        return
    rule = "locked_out" if was_locked else getattr(request, "sign_in_refusal", "credentials")
    _denied(request, actions.SESSION_BEGIN, staff_no, rule)


def _on_lock_out(sender: object, request: HttpRequest, username: str | None = None, **kwargs: Any) -> None:
    request.lock_out_recorded = True  # type: ignore[attr-defined]
    _denied(request, actions.SESSION_LOCK, rules.normalise_staff_no(username or ""), "failures")


def _attempt(request: HttpRequest, credentials: dict[str, Any]) -> str:
    return f"{lockout.staff_no_pseudonym(request, credentials)}:{lockout.address_pseudonym(request)}"


def _denied(request: HttpRequest, action: str, staff_no: str, rule: str) -> None:
    """What was typed is kept sealed, and only if it is a staff number: people type passwords there."""
    known = rules.is_staff_no(staff_no)
    account = Account.objects.filter(staff_no=staff_no).first()
    journal.observed(
        action,
        outcome=DENIED,
        rule=rule,
        actor=Actor(id=_NOBODY),
        target=ObjectFacts("account", str(account.pk)) if account else None,
        sealed={"staff_no": staff_no if known else ""},
        subject=str(account.person_id) if account else _NOBODY,
        trail=trail(request),
    )
