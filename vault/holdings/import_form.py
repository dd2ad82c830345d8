"""What is typed on the page of an import: what all its records have in common, its table, and the list of its files."""

import json

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from vault.authorization.context import Context
from vault.authorization.fields import DayInput
from vault.holdings import labels, selectors
from vault.holdings.forms import offer_series
from vault.holdings.importing.screen import MOST_BYTES, MOST_FILES
from vault.holdings.models import RetentionClass, Series

AS_IN_TABLE = _("as in the table")
TOO_MUCH = _(
    "On this page an import takes 500 files and 2 GB at most. Split the folder, or let the operator import it with "
    "records_import."
)
_LONGEST_PATH = 4_096


def _choices() -> list[tuple[str, str]]:
    """Open and internal; what is above is filed one by one (P-02)."""
    return [(key, name) for key, name in labels.choices() if not labels.CHOICES[key].is_classified]


class ImportForm(forms.Form):
    """The files are a list of path and size in JSON, which the page's script writes; their bodies come later."""

    table = forms.FileField(
        label=_("Table (CSV or XLSX)"),
        required=False,
        help_text=_("Without a table every file is a record named after it."),
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label=AS_IN_TABLE
    )
    series = forms.ModelChoiceField(
        label=_("Series"), queryset=Series.objects.none(), required=False, empty_label=AS_IN_TABLE
    )
    retention_class = forms.ModelChoiceField(
        label=_("Retention"), queryset=RetentionClass.objects.none(), required=False, empty_label=AS_IN_TABLE
    )
    record_date = forms.DateField(label=_("Date of the records"), required=False, widget=DayInput)
    label = forms.ChoiceField(
        label=_("Label"),
        choices=_choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Nothing is chosen for you: give it here, or in each row of the table."),
    )
    files = forms.CharField(
        required=False, widget=forms.HiddenInput, error_messages={"required": _("Choose at least one file.")}
    )

    def __init__(self, *args: object, viewer: Context, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = selectors.units_of(viewer)
        self.fields["unit"].label_from_instance = lambda unit: unit.name
        offer_series(self.fields["series"])
        self.fields["retention_class"].queryset = RetentionClass.objects.order_by("code")
        self.fields["retention_class"].label_from_instance = lambda row: f"{row.code} {row.name}"

    def clean_files(self) -> list[tuple[str, int]]:
        try:
            given = json.loads(self.cleaned_data["files"] or "[]")
            found = [
                (path, size) for path, size in given if _is_path(path) and type(size) is int and size >= 0
            ]
        except (ValueError, TypeError, RecursionError):
            given, found = [], []
        if not found or len(found) != len(given):
            raise forms.ValidationError(_("Choose at least one file."), code="none")
        if len(found) > MOST_FILES or sum(size for _path, size in found) > MOST_BYTES:
            raise forms.ValidationError(TOO_MUCH, code="too-much")
        return found

    def table_bytes(self) -> bytes | None:
        given = self.cleaned_data["table"]
        return None if given is None else bytes(given.read())

    def defaults(self) -> dict[str, str]:
        """What the rows leave empty, in the words of the command's options."""
        data = self.cleaned_data
        series = data["series"]
        return {
            "unit": data["unit"].code if data["unit"] else "",
            "series": f"{series.fonds.fonds_no}/{series.code}" if series else "",
            "retention": data["retention_class"].code if data["retention_class"] else "",
            "record_date": data["record_date"].isoformat() if data["record_date"] else "",
            "label": data["label"],
        }


def _is_path(path: object) -> bool:
    return isinstance(path, str) and 0 < len(path) <= _LONGEST_PATH
