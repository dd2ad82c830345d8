"""What the system officer types: a notice, a unit's week, a single day. Forms parse; services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vault.authorization.fields import DayInput, PlainCharField
from vault.workdays import errors, notice_file, selectors
from vault.workdays.models import DayState

WEEKDAY_CHOICES = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
STATE_CHOICES = [
    (DayState.OPEN.value, _("Opens")),
    (DayState.SHUT.value, _("Stays shut")),
    (DayState.USUAL.value, _("As usual again")),
]
ROWS_LIMIT = 40_000


class NoticeForm(forms.Form):
    """A notice as a table, pasted or as a file. `table` is what was read, once the form is valid."""

    year = forms.IntegerField(label=_("Year"), min_value=selectors.FIRST_YEAR, max_value=selectors.LAST_YEAR)
    document_no = PlainCharField(label=_("Document number"), max_length=60)
    title = PlainCharField(label=_("Title of the notice"), max_length=120)
    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        widget=forms.FileInput,
        help_text=_("UTF-8 or GB18030, one day on a line: date, kind, name."),
    )
    rows = forms.CharField(
        label=_("Or paste the lines"),
        required=False,
        strip=False,
        max_length=ROWS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    table: notice_file.Table | None = None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "year" not in data:
            return data
        try:
            text = notice_file.decode(data["file"].read()) if data.get("file") else data.get("rows", "")
            self.table = notice_file.read(text, data["year"])
        except errors.FileUnreadable as error:
            self.add_error("file" if data.get("file") else "rows", str(error.sentence))
        else:
            if self.table.wrong:
                self.add_error(None, str(errors.RowsWrong.sentence))
        return data


class WeekForm(forms.Form):
    """On which weekdays a unit opens, from when on."""

    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Open on"), choices=WEEKDAY_CHOICES, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    open_on_holidays = forms.BooleanField(label=_("Open on public holidays too"), required=False)

    def clean_starts_on(self) -> Any:
        return _within(self.cleaned_data["starts_on"])


class DayForm(forms.Form):
    """One day of a unit, against its week."""

    day = forms.DateField(label=_("Day"), widget=DayInput)
    state = forms.ChoiceField(label=_("On this day"), choices=STATE_CHOICES, widget=forms.RadioSelect)
    reason = PlainCharField(label=_("Reason"), max_length=200)

    def clean_day(self) -> Any:
        return _within(self.cleaned_data["day"])


def _within(day: Any) -> Any:
    """A day within the years that a calendar has."""
    if not selectors.FIRST_YEAR <= day.year <= selectors.LAST_YEAR:
        raise forms.ValidationError(
            _("Choose a day between %(first)s and %(last)s."),
            params={"first": selectors.FIRST_YEAR, "last": selectors.LAST_YEAR},
        )
    return day
