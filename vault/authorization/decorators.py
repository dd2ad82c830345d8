"""Declares what a view or a command does; what declares nothing answers 404 and fails the system check."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from vault.authorization.actions import Action, rule_of

ATTRIBUTE = "jingui_declaration"
COMMAND_ATTRIBUTE = "jingui_action"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_LIMIT = 64 * 1024

T = TypeVar("T")


@dataclass(frozen=True)
class Declaration:
    """The action of a view, another one for methods that change, and the largest body in bytes it takes.

    `bodiless`: its changes need no body, and so no word of its length either.
    """

    action: Action
    unsafe: Action
    body_limit: int
    bodiless: bool = False

    def action_for(self, method: str | None) -> Action:
        """The action of a request by its method."""
        return self.action if method in SAFE_METHODS else self.unsafe


def requires(
    action: Action, *, unsafe: Action | None = None, body_limit: int = FORM_LIMIT, bodiless: bool = False
) -> Callable[[T], T]:
    """Declare a view's action; `unsafe` is that of POST, PUT, PATCH and DELETE when it differs.

    Works on functions, on view classes and on what `as_view()` returned. Raises UnknownAction.
    """
    rule_of(action)
    declaration = Declaration(action, unsafe or action, body_limit, bodiless)

    def declare(view: T) -> T:
        setattr(view, ATTRIBUTE, declaration)
        return view

    return declare


def declaration_of(view: Any) -> Declaration | None:
    """What a resolved view declares; None for nothing."""
    found = getattr(view, ATTRIBUTE, None) or getattr(getattr(view, "view_class", None), ATTRIBUTE, None)
    return found if isinstance(found, Declaration) else None


def declares(action: Action) -> Callable[[type[T]], type[T]]:
    """Declare a management command's action. Raises UnknownAction."""
    rule_of(action)

    def declare(cls: type[T]) -> type[T]:
        setattr(cls, COMMAND_ATTRIBUTE, action.value)
        return cls

    return declare
