"""Who may know of a record, and what was granted on it; and the correction of a component."""

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from accounts.rules import ZONE
from vault.authorization import gate
from vault.authorization.actions import GRANTABLE, Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings import errors, presentation, recertification, selectors, widening
from vault.holdings.forms import GrantForm, KnowersForm, ReasonForm
from vault.holdings.models import Record
from vault.holdings.services import knowledge
from vault.holdings.views.record import frame, require

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.NAME_KNOWERS)
def knowers(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The need-to-know list: name persons, with a reason, or propose them; strike them."""
    viewer = of_request(request)
    namer = Person.objects.get(pk=viewer.subject.person_id)
    form = KnowersForm(request.POST if request.method == "POST" else None, namer=namer)
    if request.method == "POST" and form.is_valid():
        try:
            knowledge.name_knowers(
                context=viewer,
                record_id=record_id,
                persons=list(form.cleaned_data["persons"]),
                reason=form.cleaned_data["reason"],
            )
            return HttpResponseRedirect(reverse("holdings:knowers", args=[record_id]))
        except errors.HoldingsError as error:
            form.add_error(None, str(error.sentence))
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.NAME_KNOWERS, record)
    by_two = widening.is_by_two(record)
    return render(
        request,
        "holdings/knowers.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "form": None if by_two else form,
            "refused": form.non_field_errors() if by_two else (),
            "way": widening.way_for(viewer, record) if by_two else None,
            "knowers": presentation.knowers(record, removable=True),
        },
        status=400 if form.errors else 200,
    )


@require_POST
@requires(Action.NAME_KNOWERS)
def strike(request: HttpRequest, record_id: UUID, entry_id: UUID) -> HttpResponse:
    """Take a person off the list."""
    try:
        knowledge.strike_knower(
            context=of_request(request),
            record_id=record_id,
            entry_id=entry_id,
            reason=ReasonForm(request.POST).told(),
        )
    except errors.HoldingsError as error:
        messages.error(request, str(error.sentence))
    return HttpResponseRedirect(reverse("holdings:knowers", args=[record_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.GRANT)
def grants(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Grants of one action each, with their last day."""
    viewer = of_request(request)
    giver = Person.objects.get(pk=viewer.subject.person_id)
    actions = [(action.value, presentation.action_label(action)) for action in GRANTABLE]
    form = GrantForm(request.POST if request.method == "POST" else None, giver=giver, actions=actions)
    if request.method == "POST" and form.is_valid():
        try:
            knowledge.grant(
                context=viewer,
                record_id=record_id,
                person=form.cleaned_data["person"],
                action=Action(form.cleaned_data["action"]),
                ends_at=datetime.combine(form.cleaned_data["ends_on"], time.max, tzinfo=ZONE),
            )
            return HttpResponseRedirect(reverse("holdings:grants", args=[record_id]))
        except errors.HoldingsError as error:
            form.add_error(None, str(error.sentence))
    record, _permit = gate.fetch(viewer, Action.DESCRIBE, Record, record_id)
    require(viewer, Action.GRANT, record)
    return render(
        request,
        "holdings/grants.html",
        {
            **frame(record, selectors.latest_decision(record)),
            "form": form,
            "grants": presentation.grants(record, revocable=True),
        },
        status=400 if form.errors else 200,
    )


@require_POST
@requires(Action.GRANT)
def end_grant(request: HttpRequest, record_id: UUID, grant_id: int) -> HttpResponse:
    """End a grant now."""
    return _looked_at(request, knowledge.end_grant, record_id, grant_id)


@require_POST
@requires(Action.GRANT)
def keep_grant(request: HttpRequest, record_id: UUID, grant_id: int) -> HttpResponse:
    """Note that a grant is still needed (PE-11)."""
    return _looked_at(request, knowledge.keep_grant, record_id, grant_id)


@require_safe
@requires(Action.LIST)
def grants_due(request: HttpRequest) -> HttpResponse:
    """Grants that nobody has looked at for a quarter, on records of the units that the viewer leads or keeps."""
    viewer = of_request(request)
    page = Paginator(recertification.due(viewer), PAGE).get_page(request.GET.get("page"))
    gate.authorize(viewer, Action.LIST, sealed={"list": "grants due", "total": page.paginator.count})
    return render(
        request,
        "holdings/grants_due.html",
        {
            "grants": presentation.grants_due(list(page.object_list)),
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


def _looked_at(
    request: HttpRequest, service: Callable[..., object], record_id: UUID, grant_id: int
) -> HttpResponse:
    """Back to the list it was done from: the record's own grants, or what is due."""
    try:
        service(context=of_request(request), record_id=record_id, grant_id=grant_id)
    except errors.HoldingsError as error:
        messages.error(request, str(error.sentence))
    if request.POST.get("from") == "due":
        return HttpResponseRedirect(reverse("holdings:grants_due"))
    return HttpResponseRedirect(reverse("holdings:grants", args=[record_id]))
