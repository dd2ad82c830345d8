"""PE-13: the answer to "why may X do Y with Z" is the rule's own, and says nothing of Z beyond it."""

import random
from collections import Counter
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import translation

from accounts.rules import Duty
from audit.models import Event
from tests.accounts.people import make_account, make_appointment, make_fit, make_person
from tests.authorization.conftest import CORE, SECRET, last_event, name
from tests.authorization.population import Population
from tests.authorization.test_equivalence import ATTESTED, REGISTER_ONLY
from vault.authorization import explanations, gate, questions
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.decision import (
    ABOUT_ACCOUNT,
    ABOUT_DUTY,
    ABOUT_OBJECT,
    ABOUT_TOKEN,
    Allow,
    Code,
    Deny,
)
from vault.authorization.errors import MisusedAction, Refused

pytestmark = [pytest.mark.django_db(databases=["default", "audit"]), pytest.mark.timeout(600)]
SEED, WORLDS, TRIPLES = 20261127, 5, 200
PERSON = [one.__name__ for one in ABOUT_ACCOUNT + ABOUT_DUTY if one not in ABOUT_TOKEN]
OBJECT = [one.__name__ for one in ABOUT_OBJECT if one not in ABOUT_TOKEN]


def officer_at(unit):
    """A security officer who may ask."""
    person = make_fit(make_person(unit))
    make_appointment(person, Duty.SECURITY_OFFICER, unit)
    return of_account(make_account(person))


def test_the_answer_is_the_decision_on_a_thousand_random_triples(settings):
    """PE-13: the acceptance test of the catalogue, over the worlds of the equivalence test; both verdicts are many."""
    rng, verdicts, codes, asked = random.Random(SEED), Counter(), set(), 0
    for seed in range(SEED, SEED + WORLDS):
        with transaction.atomic():
            found = Population(seed, 20, 16, answered=True)
            settings.JINGUI_STATE_CONTENT = ATTESTED if found.attested else REGISTER_ONLY
            viewer = officer_at(found.units["company"])
            # Whom the officer can name is whoever has a staff number; what he does himself, not a program of his.
            contexts = [one for one in found.contexts() if one.account is not None and one.scopes is None]
            with contextmanager(found.provide)():
                for _ in range(TRIPLES):
                    action = rng.choice(questions.ASKABLE)
                    context, thing = rng.choice(contexts), rng.choice(found.objects)
                    expected = gate.explain(context, action, thing)
                    if rng.random() < 0.75 and not isinstance(expected, Allow):
                        # What is allowed is rare; look for it, so that both verdicts are many.
                        for context, thing in ((c, t) for c in contexts for t in found.objects):
                            expected = gate.explain(context, action, thing)
                            if isinstance(expected, Allow) and rng.random() < 0.2:
                                break
                    got = questions.answer(viewer, context.account, action, thing.pk)
                    assert (type(got.decision), got.decision.code) == (type(expected), expected.code)
                    holds_all = all(one.holds for one in got.checked)
                    assert holds_all is isinstance(expected, Allow)
                    verdicts[type(expected)] += 1
                    codes.add(expected.code)
                    asked += 1
            transaction.set_rollback(True)
    assert asked == WORLDS * TRIPLES == 1000
    assert min(verdicts[Allow], verdicts[Deny]) > 200, verdicts
    assert len(codes) > 12, codes


def test_the_steps_about_the_object_say_nothing_that_the_verdict_does_not(archive, make, attested):
    """PE-13: two objects refused by the same rule give the same answer, whatever else differs between them."""
    viewer = of_account(archive.security)
    one, other = make(SECRET), make(SECRET, state="destroyed", is_shielded=True, unit=archive.other_hall)
    first, second = (questions.answer(viewer, archive.clerk, Action.CONSULT, o.pk) for o in (one, other))
    assert first == second
    assert first.decision == Deny(Code.CLEARANCE_STATE)
    of_object = {part.name: part.holds for part in first.checked if part.name not in PERSON}
    assert of_object.pop("cleared_for_state") is False
    assert set(of_object.values()) == {None}


def test_a_refusal_about_the_person_leaves_every_step_about_the_object_unasked(archive, make):
    """PE-13: what is about the person is told whole, so that he can be helped in one go."""
    got = questions.answer(of_account(archive.security), archive.auditor, Action.REGISTER, make(CORE).pk)
    holds = {part.name: part.holds for part in got.checked}
    assert got.decision == Deny(Code.OFFICER)
    assert (holds["no_officer"], holds["duty_held"]) == (False, False)
    assert {holds[one] for one in OBJECT} == {None}


def test_an_allowance_names_the_basis_and_every_step_holds(archive, make):
    """PE-13: also why somebody may."""
    record = make(CORE)
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    name(record, archive.clerk.person, archive.security.person)
    got = questions.answer(of_account(archive.security), archive.clerk, Action.DESCRIBE, record.pk)
    assert (type(got.decision), got.decision.code) == (Allow, Code.NEED_TO_KNOW)
    assert [part.name for part in got.checked] == [*PERSON, *OBJECT]
    assert {part.holds for part in got.checked} == {True}


def test_what_is_not_there_is_absent(archive):
    """PE-13: a number of nothing is told as that."""
    missing = uuid4()
    got = questions.answer(of_account(archive.security), archive.clerk, Action.DESCRIBE, missing)
    assert got == questions.Answer(Deny(Code.ABSENT))
    assert last_event().object_id == str(missing)


def test_every_question_is_in_the_log_before_its_answer(archive, make, monkeypatch):
    """PE-13, AU-01: by whom, about whom, which action, which object; the person is sealed."""
    record = make()
    questions.answer(of_account(archive.security), archive.clerk, Action.COPY, record.pk)
    event = last_event()
    assert (event.action, event.object_id, event.outcome) == (Action.ASK_WHY, str(record.pk), "granted")
    assert event.person == str(archive.security.person.pk)
    assert archive.clerk.staff_no not in bytes(event.canonical).decode()
    before = Event.objects.count()
    monkeypatch.setattr(gate.recording, "record", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        questions.answer(of_account(archive.security), archive.clerk, Action.COPY, record.pk)
    assert Event.objects.count() == before


@pytest.mark.parametrize("who", ["clerk", "director", "archivist", "system", "auditor"])
def test_nobody_else_asks(archive, make, who):
    """PE-13, AD-01: the security officer's alone."""
    record = make()
    with pytest.raises(Refused):
        questions.answer(of_account(getattr(archive, who)), archive.clerk, Action.DESCRIBE, record.pk)


def test_only_what_is_done_with_an_object_can_be_asked(archive, make):
    """A route or something to be made has no object to ask about."""
    for action in set(Action) - set(questions.ASKABLE):
        with pytest.raises(MisusedAction):
            questions.answer(of_account(archive.security), archive.clerk, action, uuid4())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_step_of_the_rule_has_its_words(language):
    """PE-13: a conjunct added to the rule is asked in words as well."""
    with translation.override(language):
        words = {
            one.__name__: str(explanations.asked(one.__name__))
            for one in ABOUT_ACCOUNT + ABOUT_DUTY + ABOUT_OBJECT
        }
    assert set(words) == set(explanations._ASKED)
    assert len(set(words.values())) == len(words)
    assert all(
        any("\u4e00" <= c <= "\u9fff" for c in text) is (language == "zh-hans") for text in words.values()
    )
