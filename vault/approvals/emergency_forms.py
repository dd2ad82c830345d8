"""What is typed about an emergency. Forms parse; services decide."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import SecureRoom
from vault.approvals.extents import Askable
from vault.approvals.forms import TEXT_LIMIT, RequestForm
from vault.approvals.reading_forms import RoomField
from vault.approvals.services.emergencies import Urgent
from vault.authorization.fields import PlainTextField

_ROWS = 3
JUSTIFIED, UNJUSTIFIED = "yes", "no"


class EmergencyForm(RequestForm):
    """Ask to consult at once: what for, why it cannot wait, where, and of which parts."""

    why = PlainTextField(
        label=_("Why it cannot wait"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": _ROWS}),
        help_text=_(
            "It stands in the report, which security officers and auditors read. Copy no secret content here."
        ),
    )
    room = RoomField(
        label=_("Room"),
        queryset=SecureRoom.objects.none(),
        empty_label=None,
        help_text=_("Where you will read. Its keeper may be the second person."),
    )

    def __init__(self, *args: Any, parts: list[Askable], **kwargs: Any) -> None:
        super().__init__(*args, actions=(), parts=parts, **kwargs)
        # To consult, once, within the hour: nothing of it is chosen.
        for name in ("action", "starts_on", "ends_on", "amount"):
            del self.fields[name]
        self.fields["room"].queryset = SecureRoom.objects.filter(closed_at__isnull=True).order_by("code")  # type: ignore[attr-defined]

    @property
    def urgent(self) -> Urgent:
        data = self.cleaned_data
        return Urgent(data["purpose"], data["why"], data["room"].pk, self.pages)


class ConfirmationForm(forms.Form):
    """What the leader says in writing afterwards."""

    text = PlainTextField(
        label=_("Written confirmation"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What the emergency was, and why you released it."),
    )
    justified = forms.ChoiceField(
        label=_("Was it justified?"),
        choices=[
            (JUSTIFIED, _("It was justified")),
            (UNJUSTIFIED, _("It was not: raise an incident")),
        ],
        widget=forms.RadioSelect,
    )
    record = forms.UUIDField(
        label=_("Number of the record that holds the signed paper"),
        required=False,
        help_text=_("If there is one: file its scan first; its number stands in the record's address."),
    )

    @property
    def is_justified(self) -> bool:
        return bool(self.cleaned_data["justified"] == JUSTIFIED)

    @property
    def paper_id(self) -> UUID | None:
        found: UUID | None = self.cleaned_data["record"]
        return found
