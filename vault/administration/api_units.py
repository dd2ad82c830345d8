"""Units for programs: the tree with its heads, and what the system officer changes in it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from accounts import services
from accounts.models import Unit
from accounts.rules import UnitKind, local_day
from audit.events import ObjectFacts
from vault.administration import api_shapes as shapes
from vault.administration import selectors
from vault.administration.api_refusals import do
from vault.administration.api_shapes import Made, UnitDetail, UnitShape
from vault.administration.api_shared import find, valid
from vault.administration.officer_forms import NameForm, UnitForm
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.idempotency import made_once
from vault.authorization.interface import (
    IF_MATCH,
    LARGEST_PAGE,
    ONCE,
    PAGE_SIZE,
    TAGGED,
    Said,
    Token,
    describe_problems,
    etag,
    require_match,
    tagged,
)
from vault.authorization.paging import page_of

router = Router(tags=["units"], auth=Token())


class UnitQuery(Schema):
    """What the tree is narrowed to. `parent` gives the units directly below it."""

    parent: UUID | None = None
    kind: UnitKind | None = None
    code: str | None = Field(None, max_length=32, pattern=r"^[^\x00-\x1f\x7f]+$")
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class UnitWanted(Said):
    """A new unit; an external authority stands below none."""

    kind: UnitKind
    code: str = Field(max_length=32)
    name: str = Field(max_length=120)
    parent: UUID | None = None


class NameWanted(Said):
    """Another name."""

    name: str = Field(max_length=120)


class UnitList(Schema):
    """One page, each unit after the one that it belongs to. `next` is the cursor of the following page."""

    total: int
    units: list[UnitShape]
    next: UUID | None


@router.get(
    "/units",
    response={200: UnitList, **describe_problems(422)},
    url_name="units",
    operation_id="list_units",
    summary="The units with their heads",
)
@requires(Action.READ_PEOPLE)
def units(request: HttpRequest, asked: Query[UnitQuery]) -> dict[str, Any]:
    """For officers; one event a page. Scope people:read."""
    viewer = of_request(request)
    day = local_day(viewer.instant)
    given = asked.model_dump(exclude={"cursor", "size"}, exclude_none=True)
    rows = Unit.objects.filter(**given)
    total = rows.count()
    page, following = page_of(rows, asked.cursor, asked.size, by="path", among=Unit.objects.all())
    gate.authorize(
        viewer, Action.READ_PEOPLE, sealed={"list": "units", "filters": urlencode(given), "total": total}
    )
    heads, acting = selectors.heads(day), selectors.acting_heads(day)
    return {
        "total": total,
        "units": [shapes.unit(one, heads, acting) for one in page],
        "next": following,
    }


@router.get(
    "/units/{uuid:unit_id}",
    response={200: UnitDetail, 304: None, **describe_problems()},
    url_name="unit",
    operation_id="read_unit",
    summary="One unit",
    openapi_extra={"responses": TAGGED},
)
@requires(Action.READ_PEOPLE)
def unit(request: HttpRequest, unit_id: UUID, response: HttpResponse) -> Any:
    """With its head, whoever acts as head, and its former names; an ETag. For officers. Scope people:read."""
    viewer = of_request(request)
    found = find(viewer, Action.READ_PEOPLE, Unit.objects.all(), unit_id)
    gate.authorize(viewer, Action.READ_PEOPLE, about=ObjectFacts("unit", str(unit_id)))
    return tagged(request, response, shapes.unit_detail(found, local_day(viewer.instant)))


@router.post(
    "/units",
    response={201: Made, **describe_problems(409, 411, 413, 415, 422)},
    url_name="units",
    operation_id="make_unit",
    summary="Add a unit",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.MANAGE_UNITS)
def make_unit(request: HttpRequest, wanted: UnitWanted, response: HttpResponse) -> Any:
    """Opened today. For the system officer. Scope people:write."""

    def make() -> str:
        form = valid(UnitForm(wanted.model_dump()))
        made = do(
            request,
            services.create_unit,
            kind=form.parsed_kind(),
            code=form.cleaned_data["code"],
            name=form.cleaned_data["name"],
            parent=form.cleaned_data["parent"],
            opened_on=local_day(of_request(request).instant),
        )
        return str(made.pk)

    return Status(201, {"id": made_once(request, response, make)})


@router.patch(
    "/units/{uuid:unit_id}",
    response={200: UnitDetail, **describe_problems(409, 411, 412, 413, 415, 422, 428)},
    url_name="unit",
    operation_id="rename_unit",
    summary="Give a unit another name",
    openapi_extra={"parameters": [IF_MATCH], "responses": TAGGED},
)
@requires(Action.MANAGE_UNITS)
def rename_unit(request: HttpRequest, unit_id: UUID, change: NameWanted, response: HttpResponse) -> Any:
    """Only with If-Match; the former name stays. For the system officer. Scope people:write."""
    day = local_day(of_request(request).instant)
    found = _read(request, unit_id)
    form = valid(NameForm(change.model_dump()))
    do(request, services.rename_unit, unit=found, name=form.cleaned_data["name"])
    return tagged(request, response, shapes.unit_detail(found, day))


@router.post(
    "/units/{uuid:unit_id}/closure",
    response={200: UnitDetail, **describe_problems(409, 411, 412, 413, 415, 428)},
    url_name="unit_closure",
    operation_id="close_unit",
    summary="Close a unit",
    openapi_extra={"parameters": [IF_MATCH], "responses": TAGGED},
)
@requires(Action.MANAGE_UNITS, bodiless=True)
def close_unit(request: HttpRequest, unit_id: UUID, response: HttpResponse) -> Any:
    """From today on and for good, when nothing stands in it; only with If-Match. Takes no body. For the system officer.
    Scope people:write.
    """
    day = local_day(of_request(request).instant)
    found = _read(request, unit_id)
    do(request, services.close_unit, unit=found)
    return tagged(request, response, shapes.unit_detail(found, day))


def _read(request: HttpRequest, unit_id: UUID) -> Unit:
    """The unit as the program read it last."""
    viewer = of_request(request)
    found = find(viewer, Action.MANAGE_UNITS, Unit.objects.all(), unit_id)
    require_match(request, etag(shapes.unit_detail(found, local_day(viewer.instant))))
    return found
