"""What is typed about an incident. Forms parse; services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from vault.authorization.fields import PlainTextField
from vault.incidents import presentation, selectors
from vault.incidents.rules import Event

TEXT_LIMIT = 4000


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit by its name."""

    def label_from_instance(self, obj: Unit) -> str:
        return str(obj.name)


class ReportForm(forms.Form):
    """Something went wrong: what, where, and when somebody first knew."""

    kind = forms.ChoiceField(label=_("What kind"), choices=[("", "—"), *presentation.KIND_LABELS.items()])
    unit = UnitField(label=_("Where"), queryset=Unit.objects.none(), empty_label="—")
    known_at = forms.DateTimeField(
        label=_("Known since"),
        widget=MomentInput,
        help_text=_("The clock of 24 hours runs from this moment."),
    )
    what = PlainTextField(
        label=_("What happened"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what, where and who knows of it. Do not copy secret content here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        if isinstance(unit, UnitField):
            unit.queryset = selectors.units()


class StepForm(forms.Form):
    """One step, with what was done."""

    event = forms.ChoiceField(choices=[(event.value, event.value) for event in Event])
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    text = PlainTextField(
        label=_("What was done"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 4})
    )
