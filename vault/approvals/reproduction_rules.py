"""What may become of a copy, by whose step, and when all of a request's copies are accounted for. Pure; no Django.

Sources: rule book 10.1 保密要求(2) and (3); requirements.md 7.3, RQ-07, RQ-08.

A request closes only when each of its copies is returned, destroyed or filed as a permanent holding (7.3). A lost
one will never be; it counts once its incident is closed, for then somebody has answered for it. A copy that is found
again goes back to the keeper and counts like any other.
"""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vault.approvals.rules import Part, RequestState


class CopyState(StrEnum):
    """Where a copy is."""

    PRODUCED = "produced"  # made and counted; nobody has signed for it yet
    ISSUED = "issued"
    TRANSFER_ASKED = "transfer_asked"
    TRANSFER_ALLOWED = "transfer_allowed"
    RETURNED = "returned"
    DESTRUCTION_PROPOSED = "destruction_proposed"
    DESTROYED = "destroyed"
    FILED = "filed"
    LOST = "lost"


class CopyEvent(StrEnum):
    """What happens to a copy."""

    MAKE = "make"
    RECEIVE = "receive"
    HAND_OVER = "hand_over"
    ASK_TRANSFER = "ask_transfer"
    ALLOW_TRANSFER = "allow_transfer"
    REFUSE_TRANSFER = "refuse_transfer"
    DROP_TRANSFER = "drop_transfer"
    GIVE_BACK = "give_back"
    FILE = "file"
    PROPOSE_DESTRUCTION = "propose_destruction"
    KEEP = "keep"
    DESTROY = "destroy"
    LOSE = "lose"
    FIND = "find"


class CopyPart(StrEnum):
    """In which part somebody meets a copy."""

    HOLDER = "holder"  # who has it, or is to sign for it
    SUCCESSOR = "successor"  # to whom its holder wants to pass it on
    APPROVER = "approver"  # who may decide its request
    KEEPER = "keeper"  # who keeps the records of its unit, and does not hold it
    SECOND = "second"  # a keeper who did not propose its destruction
    CHECKER = Part.CHECKER.value  # the security officer


@dataclass(frozen=True)
class CopyTransition:
    """One row: whose step it is and where it leads.

    `in_force` steps spread a copy further: none of them after its request was recalled.
    """

    parts: frozenset[CopyPart]
    next: CopyState
    in_force: bool = False


_S, _E, _P = CopyState, CopyEvent, CopyPart
_KEEPER, _HOLDER = frozenset({_P.KEEPER}), frozenset({_P.HOLDER})
_APPROVER, _SUCCESSOR = frozenset({_P.APPROVER}), frozenset({_P.SUCCESSOR})
_PASSING = (_S.TRANSFER_ASKED, _S.TRANSFER_ALLOWED)

# Somebody outside the archive has it, or is to have it.
OUT = frozenset({_S.PRODUCED, _S.ISSUED, *_PASSING})
# With the keeper.
_BACK = frozenset({_S.RETURNED, _S.DESTRUCTION_PROPOSED})

# (state, event) -> row. What is not here is refused and leaves the copy unchanged.
COPY_TRANSITIONS: dict[tuple[CopyState, CopyEvent], CopyTransition] = {
    # The receipt is signed under one's own account, or on paper, whose number the keeper enters.
    (_S.PRODUCED, _E.RECEIVE): CopyTransition(_HOLDER, _S.ISSUED, in_force=True),
    (_S.PRODUCED, _E.HAND_OVER): CopyTransition(_KEEPER, _S.ISSUED, in_force=True),
    (_S.ISSUED, _E.ASK_TRANSFER): CopyTransition(_HOLDER, _S.TRANSFER_ASKED, in_force=True),
    (_S.TRANSFER_ASKED, _E.ALLOW_TRANSFER): CopyTransition(_APPROVER, _S.TRANSFER_ALLOWED, in_force=True),
    (_S.TRANSFER_ASKED, _E.REFUSE_TRANSFER): CopyTransition(_APPROVER, _S.ISSUED),
    **{(state, _E.DROP_TRANSFER): CopyTransition(_HOLDER, _S.ISSUED) for state in _PASSING},
    (_S.TRANSFER_ALLOWED, _E.RECEIVE): CopyTransition(_SUCCESSOR, _S.ISSUED, in_force=True),
    (_S.TRANSFER_ALLOWED, _E.HAND_OVER): CopyTransition(_KEEPER, _S.ISSUED, in_force=True),
    **{(state, _E.GIVE_BACK): CopyTransition(_KEEPER, _S.RETURNED) for state in OUT},
    (_S.RETURNED, _E.FILE): CopyTransition(_KEEPER, _S.FILED),
    # Two persons, neither of whom held it.
    (_S.RETURNED, _E.PROPOSE_DESTRUCTION): CopyTransition(_KEEPER, _S.DESTRUCTION_PROPOSED),
    (_S.DESTRUCTION_PROPOSED, _E.DESTROY): CopyTransition(frozenset({_P.SECOND}), _S.DESTROYED),
    (_S.DESTRUCTION_PROPOSED, _E.KEEP): CopyTransition(_KEEPER, _S.RETURNED),
    **{
        (state, _E.LOSE): CopyTransition(frozenset({_P.HOLDER, _P.KEEPER, _P.CHECKER}), _S.LOST)
        for state in OUT
    },
    **{(state, _E.LOSE): CopyTransition(frozenset({_P.KEEPER, _P.CHECKER}), _S.LOST) for state in _BACK},
    (_S.LOST, _E.FIND): CopyTransition(_KEEPER, _S.RETURNED),
}

# Said with words that stay beside the step.
COPY_REASONED = frozenset({_E.ASK_TRANSFER, _E.REFUSE_TRANSFER, _E.FILE, _E.PROPOSE_DESTRUCTION, _E.LOSE})


def copy_steps(state: CopyState, parts: frozenset[CopyPart], request: RequestState) -> list[CopyEvent]:
    """What the table lets somebody in these parts do with a copy of a request in its state, in its order."""
    return [
        event
        for (at, event), row in COPY_TRANSITIONS.items()
        if at is state and row.parts & parts and (not row.in_force or request is RequestState.PRODUCED)
    ]


def is_accounted(state: CopyState, *, incident_closed: bool) -> bool:
    """RQ-08: whether nothing more is asked of a copy."""
    if state is CopyState.LOST:
        return incident_closed
    return state in {CopyState.RETURNED, CopyState.DESTROYED, CopyState.FILED}


def closable(copies: Collection[tuple[CopyState, bool]]) -> bool:
    """Whether a request may close: each copy is accounted for. Each is its state and whether its incident is closed."""
    return all(is_accounted(state, incident_closed=closed) for state, closed in copies)


def is_overdue(state: CopyState, request: RequestState, due: date, today: date) -> bool:
    """Whether a copy that is out should be back: the request's days are over, or it was recalled."""
    return state in OUT and (due < today or request is RequestState.RECALLED)


# The monthly reconciliation


def reconcilable(year: int, month: int, today: date) -> bool:
    """A month is reconciled from its last day on, and for a year."""
    if not 1 <= month <= 12 or not date.min.year < year < date.max.year:
        return False
    last = date(year, month, calendar.monthrange(year, month)[1])
    return last <= today and (today.year - year) * 12 + today.month - month <= 12
