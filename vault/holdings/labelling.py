"""A label as proposed on a form, and which rules it breaks. Pure.

Sources: rule book 10.1(1); CL-02, CL-06, CL-07, CL-08; practice.md P-06, P-08.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from vault.authorization.levels import Levels
from vault.holdings.rules import LabelSource, Period, PeriodKind, period_problem

_STATE_STAMP = re.compile("绝密|机密|秘密")
_ENTERPRISE_STAMP = re.compile("商密|商业秘密")


@dataclass(frozen=True)
class LabelProposal:
    """Everything that is decided with a label; `levels` None means that nothing was chosen."""

    levels: Levels | None
    source: LabelSource | None
    issued_on: date | None
    period: Period = field(default_factory=lambda: Period(PeriodKind.NONE))
    basis: str = ""
    received_mark: str = ""
    authorisation: str = ""
    has_originator: bool = False
    originator_is_own: bool = False
    has_decider: bool = False


def is_starless_state_stamp(mark: str) -> bool:
    """P-08: 机密 and the like without ★ is a company's stamp, not a state secret's mark."""
    return bool(_STATE_STAMP.search(mark)) and "★" not in mark and not _ENTERPRISE_STAMP.search(mark)


def marked(mark: str) -> Levels:
    """The levels that a mark on paper names. A state word without ★ names none: it is a legacy stamp (P-08)."""
    state = 0
    if "★" in mark:
        state = next((level for word, level in (("绝密", 3), ("机密", 2), ("秘密", 1)) if word in mark), 0)
    enterprise = 2 if "核心商密" in mark else 1 if _ENTERPRISE_STAMP.search(mark) else 0
    return Levels(state=state, enterprise=enterprise)


def problems(proposal: LabelProposal) -> dict[str, str]:
    """Field → code of the rule it breaks; empty when the label may stand."""
    found: dict[str, str] = {}
    levels = proposal.levels
    if levels is None:
        return {"label": "label-missing"}
    if not levels.dominates(marked(proposal.received_mark)):
        found["label"] = "mark-above-label"
    if not levels.is_classified:
        if is_starless_state_stamp(proposal.received_mark):
            found["label"] = "mark-above-label"
        return found
    if proposal.source is None:
        found["source"] = "source-missing"
    if proposal.issued_on is None:
        found["issued_on"] = "issue-date-missing"
    if not proposal.basis.strip() and proposal.source is not LabelSource.RECEIVED:
        found["basis"] = "basis-missing"
    if proposal.source is LabelSource.RECEIVED:
        found |= _problems_of_received(proposal, levels)
    elif not proposal.has_decider and not (levels.state and proposal.source is LabelSource.PROPOSED):
        found["decider"] = "decider-missing"
    code = period_problem(levels, proposal.period, has_authorisation=bool(proposal.authorisation.strip()))
    if code is not None:
        found["period"] = code
    return found


def _problems_of_received(proposal: LabelProposal, levels: Levels) -> dict[str, str]:
    """A mark that came with the paper names who set it; ours is no received one (P-06, P-08)."""
    found: dict[str, str] = {}
    if not proposal.received_mark.strip():
        found["received_mark"] = "received-mark-missing"
    if not proposal.has_originator:
        found["originator"] = "originator-missing"
    elif levels.state and proposal.originator_is_own:
        # P-06: received is what another authority has marked; our own mark is a proposal, for a second person.
        found["originator"] = "originator-not-external"
    if is_starless_state_stamp(proposal.received_mark) and not (
        proposal.has_originator and proposal.basis.strip()
    ):
        found["received_mark"] = "mark-without-star"
    return found


def is_decided_on_filing(proposal: LabelProposal) -> bool:
    """Received marks are taken as they are; what is not classified needs no second person."""
    return proposal.levels is not None and (
        not proposal.levels.is_classified or proposal.source is LabelSource.RECEIVED
    )
