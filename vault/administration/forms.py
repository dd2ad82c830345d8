"""The forms of sign-in."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import actions, journal, lockout, marks, passkeys, second_factor
from accounts.backends import PASSWORD_OVER
from accounts.models import Account
from accounts.requests import site, trail
from accounts.rules import LONGEST_PASSKEY_ANSWER
from audit.events import DENIED, GRANTED
from vault.authorization.fields import PlainCharField

# Argon2 reads all it is given; nobody types more.
LONGEST_PASSWORD = 256

_PASSWORD_OVER = _("This one-time password has ended. Ask the system officer for another.")
_WRONG_PASSKEY = _("The passkey was not accepted. Try it again, or type a code.")
_WRONG_CODE = _("This code is wrong, was used before or has run out. Wait for the next one and try again.")


class SignInForm(LoginForm):
    """Staff number and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff_no, password = self.fields["login"], self.fields["password"]
        staff_no.label = _("Staff number")
        staff_no.widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "autofocus": True,
            "maxlength": "32",
        }
        password.label = _("Password")
        password.help_text = ""
        password.max_length = LONGEST_PASSWORD
        password.widget.attrs = {"autocomplete": "current-password", "maxlength": str(LONGEST_PASSWORD)}

    def clean(self) -> Any:
        try:
            return super().clean()
        except ValidationError:
            # Whoever typed it has it in his hand: he may learn that it is over.
            if getattr(self.request, "sign_in_refusal", "") == PASSWORD_OVER:
                raise ValidationError(_PASSWORD_OVER) from None
            raise


class CodeForm(forms.Form):
    """A six-digit code, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=32,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


class SecondFactorForm(CodeForm):
    """Proves the second factor of whoever has given the right password; failures lock out like wrong passwords."""

    passkey = forms.CharField(required=False, widget=forms.HiddenInput)
    action = actions.SECOND_FACTOR_PROVE

    def __init__(self, *args: Any, request: HttpRequest, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.account = account
        self.method: second_factor.Method | None = None
        # A browser that signs with a passkey types no code.
        self.fields["code"].required = not self.data.get(self.add_prefix("passkey"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        answer = cleaned["passkey"]
        refusal = ValidationError(_WRONG_PASSKEY if answer else _WRONG_CODE, code="wrong_code")
        if lockout.is_locked(self.request, self.account):
            self.add_error("code", refusal)
            return cleaned
        if not answer:
            self.method = second_factor.prove(self.account, cleaned["code"])
        elif self._signed(answer):
            self.method = "passkey"
        if self.method is None:
            self.observed(DENIED, "wrong_passkey" if answer else "wrong_code")
            lockout.count_failure(self.request, self.account)
            self.add_error("code", refusal)
        return cleaned

    def save(self) -> None:
        """Remember the proof in the session that is about to begin."""
        self.observed(GRANTED, str(self.method))
        self.request.session[marks.PROVED] = str(self.account.pk)
        self.request.session[marks.METHOD] = self.method

    def _signed(self, answer: str) -> bool:
        """The challenge is good for one answer, right or wrong."""
        challenge = self.request.session.pop(marks.CHALLENGE, None)
        return passkeys.prove(self.account, site(self.request), challenge, answer)

    def observed(self, outcome: str, rule: str) -> None:
        """Record what came of it."""
        journal.observed(
            self.action,
            outcome=outcome,
            rule=rule,
            actor=journal.actor(self.account),
            target=journal.object_facts(self.account),
            trail=trail(self.request),
        )


class EnrolForm(CodeForm):
    """Shows that the app has taken the secret."""

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret
        self.counter = -1

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        counter = second_factor.matching_counter(self.secret, code)
        if counter is None:
            raise ValidationError(_WRONG_CODE, code="wrong_code")
        self.counter = counter
        return code


class ChangePasswordForm(AllauthChangePasswordForm):
    """The present password and a new one; guessing the present one locks out."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        for name, label, autocomplete in (
            ("oldpassword", _("Present password"), "current-password"),
            ("password1", _("New password"), "new-password"),
            ("password2", _("New password again"), "new-password"),
        ):
            field = self.fields[name]
            field.label = label
            field.help_text = ""
            field.max_length = LONGEST_PASSWORD
            field.widget.attrs = {"autocomplete": autocomplete, "maxlength": str(LONGEST_PASSWORD)}
        self.fields["password1"].help_text = _("At least 12 characters; a sentence is good.")

    def clean_oldpassword(self) -> str:
        if lockout.is_locked(self.request, self.user):
            raise ValidationError(_("This is not your present password."), code="locked_out")
        try:
            return str(super().clean_oldpassword())
        except ValidationError:
            lockout.count_failure(self.request, self.user)
            raise

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password1") and cleaned.get("password1") == cleaned.get("oldpassword"):
            self.add_error("password1", _("Choose another password than the present one."))
        if "password2" in self.errors:
            self._errors["password2"] = self.error_class([_("The two new passwords differ.")])
        return cleaned


class PasskeyForm(forms.Form):
    """A passkey that the browser just made, and what its owner calls the device."""

    name = PlainCharField(label=_("What do you call this device?"), max_length=40)
    answer = forms.CharField(max_length=LONGEST_PASSKEY_ANSWER, required=False, widget=forms.HiddenInput)


class UndertakingForm(forms.Form):
    """The signature under the undertaking, and which text it was."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(label=_("I have read this undertaking and will keep it."))
