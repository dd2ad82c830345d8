"""Filing: the page, the upload session behind it, and the same work by a plain form."""

import json
from urllib.parse import unquote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Person
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent, Refused
from vault.authorization.explanations import explain, in_one
from vault.holdings import errors, presentation, selectors
from vault.holdings.forms import FilingForm, RecordForm
from vault.holdings.http_body import pieces
from vault.holdings.models import IntakeSession, Record
from vault.holdings.rules import IntegrityStatus
from vault.holdings.services import filing, intake

MOST_FILES = 9_999


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.FILE, body_limit=settings.JINGUI_FORM_LIMIT)
def file_page(request: HttpRequest) -> HttpResponse:
    """The filing page; a POST is the form without JavaScript, its files held in memory."""
    viewer = of_request(request)
    form = _form(viewer, request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        files = request.FILES.getlist("files")
        if not files:
            form.add_error(None, _("Choose at least one file."))
        else:
            try:
                session = _open(viewer, form, request.POST)
                for position, file in enumerate(files, start=1):
                    intake.receive(
                        context=viewer,
                        session=session,
                        position=position,
                        name=file.name,
                        size=file.size,
                        body=file.chunks(),
                    )
                records = _register(viewer, session, form, only=None)
                _say_held_back(request, session)
                _say(request, records)
                return HttpResponseRedirect(_location(records))
            except Refused as refused:
                refusal = explain(refused.decision.code)
            except errors.HoldingsError as error:
                form.add_error(None, _sentences(error))
    return render(
        request,
        "holdings/file.html",
        {
            "form": form,
            "filing_refusal": refusal,
            "session_url": reverse("holdings:intake"),
            "list_url": reverse("holdings:list"),
            "cancel_url": reverse("holdings:list"),
            "upload_limit_label": presentation.size_label(settings.JINGUI_UPLOAD_LIMIT),
            "fallback_limit_label": presentation.size_label(settings.JINGUI_FORM_LIMIT),
        },
        status=400 if form.errors else 200,
    )


@require_POST
@requires(Action.FILE)
def open_intake(request: HttpRequest) -> JsonResponse:
    """Open an upload session from the whole form: every mistake is told before a byte travels."""
    viewer = of_request(request)
    form = _form(viewer, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    try:
        session = _open(viewer, form, request.POST)
    except Refused as refused:
        said = in_one(explain(refused.decision.code))
        return JsonResponse({"errors": {"label": [said]}, "code": refused.code}, status=403)
    address = reverse("holdings:receive", args=[session.pk, 0])
    return JsonResponse(
        {
            "id": str(session.pk),
            "put_url_template": address.replace("/0/", "/{position}/"),
            "register_url": reverse("holdings:register_intake", args=[session.pk]),
        },
        status=201,
    )


@require_http_methods(["PUT", "DELETE"])
@requires(Action.RECEIVE, body_limit=settings.JINGUI_UPLOAD_LIMIT)
def receive(request: HttpRequest, session_id: UUID, position: int) -> JsonResponse:
    """One file as a raw body. The answer says what was recognised and, if held back, why."""
    viewer = of_request(request)
    if position > MOST_FILES:
        raise Absent
    try:
        session = intake.session_for(context=viewer, session_id=session_id)
        if request.method == "DELETE":
            intake.drop(context=viewer, session=session, position=position)
            return JsonResponse({"state": "dropped"})
        received = intake.receive(
            context=viewer,
            session=session,
            position=position,
            name=unquote(request.headers.get("X-File-Name", ""), errors="replace"),
            size=int(request.headers.get("Content-Length") or 0),
            body=pieces(request),
        )
    except errors.HoldingsError as error:
        return JsonResponse(
            {"state": "refused", "code": error.code, "reasons": [_sentences(error)]}, status=error.status
        )
    staged = received.staged
    return JsonResponse(
        {
            "state": str(staged.integrity),
            "media_type": staged.media_type,
            "media_type_label": presentation.media_type_label(staged.media_type),
            "size_label": presentation.size_label(staged.size),
            "pages": staged.page_count,
            "reasons": presentation.reasons(staged.finding),
            "duplicate_hint": _duplicate_hint(viewer, bytes(staged.digest)),
        },
        status=201,
    )


@require_POST
@requires(Action.FILE)
def register_intake(request: HttpRequest, session_id: UUID) -> JsonResponse:
    """Make records of the session's accepted files, under the form that opened it."""
    viewer = of_request(request)
    try:
        session = intake.session_for(context=viewer, session_id=session_id)
        form = _form(viewer, QueryDict(session.entries))
        if not form.is_valid():
            return JsonResponse({"errors": form.errors}, status=400)
        records = _register(viewer, session, form, only=_positions(request))
    except errors.HoldingsError as error:
        return JsonResponse({"detail": _sentences(error), "code": error.code}, status=error.status)
    _say(request, records)
    return JsonResponse(
        {
            "location": _location(records),
            "records": [
                {"id": str(record.pk), "url": reverse("holdings:record", args=[record.pk])}
                for record in records
            ],
        },
        status=201,
    )


def _form(viewer: Context, data: QueryDict | None) -> FilingForm:
    filer = Person.objects.get(pk=viewer.subject.person_id)
    return FilingForm(data, viewer=viewer, filer=filer)


def _open(viewer: Context, form: FilingForm, data: QueryDict) -> IntakeSession:
    levels = form.proposal().levels
    if levels is None:
        raise errors.FormRefused
    kept = data.copy()
    kept.pop("csrfmiddlewaretoken", None)
    return intake.open_session(
        context=viewer, unit=form.cleaned_data["unit"], levels=levels, entries=kept.urlencode()
    )


def _register(
    viewer: Context, session: IntakeSession, form: FilingForm, *, only: set[int] | None
) -> list[Record]:
    records = filing.file_records(context=viewer, session=session, only=only, filing=said(form))
    if form.cleaned_data["register_now"]:
        records = [
            filing.register(context=viewer, record_id=record.pk, version=record.version) for record in records
        ]
    return records


def said(form: RecordForm) -> filing.Filing:
    """What a valid form says of the records it makes."""
    data = form.cleaned_data
    return filing.Filing(
        unit=data["unit"],
        series=data["series"],
        retention_class=data["retention_class"],
        record_date=data["record_date"],
        label=form.proposal(),
        originator=data["originator"],
        decider=data["decider"],
        knowers=tuple(data["knowers"]),
        archive_file=data["archive_file"],
        title=data["title"],
        creator=data["creator"],
        document_no=data["document_no"],
        place=data.get("place") or "",
        pages=data.get("pages") or 0,
        together=data.get("grouping") == "together",
    )


def _positions(request: HttpRequest) -> set[int] | None:
    """The files the filer decided on; None takes every accepted one."""
    if request.content_type != "application/json":
        return None
    try:
        given = json.loads(request.body or b"{}").get("files")
    except (ValueError, AttributeError, RecursionError):
        return None
    return {n for n in given if isinstance(n, int)} if isinstance(given, list) else None


def _say(request: HttpRequest, records: list[Record]) -> None:
    # A count only: titles have no place in the session that carries messages.
    messages.success(
        request,
        ngettext("%(count)s record filed.", "%(count)s records filed.", len(records))
        % {"count": len(records)},
    )


def _say_held_back(request: HttpRequest, session: IntakeSession) -> None:
    held = session.files.filter(integrity=IntegrityStatus.QUARANTINED, used_at__isnull=True).count()
    if held:
        said = ngettext(
            "%(count)s file was held back and is not part of it; Quarantine says why.",
            "%(count)s files were held back and are not part of it; Quarantine says why.",
            held,
        )
        messages.warning(request, said % {"count": held})


def _location(records: list[Record]) -> str:
    if len(records) == 1:
        return reverse("holdings:record", args=[records[0].pk])
    return reverse("holdings:list")


def _duplicate_hint(viewer: Context, digest: bytes) -> str:
    same = selectors.duplicates_of(viewer, digest)
    if not same:
        return ""
    return _("The same content is already filed as “%(title)s”.") % {"title": same[0].title}


def _sentences(error: errors.HoldingsError) -> str:
    return str(error.sentence)
