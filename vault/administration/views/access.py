"""Accounts of one person: another one, suspension, sessions, passwords and second factors."""

from collections.abc import Callable
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.errors import SecondPersonMissing
from accounts.models import Account, Person
from accounts.requests import trail
from accounts.rules import GrantKind, local_day
from accounts.services.access import password_takes_second_person
from accounts.services.people import takes_second_person
from accounts.services.terms import read
from audit import clock
from vault.administration import selectors
from vault.administration.officer_forms import AccountForm, ReasonedForm
from vault.administration.views.officer_shared import (
    Text,
    attempt,
    find,
    find_person,
    given,
    person_form,
    person_url,
    show_once,
)
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires


class ReasonedAccountForm(AccountForm, ReasonedForm):
    """Another account for somebody with rights, and why."""

    field_order = ["staff_no", "reason"]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def new_account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """An account for a registered person; where he has rights, proposed first and made after confirmation."""
    person = find_person(request, Action.MANAGE_ACCOUNTS, person_id)
    two = takes_second_person(person, local_day(clock.now()))

    def act(form: AccountForm) -> HttpResponse:
        asked = {
            "actor": request.user,
            "person": person,
            "staff_no": form.cleaned_data["staff_no"],
            "trail": trail(request),
        }
        try:
            made = services.create_account(**asked)
        except SecondPersonMissing:
            proposed = services.propose_account(**asked, reason=form.cleaned_data.get("reason", ""))
            return given(request, proposed, "", person_url(person.pk))
        return show_once(
            request,
            staff_no=made.account.staff_no,
            password=made.one_time_password,
            name=person.name,
            back_url=person_url(person.pk),
        )

    return person_form(
        request,
        person,
        (ReasonedAccountForm if two else AccountForm)(
            request.POST if request.method == "POST" else None,
            initial={"staff_no": _confirmed_number(request, person)},
        ),
        act,
        heading=_("New account"),
        button=_("Make the account"),
        explanation=_(
            "Whoever receives its first password receives this person's rights, so it takes a second person. Once "
            "confirmed, make it here under the same staff number and hand over the password."
        )
        if two
        else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def reset_password(request: HttpRequest, person_id: UUID, account_id: UUID) -> HttpResponse:
    """A new one-time password; where it alone would open the account, proposed first."""
    person = find_person(request, Action.MANAGE_ACCOUNTS, person_id)
    account = find(request, Action.MANAGE_ACCOUNTS, Account, account_id, person_id=person_id)

    def act(form: Form) -> HttpResponse:
        try:
            password = services.reset_password(actor=request.user, account=account, trail=trail(request))
        except SecondPersonMissing:
            proposed = services.propose_password(
                actor=request.user,
                account=account,
                reason=form.cleaned_data.get("reason", ""),
                trail=trail(request),
            )
            return given(request, proposed, "", person_url(person.pk))
        return show_once(
            request,
            staff_no=account.staff_no,
            password=password,
            name=person.name,
            back_url=person_url(person.pk),
        )

    two = password_takes_second_person(account, clock.now())
    return person_form(
        request,
        person,
        (ReasonedForm if two else Form)(request.POST if request.method == "POST" else None),
        act,
        heading=_("New one-time password"),
        about=f"{person.name} · {account.staff_no}",
        button=_("Make the password"),
        explanation=_(
            "No second factor is set up yet, so the password alone would open this account: it takes a second person. "
            "Once confirmed, come back here and hand over the password."
        )
        if two
        else _("The old password and every session of the account end."),
    )


def _act(action: Action, service: Callable[..., object], done: Text) -> Callable[..., HttpResponse]:
    """A button at an account: do it, say so or why not, and go back to the person's page."""

    @require_POST
    @requires(action)
    def view(request: HttpRequest, person_id: UUID, account_id: UUID) -> HttpResponse:
        account = find(request, action, Account, account_id, person_id=person_id)
        return attempt(
            request,
            lambda: service(actor=request.user, account=account, trail=trail(request)),
            done,
            person_url(person_id),
        )

    return view


suspend = _act(Action.SUSPEND_ACCOUNT, services.suspend, gettext_lazy("The account is suspended."))
end_sessions = _act(
    Action.SUSPEND_ACCOUNT,
    services.end_sessions,
    gettext_lazy("The account is signed out everywhere at its next request."),
)
reactivate = _act(Action.GRANT_RIGHTS, services.reactivate, gettext_lazy("The account works again."))
reset_second_factor = _act(
    Action.GRANT_RIGHTS,
    services.reset_second_factor,
    gettext_lazy(
        "The second factor is removed; it is set up anew at the next sign-in. Where it took two persons to give what "
        "the account may, a one-time password that was not used yet opens nothing any more."
    ),
)
lift_lockout = _act(
    Action.GRANT_RIGHTS,
    services.lift_lockout,
    gettext_lazy("Failed attempts are forgotten; sign-in is open again."),
)


def _confirmed_number(request: HttpRequest, person: Person) -> str:
    """The staff number that was confirmed for this person and waits for the viewer; else nothing."""
    waiting = selectors.grants_to_carry_out(of_request(request)).filter(person=person, kind=GrantKind.ACCOUNT)
    row = waiting.first()
    return str(read(row.kind, row.terms).facts()["staff_no"]) if row is not None else ""
