"""What the programs' interface shows of requests and takes for one: nothing of what the record is about."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from accounts.models import Person
from accounts.rules import Duty
from vault.approvals import selectors
from vault.approvals.forms import TEXT_LIMIT
from vault.approvals.models import AccessRequest, RequestStep
from vault.approvals.rules import MOST, RequestEvent, RequestState
from vault.approvals.scopes import written
from vault.authorization.interface import LARGEST_PAGE, PAGE_SIZE, Said

# P-05: of internal records nothing else is asked for.
Asked = Literal["copy", "print"]
MOST_PARTS = 50


class RequestQuery(Schema):
    """Which of one's own requests, and where a page begins."""

    state: RequestState | None = None
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class RequestShape(Schema):
    """A request as a line. `amount` is the number of copies, `used` how many were made."""

    id: UUID
    reference: str
    record_id: UUID
    action: Asked
    state: RequestState
    starts_on: date
    ends_on: date
    amount: int
    used: int
    submitted_at: datetime


class RequestList(Schema):
    """One page, the newest first. `next` is the cursor of the following page, null at the end."""

    total: int
    requests: list[RequestShape]
    next: UUID | None


class PartShape(Schema):
    """A file of the record at the version that there was; `pages` as people write them, empty is all of it."""

    component_id: UUID
    version: int
    pages: str


class WhoShape(Schema):
    """A person by id and name."""

    id: UUID
    name: str


class StepShape(Schema):
    """What was done with it. `by` is null where the system did it; `duty` is the post of who decided."""

    event: RequestEvent
    state: RequestState
    at: datetime
    by: WhoShape | None
    duty: Duty | None
    instead_of: WhoShape | None
    reason: str
    cause: str


class RequestDetail(RequestShape):
    """One request whole, with its steps in order."""

    purpose: str
    whole: bool
    parts: list[PartShape]
    steps: list[StepShape]


class PartWanted(Said):
    """A file of the record, and which pages of it, as 1-10, 12; empty is all of it."""

    component_id: UUID
    pages: str = Field("", max_length=200)


class RequestWanted(Said):
    """A copy or a print of an internal record: what for, in which days, how many. Without `parts` the whole record."""

    record: UUID
    action: Asked
    purpose: str = Field(min_length=1, max_length=TEXT_LIMIT)
    starts_on: date
    ends_on: date
    amount: int = Field(1, ge=1, le=MOST)
    parts: list[PartWanted] = Field([], max_length=MOST_PARTS)


class Made(Schema):
    """What a request made."""

    id: UUID


def row(found: AccessRequest) -> dict[str, Any]:
    """A request as a line."""
    return {
        "id": found.pk,
        "reference": found.reference,
        "record_id": found.record_id,
        "action": found.asked.name.lower(),
        "state": found.state,
        "starts_on": found.starts_on,
        "ends_on": found.ends_on,
        "amount": found.amount,
        "used": found.used,
        "submitted_at": found.submitted_at,
    }


def detail(found: AccessRequest) -> dict[str, Any]:
    """A request whole."""
    return {
        **row(found),
        "purpose": found.purpose,
        "whole": found.is_whole,
        "parts": [
            {"component_id": one.component_id, "version": one.version, "pages": written(one.ranges)}
            for one in found.scope.portions
        ],
        "steps": [_step(one) for one in selectors.history(found)],
    }


def _step(one: RequestStep) -> dict[str, Any]:
    return {
        "event": one.event,
        "state": one.state,
        "at": one.at,
        "by": _who(one.by),
        "duty": one.duty or None,
        "instead_of": _who(one.instead_of),
        "reason": one.reason,
        "cause": one.cause,
    }


def _who(person: Person | None) -> dict[str, Any] | None:
    return None if person is None else {"id": person.pk, "name": person.name}
