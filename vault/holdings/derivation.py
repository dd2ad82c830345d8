"""What label a record bears that was written from others: the join of all its sources. Pure.

Sources: CL-11, CL-12, CL-13; practice.md P-06. The join is associative, commutative and idempotent, and a further
source never makes it weaker, so that it does not matter in which order a compilation was written.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from vault.authorization.levels import OPEN, Levels
from vault.holdings.rules import (
    MAXIMUM_YEARS,
    Period,
    PeriodKind,
    declassify_on,
    effective_period,
    period_text,
)


@dataclass(frozen=True)
class Ending:
    """When a secret ends: on the day, on the conditions, or by a decision alone; an empty one says nothing."""

    until: date | None = None
    conditions: frozenset[str] = frozenset()
    is_endless: bool = False

    def join(self, other: "Ending") -> "Ending":
        """The longer of both: the later day, and every condition of either."""
        days = [day for day in (self.until, other.until) if day is not None]
        return Ending(
            max(days, default=None),
            self.conditions | other.conditions,
            self.is_endless or other.is_endless,
        )

    @property
    def period(self) -> Period:
        """The same as a label states it. A day beside conditions is one condition more: neither ends it alone."""
        if self.is_endless:
            return Period(PeriodKind.LONG_TERM)
        if self.conditions:
            day = (
                [] if self.until is None else [period_text(OPEN, Period(PeriodKind.UNTIL, until=self.until))]
            )
            return Period(PeriodKind.CONDITION, condition="；".join([*sorted(self.conditions), *day]))
        if self.until is not None:
            return Period(PeriodKind.UNTIL, until=self.until)
        return Period(PeriodKind.NONE)


def ending_of(levels: Levels, period: Period, issued_on: date) -> Ending:
    """When a label ends. A secret without a period ends by a decision alone; what is no secret ends nothing."""
    if not levels.is_classified:
        return Ending()
    period = effective_period(levels, period)
    if period.kind is PeriodKind.CONDITION:
        return Ending(conditions=frozenset({period.condition.strip()}))
    until = declassify_on(levels, period, issued_on)
    return Ending(until=until, is_endless=until is None)


@dataclass(frozen=True)
class Constraints:
    """All that binds whoever handles a record: its label, its end, its marks, and whose record it is."""

    levels: Levels = OPEN
    ending: Ending = field(default_factory=Ending)
    shielded: bool = False
    caveats: frozenset[str] = frozenset()
    units: frozenset[UUID] = frozenset()

    def join(self, other: "Constraints") -> "Constraints":
        """CL-12: the highest level in each regime, the longest period, and every constraint of either."""
        return Constraints(
            self.levels.join(other.levels),
            self.ending.join(other.ending),
            self.shielded or other.shielded,
            self.caveats | other.caveats,
            self.units | other.units,
        )

    @property
    def is_shielded(self) -> bool:
        """What comes from several units is no one unit's to read: only its list opens it."""
        return self.shielded or len(self.units) > 1

    @property
    def caveat(self) -> str:
        """The marks as a record carries them."""
        return ",".join(sorted(self.caveats))


def join_of(sources: Iterable[Constraints]) -> Constraints:
    """The join of all; of none, what binds nobody."""
    found = Constraints()
    for one in sources:
        found = found.join(one)
    return found


def caveats_of(text: str) -> frozenset[str]:
    """What `Constraints.caveat` wrote."""
    return frozenset(part for part in text.split(",") if part)


def within_maximum(levels: Levels, period: Period, issued_on: date) -> Period:
    """A period that ends on a day, no longer than the level may last (CL-06): a lower label is not its source's."""
    longest = MAXIMUM_YEARS.get(levels.state)
    if period.kind is not PeriodKind.UNTIL or period.until is None or longest is None:
        return period
    last = declassify_on(levels, Period(PeriodKind.YEARS, longest), issued_on)
    return period if last is None else Period(PeriodKind.UNTIL, until=min(period.until, last))


def is_below(levels: Levels, source: Levels) -> bool:
    """Whether a label protects less than its source's in any regime."""
    return not levels.dominates(source)


def lower_problem(wanted: Levels | None, source: Levels, point: str) -> str | None:
    """CL-13: code of the rule that a proposal of a lower label breaks, or None; `wanted` None is the source's own.

    `point` is the separate secret point (密点) by which the passage is less secret than the whole.
    """
    if wanted is None:
        return "point-without-level" if point.strip() else None
    if wanted not in lower_than(source):
        return "level-not-lower"
    return None if point.strip() else "point-missing"


def lower_than(source: Levels) -> tuple[Levels, ...]:
    """The labels below a source's that can be proposed. What is no secret any more is a declassification, not this."""
    return tuple(
        found
        for state in range(source.state + 1)
        for enterprise in range(source.enterprise + 1)
        if (found := Levels(state, enterprise, source.restricted)) != source and found.is_classified
    )
