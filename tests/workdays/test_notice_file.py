"""What is taken for a notice, and what is said of each line that is wrong."""

import pytest

from tests.workdays.notices import NOTICE_2027
from vault.workdays import errors, notice_file
from vault.workdays.notice_file import decode, read, write
from vault.workdays.rules import DayKind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_utf_8_with_or_without_its_mark_and_gb18030_are_read_alike(encoding: str) -> None:
    """RP-12: as spreadsheets save it."""
    table = read(decode(NOTICE_2027.encode(encoding)), 2027)
    assert table.wrong == ()
    assert len(table.days) == 28
    assert (table.days[-1].day.isoformat(), table.days[-1].kind) == ("2027-10-09", DayKind.MAKE_UP)
    assert {day.name for day in table.days} == {"元旦", "春节", "清明节", "劳动节", "国庆节"}


@pytest.mark.parametrize(
    "body", [b"\xff\xfe2\x000\x00", b"\x80\x81\xff", b"2027-01-01,\x00,x", "日期".encode("utf-16")]
)
def test_another_encoding_and_what_is_no_text_are_refused(body: bytes) -> None:
    with pytest.raises(errors.FileUnreadable):
        decode(body)


@pytest.mark.parametrize("text", ["", "\n\n", "日期,类型,名称\n", "\ufeff"])
def test_a_table_without_a_day_is_refused(text: str) -> None:
    with pytest.raises(errors.FileUnreadable):
        read(text, 2027)


@pytest.mark.parametrize(
    "line",
    [
        "2027-10-01,放假,国庆节",
        "2027/10/1,休,国庆节",
        "2027年10月1日,节假日,国庆节",
        "２０２７－１０－０１,放假,国庆节",
        "2027.10.1\t放假\t国庆节",
        "2027-10-01;holiday;国庆节",
        "2027-10-01，放假，国庆节",
        '"2027-10-01","放假","国庆节"',
        " 2027-10-01 , 放假 , 国庆节 ",
        "2027-10-01,OFF,国庆节,more",
    ],
)
def test_a_day_is_read_as_people_write_it(line: str) -> None:
    table = read(line, 2027)
    assert table.wrong == ()
    ((day),) = table.days
    assert (day.day.isoformat(), day.kind, day.name) == ("2027-10-01", DayKind.HOLIDAY, "国庆节")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("someday,放假,国庆节", notice_file.NO_DAY),
        ("2027-02-30,放假,春节", notice_file.NO_DAY),
        ("20271001,放假,国庆节", notice_file.NO_DAY),
        ("=1+1,放假,国庆节", notice_file.NO_DAY),
        ("2026-10-01,放假,国庆节", notice_file.OTHER_YEAR),
        ("2028-01-01,放假,元旦", notice_file.OTHER_YEAR),
        ("2027-10-01,也许,国庆节", notice_file.NO_KIND),
        ("2027-10-01", notice_file.NO_KIND),
        ("2027-10-01,放假,", notice_file.NO_NAME),
        ("2027-10-01,放假,国庆\u202e节", notice_file.NO_NAME),
        ("2027-10-01,放假," + "长" * 41, notice_file.NO_NAME),
        ("2027-10-11,上班,国庆节", notice_file.WORKED_ANYWAY),
        ("2027-10-02,放假,国庆节", notice_file.TWICE),
    ],
)
def test_a_wrong_line_is_named_by_its_number_with_what_is_wrong(line: str, sentence: object) -> None:
    """RP-12: row by row; the good lines around it are read all the same."""
    table = read(f"日期,类型,名称\n2027-10-02,放假,国庆节\n{line}\n2027-10-09,上班,国庆节\n", 2027)
    ((wrong),) = table.wrong
    assert (wrong.line, wrong.sentence) == (3, sentence)
    assert len(table.days) == 2
    assert "\u202e" not in wrong.text


def test_a_december_day_before_the_year_belongs_to_its_notice() -> None:
    assert read("2026-12-31,放假,元旦", 2027).wrong == ()
    assert len(read("2026-11-30,放假,元旦", 2027).wrong) == 1


def test_more_lines_than_a_year_has_days_are_not_read() -> None:
    table = read("\n".join(["2027-10-02,放假,国庆节"] * 500), 2027)
    assert len(table.wrong) == notice_file.ROW_LIMIT
    assert table.wrong[-1].sentence == notice_file.TOO_MANY


def test_what_is_written_reads_the_same() -> None:
    table = read(NOTICE_2027 + '2027-06-09,放假,"端午,节"\n', 2027)
    assert table.wrong == ()
    assert read(write(table.days), 2027) == table
