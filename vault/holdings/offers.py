"""What rooms above this one offer on a record's page: a link for whoever may take it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vault.authorization.context import Context
from vault.holdings.models import Record


@dataclass(frozen=True)
class Offer:
    """One thing to do with a record, and where."""

    label: str
    url: str


Provider = Callable[[Context, Record], Iterable[Offer]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a room's offers; the same function twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def for_record(viewer: Context, record: Record) -> list[Offer]:
    """Everything that is offered to the viewer, room by room."""
    return [offer for provider in _providers for offer in provider(viewer, record)]
