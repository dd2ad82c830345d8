"""What is grave is done only after a recent proof that it is still the person who signed in (AD-05).

A session left open, or a stolen cookie, must not confirm a grant. When the proof is older than `PROOF_LASTS`, the
answer to the request is a page that asks for it and holds what was sent; the same request then comes with the proof,
and goes on to where it wanted. Nothing that was typed is lost, and nothing of it is kept on the server.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import actions, journal, lockout, marks, passkeys, second_factor
from accounts.models import Account
from accounts.requests import is_fresh, site, trail
from audit import clock
from audit.events import DENIED, GRANTED
from vault.administration.forms import LONGEST_PASSWORD, SecondFactorForm
from vault.authorization.actions import rule_of
from vault.authorization.decorators import SAFE_METHODS, declaration_of

GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = "again"
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class CodeAgainForm(SecondFactorForm):
    """The second factor of whoever is signed in."""

    action = actions.SESSION_PROVE_AGAIN

    def save(self) -> None:
        """Remember in the session when it was."""
        self.observed(GRANTED, str(self.method))
        _remember(self.request)


class PasswordAgainForm(forms.Form):
    """The password of whoever is signed in and has no second factor."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.account = account

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        refusal = ValidationError(_("This is not your present password."), code="wrong_password")
        if lockout.is_locked(self.request, self.account):
            raise refusal
        if not self.account.check_password(password):
            self._observed(DENIED, "wrong_password")
            lockout.count_failure(self.request, self.account)
            raise refusal
        return password

    def save(self) -> None:
        """Remember in the session when it was."""
        self._observed(GRANTED, "password")
        _remember(self.request)

    def _observed(self, outcome: str, rule: str) -> None:
        journal.observed(
            actions.SESSION_PROVE_AGAIN,
            outcome=outcome,
            rule=rule,
            actor=journal.actor(self.account),
            target=journal.object_facts(self.account),
            trail=trail(self.request),
        )


class ProveAgainMiddleware:
    """Stands behind CsrfViewMiddleware: a proof counts only in a request that the person himself sent."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let through what is not grave, what was proved lately, and what comes with the proof."""
        declaration = declaration_of(view)
        if declaration is None or request.method in SAFE_METHODS:
            return None
        account = request.user
        if not isinstance(account, Account) or not rule_of(declaration.action_for(request.method)).grave:
            return None
        if is_fresh(request):
            return None
        if request.content_type not in _FORMS or request.FILES:
            return _told(request)
        form = _form(request, account)
        if not form.is_bound or not form.is_valid():
            return _page(request, account, form)
        form.save()
        request.POST = _without_proof(request.POST)  # type: ignore[assignment]
        return None


def _form(request: HttpRequest, account: Account) -> CodeAgainForm | PasswordAgainForm:
    """Of the second factor where there is one; bound when the request brings a proof."""
    given = any(name.startswith(f"{PREFIX}-") for name in request.POST)
    kind = CodeAgainForm if second_factor.is_enrolled(account) else PasswordAgainForm
    return kind(request.POST if given else None, prefix=PREFIX, request=request, account=account)


def _page(request: HttpRequest, account: Account, form: CodeAgainForm | PasswordAgainForm) -> HttpResponse:
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    ):
        came_from = "/"
    by_code, options = isinstance(form, CodeAgainForm), None
    if by_code and site(request).takes_passkeys and passkeys.has_any(account):
        options, request.session[marks.CHALLENGE] = passkeys.ask(account, site(request))
    answer = render(
        request,
        "account/prove_again.html",
        {
            "form": form,
            "by_code": by_code,
            "options": options,
            "sent": list(_without_proof(request.POST).lists()),
            "back_url": came_from,
        },
        status=403,
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _told(request: HttpRequest) -> HttpResponse:
    """A script is told: the page would be no answer to it."""
    sentence = _("Prove again that it is you: sign out and in, then repeat this.")
    return HttpResponse(
        f"{sentence}\n",
        status=403,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _without_proof(sent: QueryDict) -> QueryDict:
    """What the request itself is about."""
    kept = sent.copy()
    for name in list(kept):
        if name == "csrfmiddlewaretoken" or name.startswith(f"{PREFIX}-"):
            del kept[name]
    return kept


def _remember(request: HttpRequest) -> None:
    request.session[marks.PROVED_AGAIN] = int(clock.now().timestamp())
