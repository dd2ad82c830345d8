"""People for programs, and what a token is good for."""

from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from accounts.models import Person
from accounts.rules import Duty, local_day
from accounts.token_rules import TokenScope
from audit.events import ObjectFacts
from vault.administration import presentation, selectors
from vault.administration.selectors import PeopleFilter
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.interface import LARGEST_PAGE, PAGE_SIZE, Token, describe_problems

router = Router(tags=["people"], auth=Token())


class OwnDuty(Schema):
    """A duty held today."""

    duty: Duty
    unit_id: UUID


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
    state: Literal["active", "not_begun", "suspended", "without", "left"] | None = None
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class PersonShape(Schema):
    """A person with the accounts and the duties of today."""

    id: UUID
    name: str
    unit_id: UUID
    unit_name: str
    state: str
    staff_nos: list[str]
    duties: list[OwnDuty]
    trained_until: date | None
    left_on: date | None


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
        "people": [_person(person, day) for person in page[: asked.size]],
        "next": page[asked.size - 1].pk if len(page) > asked.size else None,
    }


@router.get(
    "/people/{uuid:person_id}",
    response={200: PersonShape, **describe_problems()},
    url_name="person",
    operation_id="read_person",
    summary="One person",
)
@requires(Action.READ_PEOPLE)
def person(request: HttpRequest, person_id: UUID) -> dict[str, Any]:
    """For officers. Scope people:read."""
    viewer = of_request(request)
    day = local_day(viewer.instant)
    found = selectors.person(person_id, day)
    if found is None:
        gate.absent(viewer, Action.READ_PEOPLE, "person", person_id)
    gate.authorize(viewer, Action.READ_PEOPLE, about=ObjectFacts("person", str(person_id)))
    return _person(found, day)


def _person(found: Person, day: date) -> dict[str, Any]:
    return {
        "id": found.pk,
        "name": found.name,
        "unit_id": found.unit_id,
        "unit_name": found.unit.name,
        "state": presentation.state_of(found, day),
        "staff_nos": [account.staff_no for account in found.all_accounts],
        "duties": [{"duty": one.duty, "unit_id": one.unit_id} for one in found.duties_now],
        "trained_until": found.trained_until,
        "left_on": found.left_on,
    }
