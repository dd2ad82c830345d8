"""Filing for programs, in the steps of the filing page: open an upload under a label, send each file, file them.

The files pass the same inspection; what is held back is told with its reasons and waits in quarantine.
"""

import json
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Router, Status

from accounts.models import Person
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent
from vault.authorization.idempotency import made_once
from vault.authorization.interface import BYTES, ONCE, Token, describe_problems
from vault.holdings import api_shapes as shapes
from vault.holdings import labels, presentation
from vault.holdings.api import do, fields_refused
from vault.holdings.forms import FilingForm
from vault.holdings.http_body import pieces
from vault.holdings.services import filing, intake
from vault.holdings.views.filing import MOST_FILES, said

router = Router(tags=["records"], auth=Token())


@router.post(
    "/uploads",
    response={201: shapes.UploadShape, **describe_problems(409, 411, 413, 415, 422)},
    url_name="uploads",
    operation_id="open_upload",
    summary="Open an upload",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.FILE)
def open_upload(request: HttpRequest, wanted: shapes.UploadWanted, response: HttpResponse) -> Any:
    """Says what the records will be, before a byte travels. Scope records:write."""
    viewer = of_request(request)
    levels = labels.CHOICES[wanted.label]
    if levels.is_classified:
        # Refused and recorded as such, before the form asks for what only classified records have.
        gate.authorize(viewer, Action.FILE, gate.Prospect(wanted.unit, levels))

    def make() -> str:
        form = _form(viewer, entries(wanted))
        if not form.is_valid():
            raise fields_refused(form)
        session = do(
            intake.open_session,
            context=viewer,
            unit=form.cleaned_data["unit"],
            levels=levels,
            entries=entries(wanted).urlencode(),
        )
        return str(session.pk)

    return Status(201, {"id": made_once(request, response, make)})


@router.put(
    "/uploads/{uuid:session_id}/files/{int:position}",
    response={201: shapes.FileShape, **describe_problems(409, 411, 413, 507)},
    url_name="upload_file",
    operation_id="send_file",
    summary="Send a file",
    openapi_extra={
        "parameters": [
            {
                "in": "header",
                "name": "X-File-Name",
                "required": True,
                "schema": {"type": "string", "minLength": 1},
                "description": "The file's name in UTF-8, percent-encoded.",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
@requires(Action.RECEIVE, body_limit=settings.JINGUI_UPLOAD_LIMIT)
def send_file(request: HttpRequest, session_id: UUID, position: int) -> Any:
    """Its bytes as the body, to a place of its own; again to the same place replaces it. Scope records:write."""
    viewer = of_request(request)
    if position > MOST_FILES:
        raise Absent
    session = do(intake.session_for, context=viewer, session_id=session_id)
    received = do(
        intake.receive,
        context=viewer,
        session=session,
        position=position,
        name=unquote(request.headers.get("X-File-Name", ""), errors="replace"),
        size=int(request.headers.get("Content-Length") or 0),
        body=pieces(request),
    )
    staged = received.staged
    return Status(
        201,
        {
            "position": position,
            "state": str(staged.integrity),
            "media_type": staged.media_type,
            "page_count": staged.page_count,
            "reasons": presentation.reasons(staged.finding),
        },
    )


@router.post(
    "/uploads/{uuid:session_id}/records",
    response={201: shapes.Filed, **describe_problems(409, 411, 413, 415, 422)},
    url_name="filed",
    operation_id="file_upload",
    summary="File what was sent",
    openapi_extra={"parameters": [ONCE]},
)
@requires(Action.FILE, bodiless=True)
def file_upload(request: HttpRequest, session_id: UUID, response: HttpResponse) -> Any:
    """Makes drafts of the accepted files, and registers them where the upload says so. Takes no body. Scope
    records:write.
    """
    viewer = of_request(request)

    def make() -> str:
        session = do(intake.session_for, context=viewer, session_id=session_id)
        form = _form(viewer, QueryDict(session.entries))
        if not form.is_valid():
            raise fields_refused(form)
        made = do(filing.file_records, context=viewer, session=session, filing=said(form))
        if form.cleaned_data["register_now"]:
            made = [
                do(filing.register, context=viewer, record_id=one.pk, version=one.version) for one in made
            ]
        return json.dumps([str(one.pk) for one in made])

    return Status(201, {"records": json.loads(made_once(request, response, make))})


def _form(viewer: Context, given: QueryDict) -> FilingForm:
    return FilingForm(given, viewer=viewer, filer=Person.objects.get(pk=viewer.subject.person_id))


def entries(wanted: shapes.RecordWanted) -> QueryDict:
    """As the filing page would send it, so that one form judges both."""
    found = QueryDict(mutable=True)
    for name, value in wanted.model_dump(exclude_none=True).items():
        if name == "register_now":
            if value:
                found[name] = "on"
        else:
            found[name] = str(value)
    return found
