"""Finds events for the auditor's screens. Who may ask is decided above; reading the log is itself an event,
recorded there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from audit import actions, checkpoints, clock
from audit.errors import EventAbsent
from audit.events import INTENT
from audit.models import Event, Leaf
from audit.text import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """What to look for; empty means any. Texts are matched whole, as recorded; `until` is exclusive."""

    since: datetime | None = None
    until: datetime | None = None
    action: str = ""
    area: str = ""
    phase: str = ""
    outcome: str = ""
    rule: str = ""
    approval: str = ""
    actor: str = ""
    account: str = ""
    person: str = ""
    unit: str = ""
    duty: str = ""
    session: str = ""
    object_type: str = ""
    object_id: str = ""
    label: str = ""
    terminal: str = ""
    corr: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `older` and `newer` are what to pass on as `before` and `after`; None at either end."""

    events: Sequence[Event]
    older: int | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the log at a glance: what the auditor's overview shows."""

    size: int
    checkpoint_at: datetime | None
    checkpoint_age: timedelta | None
    unsequenced: int
    open_intents: int
    last_verified: datetime | None


def search(filters: EventFilter) -> QuerySet[Event]:
    """Matching events in no particular order."""
    found = Event.objects.filter(**{name: plain(value) for name, value in _exact(filters)})
    if filters.since:
        found = found.filter(at__gte=filters.since)
    if filters.until:
        found = found.filter(at__lt=filters.until)
    if filters.area:
        found = found.filter(action__startswith=f"{plain(filters.area)}:")
    if filters.duty:
        duty = plain(filters.duty)
        found = found.filter(
            Q(duties=duty)
            | Q(duties__startswith=f"{duty},")
            | Q(duties__endswith=f",{duty}")
            | Q(duties__contains=f",{duty},")
        )
    return found


def page(
    filters: EventFilter, *, before: int | None = None, after: int | None = None, size: int = 50
) -> Page:
    """One page by keyset, so that the last page costs what the first does. Give `before` or `after`, or
    neither.
    """
    found = search(filters)
    if after is not None:
        rows = list(found.filter(id__gt=after).order_by("id")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(rows, rows[-1].pk if rows else after + 1, rows[0].pk if more else None)
    older = found if before is None else found.filter(id__lt=before)
    rows = list(older.order_by("-id")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return Page(rows, rows[-1].pk if more else None, rows[0].pk if rows and before is not None else None)


def count(filters: EventFilter) -> int:
    """How many events match, exactly."""
    return search(filters).count()


def by_uid(uid: UUID) -> Event:
    """One event. Raises EventAbsent."""
    try:
        return Event.objects.get(uid=uid)
    except Event.DoesNotExist as error:
        raise EventAbsent("There is no event with this id.") from error


def health() -> Health:
    """The log's state now."""
    newest = checkpoints.latest()
    placed = Leaf.objects.filter(event_id=OuterRef("id"))
    told = Event.objects.filter(closes=OuterRef("uid"))
    waiting = Event.objects.filter(id__gt=newest.low_water if newest else 0).filter(~Exists(placed))
    verified = Event.objects.filter(action=actions.LOG_VERIFY).order_by("-id").values_list("at", flat=True)
    return Health(
        size=newest.size if newest else 0,
        checkpoint_at=newest.at if newest else None,
        checkpoint_age=clock.now() - newest.at if newest else None,
        unsequenced=waiting.count(),
        open_intents=Event.objects.filter(phase=INTENT).filter(~Exists(told)).count(),
        last_verified=verified.first(),
    )


_SPECIAL = frozenset({"since", "until", "area", "duty"})


def _exact(filters: EventFilter) -> list[tuple[str, str]]:
    named = (
        (field.name, getattr(filters, field.name)) for field in fields(filters) if field.name not in _SPECIAL
    )
    return [(name, value) for name, value in named if value]
