"""What people type when they file, correct, label and grant. Forms parse; services decide."""

from datetime import date

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Unit
from accounts.rules import UnitKind
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.asked import Prospect
from vault.authorization.decision import Deny
from vault.authorization.fields import DayInput, PlainCharField
from vault.authorization.levels import OPEN, Levels
from vault.holdings import labels, selectors
from vault.holdings.errors import ArchiveFileElsewhere
from vault.holdings.keepers import has_keeper
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import ArchiveFile, Fonds, RetentionClass, Series
from vault.holdings.rules import LabelSource, Period, PeriodKind

NO_CHOICE = [("", "—")]
SOURCE_CHOICES = [
    (LabelSource.RECEIVED.value, _("Received: the mark stands on the paper")),
    (LabelSource.DERIVED.value, _("Derived from another secret")),
    (LabelSource.PROPOSED.value, _("Proposed here")),
]
PERIOD_CHOICES = [
    (PeriodKind.NONE.value, _("Not stated")),
    (PeriodKind.YEARS.value, _("Years")),
    (PeriodKind.MONTHS.value, _("Months")),
    (PeriodKind.UNTIL.value, _("Until a day")),
    (PeriodKind.CONDITION.value, _("Until a condition is met")),
    (PeriodKind.LONG_TERM.value, _("Long-term")),
]


class LabelForm(forms.Form):
    """The label: compulsory, chosen by the filer, never preselected (CL-02)."""

    label = forms.ChoiceField(
        label=_("Label"), choices=labels.choices, widget=forms.RadioSelect, required=False
    )
    source = forms.ChoiceField(
        label=_("Where the label comes from"), choices=NO_CHOICE + SOURCE_CHOICES, required=False
    )
    received_mark = PlainCharField(label=_("Mark on the paper"), required=False)
    issued_on = forms.DateField(label=_("Date of issue"), required=False, widget=DayInput)
    period_kind = forms.ChoiceField(
        label=_("Secrecy period"),
        choices=PERIOD_CHOICES,
        required=False,
        help_text=_("Not stated, a state secret has the longest period of its level."),
    )
    period_number = forms.IntegerField(label=_("Length"), min_value=1, max_value=99, required=False)
    period_until = forms.DateField(label=_("Last day"), required=False, widget=DayInput)
    period_condition = PlainCharField(label=_("Condition"), required=False)
    basis = PlainCharField(label=_("Basis"), required=False)
    authorisation = PlainCharField(label=_("Authorisation for a longer period"), required=False)
    originator = forms.ModelChoiceField(
        label=_("Unit that set the level"), queryset=Unit.objects.none(), required=False, empty_label="—"
    )
    decider = forms.ModelChoiceField(
        label=_("Who decides the label"), queryset=Person.objects.none(), required=False, empty_label="—"
    )
    knowers = forms.ModelMultipleChoiceField(
        label=_("Need-to-know list"), queryset=Person.objects.none(), required=False
    )

    def __init__(self, *args: object, filer: Person, present: Levels = OPEN, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filer = filer
        # Above open, every label may be a lower one, which a second person decides: the field is always there.
        self.decider_css = "if-classified" if present == OPEN else ""
        self.fields["originator"].queryset = selectors.originators()
        self.fields["originator"].label_from_instance = lambda unit: unit.name
        self.fields["decider"].queryset = selectors.classification_officers(excluding=filer)
        self.fields["decider"].label_from_instance = selectors.person_label
        self.fields["knowers"].queryset = selectors.nameable_persons(excluding=filer)
        self.fields["knowers"].label_from_instance = selectors.person_label
        if present.is_classified:
            # There is a circle already, and a new label widens none (PE-02).
            del self.fields["knowers"]

    def proposal(self) -> LabelProposal:
        """The label as typed; problems are `labelling.problems`' to find."""
        data = self.cleaned_data
        return LabelProposal(
            levels=labels.CHOICES.get(data.get("label") or ""),
            source=LabelSource(data["source"]) if data.get("source") else None,
            issued_on=data.get("issued_on") or data.get("record_date"),
            period=Period(
                PeriodKind(data.get("period_kind") or PeriodKind.NONE),
                data.get("period_number") or 0,
                data.get("period_until"),
                data.get("period_condition") or "",
            ),
            basis=data.get("basis") or "",
            received_mark=data.get("received_mark") or "",
            authorisation=data.get("authorisation") or "",
            has_originator=data.get("originator") is not None,
            originator_is_own=data.get("originator") is not None
            and data["originator"].kind != UnitKind.EXTERNAL,
            has_decider=data.get("decider") is not None,
        )

    def clean(self) -> dict[str, object]:
        from vault.holdings.labelling import problems

        data: dict[str, object] = super().clean()
        # Told together with everything else that is wrong, but once for each field.
        told = set(self.errors) | ({"issued_on"} if "record_date" in self.errors else set())
        for rule, code in problems(self.proposal()).items():
            name = {"period": "period_kind"}.get(rule, rule)
            if name not in told:
                self.add_error(name, forms.ValidationError(labels.PROBLEMS[code], code=code))
        return data


def offer_series(field: forms.Field) -> None:
    """Every series, by its fonds where there are several: two fonds have the same codes."""
    found = Series.objects.select_related("fonds").order_by("fonds__fonds_no", "code")
    several = Fonds.objects.count() > 1
    field.queryset = found
    field.label_from_instance = lambda series: (
        f"{series.fonds.fonds_no} · {series.code} {series.name}"
        if several
        else f"{series.code} {series.name}"
    )


class DescriptionForm(forms.Form):
    """What describes a record; the same fields for filing and for editing a draft, where the title is compulsory."""

    title = PlainCharField(
        label=_("Title"), required=False, help_text=_("Left empty, the file's name is taken.")
    )
    record_date = forms.DateField(label=_("Date of the record"), widget=DayInput)
    document_no = PlainCharField(label=_("Document number"), required=False)
    creator = PlainCharField(label=_("Creator (责任者)"), required=False)
    series = forms.ModelChoiceField(label=_("Series"), queryset=Series.objects.none(), empty_label="—")
    retention_class = forms.ModelChoiceField(
        label=_("Retention"), queryset=RetentionClass.objects.none(), empty_label="—"
    )
    archive_file = forms.ModelChoiceField(
        label=_("Archive file (案卷)"), queryset=ArchiveFile.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args: object, viewer: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        offer_series(self.fields["series"])
        self.fields["retention_class"].queryset = RetentionClass.objects.order_by("code")
        self.fields["retention_class"].label_from_instance = lambda row: f"{row.code} {row.name}"
        self.fields["archive_file"].queryset = selectors.archive_files_for(viewer)
        self.fields["archive_file"].label_from_instance = lambda row: row.title

    def clean_record_date(self) -> date:
        value: date = self.cleaned_data["record_date"]
        if value > selectors.today():
            raise forms.ValidationError(_("The date lies in the future."), code="future")
        return value


class PaperForm(forms.Form):
    """Of a register card: how many pages the paper has, and where it lies (P-01, P-02)."""

    place = PlainCharField(
        label=_("Place of the paper"), help_text=_("Room, cabinet and shelf, so that it is found.")
    )
    pages = forms.IntegerField(label=_("Pages"), min_value=1, max_value=99_999, required=False)


class DraftForm(DescriptionForm):
    """The description of a draft. There is no file at hand that a title could be taken from."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        require_title(self.fields["title"])


class CardDraftForm(PaperForm, DraftForm):
    """The draft of a register card, with what only a card has."""


def require_title(field: forms.Field) -> None:
    """Where no file gives its name, the title must be typed."""
    field.required = True
    field.help_text = ""
    field.error_messages["required"] = _("Type a title; it cannot be left empty.")


class RecordForm(DescriptionForm, LabelForm):
    """A record about to be made: where it belongs, description and label."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label="—")
    register_now = forms.BooleanField(
        label=_("Register at once"),
        required=False,
        help_text=_("Registered records no longer change; a correction is a new version."),
    )
    field_order = ["unit", "series", "retention_class", "title", "record_date", "document_no", "creator"]

    def __init__(self, *args: object, viewer: object, filer: Person, **kwargs: object) -> None:
        super().__init__(*args, viewer=viewer, filer=filer, **kwargs)
        self.viewer = viewer
        self.fields["unit"].queryset = selectors.units_of(viewer)
        self.fields["unit"].label_from_instance = lambda unit: unit.name

    def clean(self) -> dict[str, object]:
        data = super().clean()
        kept_in = data.get("archive_file")
        unit, series = data.get("unit"), data.get("series")
        # Told before a byte travels; the service holds it too.
        if kept_in and unit and series and (kept_in.unit_id, kept_in.series_id) != (unit.pk, series.pk):
            self.add_error("archive_file", ArchiveFileElsewhere.sentence)
        levels = labels.CHOICES.get(data.get("label") or "")
        if self.errors or levels is None or not levels.is_classified:
            return data
        prospect = Prospect(data["unit"].pk, levels)
        if isinstance(gate.explain(self.viewer, Action.DRAFT, prospect), Deny):
            return data  # refused as such; and who is cleared for what he is not himself, nobody learns here
        named = [self.filer, data["decider"], *data["knowers"]]
        if not has_keeper(data["unit"].pk, levels, [person.pk for person in named if person is not None]):
            self.add_error(
                "knowers", forms.ValidationError(labels.PROBLEMS["keeper-missing"], code="keeper-missing")
            )
        return data


class FilingForm(RecordForm):
    """Filing: what the records are, and how the files become records."""

    grouping = forms.ChoiceField(
        label=_("The files are"),
        choices=[("each", _("one record each")), ("together", _("all one record"))],
        initial="each",
        widget=forms.RadioSelect,
    )


class CardForm(PaperForm, RecordForm):
    """A register card of paper: description, label, pages and place."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        require_title(self.fields["title"])


class FondsForm(forms.Form):
    """A new fonds."""

    fonds_no = PlainCharField(label=_("Fonds number (全宗号)"), max_length=16)
    name = PlainCharField(label=_("Name"), max_length=120)


class SeriesForm(forms.Form):
    """A new series of a fonds."""

    fonds = forms.ModelChoiceField(label=_("Fonds (全宗)"), queryset=Fonds.objects.none(), empty_label="—")
    code = PlainCharField(label=_("Series code (类别)"), max_length=16)
    name = PlainCharField(label=_("Name"), max_length=120)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fonds"].queryset = Fonds.objects.order_by("fonds_no")


class ArchiveFileForm(forms.Form):
    """A new archive file (案卷); open or internal, its records raise it (CL-11)."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label="—")
    series = forms.ModelChoiceField(label=_("Series"), queryset=Series.objects.none(), empty_label="—")
    year = forms.IntegerField(label=_("Year"), min_value=1900, max_value=9998)
    title = PlainCharField(label=_("Title"))
    label = forms.ChoiceField(label=_("Label"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: object, viewer: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = selectors.units_of(viewer)
        self.fields["unit"].label_from_instance = lambda unit: unit.name
        offer_series(self.fields["series"])
        self.fields["label"].choices = [
            (key, name) for key, name in labels.choices() if not labels.CHOICES[key].is_classified
        ]

    def clean_label(self) -> str:
        value: str = self.cleaned_data["label"]
        if not value:
            raise forms.ValidationError(labels.PROBLEMS["label-missing"], code="label-missing")
        return value


class ReasonForm(forms.Form):
    """Why something is done that only its reason makes right; the reason stays."""

    reason = PlainCharField(label=_("Reason"))

    def told(self) -> str:
        """The reason, or nothing where it is missing or not plain text; the service then refuses."""
        return str(self.cleaned_data["reason"]) if self.is_valid() else ""


class CorrectionReasonForm(forms.Form):
    """A correction needs its reason; the old version stays."""

    reason = PlainCharField(label=_("Why this version replaces the last"), min_length=4)


class CorrectionForm(CorrectionReasonForm):
    """The reason with the file in one form, for pages without JavaScript."""

    file = forms.FileField(label=_("The corrected file"))


class DecisionForm(forms.Form):
    """A second person's decision on the proposed label that he was shown."""

    proposal = forms.UUIDField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("confirm", _("Confirm the label")), ("refuse", _("Send back, protected as proposed"))],
        widget=forms.RadioSelect,
    )
    reason = PlainCharField(label=_("Reason"), required=False)

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean()
        if data.get("decision") == "refuse" and not data.get("reason"):
            self.add_error("reason", _("Say why, so that the proposer knows what to change."))
        return data


class GrantForm(forms.Form):
    """A grant of one action on this record to one person, between two days."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none(), empty_label="—")
    action = forms.ChoiceField(label=_("May"), choices=())
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)

    def __init__(
        self, *args: object, giver: Person, actions: list[tuple[str, str]], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = selectors.nameable_persons(excluding=giver)
        self.fields["person"].label_from_instance = selectors.person_label
        self.fields["action"].choices = NO_CHOICE + actions

    def clean_ends_on(self) -> date:
        value: date = self.cleaned_data["ends_on"]
        if value < selectors.today():
            raise forms.ValidationError(_("The last day has passed."), code="past")
        return value


class MoveForm(forms.Form):
    """Into which archive file of their unit and series records are moved."""

    archive_file = forms.ModelChoiceField(
        label=_("Archive file (案卷)"), queryset=ArchiveFile.objects.none(), empty_label="—"
    )

    def __init__(self, *args: object, files: QuerySet[ArchiveFile], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["archive_file"].queryset = files
        self.fields["archive_file"].label_from_instance = lambda row: (
            f"{row.year} · {row.title} · {row.unit.name} · {row.series.code}"
        )
        if not files.exists():
            self.fields["archive_file"].help_text = _(
                "There is none of their unit and series yet. Open one under Archive files, then move them."
            )


class ViewForm(forms.Form):
    """The name of a saved view."""

    name = PlainCharField(label=_("Name"), max_length=120)


class KnowersForm(forms.Form):
    """Persons to name on the need-to-know list, and the reason of the change."""

    persons = forms.ModelMultipleChoiceField(label=_("Persons"), queryset=Person.objects.none())
    reason = PlainCharField(label=_("Reason"), min_length=4)

    def __init__(self, *args: object, namer: Person, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["persons"].queryset = selectors.nameable_persons(excluding=namer)
        self.fields["persons"].label_from_instance = selectors.person_label
