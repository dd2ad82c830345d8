"""The pure rule against the independent reading, and each of its conjuncts against its own removal."""

import random
import time
from collections import Counter

import pytest

from tests.authorization import bridge
from tests.authorization.bridge import ACTIONS, WORLDS, question
from tests.oracle import routes, rule
from tests.oracle.worlds import random_world
from vault.authorization import decision
from vault.authorization.actions import RULES, Action, Kind
from vault.authorization.decision import ABOUT_ACCOUNT, ABOUT_DUTY, ABOUT_OBJECT, Allow, Code, Deny, decide
from vault.authorization.errors import MisusedAction, UnknownAction
from vault.authorization.facts import NOBODY, UNRELATED

pytestmark = pytest.mark.timeout(3600)  # 100,000 worlds at night
SEED = 20261102
# Codes that the gate itself gives, to machines and for what is not there.
ELSEWHERE = {Code.SYSTEM, Code.ABSENT}


def worlds(count: int, seed: int = SEED):
    rng = random.Random(seed)
    for _ in range(count):
        yield random_world(rng)


def questions(world: dict):
    """Everything that can be asked in a world: (name, decision, objections of the other reading)."""
    for verb in rule.VERBS:
        yield verb, decide(*question(verb, world)), rule.objections(verb, world)
    for route in routes.ROUTES:
        found = decide(Action[route.upper()], bridge.subject(world), None, UNRELATED)
        yield route, found, routes.objections(route, world["who"])


def disagreement(count: int) -> str | None:
    """The first world on which the two readings differ."""
    for number, world in enumerate(worlds(count)):
        for name, found, expected in questions(world):
            if isinstance(found, Allow) is bool(expected):
                return f"world {number}: {name}: decided {found}, objections {expected}, in {world}"
            if isinstance(found, Deny) and found.code not in expected:
                return f"world {number}: {name}: refused for {found.code}, which is not among {expected}"
    return None


def test_the_rule_agrees_with_an_independent_reading_of_its_text():
    """PE-16, P-05: every object action in every random world, allowed or refused for one of the same reasons."""
    assert disagreement(WORLDS) is None


def test_the_worlds_reach_every_code(capsys):
    """PE-16: a rule that no world reaches would be a rule that nothing tests."""
    seen = Counter(found.code for world in worlds(min(WORLDS, 20_000)) for _, found, _ in questions(world))
    with capsys.disabled():
        print()
        for code in sorted(set(Code) - ELSEWHERE):
            print(f"  {code:32}{seen[code]:>8}")
    assert set(seen) == set(Code) - ELSEWHERE


@pytest.mark.parametrize("conjunct", [c.__name__ for c in ABOUT_ACCOUNT + ABOUT_DUTY + ABOUT_OBJECT])
def test_without_this_conjunct_the_rule_is_another(conjunct, monkeypatch):
    """PE-16: removing any single conjunct of `decide` is noticed."""
    assert disagreement(300) is None
    for name in ("ABOUT_ACCOUNT", "ABOUT_DUTY", "ABOUT_OBJECT"):
        kept = tuple(c for c in getattr(decision, name) if c.__name__ != conjunct)
        monkeypatch.setattr(decision, name, kept)
    assert disagreement(2000) is not None


def test_whatever_is_allowed_on_an_object_its_description_is_allowed_too():
    """PE-05: otherwise a refusal that explains itself could tell of an object that is not there for the person."""
    for world in worlds(2000, seed=3):
        if any(isinstance(decide(*question(verb, world)), Allow) for verb in rule.NINE + rule.WORK):
            assert isinstance(decide(*question("describe", world)), Allow), world


def test_the_oracle_knows_every_action_of_the_product():
    """PE-16: an action that the oracle does not know would go untested."""
    about_objects = {a for a, row in RULES.items() if row.kind in {Kind.OBJECT, Kind.NEW_OBJECT}}
    assert set(ACTIONS.values()) == about_objects
    assert {Action[route.upper()] for route in routes.ROUTES} == set(Action) - about_objects


def test_a_decision_takes_less_than_half_a_millisecond():
    """The bar of the pure rule: 0.5 ms of CPU; it takes microseconds."""
    asked = [question(verb, world) for world in worlds(200) for verb in rule.VERBS]
    for facts in asked:
        decide(*facts)
    start = time.process_time()
    for facts in asked:
        decide(*facts)
    assert (time.process_time() - start) / len(asked) < 0.0005


@pytest.mark.parametrize("action", list(Action))
def test_every_action_is_decided_and_nobody_gets_more_than_what_is_public(action):
    """PE-04, architecture 6.4: total over actions, deny by default."""
    world = next(worlds(1))
    about_object = RULES[action].kind in {Kind.OBJECT, Kind.NEW_OBJECT}
    found = decide(action, NOBODY, bridge.thing(world) if about_object else None, UNRELATED)
    assert isinstance(found, Allow) is (RULES[action].kind is Kind.PUBLIC)


def test_an_action_without_a_row_is_an_error_not_a_permission():
    """PE-04: unknown is never allowed."""
    with pytest.raises(UnknownAction):
        decide("holdings:record:burn", NOBODY, None, UNRELATED)


def test_a_route_is_not_asked_about_an_object_nor_an_object_action_without_one():
    """Deny by default: a mixed-up question is our bug and gets no answer."""
    with pytest.raises(MisusedAction):
        decide(Action.CONSULT, NOBODY, None, UNRELATED)
    with pytest.raises(MisusedAction):
        decide(Action.HOME, NOBODY, bridge.thing(next(worlds(1))), UNRELATED)
