"""What waits for whom: rooms register providers, home asks them all (interface.md 1.1).

A provider answers for one viewer and returns only what the viewer may know of.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Entry:
    """One thing to do or to know: where it stands and what to press."""

    title: Text
    url: str = ""
    detail: Text = ""
    tag: Text = ""
    tag_kind: str = ""  # late, soon, ok, info or empty
    action_label: Text = ""
    level: Any = None  # a label's badge, with `css` and `text`


@dataclass(frozen=True)
class Worklist:
    """A titled list with its true count; `entries` may be its first few."""

    title: Text
    entries: tuple[Entry, ...]
    count: int
    empty_text: Text
    aside: bool = False
    more_url: str = ""

    @property
    def items(self) -> tuple[Entry, ...]:
        """What the templates call it."""
        return self.entries


@dataclass(frozen=True)
class Link:
    """An item of the navigation, or the one thing a duty does most."""

    label: Text
    url: str
    icon: str = ""
    group: Text = ""
    count: int | None = None
    hot: bool = False


# Providers take the viewer's context. Typed loosely: this room knows nothing of the rooms above it.
WorklistProvider = Callable[[Any], Iterable[Worklist]]
LinkProvider = Callable[[Any], Iterable[Link]]

_worklists: list[WorklistProvider] = []
_navigation: list[LinkProvider] = []
_primary: list[LinkProvider] = []


def register(
    *,
    worklists: WorklistProvider | None = None,
    navigation: LinkProvider | None = None,
    primary: LinkProvider | None = None,
) -> None:
    """Add a room's providers; the same function twice counts once."""
    for provider, registry in (
        (worklists, _worklists),
        (navigation, _navigation),
        (primary, _primary),
    ):
        if provider is not None and provider not in registry:
            registry.append(provider)


def worklists_for(viewer: Any) -> list[Worklist]:
    """Everything that waits for the viewer, room by room."""
    return [worklist for provider in _worklists for worklist in provider(viewer)]


def navigation_for(viewer: Any) -> list[Link]:
    """The viewer's navigation, in order of registration; what rooms put into one group stands together."""
    found = [link for provider in _navigation for link in provider(viewer)]
    groups = list(dict.fromkeys(str(link.group) for link in found))
    return sorted(found, key=lambda link: groups.index(str(link.group)))


def primary_for(viewer: Any) -> Link | None:
    """The one thing this viewer does most, if a room names one."""
    return next((link for provider in _primary for link in provider(viewer)), None)
