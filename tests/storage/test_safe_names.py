"""Names of what leaves: safe on every system, Chinese kept."""

import pytest

from storage.inspection import check_name
from storage.inspection.safe_names import MAX_BYTES, Unrepeated, safe_name


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("关于检修的通知.pdf", "关于检修的通知.pdf"),
        ("〔2026〕12号 𠮷野家.docx", "〔2026〕12号 𠮷野家.docx"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a\\b:c*d?e"f<g>h|i.pdf', "a_b_c_d_e_f_g_h_i.pdf"),
        ("行\r\n一\x00\x7f.pdf", "行一.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("零\u200b宽\ufeff.pdf", "零宽.pdf"),
        ("  前后 . ", "前后"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        ("", "代"),
        ("...", "代"),
        ("///", "代"),
        ("\u202e", "代"),
        ("e\u0301.pdf", "\u00e9.pdf"),
    ],
)
def test_a_name_is_made_safe_and_keeps_what_it_says(given: str, safe: str) -> None:
    """IE-11"""
    assert safe_name(given, fallback="代") == safe
    assert check_name(safe) == []


@pytest.mark.parametrize(
    "text", ["题" * 500 + ".pdf", "𠮷" * 300, "a" * 1000 + "." + "b" * 50, "题" * 66 + "。.pdf"]
)
def test_a_long_name_is_cut_between_characters_and_keeps_its_extension(text: str) -> None:
    """IE-11: the limit of file systems is in bytes."""
    made = safe_name(text, fallback="x")
    assert MAX_BYTES - 8 <= len(made.encode()) <= MAX_BYTES
    assert made.endswith(".pdf") == text.endswith(".pdf")
    assert "\ufffd" not in made


def test_names_given_twice_are_numbered_whatever_their_case() -> None:
    once = Unrepeated()
    assert [once(name) for name in ("通知.pdf", "通知.PDF", "通知.pdf", "通知 (2).pdf", "无")] == [
        "通知.pdf",
        "通知 (2).PDF",
        "通知 (3).pdf",
        "通知 (2) (2).pdf",
        "无",
    ]
