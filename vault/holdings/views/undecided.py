"""The undecided tray: what lies in it, one thing of it, and a new one (P-25)."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from audit.events import ObjectFacts
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires
from vault.authorization.errors import Absent
from vault.holdings import errors, selectors, undecided
from vault.holdings import undecided_presentation as presentation
from vault.holdings.models import UndecidedThing
from vault.holdings.presentation import uuid_or_none
from vault.holdings.rules import TrayEvent, TrayKind
from vault.holdings.services import undecided as services
from vault.holdings.undecided_forms import PutInForm, step_form

PAGE = 50


@require_safe
@requires(Action.READ_UNDECIDED)
def tray(request: HttpRequest) -> HttpResponse:
    """What the viewer put in, decides, or keeps as the company's archivist; undecided first."""
    viewer = of_request(request)
    page = Paginator(undecided.visible(viewer), PAGE).get_page(request.GET.get("page"))
    gate.authorize(viewer, Action.READ_UNDECIDED, sealed={"list": "undecided", "total": page.paginator.count})
    day = selectors.today()
    return render(
        request,
        "holdings/undecided.html",
        {
            "things": [presentation.row(viewer, one, day) for one in page.object_list],
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


@require_safe
@requires(Action.READ_UNDECIDED)
def thing_page(request: HttpRequest, thing_id: UUID) -> HttpResponse:
    """One thing: whose, why, by whom and when it is decided, and what may be done now."""
    viewer = of_request(request)
    thing = _fetch(viewer, Action.READ_UNDECIDED, thing_id)
    gate.authorize(
        viewer, Action.READ_UNDECIDED, about=ObjectFacts("undecided", str(thing.pk), version=thing.state)
    )
    return _thing(request, viewer, thing)


@require_POST
@requires(Action.MANAGE_UNDECIDED)
def advance(request: HttpRequest, thing_id: UUID) -> HttpResponse:
    """One step of it."""
    viewer = of_request(request)
    thing = _fetch(viewer, Action.MANAGE_UNDECIDED, thing_id)
    try:
        event = TrayEvent(request.POST.get("event", ""))
    except ValueError:
        return _thing(request, viewer, thing, status=400)
    form = step_form(event, request.POST, thing=thing)
    if not form.is_valid():
        return _thing(request, viewer, thing, refused=(event, form), status=400)
    try:
        _take(viewer, thing, event, form)
    except errors.HoldingsError as error:
        form.add_error(None, str(error.sentence))
        fresh = _fetch(viewer, Action.MANAGE_UNDECIDED, thing_id)
        return _thing(request, viewer, fresh, refused=(event, form), status=error.status)
    messages.success(request, _("Done. It stands with its reason in the tray's history."))
    return HttpResponseRedirect(reverse("holdings:undecided"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_UNDECIDED)
def put_in(request: HttpRequest) -> HttpResponse:
    """A thing that the viewer may not decide, for somebody who may."""
    viewer = of_request(request)
    owner = Person.objects.get(pk=viewer.subject.person_id)
    if request.method != "POST":
        record = uuid_or_none(request.GET.get("record", ""))
        initial = {"record": record, "kind": TrayKind.RECORD.value} if record else {}
        return _form(request, PutInForm(owner=owner, initial=initial))
    form = PutInForm(request.POST, owner=owner)
    status = 400
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = services.put_in(
                context=viewer,
                kind=TrayKind(data["kind"]),
                what=data["what"],
                reason=data["reason"],
                decider=data["decider"],
                next_on=data["next_on"],
                record_id=data["record"],
            )
        except Absent:
            form.add_error("record", _("There is no record of this number that you may know of."))
        except errors.HoldingsError as error:
            form.add_error(None, str(error.sentence))
            status = error.status
        else:
            messages.success(request, _("It lies in the tray. Whoever decides it finds it on the home page."))
            return HttpResponseRedirect(reverse("holdings:undecided_thing", args=[made.pk]))
    return _form(request, form, status=status)


def _take(viewer: Context, thing: UndecidedThing, event: TrayEvent, form: Any) -> None:
    data = form.cleaned_data
    given = {
        "context": viewer,
        "thing_id": thing.pk,
        "version": data["version"],
        "reason": data["reason"],
    }
    if event is TrayEvent.DECIDE:
        services.decide(**given, outcome=form.parsed())
    elif event is TrayEvent.POSTPONE:
        services.postpone(**given, next_on=data["next_on"])
    else:
        services.change_decider(**given, decider=data["decider"])


def _thing(
    request: HttpRequest,
    viewer: Context,
    thing: UndecidedThing,
    *,
    refused: tuple[TrayEvent, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    entries = undecided.entries(thing)
    shown = []
    open_to = undecided.steps_for(viewer, thing)
    for event in (TrayEvent.DECIDE, TrayEvent.POSTPONE, TrayEvent.CHANGE_DECIDER):
        is_refused = refused is not None and refused[0] is event
        if event in open_to or is_refused:
            form = refused[1] if refused is not None and is_refused else step_form(event, None, thing=thing)
            heading, button = presentation.STEP_LABELS[event.value]
            is_main = event is TrayEvent.DECIDE
            shown.append(
                {"event": event.value, "form": form, "heading": heading, "button": button, "go": is_main}
            )
    day = selectors.today()
    record = thing.record
    return render(
        request,
        "holdings/undecided_thing.html",
        {
            "thing": thing,
            "reason": thing.reason if undecided.tells(viewer, thing) else "",
            "shown": presentation.row(viewer, thing, day),
            "facts": presentation.facts(thing, day),
            "steps": presentation.steps(thing, entries),
            "entries": presentation.timeline(entries, told=undecided.tells(viewer, thing)),
            "forms": shown,
            "record_url": reverse("holdings:record", args=[record.pk])
            if record is not None and undecided.may_know(viewer, record)
            else "",
        },
        status=status,
    )


def _form(request: HttpRequest, form: PutInForm, *, status: int = 200) -> HttpResponse:
    return render(request, "holdings/undecided_new.html", {"form": form}, status=status)


def _fetch(viewer: Context, action: Action, thing_id: UUID) -> UndecidedThing:
    found = undecided.thing(viewer, thing_id)
    if found is None:
        gate.absent(viewer, action, "undecided", thing_id)
    return found
