"""What a request for a classified record may become, by whose step, and who decides it. Pure tables; no Django.

Sources: rule book 10.1 保密要求(2) and (3); requirements.md 7.2, 7.3, 8.3, PE-17; practice.md P-05, P-09, P-10,
its rule table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accounts.rules import Duty
from vault.authorization.actions import Action
from vault.authorization.levels import Levels

# What can be asked for, each by itself (RQ-01).
READING = Action.CONSULT
NOTING = frozenset({Action.EXCERPT, Action.QUOTE})
REPRODUCING = frozenset({Action.COPY, Action.PRINT})
REQUESTABLE = (Action.CONSULT, Action.EXCERPT, Action.QUOTE, Action.COPY, Action.PRINT)

TOP_SECRET = 3

# The longest window, how far ahead it may begin, and the most that one request asks for.
WINDOW = timedelta(days=30)
AHEAD = timedelta(days=90)
MOST = 20
# Working days of silence after which a request goes to the next post as well (RQ-18).
SILENCE = 2
# For so long an approval that the requester gave the approver is told to him.
RECIPROCAL_WITHIN = timedelta(days=365)


class RequestState(StrEnum):
    """Where a request stands; the last six are final."""

    SUBMITTED = "submitted"
    CHECKED = "checked"
    LEADER_APPROVED = "leader_approved"
    URGENT = "urgent"  # an emergency that nobody has released yet
    LEADER_RELEASED = "leader_released"
    SECOND_RELEASED = "second_released"
    APPROVED = "approved"
    IN_SESSION = "in_session"
    PRODUCED = "produced"
    RECALLED = "recalled"  # nothing more is made; what was made is still to be accounted for
    CLOSED = "closed"
    USED_UP = "used_up"
    EXPIRED = "expired"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class RequestEvent(StrEnum):
    """What happens to a request."""

    CHECK = "check"
    REJECT = "reject"
    APPROVE = "approve"
    AUTHORISE = "authorise"
    RELEASE = "release"
    COUNTERSIGN = "countersign"
    ESCALATE = "escalate"
    OPEN = "open"
    LEAVE = "leave"
    NOTE = "note"
    PRODUCE = "produce"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    EXPIRE = "expire"


class Part(StrEnum):
    """In which part somebody meets a request."""

    REQUESTER = "requester"
    CHECKER = "checker"
    APPROVER = "approver"
    SECOND = "second"
    KEEPER = "keeper"
    PRODUCER = "producer"
    SYSTEM = "system"


@dataclass(frozen=True)
class Transition:
    """One row: whose step it is, where it leads, and for which actions; None is for all of them.

    `used_up` is where it leads when nothing is left to use.
    """

    parts: frozenset[Part]
    next: RequestState
    actions: frozenset[Action] | None = None
    used_up: RequestState | None = None


_S, _E, _P = RequestState, RequestEvent, Part
_CHECKER, _APPROVER, _SYSTEM = frozenset({_P.CHECKER}), frozenset({_P.APPROVER}), frozenset({_P.SYSTEM})
_REQUESTER, _SECOND = frozenset({_P.REQUESTER}), frozenset({_P.SECOND})
_STOPPERS = frozenset({_P.CHECKER, _P.APPROVER, _P.SYSTEM})
_READ = frozenset({READING})
# PE-17: an emergency until both have released it.
UNRELEASED = (_S.URGENT, _S.LEADER_RELEASED, _S.SECOND_RELEASED)
_BEFORE = (_S.SUBMITTED, _S.CHECKED, _S.LEADER_APPROVED, *UNRELEASED)

# (state, event) -> row. What is not here is refused and leaves the request unchanged.
TRANSITIONS: dict[tuple[RequestState, RequestEvent], Transition] = {
    (_S.SUBMITTED, _E.CHECK): Transition(_CHECKER, _S.CHECKED),
    (_S.SUBMITTED, _E.REJECT): Transition(_CHECKER, _S.REJECTED),
    # 保密要求(3), P-09: `after_approval` says where an approval leads.
    (_S.CHECKED, _E.APPROVE): Transition(_APPROVER, _S.APPROVED),
    (_S.CHECKED, _E.REJECT): Transition(_APPROVER, _S.REJECTED),
    # RQ-18: silence moves it on to the next post and never approves it.
    (_S.CHECKED, _E.ESCALATE): Transition(_SYSTEM, _S.CHECKED),
    (_S.LEADER_APPROVED, _E.AUTHORISE): Transition(_CHECKER, _S.APPROVED),
    (_S.LEADER_APPROVED, _E.REJECT): Transition(_CHECKER, _S.REJECTED),
    (_S.LEADER_APPROVED, _E.REVOKE): Transition(_STOPPERS, _S.REVOKED),
    # PE-17, P-10: the leader and one other person, in either order; the later of the two puts it in force.
    (_S.URGENT, _E.RELEASE): Transition(_APPROVER, _S.LEADER_RELEASED, _READ),
    (_S.URGENT, _E.COUNTERSIGN): Transition(_SECOND, _S.SECOND_RELEASED, _READ),
    (_S.LEADER_RELEASED, _E.COUNTERSIGN): Transition(_SECOND, _S.APPROVED, _READ),
    (_S.SECOND_RELEASED, _E.RELEASE): Transition(_APPROVER, _S.APPROVED, _READ),
    **{(state, _E.REJECT): Transition(_APPROVER | _SECOND, _S.REJECTED, _READ) for state in UNRELEASED},
    **{(state, _E.REVOKE): Transition(_SYSTEM, _S.REVOKED, _READ) for state in UNRELEASED},
    **{(state, _E.WITHDRAW): Transition(_REQUESTER, _S.WITHDRAWN) for state in _BEFORE},
    **{(state, _E.EXPIRE): Transition(_SYSTEM, _S.EXPIRED) for state in (*_BEFORE, _S.APPROVED)},
    (_S.CHECKED, _E.REVOKE): Transition(_SYSTEM, _S.REVOKED),
    (_S.SUBMITTED, _E.REVOKE): Transition(_SYSTEM, _S.REVOKED),
    (_S.APPROVED, _E.REVOKE): Transition(_STOPPERS, _S.REVOKED),
    (_S.APPROVED, _E.OPEN): Transition(frozenset({_P.KEEPER}), _S.IN_SESSION, _READ),
    (_S.IN_SESSION, _E.LEAVE): Transition(
        frozenset({_P.KEEPER, _P.REQUESTER, _P.SYSTEM}), _S.APPROVED, _READ, used_up=_S.USED_UP
    ),
    (_S.IN_SESSION, _E.REVOKE): Transition(_STOPPERS, _S.REVOKED, _READ),
    (_S.APPROVED, _E.NOTE): Transition(_REQUESTER, _S.APPROVED, NOTING, used_up=_S.USED_UP),
    (_S.APPROVED, _E.PRODUCE): Transition(frozenset({_P.PRODUCER}), _S.PRODUCED, REPRODUCING),
    (_S.PRODUCED, _E.PRODUCE): Transition(frozenset({_P.PRODUCER}), _S.PRODUCED, REPRODUCING),
    # Every copy is accounted for first (RQ-08); `closable` is the register's own question.
    (_S.PRODUCED, _E.CLOSE): Transition(frozenset({_P.PRODUCER, _P.SYSTEM}), _S.CLOSED, REPRODUCING),
    (_S.RECALLED, _E.CLOSE): Transition(frozenset({_P.PRODUCER, _P.SYSTEM}), _S.CLOSED, REPRODUCING),
    (_S.PRODUCED, _E.REVOKE): Transition(_STOPPERS, _S.RECALLED, REPRODUCING),
}

FINAL = frozenset({_S.CLOSED, _S.USED_UP, _S.EXPIRED, _S.REJECTED, _S.WITHDRAWN, _S.REVOKED})
OPEN_STATES = tuple(state for state in RequestState if state not in FINAL)
# In which a request opens something.
IN_FORCE = (_S.APPROVED, _S.IN_SESSION, _S.PRODUCED)
# Said with a reason that stays beside the step.
REASONED = frozenset({_E.REJECT, _E.REVOKE})


def steps(state: RequestState, action: Action, parts: frozenset[Part]) -> list[RequestEvent]:
    """What the table lets somebody in these parts do from here, in its order."""
    return [
        event
        for (at, event), row in TRANSITIONS.items()
        if at is state and row.parts & parts and (row.actions is None or action in row.actions)
    ]


# Who is asked


def requestable(levels: Levels) -> tuple[Action, ...]:
    """P-05: classified asks for each of the five; internal for copies and prints; open for nothing."""
    if levels.is_classified:
        return REQUESTABLE
    return tuple(action for action in REQUESTABLE if action in REPRODUCING) if levels.restricted else ()


def needs_check(levels: Levels) -> bool:
    """Clearance and need-to-know are there to be checked where a record is classified."""
    return levels.is_classified


def needs_originator(action: Action, levels: Levels) -> bool:
    """保密要求(3), P-09: nothing is copied, printed, excerpted or quoted from a top secret without its originator."""
    return levels.state == TOP_SECRET and action is not READING


# From the weakest to the strongest.
RANK: tuple[Duty, ...] = (Duty.HALL_DIRECTOR, Duty.DEPARTMENT_HEAD, Duty.LEADER, Duty.PRINCIPAL_LEADER)


class Regime(StrEnum):
    """The three regimes, as the rule table names them."""

    STATE = "state"
    ENTERPRISE = "enterprise"
    RESTRICTED = "restricted"


Row = tuple[Regime, int]

# Approvals: the rule table as shipped (practice.md).
SHIPPED: dict[Row, Duty] = {
    (Regime.RESTRICTED, 1): Duty.HALL_DIRECTOR,
    (Regime.ENTERPRISE, 1): Duty.DEPARTMENT_HEAD,
    (Regime.ENTERPRISE, 2): Duty.LEADER,
    (Regime.STATE, 1): Duty.LEADER,
    (Regime.STATE, 2): Duty.LEADER,
    (Regime.STATE, 3): Duty.PRINCIPAL_LEADER,
}


def rows_of(levels: Levels) -> list[Row]:
    """The rows that a label falls under: one for each regime; what is classified asks nothing more of `restricted`."""
    found = [
        (regime, level)
        for regime, level in ((Regime.STATE, levels.state), (Regime.ENTERPRISE, levels.enterprise))
        if level
    ]
    return found or ([(Regime.RESTRICTED, 1)] if levels.restricted else [])


def required_duty(levels: Levels, table: Mapping[Row, Duty]) -> Duty:
    """Whose approval a label asks for: the strongest of its rows. Raises ValueError for one that asks for none."""
    return max((table[row] for row in rows_of(levels)), key=RANK.index)


def weakens(row: Row, duty: Duty) -> bool:
    """P-09: what the law gives to the principal leader is not given away."""
    return row == (Regime.STATE, TOP_SECRET) and RANK.index(duty) < RANK.index(SHIPPED[row])


def competent(required: Duty, escalations: int) -> tuple[Duty, ...]:
    """Who may decide: the post that the table names, and for each escalation the next above it."""
    first = RANK.index(required)
    return RANK[first : first + 1 + escalations]


def highest_escalation(required: Duty) -> int:
    """How often a request can be moved on before nobody is above."""
    return len(RANK) - 1 - RANK.index(required)


def after_approval(action: Action, levels: Levels, *, is_originator: bool) -> RequestState:
    """Where an approval leads. `is_originator`: the approver's post is at the unit that set the level or above it."""
    return _S.LEADER_APPROVED if needs_originator(action, levels) and not is_originator else _S.APPROVED


# The window


def window_problem(starts_on: date, ends_on: date, today: date) -> str | None:
    """Code of the rule a window breaks, or None. First and last day count, in Asia/Shanghai."""
    if ends_on < starts_on:
        return "window-backwards"
    if ends_on < today:
        return "window-past"
    if starts_on > today + AHEAD:
        return "window-ahead"
    return "window-long" if ends_on - starts_on >= WINDOW else None


def amount_problem(amount: int) -> str | None:
    """Code of the rule a number of uses or copies breaks, or None."""
    return None if 1 <= amount <= MOST else "amount"


# Delegation

DELEGATION = timedelta(days=60)


class DelegationProblem(StrEnum):
    """Why a delegation does not stand."""

    ONESELF = "delegate-oneself"
    NOT_HELD = "delegation-not-held"
    BACKWARDS = "delegation-backwards"
    PAST = "delegation-past"
    LONG = "delegation-long"
    UNFIT = "delegate-unfit"


def delegation_days(starts_on: date, ends_on: date, today: date) -> DelegationProblem | None:
    """PE-12: bounded by days."""
    if ends_on < starts_on:
        return DelegationProblem.BACKWARDS
    if starts_on < today:
        return DelegationProblem.PAST
    return DelegationProblem.LONG if ends_on - starts_on >= DELEGATION else None
