"""What is typed about a request. Forms parse; services decide."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from accounts.rules import DUTY_NAMES, Duty, UnitKind, local_day
from audit import clock
from vault.approvals import printing, words
from vault.approvals.extents import Askable
from vault.approvals.rules import MOST, RANK, SHIPPED, Regime, Row
from vault.authorization.actions import Action
from vault.authorization.fields import PlainCharField, PlainTextField

TEXT_LIMIT = 2000
WEEK = timedelta(days=6)
_ROWS = 3


class DayInput(forms.DateInput):
    """The browser's own picker of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NamedField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit or a person by name."""

    def label_from_instance(self, obj: Person | Unit) -> str:
        return f"{obj.name} · {obj.unit.name}" if isinstance(obj, Person) else str(obj.name)


class RequestForm(forms.Form):
    """Ask for one action: what for, when, how often, and of which parts."""

    action = forms.ChoiceField(label=_("What you ask for"), widget=forms.RadioSelect)
    purpose = PlainTextField(
        label=_("What it is needed for"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": _ROWS}),
        help_text=_("Read by whoever checks and decides. Do not copy secret content here."),
    )
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    ends_on = forms.DateField(label=_("To"), widget=DayInput)
    amount = forms.IntegerField(
        label=_("How many times, or how many copies"), min_value=1, max_value=MOST, initial=1
    )
    part = forms.ChoiceField(
        label=_("Of which parts"),
        choices=[("all", _("All of it")), ("some", _("Only these parts and pages:"))],
        initial="all",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, actions: tuple[Action, ...], parts: list[Askable], **kwargs: Any) -> None:
        today = local_day(clock.now())
        kwargs.setdefault("initial", {}).update(starts_on=today, ends_on=today + WEEK)
        super().__init__(*args, **kwargs)
        self.parts = parts
        action = self.fields["action"]
        if isinstance(action, forms.ChoiceField):
            action.choices = [
                (one.name.lower(), f"{words.ACTION_LABELS[one]}: {words.ACTION_HINTS[one]}")
                for one in actions
            ]
            action.initial = actions[0].name.lower() if len(actions) == 1 else None
        if len(parts) < 1:
            del self.fields["part"]
        for number, one in enumerate(parts, start=1):
            self.fields[f"take_{number}"] = forms.BooleanField(label=one.name, required=False)
            if one.page_count:
                self.fields[f"pages_{number}"] = PlainCharField(
                    label=_("Pages"),
                    required=False,
                    max_length=200,
                    help_text=_("Empty for all %(count)s pages; else as 1-10, 12")
                    % {"count": one.page_count},
                )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The parts as the page shows them: a tick, and pages where there are any."""
        return [
            {
                "take": self[f"take_{number}"],
                "pages": self[f"pages_{number}"] if f"pages_{number}" in self.fields else None,
            }
            for number, _one in enumerate(self.parts, start=1)
        ]

    @property
    def asked(self) -> Action:
        return Action[self.cleaned_data["action"].upper()]

    @property
    def pages(self) -> dict[UUID, str]:
        """Chosen components with their pages; none is the whole record."""
        if self.cleaned_data.get("part", "all") == "all":
            return {}
        return {
            one.component_id: self.cleaned_data.get(f"pages_{number}", "")
            for number, one in enumerate(self.parts, start=1)
            if self.cleaned_data.get(f"take_{number}")
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("part") == "some" and not any(
            data.get(f"take_{number}") for number, _one in enumerate(self.parts, start=1)
        ):
            self.add_error("part", str(words.PROBLEMS["component-absent"]))
        return data


class PeriodForm(forms.Form):
    """Which register is printed, and of which days; those of this month unless others are chosen."""

    kind = forms.ChoiceField(
        label=_("Register"),
        choices=[
            (printing.READINGS, _("Consulting, excerpts, quotes")),
            (printing.COPIES, _("Copies, prints")),
        ],
    )
    since = forms.DateField(label=_("From"), widget=DayInput)
    until = forms.DateField(label=_("To"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = local_day(clock.now())
        kwargs.setdefault("initial", {}).update(since=today.replace(day=1), until=today)
        kwargs["auto_id"] = "period_%s"
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since is not None and until is not None and until < since:
            self.add_error("until", str(words.PROBLEMS["window-backwards"]))
        return data

    @property
    def period(self) -> printing.Period:
        return printing.Period(
            self.cleaned_data["kind"], self.cleaned_data["since"], self.cleaned_data["until"]
        )


class StepForm(forms.Form):
    """One step with what is said about it; a refusal and a revocation need their reason."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = PlainTextField(
        label=_("Remark"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": _ROWS}),
        help_text=_("Required to refuse or to revoke. It stays beside the step."),
    )


class PaperForm(forms.Form):
    """What another unit allowed, as its paper says."""

    issuer = NamedField(label=_("Unit that issued the paper"), queryset=Unit.objects.none(), empty_label="—")
    document_no = PlainCharField(label=_("Number of the paper"), max_length=120)
    document_date = forms.DateField(label=_("Date of the paper"), widget=DayInput)
    copies = forms.IntegerField(label=_("Copies it allows"), min_value=1, max_value=10_000)
    purpose = PlainTextField(
        label=_("Purpose it names"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )
    record = forms.UUIDField(
        label=_("Number of the record that holds its scan"),
        help_text=_("File the scan first; its number stands in the record's address."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "paper_%s"
        super().__init__(*args, **kwargs)
        issuer = self.fields["issuer"]
        if isinstance(issuer, NamedField):
            issuer.queryset = Unit.objects.filter(closed_on__isnull=True).order_by("path")


class DelegationForm(forms.Form):
    """Who decides in one's place, in which post, from when to when."""

    post = forms.ChoiceField(label=_("Your post"))
    to = NamedField(label=_("Who decides in your place"), queryset=Person.objects.none(), empty_label="—")
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    ends_on = forms.DateField(label=_("To"), widget=DayInput)
    reason = PlainTextField(
        label=_("Reason"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, posts: list[tuple[Duty, Unit]], people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = posts
        post, to = self.fields["post"], self.fields["to"]
        if isinstance(post, forms.ChoiceField):
            post.choices = [
                (str(number), f"{_(DUTY_NAMES[duty])} · {unit.name}")
                for number, (duty, unit) in enumerate(posts)
            ]
        if isinstance(to, NamedField):
            to.queryset = people

    @property
    def chosen(self) -> tuple[Duty, Unit]:
        return self.posts[int(self.cleaned_data["post"])]


def row_key(row: Row) -> str:
    return f"{row[0]}-{row[1]}"


class ApproverForm(forms.Form):
    """Another approver for a level, everywhere or at a unit and below it."""

    row = forms.ChoiceField(label=_("Level"))
    unit = NamedField(
        label=_("At which unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("everywhere"),
        help_text=_("It counts at the unit and below it."),
    )
    duty = forms.ChoiceField(
        label=_("Who approves"), choices=[(duty.value, _(DUTY_NAMES[duty])) for duty in RANK]
    )
    reason = PlainTextField(
        label=_("Reason"), max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, labels: dict[Row, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row, unit = self.fields["row"], self.fields["unit"]
        if isinstance(row, forms.ChoiceField):
            row.choices = [(row_key(one), labels[one]) for one in SHIPPED]
        if isinstance(unit, NamedField):
            unit.queryset = (
                Unit.objects.exclude(kind=UnitKind.EXTERNAL).filter(closed_on__isnull=True).order_by("path")
            )

    @property
    def chosen(self) -> Row:
        regime, _dash, level = self.cleaned_data["row"].partition("-")
        return Regime(regime), int(level)
