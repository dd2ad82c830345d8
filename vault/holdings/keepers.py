"""Somebody must always be able to look after a need-to-know list (rule book 10, the archivist's duty; P-05)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from uuid import UUID

from accounts.models import Account
from vault.authorization import loading
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.decision import Allow, decide
from vault.authorization.facts import ObjectState, RelationFacts
from vault.authorization.levels import Levels


def has_keeper(unit_id: UUID, levels: Levels, persons: Iterable[UUID]) -> bool:
    """Whether one of the persons could change the list of a unit's record under this label if he is on it: appointed
    where its records belong, and cleared. A list without one could never be widened again, and the record be lost.
    """
    return any(True for _one in who_could(Action.NAME_KNOWERS, unit_id, levels, persons))


def who_could(action: Action, unit_id: UUID, levels: Levels, persons: Iterable[UUID]) -> Iterator[UUID]:
    """Which of the persons could take an action on a unit's record under this label if they are on its list."""
    record = replace(loading.new_object_facts("record", unit_id, levels), state=ObjectState.ACTIVE)
    accounts = Account.objects.filter(person__in=set(persons), is_active=True).select_related("person")
    on_list = RelationFacts(knows=True)
    for account in accounts.order_by("created_at"):
        if isinstance(decide(action, of_account(account).subject, record, on_list), Allow):
            yield account.person_id
