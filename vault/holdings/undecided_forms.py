"""What is typed about the undecided tray. Forms parse; services decide."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from vault.authorization.fields import DayInput, PlainCharField, PlainTextField
from vault.holdings import selectors, undecided_presentation
from vault.holdings.models import UndecidedThing
from vault.holdings.rules import TRAY_AHEAD, TrayEvent, TrayKind, TrayOutcome, tray_day_fits

NO_CHOICE = [("", "—")]
ABOUT_RECORD = {TrayKind.RECORD.value, TrayKind.DRAFT.value}


class DeciderField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody else, by name and unit."""

    def label_from_instance(self, obj: Person) -> str:
        return selectors.person_label(obj)


class _NamesDecider(forms.Form):
    """Offers everybody but whoever put the thing in, and but the one who is named already."""

    def __init__(self, *args: Any, owner: Person, named: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["decider"]
        if isinstance(field, DeciderField):
            offered = selectors.nameable_persons(excluding=owner)
            field.queryset = offered if named is None else offered.exclude(pk=named.pk)


class _Dated(forms.Form):
    """A next decision date within the month."""

    def clean_next_on(self) -> date:
        value: date = self.cleaned_data["next_on"]
        if not tray_day_fits(value, selectors.today()):
            raise forms.ValidationError(
                _("Choose a day from today on and at most %(days)s days ahead."),
                code="day",
                params={"days": TRAY_AHEAD.days},
            )
        return value


class PutInForm(_NamesDecider, _Dated):
    """A thing, why it cannot be decided here, and who decides it by when."""

    kind = forms.ChoiceField(
        label=_("Kind of thing"), choices=[*NO_CHOICE, *undecided_presentation.KIND_LABELS.items()]
    )
    record = forms.UUIDField(
        label=_("Number of the record"),
        required=False,
        help_text=_("For a record or a draft: as it stands in its address."),
    )
    what = PlainCharField(
        label=_("In one line"),
        help_text=_("So that the decider knows it again. Do not copy secret content here."),
    )
    reason = PlainTextField(
        label=_("Why it cannot be decided here"), widget=forms.Textarea(attrs={"rows": 3})
    )
    decider = DeciderField(label=_("Who decides"), queryset=Person.objects.none(), empty_label="—")
    next_on = forms.DateField(label=_("To be decided by"), widget=DayInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        about, named = data.get("kind") in ABOUT_RECORD, data.get("record")
        if about and not named and "record" not in self.errors:
            self.add_error("record", _("Give the number of the record or draft."))
        if data.get("kind") and not about and named:
            self.add_error("record", _("Only a record or a draft has such a number; leave it empty."))
        return data


class _StepForm(forms.Form):
    """One step, with its reason."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = PlainTextField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class DecideForm(_StepForm):
    """The decision."""

    outcome = forms.ChoiceField(
        label=_("What is decided"), choices=[*NO_CHOICE, *undecided_presentation.OUTCOME_LABELS.items()]
    )
    field_order = ["version", "outcome", "reason"]

    def parsed(self) -> TrayOutcome:
        return TrayOutcome(self.cleaned_data["outcome"])


class PostponeForm(_StepForm, _Dated):
    """Another day."""

    next_on = forms.DateField(label=_("To be decided by"), widget=DayInput)
    field_order = ["version", "next_on", "reason"]


class DeciderForm(_StepForm, _NamesDecider):
    """Another decider."""

    decider = DeciderField(label=_("Who decides"), queryset=Person.objects.none(), empty_label="—")
    field_order = ["version", "decider", "reason"]


def step_form(event: TrayEvent, data: Any, *, thing: UndecidedThing) -> forms.Form:
    """The form of one step; several stand on one page, so each has ids of its own."""
    given: dict[str, Any] = {"auto_id": f"{event.value}_%s", "initial": {"version": thing.version}}
    if event is TrayEvent.DECIDE:
        return DecideForm(data, **given)
    if event is TrayEvent.POSTPONE:
        return PostponeForm(data, **given)
    return DeciderForm(data, owner=thing.owner, named=thing.decider, **given)
