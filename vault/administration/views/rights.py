"""Duties, clearances, secrecy posts and training of one person: the security officer's work (AD-01)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.models import Appointment, Clearance
from accounts.requests import trail
from accounts.rules import Duty, local_day
from audit import clock
from vault.administration.officer_forms import AppointmentForm, CategoryForm, ClearanceForm, TrainingForm
from vault.administration.views.officer_shared import (
    attempt,
    find,
    find_person,
    given,
    person_form,
    person_url,
)
from vault.authorization.actions import Action
from vault.authorization.decorators import requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.GRANT_RIGHTS)
def appoint(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Appoint to a duty at a unit; a privileged one is proposed."""
    person = find_person(request, Action.GRANT_RIGHTS, person_id)

    def act(form: AppointmentForm) -> HttpResponse:
        data = form.cleaned_data
        result = services.appoint(
            actor=request.user,
            person=person,
            duty=Duty(data["duty"]),
            unit=data["unit"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            is_head=data["is_head"],
            is_acting=data["is_acting"],
            reason=data["reason"],
            trail=trail(request),
        )
        return given(request, result, _("Appointed."), person_url(person.pk))

    return person_form(
        request,
        person,
        AppointmentForm(
            request.POST if request.method == "POST" else None,
            initial={"unit": person.unit_id, "starts_on": local_day(clock.now())},
        ),
        act,
        heading=_("Appoint to a duty"),
        button=_("Appoint"),
        explanation=_(
            "Officers, leaders, classification officers, archivists and heads of units take two persons: what you "
            "propose here waits for the head of the person's unit or of one above it, or another security officer."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.GRANT_RIGHTS)
def clear(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Propose a clearance."""
    person = find_person(request, Action.GRANT_RIGHTS, person_id)

    def act(form: ClearanceForm) -> HttpResponse:
        data = form.cleaned_data
        result = services.grant_clearance(
            actor=request.user,
            person=person,
            state_level=data["state_level"],
            enterprise_level=data["enterprise_level"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            reason=data["reason"],
            trail=trail(request),
        )
        return given(request, result, "", person_url(person.pk))

    return person_form(
        request,
        person,
        ClearanceForm(
            request.POST if request.method == "POST" else None, initial={"starts_on": local_day(clock.now())}
        ),
        act,
        heading=_("Clear for levels"),
        button=_("Propose the clearance"),
        explanation=_(
            "Every clearance includes internal records. It opens no classified record by itself: that takes the "
            "need-to-know list, an approval and the reading room."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.GRANT_RIGHTS)
def categorise(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Propose a secrecy post, which bounds the clearances."""
    person = find_person(request, Action.GRANT_RIGHTS, person_id)

    def act(form: CategoryForm) -> HttpResponse:
        result = services.set_category(
            actor=request.user,
            person=person,
            category=form.parsed(),
            reason=form.cleaned_data["reason"],
            trail=trail(request),
        )
        return given(request, result, "", person_url(person.pk))

    return person_form(
        request,
        person,
        CategoryForm(
            request.POST if request.method == "POST" else None, initial={"category": person.category}
        ),
        act,
        heading=_("Secrecy post"),
        button=_("Propose the secrecy post"),
        explanation=_(
            "Without a post: ordinary enterprise secrets at most. General: 秘密. Important: 机密 and core enterprise "
            "secrets. Core: 绝密."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.RECORD_TRAINING)
def train(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record a training that was held (PE-09)."""
    person = find_person(request, Action.RECORD_TRAINING, person_id)

    def act(form: TrainingForm) -> HttpResponse:
        services.record_training(
            actor=request.user,
            person=person,
            held_on=form.cleaned_data["held_on"],
            valid_until=form.cleaned_data["valid_until"],
            trail=trail(request),
        )
        messages.success(request, _("Recorded."))
        return HttpResponseRedirect(person_url(person.pk))

    return person_form(
        request,
        person,
        TrainingForm(
            request.POST if request.method == "POST" else None, initial={"held_on": local_day(clock.now())}
        ),
        act,
        heading=_("Record a training"),
        button=_("Record the training"),
        explanation=_("Without a valid training only the notice page opens."),
    )


@require_POST
@requires(Action.GRANT_RIGHTS)
def end_appointment(request: HttpRequest, person_id: UUID, appointment_id: UUID) -> HttpResponse:
    """Take a duty away, from today on."""
    found = find(request, Action.GRANT_RIGHTS, Appointment, appointment_id, person_id=person_id)
    return attempt(
        request,
        lambda: services.end_appointment(actor=request.user, appointment=found, trail=trail(request)),
        _("Ended. It counts from the person's next request."),
        person_url(person_id),
    )


@require_POST
@requires(Action.GRANT_RIGHTS)
def revoke_clearance(request: HttpRequest, person_id: UUID, clearance_id: UUID) -> HttpResponse:
    """Take a clearance away, from today on."""
    found = find(request, Action.GRANT_RIGHTS, Clearance, clearance_id, person_id=person_id)
    return attempt(
        request,
        lambda: services.revoke_clearance(actor=request.user, clearance=found, trail=trail(request)),
        _("Revoked. It counts from the person's next request."),
        person_url(person_id),
    )
