"""The roster for programs of whoever heads a unit, or acts as its head (P-30)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from accounts import roster as reads
from accounts.models import RosterEntry, Unit
from accounts.rules import ROSTER_AHEAD, local_day
from vault.administration.api_shapes import Named, named
from vault.administration.api_shared import page_of
from vault.administration.views.roster import PAST
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.interface import LARGEST_PAGE, PAGE_SIZE, Token, describe_problems

router = Router(tags=["roster"], auth=Token())


class RosterQuery(Schema):
    """What the roster is narrowed to. A unit that one does not head has no roster here."""

    unit: UUID | None = None
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class RosterShape(Schema):
    """Who is duty clerk of a unit from the first to the last day."""

    id: UUID
    unit_id: UUID
    person: Named
    starts_on: date
    ends_on: date
    set_by: Named


class RosterList(Schema):
    """One page by days, the last fortnight included, struck entries not. `next` is the cursor of the following page."""

    total: int
    roster: list[RosterShape]
    next: UUID | None


@router.get(
    "/roster",
    response={200: RosterList, **describe_problems(422)},
    url_name="roster",
    operation_id="read_roster",
    summary="The roster of the units one heads",
)
@requires(Action.READ_ROSTER)
def roster(request: HttpRequest, asked: Query[RosterQuery]) -> dict[str, Any]:
    """For whoever heads a unit or acts as its head; one event a page. Scope people:read."""
    viewer = of_request(request)
    day = local_day(viewer.instant)
    mine = headed(viewer)
    units = [one for one in mine if asked.unit in {None, one.pk}]
    rows = reads.entries_of(units, day - PAST, day + ROSTER_AHEAD)
    total = rows.count()
    known = RosterEntry.objects.filter(unit__in=mine)
    page, following = page_of(rows, asked.cursor, asked.size, by="starts_on", among=known)
    gate.authorize(viewer, Action.READ_ROSTER, sealed={"list": "roster", "total": total})
    return {"total": total, "roster": [_shown(one) for one in page], "next": following}


def headed(viewer: Context) -> list[Unit]:
    """The units that the viewer heads today, or acts as head of."""
    return reads.headed_by(viewer.subject.person_id, local_day(viewer.instant))


def _shown(one: RosterEntry) -> dict[str, Any]:
    return {
        "id": one.pk,
        "unit_id": one.unit_id,
        "person": named(one.person),
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "set_by": named(one.set_by),
    }
