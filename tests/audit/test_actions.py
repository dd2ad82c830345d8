import pytest

from audit import actions
from audit.errors import UnregisteredAction


@pytest.fixture(autouse=True)
def _own_enumeration(monkeypatch):
    monkeypatch.setattr(actions, "_registered", set(actions._registered))


def test_a_registered_action_is_known_and_the_same_name_twice_is_one_name():
    actions.register("room:thing:move")
    actions.register("room:thing:move", "room:thing:turn")
    assert actions.require("room:thing:move") == "room:thing:move"
    assert actions.registered().count("room:thing:move") == 1


def test_an_unregistered_action_is_an_error():
    with pytest.raises(UnregisteredAction):
        actions.require("room:thing:never_registered")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "room",
        "room:thing",
        "room:thing:move:far",
        "Room:thing:move",
        "room:thing:mo ve",
        "room:thing:动",
        "room::move",
        "room:thing:move\n",
    ],
)
def test_a_name_outside_the_grammar_is_refused(name):
    with pytest.raises(UnregisteredAction):
        actions.register(name)


def test_the_logs_own_doings_are_registered():
    assert {"audit:log:read", "audit:log:prove", "audit:log:verify", "audit:heartbeat:tick"} <= set(
        actions.registered()
    )
