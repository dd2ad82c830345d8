"""Permits: made at the gate, for one use, for a few minutes."""

import copy
import pickle
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from audit import clock
from audit.events import Actor
from vault.authorization import permit
from vault.authorization.actions import Action
from vault.authorization.errors import ForgedPermit, PermitExpired
from vault.authorization.facts import Scope
from vault.authorization.permit import LIFETIME, Permit, SystemPermit

RECORD = SimpleNamespace(pk=uuid4())
PART = uuid4()


@pytest.fixture
def at():
    instant = [datetime(2026, 11, 2, tzinfo=UTC)]
    clock.set_clock(lambda: instant[0])
    yield instant
    clock.set_clock(None)


@pytest.fixture
def given(at) -> Permit:
    return permit._mint(
        action=Action.CONSULT,
        event=uuid4(),
        actor=Actor(id="s1"),
        target_id=RECORD.pk,
        scope=Scope(component_id=PART, pages=(1, 2)),
    )


def test_a_permit_cannot_be_made_elsewhere():
    """Architecture 3: forgetting the check means no permit means no bytes."""
    facts = {"action": Action.CONSULT, "event": uuid4(), "expires_at": datetime.max.replace(tzinfo=UTC)}
    for token in (None, object(), "token"):
        with pytest.raises(ForgedPermit):
            Permit(token=token, actor=Actor(id="s1"), **facts)
        with pytest.raises(ForgedPermit):
            SystemPermit(token=token, **facts)


def test_a_permit_is_neither_stored_nor_sent(given):
    """Architecture 3: it lives in the request that asked for it."""
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(ForgedPermit):
            way(given)


def test_a_permit_serves_its_own_use_and_no_other(given):
    """Architecture 3: bound to actor, action, target and scope."""
    part = Scope(component_id=PART, pages=(2,))
    given.require(RECORD, Action.CONSULT, part)
    given.require(RECORD, frozenset({Action.COPY, Action.CONSULT}), part)
    for target, action, scope in (
        (RECORD, Action.COPY, part),
        (SimpleNamespace(pk=uuid4()), Action.CONSULT, part),
        (RECORD, Action.CONSULT, Scope(component_id=uuid4())),
        (RECORD, Action.CONSULT, Scope(component_id=PART, pages=(3,))),
        (RECORD, Action.CONSULT, Scope(component_id=PART)),
        (RECORD, Action.CONSULT, Scope()),
    ):
        with pytest.raises(ForgedPermit):
            given.require(target, action, scope)


def test_a_permit_expires(given, at):
    """Architecture 3: a right that ends is asked for again."""
    part = Scope(component_id=PART, pages=(1,))
    at[0] += LIFETIME - timedelta(seconds=1)
    given.require(RECORD, Action.CONSULT, part)
    at[0] += timedelta(seconds=1)
    with pytest.raises(PermitExpired):
        given.require(RECORD, Action.CONSULT, part)


def test_a_machines_permit_is_for_its_purpose_and_its_batch(at):
    """Architecture 3: a permit without a batch is for every object there is."""
    batch = permit._mint_system(
        action=Action.FIXITY, event=uuid4(), targets=frozenset({RECORD.pk}), lifetime=LIFETIME
    )
    batch.require_system(Action.FIXITY, RECORD.pk)
    for purpose, target in ((Action.BACKUP, RECORD.pk), (Action.FIXITY, uuid4()), (Action.FIXITY, None)):
        with pytest.raises(ForgedPermit):
            batch.require_system(purpose, target)
    every = permit._mint_system(action=Action.FIXITY, event=uuid4(), targets=None, lifetime=LIFETIME)
    every.require_system(Action.FIXITY, uuid4())
    at[0] += LIFETIME
    with pytest.raises(PermitExpired):
        every.require_system(Action.FIXITY)
