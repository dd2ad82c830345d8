"""What a proposal to widen a need-to-know list may become, by whose step, and why it lapses. Pure tables; no Django.

Sources: requirements.md PE-02, PE-10; persons outside the circle need the approval of the head.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Undecided for longer it is proposed anew, with what is so then.
LASTS = timedelta(days=30)


class WideningState(StrEnum):
    """Where a proposal stands; all but the first are final."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class WideningEvent(StrEnum):
    """What happens to a proposal."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ESCALATE = "escalate"
    LAPSE = "lapse"


class WideningPart(StrEnum):
    """In which part somebody meets a proposal. Whom it would name has none (PE-02)."""

    PROPOSER = "proposer"
    APPROVER = "approver"
    SYSTEM = "system"


class Cause(StrEnum):
    """Why a proposal lapses."""

    LABEL = "label-changed"
    UNIT = "unit-changed"
    CLEARANCE = "clearance-changed"
    LISTED = "listed-already"
    STRUCK = "proposer-struck"
    OLD = "undecided-too-long"


@dataclass(frozen=True)
class Step:
    """One row: whose step it is, and where it leads."""

    part: WideningPart
    next: WideningState


_S, _E, _P = WideningState, WideningEvent, WideningPart

# (state, event) -> row. What is not here is refused and leaves the proposal unchanged.
STEPS: Mapping[tuple[WideningState, WideningEvent], Step] = {
    (_S.PROPOSED, _E.APPROVE): Step(_P.APPROVER, _S.APPROVED),
    (_S.PROPOSED, _E.REFUSE): Step(_P.APPROVER, _S.REFUSED),
    (_S.PROPOSED, _E.WITHDRAW): Step(_P.PROPOSER, _S.WITHDRAWN),
    # RQ-18: silence moves it on to the next post and never approves it.
    (_S.PROPOSED, _E.ESCALATE): Step(_P.SYSTEM, _S.PROPOSED),
    (_S.PROPOSED, _E.LAPSE): Step(_P.SYSTEM, _S.LAPSED),
}


@dataclass(frozen=True)
class Basis:
    """What a proposal rests on: read when it was made, and again before it is decided."""

    label: tuple[int, int, int, bool]
    units: tuple[object, object]
    clearance: tuple[int, int, int]


def cause_of(then: Basis, now: Basis, *, listed: bool, proposed_at: datetime, at: datetime) -> Cause | None:
    """Why a proposal has lapsed, or None; the nearest to the record first."""
    if then.label != now.label:
        return Cause.LABEL
    if then.units != now.units:
        return Cause.UNIT
    if then.clearance != now.clearance:
        return Cause.CLEARANCE
    if listed:
        return Cause.LISTED
    return Cause.OLD if at - proposed_at > LASTS else None
