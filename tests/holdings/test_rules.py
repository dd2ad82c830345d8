"""Marks, periods and what a proposed label must say. Pure rules."""

from datetime import date

import pytest

from vault.authorization.levels import Levels, compartment, highest
from vault.holdings import marks
from vault.holdings.labelling import LabelProposal, as_marked, is_decided_on_filing, problems
from vault.holdings.rules import LabelSource, Period, PeriodKind, declassify_on, mark_text, period_problem

NAMES = {"ordinary": "普通商密", "core": "核心商密"}
NONE = Period(PeriodKind.NONE)


def years(number: int) -> Period:
    return Period(PeriodKind.YEARS, number)


@pytest.mark.parametrize(
    ("levels", "period", "mark"),
    [
        (Levels(state=2, restricted=1), years(20), "机密★20年"),
        (
            Levels(state=1, restricted=1),
            Period(PeriodKind.UNTIL, until=date(2027, 5, 1)),
            "秘密★2027年5月1日",
        ),
        (
            Levels(state=1, restricted=1),
            Period(PeriodKind.CONDITION, condition="工程竣工前"),
            "秘密★工程竣工前",
        ),
        (Levels(state=3, restricted=1), Period(PeriodKind.LONG_TERM), "绝密★长期"),
        (Levels(state=1, restricted=1), Period(PeriodKind.MONTHS, 6), "秘密★6个月"),
        (Levels(state=2, restricted=1), NONE, "机密★20年"),
        (Levels(enterprise=2, restricted=1), years(5), "爱众 核心商密 5年"),
        (Levels(restricted=1), NONE, "内部"),
        (Levels(), NONE, "公开"),
        (Levels(state=2, enterprise=1, restricted=1), years(10), "机密★10年 · 爱众 普通商密 10年"),
    ],
)
def test_the_mark_reads_as_the_rule_prints_it(levels: Levels, period: Period, mark: str) -> None:
    """CL-09."""
    assert mark_text(levels, period, owner="爱众", level_names=NAMES) == mark


@pytest.mark.parametrize("enterprise", [1, 2])
def test_the_star_is_never_printed_on_an_enterprise_secret(enterprise: int) -> None:
    """CL-10."""
    assert "★" not in mark_text(Levels(enterprise=enterprise), years(3), owner="爱众", level_names=NAMES)
    assert "★" in mark_text(Levels(state=enterprise), years(3), owner="爱众", level_names=NAMES)


@pytest.mark.parametrize(
    ("levels", "period", "issued", "ends"),
    [
        (Levels(state=2), NONE, date(2024, 9, 18), date(2044, 9, 18)),
        (Levels(state=2), years(20), date(2024, 2, 29), date(2044, 2, 29)),
        (Levels(state=1), years(10), date(2024, 2, 29), date(2034, 2, 28)),
        (Levels(state=3), NONE, date(2025, 1, 1), date(2055, 1, 1)),
        (Levels(state=1), Period(PeriodKind.MONTHS, 6), date(2025, 8, 31), date(2026, 2, 28)),
        (Levels(state=1), Period(PeriodKind.CONDITION, condition="竣工"), date(2025, 8, 31), None),
        (Levels(enterprise=1), Period(PeriodKind.LONG_TERM), date(2025, 8, 31), None),
        (Levels(enterprise=1), NONE, date(2025, 8, 31), None),
    ],
)
def test_a_missing_period_is_the_longest_of_the_level(
    levels: Levels, period: Period, issued: date, ends: date | None
) -> None:
    """CL-07; a month period ends on the corresponding day or the month's last (Civil Code)."""
    assert declassify_on(levels, period, issued) == ends


@pytest.mark.parametrize(
    ("levels", "period", "authorised", "code"),
    [
        (Levels(state=2), years(20), False, None),
        (Levels(state=2), years(21), False, "period-over-maximum"),
        (Levels(state=2), years(21), True, None),
        (Levels(state=1), years(11), False, "period-over-maximum"),
        (Levels(enterprise=1), years(40), False, None),
        (Levels(state=1), Period(PeriodKind.MONTHS, 18), False, "period-months-over-year"),
        (Levels(state=1), Period(PeriodKind.MONTHS, 0), False, "period-empty"),
        (Levels(state=1), Period(PeriodKind.CONDITION, condition=" "), False, "period-condition-empty"),
        (Levels(state=1), Period(PeriodKind.UNTIL), False, "period-day-missing"),
        (Levels(restricted=1), years(1), False, "period-without-secret"),
        (Levels(), NONE, False, None),
    ],
)
def test_a_period_outside_the_rule_is_named(
    levels: Levels, period: Period, authorised: bool, code: str | None
) -> None:
    assert period_problem(levels, period, has_authorisation=authorised) == code


def proposal(**changes: object) -> LabelProposal:
    """A received 机密 in order."""
    facts: dict[str, object] = {
        "levels": Levels(state=2, restricted=1),
        "source": LabelSource.RECEIVED,
        "issued_on": date(2026, 9, 18),
        "received_mark": "机密★20年",
        "has_originator": True,
    }
    return LabelProposal(**(facts | changes))


OWN_ENTERPRISE = {
    "levels": Levels(enterprise=2, restricted=1),
    "received_mark": "核心商密 5年",
    "originator_is_own": True,
}


def test_a_stamp_without_the_star_asks_for_the_classifying_unit_and_the_basis() -> None:
    """P-08."""
    assert problems(proposal()) == {}
    assert problems(proposal(received_mark="机密"))["received_mark"] == "mark-without-star"
    legacy = {"received_mark": "机密", "basis": "定密通知 3 号"}
    assert problems(proposal(**legacy)) == {"decider": "decider-missing"}
    assert problems(proposal(**legacy, has_decider=True)) == {}
    # It is no state secret's mark, so what it means is a second person's decision.
    assert not is_decided_on_filing(proposal(**legacy, has_decider=True))
    assert problems(proposal(received_mark="机密", basis="x", has_originator=False)) == {
        "originator": "originator-missing",
        "received_mark": "mark-without-star",
    }


@pytest.mark.parametrize(
    ("mark", "starless"),
    [
        ("机密", True),
        ("秘 密 机密", True),
        ("机密★20年", False),
        ("核心商密", False),
        ("商业秘密", False),
        ("内部", False),
    ],
)
def test_only_a_state_word_without_star_is_a_legacy_stamp(mark: str, starless: bool) -> None:
    """P-08."""
    assert marks.is_starless(mark) is starless


@pytest.mark.parametrize(
    ("mark", "levels", "period"),
    [
        ("机密★20年", Levels(state=2), years(20)),
        ("秘密 ★ ５ 年", Levels(state=1), years(5)),
        ("绝密★长期", Levels(state=3), Period(PeriodKind.LONG_TERM)),
        ("秘密★6个月", Levels(state=1), Period(PeriodKind.MONTHS, 6)),
        ("机密★2027年5月1日", Levels(state=2), Period(PeriodKind.UNTIL, until=date(2027, 5, 1))),
        ("机密★至2027年5月1日", Levels(state=2), Period(PeriodKind.UNTIL, until=date(2027, 5, 1))),
        ("机密★2027年2月30日", Levels(state=2), None),
        ("机密★2027年5月", Levels(state=2), None),
        ("秘密★演练结束后1年", Levels(state=1), None),
        ("机密★", Levels(state=2), None),
        ("某公司 核心商密 5年", Levels(enterprise=2), years(5)),
        ("商业秘密★3年", Levels(enterprise=1), years(3)),
        ("商密", Levels(enterprise=1), None),
        ("机密", Levels(), None),
        ("2024年3月", Levels(), None),
        ("", Levels(), None),
    ],
)
def test_a_mark_is_read_as_it_stands(mark: str, levels: Levels, period: Period | None) -> None:
    """CL-07, CL-10, P-08: 商业秘密 with a star of its own making is still no state secret."""
    assert marks.levels_of(mark) == levels
    assert marks.period_of(mark) == period


def test_a_received_label_has_the_period_of_its_mark() -> None:
    """P-06, CL-07: left empty it is the mark's, and none on the mark is the longest of its level."""
    assert as_marked(proposal(received_mark="机密★5年")).period == years(5)
    assert as_marked(proposal(received_mark="机密★5年", period=years(3))).period == years(3)
    assert (
        as_marked(proposal(source=LabelSource.DERIVED, received_mark="机密★5年")).period.kind
        is PeriodKind.NONE
    )
    for mark, typed, code in (
        ("机密★5年", years(5), None),
        ("机密★5年", years(10), "period-unlike-mark"),
        ("机密★", years(10), "period-unlike-mark"),
        ("机密★", years(20), None),
        ("机密★演练结束", Period(PeriodKind.CONDITION, condition="演练结束"), None),
        ("机密★30年", Period(PeriodKind.NONE), "period-over-maximum"),
        ("机密★演练结束后1年", Period(PeriodKind.NONE), "period-unreadable"),
        ("机密★2030年", Period(PeriodKind.NONE), "period-unreadable"),
        ("机密★18个月", Period(PeriodKind.NONE), None),
        ("机密★12个月", years(1), None),
    ):
        assert problems(proposal(received_mark=mark, period=typed)).get("period") == code, mark


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"levels": None}, "label", "label-missing"),
        ({"source": None}, "source", "source-missing"),
        ({"issued_on": None}, "issued_on", "issue-date-missing"),
        ({"received_mark": " "}, "received_mark", "received-mark-missing"),
        ({"has_originator": False}, "originator", "originator-missing"),
        ({"source": LabelSource.DERIVED}, "basis", "basis-missing"),
        ({"source": LabelSource.DERIVED, "basis": "源文件"}, "decider", "decider-missing"),
        ({"levels": Levels(restricted=1)}, "label", "mark-above-label"),
        ({"levels": Levels(restricted=1), "received_mark": "机密"}, "label", "stamp-without-star"),
        ({"received_mark": "秘密★10年"}, "label", "label-above-mark"),
        ({"received_mark": "核心商密"}, "label", "mark-above-label"),
        ({"received_mark": "CONFIDENTIAL"}, "received_mark", "mark-names-no-secret"),
        ({"originator_is_own": True}, "originator", "originator-not-external"),
        (OWN_ENTERPRISE, "decider", "decider-missing"),
    ],
)
def test_what_a_label_leaves_out_is_asked_for(changes: dict[str, object], field: str, code: str) -> None:
    assert problems(proposal(**changes))[field] == code


def test_received_marks_are_taken_as_they_are_and_own_proposals_wait() -> None:
    assert is_decided_on_filing(proposal())
    assert is_decided_on_filing(LabelProposal(Levels(restricted=1), None, None))
    assert not is_decided_on_filing(proposal(source=LabelSource.PROPOSED))
    # Another owner's level names are his own.
    foreign = {**OWN_ENTERPRISE, "originator_is_own": False, "received_mark": "一级商密 5年"}
    assert problems(proposal(**foreign)) == {}
    # Our own unit's mark is not another authority's: a second person says so.
    assert problems(proposal(**OWN_ENTERPRISE, has_decider=True)) == {}
    assert not is_decided_on_filing(proposal(**OWN_ENTERPRISE, has_decider=True))


def test_the_join_is_the_least_label_above_both() -> None:
    """CL-11: high water."""
    assert highest([Levels(2, 0, 1), Levels(0, 1, 0)]) == Levels(2, 1, 1)
    assert highest([]) == Levels()


@pytest.mark.parametrize(
    ("levels", "name"),
    [
        (Levels(), "open"),
        (Levels(restricted=1), "open"),
        (Levels(enterprise=1), "ordinary"),
        (Levels(enterprise=2), "core"),
        (Levels(state=1), "confidential"),
        (Levels(state=2, enterprise=2), "secret"),
        (Levels(state=3), "top_secret"),
    ],
)
def test_the_highest_level_names_the_key_compartment(levels: Levels, name: str) -> None:
    assert compartment(levels) == name
