"""A label as proposed on a form, and which rules it breaks. Pure.

Sources: rule book 10.1(1); CL-02, CL-06, CL-07, CL-08; practice.md P-06, P-08.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from vault.authorization.levels import Levels
from vault.holdings import marks
from vault.holdings.rules import LabelSource, Period, PeriodKind, effective_period, period_problem


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


def as_marked(proposal: LabelProposal) -> LabelProposal:
    """A received label has the period that its mark names, where the form gives none."""
    if proposal.source is not LabelSource.RECEIVED or proposal.period.kind is not PeriodKind.NONE:
        return proposal
    return replace(proposal, period=marks.period_of(proposal.received_mark) or proposal.period)


def problems(proposal: LabelProposal) -> dict[str, str]:
    """Field → code of the rule it breaks; empty when the label may stand."""
    found: dict[str, str] = {}
    proposal = as_marked(proposal)
    levels = proposal.levels
    if levels is None:
        return {"label": "label-missing"}
    if not levels.dominates(marks.levels_of(proposal.received_mark)):
        found["label"] = "mark-above-label"
    if not levels.is_classified:
        if marks.is_starless(proposal.received_mark):
            found["label"] = "stamp-without-star"
        return found
    if proposal.source is None:
        found["source"] = "source-missing"
    if proposal.issued_on is None:
        found["issued_on"] = "issue-date-missing"
    if not proposal.basis.strip() and proposal.source is not LabelSource.RECEIVED:
        found["basis"] = "basis-missing"
    if proposal.source is LabelSource.RECEIVED:
        found = _problems_of_received(proposal, levels) | found
    elif not proposal.has_decider and not (levels.state and proposal.source is LabelSource.PROPOSED):
        found["decider"] = "decider-missing"
    code = period_problem(levels, proposal.period, has_authorisation=bool(proposal.authorisation.strip()))
    if code == "period-months-over-year" and proposal.period == marks.period_of(proposal.received_mark):
        code = None  # CL-08 is for marks of our own; another authority's stands as it is
    if code is not None:
        found.setdefault("period", code)
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
    elif proposal.originator_is_own and not proposal.has_decider:
        # Our own mark is no other authority's: a second person says that it stands on the paper.
        found["decider"] = "decider-missing"
    found |= _unlike_its_mark(proposal, levels)
    if marks.is_starless(proposal.received_mark):
        if not (proposal.has_originator and proposal.basis.strip()):
            found["received_mark"] = "mark-without-star"
        elif not proposal.has_decider:
            found["decider"] = "decider-missing"
    return found


def _unlike_its_mark(proposal: LabelProposal, levels: Levels) -> dict[str, str]:
    """P-06: what is received has the level and the period of its mark, no other of our own choosing."""
    found: dict[str, str] = {}
    named = marks.levels_of(proposal.received_mark)
    if named.dominates(Levels(levels.state, levels.enterprise)):
        pass
    elif named.state or levels.state:
        if named.is_classified:
            found["label"] = "label-above-mark"
        elif proposal.received_mark.strip() and not marks.is_starless(proposal.received_mark):
            found["received_mark"] = "mark-names-no-secret"
    elif marks.is_ordinary(proposal.received_mark):
        found["label"] = "label-above-mark"
    period = marks.period_of(proposal.received_mark)
    if period is None and named.state and not marks.names_period(proposal.received_mark):
        period = Period(PeriodKind.NONE)  # CL-07: the longest of its level
    if period is not None:
        if not _same_period(effective_period(levels, period), effective_period(levels, proposal.period)):
            found["period"] = "period-unlike-mark"
    elif named.state and proposal.period.kind is PeriodKind.NONE:
        # Something stands there that only a person can read; taking the longest for it would be our own choice.
        found["period"] = "period-unreadable"
    return found


def _same_period(one: Period, other: Period) -> bool:
    """Twelve months are a year, however each is written."""

    def in_months(period: Period) -> Period:
        if period.kind is PeriodKind.YEARS:
            return Period(PeriodKind.MONTHS, 12 * period.number)
        return period

    return in_months(one) == in_months(other)


def is_decided_on_filing(proposal: LabelProposal) -> bool:
    """Another authority's mark is taken as it is; what is not classified needs no second person. A stamp without ★ is
    no such mark (P-08): that it means a state secret is a second person's decision.
    """
    return proposal.levels is not None and (
        not proposal.levels.is_classified
        or (
            proposal.source is LabelSource.RECEIVED
            and not proposal.originator_is_own
            and not marks.is_starless(proposal.received_mark)
        )
    )
