"""Units for programs: the tree with its heads."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.models import Unit
from accounts.rules import UnitKind, local_day
from audit.events import ObjectFacts
from vault.administration import api_shapes as shapes
from vault.administration import selectors
from vault.administration.api_shapes import UnitDetail, UnitShape
from vault.administration.api_shared import find, page_of
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.interface import LARGEST_PAGE, PAGE_SIZE, TAGGED, Token, describe_problems, tagged

router = Router(tags=["units"], auth=Token())


class UnitQuery(Schema):
    """What the tree is narrowed to. `parent` gives the units directly below it."""

    parent: UUID | None = None
    kind: UnitKind | None = None
    code: str | None = Field(None, max_length=32, pattern=r"^[^\x00-\x1f\x7f]+$")
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


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
        viewer, Action.READ_PEOPLE, sealed={"list": "units", "filters": str(given), "total": total}
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
