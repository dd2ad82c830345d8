"""What fits into a notice, and how long its mail is tried."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vault.notices import rules

TOLD = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize("text", ["R-1A2B3C4D", "A", "0", "-", "A" * 32])
def test_a_reference_is_capital_letters_digits_and_hyphens(text: str) -> None:
    """RQ-16"""
    assert rules.is_reference(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 33,
        "r-1",
        "R 1",
        "R-1\n",
        "\nR-1",
        "R-1\r\nBcc: x@example.com",
        "机密",
        "R-1★",
        "R_1",
        "Ａ",
        "R-١",
        "É",
    ],
)
def test_nothing_else_fits(text: str) -> None:
    """RQ-16: no title, no name, no second header of a mail."""
    assert not rules.is_reference(text)


@pytest.mark.parametrize(
    "path", ["/", "/records/", "/records/0d7c9e1e-8a3b-4a8e-9b7e-000000000000/label/decision/"]
)
def test_a_path_is_ids_and_fixed_words(path: str) -> None:
    assert rules.is_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "records/",
        "/records",
        "//example.com/",
        "/records/?q=x",
        "/机密/",
        "/%E6%9C%BA/",
        "/a/\n",
        "/a b/",
        "/" + "a/" * 100,
    ],
)
def test_no_other_path_fits(path: str) -> None:
    assert not rules.is_path(path)


def test_a_thing_s_reference_is_opaque_short_and_fits() -> None:
    found = rules.reference_of(UUID("1a2b3c4d-0000-4000-8000-000000000000"))
    assert found == "R-1A2B3C4D"
    assert rules.is_reference(found)


@pytest.mark.parametrize(
    ("tries", "age", "over"),
    [
        (0, timedelta(0), False),
        (4, timedelta(days=3), False),
        (5, timedelta(0), True),
        (0, timedelta(days=3, seconds=1), True),
    ],
)
def test_a_mail_is_tried_five_times_within_three_days(tries: int, age: timedelta, over: bool) -> None:
    assert rules.is_given_up(told_at=TOLD, tries=tries, now=TOLD + age) is over


def test_each_try_waits_longer_than_the_one_before() -> None:
    pauses = [rules.pause_after(tries) for tries in range(1, 7)]
    assert pauses[:5] == sorted(set(pauses[:5]))
    assert pauses[4] == pauses[5]
    assert sum(pauses[:5], timedelta(0)) < rules.MAIL_WAITS
