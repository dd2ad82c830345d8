"""The pages of one's own account: password, second factor, recovery codes, and the notice that blocks use."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.generic import FormView, TemplateView, View

from accounts import actions, journal, marks, second_factor, selectors, services
from accounts.errors import UndertakingOutdated
from accounts.models import Training
from accounts.requests import session_reference, trail
from accounts.rules import UNDERTAKING_VERSION
from audit import clock
from vault.administration.forms import ChangePasswordForm, EnrolForm, UndertakingForm

_no_store = method_decorator(cache_control(no_store=True), name="dispatch")
_signed_in = method_decorator(login_required, name="dispatch")


@_no_store
@_signed_in
class PasswordView(PasswordChangeView):
    """Change of one's own password; the first thing after a one-time password."""

    template_name = "account/password_change.html"

    def get_form_class(self) -> type[ChangePasswordForm]:
        return ChangePasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}


@_no_store
@_signed_in
class EnrolView(FormView):
    """Setting up the second factor. The offered secret stays in the sealed session until a code proves it."""

    template_name = "mfa/totp/activate_form.html"
    form_class = EnrolForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if second_factor.is_enrolled(request.user):
            return redirect("/")
        # Another one each time it is shown: whoever looked at a screen left open has seen none that is taken later.
        if request.method != "POST" or marks.OFFERED_SECRET not in request.session:
            request.session[marks.OFFERED_SECRET] = generate_totp_secret()
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "secret": self.request.session[marks.OFFERED_SECRET]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = self.request.session[marks.OFFERED_SECRET]
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return super().get_context_data(secret_groups=groups, **kwargs)

    def form_valid(self, form: EnrolForm) -> HttpResponse:
        request, account = self.request, self.request.user
        try:
            with journal.change(
                actions.SECOND_FACTOR_ENROL,
                actor=journal.actor(account, request.subject_facts, session=session_reference(request)),
                target=journal.object_facts(account),
                rule="totp",
                trail=trail(request),
            ):
                second_factor.enrol(account, form.secret, form.counter)
        except IntegrityError:
            # Set up in another window meanwhile: that one counts, and this session has not proved it.
            return redirect("/")
        del request.session[marks.OFFERED_SECRET]
        request.session[marks.PROVED], request.session[marks.METHOD] = str(account.pk), "totp"
        request.session.cycle_key()
        return redirect("mfa_view_recovery_codes")


@_no_store
@_signed_in
class QrView(View):
    """The offered secret as a picture, for the page above only."""

    def get(self, request: HttpRequest) -> HttpResponse:
        secret = request.session.get(marks.OFFERED_SECRET)
        if secret is None:
            raise Http404
        adapter = get_mfa_adapter()
        picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
        return HttpResponse(picture, content_type="image/svg+xml")


@_no_store
@_signed_in
class RecoveryCodesView(TemplateView):
    """The recovery codes, once."""

    template_name = "mfa/recovery_codes/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request, account = self.request, self.request.user
        codes = None
        if second_factor.has_unseen_codes(account):
            with journal.change(
                actions.RECOVERY_CODES_SHOW,
                actor=journal.actor(account, request.subject_facts, session=session_reference(request)),
                target=journal.object_facts(account),
                rule="oneself",
                trail=trail(request),
            ):
                codes = second_factor.show_recovery_codes(account)
        return super().get_context_data(codes=codes, **kwargs)


@_no_store
@_signed_in
class NoticeView(FormView):
    """What is missing before anything opens: training, or the signature under the undertaking (PE-09)."""

    template_name = "account/notice.html"
    form_class = UndertakingForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        facts = request.subject_facts
        if facts.training_valid and facts.undertaking_valid:
            return redirect("/")
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"version": UNDERTAKING_VERSION}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.user.person
        last = Training.objects.filter(person=person).order_by("-valid_until").first()
        head = next(iter(selectors.heads_above(person.unit, clock.now())), None)
        return super().get_context_data(
            facts=self.request.subject_facts,
            person=person,
            last_training=last,
            head=head if head is not None and head.pk != person.pk else None,
            **kwargs,
        )

    def form_valid(self, form: UndertakingForm) -> HttpResponse:
        try:
            services.sign_undertaking(
                actor=self.request.user, version=form.cleaned_data["version"], trail=trail(self.request)
            )
        except UndertakingOutdated as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return HttpResponseRedirect("/")
