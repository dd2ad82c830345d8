"""My account: how I sign in, where I am signed in, and what my standing rests on (AD-05, PE-09)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts import marks, passkeys, second_factor, services, sessions, tokens
from accounts.errors import AccountsError, NotThere
from accounts.models import Account, Clearance, Training, Undertaking
from accounts.requests import session_reference, site, trail
from accounts.rules import DUTY_NAMES, MOST_PASSKEYS, Duty, local_day
from audit import clock
from vault.administration import presentation
from vault.administration.forms import PasskeyForm
from vault.authorization.actions import Action
from vault.authorization.decorators import requires
from vault.authorization.fields import PlainCharField


@require_safe
@requires(Action.MY_ACCOUNT)
@login_required
@cache_control(no_store=True)
def overview(request: HttpRequest) -> HttpResponse:
    """One page for all of it."""
    account = _account(request)
    here, signed_in = session_reference(request), sessions.of(account)
    return render(
        request,
        "account/my_account.html",
        {
            "account": account,
            "facts": _standing(request, account),
            "sessions": [
                {"here": one.reference == here, "method": _method(one.second_factor), "it": one}
                for one in signed_in
            ],
            "others": sum(one.reference != here for one in signed_in),
            "enrolled": second_factor.is_enrolled(account),
            "codes_left": second_factor.unused_codes(account),
            "tokens": len(list(tokens.standing(account, clock.now()))),
            "passkeys": passkeys.listed(account),
            "can_add": site(request).takes_passkeys,
            "most": MOST_PASSKEYS,
            "sends_mail": bool(settings.JINGUI_EMAIL_FROM),
        },
    )


@require_POST
@requires(Action.MY_ACCOUNT)
@login_required
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign another browser of mine out."""
    reference = request.POST.get("session", "")
    if reference == session_reference(request):
        return redirect("account_logout")
    try:
        services.end_session(actor=_account(request), reference=reference, trail=trail(request))
    except NotThere as refusal:
        return _back(request, refusal)
    messages.success(request, _("That session was signed out."))
    return redirect("my_account")


@require_POST
@requires(Action.MY_ACCOUNT)
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign all other browsers of mine out."""
    ended = services.end_other_sessions(actor=_account(request), trail=trail(request))
    messages.success(
        request,
        ngettext("%(n)s other session was signed out.", "%(n)s other sessions were signed out.", ended)
        % {"n": ended},
    )
    return redirect("my_account")


@require_POST
@requires(Action.MY_ACCOUNT)
@login_required
def choose_mail(request: HttpRequest) -> HttpResponse:
    """Notices by mail too, or in the list alone."""
    wanted = request.POST.get("mail") == "on"
    services.choose_mail(actor=_account(request), wanted=wanted, trail=trail(request))
    messages.success(
        request, _("Notices come by mail too.") if wanted else _("Notices stay inside the system.")
    )
    return redirect("my_account")


@require_POST
@requires(Action.SECURE_ACCOUNT)
@login_required
@cache_control(no_store=True)
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Offer the browser a passkey to make, then keep the one it made.

    Begun by a POST too, so that the proof that it is still the person is asked for before his device is.
    """
    account = _account(request)
    form = PasskeyForm(request.POST if "answer" in request.POST else None)
    try:
        if form.is_bound and form.is_valid():
            services.add_passkey(
                actor=account,
                site=site(request),
                challenge=request.session.pop(marks.NEW_CHALLENGE, None),
                answer=form.cleaned_data["answer"],
                name=form.cleaned_data["name"],
                trail=trail(request),
            )
            messages.success(request, _("The passkey is kept. It opens the second step of the next sign-in."))
            return redirect("my_account")
    except AccountsError as refusal:
        form.add_error(None, str(refusal))
    if not second_factor.is_enrolled(account):
        return redirect("mfa_activate_totp")
    try:
        options, request.session[marks.NEW_CHALLENGE] = passkeys.offer(account, site(request))
    except AccountsError as refusal:
        return _back(request, refusal)
    return render(
        request, "account/passkey_new.html", {"form": form, "options": options, "site": site(request)}
    )


@require_POST
@requires(Action.MY_ACCOUNT)
@login_required
def rename_passkey(request: HttpRequest, passkey: int) -> HttpResponse:
    """Call a passkey something else."""
    try:
        name = PlainCharField(max_length=40).clean(request.POST.get("name", ""))
        services.rename_passkey(actor=_account(request), passkey=passkey, name=name, trail=trail(request))
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    except NotThere as refusal:
        return _back(request, refusal)
    return redirect("my_account")


@require_POST
@requires(Action.SECURE_ACCOUNT)
@login_required
def remove_passkey(request: HttpRequest, passkey: int) -> HttpResponse:
    """Forget a passkey."""
    try:
        services.remove_passkey(actor=_account(request), passkey=passkey, trail=trail(request))
    except NotThere as refusal:
        return _back(request, refusal)
    messages.success(request, _("The passkey was removed. Delete it on the device too."))
    return redirect("my_account")


@require_POST
@requires(Action.SECURE_ACCOUNT)
@login_required
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes and show them once."""
    try:
        services.renew_recovery_codes(actor=_account(request), trail=trail(request))
    except AccountsError as refusal:
        return _back(request, refusal)
    return redirect("mfa_view_recovery_codes")


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account), "the door let somebody without an account in"
    return request.user


def _back(request: HttpRequest, refusal: AccountsError) -> HttpResponse:
    messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("my_account"))


def _method(second: str) -> str:
    return {
        "totp": _("password and app"),
        "recovery_code": _("password and recovery code"),
        "passkey": _("password and passkey"),
    }.get(second, _("password"))


def _standing(request: HttpRequest, account: Account) -> list[tuple[str, Any]]:
    """What somebody may know about his own standing: duties, clearances, training, undertaking."""
    person, facts, today = account.person, request.subject_facts, local_day(clock.now())  # type: ignore[attr-defined]
    order = list(Duty)
    duties = "、".join(
        _(DUTY_NAMES[duty]) for duty in sorted({held.duty for held in facts.duties}, key=order.index)
    )
    training = Training.objects.filter(person=person).order_by("-valid_until").first()
    signed = Undertaking.objects.filter(person=person).order_by("-version").first()
    cleared = Clearance.objects.filter(person=person).in_force(today).order_by("ends_on")
    levels = "、".join(
        _("%(level)s (until %(day)s)") % {"level": badge.text, "day": one.ends_on.isoformat()}
        for one in cleared
        for badge in presentation.badges([one])
    )
    return [
        (_("Full name"), person.name),
        (_("Unit"), person.unit.name),
        (_("Staff number"), account.staff_no),
        (_("Duties"), duties or _("none")),
        (_("Clearances"), levels or _("none")),
        (
            _("Training"),
            _("valid until %(day)s") % {"day": training.valid_until.isoformat()}
            if training
            else _("never trained"),
        ),
        (_("Secrecy undertaking"), signed.signed_at if signed else _("not signed")),
    ]
