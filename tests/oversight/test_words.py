"""What the log calls things: an auditor reads words, not codes."""

from audit import actions
from vault.oversight.actions import ACTION_LABELS, AREA_LABELS, action_label


def test_every_action_that_can_be_recorded_has_its_words() -> None:
    """AU-01: a room that brings an action brings its name."""
    assert [name for name in actions.registered() if name not in ACTION_LABELS] == []


def test_no_two_actions_read_the_same() -> None:
    """A filter by action would offer one line twice and find half."""
    words = [str(label) for label in ACTION_LABELS.values()]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_an_action_of_an_older_version_is_told_by_its_area() -> None:
    assert action_label("holdings:thing:gone_since") == f"{AREA_LABELS['holdings']} · thing gone since"
