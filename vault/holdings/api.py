"""Records for programs: the list, one record, its files, a draft's changes, and its registration.

The same gate, selectors and services as the pages; nothing here decides.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query, Router

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Code
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent
from vault.authorization.interface import (
    BYTES,
    InterfaceProblem,
    Token,
    describe_problems,
    etag,
    is_unchanged,
    require_match,
)
from vault.holdings import api_shapes as shapes
from vault.holdings import custody, errors, http_content, leases, selectors
from vault.holdings.forms import CardDraftForm, DraftForm
from vault.holdings.models import Record
from vault.holdings.presentation import uuid_or_none
from vault.holdings.selectors import Cursor, RecordFilter
from vault.holdings.services import filing
from vault.holdings.views.record import changes_of, initial_of, require

router = Router(tags=["records"], auth=Token())

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag of the record as you read it.",
}
_TAGGED = {"ETag": {"schema": {"type": "string"}, "description": "The record's present entity tag."}}


@router.get(
    "/records",
    response={200: shapes.RecordList, **describe_problems(422)},
    url_name="records",
    operation_id="list_records",
    summary="Records that may be known of",
)
@requires(Action.LIST)
def records(request: HttpRequest, asked: Query[shapes.RecordQuery]) -> dict[str, Any]:
    """One event a page, its filters sealed. Scope records:read."""
    viewer = of_request(request)
    given = asked.model_dump(exclude={"cursor", "size"}, exclude_none=True)
    filters = RecordFilter(**{name: str(value) for name, value in given.items()})
    page = selectors.record_page(viewer, filters, _cursor(asked.cursor), asked.size)
    gate.authorize_list(viewer, Action.LIST, Record, filters=given, total=page.total)
    return {
        "total": page.total,
        "records": [shapes.row(record) for record in page.rows],
        "next": None if page.next is None else f"{page.next.day.isoformat()}_{page.next.pk}",
    }


@router.get(
    "/records/{uuid:record_id}",
    response={200: shapes.RecordDetail, 304: None, **describe_problems()},
    url_name="record",
    operation_id="read_record",
    summary="One record",
    openapi_extra={"responses": {200: {"headers": _TAGGED}}},
)
@requires(Action.DESCRIBE)
def record(request: HttpRequest, record_id: UUID, response: HttpResponse) -> Any:
    """Its description, with an ETag. Scope records:read or records:write."""
    viewer = of_request(request)
    found, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    return _shown(request, response, viewer, found)


@router.patch(
    "/records/{uuid:record_id}",
    response={200: shapes.RecordDetail, **describe_problems(409, 411, 412, 413, 415, 422, 428)},
    url_name="record",
    operation_id="change_draft",
    summary="Change a draft",
    openapi_extra={"parameters": [_IF_MATCH], "responses": {200: {"headers": _TAGGED}}},
)
@requires(Action.EDIT_DRAFT)
def change_draft(
    request: HttpRequest, record_id: UUID, change: shapes.DraftChange, response: HttpResponse
) -> Any:
    """Only a draft, only with If-Match. Scope records:write."""
    viewer = of_request(request)
    found, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.EDIT_DRAFT, found)
    require_match(request, _tag(viewer, found))
    fields = CardDraftForm if selectors.is_card(record_id) else DraftForm
    given = {name: _typed(value) for name, value in initial_of(found).items() if value is not None}
    # As on the page: a file that this person is not offered stays what it is (changes_of), and no error tells of it.
    if not selectors.archive_files_for(viewer).filter(pk=given.get("archive_file")).exists():
        given.pop("archive_file", None)
    form = fields({**given, **change.model_dump(exclude_none=True)}, viewer=viewer)
    if not form.is_valid():
        raise fields_refused(form)
    do(
        filing.edit_draft,
        context=viewer,
        record_id=record_id,
        version=found.version,
        changes=changes_of(form, record_id),
    )
    return _shown(request, response, viewer, Record.objects.select_related("unit").get(pk=record_id))


@router.post(
    "/records/{uuid:record_id}/registration",
    response={200: shapes.RecordDetail, **describe_problems(409, 411, 412, 413, 415, 428)},
    url_name="registration",
    operation_id="register_draft",
    summary="Register a draft",
    openapi_extra={"parameters": [_IF_MATCH], "responses": {200: {"headers": _TAGGED}}},
)
@requires(Action.REGISTER, bodiless=True)
def register(request: HttpRequest, record_id: UUID, response: HttpResponse) -> Any:
    """From then on it no longer changes. Takes no body. Scope records:write."""
    viewer = of_request(request)
    found, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.REGISTER, found)
    require_match(request, _tag(viewer, found))
    do(filing.register, context=viewer, record_id=record_id, version=found.version)
    return _shown(request, response, viewer, Record.objects.select_related("unit").get(pk=record_id))


@router.get(
    "/records/{uuid:record_id}/components",
    response={200: shapes.ComponentList, **describe_problems()},
    url_name="components",
    operation_id="list_components",
    summary="The files of a record",
)
@requires(Action.DESCRIBE)
def components(request: HttpRequest, record_id: UUID) -> dict[str, Any]:
    """What is held back in quarantine is not among them. Scope records:read or records:write."""
    found, _permit = gate.fetch(of_request(request), Action.DESCRIBE, Record, record_id)
    return {"components": [shapes.component(versions) for versions in selectors.versions(found)]}


@router.get(
    "/records/{uuid:record_id}/components/{uuid:component_id}/content",
    response={304: None, **describe_problems(416)},
    url_name="content",
    operation_id="read_content",
    summary="The bytes of a file",
    openapi_extra={
        "parameters": [
            {"in": "header", "name": name, "required": False, "schema": {"type": "string"}}
            for name in ("Range", "If-Range")
        ],
        "responses": {
            status: {
                "description": text,
                "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
            }
            for status, text in ((200, "The whole file"), (206, "The range asked for"))
        },
    },
)
@requires(Action.COPY)
def content(request: HttpRequest, record_id: UUID, component_id: UUID) -> HttpResponseBase:
    """The newest accepted version, whole or a range, for whoever may COPY it. Scope records:read."""
    _record, permit, version = leases.permit_for(of_request(request), Action.COPY, record_id, component_id)
    if permit.code is Code.APPROVED:
        # As on the page: what a request approved is a marked copy.
        raise Absent
    current = f'"{version.component_id}-{version.number}"'
    if is_unchanged(request, current):
        return HttpResponse(status=304, headers={**http_content.NEVER_KEPT, "ETag": current})
    return http_content.serve(
        request,
        custody.open_content(permit, version),
        media_type=BYTES,
        name=version.name,
        attachment=True,
        etag=current,
    )


def _cursor(text: str | None) -> Cursor | None:
    if text is None:
        return None
    day, _separator, pk = text.partition("_")
    try:
        begins = date.fromisoformat(day)
    except ValueError:
        raise InterfaceProblem("cursor-refused") from None
    if uuid_or_none(pk) is None:
        raise InterfaceProblem("cursor-refused")
    return Cursor(begins, pk)


def _detail(viewer: Context, found: Record) -> dict[str, Any]:
    known = found.archive_file_id is not None and (
        selectors.archive_file_title(viewer, str(found.archive_file_id)) is not None
    )
    return shapes.detail(found, archive_file_known=known)


def _tag(viewer: Context, found: Record) -> str:
    return etag(_detail(viewer, found))


def _shown(request: HttpRequest, response: HttpResponse, viewer: Context, found: Record) -> Any:
    shown = _detail(viewer, found)
    current = etag(shown)
    if request.method in {"GET", "HEAD"} and is_unchanged(request, current):
        return HttpResponse(status=304, headers={**http_content.NEVER_KEPT, "ETag": current})
    response["ETag"] = current
    return shown


def _typed(value: object) -> object:
    """What a form would send for a value that stands: the key of what was chosen."""
    return getattr(value, "pk", value)


def fields_refused(form: Any) -> InterfaceProblem:
    """What a form found wrong, field by field."""
    told = [{"field": name, "detail": str(text)} for name, texts in form.errors.items() for text in texts]
    return InterfaceProblem("fields-refused", errors=told)


def do(service: Any, **given: Any) -> Any:
    """A service whose refusals become problems of their own codes."""
    try:
        return service(**given)
    except errors.ChangedMeanwhile:
        raise InterfaceProblem("version-changed") from None
    except errors.HoldingsError as error:
        raise InterfaceProblem(error.code, status=error.status, detail=error.sentence) from error
