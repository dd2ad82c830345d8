"""The roster for programs of whoever heads a unit, or acts as its head (P-30)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from accounts import roster as reads
from accounts import services
from accounts.models import RosterEntry, Unit
from accounts.rules import ROSTER_AHEAD, local_day
from vault.administration.api_refusals import do
from vault.administration.api_shapes import Made, Named, named
from vault.administration.api_shared import find, valid
from vault.administration.officer_forms import RosterForm
from vault.administration.views.roster import PAST
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.idempotency import made_once
from vault.authorization.interface import LARGEST_PAGE, ONCE, PAGE_SIZE, Said, Token, describe_problems
from vault.authorization.paging import page_of

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
    struck_at: datetime | None


class RosterWanted(Said):
    """Who is to be duty clerk of a unit from the first to the last day."""

    unit: UUID
    person: UUID
    starts_on: date
    ends_on: date


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


@router.post(
    "/roster",
    response={201: Made, **describe_problems(409, 411, 413, 415, 422)},
    url_name="roster",
    operation_id="set_on_roster",
    summary="Put somebody on the roster",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.MANAGE_ROSTER)
def set_on_roster(request: HttpRequest, wanted: RosterWanted, response: HttpResponse) -> Any:
    """Of a unit that one heads or acts for, somebody who works in it. Scope people:write."""

    def make() -> str:
        # Another unit, or somebody of another one, is no choice of the form, whether there is such a one or not.
        form = valid(RosterForm(wanted.model_dump(), units=headed(of_request(request))))
        return str(do(request, services.set_on_roster, **form.cleaned_data).pk)

    return Status(201, {"id": made_once(request, response, make)})


@router.post(
    "/roster/{uuid:roster_id}/strike",
    response={200: RosterShape, **describe_problems(409, 411, 413, 415)},
    url_name="roster_strike",
    operation_id="strike_from_roster",
    summary="Take an entry off the roster",
)
@requires(Action.MANAGE_ROSTER, bodiless=True)
def strike(request: HttpRequest, roster_id: UUID) -> dict[str, Any]:
    """One that begins today or later, of a unit that one heads or acts for; it stays as struck. Takes no body. Scope
    people:write.
    """
    viewer = of_request(request)
    rows = RosterEntry.objects.filter(unit__in=headed(viewer)).select_related("unit", "person", "set_by")
    found = find(viewer, Action.MANAGE_ROSTER, rows, roster_id)
    do(request, services.strike_from_roster, entry=found)
    found.refresh_from_db(fields=["struck_at"])
    return _shown(found)


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
        "struck_at": one.struck_at,
    }
