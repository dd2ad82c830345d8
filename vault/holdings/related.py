"""What rooms above this one know of a record's kin: what it was written from, and what was written from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from vault.authorization.context import Context
from vault.holdings.labels import Badge
from vault.holdings.models import Record


@dataclass(frozen=True)
class Line:
    """One record that the viewer may know of, and how it hangs together with the one shown."""

    title: str
    url: str
    detail: str
    level: Badge
    tag: str | Promise = ""


@dataclass(frozen=True)
class Kin:
    """A group of them under a heading."""

    heading: str | Promise
    lines: tuple[Line, ...]


Provider = Callable[[Context, Record], Iterable[Kin]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add what a room knows; the same function twice counts once."""
    if provider not in _providers:
        _providers.append(provider)


def of_record(viewer: Context, record: Record) -> list[Kin]:
    """Everything that the viewer may know, room by room; an empty group is none."""
    return [kin for provider in _providers for kin in provider(viewer, record) if kin.lines]
