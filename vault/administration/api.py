"""People for programs, and what a token is good for."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.models import Person
from accounts.rules import Duty, local_day
from accounts.token_rules import TokenScope
from audit.events import ObjectFacts
from vault.administration import api_shapes as shapes
from vault.administration import selectors
from vault.administration.api_shapes import OwnDuty, PersonDetail, PersonShape, PersonState, SessionList
from vault.administration.selectors import PeopleFilter
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.interface import (
    LARGEST_PAGE,
    PAGE_SIZE,
    TAGGED,
    Token,
    describe_problems,
    tagged,
)

router = Router(tags=["people"], auth=Token())


class Me(Schema):
    """Whose token it is, what it opens and until when."""

    staff_no: str
    person_id: UUID
    unit_id: UUID | None
    duties: list[OwnDuty]
    scopes: list[TokenScope]
    token: str
    ends_at: datetime


class PeopleQuery(Schema):
    """What the register is narrowed to. A name is looked for on the page: an address is no place for it."""

    unit: UUID | None = None
    duty: Duty | None = None
    state: PersonState | None = None
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class PeopleList(Schema):
    """One page by id. `next` is the cursor of the following page, null at the end."""

    total: int
    people: list[PersonShape]
    next: UUID | None


@router.get(
    "/me",
    response={200: Me, **describe_problems()},
    url_name="me",
    operation_id="who_am_i",
    summary="Whose token this is and what it opens",
)
@requires(Action.READ_API)
def me(request: HttpRequest) -> dict[str, Any]:
    """Any scope."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.READ_API)
    bearer = request.bearer
    return {
        "staff_no": bearer.account.staff_no,
        "person_id": bearer.account.person_id,
        "unit_id": viewer.subject.home_unit_id,
        "duties": [{"duty": duty, "unit_id": unit} for duty, unit in sorted(viewer.subject.duties)],
        "scopes": sorted(bearer.scopes),
        "token": bearer.reference,
        "ends_at": bearer.token.ends_at,
    }


@router.get(
    "/people",
    response={200: PeopleList, **describe_problems(422)},
    url_name="people",
    operation_id="list_people",
    summary="The register of people",
)
@requires(Action.READ_PEOPLE)
def people(request: HttpRequest, asked: Query[PeopleQuery]) -> dict[str, Any]:
    """For officers; one event a page, its filters sealed. Scope people:read."""
    viewer = of_request(request)
    day = local_day(viewer.instant)
    given = asked.model_dump(mode="json", exclude={"cursor", "size"}, exclude_none=True)
    found = selectors.people(PeopleFilter(**given), day)
    total = found.count()
    rows = found.order_by("pk") if asked.cursor is None else found.filter(pk__gt=asked.cursor).order_by("pk")
    page = list(rows[: asked.size + 1])
    gate.authorize(viewer, Action.READ_PEOPLE, sealed={"filters": urlencode(given), "total": total})
    return {
        "total": total,
        "people": [shapes.person(person, day) for person in page[: asked.size]],
        "next": page[asked.size - 1].pk if len(page) > asked.size else None,
    }


@router.get(
    "/people/{uuid:person_id}",
    response={200: PersonDetail, 304: None, **describe_problems()},
    url_name="person",
    operation_id="read_person",
    summary="One person",
    openapi_extra={"responses": TAGGED},
)
@requires(Action.READ_PEOPLE)
def person(request: HttpRequest, person_id: UUID, response: HttpResponse) -> Any:
    """Accounts, duties, clearances, training and undertaking, with an ETag. For officers. Scope people:read."""
    viewer = of_request(request)
    found = _looked_at(viewer, person_id)
    return tagged(request, response, shapes.person_detail(found, local_day(viewer.instant)))


@router.get(
    "/people/{uuid:person_id}/sessions",
    response={200: SessionList, **describe_problems()},
    url_name="person_sessions",
    operation_id="read_sessions",
    summary="Where a person is signed in",
)
@requires(Action.READ_PEOPLE)
def person_sessions(request: HttpRequest, person_id: UUID) -> dict[str, Any]:
    """In how many browsers, and when last; not from where. For officers. Scope people:read."""
    return shapes.live_sessions(_looked_at(of_request(request), person_id))


def _looked_at(viewer: Context, person_id: UUID) -> Person:
    """The person with what his page shows; looking is an event."""
    found = selectors.person(person_id, local_day(viewer.instant))
    if found is None:
        gate.absent(viewer, Action.READ_PEOPLE, "person", person_id)
    gate.authorize(viewer, Action.READ_PEOPLE, about=ObjectFacts("person", str(person_id)))
    return found
