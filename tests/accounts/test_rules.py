"""The tables of duties, exclusions and limits."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise

import pytest

from accounts import rules
from accounts.rules import Duty, Held, Levels, SessionEnd

AU, SA, SO = Duty.AUDITOR, Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER


def _codes(*held: tuple[Duty, str]) -> list[str]:
    return [exclusion.code for exclusion in rules.conflicts([Held(*pair) for pair in held])]


def test_every_pair_of_duties_in_one_unit_is_excluded_exactly_as_written():
    """AD-02: the whole product of duties, so that a widening shows."""
    officers = {SA, SO, AU}
    for one, other in combinations(Duty, 2):
        expected = bool({one, other} & officers)
        assert bool(_codes((one, "u"), (other, "u"))) is expected, (one, other)


@pytest.mark.parametrize("other", [SA, SO])
def test_the_auditor_is_no_other_officer_in_any_unit(other: Duty):
    """AD-02"""
    assert _codes((AU, "a"), (other, "b")) == ["auditor_and_other_officer"]


@pytest.mark.parametrize(
    "other", [Duty.ARCHIVIST, Duty.CLASSIFICATION_OFFICER, Duty.LEADER, Duty.PRINCIPAL_LEADER]
)
def test_the_auditor_leads_or_keeps_nothing_in_his_own_unit_and_the_nearest_rule_is_named_first(other: Duty):
    """AD-02"""
    assert _codes((AU, "a"), (other, "a")) == ["auditor_and_audited", "officer_and_content"]
    assert _codes((AU, "a"), (other, "b")) == ["officer_and_content"]


def test_an_officer_holds_no_content_duty_and_the_order_does_not_matter():
    """AD-02"""
    assert _codes((SA, "a"), (Duty.DUTY_CLERK, "b")) == ["officer_and_content"]
    assert _codes((Duty.DUTY_CLERK, "b"), (SA, "a")) == ["officer_and_content"]
    assert _codes((Duty.DUTY_CLERK, "a"), (Duty.ARCHIVIST, "a"), (Duty.LEADER, "b")) == []


def test_the_same_officer_duty_at_two_units_is_no_exclusion():
    """AD-02"""
    assert _codes((SO, "a"), (SO, "b")) == []


def test_only_the_archivist_reaches_below_his_unit_and_officers_reach_nothing():
    """PE-10"""
    reach = {duty for duty, scope in rules.DUTY_SCOPE.items() if scope is rules.Scope.SUBTREE}
    none = {duty for duty, scope in rules.DUTY_SCOPE.items() if scope is rules.Scope.NONE}
    assert reach == {Duty.ARCHIVIST}
    assert none == rules.OFFICER_DUTIES


def test_ceilings_grow_with_the_secrecy_post():
    """PE-01"""
    ceilings = list(rules.CATEGORY_CEILING.values())
    assert ceilings == [Levels(0, 1, 1), Levels(1, 1, 1), Levels(2, 2, 1), Levels(3, 2, 1)]
    assert all(lower.within(higher) for lower, higher in pairwise(ceilings))
    assert not Levels(1, 0, 0).within(Levels(0, 2, 1))


@pytest.mark.parametrize(
    ("is_officer", "clearance", "required"),
    [
        (False, Levels(), False),
        (True, Levels(), True),
        (False, Levels(1, 0, 0), True),
        (False, Levels(0, 1, 0), True),
        (False, Levels(0, 0, 1), True),
    ],
)
def test_a_second_factor_is_for_officers_and_the_cleared(is_officer: bool, clearance: Levels, required: bool):
    """AD-05"""
    assert rules.second_factor_required(is_officer=is_officer, clearance=clearance) is required


MINUTES_30, HOURS_10 = timedelta(minutes=30), timedelta(hours=10)


@pytest.mark.parametrize(
    ("started", "seen", "end"),
    [
        (0, 0, None),
        (-1800, -1800, None),
        (-1801, -1801, SessionEnd.IDLE),
        (-36000, 0, None),
        (-36001, 0, SessionEnd.ABSOLUTE),
        (1, 0, SessionEnd.ABSOLUTE),
        (0, 1, SessionEnd.IDLE),
        (float("inf"), float("inf"), SessionEnd.ABSOLUTE),
        (float("nan"), 0, SessionEnd.ABSOLUTE),
        (0, float("nan"), SessionEnd.IDLE),
    ],
)
def test_a_session_ends_a_second_after_its_limit_and_a_mark_from_the_future_is_none(
    started: float, seen: float, end: SessionEnd | None
):
    """AD-05"""
    now = 1_000_000.0
    assert (
        rules.session_end(now=now, started=now + started, seen=now + seen, idle=MINUTES_30, absolute=HOURS_10)
        is end
    )


def test_the_day_turns_at_sixteen_hundred_utc():
    """PE-01: Asia/Shanghai, whatever the machine's zone."""
    assert rules.local_day(datetime(2026, 11, 5, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 5)
    assert rules.local_day(datetime(2026, 11, 5, 16, 0, 0, tzinfo=UTC)) == date(2026, 11, 6)
    with pytest.raises(ValueError, match="zone"):
        rules.local_day(datetime(2026, 11, 5, 16, 0, 0))


def test_first_and_last_day_count_and_a_revocation_takes_its_own_day():
    """PE-01, PE-08"""
    day, before, after = date(2026, 11, 5), date(2026, 11, 4), date(2026, 11, 6)
    assert rules.in_force(day, starts=day, ends=day)
    assert not rules.in_force(day, starts=after, ends=None)
    assert not rules.in_force(day, starts=before, ends=before)
    assert not rules.in_force(day, starts=before, ends=None, revoked=day)
    assert rules.in_force(day, starts=before, ends=None, revoked=after)


@pytest.mark.parametrize("text", ["S1001", "A-7", "007", "X" * 31 + "1"])
def test_a_staff_number_is_opaque(text: str):
    """architecture.md section 7: sign-in names say nothing of the person."""
    assert rules.is_staff_no(text)


@pytest.mark.parametrize(
    "text", ["", "S1", "WANGWEI", "王1001", "S 1001", "s1001", "S1001\n", "-S1001", "S" * 32 + "1"]
)
def test_what_is_no_staff_number_is_refused(text: str):
    assert not rules.is_staff_no(text)


def test_one_spelling_of_a_staff_number():
    assert rules.normalise_staff_no("  ｓ1001 ") == "S1001"


def test_every_duty_has_a_name_and_every_exclusion_a_code_of_its_own():
    assert set(rules.DUTY_NAMES) == set(Duty)
    assert len({exclusion.code for exclusion in rules.EXCLUSIONS}) == len(rules.EXCLUSIONS)
