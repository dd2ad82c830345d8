"""What the log calls things: an auditor reads words, not codes."""

import pytest
from django.apps import apps
from django.utils import translation

from audit import actions
from tests.support.archive import Archive
from vault.authorization.decision import Code
from vault.oversight.actions import ACTION_LABELS, AREA_LABELS, action_label
from vault.oversight.names import OBJECT_NAMES, RULE_NAMES, object_name, rule_name

# Rows that no event is about: they belong to another's, or hold no deed of a person.
NO_OBJECTS = {"registerchange", "terminalcheck", "terminalchange", "replayedrequest", "livesession"}


def test_every_action_that_can_be_recorded_has_its_words() -> None:
    """AU-01: a room that brings an action brings its name."""
    assert [name for name in actions.registered() if name not in ACTION_LABELS] == []


def test_no_two_actions_read_the_same() -> None:
    """A filter by action would offer one line twice and find half."""
    words = [str(label) for label in ACTION_LABELS.values()]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_an_action_of_an_older_version_is_told_by_its_area() -> None:
    assert action_label("holdings:thing:gone_since") == f"{AREA_LABELS['holdings']} · thing gone since"


def test_every_kind_of_object_and_every_rule_has_its_own_words_in_both_languages() -> None:
    """AU-01: the log said rosterentry, terminal and clearance-state to an auditor who reads Chinese."""
    ours = {
        model._meta.model_name
        for model in apps.get_app_config("accounts").get_models(include_auto_created=False)
    }
    assert ours - NO_OBJECTS - set(OBJECT_NAMES) == set()
    assert set(RULE_NAMES) == set(Code)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            words = [str(name) for name in RULE_NAMES.values()]
            assert len(set(words)) == len(words)
    with translation.override("zh-hans"):
        said = [object_name(kind) for kind in OBJECT_NAMES] + [rule_name(rule) for rule in RULE_NAMES]
        assert [words for words in said if words.isascii()] == []
    assert (object_name("gone_since"), rule_name("gone-since")) == ("gone_since", "")


@pytest.mark.django_db(databases=["default", "audit"])
def test_a_refusal_stands_in_words_on_the_auditor_s_pages(archive: Archive) -> None:
    """Beside its code, which the filter takes."""
    archive.client(archive.auditor).get("/records/")
    page = archive.client(archive.auditor)
    for address in ("/", "/log/?outcome=denied"):
        assert "三员不得接触档案" in page.get(address).content.decode()
    listed = page.get("/log/?outcome=denied").context["events"][0]
    assert (listed["rule"], listed["rule_label"]) == ("officer-sees-no-content", "三员不得接触档案")
    assert "三员不得接触档案 officer-sees-no-content" in page.get(listed["url"]).content.decode()
