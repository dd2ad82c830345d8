"""System checks: the installation's keys are safe, the hooks are wired, and no cell id is used twice."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register

from storage import hooks, keyring
from storage.blind import BlindIndexField
from storage.columns import EncryptedField
from storage.errors import OperatorError


@register(Tags.security)
def key_ring_is_usable(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The key ring is there, safe and whole (also where it stands: see `ringfile`)."""
    try:
        keyring.current()
    except OperatorError as error:
        return [Error(str(error), id="storage.E010")]
    return []


@register(Tags.security)
def key_events_are_recorded(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if hooks.has_recorder():
        return []
    return [
        Error("Key events have no recorder.", hint="Call storage.hooks.set_on_key_event.", id="storage.E011")
    ]


@register(Tags.models)
def cell_ids_are_unique(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Two columns with one cell id would share a key, and a value could move between them."""
    seen: dict[tuple[type, str], str] = {}
    found: list[CheckMessage] = []
    for place, kind, cell in _cells():
        first = seen.setdefault((kind, cell), place)
        if first != place:
            found.append(Error(f"The cell id {cell!r} is used by {first} and {place}.", id="storage.E012"))
    return found


def _cells() -> Iterator[tuple[str, type, str]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            for kind in (EncryptedField, BlindIndexField):
                if isinstance(field, kind):
                    yield str(field), kind, field.cell
