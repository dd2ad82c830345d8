"""What the gate is asked about and answers with, where it is not one loaded object and its permit."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model

from vault.authorization.decision import Decision
from vault.authorization.levels import Levels
from vault.authorization.permit import Permit

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Prospect:
    """Something about to be made: the unit it is for and the label it will have."""

    unit_id: UUID
    levels: Levels
    name: str = "record"
    id: UUID | None = None


@dataclass(frozen=True)
class Answer(Generic[M]):
    """What was answered about one of many objects.

    `target` and `decision` are there for whoever may describe it: absent and forbidden look the same here too.
    """

    pk: UUID
    target: M | None = None
    decision: Decision | None = None
    permit: Permit | None = None
