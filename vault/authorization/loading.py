"""Reads the facts of one decision: at most two queries beyond the object itself.

One for the person (once per request), one for the list and the grants together.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, DateTimeField, Model, Q, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Coalesce

from accounts.models import Account, Unit
from accounts.prepared import Prepared
from accounts.rules import local_day
from accounts.selectors import SubjectFacts, subject_facts
from accounts.slots import Slot
from vault.authorization import grants, providers
from vault.authorization.actions import Action, Basis, ObjectState, rule_of
from vault.authorization.facts import WHOLE, ObjectFacts, RelationFacts, Scope, Subject
from vault.authorization.grants import UserGrant
from vault.authorization.levels import Levels
from vault.authorization.protection import Knowers, Protection, protection_of
from vault.authorization.providers import Asked

if TYPE_CHECKING:
    from vault.authorization.context import Context

_KNOWS = "knows"

M = TypeVar("M", bound=Model)


def subject_of(account: Account, at: datetime, facts: SubjectFacts | None = None) -> Subject:
    """The account's person as the rule sees him; an account that is gone is unusable.

    `facts` are those that the same request has read already.
    """
    if facts is None or facts.account_id != account.pk:
        try:
            facts = subject_facts(account, at)
        except Account.DoesNotExist:
            return Subject(account_id=account.pk, person_id=None, usable=False)
    return Subject(
        account_id=facts.account_id,
        person_id=facts.person_id,
        usable=facts.usable,
        duties=frozenset((held.duty, held.unit) for held in facts.duties),
        units=facts.scope_units,
        clearance=Levels(*facts.clearance),
        training_valid=facts.training_valid,
        undertaking_valid=facts.undertaking_valid,
        exclusions=facts.exclusions,
        home_unit_id=facts.home_unit_id,
    )


def load(model: type[Model], pk: UUID) -> Model | None:
    """The object with its unit, unscoped; only the gate asks. One query.

    Where there is none, a row of another object is read and thrown away: making instances of what was found is a tenth
    of a refusal (measured), and would tell forbidden from absent (PE-05).
    """
    found = _object_of(model).rows(pk)
    return found[0] if found and found[0].pk == model._meta.pk.to_python(pk) else None


def load_many(model: type[M], pks: Collection[UUID]) -> dict[UUID, M]:
    """Those objects that there are, with their units, unscoped; only the gate asks. One query."""
    return model._base_manager.select_related("unit").in_bulk(list(pks))


def object_facts(target: Any, scope: Scope = WHOLE) -> ObjectFacts:
    """The facts of a protected object. No query when its unit is loaded. Raises Unprotected."""
    protection = protection_of(type(target))
    return ObjectFacts(
        type=protection.name,
        id=target.pk,
        unit_id=target.unit_id,
        line=line_of(target.unit.path),
        levels=Levels(target.state_level, target.enterprise_level, target.restricted),
        shielded=target.is_shielded,
        caveat=target.caveat,
        state=_state(protection, target),
        author_id=_attribute(target, protection.author_field),
        quarantined=scope.quarantined,
        version=str(_attribute(target, protection.version_field) or ""),
    )


def new_object_facts(name: str, unit_id: UUID, levels: Levels, *, id: UUID | None = None) -> ObjectFacts:
    """The facts of something about to be filed at a unit under a label; an unknown unit has no line. One query."""
    path = Unit.objects.filter(pk=unit_id).values_list("path", flat=True).first() or ""
    return ObjectFacts(
        type=name, id=id, unit_id=unit_id, line=line_of(path), levels=levels, state=ObjectState.DRAFT
    )


def line_of(path: str) -> frozenset[UUID]:
    """The unit of a path and all above it."""
    return frozenset(UUID(part) for part in path.split("/") if part)


def relation(
    context: "Context", action: Action, protection: Protection, pk: UUID, scope: Scope = WHOLE
) -> RelationFacts:
    """What ties the context's person to an object, in one query and the providers' own.

    The same work is done for an object that does not exist.
    """
    asked = Asked(context, action, protection.model, pk, scope)
    uses_request, uses_session = uses(action)
    return _tied(
        context,
        _names(context, protection, pk),
        approved=uses_request and providers.APPROVED_REQUEST(asked),
        live=uses_session and providers.LIVE_SESSION(asked),
        excluded=providers.EXCLUDED(asked),
    )


def relations(
    context: "Context", action: Action, protection: Protection, pks: Collection[UUID]
) -> dict[UUID, RelationFacts]:
    """The same for many objects, in one query for all of them; the providers answer for each."""
    names: dict[UUID, set[str]] = {pk: set() for pk in pks}
    for pk, name in _names_of_many(context, protection, pks):
        names[pk].add(name)
    asked = (context, action, protection.model, pks)
    uses_request, uses_session = uses(action)
    approved = providers.APPROVED_REQUEST.among(*asked) if uses_request else frozenset()
    live = providers.LIVE_SESSION.among(*asked) if uses_session else frozenset()
    excluded = providers.EXCLUDED.among(*asked)
    return {
        pk: _tied(context, found, approved=pk in approved, live=pk in live, excluded=pk in excluded)
        for pk, found in names.items()
    }


def uses(action: Action) -> tuple[bool, bool]:
    """Whether a request, and whether a session, can make a difference to an action."""
    rule = rule_of(action)
    return rule.needs_request or Basis.REQUEST in rule.bases, rule.needs_session


def asks_rooms(action: Action) -> bool:
    """Whether a room that answers about requests or sessions can make a difference to an action."""
    uses_request, uses_session = uses(action)
    return (uses_request and providers.APPROVED_REQUEST.answered) or (
        uses_session and providers.LIVE_SESSION.answered
    )


def _tied(
    context: "Context", names: set[str], *, approved: bool, live: bool, excluded: bool
) -> RelationFacts:
    return RelationFacts(
        knows=_KNOWS in names,
        grants=grants.actions_of(names),
        approved_request=approved,
        live_session=live,
        registered_terminal=providers.REGISTERED_TERMINAL(context),
        excluded=excluded,
        state_content_open=state_content_open(context),
    )


def relation_to_new(context: "Context") -> RelationFacts:
    """What matters of something that does not exist yet: the place and the instance's attestation. No query."""
    return RelationFacts(
        registered_terminal=providers.REGISTERED_TERMINAL(context),
        state_content_open=state_content_open(context),
    )


def state_content_open(context: "Context") -> bool:
    """P-01: whether bodies of state secrets may be stored and shown here on this day."""
    return bool(settings.JINGUI_STATE_CONTENT.is_open(local_day(context.instant)))


def known_rows(knowers: Knowers, person_id: Any, at: Any) -> QuerySet[Any, Any]:
    """The rows of a need-to-know list that name the person at the instant; the first instant in, the last one out."""
    return knowers.model._base_manager.filter(
        Q(**{f"{knowers.ends}__isnull": True}) | Q(**{f"{knowers.ends}__gt": at}),
        **{f"{knowers.person}": person_id, f"{knowers.starts}__lte": at},
    )


def _names(context: "Context", protection: Protection, pk: UUID) -> set[str]:
    prepared = _names_of(protection.knowers, protection.user_grants)
    if prepared is None:
        return set()
    return set(prepared.rows(_Tie(context.subject.person_id, context.instant, pk)))


def _names_of_many(
    context: "Context", protection: Protection, pks: Collection[UUID]
) -> Iterable[tuple[UUID, str]]:
    """Each object with each name that `_names` finds for it."""
    person, at = context.subject.person_id, context.instant
    asked: list[QuerySet[Any, Any]] = []
    if protection.knowers is not None:
        by = protection.knowers
        listed = known_rows(by, person, at).filter(**{f"{by.target}__in": pks})
        asked.append(listed.values_list(by.target, Value(_KNOWS, output_field=CharField())))
    if protection.user_grants is not None:
        held = grants.held_by(protection.user_grants, person, at).filter(content_object__in=pks)
        asked.append(held.values_list("content_object", "permission__codename"))
    return asked[0].union(*asked[1:]) if asked else ()


class _Tie(NamedTuple):
    """Between whom and what a tie is looked for, and when."""

    person_id: UUID | None
    instant: datetime
    object_id: UUID


@cache
def _object_of(model: type[Model]) -> Prepared[UUID, Model]:
    def asked_or_any() -> QuerySet[Any, Model]:
        rows = model._base_manager.order_by()
        asked = rows.filter(pk=Slot(UUIDField(), lambda pk: pk)).values("pk")
        one = Coalesce(Subquery(asked), Subquery(rows.values("pk")[:1]))
        return rows.select_related("unit").filter(pk=one)

    return Prepared(asked_or_any)


@cache
def _names_of(knowers: Knowers | None, user_grants: type[UserGrant] | None) -> Prepared[_Tie, str] | None:
    """Codenames of the grants a person holds on an object, and one name more for whoever is on its list."""
    person = Slot(UUIDField(), lambda tie: tie.person_id)
    at = Slot(DateTimeField(), lambda tie: tie.instant)
    target = Slot(UUIDField(), lambda tie: tie.object_id)

    def listed(by: Knowers) -> QuerySet[Any, Any]:
        rows = known_rows(by, person, at).filter(**{by.target: target})
        return rows.values_list(Value(_KNOWS, output_field=CharField()), flat=True)

    def granted(by: type[UserGrant]) -> QuerySet[Any, Any]:
        held = grants.held_by(by, person, at).filter(content_object=target)
        return held.values_list("permission__codename", flat=True)

    if knowers is not None and user_grants is not None:
        return Prepared(lambda: listed(knowers).union(granted(user_grants)))
    if knowers is not None:
        return Prepared(lambda: listed(knowers))
    return None if user_grants is None else Prepared(lambda: granted(user_grants))


def _state(protection: Protection, target: Any) -> ObjectState:
    if not protection.state_field:
        return ObjectState.ACTIVE
    return protection.states[str(getattr(target, protection.state_field))]


def _attribute(target: Any, name: str) -> Any:
    return getattr(target, name) if name else None
