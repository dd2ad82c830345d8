"""Duties, what they exclude, how far each sees, and the limits of sign-in. Pure tables; no Django.

Sources: requirements.md section 6 (roles, exclusions) and AD-02 to AD-05, practice.md P-15 and P-30,
rule book 1.4.2(1), 5.5(4) and 10.1. Sentences are English message ids; whoever shows one translates it.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

UnitId = TypeVar("UnitId")


def gettext_noop(message: str) -> str:
    """Marks a message id for collection; translating is the caller's."""
    return message


class Duty(StrEnum):
    """What a person may be appointed to at a unit."""

    STAFF = "staff"
    DUTY_CLERK = "duty_clerk"
    HALL_DIRECTOR = "hall_director"
    ARCHIVIST = "archivist"
    ENTERPRISE_MANAGEMENT = "enterprise_management"
    DEPARTMENT_HEAD = "department_head"
    LEADER = "leader"
    PRINCIPAL_LEADER = "principal_leader"
    CLASSIFICATION_OFFICER = "classification_officer"
    ROOM_KEEPER = "room_keeper"
    APPRAISER = "appraiser"
    AGENT = "agent"
    SERVICE_SPECIALIST = "service_specialist"
    SUPERVISION = "supervision"
    SYSTEM_OFFICER = "system_officer"
    SECURITY_OFFICER = "security_officer"
    AUDITOR = "auditor"


DUTY_NAMES: dict[Duty, str] = {
    Duty.STAFF: gettext_noop("Staff"),
    Duty.DUTY_CLERK: gettext_noop("Duty clerk"),
    Duty.HALL_DIRECTOR: gettext_noop("Hall director"),
    Duty.ARCHIVIST: gettext_noop("Archivist"),
    Duty.ENTERPRISE_MANAGEMENT: gettext_noop("Enterprise management"),
    Duty.DEPARTMENT_HEAD: gettext_noop("Department head"),
    Duty.LEADER: gettext_noop("Leader in charge"),
    Duty.PRINCIPAL_LEADER: gettext_noop("Principal leader"),
    Duty.CLASSIFICATION_OFFICER: gettext_noop("Classification officer"),
    Duty.ROOM_KEEPER: gettext_noop("Reading-room keeper"),
    Duty.APPRAISER: gettext_noop("Appraiser"),
    Duty.AGENT: gettext_noop("Call-centre agent"),
    Duty.SERVICE_SPECIALIST: gettext_noop("Customer service specialist"),
    Duty.SUPERVISION: gettext_noop("Supervision"),
    Duty.SYSTEM_OFFICER: gettext_noop("System officer"),
    Duty.SECURITY_OFFICER: gettext_noop("Security officer"),
    Duty.AUDITOR: gettext_noop("Auditor"),
}


class Scope(StrEnum):
    """Which units' internal records a duty at a unit reaches."""

    NONE = "none"
    OWN = "own"
    SUBTREE = "subtree"


OFFICER_DUTIES = frozenset({Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER, Duty.AUDITOR})
CONTENT_DUTIES = frozenset(Duty) - OFFICER_DUTIES

# PE-10: rank alone opens nothing. Only the archivist reaches down: he keeps what the units below handed over.
DUTY_SCOPE: dict[Duty, Scope] = {
    duty: Scope.NONE if duty in OFFICER_DUTIES else Scope.SUBTREE if duty is Duty.ARCHIVIST else Scope.OWN
    for duty in Duty
}

# Only these lead a unit, so only these can be its head and confirm a grant to its people.
HEAD_DUTIES = frozenset({Duty.HALL_DIRECTOR, Duty.DEPARTMENT_HEAD, Duty.LEADER, Duty.PRINCIPAL_LEADER})

# AD-03: these, any headship and any clearance take a second person. The archivist is here for his reach.
PRIVILEGED_DUTIES = OFFICER_DUTIES | {
    Duty.LEADER,
    Duty.PRINCIPAL_LEADER,
    Duty.CLASSIFICATION_OFFICER,
    Duty.ARCHIVIST,
}

# AD-04: without one of each nobody could grant, or nobody would watch.
INDISPENSABLE_DUTIES = frozenset({Duty.SECURITY_OFFICER, Duty.AUDITOR})


class UnitKind(StrEnum):
    """Kinds of unit; an external authority only ever originates, it appoints nobody here."""

    COMPANY = "company"
    DIVISION = "division"
    BRANCH = "branch"
    HALL = "hall"
    DEPARTMENT = "department"
    EXTERNAL = "external"


class PersonCategory(StrEnum):
    """涉密人员类别; it bounds the clearance a person may be given (practice.md, words)."""

    NONE = "none"
    GENERAL = "general"
    IMPORTANT = "important"
    CORE = "core"


class Levels(NamedTuple):
    """One level per regime: state 0-3, enterprise 0-2, restricted 0-1."""

    state: int = 0
    enterprise: int = 0
    restricted: int = 0

    def within(self, other: "Levels") -> bool:
        """True when no regime exceeds that of `other`."""
        return all(mine <= theirs for mine, theirs in zip(self, other, strict=True))


# The highest clearance each category may hold. State secrets need a secrecy post, ordinary company secrets none.
CATEGORY_CEILING: dict[PersonCategory, Levels] = {
    PersonCategory.NONE: Levels(0, 1, 1),
    PersonCategory.GENERAL: Levels(1, 1, 1),
    PersonCategory.IMPORTANT: Levels(2, 2, 1),
    PersonCategory.CORE: Levels(3, 2, 1),
}


# Privileged changes wait for a second person (AD-03)


class GrantKind(StrEnum):
    """What waits: a duty, a clearance, a secrecy post, another account or password of somebody with rights."""

    DUTY = "duty"
    CLEARANCE = "clearance"
    CATEGORY = "category"
    ACCOUNT = "account"
    PASSWORD = "password"  # noqa: S105


class GrantState(StrEnum):
    """Where a proposal stands; one whose time is over is still `pending` here and never confirmed any more."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GrantStep(StrEnum):
    """What can be done with a proposal."""

    CONFIRM = "confirm"
    CARRY_OUT = "carry_out"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


# An account and a password are carried out by who proposed them: he hands the one-time password over, not the head.
TWO_STEP_KINDS = frozenset({GrantKind.ACCOUNT, GrantKind.PASSWORD})

GRANT_STEPS: dict[tuple[GrantState, GrantStep], GrantState] = {
    (GrantState.PENDING, GrantStep.CONFIRM): GrantState.CONFIRMED,
    (GrantState.PENDING, GrantStep.REFUSE): GrantState.REFUSED,
    (GrantState.PENDING, GrantStep.WITHDRAW): GrantState.WITHDRAWN,
    (GrantState.CONFIRMED, GrantStep.CARRY_OUT): GrantState.DONE,
    (GrantState.CONFIRMED, GrantStep.WITHDRAW): GrantState.WITHDRAWN,
}

# Whoever has not decided by then has not agreed; the officer proposes anew.
GRANT_WAITS = timedelta(days=14)
# For so long whoever moved a person does not get the new head alone to confirm what he proposes for him (AD-03).
MOVE_SETTLES = timedelta(days=90)


# P-30: a roster is made for the weeks to come, some weeks at once.
ROSTER_SPAN = timedelta(days=30)
ROSTER_AHEAD = timedelta(days=366)


# 脱密期: months between the end of all clearances and the last day, by post; the longest that the law's practice asks.
DE_SECRECY_MONTHS: dict[PersonCategory, int] = {
    PersonCategory.NONE: 0,
    PersonCategory.GENERAL: 12,
    PersonCategory.IMPORTANT: 24,
    PersonCategory.CORE: 36,
}


# Exclusions between duties (requirements.md section 6; AD-02)


class Held(NamedTuple, Generic[UnitId]):
    """A duty at a unit, as a person holds it; the unit is any id that can be compared."""

    duty: Duty
    unit: UnitId


@dataclass(frozen=True)
class Exclusion:
    """Two sets of duties that one person never holds at once, in one unit or anywhere."""

    code: str
    one: frozenset[Duty]
    other: frozenset[Duty]
    same_unit: bool
    sentence: str

    def forbids(self, first: Held[UnitId], second: Held[UnitId]) -> bool:
        """True when these two may not meet in one person; the order does not matter."""
        if self.same_unit and first.unit != second.unit:
            return False
        return (first.duty in self.one and second.duty in self.other) or (
            second.duty in self.one and first.duty in self.other
        )


# The narrower rule stands before the wider one, so that a refusal names the reason nearest to the case.
EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion(
        "auditor_and_other_officer",
        frozenset({Duty.AUDITOR}),
        frozenset({Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER}),
        same_unit=False,
        sentence=gettext_noop("The auditor is never system officer or security officer as well."),
    ),
    Exclusion(
        "system_and_security_officer",
        frozenset({Duty.SYSTEM_OFFICER}),
        frozenset({Duty.SECURITY_OFFICER}),
        same_unit=False,
        sentence=gettext_noop("System officer and security officer are two different persons."),
    ),
    Exclusion(
        "auditor_and_audited",
        frozenset({Duty.AUDITOR}),
        frozenset({Duty.ARCHIVIST, Duty.CLASSIFICATION_OFFICER, Duty.LEADER, Duty.PRINCIPAL_LEADER}),
        same_unit=True,
        sentence=gettext_noop(
            "The auditor is never archivist, classification officer or leader of the unit he audits."
        ),
    ),
    Exclusion(
        "officer_and_content",
        OFFICER_DUTIES,
        CONTENT_DUTIES,
        same_unit=False,
        sentence=gettext_noop("An officer of the system holds no duty that opens records."),
    ),
)


def conflicts(held: Iterable[Held[UnitId]]) -> Iterator[Exclusion]:
    """Every exclusion that these duties of one person break; none when they may stand together."""
    duties = list(held)
    pairs = [(first, second) for place, first in enumerate(duties) for second in duties[place + 1 :]]
    for exclusion in EXCLUSIONS:
        if any(exclusion.forbids(first, second) for first, second in pairs):
            yield exclusion


# Staff numbers: opaque, so that a sign-in name says nothing of the person (a digit keeps plain names out)

_STAFF_NO = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9-]{2,31}", re.ASCII)


def normalise_staff_no(text: str) -> str:
    """The one spelling under which a staff number is kept and looked up."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def is_staff_no(text: str) -> bool:
    """Whether a normalised text has the form of a staff number."""
    return _STAFF_NO.fullmatch(text) is not None


# Sign-in (AD-05)

# Failures within COOL_OFF that lock one staff number at one address; a staff number, wherever it is tried from;
# an address, whoever it names. A hall shares one address, so that bound is wide.
FAILURES_PER_PAIR = 5
FAILURES_PER_ACCOUNT = 20
FAILURES_PER_ADDRESS = 30
COOL_OFF = timedelta(minutes=15)

# RFC 6238: a code of thirty seconds; the one before and the one after are taken, each once.
CODE_SECONDS = 30
CODE_DRIFT = 1

# The last-seen mark of a session is written at most this often; idleness counts from it, so never leniently.
SEEN_EVERY = timedelta(seconds=60)

# A slip of paper with a password on it is not left lying for ever; a new one is made in a minute.
ONE_TIME_PASSWORD_LASTS = timedelta(days=7)

# How long a sign-in, or a proof given again, stands for what is grave; then it is asked for once more.
PROOF_LASTS = timedelta(minutes=15)

# A person has a few devices; a browser's answer takes two or three thousand signs.
MOST_PASSKEYS = 10
LONGEST_PASSKEY_ANSWER = 16 * 1024

# Raise it with every new text of the undertaking: everyone signs again (PE-09).
UNDERTAKING_VERSION = 1


def second_factor_required(*, is_officer: bool, clearance: Levels) -> bool:
    """Officers, and whoever holds a clearance above 0 in any regime, prove a second factor (AD-05)."""
    return is_officer or any(clearance)


def is_fresh(*, now: float, started: float, proved_again: float) -> bool:
    """Whether a session's owner proved lately that it is he: at sign-in, or since. Instants are epoch seconds.

    What lies ahead of now proves nothing: a clock was set back.
    """
    latest = max(started, proved_again)
    return 0 <= now - latest < PROOF_LASTS.total_seconds()


class SessionEnd(StrEnum):
    """Why the server ended a session."""

    IDLE = "idle"
    ABSOLUTE = "absolute"
    UNUSABLE = "account_unusable"
    CHANGED = "account_changed"
    UNPROVED = "second_factor_missing"
    SIGNED_OUT = "signed_out"
    ELSEWHERE = "signed_out_elsewhere"


def session_end(
    *, now: float, started: float, seen: float, idle: timedelta, absolute: timedelta
) -> SessionEnd | None:
    """Whether a session of these instants (epoch seconds) is over; the last second still counts as inside.

    A mark from the future is no mark: a clock set back must not prolong anything.
    """
    if not started <= now or now - started > absolute.total_seconds():
        return SessionEnd.ABSOLUTE
    if not seen <= now or now - seen > idle.total_seconds():
        return SessionEnd.IDLE
    return None


# Dates

ZONE = ZoneInfo("Asia/Shanghai")


def local_day(at: datetime) -> date:
    """The calendar day of an aware instant in Asia/Shanghai. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("an instant without a zone has no day")
    return at.astimezone(ZONE).date()


def months_later(day: date, months: int) -> date:
    """The corresponding day that many calendar months on, or the month's last day (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def in_force(day: date, *, starts: date, ends: date | None, revoked: date | None = None) -> bool:
    """First and last day included; a revocation takes its own day away (PE-08)."""
    return starts <= day and (ends is None or day <= ends) and (revoked is None or day < revoked)
