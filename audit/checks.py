"""System checks: the log refuses to start half-wired."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from audit import durability, hooks, triggers


@register()
def wired(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A sealer, a signer and a folder for checkpoints are there."""
    found: list[CheckMessage] = [Error(text, id="audit.E001") for text in hooks.unwired()]
    if not getattr(settings, "JINGUI_CHECKPOINTS", None):
        found.append(
            Error(
                "JINGUI_CHECKPOINTS is not set: name a folder the database's owner cannot write.",
                id="audit.E002",
            )
        )
    return found


@register(Tags.database)
def guarded(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Evidence triggers are installed and a commit survives a power cut.

    Warnings, because `migrate` runs the checks first and is what puts triggers back; whatever serves or works
    asks `triggers.missing` and `durability.problems` itself and refuses to start.
    """
    found: list[CheckMessage] = []
    for alias in databases or ():
        if "django_migrations" not in connections[alias].introspection.table_names():
            continue  # nothing is there yet
        found += [Warning(text, id="audit.W003") for text in triggers.missing(alias)]
        found += [Warning(text, id="audit.W004") for text in durability.problems(alias)]
    return found
