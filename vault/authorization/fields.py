"""Form fields that the rooms share: days, and lines of text that cannot mislead."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

TEXT_LIMIT = 500
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
# Control characters of both halves of Latin-1, and the separators that break a line as a line feed does.
_CONTROLS = frozenset({"Cc", "Zl", "Zp"})


class DayInput(forms.DateInput):
    """The browser's own picker of a day. It takes ISO only and shows nothing for a day in a language's own form."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlainCharField(forms.CharField):
    """One line of text: control characters and direction marks are refused, not removed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_LIMIT)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not is_plain(text):
            raise forms.ValidationError(
                _("Line breaks, control characters and direction marks are not allowed here."), code="control"
            )
        return text


class PlainTextField(PlainCharField):
    """Several lines of text; of the control characters the line break alone is taken."""

    widget = forms.Textarea

    def clean(self, value: Any) -> str:
        text: str = forms.CharField.clean(self, value).replace("\r\n", "\n")
        if not all(is_plain(line) for line in text.split("\n")):
            raise forms.ValidationError(
                _("Control characters and direction marks are not allowed here."), code="control"
            )
        return text


def is_plain(text: str) -> bool:
    """Whether a line holds neither control characters nor marks that turn text around."""
    return not any(unicodedata.category(c) in _CONTROLS or c in _DIRECTION_MARKS for c in text)
