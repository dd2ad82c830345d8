"""Who widens a need-to-know list: of a secret, one proposes and another approves (PE-02), in a room above this one."""

from collections.abc import Callable
from dataclasses import dataclass

from vault.authorization.context import Context
from vault.holdings.models import Record


@dataclass(frozen=True)
class Waiting:
    """A person who is proposed for a list and not on it yet."""

    name: str
    by: str
    url: str


@dataclass(frozen=True)
class Way:
    """Where somebody is proposed for a record's list, and who waits for approval; `url` is empty for who may not."""

    url: str
    waiting: tuple[Waiting, ...]


Provider = Callable[[Context, Record], Way]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Say where lists are widened; the same function twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def is_by_two(record: Record) -> bool:
    """Whether its list is widened by two: of what is classified or shielded, the list is the circle itself."""
    return bool(record.levels.is_classified or record.is_shielded)


def way_for(viewer: Context, record: Record) -> Way:
    """Where this record's list is widened. Without a room that does it, nowhere."""
    for provider in _providers:
        return provider(viewer, record)
    return Way("", ())
