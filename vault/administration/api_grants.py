"""Proposals of rights for programs: those that their person is shown, and no other."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from accounts import services
from audit.events import ObjectFacts
from vault.administration import api_shapes as shapes
from vault.administration import selectors
from vault.administration.api_refusals import do
from vault.administration.api_shapes import GrantShape
from vault.administration.api_shared import find
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.authorization.interface import (
    IF_MATCH,
    LARGEST_PAGE,
    PAGE_SIZE,
    TAGGED,
    Token,
    describe_problems,
    etag,
    require_match,
    tagged,
)
from vault.authorization.paging import page_of

router = Router(tags=["grants"], auth=Token())


class GrantQuery(Schema):
    """`waits_for_me`: only what waits for this very person as the second one."""

    person: UUID | None = None
    waits_for_me: bool = False
    cursor: UUID | None = None
    size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE)


class GrantList(Schema):
    """One page, newest first. `next` is the cursor of the following page, null at the end."""

    total: int
    grants: list[GrantShape]
    next: UUID | None


@router.get(
    "/grants",
    response={200: GrantList, **describe_problems(422)},
    url_name="grants",
    operation_id="list_grants",
    summary="Proposals of rights",
)
@requires(Action.READ_GRANTS)
def grants(request: HttpRequest, asked: Query[GrantQuery]) -> dict[str, Any]:
    """Officers are shown all of them, a head those for people of his unit and below. Scope people:read."""
    viewer = of_request(request)
    rows = known = selectors.grants_for(viewer)
    if asked.person is not None:
        rows = rows.filter(person=asked.person)
    if asked.waits_for_me:
        rows = rows.filter(pk__in=selectors.grants_to_decide(viewer).order_by().values("pk"))
    total = rows.count()
    page, following = page_of(rows, asked.cursor, asked.size, by="-proposed_at", among=known)
    given = asked.model_dump(exclude={"cursor", "size"}, exclude_none=True)
    gate.authorize(viewer, Action.READ_GRANTS, sealed={"filters": urlencode(given), "total": total})
    return {
        "total": total,
        "grants": [shapes.grant(one, viewer.instant) for one in page],
        "next": following,
    }


@router.get(
    "/grants/{uuid:proposal_id}",
    response={200: GrantShape, 304: None, **describe_problems()},
    url_name="grant",
    operation_id="read_grant",
    summary="One proposal",
    openapi_extra={"responses": TAGGED},
)
@requires(Action.READ_GRANTS)
def grant(request: HttpRequest, proposal_id: UUID, response: HttpResponse) -> Any:
    """With an ETag. Confirming and refusing ask for a fresh proof and stay on the page. Scope people:read."""
    viewer = of_request(request)
    found = find(viewer, Action.READ_GRANTS, selectors.grants_for(viewer), proposal_id)
    gate.authorize(viewer, Action.READ_GRANTS, about=ObjectFacts("pendinggrant", str(proposal_id)))
    return tagged(request, response, shapes.grant(found, viewer.instant))


@router.post(
    "/grants/{uuid:proposal_id}/withdrawal",
    response={200: GrantShape, **describe_problems(409, 411, 412, 413, 415, 428)},
    url_name="grant_withdrawal",
    operation_id="withdraw_grant",
    summary="Take a proposal back",
    openapi_extra={"parameters": [IF_MATCH], "responses": TAGGED},
)
@requires(Action.WITHDRAW_GRANT, bodiless=True)
def withdraw(request: HttpRequest, proposal_id: UUID, response: HttpResponse) -> Any:
    """By who proposed it or another with his duty, never of oneself; only with If-Match. Takes no body. Scope
    people:write.
    """
    viewer = of_request(request)
    found = find(viewer, Action.WITHDRAW_GRANT, selectors.grants_for(viewer), proposal_id)
    require_match(request, etag(shapes.grant(found, viewer.instant)))
    do(request, services.withdraw_grant, grant=found)
    withdrawn = selectors.grants_for(viewer).get(pk=proposal_id)
    return tagged(request, response, shapes.grant(withdrawn, viewer.instant))
