import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text import PLAIN_LIMIT, plain

HOSTILE = [
    "line\nbreak",
    "carriage\rreturn",
    "\x1b[2J\x1b[31mred",
    '=HYPERLINK("http://example")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "\u2028separator",
    "\x85next line",
    "nul\x00",
    "tab\tcell",
    "100%0A",
    'quote","comma',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_becomes_one_harmless_line(text):
    """AU-05: nothing in a log line breaks the line, drives a terminal, hides, or is a formula."""
    shown = plain(text)
    assert shown.isprintable()
    assert shown[0] not in "=+-@ "
    assert not set(shown) & set("\"'\\<>&\n\r\t")
    assert shown != text or text.isalnum()


def test_ordinary_words_and_ids_stay_readable():
    for text in ("录音室 3", "0193e1a0-0000-7000-8000-000000000001", "audit:log:read", "a.b_c/d,e;f(g)#1"):
        assert plain(text) == text


@given(st.text(max_size=400))
def test_any_text_is_made_safe_within_the_limit_and_different_texts_stay_different(text):
    shown = plain(text)
    assert len(shown) <= PLAIN_LIMIT
    assert shown.isprintable()
    assert "\n" not in shown
    if not shown.endswith("~"):
        assert plain(text + "x") != shown


def test_what_is_cut_off_says_so():
    assert plain("x" * 500) == "x" * (PLAIN_LIMIT - 1) + "~"
    assert plain("\u202e" * 500).endswith("~")
