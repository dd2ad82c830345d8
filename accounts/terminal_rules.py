"""Terminals of the secure room: states, checks, and when one may be used (rule book 10.1(4)). Pure; no Django."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accounts.rules import gettext_noop


class TerminalState(StrEnum):
    """Where a terminal stands; withdrawn is for good."""

    REGISTERED = "registered"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class CheckResult(StrEnum):
    """What a technical check came to."""

    PASSED = "passed"
    FAILED = "failed"


class TerminalStep(StrEnum):
    """What is done with a terminal once it is registered."""

    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"
    RENEW = "renew"
    CHECK = "check"
    ENROL = "enrol"
    TAKE_BACK = "take_back"


_S, _T = TerminalState, TerminalStep

TERMINAL_STEPS: dict[tuple[TerminalState, TerminalStep], TerminalState] = {
    (_S.REGISTERED, _T.SUSPEND): _S.SUSPENDED,
    (_S.SUSPENDED, _T.REINSTATE): _S.REGISTERED,
    (_S.REGISTERED, _T.WITHDRAW): _S.WITHDRAWN,
    (_S.SUSPENDED, _T.WITHDRAW): _S.WITHDRAWN,
    (_S.REGISTERED, _T.RENEW): _S.REGISTERED,
    (_S.SUSPENDED, _T.RENEW): _S.SUSPENDED,
    (_S.REGISTERED, _T.CHECK): _S.REGISTERED,
    (_S.SUSPENDED, _T.CHECK): _S.SUSPENDED,
    # A suspended or withdrawn one is no machine's, and becomes one's only when it is back.
    (_S.REGISTERED, _T.ENROL): _S.REGISTERED,
    (_S.REGISTERED, _T.TAKE_BACK): _S.REGISTERED,
}

# What is asked why; a certificate, a check and an enrolment say it themselves.
REASONED_STEPS = frozenset({_T.SUSPEND, _T.REINSTATE, _T.WITHDRAW, _T.TAKE_BACK})

LONGEST_INTERVAL = 366
# How long before its day a check, and a certificate's end, stand on the worklist.
CHECK_SOON = timedelta(days=14)
CERTIFICATE_SOON = timedelta(days=30)


@dataclass(frozen=True)
class LastCheck:
    """The latest technical check."""

    done_on: date
    result: CheckResult


@dataclass(frozen=True)
class TerminalFacts:
    """What of a terminal decides whether it may be used. `enrolled`: the machine itself has proved which one it is."""

    state: TerminalState
    certificate_until: date
    check_every: int
    registered_on: date
    enrolled: bool


class Unusable(StrEnum):
    """Why nothing classified opens on a terminal; each by itself is enough."""

    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    CHECK_FAILED = "check_failed"
    NEVER_CHECKED = "never_checked"
    CHECK_OVERDUE = "check_overdue"
    CERTIFICATE_EXPIRED = "certificate_expired"
    NOT_ENROLLED = "not_enrolled"


UNUSABLE_SENTENCES: dict[Unusable, str] = {
    Unusable.WITHDRAWN: gettext_noop("The terminal is withdrawn for good."),
    Unusable.SUSPENDED: gettext_noop("The terminal is suspended."),
    Unusable.CHECK_FAILED: gettext_noop("The last technical check failed."),
    Unusable.NEVER_CHECKED: gettext_noop("No technical check has been recorded."),
    Unusable.CHECK_OVERDUE: gettext_noop("The technical check is overdue."),
    Unusable.CERTIFICATE_EXPIRED: gettext_noop("The certificate has expired."),
    Unusable.NOT_ENROLLED: gettext_noop("No machine is enrolled as this terminal."),
}

_Test = Callable[[TerminalFacts, LastCheck | None, date], bool]

# The order of the table is the order in which they are told: what weighs most comes first.
_TESTS: dict[Unusable, _Test] = {
    Unusable.WITHDRAWN: lambda one, _last, _day: one.state is TerminalState.WITHDRAWN,
    Unusable.SUSPENDED: lambda one, _last, _day: one.state is TerminalState.SUSPENDED,
    Unusable.CHECK_FAILED: lambda _one, last, _day: last is not None and last.result is CheckResult.FAILED,
    # A check that lies ahead is none: a clock was set back.
    Unusable.NEVER_CHECKED: lambda _one, last, day: last is None or last.done_on > day,
    Unusable.CHECK_OVERDUE: lambda one, last, day: (
        last is not None and last.result is CheckResult.PASSED and next_check(one, last) < day
    ),
    Unusable.CERTIFICATE_EXPIRED: lambda one, _last, day: one.certificate_until < day,
    Unusable.NOT_ENROLLED: lambda one, _last, _day: not one.enrolled,
}


def reasons(terminal: TerminalFacts, last: LastCheck | None, day: date) -> tuple[Unusable, ...]:
    """Everything that keeps a terminal from use on this day; last days of certificate and check still count."""
    return tuple(reason for reason, holds in _TESTS.items() if holds(terminal, last, day))


def usable(terminal: TerminalFacts, last: LastCheck | None, day: date) -> bool:
    """Whether nothing keeps it from use."""
    return not reasons(terminal, last, day)


def next_check(terminal: TerminalFacts, last: LastCheck | None) -> date:
    """The last day on which the next check is in time.

    The first is due on the day of the registration, and after a failed one the next is due at once.
    """
    if last is None:
        return terminal.registered_on
    return last.done_on + timedelta(days=terminal.check_every if last.result is CheckResult.PASSED else 0)


_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}", re.ASCII)


def normalise_number(text: str) -> str:
    """The one spelling under which a terminal's number is kept and looked up."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def is_number(text: str) -> bool:
    """Whether a normalised text has the form of a terminal's number."""
    return _NUMBER.fullmatch(text) is not None
