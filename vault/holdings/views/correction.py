"""A new version of a component: the page, the upload behind it, and the same work by a plain form."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent
from vault.holdings import errors, presentation, selectors
from vault.holdings.forms import CorrectionForm, CorrectionReasonForm
from vault.holdings.models import Component, IntakeSession, Record
from vault.holdings.rules import IntegrityStatus
from vault.holdings.services import correction, intake
from vault.holdings.views.record import frame, require


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.CORRECT, body_limit=settings.JINGUI_FORM_LIMIT)
def correct(request: HttpRequest, record_id: UUID, component_id: UUID) -> HttpResponse:
    """The page; a POST is the form without JavaScript, its file held in memory."""
    viewer = of_request(request)
    record, component = _asked(viewer, record_id, component_id)
    form = CorrectionForm(request.POST, request.FILES) if request.method == "POST" else CorrectionForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            session = _open(viewer, record, component, form.cleaned_data["reason"])
            received = intake.receive(
                context=viewer,
                session=session,
                position=1,
                name=file.name,
                size=file.size,
                body=file.chunks(),
            )
            if received.staged.integrity == IntegrityStatus.QUARANTINED:
                form.add_error("file", " ".join(presentation.reasons(received.staged.finding)))
            else:
                return HttpResponseRedirect(_done(request, viewer, record, session))
        except errors.HoldingsError as error:
            form.add_error(None, str(error.sentence))
    return render(
        request,
        "holdings/record_correct.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "form": form,
            "session_url": reverse("holdings:correction", args=[record_id, component_id]),
            "upload_limit_label": presentation.size_label(settings.JINGUI_UPLOAD_LIMIT),
            "fallback_limit_label": presentation.size_label(settings.JINGUI_FORM_LIMIT),
        },
        status=400 if form.errors else 200,
    )


@require_POST
@requires(Action.CORRECT)
def open_correction(request: HttpRequest, record_id: UUID, component_id: UUID) -> JsonResponse:
    """Open an upload session for one corrected file; the reason is checked before a byte travels."""
    viewer = of_request(request)
    record, component = _asked(viewer, record_id, component_id)
    form = CorrectionReasonForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    session = _open(viewer, record, component, form.cleaned_data["reason"])
    return JsonResponse(
        {
            "put_url": reverse("holdings:receive", args=[session.pk, 1]),
            "finish_url": reverse("holdings:finish_correction", args=[record_id, component_id, session.pk]),
        },
        status=201,
    )


@require_POST
@requires(Action.CORRECT)
def finish_correction(
    request: HttpRequest, record_id: UUID, component_id: UUID, session_id: UUID
) -> JsonResponse:
    """Make the session's accepted file the next version."""
    viewer = of_request(request)
    record, component = _asked(viewer, record_id, component_id)
    try:
        session = intake.session_for(context=viewer, session_id=session_id)
        if session.component_id != component.pk:
            raise errors.SessionClosed
        return JsonResponse({"location": _done(request, viewer, record, session)}, status=201)
    except errors.HoldingsError as error:
        return JsonResponse({"detail": str(error.sentence), "code": error.code}, status=error.status)


def _asked(viewer: Context, record_id: UUID, component_id: UUID) -> tuple[Record, Component]:
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.CORRECT, record)
    component = Component.objects.filter(pk=component_id, record=record).first()
    if component is None:
        raise Absent
    return record, component


def _open(viewer: Context, record: Record, component: Component, reason: str) -> IntakeSession:
    return intake.open_session(
        context=viewer, unit=record.unit, levels=record.levels, component=component, entries=reason
    )


def _done(request: HttpRequest, viewer: Context, record: Record, session: IntakeSession) -> str:
    """Add the version under the reason that opened the session; returns the record's address."""
    correction.correct(context=viewer, record_id=record.pk, session=session, reason=session.entries)
    messages.success(request, _("The new version stands beside the old one."))
    return reverse("holdings:record", args=[record.pk])
