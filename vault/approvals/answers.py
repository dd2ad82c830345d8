"""Answers the access rule's question "approved request for this?" (RQ-01, RQ-02, RQ-11).

For consulting, excerpting and quoting the request is the person's own. Whoever makes a copy makes it for somebody
else: there the request is any other person's (7.3).
"""

from django.db.models import F, Model, Q, QuerySet

from vault.approvals import selectors
from vault.approvals.digests import is_unchanged
from vault.approvals.models import AccessRequest
from vault.approvals.rules import REPRODUCING, REQUESTABLE, RequestState
from vault.authorization import providers
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.providers import Asked, Ids
from vault.holdings.models import Record


def connect() -> None:
    """Answer, once."""
    providers.APPROVED_REQUEST.provide(ask, ids)


def ask(asked: Asked) -> bool:
    """Whether a request in force covers what is asked. One query, and none for what no request opens."""
    found = _concerned(asked.context, asked.action, asked.model)
    if found is None:
        return False
    return any(
        one.scope.holds(asked.scope) and is_unchanged(one) for one in found.filter(record=asked.object_id)
    )


def ids(context: Context, action: Action, model: type[Model]) -> Ids:
    """Records of which a request in force covers the whole."""
    found = _concerned(context, action, model)
    return frozenset() if found is None else found.filter(is_whole=True).values("record")


def _concerned(context: Context, action: Action, model: type[Model]) -> QuerySet[AccessRequest] | None:
    if model is not Record:
        return None
    person_id = context.subject.person_id
    found = selectors.in_force(context.instant).filter(
        # The use that is being taken is taken already.
        Q(used__lt=F("amount")) | Q(state=RequestState.IN_SESSION)
    )
    if action is Action.PRODUCE:
        return found.filter(action__in=REPRODUCING).exclude(requester=person_id)
    if action in REQUESTABLE:
        return found.filter(action=action, requester=person_id)
    return None
