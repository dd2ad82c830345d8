"""The access rule over a whole table: what `decide` allows one by one, as one query.

Most rows are decided by their access class, an integer: the viewer's allowed classes are found once per request, and a
list is "class allowed", or "named on the list", or "granted", or "a draft of one's own". Counting is done branch by
branch in one statement, because a database counts each branch from an index and the union of them row by row
(measured, tests/bench). Each function below that bears a conjunct's name is that conjunct of
`vault.authorization.decision`, said again in the language of queries; the equivalence test removes each in turn.
"""

from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from accounts.models import Unit
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
from vault.authorization.branches import EVERYTHING, NOTHING, scoped
from vault.authorization.context import Context
from vault.authorization.errors import MisusedAction
from vault.authorization.facts import Subject
from vault.authorization.protection import Protection, access_class_model, protection_of

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
        """The viewer's facts."""
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
    found = branches(View(viewer, action, rule_of(action), protection))
    return cast("QuerySet[M]", scoped(queryset, found)) if found else queryset.none()


def branches(view: View) -> list[Q]:
    """The alternatives that make a row visible, each countable from an index and disjoint from the others but for the
    first and second. Empty when the viewer himself is refused.
    """
    admitted = (
        account_usable(view)
        and duties_agree(view)
        and no_officer(view)
        and trained(view)
        and undertaking_signed(view)
    )
    if not admitted:
        return []
    by_class = Q(access_class__in=allowed_classes(view))
    by_name = row_conditions(view) & (listed_right(view) | unlisted_right(view))
    exclusion = not_excluded(view)
    if not view.protection.state_field:
        return [by_class & exclusion, by_name & exclusion]
    settled, drafts = states(view)
    found = [by_class & settled & exclusion, by_name & settled & exclusion]
    if drafts is not NOTHING:
        found.append(drafts & own_draft(view) & (by_class | by_name) & exclusion)
    return found


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


# About the row; the same field names in a protected model and in its access classes


def cleared_for_state(view: View) -> Q:
    return Q(state_level__lte=view.subject.clearance.state)


def cleared_for_enterprise(view: View) -> Q:
    return Q(enterprise_level__lte=view.subject.clearance.enterprise)


def cleared_for_restricted(view: View) -> Q:
    return Q(restricted__lte=view.subject.clearance.restricted)


def state_content_stored(view: View) -> Q:
    closed = view.rule.reads_content and not loading.state_content_open(view.context)
    return Q(state_level=0) if closed else EVERYTHING


def classified_at_all(view: View) -> Q:
    return EVERYTHING if view.rule.classified else _UNCLASSIFIED


def row_conditions(view: View) -> Q:
    """What a label must fulfil, whoever asks about it and whatever his right rests on."""
    return (
        cleared_for_state(view)
        & cleared_for_enterprise(view)
        & cleared_for_restricted(view)
        & state_content_stored(view)
        & classified_at_all(view)
    )


def state_allows(view: View) -> list[str]:
    return [value for value, state in view.protection.states.items() if state in view.rule.states]


def states(view: View) -> tuple[Q, Q]:
    """Rows past their draft in a state that the action allows, and drafts when it allows those."""
    allowed = set(state_allows(view))
    draft = set(view.protection.values_of(ObjectState.DRAFT))
    field = f"{view.protection.state_field}__in"
    return (
        Q(**{field: sorted(allowed - draft)}),
        Q(**{field: sorted(allowed & draft)}) if allowed & draft else NOTHING,
    )


def own_draft(view: View) -> Q:
    kept = Q(unit__in=_units_under(view.subject, KEEPERS))
    author = view.protection.author_field
    return kept | Q(**{author: view.subject.person_id}) if author else kept


def not_excluded(view: View) -> Q:
    return ~_in_any(providers.EXCLUDED, view)


# What the viewer's right rests on


def needs_no_list(view: View) -> Q:
    return _UNCLASSIFIED & Q(is_shielded=False)


def on_the_list(view: View) -> Q:
    knowers = view.protection.knowers
    if knowers is None:
        return NOTHING
    rows = loading.known_rows(knowers, view.subject.person_id, view.context.instant)
    return Q(pk__in=rows.filter(**{f"{knowers.target}__isnull": False}).values(knowers.target))


def within_reach(view: View) -> Q:
    return Q(restricted=0) | Q(unit__in=view.subject.units)


def basis_by_class(view: View) -> Q:
    """What an action rests on that a class alone can tell."""
    right = NOTHING
    if Basis.OPEN in view.rule.bases:
        right |= Q(restricted=0)
    if Basis.UNIT in view.rule.bases:
        right |= Q(unit__in=view.subject.units)
    return right | _by_duty(view)


def request_approved(view: View) -> Q:
    return _in_any(providers.APPROVED_REQUEST, view) if view.rule.needs_request else EVERYTHING


def session_live(view: View) -> Q:
    return _in_any(providers.LIVE_SESSION, view) if view.rule.needs_session else EVERYTHING


def allowed_classes(view: View) -> list[int]:
    """The classes whose every row the action is allowed on, but for its state. One query per action and request."""
    model = access_class_model(view.protection.model)
    key = ("allowed classes", model, view.action)
    if key not in view.context.memory:
        condition = row_conditions(view) & needs_no_list(view) & within_reach(view) & basis_by_class(view)
        view.context.memory[key] = list(
            model._base_manager.filter(condition).order_by("pk").values_list("pk", flat=True)
        )
    return cast("list[int]", view.context.memory[key])


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


def _by_grant(view: View) -> Q:
    if Basis.GRANT not in view.rule.bases:
        return NOTHING
    return _granted(view, None if view.action is Action.DESCRIBE else view.action)


def _by_request(view: View) -> Q:
    return _in_any(providers.APPROVED_REQUEST, view) if Basis.REQUEST in view.rule.bases else NOTHING


def _by_duty(view: View) -> Q:
    if Basis.DUTY not in view.rule.bases:
        return NOTHING
    return Q(unit__in=_units_under(view.subject, view.rule.by_duty))


def _granted(view: View, action: Action | None) -> Q:
    """Rows with a grant of the action in force; None is any of the nine."""
    if view.protection.user_grants is None:
        return NOTHING
    held = grants.held_by(view.protection.user_grants, view.subject.person_id, view.context.instant)
    names = [codename(action)] if action else [codename(each) for each in GRANTABLE]
    return Q(pk__in=held.filter(permission__codename__in=names).values("content_object"))


def _units_under(subject: Subject, duties: frozenset[Any]) -> QuerySet[Any, Any] | list[UUID]:
    """The units at which one of these duties is held, and all below them."""
    reach = Q()
    for duty, unit in subject.duties:
        if duty in duties:
            reach |= Q(path__contains=f"{unit}/")
    return Unit.objects.filter(reach).values("pk") if reach else []


def _in_any(question: providers.ObjectQuestion, view: View) -> Q:
    found = NOTHING
    for ids in question.ids(view.context, view.action, view.protection.model):
        found |= Q(pk__in=ids)
    return found
