"""What the officers' views have in common: finding a person or account, one form a page, one refusal a message."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.errors import AccountsError
from accounts.models import Person
from accounts.rules import TWO_STEP_KINDS, local_day
from accounts.services.grants import Given
from audit import clock
from audit.events import ObjectFacts
from vault.administration import selectors
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request

F = TypeVar("F", bound=forms.Form)
M = TypeVar("M", bound=Model)
Text = str | Promise


def find_person(request: HttpRequest, action: Action, person_id: UUID) -> Person:
    """The person with what his page shows; looking is an event, what is done then is the service's.

    Raises Absent, Refused, AuditUnavailable.
    """
    viewer = of_request(request)
    found = selectors.person(person_id, local_day(clock.now()))
    if found is None:
        gate.absent(viewer, action, "person", person_id)
    gate.authorize(viewer, Action.READ_PEOPLE, about=ObjectFacts(type="person", id=str(person_id)))
    return found


def find(request: HttpRequest, action: Action, model: type[M], pk: UUID, **bounds: Any) -> M:
    """A row that a form of the page names. Raises Absent, AuditUnavailable; the service that follows journals."""
    found = model._default_manager.filter(pk=pk, **bounds).first()
    if found is None:
        gate.absent(of_request(request), action, model.__name__.lower(), pk)
    return found


def person_url(person_id: UUID) -> str:
    return reverse("administration:person", args=[person_id])


def form_page(
    request: HttpRequest,
    form: F,
    act: Callable[[F], HttpResponse],
    *,
    heading: Text,
    about: Text,
    button: Text,
    back_url: str,
    back_label: Text,
    explanation: Text = "",
    points: Sequence[str] = (),
) -> HttpResponse:
    """One form a page: refused, it keeps what was typed and says why. `points` stand in the way from the start."""
    if request.method == "POST" and form.is_valid():
        try:
            return act(form)
        except AccountsError as refusal:
            form.add_error(None, str(refusal))
    return render(
        request,
        "administration/form.html",
        {
            "form": form,
            "heading": heading,
            "about": about,
            "button": button,
            "back_url": back_url,
            "back_label": back_label,
            "explanation": explanation,
            "points": points,
        },
        status=400 if form.errors else 200,
    )


def person_form(
    request: HttpRequest,
    person: Person,
    form: F,
    act: Callable[[F], HttpResponse],
    *,
    heading: Text,
    button: Text,
    about: Text = "",
    explanation: Text = "",
    points: Sequence[str] = (),
) -> HttpResponse:
    """A form about one person, from whose page it comes and to which it leads back."""
    return form_page(
        request,
        form,
        act,
        heading=heading,
        about=about or person.name,
        button=button,
        back_url=person_url(person.pk),
        back_label=person.name,
        explanation=explanation,
        points=points,
    )


def attempt(request: HttpRequest, act: Callable[[], object], done: Text, back_url: str) -> HttpResponse:
    """Do one thing without a form, say that it is done or why not, and go back to the page."""
    try:
        act()
        messages.success(request, str(done))
    except AccountsError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(back_url)


def given(request: HttpRequest, result: Given, done: Text, back_url: str) -> HttpResponse:
    """Say whether a change is in effect or waits for its second person; `done` is for what may be at once."""
    if result.pending is None:
        messages.success(request, str(done))
        return HttpResponseRedirect(back_url)
    messages.info(
        request,
        _(
            "Proposed. When the head of the unit or of one above it, or a security officer, has confirmed it, it "
            "stands on your home page to be carried out."
        )
        if result.pending.kind in TWO_STEP_KINDS
        else _(
            "Proposed. It takes effect when the head of the unit or of one above it, or another security officer, "
            "has confirmed it."
        ),
    )
    return HttpResponseRedirect(reverse("administration:grant", args=[result.pending.pk]))


def show_once(
    request: HttpRequest, *, staff_no: str, password: str, name: str, back_url: str
) -> HttpResponse:
    """A one-time password, shown on this page and nowhere else."""
    answer = render(
        request,
        "administration/one_time_password.html",
        {"staff_no": staff_no, "password": password, "name": name, "back_url": back_url},
    )
    answer["Cache-Control"] = "no-store"
    return answer
