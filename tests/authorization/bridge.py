"""From the oracle's dictionaries to the product's facts, without a database."""

import os
from uuid import UUID, uuid5

from accounts.rules import Duty
from accounts.token_rules import TokenScope
from tests.oracle import rule
from vault.authorization.actions import Action, ObjectState
from vault.authorization.facts import ObjectFacts, RelationFacts, Subject
from vault.authorization.levels import Levels

WORLDS = int(os.environ.get("JINGUI_TEST_WORLDS", "2000"))
ACTIONS = {verb: Action[verb.upper()] for verb in rule.VERBS}
_SPACE = UUID(int=7)


def key(name: str) -> UUID:
    return uuid5(_SPACE, name)


def subject(world: dict) -> Subject:
    who = world["who"]
    return Subject(
        account_id=key(f"account {who['name']}") if who["account"] else None,
        person_id=key(who["name"]),
        usable=who["usable"],
        duties=frozenset((Duty(duty), key(unit)) for duty, unit in who["posts"]),
        units=frozenset(key(unit) for unit in rule.reach(world)),
        clearance=Levels(*who["clearance"].values()),
        training_valid=who["trained"],
        undertaking_valid=who["undertaking"],
        exclusions=("some",) if rule.exclusive(who["posts"]) else (),
        scopes=None if who["token"] is None else frozenset(map(TokenScope, who["token"])),
    )


def thing(world: dict) -> ObjectFacts:
    what = world["what"]
    return ObjectFacts(
        type="record",
        id=key("thing"),
        unit_id=key(what["unit"]),
        line=frozenset(key(unit) for unit in rule.chain(world["tree"], what["unit"])),
        levels=Levels(what["state"], what["enterprise"], what["internal"]),
        shielded=what["shielded"],
        state=ObjectState(what["phase"]),
        author_id=key(what["author"]),
        quarantined=what["quarantined"],
    )


def relation(verb: str, world: dict) -> RelationFacts:
    ties = world["ties"]
    return RelationFacts(
        knows=ties["listed"],
        grants=frozenset(ACTIONS[name] for name in ties["grants"]),
        approved_request=verb in ties["requests"],
        live_session=ties["session"],
        registered_terminal=world["terminal"],
        excluded=ties["excluded"] and verb not in rule.NEW,
        state_content_open=world["attested"],
    )


def question(verb: str, world: dict):
    """The arguments of `decide`."""
    return ACTIONS[verb], subject(world), thing(world), relation(verb, world)
