"""What the system officer types about terminals. Forms parse; `accounts.services` decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.terminal_rules import LONGEST_INTERVAL, CheckResult
from vault.administration.terminal_presentation import RESULT_LABELS
from vault.authorization.fields import DayInput, PlainCharField
from vault.holdings.forms import NO_CHOICE


class CertificateForm(forms.Form):
    """What certifies the equipment, and until when."""

    certificate_no = PlainCharField(label=_("Certificate number"), max_length=64)
    certificate_until = forms.DateField(
        label=_("Certificate valid until"), widget=DayInput, help_text=_("This day still counts.")
    )


class TerminalForm(CertificateForm):
    """A new terminal."""

    number = PlainCharField(
        label=_("Terminal number"),
        max_length=32,
        help_text=_("Capital letters, digits or hyphens, as on its label; never used again for another."),
    )
    room = PlainCharField(label=_("Secure reading room"), max_length=120)
    equipment = PlainCharField(
        label=_("Equipment"),
        max_length=300,
        help_text=_("Make, type and serial number of what was certified."),
    )
    check_every = forms.IntegerField(
        label=_("Days between checks"), min_value=1, max_value=LONGEST_INTERVAL, initial=90
    )

    field_order = ("number", "room", "equipment", "certificate_no", "certificate_until", "check_every")


class CheckForm(forms.Form):
    """A technical check that was done."""

    done_on = forms.DateField(label=_("Checked on"), widget=DayInput)
    result = forms.ChoiceField(
        label=_("Result"),
        choices=[*NO_CHOICE, *((one.value, label) for one, (label, _kind) in RESULT_LABELS.items())],
    )
    note = PlainCharField(
        label=_("Findings"),
        required=False,
        help_text=_("Who checked, and what was found. Compulsory if it failed."),
    )

    def clean_result(self) -> CheckResult:
        return CheckResult(self.cleaned_data["result"])


class CodeWantedForm(forms.Form):
    """What else the machine must show."""

    fingerprint = PlainCharField(
        label=_("Fingerprint of a client certificate"),
        max_length=120,
        required=False,
        help_text=_("Optional: SHA-256. The machine must then show this certificate besides its secret."),
    )


class CodeForm(forms.Form):
    """The code that was given out."""

    code = PlainCharField(
        label=_("One-time code"),
        max_length=40,
        help_text=_("Three groups of four, as the system officer was shown them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
