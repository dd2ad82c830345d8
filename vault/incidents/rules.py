"""What an incident may become, by whose step, and when it must have been reported. Pure; no Django.

Sources: rule book 10.1 保密工作(5); requirements.md 7.12, AD-11; architecture.md section 4.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.rules import Duty
from vault.authorization.actions import Action

# Wall clock, from the instant it became known: no working day and no night stops it.
REPORT_WITHIN = timedelta(hours=24)
SOON = timedelta(hours=6)
# Nobody remembers longer ago to the minute; what came to light later says so in words.
KNOWN_AT_MOST = timedelta(days=366)


class Kind(StrEnum):
    """What happened."""

    STATE_SECRET = "state_secret"  # noqa: S105  a kind of incident
    ENTERPRISE_SECRET = "enterprise_secret"  # noqa: S105  a kind of incident
    PERSONAL_DATA = "personal_data"
    LOSS = "loss"
    MISMATCH = "mismatch"
    DAMAGE = "damage"
    CUSTODY = "custody"
    MISUSE = "misuse"
    OTHER = "other"


class State(StrEnum):
    """Where an incident stands. Open, its clock runs; reported, somebody above knows."""

    OPEN = "open"
    REPORTED = "reported"
    CONTAINED = "contained"
    INVESTIGATED = "investigated"
    DECIDED = "decided"
    CLOSED = "closed"


class Event(StrEnum):
    """What is done with it."""

    REPORT = "report"
    CONTAIN = "contain"
    INVESTIGATE = "investigate"
    DECIDE = "decide"
    CLOSE = "close"
    NOTE = "note"
    MEASURE = "measure"


class Guard(StrEnum):
    """What must be true besides."""

    MEASURE_TAKEN = "measure-missing"


@dataclass(frozen=True)
class Transition:
    """One row: whose step it is, where it leads, what it asks besides, and the action of the log."""

    duty: Duty
    next: State
    guard: Guard | None = None
    action: Action = Action.MANAGE_INCIDENTS


_OFFICER = Duty.SECURITY_OFFICER
_UNCLOSED = tuple(state for state in State if state is not State.CLOSED)

# (state, event) -> row. What is not here is refused and leaves the incident unchanged.
TRANSITIONS: dict[tuple[State, Event], Transition] = {
    (State.OPEN, Event.REPORT): Transition(_OFFICER, State.REPORTED),
    (State.REPORTED, Event.CONTAIN): Transition(_OFFICER, State.CONTAINED),
    (State.CONTAINED, Event.INVESTIGATE): Transition(_OFFICER, State.INVESTIGATED),
    (State.INVESTIGATED, Event.DECIDE): Transition(_OFFICER, State.DECIDED),
    # 保密工作(5): whoever closes it says what was put right, and something was.
    (State.DECIDED, Event.CLOSE): Transition(_OFFICER, State.CLOSED, Guard.MEASURE_TAKEN),
    # Notes and measures leave it where it is: what must be contained at once does not wait for the report.
    **{(state, Event.NOTE): Transition(_OFFICER, state) for state in _UNCLOSED},
    **{(state, Event.MEASURE): Transition(_OFFICER, state) for state in _UNCLOSED},
}


def due_at(known_at: datetime) -> datetime:
    """AD-11: by when it must be reported."""
    return known_at + REPORT_WITHIN


@dataclass(frozen=True)
class Clock:
    """The clock of one incident at an instant: `left` is what remains, negative when it is over."""

    running: bool
    late: bool
    soon: bool
    left: timedelta


def clock_of(due: datetime, reported_at: datetime | None, now: datetime) -> Clock:
    """The due instant itself is still in time. A report stops the clock; made too late, it stays late."""
    at = reported_at or now
    left = due - at
    running = reported_at is None
    return Clock(running, left < timedelta(0), running and timedelta(0) <= left < SOON, left)


def steps_from(state: State) -> list[Event]:
    """What the table lets be done from here, in its order."""
    return [event for (at, event) in TRANSITIONS if at is state]
