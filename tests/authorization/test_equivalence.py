"""`decide` ≡ `visible_to` ≡ the independent reading, through the database, for all nine actions."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction

import accounts.rules
from accounts.rules import Duty, Exclusion
from tests.authorization.bridge import ACTIONS, WORLDS
from tests.authorization.population import Population
from tests.oracle import rule
from vault.authorization import gate, scope
from vault.authorization.decision import Allow
from vault.authorization.scope import EVERYTHING, visible_to
from vault.holdings.models import ArchiveFile, Record
from vault.project.environment import StateContent

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]
SEED = 20261102
PEOPLE, THINGS = 25, 20
ATTESTED = StateContent("attested", "grade", "certificate", date.max)
REGISTER_ONLY = StateContent("register_only")

# Each conjunct of the queryset form, and what stands in its place when it is taken out.
REMOVED = {
    **dict.fromkeys(
        ["account_usable", "duties_agree", "no_officer", "trained", "undertaking_signed", "token_opens"],
        lambda view: True,
    ),
    **dict.fromkeys(
        [
            "cleared_for_state",
            "cleared_for_enterprise",
            "cleared_for_restricted",
            "state_content_stored",
            "classified_at_all",
            "token_bears",
            "not_excluded",
            "needs_no_list",
            "on_the_list",
            "within_reach",
            "basis_by_class",
            "request_approved",
            "session_live",
        ],
        lambda view: EVERYTHING,
    ),
    "own_draft": lambda view: [EVERYTHING],
    "state_allows": lambda view: list(view.protection.states),
}


@pytest.fixture(autouse=True)
def _one_exclusion_more(monkeypatch):
    """Between two duties that open records; see the oracle's ALSO_EXCLUSIVE."""
    one, other = (frozenset({Duty(name)}) for name in rule.ALSO_EXCLUSIVE)
    more = Exclusion("of-the-worlds", one, other, same_unit=False, sentence="")
    monkeypatch.setattr(accounts.rules, "EXCLUSIONS", (*accounts.rules.EXCLUSIONS, more))


@pytest.fixture
def worlds_of(settings):
    """Opens a database full of worlds by its seed; afterwards it is gone and what it answered is taken back."""

    @contextmanager
    def open_one(seed: int) -> Iterator[Population]:
        with transaction.atomic():
            found = Population(seed, PEOPLE, THINGS, answered=seed % 3 != 0)
            settings.JINGUI_STATE_CONTENT = ATTESTED if found.attested else REGISTER_ONLY
            with contextmanager(found.provide)():
                yield found
            transaction.set_rollback(True)

    return open_one


@pytest.fixture(autouse=True)
def _compiled_anew():
    """Statements compiled with a conjunct removed serve nobody else, nor the other way round."""
    scope._statements.clear()
    yield
    scope._statements.clear()


def visible(found: Population, viewer, action) -> set[int]:
    """Numbers of the things that the queryset form shows."""
    rows = [
        *visible_to(viewer, Record, action).values_list("pk", flat=True),
        *visible_to(viewer, ArchiveFile.objects.order_by("pk"), action).values_list("pk", flat=True),
    ]
    assert len(rows) == len(set(rows))
    return {found._numbers_of_things[pk] for pk in rows if pk in found._numbers_of_things}


def expected(found: Population, who: int, verb: str) -> set[int]:
    return {what for what in range(THINGS) if rule.allows(verb, found.world(who, what))}


def test_lists_and_single_decisions_and_the_other_reading_agree(worlds_of, capsys, monkeypatch):
    """PE-14, PE-16: on every object of every world the three answers are one, and counts are those of the lists.

    Some instances have rooms that answer questions and some do not; some viewers have few rows of their own and some
    more than are written out.
    """
    chunks = max(1, WORLDS // (PEOPLE * THINGS))
    codes: Counter[str] = Counter()
    for seed in range(SEED, SEED + chunks):
        monkeypatch.setattr(scope, "ROWS_WRITTEN_OUT", 3 if seed % 2 else 1000)
        with worlds_of(seed) as found:
            for who, viewer in enumerate(found.contexts()):
                for verb, action in ((verb, ACTIONS[verb]) for verb in rule.NINE):
                    listed = visible(found, viewer, action)
                    assert listed == expected(found, who, verb), (seed, who, verb)
                    for what, thing in enumerate(found.objects):
                        decision = gate.explain(viewer, action, thing)
                        codes[decision.code] += 1
                        assert isinstance(decision, Allow) is (what in listed), (seed, who, what, verb)
                    for model in (Record, ArchiveFile):
                        scoped = visible_to(viewer, model, action)
                        assert scoped.count() == len(list(scoped)) == len(scoped.values_list("pk")[:999])
    with capsys.disabled():
        print(f"\n  {chunks * PEOPLE * THINGS} worlds, nine actions each:")
        for code, number in sorted(codes.items()):
            print(f"  {code:32}{number:>9}")


@pytest.mark.parametrize("conjunct", sorted(REMOVED))
def test_without_this_conjunct_lists_show_something_else(conjunct, worlds_of, monkeypatch):
    """PE-16: removing any single conjunct of `visible_to` is noticed."""
    monkeypatch.setattr(scope, conjunct, REMOVED[conjunct])
    for seed in range(SEED, SEED + 8):
        with worlds_of(seed) as found:
            for who, viewer in enumerate(found.contexts()):
                for verb in rule.NINE:
                    if visible(found, viewer, ACTIONS[verb]) != expected(found, who, verb):
                        return
    pytest.fail(f"nothing noticed that {conjunct} was gone")


def test_every_conjunct_of_the_scope_is_among_those_removed():
    """PE-16: a conjunct added to the queryset form is tested by its removal as well."""
    helpers = {
        "visible_to",
        "admitted",
        "class_condition",
        "row_alternatives",
        "row_conditions",
        "settled_states",
        "states",
        "class_right",
        "listed_right",
        "unlisted_right",
    }
    written = {
        name
        for name, value in vars(scope).items()
        if callable(value) and getattr(value, "__module__", "") == scope.__name__ and name[0].islower()
    }
    assert {name for name in written if not name.startswith("_")} - helpers == set(REMOVED)


def test_nobody_sees_nothing(worlds_of):
    """PE-04: a list without a viewer is empty."""
    with worlds_of(SEED) as found:
        assert Record.objects.exists()
        assert list(visible_to(None, Record)) == []
        assert visible_to(None, Record).count() == 0
        assert found.contexts()
