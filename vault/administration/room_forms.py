"""What officers type about secure reading rooms. Forms parse; `accounts.services` decides."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import rooms
from accounts.models import Terminal
from accounts.room_rules import LONGEST_INTERVAL, MOST_PLACES, InspectionKind
from accounts.terminal_rules import CheckResult
from vault.administration.officer_forms import UnitChoiceField
from vault.administration.room_presentation import KIND_LABELS
from vault.administration.terminal_presentation import RESULT_LABELS
from vault.authorization.fields import DayInput, PlainCharField
from vault.holdings.forms import NO_CHOICE


class RoomSettingsForm(forms.Form):
    """What may change of a room."""

    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=MOST_PLACES, initial=4)
    inspect_every = forms.IntegerField(
        label=_("Days between inspections"),
        min_value=1,
        max_value=LONGEST_INTERVAL,
        initial=90,
        help_text=_("Of each kind: technical by a system officer, security by a security officer."),
    )
    two_readers = forms.BooleanField(
        label=_("Top-secret records only with two readers present"), required=False
    )


class RoomForm(RoomSettingsForm):
    """A new room."""

    code = PlainCharField(
        label=_("Room code"),
        max_length=32,
        help_text=_("Capital letters, digits or hyphens, as on its door."),
    )
    name = PlainCharField(label=_("Name and place"), max_length=120)
    unit = UnitChoiceField(
        label=_("Unit that keeps it"), help_text=_("Its keepers hold that duty at this unit or above it.")
    )

    field_order = ("code", "name", "unit", "capacity", "inspect_every", "two_readers")


class InspectionForm(forms.Form):
    """An inspection that was made."""

    kind = forms.ChoiceField(label=_("Kind"))
    done_on = forms.DateField(label=_("Inspected on"), widget=DayInput)
    result = forms.ChoiceField(
        label=_("Result"),
        choices=[*NO_CHOICE, *((one.value, label) for one, (label, _kind) in RESULT_LABELS.items())],
    )
    note = PlainCharField(
        label=_("Findings"), required=False, max_length=500, help_text=_("Compulsory if it failed.")
    )

    def __init__(self, *args: object, kinds: Iterable[InspectionKind], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, KIND_LABELS[kind]) for kind in kinds]

    def clean_kind(self) -> InspectionKind:
        return InspectionKind(self.cleaned_data["kind"])

    def clean_result(self) -> CheckResult:
        return CheckResult(self.cleaned_data["result"])


class PlaceForm(forms.Form):
    """A terminal that stands in no room yet."""

    terminal = forms.ModelChoiceField(label=_("Terminal number"), queryset=Terminal.objects.none())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["terminal"].queryset = rooms.unplaced()
