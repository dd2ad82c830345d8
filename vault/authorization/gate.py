"""The one gate: decides, records, and only then hands out a permit.

Whatever the answer, its event is committed before the caller hears it; what cannot be recorded is not answered
(AuditUnavailable, shown as 503). A look-up that finds nothing does the same work as one that is refused: the same
queries, an event of the same shape, the same exception (PE-05). Source: architecture.md section 3.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from django.db.models import Model

from audit import clock, events, recording
from audit.events import Reason
from vault.authorization import anonymous, loading, permit
from vault.authorization.actions import Action, Kind, ObjectState, rule_of
from vault.authorization.asked import Answer, Prospect
from vault.authorization.context import Context
from vault.authorization.decision import Allow, Code, Decision, Deny, decide, decide_at_the_door
from vault.authorization.errors import Absent, MisusedAction, Refused
from vault.authorization.facts import UNRELATED, WHOLE, ObjectFacts, RelationFacts, Scope
from vault.authorization.levels import Levels
from vault.authorization.permit import Permit, SystemPermit
from vault.authorization.protection import protection_of

M = TypeVar("M", bound=Model)
# Finds the part of an object by the object's id alone, so that it costs the same when there is no object.
Narrow = Callable[[UUID], Scope | None]


def fetch(
    context: Context,
    action: Action,
    model: type[M],
    pk: UUID,
    scope: Scope | Narrow = WHOLE,
    *,
    opened: UUID | None = None,
) -> tuple[M, Permit]:
    """Load an object through the rule: the object and the permit for this action on it.

    `scope` may be a function from the object's id to the part asked for, or None when there is no such part.
    `opened` is the event of an opening that still goes on: the rule is asked again in full, a refusal is recorded
    as ever, and an allowance is not recorded a second time but rests on that event (storage.md section 3).
    Raises Absent, Refused (only to whoever may DESCRIBE the object), AuditUnavailable, Unprotected.
    """
    protection = protection_of(model)
    target = loading.load(model, pk)
    part = scope(pk) if callable(scope) else scope
    relation = loading.relation(context, action, protection, pk, part or WHOLE)
    found = target is not None and part is not None
    facts = (
        loading.object_facts(target, part)
        if target is not None and part is not None
        else _phantom(protection.name, pk)
    )
    granted = _conclude(context, action, facts, relation, part or WHOLE, found=found, opened=opened)
    if not isinstance(target, model):
        raise Absent
    return target, granted


def authorize_many(
    context: Context,
    action: Action,
    model: type[M],
    pks: Iterable[UUID],
    *,
    sealed: Mapping[str, Any] | None = None,
) -> list[Answer[M]]:
    """Ask for one action on each of many objects: decided one by one as `fetch` decides, an event for each.

    All events are in one commit, and all facts in two queries and the providers' own. `sealed` adds personal facts to
    the sealed part of each. Nothing is raised for what is refused: the caller does all of it or nothing. Raises
    AuditUnavailable, Unprotected.
    """
    protection = protection_of(model)
    asked = list(dict.fromkeys(pks))
    found = loading.load_many(model, asked)
    ties = loading.relations(context, action, protection, asked)
    cases = []
    for pk in asked:
        target = found.get(pk)
        facts = loading.object_facts(target) if target is not None else _phantom(protection.name, pk)
        decision = decide(action, context.subject, facts, ties[pk])
        may_know = _may_know(action, context, facts, ties[pk]) and target is not None
        cases.append((pk, target, facts, decision, may_know))
    if context.account is None:
        for _ in cases:
            anonymous.count(clock.now())
        return [Answer(pk) for pk in asked]
    uids = recording.record_decisions(
        [
            _entry(
                context,
                action,
                *_said(decision, target is not None),
                _about(facts, target is not None),
                sealed,
            )
            for _pk, target, facts, decision, _may_know in cases
        ]
    )
    return [
        Answer(
            pk,
            target if may_know else None,
            decision if may_know else None,
            _permit(context, action, facts, decision, WHOLE, uid)
            if isinstance(decision, Allow) and may_know
            else None,
        )
        for (pk, target, facts, decision, may_know), uid in zip(cases, uids, strict=True)
    ]


def authorize(
    context: Context,
    action: Action,
    target: Model | Prospect | None = None,
    scope: Scope = WHOLE,
    *,
    sealed: Mapping[str, Any] | None = None,
    about: events.ObjectFacts | None = None,
) -> Permit:
    """Ask for an action on a route (no target), on a loaded object, or on a prospect of something about to be made.

    `sealed` adds personal facts to the event's sealed part; `about` names for a route's event what has no label of its
    own, a person for instance. Raises Absent, Refused, AuditUnavailable, MisusedAction.
    """
    if target is None:
        return _conclude_route(context, action, sealed, about)
    if isinstance(target, Prospect):
        if rule_of(action).kind is not Kind.NEW_OBJECT:
            raise MisusedAction(f"{action} is asked about an existing object: give the object itself.")
        facts = loading.new_object_facts(target.name, target.unit_id, target.levels, id=target.id)
        relation = loading.relation_to_new(context)
        return _conclude(context, action, facts, relation, scope, found=True, sealed=sealed)
    relation = loading.relation(context, action, protection_of(type(target)), target.pk, scope)
    facts = loading.object_facts(target, scope)
    return _conclude(context, action, facts, relation, scope, found=True, sealed=sealed)


def authorize_new(context: Context, action: Action, prospects: Sequence[Prospect]) -> list[Permit]:
    """Ask for one action on many things about to be made: a permit for each, their intents in one commit, or none.

    The first that is refused is recorded and refuses all. Raises Absent, Refused, AuditUnavailable, MisusedAction.
    """
    rule = rule_of(action)
    if rule.kind is not Kind.NEW_OBJECT or not rule.changes:
        raise MisusedAction(f"{action} is no change that makes something new.")
    relation = loading.relation_to_new(context)
    known: dict[tuple[UUID, Levels], ObjectFacts] = {}
    asked: list[tuple[ObjectFacts, Allow]] = []
    for prospect in prospects:
        key = prospect.unit_id, prospect.levels
        if key not in known:
            known[key] = loading.new_object_facts(prospect.name, *key)
        facts = replace(known[key], type=prospect.name, id=prospect.id)
        decision = decide(action, context.subject, facts, relation)
        if isinstance(decision, Deny):
            _conclude(context, action, facts, relation, WHOLE, found=True)
            raise Refused(decision)
        asked.append((facts, decision))
    uids = recording.intend_many(
        [
            _entry(context, action, decision.code, events.GRANTED, _about(facts, True))[0]
            for facts, decision in asked
        ]
    )
    return [
        _permit(context, action, facts, decision, WHOLE, uid)
        for uid, (facts, decision) in zip(uids, asked, strict=True)
    ]


def authorize_list(
    context: Context, action: Action, model: type[Model], *, filters: Mapping[str, object], total: int
) -> Permit:
    """One event for one page of a list that `visible_to` has scoped; filters are sealed, the total is not.

    Raises Refused, AuditUnavailable, Unprotected.
    """
    sealed = (
        {"filters": json.dumps(filters, ensure_ascii=False, sort_keys=True, default=str)} if filters else {}
    )
    about = events.ObjectFacts(type=f"{protection_of(model).name}-list", version=str(total))
    return _conclude_route(context, action, sealed, about)


def authorize_system(
    purpose: Action,
    targets: Iterable[UUID] | None,
    *,
    name: str = "component",
    lifetime: timedelta = timedelta(hours=1),
) -> SystemPermit:
    """A machine's permit for a batch of objects, journalled once; None is every object there is.

    `name` says what the ids are. Raises AuditUnavailable, MisusedAction.
    """
    if rule_of(purpose).kind is not Kind.MACHINE:
        raise MisusedAction(f"{purpose} is no machine's purpose.")
    batch = None if targets is None else frozenset(targets)
    about = events.ObjectFacts(
        type=f"{name}-batch",
        id=str(next(iter(batch))) if batch is not None and len(batch) == 1 else "",
        version="all" if batch is None else str(len(batch)),
    )
    uid = recording.record(
        purpose,
        outcome=events.GRANTED,
        reason=Reason(rule=Code.SYSTEM),
        actor=events.system_actor(purpose.name.lower()),
        object=about,
    )
    return permit._mint_system(action=purpose, event=uid, targets=batch, lifetime=lifetime)


def absent(context: Context, action: Action, name: str, pk: UUID) -> NoReturn:
    """Record that something without a label of its own, an upload for instance, was looked for and not found.

    Always raises: Absent, or AuditUnavailable.
    """
    about = events.ObjectFacts(type=name, id=str(pk))
    _record(context, action, Code.ABSENT, events.FAILED, about)
    raise Absent


def knock(context: Context, action: Action) -> None:
    """What the middleware asks before a view runs: may this account use this route at all?

    A refusal is recorded, an allowance is not: the view's own question is. Raises Refused, AuditUnavailable.
    """
    decision = decide_at_the_door(action, context.subject)
    if isinstance(decision, Deny):
        _record(context, action, decision.code, events.DENIED, None)
        raise Refused(decision)


def explain(context: Context, action: Action, target: Model | Prospect, scope: Scope = WHOLE) -> Decision:
    """The decision without a permit and without an event, to show or hide a button. Release nothing on it."""
    if isinstance(target, Prospect):
        facts = loading.new_object_facts(target.name, target.unit_id, target.levels, id=target.id)
        return decide(action, context.subject, facts, loading.relation_to_new(context))
    relation = loading.relation(context, action, protection_of(type(target)), target.pk, scope)
    return decide(action, context.subject, loading.object_facts(target, scope), relation)


def _conclude_route(
    context: Context,
    action: Action,
    sealed: Mapping[str, Any] | None,
    about: events.ObjectFacts | None = None,
) -> Permit:
    decision = decide(action, context.subject, None, UNRELATED)
    if isinstance(decision, Deny):
        _record(context, action, decision.code, events.DENIED, about, sealed)
        raise Refused(decision)
    uid = _record(context, action, decision.code, events.GRANTED, about, sealed)
    return permit._mint(action=action, event=uid, actor=context.actor, code=decision.code)


def _conclude(
    context: Context,
    action: Action,
    facts: ObjectFacts,
    relation: RelationFacts,
    scope: Scope,
    *,
    found: bool,
    sealed: Mapping[str, Any] | None = None,
    opened: UUID | None = None,
) -> Permit:
    decision = decide(action, context.subject, facts, relation)
    may_know = _may_know(action, context, facts, relation)
    if scope is not WHOLE:
        sealed = {"scope": scope.canonical(), **(sealed or {})}
    is_allowed = found and isinstance(decision, Allow)
    uid = opened if is_allowed else None
    uid = uid or _record(context, action, *_said(decision, found), _about(facts, found), sealed)
    if found and isinstance(decision, Allow):
        return _permit(context, action, facts, decision, scope, uid)
    if found and may_know and isinstance(decision, Deny):
        raise Refused(decision)
    raise Absent


def _said(decision: Decision, found: bool) -> tuple[Code, str]:
    """The rule and the outcome as the log has them."""
    if not found:
        return Code.ABSENT, events.FAILED
    return decision.code, events.GRANTED if isinstance(decision, Allow) else events.DENIED


def _about(facts: ObjectFacts, found: bool) -> events.ObjectFacts:
    return events.ObjectFacts(
        type=facts.type,
        id=str(facts.id or ""),
        version=facts.version,
        label=facts.levels.canonical() if found else "",
    )


def _permit(
    context: Context, action: Action, facts: ObjectFacts, decision: Allow, scope: Scope, uid: UUID
) -> Permit:
    return permit._mint(
        action=action,
        event=uid,
        actor=context.actor,
        target_type=facts.type,
        target_id=facts.id,
        scope=scope,
        code=decision.code,
        obligations=decision.obligations,
    )


def _may_know(action: Action, context: Context, facts: ObjectFacts, relation: RelationFacts) -> bool:
    """Whether a refusal may be explained: whoever asks may describe the object, or it is his own that he is making."""
    if rule_of(action).kind is Kind.NEW_OBJECT:
        return True
    return isinstance(decide(Action.DESCRIBE, context.subject, facts, relation), Allow)


def _phantom(name: str, pk: UUID) -> ObjectFacts:
    """Facts of what is not there: decided like any other, and never allowed to anybody."""
    return ObjectFacts(
        type=name, id=pk, unit_id=None, levels=Levels(3, 2, 1), shielded=True, state=ObjectState.ACTIVE
    )


def _record(
    context: Context,
    action: Action,
    code: Code,
    outcome: str,
    about: events.ObjectFacts | None,
    sealed: Mapping[str, Any] | None = None,
) -> UUID:
    if context.account is None:
        return anonymous.count(clock.now())
    entry, phase = _entry(context, action, code, outcome, about, sealed)
    write = recording.intent if phase == events.INTENT else recording.record
    return write(
        entry.action,
        outcome=entry.outcome,
        reason=entry.reason,
        actor=entry.actor,
        object=entry.object,
        source=entry.source,
        sealed=entry.sealed,
        corr=entry.corr,
        req=entry.req,
    )


def _entry(
    context: Context,
    action: Action,
    code: Code,
    outcome: str,
    about: events.ObjectFacts | None,
    sealed: Mapping[str, Any] | None = None,
) -> tuple[events.Entry, str]:
    """One decision as an event, and its phase: an allowance to change something is an intent."""
    facts = dict(sealed or {})
    if context.purpose:
        facts["purpose"] = context.purpose
    is_intent = outcome == events.GRANTED and rule_of(action).changes
    entry = events.Entry(
        action=action,
        outcome=outcome,
        reason=Reason(rule=code),
        actor=context.actor,
        object=about,
        source=context.source,
        sealed=facts or None,
        corr=context.correlation,
        req=context.request_id,
    )
    return entry, events.INTENT if is_intent else events.SINGLE
