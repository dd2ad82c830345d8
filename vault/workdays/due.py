"""Due dates of other rooms, which follow the calendar: each room registers how its open ones are read and moved.

A room stores with a due date its `Term`, its unit and the effective date that `set_down` gives. When the calendar
changes, everything still open is computed anew in the same transaction; what is met already is the room's to leave out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise

from accounts.models import Person
from vault.workdays import selectors
from vault.workdays.rules import Calendar, Term

Text = str | Promise
Reader = Callable[[UUID | None], Calendar]


@dataclass(frozen=True)
class Due:
    """An open due date: what it follows from, whose calendar it keeps (None: the company's), and when it falls now."""

    id: UUID
    term: Term
    unit_id: UUID | None
    effective: date


@dataclass(frozen=True)
class Move:
    """The due date and the day on which it falls by the new calendar."""

    due: Due
    effective: date


@dataclass(frozen=True)
class Because:
    """Why due dates move: the change of the calendar, who made it and when. For the room's own journal."""

    change: UUID
    person: Person
    at: datetime


@dataclass(frozen=True)
class Provider:
    """A room's due dates. `name` is stable and stands in the table of moves, `label` is shown.

    `is_listed` is False where it is not everybody's to know that there is one, as of a report of wrongdoing: such a
    due date is counted among the others on the calendar's page, and never shown there with its unit and its days.
    `open_dues` yields what is not met yet, its rows locked for update. `move` stores the new dates and journals each
    in the room's own way; it runs in the transaction of the change, and what it raises undoes all of it.
    """

    name: str
    label: Text
    open_dues: Callable[[], Iterable[Due]]
    move: Callable[[Sequence[Move], Because], None]
    is_listed: bool = True


@dataclass(frozen=True)
class Moved:
    """What a calendar does to the due dates of one room."""

    provider: Provider
    examined: int
    moves: tuple[Move, ...]


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Add a room's due dates; the same once more counts once. Raises ValueError for another of the same name."""
    if _providers.setdefault(provider.name, provider) != provider:
        raise ValueError(f"two rooms register due dates as {provider.name!r}")


def label_of(name: str) -> Text:
    """What a room's due dates are called; of a room that is gone its name."""
    return _providers[name].label if name in _providers else name


def listed() -> frozenset[str]:
    """The rooms whose due dates may be shown one by one; a room that is gone is none of them."""
    return frozenset(name for name, provider in _providers.items() if provider.is_listed)


def moves(calendar_of: Reader) -> Iterator[Moved]:
    """Every open due date held against these calendars, room by room. Raises NeverOpen."""
    for provider in _providers.values():
        found = list(provider.open_dues())
        fallen = [Move(due, due.term.ends_on(calendar_of(due.unit_id))) for due in found]
        yield Moved(
            provider, len(found), tuple(move for move in fallen if move.effective != move.due.effective)
        )


def set_down(term: Term, unit_id: UUID | None) -> date:
    """The effective date of a new due date. Call it inside the transaction that stores it. Raises NeverOpen.

    It holds the calendar until then, so that no notice passes the new row by.
    """
    selectors.hold()
    return term.ends_on(selectors.calendar(unit_id))
