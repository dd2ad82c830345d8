"""Lock-out after failed sign-ins, in django-axes, with rows that name nobody.

Staff numbers and addresses stand there as keyed pseudonyms, the address's shaped like an IPv6 address because its
column is one; the request's other traces are not kept. Three bounds count together (`accounts.rules`): one staff
number at one address, one staff number anywhere, one address whoever it names.
"""

import hashlib
import hmac
from datetime import datetime
from ipaddress import IPv6Address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.db import transaction
from django.db.models import F, Q, Sum
from django.http import HttpRequest

from accounts import rules
from accounts.models import Account
from accounts.requests import client_address
from storage import keyring


def staff_no_pseudonym(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """What axes calls the person who tries to sign in (AXES_USERNAME_CALLABLE)."""
    given = (credentials or {}).get("username") or ""
    return _digest("staff number", rules.normalise_staff_no(str(given))).hex()


def address_pseudonym(request: HttpRequest) -> str:
    """What axes calls the address (AXES_CLIENT_IP_CALLABLE): one in the range for private use, of a keyed digest."""
    return str(IPv6Address(b"\xfd" + _digest("address", client_address(request))[:15]))


def silence(*args: object) -> str:
    """What axes may say of a client in its own log (AXES_CLIENT_STR_CALLABLE): nothing."""
    return "{}"


class PseudonymHandler(AxesDatabaseHandler):
    """Counts failures under pseudonyms and three bounds."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures measured against FAILURES_PER_PAIR; the wider bounds are scaled to it."""
        name, address = staff_no_pseudonym(request, credentials), request.axes_ip_address
        recent = AccessAttempt.objects.filter(attempt_time__gte=request.axes_attempt_time - rules.COOL_OFF)
        counted = recent.aggregate(
            pair=Sum("failures_since_start", filter=Q(username=name, ip_address=address), default=0),
            account=Sum("failures_since_start", filter=Q(username=name), default=0),
            address=Sum("failures_since_start", filter=Q(ip_address=address), default=0),
        )
        return max(
            counted["pair"],
            counted["account"] * rules.FAILURES_PER_PAIR // rules.FAILURES_PER_ACCOUNT,
            counted["address"] * rules.FAILURES_PER_PAIR // rules.FAILURES_PER_ADDRESS,
        )

    def user_login_failed(
        self, sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Count one failure. During a lock-out nothing is counted: patience, not trying, opens it again."""
        if request is None or request.axes_locked_out:
            return
        self.clean_expired_user_attempts(request, credentials)
        name = staff_no_pseudonym(request, credentials)
        with transaction.atomic():
            attempt, is_new = AccessAttempt.objects.select_for_update().get_or_create(
                username=name,
                ip_address=request.axes_ip_address,
                user_agent="",
                defaults={"failures_since_start": 1},
            )
            if not is_new:
                attempt.failures_since_start = F("failures_since_start") + 1
                attempt.attempt_time = request.axes_attempt_time
                attempt.save(update_fields=["failures_since_start", "attempt_time"])
        if self.get_failures(request, credentials) >= rules.FAILURES_PER_PAIR:
            request.axes_locked_out = True
            user_locked_out.send(
                "axes",
                request=request,
                username=credentials.get("username"),
                ip_address=request.axes_ip_address,
            )


def is_locked(request: HttpRequest, account: Account) -> bool:
    """Whether this account may not try a code or password now; marks the request, so that its answer says so."""
    if AxesProxyHandler.is_allowed(request, {"username": account.staff_no}):
        return False
    request.axes_locked_out = True
    return True


def count_failure(request: HttpRequest, account: Account) -> None:
    """Count a wrong code, or a wrong password at its change, like a failed sign-in."""
    AxesProxyHandler.user_login_failed(Account, {"username": account.staff_no}, request)


def forget(staff_no: str) -> None:
    """Drop what was counted against a staff number."""
    AccessAttempt.objects.filter(username=staff_no_pseudonym(None, {"username": staff_no})).delete()


# Bad API tokens: counted apart, so that a program with an old token keeps nobody of its hall from signing in. A good
# token is never held up by another's misses; 256 bits are not guessed.


def count_bad_token(request: HttpRequest, at: datetime) -> int:
    """Count one token that opens nothing; returns how many came from this address within the cooling-off."""
    name, address = _token_row(request)
    recent = AccessAttempt.objects.filter(
        username=name, ip_address=address, attempt_time__gte=at - rules.COOL_OFF
    )
    found = recent.aggregate(misses=Sum("failures_since_start", default=0))["misses"]
    if found >= rules.FAILURES_PER_ADDRESS:
        return int(found)
    with transaction.atomic():
        attempt, is_new = AccessAttempt.objects.select_for_update().get_or_create(
            username=name,
            ip_address=address,
            user_agent="",
            defaults={"failures_since_start": 1, "attempt_time": at},
        )
        if not is_new:
            attempt.failures_since_start = (
                1 if attempt.attempt_time < at - rules.COOL_OFF else F("failures_since_start") + 1
            )
            attempt.attempt_time = at
            attempt.save(update_fields=["failures_since_start", "attempt_time"])
    return int(found) + 1


def _token_row(request: HttpRequest) -> tuple[str, str]:
    """Under what bad tokens from one address are counted; neither is a name or address of a sign-in."""
    address = _digest("address of a token", client_address(request))
    return _digest("api token", "").hex(), str(IPv6Address(b"\xfd" + address[:15]))


def _digest(kind: str, value: str) -> bytes:
    ring = keyring.current()
    key = ring.derive("account", ring.active("account"), f"jingui lock-out 1 {kind}".encode())
    return hmac.digest(key, value.encode(), hashlib.sha256)[:16]
