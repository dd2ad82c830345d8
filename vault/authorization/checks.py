"""The project's own rules as Django system checks: `manage.py check` and every start run them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from audit import actions as registered_actions
from vault.authorization import protection
from vault.authorization.actions import GRANTABLE, Action, codename
from vault.authorization.decorators import COMMAND_ATTRIBUTE, declaration_of

_OURS = ("vault.", "accounts", "audit", "search", "storage")


@register()
def labels_are_protected(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every model with a label registers its Protection, or is exempt by name because another object protects it."""
    return [
        Error(
            f"{model._meta.label} carries a label and registered no Protection.",
            hint="Call vault.authorization.protection.register() in the app's ready(), or exempt() with the reason.",
            id="jingui.E101",
        )
        for model in protection.unregistered()
    ]


@register()
def grants_are_declared(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A model with grants declares one permission per grantable action."""
    found: list[CheckMessage] = []
    for model, registered in protection.registered().items():
        declared = {name for name, _ in model._meta.permissions}
        missing = [codename(a) for a in GRANTABLE if codename(a) not in declared]
        if registered.user_grants is not None and missing:
            found.append(
                Error(
                    f"{model._meta.label} takes grants but its Meta.permissions lack {', '.join(missing)}.",
                    id="jingui.E102",
                )
            )
    return found


@register()
def actions_are_registered(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What the gate can decide, the log can name."""
    known = set(registered_actions.registered())
    return [
        Error(f"{action} is not registered with audit.actions.", id="jingui.E103")
        for action in Action
        if action.value not in known
    ]


@register()
def views_declare_actions(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every URL's view declares its action; at run time one that does not answers 404."""
    return [
        Error(
            f"The view at {route or '/'!r} declares no action.",
            hint="Decorate it with vault.authorization.decorators.requires(Action.…).",
            id="jingui.E104",
        )
        for route, pattern in walk()
        if declaration_of(pattern.callback) is None
    ]


@register()
def commands_declare_actions(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every management command of ours declares its action."""
    known = set(registered_actions.registered())
    return [
        Error(f"The command {name!r} declares no registered action.", id="jingui.E105")
        for name, app in get_commands().items()
        if isinstance(app, str)
        and app.startswith(_OURS)
        and getattr(type(load_command_class(app, name)), COMMAND_ATTRIBUTE, None) not in known
    ]


def walk(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the URLconf with its pattern."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, route)
        else:
            yield route, entry
