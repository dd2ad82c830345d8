"""The register of terminals: how each stands, its technical checks, and the system officer's steps (10.1(4))."""

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

from accounts import enrolment, services
from accounts import terminals as reads
from accounts.models import Terminal
from accounts.requests import trail
from accounts.rules import local_day
from audit.events import ObjectFacts
from vault.administration import presentation
from vault.administration import terminal_presentation as shown
from vault.administration.terminal_forms import CertificateForm, CheckForm, TerminalForm
from vault.administration.views.officer_shared import attempt, find, form_page
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings.forms import ReasonForm


@require_safe
@requires(Action.READ_TERMINALS)
def terminals(request: HttpRequest) -> HttpResponse:
    """Every terminal with its state and its next check."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.READ_TERMINALS, sealed={"list": "terminals"})
    day = local_day(viewer.instant)
    return render(
        request,
        "administration/terminals.html",
        {
            "terminals": [shown.terminal(one, day) for one in reads.standings(day)],
            "new_url": reverse("administration:new_terminal")
            if presentation.may(viewer, Action.MANAGE_TERMINALS)
            else "",
        },
    )


@require_safe
@requires(Action.READ_TERMINALS)
def terminal(request: HttpRequest, terminal_id: UUID) -> HttpResponse:
    """One terminal: what keeps it from use, its checks, and what was done with it."""
    viewer = of_request(request)
    day = local_day(viewer.instant)
    found = reads.standing(terminal_id, day)
    if found is None:
        gate.absent(viewer, Action.READ_TERMINALS, "terminal", terminal_id)
    gate.authorize(viewer, Action.READ_TERMINALS, about=ObjectFacts(type="terminal", id=str(terminal_id)))
    manages = presentation.may(viewer, Action.MANAGE_TERMINALS)
    return render(
        request,
        "administration/terminal.html",
        {
            "terminal": shown.terminal(found, day),
            "steps": shown.open_steps(found) if manages else set(),
            "machine": shown.machine(enrolment.of_terminal(found.terminal)),
            "checks": shown.checks(reads.checks(found.terminal)),
            "changes": shown.changes(reads.changes(found.terminal)),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_TERMINALS)
def new_terminal(request: HttpRequest) -> HttpResponse:
    """Put a terminal on the register."""

    def act(form: TerminalForm) -> HttpResponse:
        made = services.register_terminal(actor=request.user, **form.cleaned_data, trail=trail(request))
        messages.success(request, _("The terminal is registered. Its first technical check is due today."))
        return HttpResponseRedirect(address(made.pk))

    gate.authorize(of_request(request), Action.READ_TERMINALS)
    return form_page(
        request,
        TerminalForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("New secure terminal"),
        about=_(
            "A classified computer in the secure reading room, with its certificate and its regular checks."
        ),
        button=_("Register the terminal"),
        back_url=reverse("administration:terminals"),
        back_label=_("Secure terminals"),
        explanation=_(
            "Room, equipment and interval are not changed later: another room or other equipment is another terminal."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_TERMINALS)
def check(request: HttpRequest, terminal_id: UUID) -> HttpResponse:
    """Record a technical check."""
    found = _find(request, terminal_id)

    def act(form: CheckForm) -> HttpResponse:
        services.record_check(actor=request.user, terminal=found, **form.cleaned_data, trail=trail(request))
        messages.success(request, _("The check is recorded."))
        return HttpResponseRedirect(address(terminal_id))

    day = local_day(of_request(request).instant)
    return form_page(
        request,
        CheckForm(request.POST if request.method == "POST" else None, initial={"done_on": day}),
        act,
        heading=_("Record a check"),
        about=f"{found.number} · {found.room}",
        button=_("Record the check"),
        back_url=address(terminal_id),
        back_label=found.number,
        explanation=_("A failed check keeps the terminal from use at once. A recorded one is not changed."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_TERMINALS)
def renew(request: HttpRequest, terminal_id: UUID) -> HttpResponse:
    """Enter a new certificate."""
    found = _find(request, terminal_id)

    def act(form: CertificateForm) -> HttpResponse:
        services.renew_certificate(
            actor=request.user, terminal=found, **form.cleaned_data, trail=trail(request)
        )
        messages.success(request, _("The new certificate counts; the former one stays on the page."))
        return HttpResponseRedirect(address(terminal_id))

    return form_page(
        request,
        CertificateForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("New certificate"),
        about=f"{found.number} · {found.room}",
        button=_("Enter the certificate"),
        back_url=address(terminal_id),
        back_label=found.number,
    )


@require_POST
@requires(Action.MANAGE_TERMINALS)
def suspend(request: HttpRequest, terminal_id: UUID) -> HttpResponse:
    """Out of use until it is reinstated."""
    return _step(request, terminal_id, services.suspend_terminal, gettext_lazy("The terminal is suspended."))


@require_POST
@requires(Action.MANAGE_TERMINALS)
def reinstate(request: HttpRequest, terminal_id: UUID) -> HttpResponse:
    """Back in use, as far as its check and its certificate let it."""
    return _step(
        request, terminal_id, services.reinstate_terminal, gettext_lazy("The terminal is reinstated.")
    )


@require_POST
@requires(Action.MANAGE_TERMINALS)
def withdraw(request: HttpRequest, terminal_id: UUID) -> HttpResponse:
    """Out of use for good."""
    return _step(
        request, terminal_id, services.withdraw_terminal, gettext_lazy("The terminal is out of use for good.")
    )


def _step(
    request: HttpRequest, terminal_id: UUID, service: Callable[..., None], done: Promise
) -> HttpResponse:
    found = find(request, Action.MANAGE_TERMINALS, Terminal, terminal_id)
    return attempt(
        request,
        lambda: service(
            actor=request.user, terminal=found, reason=ReasonForm(request.POST).told(), trail=trail(request)
        ),
        done,
        address(terminal_id),
    )


def _find(request: HttpRequest, terminal_id: UUID) -> Terminal:
    found = find(request, Action.MANAGE_TERMINALS, Terminal, terminal_id)
    about = ObjectFacts(type="terminal", id=str(terminal_id))
    gate.authorize(of_request(request), Action.READ_TERMINALS, about=about)
    return found


def address(terminal_id: UUID) -> str:
    return reverse("administration:terminal", args=[terminal_id])
