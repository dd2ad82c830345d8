"""What somebody asks for, read against the record, and stored under the next free number (RQ-02)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Person
from accounts.rules import local_day
from vault.approvals import errors, extents, rules, scopes
from vault.approvals.models import AccessRequest
from vault.authorization.actions import Action
from vault.holdings.models import Record

_RACES = 5  # each lost race means another request was sent


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for. `pages` are components with the pages typed for each; none is the whole record."""

    action: Action
    purpose: str
    starts_on: date
    ends_on: date
    amount: int
    pages: Mapping[UUID, str] = field(default_factory=dict)


def drawn_up(
    record: Record, person: Person, wanted: Wanted, extent: scopes.Extent, now: datetime, **more: Any
) -> AccessRequest:
    """A request as it is asked for, under the record's label of now; not stored yet."""
    return AccessRequest(
        id=uuid4(),
        year=local_day(now).year,
        record=record,
        action=wanted.action,
        requester=person,
        requester_unit_id=person.unit_id,
        purpose=wanted.purpose.strip(),
        extent=extent.stored(),
        is_whole=extent.whole,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        amount=wanted.amount,
        at_state_level=record.state_level,
        at_enterprise_level=record.enterprise_level,
        at_restricted=record.restricted,
        submitted_at=now,
        **more,
    )


def examined(record: Record, wanted: Wanted, today: date) -> scopes.Extent:
    """The portions that are asked for. Raises RequestIncomplete with everything that is wrong."""
    found: dict[str, list[str]] = {}
    if not wanted.purpose.strip():
        found["purpose"] = ["purpose-missing"]
    if (problem := rules.window_problem(wanted.starts_on, wanted.ends_on, today)) is not None:
        found["ends_on"] = [problem]
    if (problem := rules.amount_problem(wanted.amount)) is not None:
        found["amount"] = [problem]
    extent = scopes.Extent(())
    try:
        extent = extents.chosen(record, wanted.pages) if wanted.pages else extents.whole(record)
    except scopes.BadPages as error:
        found["pages"] = [error.code]
    if found:
        raise errors.RequestIncomplete(**found)
    return extent


def store(request: AccessRequest) -> None:
    """Under the next free number of its year; another one may take it first. Raises AlreadyRequested."""
    for race in range(_RACES):
        same = AccessRequest.objects.filter(
            record=request.record_id,
            requester=request.requester_id,
            action=request.action,
            state__in=rules.OPEN_STATES,
        )
        if same.exists():
            raise errors.AlreadyRequested
        last = AccessRequest.objects.filter(year=request.year).aggregate(last=Max("number"))["last"]
        request.number = (last or 0) + 1
        try:
            with transaction.atomic():
                request.save(force_insert=True)
            return
        except IntegrityError:
            if race == _RACES - 1:
                raise
