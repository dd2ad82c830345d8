"""A line of text is one line, and reads as it is written."""

import unicodedata

import pytest
from django import forms

from vault.authorization.fields import PlainCharField, PlainTextField, is_plain

# Written by hand from Unicode: Bidi_Control, and the mark of byte order.
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
BREAKING = "\x85\u2028\u2029"


def test_no_control_character_break_or_turning_mark_is_plain() -> None:
    """One that a terminal takes for the beginning of an order, such as U+009B, among them."""
    controls = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cc"]
    assert len(controls) == 65
    for mark in (*controls, *TURNING, *BREAKING):
        assert not is_plain(f"国庆{mark}节"), hex(ord(mark))
    assert is_plain("国庆节 2027★ – “é”　𠮷")


@pytest.mark.parametrize("mark", ["\x9b", *BREAKING, "\u061c"])
def test_both_fields_refuse_them(mark: str) -> None:
    for field in (PlainCharField(), PlainTextField()):
        with pytest.raises(forms.ValidationError):
            field.clean(f"一{mark}二")
    assert PlainTextField().clean("一\r\n二") == "一\n二"
