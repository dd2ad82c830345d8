"""The access rule over a whole table: what `decide` allows one by one, as one query.

Most rows are decided by their access class, an integer. One statement per request finds the viewer's allowed classes
and the rows that he may see besides: named on a list, granted, requested, or a draft. A list is then "class allowed
and past its draft, or one of these rows". Each function below that bears a conjunct's name is that conjunct of
`vault.authorization.decision`, said again in the language of queries; the equivalence test removes each in turn.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeVar, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import DateTimeField, IntegerField, Model, Q, QuerySet, UUIDField

from accounts.models import Unit
from accounts.rules import Duty
from accounts.slots import AmongSlot, ContainsSlot, Slot, Statement, fill, union
from vault.authorization import grants, loading, providers
from vault.authorization.actions import (
    GRANTABLE,
    KEEPERS,
    Action,
    Basis,
    ObjectState,
    Rule,
    codename,
    rule_of,
)
from vault.authorization.branches import OneOf, OneOfQuery, scoped
from vault.authorization.context import Context
from vault.authorization.errors import MisusedAction
from vault.authorization.facts import Subject
from vault.authorization.protection import Protection, access_class_model, protection_of

NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING
# Beyond this many, single rows are not written into the query but found in it.
ROWS_WRITTEN_OUT = 1000

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class View:
    """One question about a whole model: who asks, for which action, of what."""

    context: Context
    action: Action
    rule: Rule
    protection: Protection

    @property
    def subject(self) -> Subject:
        return self.context.subject


def visible_to(
    viewer: Context | None, source: type[M] | QuerySet[M], action: Action = Action.DESCRIBE
) -> QuerySet[M]:
    """The rows of a protected model on which the viewer may take one of the nine actions; nobody sees none.

    Filters, ordering and slices may follow. One query more per request for the classes. Raises Unprotected,
    MisusedAction.
    """
    queryset = source._default_manager.all() if isinstance(source, type) else source
    protection = protection_of(queryset.model)
    if viewer is None:
        return queryset.none()
    if action not in GRANTABLE:
        raise MisusedAction(f"{action} is asked about one object, never about a list.")
    view = View(viewer, action, rule_of(action), protection)
    if not admitted(view):
        return queryset.none()
    found = _reach(view, queryset.db)
    by_class = [OneOf("access_class", found.classes)]
    if protection.state_field:
        by_class.append(OneOf(protection.state_field, settled_states(view)))
    besides = OneOf("pk", found.rows) if found.rows is not None else OneOfQuery("pk", found.statement)
    narrowed = scoped(queryset, [by_class, [besides]])
    if providers.EXCLUDED.answered:
        narrowed = narrowed.filter(not_excluded(view))
    return cast("QuerySet[M]", narrowed)


@dataclass(frozen=True)
class Reach:
    """What one viewer may take one action on: whole classes, and rows besides as the database spells their ids.

    `rows` is None for more than are written out; `statement` finds them.
    """

    classes: list[int]
    rows: list[UUID | str] | None
    statement: Statement


def admitted(view: View) -> bool:
    """Whether the viewer may see anything at all."""
    asked = (account_usable, duties_agree, no_officer, trained, undertaking_signed, token_opens)
    return all(ask(view) for ask in asked)


def class_condition(view: View) -> Q:
    """The classes whose every row the action is allowed on, but for its state."""
    return row_conditions(view) & class_right(view)


def row_alternatives(view: View) -> list[Q]:
    """The rows besides, in as many ways as there are indexes to find them; none of them falls under a class."""
    always = row_conditions(view)
    settled, draft = states(view)
    own = own_draft(view)
    living = settled | (draft & reduce(or_, own))
    return [
        always & living & listed_right(view),
        always & living & unlisted_right(view) & ~(settled & class_right(view)),
        *(always & draft & each & class_right(view) for each in own),
    ]


# About the viewer


def account_usable(view: View) -> bool:
    return view.subject.account_id is not None and view.subject.usable


def duties_agree(view: View) -> bool:
    return not view.subject.exclusions


def no_officer(view: View) -> bool:
    return view.rule.officers or not view.subject.is_officer


def trained(view: View) -> bool:
    return view.subject.training_valid


def undertaking_signed(view: View) -> bool:
    return view.subject.undertaking_valid


def token_opens(view: View) -> bool:
    return view.subject.scopes is None or not view.subject.scopes.isdisjoint(view.rule.scopes)


# About the row; the same field names in a protected model and in its access classes


def cleared_for_state(view: View) -> Q:
    return Q(state_level__lte=_CLEARED_STATE)


def cleared_for_enterprise(view: View) -> Q:
    return Q(enterprise_level__lte=_CLEARED_ENTERPRISE)


def cleared_for_restricted(view: View) -> Q:
    return Q(restricted__lte=_CLEARED_RESTRICTED)


def state_content_stored(view: View) -> Q:
    closed = view.rule.reads_content and not loading.state_content_open(view.context)
    return Q(state_level=0) if closed else EVERYTHING


def classified_at_all(view: View) -> Q:
    return EVERYTHING if view.rule.classified else _UNCLASSIFIED


def token_bears(view: View) -> Q:
    return EVERYTHING if view.subject.scopes is None else _UNCLASSIFIED & Q(is_shielded=False)


def row_conditions(view: View) -> Q:
    """What a label must fulfil, whoever asks about it and whatever his right rests on."""
    return (
        cleared_for_state(view)
        & cleared_for_enterprise(view)
        & cleared_for_restricted(view)
        & state_content_stored(view)
        & classified_at_all(view)
        & token_bears(view)
    )


def state_allows(view: View) -> list[str]:
    return [value for value, state in view.protection.states.items() if state in view.rule.states]


def settled_states(view: View) -> list[str]:
    """States past the draft in which the action is allowed."""
    drafts = view.protection.values_of(ObjectState.DRAFT)
    return sorted(state for state in state_allows(view) if state not in drafts)


def states(view: View) -> tuple[Q, Q]:
    """Rows past their draft in a state that the action allows, and drafts when it allows those."""
    field = view.protection.state_field
    if not field:
        return EVERYTHING, NOTHING
    drafts = [state for state in view.protection.values_of(ObjectState.DRAFT) if state in state_allows(view)]
    return (
        Q(**{f"{field}__in": settled_states(view)}),
        # Equality and not a list of one: only so does SQLite recognise the partial index over drafts.
        reduce(or_, (Q(**{field: value}) for value in drafts), NOTHING),
    )


def own_draft(view: View) -> list[Q]:
    """The ways in which a draft can concern the viewer."""
    author = view.protection.author_field
    return [_under(KEEPERS), *([Q(**{author: _PERSON})] if author else [])]


def not_excluded(view: View) -> Q:
    return ~_in_any(providers.EXCLUDED, view)


# What the viewer's right rests on


def needs_no_list(view: View) -> Q:
    return _UNCLASSIFIED & Q(is_shielded=False)


def on_the_list(view: View) -> Q:
    knowers = view.protection.knowers
    if knowers is None:
        return NOTHING
    rows = loading.known_rows(knowers, _PERSON, _INSTANT)
    return Q(pk__in=rows.filter(**{f"{knowers.target}__isnull": False}).values(knowers.target))


def within_reach(view: View) -> Q:
    return Q(restricted=0) | _OWN_UNITS


def basis_by_class(view: View) -> Q:
    """What an action rests on that a class alone can tell."""
    right = NOTHING
    if Basis.OPEN in view.rule.bases:
        right |= Q(restricted=0)
    if Basis.UNIT in view.rule.bases:
        right |= _OWN_UNITS
    return right | _by_duty(view)


def request_approved(view: View) -> Q:
    return _in_any(providers.APPROVED_REQUEST, view) if view.rule.needs_request else EVERYTHING


def session_live(view: View) -> Q:
    return _in_any(providers.LIVE_SESSION, view) if view.rule.needs_session else EVERYTHING


def class_right(view: View) -> Q:
    """Neither classified nor shielded, and open or of the viewer's units: what a class alone can tell."""
    return needs_no_list(view) & within_reach(view) & basis_by_class(view)


def listed_right(view: View) -> Q:
    """Classified or shielded: named on the list, and for classified content the request and the session besides."""
    right = (
        EVERYTHING if Basis.LIST in view.rule.bases else _by_grant(view) | _by_request(view) | _by_duty(view)
    )
    content = _UNCLASSIFIED | (request_approved(view) & session_live(view))
    return ~(_UNCLASSIFIED & Q(is_shielded=False)) & on_the_list(view) & right & content


def unlisted_right(view: View) -> Q:
    """The rest, as far as a grant or a request decides it and not the class."""
    any_grant = _granted(view, None)
    by_request = _by_request(view) & (within_reach(view) | any_grant)
    by_duty = any_grant & _by_duty(view)
    return needs_no_list(view) & (_by_grant(view) | by_request | by_duty)


# A classified row needs the list, a request and a session (P-05).
_UNCLASSIFIED = Q(state_level=0, enterprise_level=0)

_PERSON = Slot(UUIDField(), lambda view: view.subject.person_id)
_INSTANT = Slot(DateTimeField(), lambda view: view.context.instant)
_CLEARED_STATE = Slot(IntegerField(), lambda view: view.subject.clearance.state)
_CLEARED_ENTERPRISE = Slot(IntegerField(), lambda view: view.subject.clearance.enterprise)
_CLEARED_RESTRICTED = Slot(IntegerField(), lambda view: view.subject.clearance.restricted)
_OWN_UNITS = Q(AmongSlot("unit", lambda view: view.subject.units))


def _reach(view: View, alias: str) -> Reach:
    """Find classes and rows in one statement, once per action, model and request."""
    key = ("reach", view.protection.model, view.action, alias)
    if key not in view.context.memory:
        view.context.memory[key] = _find(view, alias)
    return cast("Reach", view.context.memory[key])


def _find(view: View, alias: str) -> Reach:
    connection = connections[alias]
    in_classes, in_rows = (fill(s, view, connection) for s in _compiled(view, alias))
    text, values = in_rows
    # Drawn from subqueries, so that each part keeps its own plan and the second can be cut off.
    # Both texts are Django's own; every value in them is bound.
    sql = (
        f"SELECT c.pk, NULL FROM ({in_classes[0]}) c "  # noqa: S608
        f"UNION ALL SELECT NULL, r.pk FROM (SELECT pk FROM ({text}) a LIMIT {ROWS_WRITTEN_OUT + 1}) r"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*in_classes[1], *values])
        found = cursor.fetchall()
    # Told by the rows as they came: one found in two ways takes two places below the limit.
    rows = [row for _, row in found if row is not None]
    return Reach(
        classes=[number for number, _ in found if number is not None],
        rows=list(set(rows)) if len(rows) <= ROWS_WRITTEN_OUT else None,
        statement=in_rows,
    )


def _compiled(view: View, alias: str) -> tuple[Statement, Statement]:
    """Both statements with their slots, compiled once per process unless a later room's answers are part of them."""
    model = view.protection.model
    # What no room's answer can change is compiled once: the lists that everybody looks at, by DESCRIBE.
    if loading.asks_rooms(view.action):
        return _compile(view, alias)
    by_token = view.subject.scopes is not None
    key = (model, view.action, alias, loading.state_content_open(view.context), by_token)
    if key not in _statements:
        _statements[key] = _compile(view, alias)
    return _statements[key]


def _compile(view: View, alias: str) -> tuple[Statement, Statement]:
    model = view.protection.model

    def ids(of: type[Model], condition: Q) -> Iterable[Statement]:
        query = of._base_manager.using(alias).filter(condition).order_by().values("pk").query
        try:
            yield query.get_compiler(alias).as_sql()
        except EmptyResultSet:
            return

    classes = access_class_model(model)
    found = list(ids(classes, class_condition(view)))
    rows = [statement for condition in row_alternatives(view) for statement in ids(model, condition)]
    return union(found or [_no_row(classes)]), union(rows or [_no_row(model)])


def _no_row(model: type[Model]) -> Statement:
    return f'SELECT id AS pk FROM "{model._meta.db_table}" WHERE 1 = 0', ()  # noqa: S608


_statements: dict[tuple[type[Model], Action, str, bool, bool], tuple[Statement, Statement]] = {}


def _by_grant(view: View) -> Q:
    if Basis.GRANT not in view.rule.bases:
        return NOTHING
    return _granted(view, None if view.action is Action.DESCRIBE else view.action)


def _by_request(view: View) -> Q:
    return _in_any(providers.APPROVED_REQUEST, view) if Basis.REQUEST in view.rule.bases else NOTHING


def _by_duty(view: View) -> Q:
    if Basis.DUTY not in view.rule.bases:
        return NOTHING
    return _under(view.rule.by_duty)


def _granted(view: View, action: Action | None) -> Q:
    """Rows with a grant of the action in force; None is any of the nine."""
    if view.protection.user_grants is None:
        return NOTHING
    held = grants.held_by(view.protection.user_grants, _PERSON, _INSTANT)
    names = [codename(action)] if action else [codename(each) for each in GRANTABLE]
    return Q(pk__in=held.filter(permission__codename__in=names).values("content_object"))


def _under(duties: frozenset[Duty]) -> Q:
    """Rows of the units at which the viewer holds one of these duties, and of all units below them."""

    def paths(view: View) -> list[str]:
        return [f"{unit}/" for duty, unit in sorted(view.subject.duties) if duty in duties]

    return Q(unit__in=Unit.objects.filter(ContainsSlot("path", paths)).values("pk"))


def _in_any(question: providers.ObjectQuestion, view: View) -> Q:
    found = NOTHING
    for ids in question.ids(view.context, view.action, view.protection.model):
        found |= Q(pk__in=ids)
    return found
