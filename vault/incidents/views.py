"""The register of incidents, one incident, and the form that everybody has."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import clock
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.incidents import errors, presentation, selectors, services
from vault.incidents.forms import ReportForm, StepForm
from vault.incidents.models import Incident
from vault.incidents.rules import Event, Kind, State
from vault.incidents.selectors import IncidentFilter

PAGE = 50


@require_safe
@requires(Action.READ_INCIDENTS)
def register(request: HttpRequest) -> HttpResponse:
    """Every incident with its clock, what is open first."""
    viewer = of_request(request)
    chosen = IncidentFilter(
        state=request.GET.get("state", ""),
        kind=request.GET.get("kind", ""),
        late=request.GET.get("clock", "") == "late",
    )
    page = Paginator(selectors.register(chosen), PAGE).get_page(request.GET.get("page"))
    gate.authorize(viewer, Action.READ_INCIDENTS, sealed={"list": "incidents", "total": page.paginator.count})
    now = clock.now()
    query = request.GET.copy()
    return render(
        request,
        "incidents/register.html",
        {
            "incidents": [presentation.row(incident, now) for incident in page.object_list],
            "filters": _filters(chosen),
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": _page(query, page.next_page_number()) if page.has_next() else "",
            "prev_url": _page(query, page.previous_page_number()) if page.has_previous() else "",
        },
    )


@require_safe
@requires(Action.READ_INCIDENTS)
def incident_page(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """One incident: its clock, its steps, what was done, and what may be done now."""
    viewer = of_request(request)
    incident = _fetch(viewer, Action.READ_INCIDENTS, incident_id)
    gate.authorize(viewer, Action.READ_INCIDENTS, sealed={"incident": str(incident.pk)})
    return _incident(request, incident)


@require_POST
@requires(Action.MANAGE_INCIDENTS)
def advance(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """One step, a note or a measure."""
    viewer = of_request(request)
    incident = _fetch(viewer, Action.MANAGE_INCIDENTS, incident_id)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _incident(request, incident, form, status=400)
    data = form.cleaned_data
    try:
        services.advance(
            context=viewer,
            incident_id=incident.pk,
            version=data["version"],
            event=Event(data["event"]),
            text=data["text"],
        )
    except errors.IncidentsError as error:
        form.add_error(None, str(error.sentence))
        return _incident(
            request, _fetch(viewer, Action.MANAGE_INCIDENTS, incident_id), form, status=error.status
        )
    messages.success(request, _("It stands in the register."))
    return HttpResponseRedirect(reverse("incidents:incident", args=[incident.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.REPORT_INCIDENT)
def report(request: HttpRequest) -> HttpResponse:
    """Whoever sees something go wrong says so here."""
    viewer = of_request(request)
    if request.method != "POST":
        known = {"known_at": clock.now(), "unit": viewer.subject.home_unit_id}
        return render(request, "incidents/report.html", {"form": ReportForm(initial=known)})
    form = ReportForm(request.POST)
    status = 400
    if form.is_valid():
        data = form.cleaned_data
        try:
            incident = services.raise_incident(
                context=viewer,
                kind=Kind(data["kind"]),
                what=data["what"],
                unit=data["unit"],
                known_at=data["known_at"],
            )
        except errors.IncidentsError as error:
            form.add_error(None, str(error.sentence))
            status = error.status
        else:
            messages.success(
                request,
                _("Reported as incident %(number)s. The security officer sees it on his home page now.")
                % {"number": incident.number},
            )
            return HttpResponseRedirect(reverse("home"))
    return render(request, "incidents/report.html", {"form": form}, status=status)


def _incident(
    request: HttpRequest, incident: Incident, form: StepForm | None = None, *, status: int = 200
) -> HttpResponse:
    entries = selectors.entries(incident)
    return render(
        request,
        "incidents/incident.html",
        {
            "incident": incident,
            "kind_label": presentation.KIND_LABELS[Kind(incident.kind)],
            "clock": presentation.clock(incident, clock.now()),
            "facts": presentation.facts(incident),
            "steps": presentation.steps(incident, entries),
            "entries": presentation.timeline(entries),
            "buttons": presentation.buttons(incident),
            "hint": presentation.HINTS.get(State(incident.state), ""),
            "form": form or StepForm(),
        },
        status=status,
    )


def _fetch(viewer: Context, action: Action, incident_id: UUID) -> Incident:
    found = selectors.incident(incident_id)
    if found is None:
        gate.absent(viewer, action, "incident", incident_id)
    return found


def _filters(chosen: IncidentFilter) -> list[dict[str, Any]]:
    return [
        {
            "name": "state",
            "label": _("State"),
            "value": chosen.state,
            "options": _options(presentation.STATE_LABELS, chosen.state),
        },
        {
            "name": "kind",
            "label": _("Kind"),
            "value": chosen.kind,
            "options": _options(presentation.KIND_LABELS, chosen.kind),
        },
        {
            "name": "clock",
            "label": _("Clock"),
            "value": "late" if chosen.late else "",
            "options": [{"value": "late", "label": _("late"), "selected": chosen.late}],
        },
    ]


def _options(labels: dict[Any, Any], chosen: str) -> list[dict[str, Any]]:
    return [
        {"value": key.value, "label": label, "selected": key.value == chosen} for key, label in labels.items()
    ]


def _page(query: Any, number: int) -> str:
    query["page"] = str(number)
    return f"?{query.urlencode()}"
