"""What is sealed in an event has a name on the auditor's page."""

from datetime import date
from uuid import UUID

import pytest
from django.utils import translation

from accounts.rules import Duty, PersonCategory
from accounts.services import terms
from vault.oversight import sealed

ALL = [
    terms.DutyTerms(UUID(int=1), Duty.ARCHIVIST, date(2026, 1, 2)),
    terms.ClearanceTerms(date(2026, 1, 2), date(2026, 1, 3)),
    terms.CategoryTerms(PersonCategory.CORE),
    terms.AccountTerms("N1"),
    terms.PasswordTerms(UUID(int=1)),
]


@pytest.mark.django_db
@pytest.mark.parametrize("one", ALL, ids=lambda one: one.kind)
def test_each_fact_of_a_change_of_rights_has_a_name_in_both_languages(one: terms.Terms) -> None:
    """AU-07: an auditor reads what was granted in words, not in names of columns."""
    keys = {*one.facts(), "grant", "proposed_by", "left_on", "held_on", "valid_until"}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            shown = {name for name, _value in sealed.in_words(dict.fromkeys(keys, "x"))}
        assert len(shown) == len(keys)
        assert not shown & keys


@pytest.mark.django_db
def test_a_duty_and_an_action_are_read_by_their_names() -> None:
    """AU-07: not by their codes."""
    with translation.override("en"):
        shown = [
            value for _name, value in sealed.in_words({"duty": "archivist", "asked": "holdings:record:move"})
        ]
    assert shown == ["Moved a record into another archive file", "Archivist"]


def test_every_kind_of_terms_is_among_them() -> None:
    assert {type(one) for one in ALL} == set(terms._KINDS.values())


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ('{"state": "draft", "year": ""}', "state: draft"),
        ("q=%E6%9D%8E&state=active", "q: 李 · state: active"),
        ("all", "all"),
        ("", ""),
        # As an earlier version wrote what a program looked for.
        ("{'since': datetime.datetime(2026, 1, 2)}", "{'since': datetime.datetime(2026, 1, 2)}"),
    ],
)
@pytest.mark.django_db
def test_filters_read_as_they_were_chosen_and_what_cannot_be_read_stands_as_it_is(
    kept: str, shown: str
) -> None:
    """AU-07: no event is so written that its page does not open."""
    assert [value for _name, value in sealed.in_words({"filters": kept})] == [shown]
