"""What officers type about people, duties and clearances. Forms parse; `accounts.services` decides."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import roster
from accounts.models import Account, Person, Unit
from accounts.rules import (
    DUTY_NAMES,
    HEAD_DUTIES,
    Duty,
    PersonCategory,
    UnitKind,
    local_day,
    normalise_staff_no,
)
from audit import clock
from vault.administration import presentation, selectors
from vault.authorization.fields import DayInput, PlainCharField
from vault.holdings.forms import NO_CHOICE

_NAME = 120


class _Tree(forms.models.ModelChoiceIterator):
    """Open units as the page of units has them: a tree by codes. Whoever is appointed to a closed one is refused."""

    def __iter__(self) -> Iterator[tuple[object, str]]:
        yield "", str(self.field.empty_label)
        day, offered = local_day(clock.now()), set(self.queryset.values_list("pk", flat=True))
        for unit in selectors.units():
            if unit.pk in offered and not unit.is_closed(day):
                yield self.choice(unit)


class AnyUnitChoiceField(forms.ModelChoiceField):
    """A unit, indented as it stands in the tree; external authorities last."""

    iterator = _Tree

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"queryset": Unit.objects.all(), "empty_label": "—", **kwargs})

    def label_from_instance(self, unit: Unit) -> str:
        return "　" * selectors.depth(unit) + unit.name


class UnitChoiceField(AnyUnitChoiceField):
    """A unit of ours."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(queryset=Unit.objects.exclude(kind=UnitKind.EXTERNAL), **kwargs)


class PersonForm(forms.Form):
    """A new person, with the account he signs in with."""

    name = PlainCharField(label=_("Full name"), max_length=_NAME)
    unit = UnitChoiceField(label=_("Unit"))
    staff_no = PlainCharField(
        label=_("Staff number"),
        max_length=32,
        help_text=_(
            "What the person signs in with: capital letters, digits or hyphens, never used again for anybody else."
        ),
    )


class AccountForm(forms.Form):
    """Another account of a person."""

    staff_no = PlainCharField(label=_("Staff number"), max_length=32)


class ReasonedForm(forms.Form):
    """Why, for the second person."""

    reason = PlainCharField(
        label=_("Reason"), help_text=_("One line for the second person who confirms it."), required=False
    )


class AppointmentForm(ReasonedForm):
    """A duty at a unit, from and to these days inclusive."""

    duty = forms.ChoiceField(
        label=_("Duty"), choices=[*NO_CHOICE, *((duty.value, DUTY_NAMES[duty]) for duty in Duty)]
    )
    unit = UnitChoiceField(label=_("Unit"))
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(
        label=_("Last day"), widget=DayInput, required=False, help_text=_("Empty: until it is ended.")
    )
    is_head = forms.BooleanField(
        label=_("Heads the unit"),
        required=False,
        help_text=_("A head confirms what is proposed for the people of his unit and below."),
    )

    is_acting = forms.BooleanField(
        label=_("Acts as head of the unit"),
        required=False,
        help_text=_("Beside the head and with his rights, until the last day, which is then compulsory."),
    )

    field_order = ["duty", "unit", "starts_on", "ends_on", "is_head", "is_acting", "reason"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = [
            *NO_CHOICE,
            *((duty.value, presentation.duty_choice(duty)) for duty in Duty),
        ]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        leads = "is_acting" if cleaned.get("is_acting") else "is_head" if cleaned.get("is_head") else ""
        if leads and cleaned.get("duty") and Duty(cleaned["duty"]) not in HEAD_DUTIES:
            self.add_error(leads, _("Only a director, department head or leader heads a unit."))
        if cleaned.get("is_acting") and not cleaned.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Whoever acts as head does so until a last day. Give it."))
        return cleaned


class ClearanceForm(ReasonedForm):
    """Levels by regime between two days."""

    state_level = forms.TypedChoiceField(
        label=_("State secrets"), coerce=int, choices=presentation.state_level_choices
    )
    enterprise_level = forms.TypedChoiceField(
        label=_("Enterprise secrets"), coerce=int, choices=presentation.enterprise_level_choices
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)

    field_order = ["state_level", "enterprise_level", "starts_on", "ends_on", "reason"]


class CategoryForm(ReasonedForm):
    """The person's secrecy post."""

    category = forms.ChoiceField(label=_("Secrecy post"), choices=presentation.category_choices)

    field_order = ["category", "reason"]

    def parsed(self) -> PersonCategory:
        return PersonCategory(self.cleaned_data["category"])


class TrainingForm(forms.Form):
    """A training that was held."""

    held_on = forms.DateField(label=_("Held on"), widget=DayInput)
    valid_until = forms.DateField(label=_("Valid until"), widget=DayInput)


class DepartureForm(forms.Form):
    """A person's last day."""

    left_on = forms.DateField(
        label=_("Last day of service"),
        widget=DayInput,
        help_text=_("The person's accounts stop working after it."),
    )


class WhyForm(forms.Form):
    """PE-13: who, what, and with which object, by its number alone."""

    staff_no = PlainCharField(label=_("Staff number"), max_length=32)
    action = forms.ChoiceField(label=_("Action"), choices=presentation.askable_choices)
    object = forms.UUIDField(
        label=_("Number of the object"),
        help_text=_("As it stands in the address of the record or archive file, or in the log."),
    )

    def clean_staff_no(self) -> str:
        number = normalise_staff_no(self.cleaned_data["staff_no"])
        self.account = Account.objects.filter(staff_no=number).first()
        if self.account is None:
            raise forms.ValidationError(_("Nobody has this staff number."), code="unknown")
        return number


class HeadedUnitField(forms.ModelChoiceField):
    """A unit by its name."""

    def label_from_instance(self, unit: Unit) -> str:
        return unit.name


class OnDutyField(forms.ModelChoiceField):
    """Somebody of a unit, by name; the unit where there are several."""

    def label_from_instance(self, person: Person) -> str:
        return f"{person.name} · {person.unit.name}"


class RosterForm(forms.Form):
    """Who is duty clerk of a unit, from and to these days; of the units that the viewer heads."""

    unit = HeadedUnitField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    person = OnDutyField(label=_("Duty clerk"), queryset=Person.objects.none(), empty_label="—")
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)

    def __init__(self, *args: object, units: list[Unit], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by(
            "path"
        )
        day = local_day(clock.now())
        able = [person.pk for unit in units for person in roster.candidates(unit, day)]
        self.fields["person"].queryset = (
            Person.objects.filter(pk__in=able).select_related("unit").order_by("pk")
        )


class NameForm(forms.Form):
    """Another name."""

    name = PlainCharField(label=_("New name"), max_length=_NAME)


class PersonNameForm(NameForm):
    """Another name of a person, whose name is 姓名 where a unit's is 名称."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("The person's new name")


class EmailForm(forms.Form):
    """Where a person's notices go by mail. The service says what is an address."""

    email = PlainCharField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_(
            "Mail carries a reference only and asks the person to sign in. Leave it empty and none is sent."
        ),
    )


class MoveForm(forms.Form):
    """The unit a person works in from now on."""

    unit = UnitChoiceField(label=_("Unit to move to"))


class UnitForm(forms.Form):
    """A new unit of the tree."""

    kind = forms.ChoiceField(label=_("Kind"), choices=presentation.unit_kind_choices)
    code = PlainCharField(label=_("Unit code"), max_length=32)
    name = PlainCharField(label=_("Unit name"), max_length=_NAME)
    parent = AnyUnitChoiceField(
        label=_("Stands below"),
        required=False,
        help_text=_("An external authority stands below its own superior authority, or alone: empty."),
    )

    def parsed_kind(self) -> UnitKind:
        return UnitKind(self.cleaned_data["kind"])
