"""What a record may be, which marks a label carries and how its life goes on. Pure tables; no Django.

Sources: requirements.md 2 (marking), 7.8, 8.1, 8.5; practice.md P-01, P-06, P-08; architecture.md 4.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accounts.rules import months_later
from vault.authorization.actions import Action
from vault.authorization.levels import Levels
from vault.workdays.rules import years_on


class RecordState(StrEnum):
    """A record's life as far as this room goes; handover and disposal add the later states' transitions."""

    DRAFT = "draft"
    REGISTERED = "registered"
    BUNDLED = "bundled"
    ARCHIVED = "archived"
    DESTROYED = "destroyed"


# (state, event) -> (next state, journal action). What is not here is refused and leaves the record unchanged.
TRANSITIONS: dict[tuple[RecordState, str], tuple[RecordState, str]] = {
    (RecordState.DRAFT, "register"): (RecordState.REGISTERED, "holdings:record:register"),
}


# What stands in a bundle or has a code stands where that says; a draft is moved by editing it.
MOVABLE = frozenset({RecordState.REGISTERED})


def move_problem(
    state: RecordState, *, same_unit: bool, same_series: bool, is_there_already: bool
) -> str | None:
    """Code of the rule against moving a record into an archive file, or None (HA-01).

    A registered record keeps its unit and its series, so it moves among the files of both.
    """
    if state not in MOVABLE:
        return "state-forbids"
    if not same_unit:
        return "move-other-unit"
    if not same_series:
        return "move-other-series"
    return "move-there-already" if is_there_already else None


class LabelSource(StrEnum):
    """Where a label comes from (P-06): a mark we received, a source we derived from, or our own proposal."""

    RECEIVED = "received"
    DERIVED = "derived"
    PROPOSED = "proposed"


class LabelStatus(StrEnum):
    """Decision status of a label; protection is the same in both of the first (CL-05)."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    REFUSED = "refused"


class PeriodKind(StrEnum):
    """How long a secret lasts (CL-08)."""

    NONE = "none"
    YEARS = "years"
    MONTHS = "months"
    UNTIL = "until"
    CONDITION = "condition"
    LONG_TERM = "long_term"


class ComponentRole(StrEnum):
    """Parts of a record (件)."""

    TEXT = "text"
    ATTACHMENT = "attachment"
    DRAFT = "draft"
    RECORDING = "recording"
    PAGE_SCAN = "page_scan"


class IntegrityStatus(StrEnum):
    """What the machine achieved with a stored component; apart from what people decided."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"


# By when an entry of the quarantine is to be closed (requirements 1.4.4(4)c). The rule book names no term: ten working
# days, counted simply as fourteen calendar days, since next year's calendar of working days is not published in time.
QUARANTINE_TERM = timedelta(days=14)
# PF-02: each stored body is compared with its digest once in this time.
FIXITY_PERIOD = timedelta(days=30)
# PE-11: a quarter after it was given, or last looked at, a grant is looked at again.
REVIEW_AFTER = timedelta(days=90)

# Longest period of each state level in years (CL-06, CL-07).
MAXIMUM_YEARS = {1: 10, 2: 20, 3: 30}
STATE_NAMES = {1: "秘密", 2: "机密", 3: "绝密"}
INTERNAL_NAME = "内部"
OPEN_NAME = "公开"


@dataclass(frozen=True)
class Period:
    """A secrecy period: years or months as a number, a day, a condition's text, or long-term."""

    kind: PeriodKind
    number: int = 0
    until: date | None = None
    condition: str = ""


def period_problem(label: Levels, period: Period, *, has_authorisation: bool) -> str | None:
    """Code of the rule a period breaks, or None.

    Codes: `period-over-maximum` (CL-06), `period-months-over-year` (CL-08), `period-empty`,
    `period-condition-empty`, `period-without-secret`, `period-day-missing`.
    """
    if not label.is_classified:
        return None if period.kind is PeriodKind.NONE else "period-without-secret"
    if period.kind is PeriodKind.YEARS:
        if period.number < 1:
            return "period-empty"
        ceiling = MAXIMUM_YEARS.get(label.state)
        if ceiling is not None and period.number > ceiling and not has_authorisation:
            return "period-over-maximum"
    elif period.kind is PeriodKind.MONTHS:
        if period.number < 1:
            return "period-empty"
        if period.number >= 12:
            return "period-months-over-year"
    elif period.kind is PeriodKind.UNTIL and period.until is None:
        return "period-day-missing"
    elif period.kind is PeriodKind.CONDITION and not period.condition.strip():
        return "period-condition-empty"
    return None


def effective_period(label: Levels, period: Period) -> Period:
    """CL-07: a state secret without a period has the maximum of its level."""
    if label.state and period.kind is PeriodKind.NONE:
        return Period(PeriodKind.YEARS, MAXIMUM_YEARS[label.state])
    return period


def declassify_on(label: Levels, period: Period, issued_on: date) -> date | None:
    """Day on which the period ends; None when only a decision ends it.

    Civil Code: the corresponding day of the last month, or that month's last day.
    """
    period = effective_period(label, period)
    if period.kind is PeriodKind.YEARS:
        return years_on(issued_on, period.number)
    if period.kind is PeriodKind.MONTHS:
        return months_later(issued_on, period.number)
    if period.kind is PeriodKind.UNTIL:
        return period.until
    return None


def mark_text(label: Levels, period: Period, *, owner: str, level_names: dict[str, str]) -> str:
    """The mark as printed (CL-09, CL-10): ★ belongs to state secrets alone.

    `level_names` maps "ordinary" and "core" to the owner's names (P-08).
    """
    marks = []
    if label.state:
        marks.append(f"{STATE_NAMES[label.state]}★{period_text(label, period)}")
    if label.enterprise:
        name = level_names["core" if label.enterprise == 2 else "ordinary"]
        marks.append(f"{owner} {name} {period_text(label, period)}".strip())
    if not marks:
        marks.append(INTERNAL_NAME if label.restricted else OPEN_NAME)
    return " · ".join(marks)


def period_text(label: Levels, period: Period) -> str:
    """The period as marks print it: 20年, 6个月, 2027年5月1日, a condition, 长期; empty for none."""
    period = effective_period(label, period)
    if period.kind is PeriodKind.YEARS:
        return f"{period.number}年"
    if period.kind is PeriodKind.MONTHS:
        return f"{period.number}个月"
    if period.kind is PeriodKind.UNTIL and period.until is not None:
        return f"{period.until.year}年{period.until.month}月{period.until.day}日"
    if period.kind is PeriodKind.CONDITION:
        return period.condition.strip()
    return "长期" if period.kind is PeriodKind.LONG_TERM else ""


# The undecided tray (P-25): what nobody at the desk may decide

# Each is decided in the monthly inventory at the latest, so no date lies further ahead.
TRAY_AHEAD = timedelta(days=31)


class TrayKind(StrEnum):
    """What lies there. Quarantine stays another thing: a file held back is here by a line alone."""

    RECORD = "record"
    DRAFT = "draft"
    QUARANTINED = "quarantined"
    PAPER = "paper"


class TrayState(StrEnum):
    """Where it stands."""

    WAITING = "waiting"
    POSTPONED = "postponed"
    DECIDED = "decided"


class TrayEvent(StrEnum):
    """What is done with it."""

    POSTPONE = "postpone"
    CHANGE_DECIDER = "change_decider"
    DECIDE = "decide"


class TrayPart(StrEnum):
    """Whose step it can be: the named decider's, or that of the company's archivist."""

    DECIDER = "decider"
    ARCHIVIST = "archivist"


class TrayOutcome(StrEnum):
    """What was decided. It is carried out in its own place; the tray only says so."""

    FILE = "file"
    RETURN = "return"
    HAND_OVER = "hand_over"
    DISPOSE = "dispose"
    KEEP = "keep"


@dataclass(frozen=True)
class TrayStep:
    """One row: whose step it is, where it leads, and the action of the log."""

    parts: frozenset[TrayPart]
    next: TrayState
    action: Action = Action.MANAGE_UNDECIDED


_DECIDER = frozenset({TrayPart.DECIDER})
_EITHER = frozenset({TrayPart.DECIDER, TrayPart.ARCHIVIST})

# (state, event) -> row. What is not here is refused. The owner has no row at all: he would put off, or choose himself,
# the decision that he is bound to wait for (PE-06).
TRAY: dict[tuple[TrayState, TrayEvent], TrayStep] = {
    (TrayState.WAITING, TrayEvent.POSTPONE): TrayStep(_DECIDER, TrayState.POSTPONED),
    (TrayState.WAITING, TrayEvent.CHANGE_DECIDER): TrayStep(_EITHER, TrayState.WAITING),
    (TrayState.WAITING, TrayEvent.DECIDE): TrayStep(_DECIDER, TrayState.DECIDED),
    (TrayState.POSTPONED, TrayEvent.POSTPONE): TrayStep(_DECIDER, TrayState.POSTPONED),
    (TrayState.POSTPONED, TrayEvent.CHANGE_DECIDER): TrayStep(_EITHER, TrayState.POSTPONED),
    (TrayState.POSTPONED, TrayEvent.DECIDE): TrayStep(_DECIDER, TrayState.DECIDED),
}


def tray_day_fits(next_on: date, today: date) -> bool:
    """Whether a next decision date is today or later, and before the inventory after next."""
    return today <= next_on <= today + TRAY_AHEAD


def tray_steps(state: TrayState, parts: frozenset[TrayPart]) -> list[TrayEvent]:
    """What the table lets somebody with these parts do from here, in its order."""
    return [event for (at, event), row in TRAY.items() if at is state and row.parts & parts]


# Names


def title_of(name: str) -> str:
    """What a record is called whose file is all that is said of it: the file's name without its ending."""
    stem, dot, _ending = name.rpartition(".")
    return stem if dot and stem else name
