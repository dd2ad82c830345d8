"""The tree of units with their heads."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import closures, services
from accounts.models import Unit
from accounts.requests import trail
from accounts.rules import UnitKind, local_day
from audit.events import ObjectFacts
from vault.administration import presentation, selectors
from vault.administration.officer_forms import NameForm, UnitForm
from vault.administration.views.officer_shared import find, form_page
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires


@require_safe
@requires(Action.READ_PEOPLE)
def units(request: HttpRequest) -> HttpResponse:
    """Every unit under the one it belongs to, with its head."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.READ_PEOPLE, sealed={"list": "units"})
    day = local_day(viewer.instant)
    manages = presentation.may(viewer, Action.MANAGE_UNITS)
    heads, acting = selectors.heads(day), selectors.acting_heads(day)
    return render(
        request,
        "administration/units.html",
        {
            "units": [
                {
                    "name": unit.name,
                    "indent": selectors.depth(unit),
                    "code": unit.code,
                    "kind_label": presentation.UNIT_KIND_NAMES[UnitKind(unit.kind)],
                    "head": heads[unit.pk].name if unit.pk in heads else "",
                    "acting": acting[unit.pk].person.name if unit.pk in acting else "",
                    "acting_until": acting[unit.pk].ends_on if unit.pk in acting else None,
                    "headless": not {unit.pk} & (heads.keys() | acting.keys())
                    and unit.kind != UnitKind.EXTERNAL,
                    "closed_on": unit.closed_on,
                    "former": presentation.former(unit.changes.all()),
                    "rename_url": reverse("administration:rename_unit", args=[unit.pk])
                    if manages and unit.closed_on is None
                    else "",
                    "close_url": reverse("administration:close_unit", args=[unit.pk])
                    if manages and unit.closed_on is None
                    else "",
                    "people_url": reverse("administration:people") + f"?unit={unit.pk}",
                }
                for unit in selectors.units()
            ],
            "new_url": reverse("administration:new_unit")
            if presentation.may(viewer, Action.MANAGE_UNITS)
            else "",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_UNITS)
def new_unit(request: HttpRequest) -> HttpResponse:
    """Add a unit to the tree."""

    def act(form: UnitForm) -> HttpResponse:
        services.create_unit(
            actor=request.user,
            kind=form.parsed_kind(),
            code=form.cleaned_data["code"],
            name=form.cleaned_data["name"],
            parent=form.cleaned_data["parent"],
            opened_on=local_day(of_request(request).instant),
            trail=trail(request),
        )
        messages.success(request, _("The unit is added."))
        return HttpResponseRedirect(reverse("administration:units"))

    gate.authorize(of_request(request), Action.READ_PEOPLE)
    return form_page(
        request,
        UnitForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("New unit"),
        about=_("Internal records belong to units; who works where decides who sees them."),
        button=_("Add the unit"),
        back_url=reverse("administration:units"),
        back_label=_("Units"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_UNITS)
def rename(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Another name of the same unit."""
    unit = _find(request, unit_id)

    def act(form: NameForm) -> HttpResponse:
        services.rename_unit(
            actor=request.user, unit=unit, name=form.cleaned_data["name"], trail=trail(request)
        )
        messages.success(request, _("The name is changed; the former one stays on the page."))
        return HttpResponseRedirect(reverse("administration:units"))

    return form_page(
        request,
        NameForm(request.POST if request.method == "POST" else None, initial={"name": unit.name}),
        act,
        heading=_("Change the name"),
        about=unit.name,
        button=_("Change the name"),
        back_url=reverse("administration:units"),
        back_label=_("Units"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_UNITS)
def close(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Close a unit in which nothing stands any more."""
    unit = _find(request, unit_id)

    def act(form: Form) -> HttpResponse:
        services.close_unit(actor=request.user, unit=unit, trail=trail(request))
        messages.success(request, _("The unit is closed."))
        return HttpResponseRedirect(reverse("administration:units"))

    return form_page(
        request,
        Form(request.POST if request.method == "POST" else None),
        act,
        heading=_("Close the unit"),
        about=unit.name,
        button=_("Close it from today on"),
        back_url=reverse("administration:units"),
        back_label=_("Units"),
        explanation=_(
            "Nobody is appointed to a closed unit, and this is not taken back here. Its records, its people of "
            "former days and its name stay as they are."
        ),
        points=[
            str(matter.sentence)
            for matter in closures.stands_in_unit(unit, local_day(of_request(request).instant))
        ],
    )


def _find(request: HttpRequest, unit_id: UUID) -> Unit:
    found = find(request, Action.MANAGE_UNITS, Unit, unit_id)
    gate.authorize(of_request(request), Action.READ_PEOPLE, about=ObjectFacts(type="unit", id=str(unit_id)))
    return found
