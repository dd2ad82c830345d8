"""The sessions of one account, as its owner sees and ends them: named by their references, never by their keys."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.utils.crypto import constant_time_compare

from accounts import marks
from accounts.models import Account, LiveSession
from accounts.rules import session_end
from accounts.session_store import open_row, rows_of
from audit import clock

# The first that is found counts: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("MicroMessenger", "WeChat"),
    ("Firefox/", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session in which the account is signed in now."""

    reference: str
    started_at: datetime
    seen_at: datetime
    address: str
    browser: str  # "Firefox · Windows"; empty when it did not say
    second_factor: str  # totp, recovery_code, passkey or empty


def of(account: Account) -> list[SignedIn]:
    """The account's sessions that its next request would find open, the last one begun first."""
    found = [_seen(data) for _, data in _open(account)]
    return sorted(found, key=lambda one: one.started_at, reverse=True)


def end(account: Account, reference: str) -> bool:
    """End the account's session of this reference at its next request; False when there is none."""
    doomed = [row.pk for row, data in _open(account) if data[marks.REFERENCE] == reference]
    return LiveSession.objects.filter(pk__in=doomed).delete()[0] > 0


def end_all_but(account: Account, reference: str) -> int:
    """End the account's other sessions at their next request; returns how many there were."""
    doomed = [row.pk for row, data in _open(account) if data[marks.REFERENCE] != reference]
    return LiveSession.objects.filter(pk__in=doomed).delete()[0]


def browser_of(told: str) -> str:
    """What a browser and its system are commonly called, from what the browser calls itself."""
    parts = (next((name for sign, name in signs if sign in told), "") for signs in (_BROWSERS, _SYSTEMS))
    return " · ".join(part for part in parts if part)


def _open(account: Account) -> list[tuple[LiveSession, dict[str, Any]]]:
    found = ((row, open_row(row)) for row in rows_of(account))
    return [(row, data) for row, data in found if data is not None and _goes_on(account, data)]


def _goes_on(account: Account, data: dict[str, Any]) -> bool:
    """As the middleware will find it: of this password, not ended by an officer, within its limits."""
    hash_of_password = account.get_session_auth_hash()
    return (
        constant_time_compare(data.get(HASH_SESSION_KEY, ""), hash_of_password)
        and data.get(marks.EPOCH) == account.session_epoch
        and marks.REFERENCE in data
        and session_end(
            now=int(clock.now().timestamp()),
            started=data.get(marks.STARTED, float("inf")),
            seen=data.get(marks.SEEN, float("inf")),
            idle=timedelta(minutes=settings.JINGUI_IDLE_MINUTES),
            absolute=timedelta(hours=settings.JINGUI_ABSOLUTE_HOURS),
        )
        is None
    )


def _seen(data: dict[str, Any]) -> SignedIn:
    return SignedIn(
        reference=data[marks.REFERENCE],
        started_at=datetime.fromtimestamp(data[marks.STARTED], UTC),
        seen_at=datetime.fromtimestamp(data[marks.SEEN], UTC),
        address=data.get(marks.ADDRESS, ""),
        browser=browser_of(data.get(marks.BROWSER, "")),
        second_factor=data.get(marks.METHOD) or "",
    )
