"""Emergencies: asking for one, releasing or refusing it, its report, and the written confirmation (PE-17, P-10)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.events import ObjectFacts
from vault.approvals import emergencies, emergency_errors, errors, extents, selectors
from vault.approvals import emergency_presentation as shown
from vault.approvals.emergency_forms import ConfirmationForm, EmergencyForm
from vault.approvals.emergency_rules import problem as problem_of
from vault.approvals.forms import StepForm
from vault.approvals.models import EmergencyReport
from vault.approvals.rules import Part, RequestState
from vault.approvals.services import confirmations
from vault.approvals.services import emergencies as services
from vault.approvals.views.refusals import tell
from vault.approvals.views.requests import fetch, page_of
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decision import Allow, decide_at_the_door
from vault.authorization.decorators import requires
from vault.holdings import selectors as holdings
from vault.holdings.models import Record
from vault.holdings.views.record import frame, require

PAGE = 50
AS = {"leader": Part.APPROVER, "second": Part.SECOND}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.DESCRIBE, unsafe=Action.REQUEST_ACCESS)
def new(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Ask to consult a record at once."""
    viewer = of_request(request)
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.REQUEST_ACCESS, record)
    problem = problem_of(record.levels, is_shielded=record.is_shielded)
    parts = extents.askable(record)
    form, status = (
        (EmergencyForm(request.POST, parts=parts), 400) if request.method == "POST" else (None, 200)
    )
    if form is not None and form.is_valid():
        try:
            made = services.ask(context=viewer, record_id=record_id, urgent=form.urgent)
        except errors.ApprovalsError as error:
            status = error.status
            tell(form, error)
        else:
            messages.success(
                request,
                _("Sent as %(reference)s. Call both persons; you see here where it stands.")
                % {"reference": made.reference},
            )
            return HttpResponseRedirect(reverse("approvals:request", args=[made.pk]))
    return render(
        request,
        "approvals/emergency_new.html",
        {
            **frame(record, holdings.latest_decision(record)),
            "form": None if problem is not None else form or EmergencyForm(parts=parts),
            "problem": emergency_errors.PROBLEMS[problem] if problem is not None else "",
        },
        status=status,
    )


@require_POST
@requires(Action.RELEASE_EMERGENCY)
def release(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Release it as one of its two persons, or refuse it."""
    viewer = of_request(request)
    found = fetch(viewer, Action.RELEASE_EMERGENCY, request_id)
    form, part = StepForm(request.POST), AS.get(request.POST.get("as", ""))
    refuses = request.POST.get("decision") == "refuse"
    if form.is_valid() and part is None and not refuses:
        form.add_error(None, _("Choose what to do."))
    if not form.is_valid():
        return page_of(request, viewer, found, step=form, status=400)
    reason = form.cleaned_data["reason"]
    try:
        if refuses or part is None:
            done = services.refuse(
                context=viewer, request_id=request_id, version=form.cleaned_data["version"], reason=reason
            )
        else:
            done = services.release(context=viewer, request_id=request_id, part=part, reason=reason)
    except errors.ApprovalsError as error:
        now = fetch(viewer, Action.RELEASE_EMERGENCY, request_id)
        form = StepForm({**request.POST.dict(), "version": now.version})
        form.add_error("reason" if isinstance(error, errors.ReasonMissing) else None, str(error.sentence))
        return page_of(request, viewer, now, step=form, status=error.status)
    messages.success(
        request,
        _("Released for one hour from now.")
        if done.state == RequestState.APPROVED
        else _("It stands in the request."),
    )
    return HttpResponseRedirect(reverse("approvals:request", args=[request_id]))


@require_safe
@requires(Action.READ_EMERGENCIES)
def lists(request: HttpRequest) -> HttpResponse:
    """The reports that the viewer may read, those first that wait for his confirmation."""
    viewer = of_request(request)
    found = emergencies.reports(viewer)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    gate.authorize(
        viewer, Action.READ_EMERGENCIES, sealed={"list": "emergencies", "total": page.paginator.count}
    )
    return render(
        request,
        "approvals/emergencies.html",
        {
            "waiting": [shown.row(one, viewer.instant) for one in emergencies.to_confirm(viewer)],
            "reports": [shown.row(one, viewer.instant) for one in page.object_list],
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


@require_safe
@requires(Action.READ_EMERGENCIES)
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One report."""
    viewer = of_request(request)
    found = _fetch(viewer, Action.READ_EMERGENCIES, request_id)
    gate.authorize(viewer, Action.READ_EMERGENCIES, about=ObjectFacts("request", str(found.request_id)))
    return _page(request, viewer, found)


@require_POST
@requires(Action.CONFIRM_EMERGENCY)
def confirm(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The leader's written confirmation."""
    viewer = of_request(request)
    found = _fetch(viewer, Action.CONFIRM_EMERGENCY, request_id)
    form = ConfirmationForm(request.POST)
    if not form.is_valid():
        return _page(request, viewer, found, form=form, status=400)
    try:
        confirmations.confirm(
            context=viewer,
            request_id=request_id,
            text=form.cleaned_data["text"],
            is_justified=form.is_justified,
            paper_id=form.paper_id,
        )
    except errors.ApprovalsError as error:
        where = {
            emergency_errors.ConfirmationMissing: "text",
            errors.PaperAbsent: "record",
        }.get(type(error))
        form.add_error(where, str(error.sentence))
        return _page(
            request, viewer, _fetch(viewer, Action.CONFIRM_EMERGENCY, request_id), form, error.status
        )
    messages.success(request, _("The confirmation stands in the report."))
    return HttpResponseRedirect(reverse("approvals:emergency", args=[request_id]))


def _fetch(viewer: Context, action: Action, request_id: UUID) -> EmergencyReport:
    found = emergencies.report(viewer, request_id)
    if found is None:
        gate.absent(viewer, action, "request", request_id)
    return found


def _page(
    request: HttpRequest,
    viewer: Context,
    found: EmergencyReport,
    form: ConfirmationForm | None = None,
    status: int = 200,
) -> HttpResponse:
    record = shown.records(viewer, [found]).get(found.request.record_id)
    given = shown.given(found, viewer)
    may_confirm = given is None and emergencies.may_confirm(viewer, found)
    # The auditor reads the report and no request.
    knows = (
        isinstance(decide_at_the_door(Action.READ_REQUESTS, viewer.subject), Allow)
        and selectors.request(viewer, found.request_id) is not None
    )
    return render(
        request,
        "approvals/emergency.html",
        {
            "report": shown.row(found, viewer.instant),
            "why": found.request.why_urgent,
            "purpose": found.request.purpose,
            "facts": shown.facts(found, record),
            "sittings": shown.sittings(found),
            "seen": [{"page": each.page, "at": each.at} for each in emergencies.pages_seen(found)],
            "given": given,
            "incidents": shown.incidents(found),
            "form": (form or ConfirmationForm()) if may_confirm or (form and given is None) else None,
            "confirm_url": reverse("approvals:confirm_emergency", args=[found.request_id]),
            "request_url": reverse("approvals:request", args=[found.request_id]) if knows else "",
        },
        status=status,
    )
