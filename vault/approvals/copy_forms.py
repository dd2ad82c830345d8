"""What is typed about a copy. Forms parse; services decide."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from accounts.rules import local_day
from audit import clock
from vault.approvals.forms import TEXT_LIMIT, NamedField
from vault.approvals.reproduction_rules import CopyEvent, reconcilable
from vault.authorization.fields import PlainCharField, PlainTextField


class CopyStepForm(forms.Form):
    """One step of a copy: to whom, against which paper, and why, as the step asks."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    event = forms.ChoiceField(choices=[(e.value, e.value) for e in CopyEvent], widget=forms.HiddenInput)
    to = NamedField(
        label=_("To whom it is passed on"), queryset=Person.objects.none(), required=False, empty_label="—"
    )
    receipt = PlainCharField(label=_("Number of the signed receipt"), required=False, max_length=120)
    reason = PlainTextField(
        label=_("Remark"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Required to pass it on, to refuse that, to keep it for good, to propose to destroy it and to report "
            "it lost."
        ),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        if isinstance(to, NamedField):
            to.queryset = people


class ScanForm(forms.Form):
    """A scan or photograph of a page."""

    file = forms.FileField(
        label=_("Scan or photograph of a page"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.tif,.tiff"}),
    )


class MakeForm(forms.Form):
    """Make the next copy: as the page was opened, so that a double click makes one."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    passphrase = PlainCharField(
        label=_("Passphrase of this copy"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "A part without pages is locked under it. Write it down and hand it over by another way: it is shown "
            "this once and kept nowhere."
        ),
    )


class CountForm(forms.Form):
    """Which month of which unit is confirmed, and what is said about what was not seen."""

    unit = NamedField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )
    remark = PlainTextField(
        label=_("Remark"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Required where a copy was not seen: where it was looked for, and since when it is missing."
        ),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        if isinstance(unit, NamedField):
            unit.queryset = units

    def clean_month(self) -> tuple[int, int]:
        day: date = self.cleaned_data["month"]
        if not reconcilable(day.year, day.month, local_day(clock.now())):
            raise forms.ValidationError(_("Choose a month that is over."))
        return day.year, day.month

    def chosen(self) -> tuple[Unit, tuple[int, int]] | None:
        """The unit and the month, where both can be read."""
        self.is_valid()
        unit, month = self.cleaned_data.get("unit"), self.cleaned_data.get("month")
        return (unit, month) if unit is not None and month is not None else None
