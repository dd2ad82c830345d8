"""The register of secure reading rooms: what each holds, who keeps it, its inspections (10.1(4), RR-09)."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rooms as reads
from accounts import services
from accounts.models import SecureRoom
from accounts.requests import trail
from accounts.room_rules import INSPECTORS
from accounts.rules import local_day
from audit.events import ObjectFacts
from vault.administration import presentation
from vault.administration import room_presentation as shown
from vault.administration.room_forms import InspectionForm, PlaceForm, RoomForm, RoomSettingsForm
from vault.administration.views.officer_shared import attempt, find, form_page
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings.forms import ReasonForm


@require_safe
@requires(Action.READ_ROOMS)
def rooms(request: HttpRequest) -> HttpResponse:
    """Every room with its places and the inspections that are due."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.READ_ROOMS, sealed={"list": "rooms"})
    return render(
        request,
        "administration/rooms.html",
        {
            "rooms": [shown.room(one) for one in reads.standings(local_day(viewer.instant))],
            "new_url": reverse("rooms:new_room") if presentation.may(viewer, Action.MANAGE_ROOMS) else "",
        },
    )


@require_safe
@requires(Action.READ_ROOMS)
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """One room: its keepers, its terminals and its inspections."""
    viewer = of_request(request)
    found = reads.standing(room_id, local_day(viewer.instant))
    if found is None:
        gate.absent(viewer, Action.READ_ROOMS, "secureroom", room_id)
    gate.authorize(viewer, Action.READ_ROOMS, about=ObjectFacts(type="secureroom", id=str(room_id)))
    looks = presentation.may(viewer, Action.READ_TERMINALS)
    return render(
        request,
        "administration/room.html",
        {
            "room": shown.room(found),
            "keepers": [one.name for one in reads.keepers_of(found.room, viewer.instant)],
            "terminals": [
                {
                    "number": one.number,
                    "equipment": one.equipment,
                    "url": reverse("administration:terminal", args=[one.pk]) if looks else "",
                }
                for one in reads.terminals_in(found.room)
            ],
            "inspections": shown.inspections(reads.inspections(found.room)),
            "manages": presentation.may(viewer, Action.MANAGE_ROOMS),
            "inspects": found.room.is_open and presentation.may(viewer, Action.INSPECT_ROOM),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ROOMS)
def new_room(request: HttpRequest) -> HttpResponse:
    """Put a room on the register."""

    def act(form: RoomForm) -> HttpResponse:
        made = services.register_room(actor=request.user, **form.cleaned_data, trail=trail(request))
        messages.success(request, _("The room is registered. Its first inspections are due today."))
        return HttpResponseRedirect(_address(made.pk))

    gate.authorize(of_request(request), Action.READ_ROOMS)
    return form_page(
        request,
        RoomForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("New secure reading room"),
        about=_("Where classified records are read, under the eyes of its keeper."),
        button=_("Register the room"),
        back_url=reverse("rooms:rooms"),
        back_label=_("Secure reading rooms"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ROOMS)
def change(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Its places, its interval, two readers or one."""
    found = _find(request, Action.MANAGE_ROOMS, room_id)

    def act(form: RoomSettingsForm) -> HttpResponse:
        services.change_room(actor=request.user, room=found, **form.cleaned_data, trail=trail(request))
        messages.success(request, _("The room is changed."))
        return HttpResponseRedirect(_address(room_id))

    present = {name: getattr(found, name) for name in RoomSettingsForm.base_fields}
    return form_page(
        request,
        RoomSettingsForm(request.POST if request.method == "POST" else None, initial=present),
        act,
        heading=_("Change the room"),
        about=f"{found.code} · {found.name}",
        button=_("Keep the change"),
        back_url=_address(room_id),
        back_label=found.code,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.INSPECT_ROOM)
def inspect(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Record an inspection that one has made."""
    viewer = of_request(request)
    found = _find(request, Action.INSPECT_ROOM, room_id)

    def act(form: InspectionForm) -> HttpResponse:
        services.inspect_room(actor=request.user, room=found, **form.cleaned_data, trail=trail(request))
        messages.success(request, _("The inspection is recorded."))
        return HttpResponseRedirect(_address(room_id))

    held = viewer.subject.duty_names
    return form_page(
        request,
        InspectionForm(
            request.POST if request.method == "POST" else None,
            kinds=[kind for kind, duty in INSPECTORS.items() if duty in held],
            initial={"done_on": local_day(viewer.instant)},
        ),
        act,
        heading=_("Record an inspection"),
        about=f"{found.code} · {found.name}",
        button=_("Record the inspection"),
        back_url=_address(room_id),
        back_label=found.code,
        explanation=_("Whoever keeps the room does not inspect it. A recorded inspection is not changed."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ROOMS)
def place(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Say which terminal stands here."""
    found = _find(request, Action.MANAGE_ROOMS, room_id)

    def act(form: PlaceForm) -> HttpResponse:
        services.place_terminal(actor=request.user, room=found, **form.cleaned_data, trail=trail(request))
        messages.success(request, _("The terminal stands in this room."))
        return HttpResponseRedirect(_address(room_id))

    return form_page(
        request,
        PlaceForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("Put a terminal here"),
        about=f"{found.code} · {found.name}",
        button=_("It stands here"),
        back_url=_address(room_id),
        back_label=found.code,
        explanation=_(
            "This is said once: a terminal that moves to another room is registered as another terminal."
        ),
    )


@require_POST
@requires(Action.MANAGE_ROOMS)
def close(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Nothing is read in it any more."""
    return _step(request, room_id, services.close_room, gettext_lazy("The room is closed."))


@require_POST
@requires(Action.MANAGE_ROOMS)
def reopen(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """In use again."""
    return _step(request, room_id, services.reopen_room, gettext_lazy("The room is open again."))


def _step(request: HttpRequest, room_id: UUID, service: Callable[..., None], done: Promise) -> HttpResponse:
    found = find(request, Action.MANAGE_ROOMS, SecureRoom, room_id)
    return attempt(
        request,
        lambda: service(
            actor=request.user, room=found, reason=ReasonForm(request.POST).told(), trail=trail(request)
        ),
        done,
        _address(room_id),
    )


def _find(request: HttpRequest, action: Action, room_id: UUID) -> SecureRoom:
    found = find(request, action, SecureRoom, room_id)
    about = ObjectFacts(type="secureroom", id=str(room_id))
    gate.authorize(of_request(request), Action.READ_ROOMS, about=about)
    return found


def _address(room_id: UUID) -> str:
    return reverse("rooms:room", args=[room_id])
