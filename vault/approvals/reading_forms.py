"""What is typed about reading: a place, a check-in, a count. Forms parse; services decide."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import rooms, terminals
from accounts.models import Person, SecureRoom, Terminal
from accounts.rules import local_day
from audit import clock
from vault.approvals import words
from vault.approvals.forms import DayInput, NamedField
from vault.approvals.models import AccessRequest
from vault.approvals.reading_rules import CLOSES, LONGEST_TEXT, LONGEST_TITLE, OPENS
from vault.approvals.rules import READING
from vault.authorization.fields import PlainCharField, PlainTextField
from vault.authorization.levels import Levels
from vault.holdings import labels
from vault.holdings.derivation import lower_than

MOST_PAGES = 100_000
_REFERENCE = re.compile(r"Q?(\d{4})-?(\d{1,9})", re.ASCII)


class RoomField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A room by its code and name."""

    def label_from_instance(self, obj: SecureRoom) -> str:
        return f"{obj.code} · {obj.name}"


class BookingForm(forms.Form):
    """A place for one's approved request."""

    room = RoomField(label=_("Room"), queryset=SecureRoom.objects.none(), empty_label=None)
    day = forms.DateField(label=_("Day"), widget=DayInput)
    first = forms.TypedChoiceField(
        label=_("From"), coerce=int, choices=[(hour, f"{hour}:00") for hour in range(OPENS, CLOSES)]
    )
    last = forms.TypedChoiceField(
        label=_("To"), coerce=int, choices=[(hour, f"{hour}:00") for hour in range(OPENS + 1, CLOSES + 1)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = SecureRoom.objects.filter(closed_at__isnull=True).order_by("code")  # type: ignore[attr-defined]


class CheckInForm(forms.Form):
    """Who is let in, for which request, and where he sits."""

    reference = PlainCharField(label=_("Number of the request"), max_length=16)
    terminal = forms.ModelChoiceField(
        label=_("Terminal"),
        queryset=Terminal.objects.none(),
        required=False,
        empty_label=_("none: on paper"),
    )
    second = NamedField(
        label=_("Second reader"),
        queryset=Person.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("Where the room asks for two readers of a top secret."),
    )

    def __init__(self, *args: Any, room: SecureRoom, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = local_day(clock.now())
        usable = [
            one.terminal.pk
            for one in terminals.in_use(today)
            if not one.reasons and one.terminal.secure_room_id == room.pk
        ]
        self.fields["terminal"].queryset = rooms.terminals_in(room).filter(pk__in=usable)  # type: ignore[attr-defined]
        people = Person.objects.select_related("unit").filter(accounts__is_active=True).distinct()
        if room.two_readers:
            self.fields["second"].queryset = people.order_by("unit__code", "pk")  # type: ignore[attr-defined]
        else:
            del self.fields["second"]

    def clean_reference(self) -> AccessRequest:
        """The request that it names, for consulting: only that is read in the room."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["reference"]).strip().upper()
        match = _REFERENCE.fullmatch(text)
        found = (
            AccessRequest.objects.filter(year=int(match[1]), number=int(match[2]), action=READING).first()
            if match
            else None
        )
        if found is None:
            raise forms.ValidationError(_("There is no request for consulting under this number."))
        return found


class RoomPeriodForm(forms.Form):
    """Of which room the register is printed, and of which days; all one's rooms and this month unless chosen."""

    room = forms.UUIDField(label=_("Room"), required=False, widget=forms.Select)
    since = forms.DateField(label=_("From"), widget=DayInput)
    until = forms.DateField(label=_("To"), widget=DayInput)

    def __init__(self, *args: Any, rooms: Iterable[SecureRoom] = (), **kwargs: Any) -> None:
        today = local_day(clock.now())
        kwargs.setdefault("initial", {}).update(since=today.replace(day=1), until=today)
        kwargs["auto_id"] = "room_period_%s"
        super().__init__(*args, **kwargs)
        # What is chosen is asked of the register itself: a room that is not there and one that is another's are one.
        self.fields["room"].widget.choices = [
            ("", _("all of them")),
            *((str(one.pk), f"{one.code} · {one.name}") for one in rooms),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since is not None and until is not None and until < since:
            self.add_error("until", str(words.PROBLEMS["window-backwards"]))
        return data


class HandOverForm(forms.Form):
    """What is handed over on paper."""

    pages = forms.IntegerField(label=_("Pages"), min_value=1, max_value=MOST_PAGES)
    issue_no = PlainCharField(label=_("Issue number"), max_length=60)
    notebook_no = PlainCharField(label=_("Number of the notebook"), max_length=60)
    telephones_lodged = forms.BooleanField(label=_("Telephones and other devices are lodged"))


class TakeBackForm(forms.Form):
    """What comes back."""

    pages = forms.IntegerField(label=_("Pages"), min_value=0, max_value=MOST_PAGES)
    issue_no = PlainCharField(label=_("Issue number"), max_length=60)
    notebook_returned = forms.BooleanField(label=_("The notebook is back"), required=False)


class NoteForm(forms.Form):
    """What a reader writes down. What he typed is never kept in his browser."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    request = forms.UUIDField(label=_("Under which approval"), widget=forms.Select)
    component = forms.UUIDField(label=_("From which part"), widget=forms.Select)
    pages = PlainCharField(
        label=_("From which pages"),
        max_length=200,
        help_text=_("As 3-5, 8; only pages shown in this session."),
    )
    title = PlainCharField(label=_("Title"), max_length=LONGEST_TITLE)
    text = PlainTextField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )
    lower = forms.ChoiceField(
        label=_("Label"),
        required=False,
        help_text=_("A lower one is only proposed: the source's protects until a second person has decided."),
    )
    point = PlainCharField(
        label=_("Secret point"),
        max_length=LONGEST_TITLE,
        required=False,
        help_text=_("Only for a lower label: the separate secret point that allows it."),
    )

    def __init__(
        self,
        *args: Any,
        requests: Sequence[tuple[UUID, str]],
        parts: Sequence[tuple[UUID, str]],
        source: Levels,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", {"key": uuid4()})
        kwargs.setdefault("auto_id", "id_note_%s")
        super().__init__(*args, **kwargs)
        _offer(self.fields["request"], requests)
        _offer(self.fields["component"], parts)
        if len(parts) == 1:
            self.fields["component"].widget = forms.HiddenInput()
            self.fields["component"].initial = parts[0][0]
        self.below = {one.canonical(): one for one in lower_than(source)}
        lower = self.fields["lower"]
        if isinstance(lower, forms.ChoiceField):
            own = _("the source's: %(name)s") % {"name": _level_name(source)}
            lower.choices = [("", own), *((key, _level_name(one)) for key, one in self.below.items())]
        if not self.below:
            del self.fields["lower"], self.fields["point"]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


def _offer(field: forms.Field, choices: Sequence[tuple[UUID, str]]) -> None:
    if isinstance(field.widget, forms.Select):
        field.widget.choices = choices


def _level_name(levels: Levels) -> str:
    """A label's own name, without a period: each regime's."""
    regimes = [Levels(state=levels.state), Levels(enterprise=levels.enterprise)]
    return " · ".join(labels.badge(one).text for one in regimes if one.is_classified)
