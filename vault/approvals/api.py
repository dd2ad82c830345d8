"""Requests for programs: one's own about internal records, a new one, and its withdrawal.

Checking and deciding are people's alone, and nothing of a secret goes through a token (P-02): a request about one is
absent. The same gate, selectors and services as the pages.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from audit.events import ObjectFacts
from vault.approvals import api_shapes as shapes
from vault.approvals import errors, selectors, words
from vault.approvals.forms import RequestForm
from vault.approvals.models import AccessRequest
from vault.approvals.rules import REPRODUCING, REQUESTABLE
from vault.approvals.services import requests as services
from vault.approvals.services.requests import Wanted
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.idempotency import made_once
from vault.authorization.interface import (
    IF_MATCH,
    ONCE,
    TAGGED,
    InterfaceProblem,
    Token,
    describe_problems,
    etag,
    require_match,
    tagged,
)
from vault.authorization.paging import page_of
from vault.holdings.api import fields_refused

router = Router(tags=["requests"], auth=Token())

# What an operation may meet of the room's refusals; the others belong to steps that no token takes.
MET: tuple[type[errors.ApprovalsError], ...] = (
    errors.AlreadyRequested,
    errors.LabelMoved,
    errors.NothingToRequest,
    errors.WrongStep,
)
_ACTIONS = tuple(action for action in REQUESTABLE if action in REPRODUCING)


@router.get(
    "/requests",
    response={200: shapes.RequestList, **describe_problems(422)},
    url_name="requests",
    operation_id="list_requests",
    summary="One's own requests about internal records",
)
@requires(Action.READ_REQUESTS)
def requests(request: HttpRequest, asked: Query[shapes.RequestQuery]) -> dict[str, Any]:
    """One event a page. Those about secrets are not among them and not counted. Scope requests:read."""
    viewer = of_request(request)
    rows = selectors.mine(viewer)
    if asked.state is not None:
        rows = rows.filter(state=asked.state)
    total = rows.count()
    page, following = page_of(
        rows, asked.cursor, asked.size, by="-submitted_at", among=selectors.mine(viewer)
    )
    gate.authorize(viewer, Action.READ_REQUESTS, sealed={"list": "requests mine", "total": total})
    return {"total": total, "requests": [shapes.row(one) for one in page], "next": following}


@router.get(
    "/requests/{uuid:request_id}",
    response={200: shapes.RequestDetail, 304: None, **describe_problems()},
    url_name="request",
    operation_id="read_request",
    summary="One request",
    openapi_extra={"responses": TAGGED},
)
@requires(Action.READ_REQUESTS)
def one(request: HttpRequest, request_id: UUID, response: HttpResponse) -> Any:
    """One's own, about an internal record; an ETag. Scope requests:read."""
    viewer = of_request(request)
    found = _own(viewer, Action.READ_REQUESTS, request_id)
    about = ObjectFacts("request", str(found.pk), version=found.state)
    gate.authorize(viewer, Action.READ_REQUESTS, about=about)
    return tagged(request, response, shapes.detail(found))


@router.post(
    "/requests",
    response={201: shapes.Made, **describe_problems(409, 411, 413, 415, 422)},
    url_name="requests",
    operation_id="submit_request",
    summary="Ask for a copy or a print",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.REQUEST_ACCESS)
def submit(request: HttpRequest, wanted: shapes.RequestWanted, response: HttpResponse) -> Any:
    """Of an internal record that one may know of; it goes to its approver at once. Scope requests:write."""
    viewer = of_request(request)

    def make() -> str:
        form = RequestForm(wanted.model_dump(exclude={"record", "parts"}), actions=_ACTIONS, parts=[])
        if not form.is_valid():
            raise fields_refused(form)
        data = form.cleaned_data
        made = do(
            services.submit,
            context=viewer,
            record_id=wanted.record,
            wanted=Wanted(
                action=form.asked,
                purpose=data["purpose"],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                amount=data["amount"],
                pages=_pages(wanted.parts),
            ),
        )
        return str(made.pk)

    return Status(201, {"id": made_once(request, response, make)})


@router.post(
    "/requests/{uuid:request_id}/withdrawal",
    response={200: shapes.RequestDetail, **describe_problems(409, 411, 412, 413, 415, 428)},
    url_name="request_withdrawal",
    operation_id="withdraw_request",
    summary="Take a request back",
    openapi_extra={"parameters": [IF_MATCH], "responses": TAGGED},
)
@requires(Action.WITHDRAW_REQUEST, bodiless=True)
def withdraw(request: HttpRequest, request_id: UUID, response: HttpResponse) -> Any:
    """One's own, before it is approved; only with If-Match. Takes no body. Scope requests:write."""
    viewer = of_request(request)
    found = _own(viewer, Action.WITHDRAW_REQUEST, request_id)
    require_match(request, etag(shapes.detail(found)))
    do(services.withdraw, context=viewer, request_id=request_id, version=found.version)
    return tagged(request, response, shapes.detail(_own(viewer, Action.WITHDRAW_REQUEST, request_id)))


def do(service: Any, **given: Any) -> Any:
    """A service whose refusals become problems of their own codes."""
    try:
        return service(**given)
    except errors.ChangedMeanwhile:
        raise InterfaceProblem("version-changed") from None
    except errors.RequestIncomplete as error:
        raise InterfaceProblem("fields-refused", errors=_told(error)) from error
    except errors.ApprovalsError as error:
        raise InterfaceProblem(error.code, status=error.status, detail=error.sentence) from error


def _told(error: errors.RequestIncomplete) -> list[dict[str, str]]:
    """Where and why, in the names of the interface."""
    return [
        {"field": "parts" if name == "pages" else name, "detail": str(words.PROBLEMS[code])}
        for name, codes in error.fields.items()
        for code in codes
    ]


def _own(viewer: Context, action: Action, request_id: UUID) -> AccessRequest:
    """One of the viewer's own; any other is as absent as one that never was."""
    found = selectors.mine(viewer).filter(pk=request_id).first()
    if found is None:
        gate.absent(viewer, action, "request", request_id)
    return found


def _pages(parts: list[shapes.PartWanted]) -> dict[UUID, str]:
    """The pages of each part; a part that is named twice would lose one of its pages."""
    found = {one.component_id: one.pages for one in parts}
    if len(found) != len(parts):
        raise InterfaceProblem(
            "fields-refused", errors=[{"field": "parts", "detail": str(words.PROBLEMS["part-twice"])}]
        )
    return found
