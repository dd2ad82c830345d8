"""The lists of requests, a new one, and one request with everything that is needed to decide it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import Duty, local_day
from audit.events import ObjectFacts
from vault.approvals import (
    copy_presentation,
    emergencies,
    emergency_presentation,
    emergency_rules,
    errors,
    extents,
    presentation,
    reproduction,
    rules,
    selectors,
    words,
)
from vault.approvals.forms import PaperForm, PeriodForm, RequestForm, StepForm
from vault.approvals.models import AccessRequest
from vault.approvals.rules import Part, RequestEvent, RequestState
from vault.approvals.services import requests as services
from vault.approvals.services.requests import Wanted
from vault.approvals.views.refusals import tell
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.holdings import selectors as holdings
from vault.holdings.models import Record
from vault.holdings.views.record import frame, require

PAGE = 50


@require_safe
@requires(Action.READ_REQUESTS)
def lists(request: HttpRequest) -> HttpResponse:
    """The viewer's own requests, those that wait for him, or the register."""
    viewer = of_request(request)
    tabs = _tabs(viewer)
    chosen = request.GET.get("list", "")
    chosen = chosen if chosen in tabs else next(iter(tabs))
    page = Paginator(tabs[chosen][1], PAGE).get_page(request.GET.get("page"))
    gate.authorize(
        viewer, Action.READ_REQUESTS, sealed={"list": f"requests {chosen}", "total": page.paginator.count}
    )
    today = local_day(viewer.instant)
    shown = list(page.object_list)
    records = presentation.known(viewer, shown)
    return render(
        request,
        "approvals/requests.html",
        {
            "tabs": [
                {"label": label, "url": f"?list={name}", "current": name == chosen}
                for name, (label, _rows) in tabs.items()
            ],
            "heading": tabs[chosen][0],
            "others": chosen != "mine",
            "print_form": PeriodForm() if chosen == "register" else None,
            "requests": [presentation.row(one, records.get(one.record_id), today) for one in shown],
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?list={chosen}&page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?list={chosen}&page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.DESCRIBE, unsafe=Action.REQUEST_ACCESS)
def new(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Ask for one action on a record."""
    viewer = of_request(request)
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.REQUEST_ACCESS, record)
    actions = rules.requestable(record.levels)
    given: dict[str, Any] = {"actions": actions, "parts": extents.askable(record)}
    form, status = (RequestForm(request.POST, **given), 400) if request.method == "POST" else (None, 200)
    if form is not None and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.submit(
                context=viewer,
                record_id=record_id,
                wanted=Wanted(
                    action=form.asked,
                    purpose=data["purpose"],
                    starts_on=data["starts_on"],
                    ends_on=data["ends_on"],
                    amount=data["amount"],
                    pages=form.pages,
                ),
            )
        except errors.ApprovalsError as error:
            status = error.status
            tell(form, error)
        else:
            messages.success(
                request,
                _("Sent as %(reference)s. You see here where it stands.") % {"reference": made.reference},
            )
            return HttpResponseRedirect(reverse("approvals:request", args=[made.pk]))
    if form is None:
        asked = request.GET.get("action", "")
        form = RequestForm(initial={"action": asked} if asked else {}, **given)
    return render(
        request,
        "approvals/request_new.html",
        {
            **frame(record, holdings.latest_decision(record)),
            "form": form if actions else None,
            "emergency_url": reverse("approvals:new_emergency", args=[record_id])
            if emergency_rules.problem(record.levels, is_shielded=record.is_shielded) is None
            else "",
            "needs_check": rules.needs_check(record.levels),
        },
        status=status,
    )


@require_safe
@requires(Action.READ_REQUESTS)
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request."""
    viewer = of_request(request)
    found = fetch(viewer, Action.READ_REQUESTS, request_id)
    gate.authorize(
        viewer, Action.READ_REQUESTS, about=ObjectFacts("request", str(found.pk), version=found.state)
    )
    return page_of(request, viewer, found)


def fetch(viewer: Context, action: Action, request_id: UUID) -> AccessRequest:
    """A request in which the viewer has a part; any other is absent."""
    found = selectors.request(viewer, request_id)
    if found is None:
        gate.absent(viewer, action, "request", request_id)
    return found


def page_of(
    request: HttpRequest,
    viewer: Context,
    found: AccessRequest,
    *,
    step: StepForm | None = None,
    paper: PaperForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Everything about one request that the viewer may see, and what he may do with it now."""
    history = selectors.history(found)
    parts = selectors.parts_of(viewer, found)
    open_steps = selectors.steps_for(viewer, found)
    papers = list(
        found.authorisations.select_related("issuer", "recorded_by", "paper__unit").order_by("recorded_at")
    )
    may_record = found.state == RequestState.LEADER_APPROVED and (
        Part.REQUESTER in parts or selectors.has_acted(viewer, found)
    )
    label, kind = words.STATE_LABELS[found.state]
    record = presentation.known(viewer, [found]).get(found.record_id)
    return render(
        request,
        "approvals/request.html",
        {
            "asked": found,
            "what": presentation.title(found, record),
            "record_url": reverse("holdings:record", args=[record.pk]) if record is not None else "",
            "state": {"label": label, "kind": kind},
            "level": presentation.level(found, record),
            "action_label": words.ACTION_LABELS[found.action],
            "facts": presentation.facts(found, record),
            "standing": presentation.standing_facts(found, viewer.instant)
            if parts & {Part.CHECKER, Part.APPROVER, Part.SECOND} and found.state not in rules.FINAL
            else None,
            "rule": presentation.rule_text(found),
            "waiting": presentation.waiting(viewer, found),
            "warnings": presentation.warnings(viewer, found)
            if {RequestEvent.APPROVE, RequestEvent.RELEASE}.intersection(open_steps)
            else [],
            "emergency": emergency_presentation.of_request(viewer, found, open_steps),
            "steps": presentation.life(found, history),
            "entries": presentation.timeline(history),
            "copies": copy_presentation.copies_of(viewer, found, local_day(viewer.instant)),
            "make_url": reverse("approvals:make_copy", args=[found.pk])
            if reproduction.unmade(viewer).filter(pk=found.pk).exists()
            else "",
            "papers": [presentation.paper(each, viewer) for each in papers],
            "form": step or StepForm(initial={"version": found.version}),
            # Of an emergency that waits, release and refusal have a form of their own.
            "may": {
                event.value: True
                for event in open_steps
                if found.state not in rules.UNRELEASED or event is RequestEvent.WITHDRAW
            },
            "checker": Part.CHECKER in parts,
            "paper_form": (paper or PaperForm()) if may_record else None,
        },
        status=status,
    )


def _tabs(viewer: Context) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    if waiting := emergencies.to_release(viewer):
        found["emergencies"] = (_("Emergencies"), waiting)
    if not viewer.subject.is_officer:
        found["mine"] = (_("My requests"), selectors.mine(viewer))
        found["decide"] = (_("For me to decide"), selectors.to_decide(viewer))
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        found["check"] = (_("To check"), selectors.to_check(viewer))
        found["register"] = (_("Register"), selectors.register(viewer))
    return found or {"mine": (_("My requests"), selectors.mine(viewer))}
