"""What allauth asks of us: no sign-up, no mail, our words, our keys."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import appearance, second_factor, services
from accounts.models import Account
from accounts.requests import client_address, trail
from accounts.rules import local_day
from audit import clock


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by staff number; accounts are made by the system officer only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The staff number or the password is wrong."),
        "enter_current_password": _("This is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: Account) -> None:
        """Begin the session, unless the account was stopped while its owner looked for the code (PE-08)."""
        fresh = Account.objects.select_related("person").get(pk=user.pk)
        if not fresh.is_usable(local_day(clock.now())):
            request.session.flush()
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
        super().login(request, fresh)

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponseBase:
        """Bring the account's language and colours to this browser."""
        answer: HttpResponseBase = super().post_login(request, user, **kwargs)
        appearance.bring(request, answer, user)
        return answer

    def set_password(self, user: Account, password: str) -> None:
        services.change_password(actor=user, password=password, trail=trail(self.request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Only what the person would not see otherwise, in our words."""
        if message_template == "account/messages/password_changed.txt":
            messages.success(request, gettext("Your password was changed."))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> NoReturn:
        raise NotImplementedError("this system sends no mail")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """There is no address to send to; the log has it."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets sealed and bound to their account (`accounts.second_factor`)."""

    def encrypt(self, text: str) -> str:
        return second_factor.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.unseal(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """A QR code on white, so that it can be read on a dark page too."""
        from io import BytesIO

        import qrcode
        from qrcode.image.svg import SvgFillImage

        buffer = BytesIO()
        qrcode.make(url, image_factory=SvgFillImage, border=3).save(buffer)
        return buffer.getvalue().decode()
