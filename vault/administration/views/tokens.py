"""One's own API tokens: what each is for, when it was last used, a new one, and its end (interface.md section 4)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import marks, services, tokens
from accounts.errors import AccountsError
from accounts.models import Account, ApiToken
from accounts.requests import trail
from accounts.token_rules import SCOPE_NAMES, TokenScope, read
from vault.administration.token_forms import TokenForm
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires


@require_safe
@requires(Action.MANAGE_TOKENS)
def own_tokens(request: HttpRequest) -> HttpResponse:
    """Every token of this account, those that still open something first."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.MANAGE_TOKENS)
    account = _account(request)
    rows = list(tokens.of_account(account.pk))
    live = {row.pk for row in tokens.standing(account, viewer.instant)}
    rows.sort(key=lambda row: row.pk not in live)
    return render(
        request,
        "administration/tokens.html",
        {
            "tokens": [_row(row, live=row.pk in live) for row in rows],
            "live": len(live),
            "proved": _is_proved(request),
            "new_url": reverse("administration_new_token"),
            "factor_url": reverse("mfa_activate_totp"),
            "reference_url": reverse("api_reference"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.MANAGE_TOKENS, unsafe=Action.MAKE_TOKEN)
def new_token(request: HttpRequest) -> HttpResponse:
    """A new token, shown once in the answer to the form and kept nowhere."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_token(
                actor=_account(request),
                name=form.cleaned_data["name"],
                scopes=[TokenScope(scope) for scope in form.cleaned_data["scopes"]],
                days=form.cleaned_data["days"],
                proved=_is_proved(request),
                trail=trail(request),
            )
        except AccountsError as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(
                request,
                "administration/token_once.html",
                {
                    "name": made.row.name,
                    "token": made.token,
                    "ends_at": made.row.ends_at,
                    "back_url": reverse("administration_tokens"),
                },
            )
    return render(
        request,
        "administration/form.html",
        {
            "form": form,
            "heading": _("New API token"),
            "about": _(
                "For a program of yours. It never opens more than you may open, and nothing classified."
            ),
            "button": _("Make the token"),
            "back_url": reverse("administration_tokens"),
            "back_label": _("API tokens"),
        },
        status=400 if form.errors else 200,
    )


@require_POST
@requires(Action.MANAGE_TOKENS)
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End one of one's own; a token of somebody else is absent."""
    account = _account(request)
    if not tokens.of_account(account.pk).filter(pk=token_id).exists():
        gate.absent(of_request(request), Action.MANAGE_TOKENS, "apitoken", token_id)
    try:
        services.revoke_token(actor=account, token_id=token_id, trail=trail(request))
        messages.success(request, _("The token opens nothing any more."))
    except AccountsError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("administration_tokens"))


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


def _is_proved(request: HttpRequest) -> bool:
    return bool(request.session.get(marks.PROVED) == str(_account(request).pk))


def _row(row: ApiToken, *, live: bool) -> dict[str, object]:
    if live:
        state, kind = _("works"), "ok"
    elif row.revoked_at is not None:
        state, kind = _("revoked"), ""
    else:
        state, kind = _("ended"), ""
    return {
        "name": row.name,
        "reference": f"token:{row.reference}",
        "scopes": "、".join(_(SCOPE_NAMES[scope]) for scope in TokenScope if scope in read(row.scopes)),
        "made_at": row.made_at,
        "ends_at": row.ends_at,
        "last_used_at": row.last_used_at,
        "state_label": state,
        "state_kind": kind,
        "revoke_url": reverse("administration_revoke_token", args=[row.pk]) if live else "",
    }
