"""Questions that rooms above this one answer, each with a safe answer while nobody does.

A room answers by `QUESTION.provide(...)` when Django starts. A question about objects comes in two forms that must
agree: `ask` for one object, `ids` for all objects of a model at once; the equivalence test holds them together.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Model, QuerySet

from vault.authorization.actions import Action
from vault.authorization.facts import WHOLE, Scope

if TYPE_CHECKING:
    from vault.authorization.context import Context


@dataclass(frozen=True)
class Asked:
    """One object, and who asks for what."""

    context: "Context"
    action: Action
    model: type[Model]
    object_id: UUID
    scope: Scope = WHOLE


Ids = QuerySet[Any, Any] | frozenset[UUID]
Ask = Callable[[Asked], bool]
AllIds = Callable[["Context", Action, type[Model]], Ids]


class ObjectQuestion:
    """Yes or no about one object; no while nobody answers. Several rooms may answer; one yes is yes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answers: list[tuple[Ask, AllIds]] = []

    def provide(self, ask: Ask, ids: AllIds) -> Callable[[], None]:
        """Add an answer in both of its forms. Returns what takes it back, for tests."""
        answer = (ask, ids)
        self._answers.append(answer)
        return lambda: self._answers.remove(answer)

    @property
    def answered(self) -> bool:
        """Whether any room answers yet."""
        return bool(self._answers)

    def __call__(self, asked: Asked) -> bool:
        return any(ask(asked) for ask, _ in self._answers)

    def among(
        self, context: "Context", action: Action, model: type[Model], pks: Collection[UUID]
    ) -> frozenset[UUID]:
        """Which of these objects are concerned as wholes: one query per room that answers."""
        found: set[UUID] = set()
        for ids in self.ids(context, action, model):
            if isinstance(ids, frozenset):
                found |= ids & set(pks)
            else:
                found |= set(
                    model._base_manager.filter(pk__in=pks).filter(pk__in=ids).values_list("pk", flat=True)
                )
        return frozenset(found)

    def ids(self, context: "Context", action: Action, model: type[Model]) -> list[Ids]:
        """One collection of ids per room that answers; an object is concerned when it is in any."""
        return [ids(context, action, model) for _, ids in self._answers]


class ContextQuestion:
    """Yes or no about where somebody is; no while nobody answers."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answer: Callable[[Context], bool] | None = None

    def provide(self, answer: "Callable[[Context], bool] | None") -> None:
        """Set the answer; a later room replaces it. None takes it back."""
        self._answer = answer

    def __call__(self, context: "Context") -> bool:
        return self._answer is not None and self._answer(context)


class FloorQuestion:
    """Before which day is this never destroyed? `date.max` while nobody answers: never."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answer: Callable[[type[Model], UUID], date | None] | None = None

    def provide(self, answer: Callable[[type[Model], UUID], date | None] | None) -> None:
        """Set the answer; it returns None for an object without a floor."""
        self._answer = answer

    def __call__(self, model: type[Model], object_id: UUID) -> date | None:
        return date.max if self._answer is None else self._answer(model, object_id)


APPROVED_REQUEST = ObjectQuestion("approved request for this?")
LIVE_SESSION = ObjectQuestion("live session here?")
EXCLUDED = ObjectQuestion("excluded from this?")
ON_HOLD = ObjectQuestion("on hold?")
TICKET_OPEN = ObjectQuestion("ticket open?")
REGISTERED_TERMINAL = ContextQuestion("registered terminal here?")
FLOOR_DATE = FloorQuestion("floor date?")


def enrolled_terminal(context: "Context") -> bool:
    """P-02, RR-02, RR-03: a machine that proved which terminal it is, and nothing keeps that one from use."""
    return context.terminal_id is not None and context.terminal_usable
