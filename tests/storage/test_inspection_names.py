"""File names are refused with a reason, never altered."""

import pytest

from storage.inspection import check_name


@pytest.mark.parametrize(
    "name",
    [
        "通知.pdf",
        "关于2026年第1号文件（定稿）.docx",
        "a",
        ".profile",
        "two words.txt",
        "x" * 255,
        "Ünïcödé – naïve.txt",
        "ﬁle.tar.gz",
        "conference.pdf",
        "а́б.pdf",
        "😀.png",
    ],
)
def test_an_ordinary_name_has_no_problem(name):
    assert check_name(name) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name_empty"),
        ("   ", "name_empty"),
        ("x" * 256, "name_too_long"),
        ("长" * 300, "name_too_long"),
        ("a\nb.pdf", "name_control_character"),
        ("a\r.pdf", "name_control_character"),
        ("a\x00.pdf", "name_control_character"),
        ("a\x7f.pdf", "name_control_character"),
        ("a\u2028b.pdf", "name_control_character"),
        ("a\u202efdp.exe", "name_direction_mark"),
        ("a\u200fb.pdf", "name_direction_mark"),
        ("a\u2067b.pdf", "name_direction_mark"),
        ("a\u200bb.pdf", "name_hidden_character"),
        ("a\ufeffb.pdf", "name_hidden_character"),
        ("../etc/passwd", "name_path"),
        ("folder/a.pdf", "name_path"),
        ("folder\\a.pdf", "name_path"),
        (".", "name_path"),
        ("..", "name_path"),
        (" a.pdf", "name_edges"),
        ("a.pdf ", "name_edges"),
        ("a.pdf.", "name_edges"),
        ("CON", "name_reserved"),
        ("nul.txt", "name_reserved"),
        ("com1.pdf", "name_reserved"),
        ("a\udc80.pdf", "name_not_text"),
        ("a\U000e0fff.pdf", "name_not_text"),
    ],
)
def test_a_bad_name_is_refused_for_its_one_reason(name, code):
    """Bad input: newlines, right-to-left marks, 300 characters, path separators."""
    problems = check_name(name)
    assert [problem.code for problem in problems] == [code]
    assert problems[0].zh.endswith("。")
    assert problems[0].en.endswith(".")


def test_all_problems_of_a_name_are_told_at_once():
    codes = [problem.code for problem in check_name("a/\n\u202e" + "x" * 300 + " ")]
    assert codes == [
        "name_too_long",
        "name_control_character",
        "name_direction_mark",
        "name_path",
        "name_edges",
    ]
