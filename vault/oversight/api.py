"""The log for programs of the auditor. Reading it is itself an event; what is sealed stays sealed."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from audit import selectors
from audit.errors import EventAbsent
from audit.events import ObjectFacts
from audit.models import Event
from audit.selectors import EventFilter
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.interface import LARGEST_PAGE, PAGE_SIZE, Token, describe_problems

router = Router(tags=["events"], auth=Token())
_TEXT = {"max_length": 200, "pattern": r"^[^\x00-\x1f\x7f]*$"}


class EventQuery(Schema):
    """What to look for; texts are matched whole. `cursor` is `next` of the page before."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    action: str | None = Field(None, **_TEXT)
    outcome: str | None = Field(None, **_TEXT)
    person: str | None = Field(None, **_TEXT)
    rule: str | None = Field(None, **_TEXT)
    object_id: str | None = Field(None, **_TEXT)
    object_type: str | None = Field(None, **_TEXT)
    cursor: int | None = Field(None, ge=1, le=2**62)
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class EventRow(Schema):
    """What an event says in clear."""

    uid: UUID
    at: datetime
    action: str
    phase: str
    outcome: str
    rule: str
    actor: str
    person: str
    unit: str
    session: str
    object_type: str
    object_id: str
    label: str


class EventList(Schema):
    """One page, newest first. `next` is the cursor of the following page, null at the end."""

    total: int
    events: list[EventRow]
    next: int | None


class EventDetail(EventRow):
    """One event with the very bytes that its leaf is the hash of."""

    canonical: str


@router.get(
    "/events",
    response={200: EventList, **describe_problems(422)},
    url_name="events",
    operation_id="list_events",
    summary="Events of the log",
)
@requires(Action.LOG_SEARCH)
def events(request: HttpRequest, asked: Query[EventQuery]) -> dict[str, Any]:
    """For the auditor; one event a page, its filters sealed. Scope events:read."""
    viewer = of_request(request)
    narrowed = {"exclude": {"cursor", "size"}, "exclude_none": True}
    filters = EventFilter(**asked.model_dump(**narrowed))
    page = selectors.page(filters, before=asked.cursor, size=asked.size)
    total = selectors.count(filters)
    given = urlencode(asked.model_dump(mode="json", **narrowed))
    gate.authorize(viewer, Action.LOG_SEARCH, sealed={"filters": given, "total": total})
    return {"total": total, "events": [_row(event) for event in page.events], "next": page.older}


@router.get(
    "/events/{uuid:uid}",
    response={200: EventDetail, **describe_problems()},
    url_name="event",
    operation_id="read_event",
    summary="One event",
)
@requires(Action.LOG_READ)
def event(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """For the auditor. Scope events:read."""
    viewer = of_request(request)
    try:
        found = selectors.by_uid(uid)
    except EventAbsent:
        gate.absent(viewer, Action.LOG_READ, "event", uid)
    gate.authorize(viewer, Action.LOG_READ, about=ObjectFacts("event", str(uid)))
    return {**_row(found), "canonical": bytes(found.canonical).decode()}


def _row(found: Event) -> dict[str, Any]:
    return {name: getattr(found, name) for name in EventRow.model_fields}
