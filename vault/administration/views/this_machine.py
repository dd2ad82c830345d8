"""Making the machine in front of one a terminal, and taking that back (RR-03)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from accounts import lockout, services
from accounts.errors import AccountsError, CodeRefused
from accounts.models import Account, Terminal
from accounts.requests import client_certificate, trail
from accounts.services.enrolment import Enrolled
from accounts.terminal_middleware import give
from audit.events import ObjectFacts
from vault.administration import terminal_presentation as shown
from vault.administration.terminal_forms import CodeForm, CodeWantedForm
from vault.administration.views.officer_shared import attempt, find, form_page
from vault.administration.views.terminals import address
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires
from vault.holdings.forms import ReasonForm


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.ENROL_TERMINAL)
@cache_control(no_store=True)
def this_machine(request: HttpRequest) -> HttpResponse:
    """Which terminal this browser is, and where a code makes it one."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = _enrolled(request, form)
        if made is not None:
            number = made.terminal.number
            messages.success(request, _("This browser is now terminal %(number)s.") % {"number": number})
            answer = HttpResponseRedirect(reverse("this_machine"))
            give(answer, made.cookie)
            return answer
    here = request.terminal_here  # type: ignore[attr-defined]
    return render(
        request,
        "administration/this_machine.html",
        {"form": form, "here": shown.here(here) if here is not None else None},
        status=400 if form.errors else 200,
    )


def _enrolled(request: HttpRequest, form: CodeForm) -> Enrolled | None:
    """Wrong codes count like failed sign-ins: there is one throttle."""
    account = request.user
    assert isinstance(account, Account)
    if lockout.is_locked(request, account):
        form.add_error(None, _("Too many wrong codes. Wait a quarter of an hour, then try again."))
        return None
    try:
        return services.enrol(
            actor=account,
            code=form.cleaned_data["code"],
            certificate=client_certificate(request),
            trail=trail(request),
        )
    except AccountsError as refusal:
        if isinstance(refusal, CodeRefused):
            lockout.count_failure(request, account)
        form.add_error(None, str(refusal))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_TERMINALS, unsafe=Action.ISSUE_TERMINAL_CODE)
@cache_control(no_store=True)
def issue_code(request: HttpRequest, terminal_id: UUID) -> HttpResponse:
    """A one-time code, shown in the answer to the form and kept nowhere."""
    found = find(request, Action.MANAGE_TERMINALS, Terminal, terminal_id)

    def act(form: CodeWantedForm) -> HttpResponse:
        code = services.issue_code(
            actor=request.user,
            terminal=found,
            fingerprint=form.cleaned_data["fingerprint"],
            trail=trail(request),
        )
        return render(
            request,
            "administration/terminal_code.html",
            {"terminal": found, "code": code, "back_url": address(terminal_id)},
        )

    about = ObjectFacts(type="terminal", id=str(terminal_id))
    gate.authorize(of_request(request), Action.READ_TERMINALS, about=about)
    return form_page(
        request,
        CodeWantedForm(request.POST if request.method == "POST" else None),
        act,
        heading=_("Enrol a machine"),
        about=f"{found.number} · {found.room}",
        button=_("Issue a one-time code"),
        back_url=address(terminal_id),
        back_label=found.number,
        explanation=_(
            "The code is shown once and is good for half an hour. At the machine, the room's keeper or a system "
            "officer signs in, opens “This machine” and types it. A machine that was this terminal before is none then."
        ),
    )


@require_POST
@requires(Action.MANAGE_TERMINALS)
def take_back(request: HttpRequest, terminal_id: UUID) -> HttpResponse:
    """No machine is this terminal until one is enrolled again."""
    found = find(request, Action.MANAGE_TERMINALS, Terminal, terminal_id)
    return attempt(
        request,
        lambda: services.take_back(
            actor=request.user, terminal=found, reason=ReasonForm(request.POST).told(), trail=trail(request)
        ),
        gettext_lazy("No machine is this terminal any more."),
        address(terminal_id),
    )
