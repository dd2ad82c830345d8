"""The pages of sign-in, and what is answered while it is locked."""

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.account.views import LoginView, LogoutView
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.generic import TemplateView

from accounts import marks, passkeys
from accounts.requests import site
from accounts.rules import COOL_OFF, SessionEnd
from vault.administration.forms import SecondFactorForm, SignInForm

_no_store = method_decorator(cache_control(no_store=True), name="dispatch")


@_no_store
class SignInView(LoginView):
    """Staff number and password; says why a session ended when one did."""

    template_name = "account/login.html"

    def get_form_class(self) -> type[SignInForm]:
        return SignInForm

    def form_valid(self, form: SignInForm) -> HttpResponse:
        # Whatever an abandoned attempt proved in this browser counts for nothing.
        self.request.session.pop(marks.PROVED, None)
        self.request.session.pop(marks.METHOD, None)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        ended = self.request.GET.get("ended", "")
        context["ended"] = ended if ended in set(SessionEnd) else ""
        context["idle_minutes"] = settings.JINGUI_IDLE_MINUTES
        context["absolute_hours"] = settings.JINGUI_ABSOLUTE_HOURS
        return context


@_no_store
class CodeView(AuthenticateView):
    """The second step: a code from the app, or a recovery code."""

    template_name = "mfa/authenticate.html"

    def _build_forms(self) -> SecondFactorForm:
        self.webauthn_form = None
        self.auth_form = SecondFactorForm(
            self.request.POST if self.request.method == "POST" else None,
            request=self.request,
            account=self.stage.login.user,
        )
        return self.auth_form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With a passkey to ask for, where the account has one and this address takes them."""
        context = super().get_context_data(**kwargs)
        account, here = self.stage.login.user, site(self.request)
        if here.takes_passkeys and passkeys.has_any(account):
            context["options"], self.request.session[marks.CHALLENGE] = passkeys.ask(account, here)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "give_up" in request.POST:
            return self.stage.abort()
        return super().post(request, *args, **kwargs)


@_no_store
class SignOutView(LogoutView):
    """Asks on GET, signs out on POST."""

    template_name = "account/logout.html"


@_no_store
@method_decorator(login_not_required, name="dispatch")
class SignedOutView(TemplateView):
    """Says that it is done."""

    template_name = "account/signed_out.html"


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The answer while failures lock a staff number or an address (AXES_LOCKOUT_CALLABLE); the same for any."""
    response = render(
        request,
        "account/locked_out.html",
        {"minutes": int(COOL_OFF.total_seconds() // 60)},
        status=429,
    )
    response["Retry-After"] = str(int(COOL_OFF.total_seconds()))
    response["Cache-Control"] = "no-store"
    return response
