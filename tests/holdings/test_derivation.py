"""The label of what is written from other records: join of all of them, in whatever order (CL-11, CL-12, CL-13)."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.authorization.levels import Levels
from vault.holdings.derivation import (
    Constraints,
    Ending,
    caveats_of,
    ending_of,
    is_below,
    join_of,
    lower_problem,
    lower_than,
    within_maximum,
)
from vault.holdings.rules import Period, PeriodKind, declassify_on, period_problem

ISSUED = date(2026, 9, 18)
HALL, COMPANY = UUID(int=1), UUID(int=2)
labels = st.builds(Levels, st.integers(0, 3), st.integers(0, 2), st.integers(0, 1))
endings = st.builds(
    Ending,
    st.none() | st.dates(date(2020, 1, 1), date(2060, 1, 1)),
    st.frozensets(st.sampled_from(["竣工验收后", "招标结束后"])),
    st.booleans(),
)
sources = st.builds(
    Constraints,
    labels,
    endings,
    st.booleans(),
    st.frozensets(st.sampled_from(["inside", "work"])),
    st.frozensets(st.sampled_from([HALL, COMPANY]), min_size=1),
)


def source(levels: Levels, period: Period, **changes: object) -> Constraints:
    return Constraints(levels, ending_of(levels, period, ISSUED), **changes)


def years(number: int) -> Period:
    return Period(PeriodKind.YEARS, number)


def binds_as_much(one: Constraints, other: Constraints) -> bool:
    """Whether the first is in no way weaker than the second; written anew, not by the join."""
    return (
        one.levels.dominates(other.levels)
        and (other.ending.until or date.min) <= (one.ending.until or date.min)
        and one.ending.conditions >= other.ending.conditions
        and one.ending.is_endless >= other.ending.is_endless
        and one.is_shielded >= other.is_shielded
        and one.caveats >= other.caveats
        and one.units >= other.units
    )


def test_a_compilation_has_the_higher_level_and_the_later_end() -> None:
    """CL-12: 秘密10 + 机密5 is 机密 and ends with the later of both."""
    found = join_of(
        [source(Levels(1, 0, 1), years(10)), source(Levels(2, 0, 1), years(5), caveats=frozenset({"inside"}))]
    )
    assert found.levels == Levels(2, 0, 1)
    assert found.ending.period == Period(PeriodKind.UNTIL, until=date(2036, 9, 18))
    assert declassify_on(found.levels, found.ending.period, date(2027, 1, 1)) == date(2036, 9, 18)
    assert caveats_of(found.caveat) == {"inside"}


def test_each_regime_counts_by_itself() -> None:
    """CL-12: a state secret beside a core enterprise secret is both."""
    core = source(Levels(0, 2, 1), Period(PeriodKind.NONE))
    found = join_of([source(Levels(1, 0, 1), years(3)), core])
    assert found.levels == Levels(1, 2, 1)
    # The enterprise secret has no end but by a decision; the day of the other one must not end it.
    assert found.ending.period == Period(PeriodKind.LONG_TERM)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([Period(PeriodKind.NONE)], Period(PeriodKind.UNTIL, until=date(2046, 9, 18))),
        ([Period(PeriodKind.MONTHS, 6)], Period(PeriodKind.UNTIL, until=date(2027, 3, 18))),
        (
            [Period(PeriodKind.UNTIL, until=date(2030, 1, 1)), years(2)],
            Period(PeriodKind.UNTIL, until=date(2030, 1, 1)),
        ),
        ([Period(PeriodKind.LONG_TERM), years(20)], Period(PeriodKind.LONG_TERM)),
        (
            [Period(PeriodKind.CONDITION, condition="竣工验收后"), years(1)],
            Period(PeriodKind.CONDITION, condition="竣工验收后；2027年9月18日"),
        ),
    ],
)
def test_the_period_is_the_longest_of_all(periods: list[Period], expected: Period) -> None:
    """CL-12, CL-07: a missing one is the longest of its level; a condition and a day must both have come."""
    secret = Levels(2, 0, 1)
    found = join_of(source(secret, period) for period in periods)
    assert found.ending.period == expected
    assert period_problem(secret, found.ending.period, has_authorisation=False) is None


def test_what_comes_from_two_units_is_read_by_its_list_alone() -> None:
    """CL-12: union of constraints; no unit is shown what only the other may read."""
    one, other = (Constraints(Levels(0, 0, 1), units=frozenset({unit})) for unit in (HALL, COMPANY))
    assert not one.is_shielded
    assert one.join(other).is_shielded


@given(sources, sources, sources)
def test_the_join_is_the_same_in_whatever_order(
    one: Constraints, two: Constraints, three: Constraints
) -> None:
    """CL-11: associative, commutative, idempotent."""
    assert one.join(two) == two.join(one)
    assert one.join(two).join(three) == one.join(two.join(three))
    assert one.join(one) == one
    assert join_of([one, two, three]) == join_of([three, one, two, two])


@given(sources, st.lists(sources, max_size=3), sources)
def test_a_further_source_never_makes_it_weaker(
    one: Constraints, more: list[Constraints], new: Constraints
) -> None:
    """CL-11, CL-12: above each of its sources, and monotone."""
    found = join_of([one, *more])
    assert all(binds_as_much(found, each) for each in (one, *more))
    assert binds_as_much(found.join(new), found)
    if binds_as_much(new, one):
        assert binds_as_much(new.join(found), one.join(found))


@given(sources)
def test_of_one_source_it_is_that_source(one: Constraints) -> None:
    """CL-13: item level = source level."""
    assert join_of([one]) == one
    assert not is_below(join_of([one]).levels, one.levels)


def test_lower_only_by_a_secret_point() -> None:
    """CL-13: 秘密 from 机密 needs its point; what is no lower is no proposal, and neither is no secret."""
    secret, confidential = Levels(2, 0, 1), Levels(1, 0, 1)
    assert lower_problem(confidential, secret, " ") == "point-missing"
    assert lower_problem(confidential, secret, "密点 3") is None
    assert lower_problem(None, secret, "") is None
    assert lower_problem(secret, secret, "密点 3") == "level-not-lower"
    assert lower_problem(Levels(0, 0, 1), secret, "密点 3") == "level-not-lower"
    assert lower_problem(None, secret, "密点 3") == "point-without-level"
    assert lower_problem(Levels(3, 0, 1), secret, "密点 3") == "level-not-lower"
    assert lower_problem(Levels(1, 1, 1), secret, "密点 3") == "level-not-lower"
    assert lower_than(secret) == (confidential,)
    assert lower_than(Levels(1, 1, 1)) == (Levels(0, 1, 1), Levels(1, 0, 1))


@pytest.mark.parametrize(
    ("levels", "until", "expected"),
    [
        (Levels(1, 0, 1), date(2046, 9, 18), date(2036, 11, 28)),
        (Levels(1, 0, 1), date(2030, 1, 1), date(2030, 1, 1)),
        (Levels(2, 0, 1), date(2046, 9, 18), date(2046, 9, 18)),
        (Levels(0, 1, 1), date(2046, 9, 18), date(2046, 9, 18)),
    ],
)
def test_a_lower_label_lasts_no_longer_than_its_own_level_may(
    levels: Levels, until: date, expected: date
) -> None:
    """CL-06, CL-13: 秘密 ten years, 机密 twenty; what no state secret is has no such limit."""
    period = within_maximum(levels, Period(PeriodKind.UNTIL, until=until), date(2026, 11, 28))
    assert period == Period(PeriodKind.UNTIL, until=expected)
