"""Tables as they come: their size, their columns and what stands in their cells."""

import io
import os
import zipfile

import pytest
from openpyxl import Workbook

from tests.support.archive import Archive
from vault.holdings.importing import columns, folder, table
from vault.holdings.importing.errors import TROUBLES, TableRefused
from vault.holdings.importing.values import Meaningless, Meanings

HEAD = "文件名,题名,日期,密级\n"


def refused(data: bytes) -> str:
    with pytest.raises(TableRefused) as error:
        table.read(data)
    assert error.value.code in TROUBLES
    return error.value.code


def test_one_bad_row_in_ten_thousand_is_named_by_its_row() -> None:
    """IE-01: a character that the encoding could not hold was replaced when the table was saved."""
    rows = [f"{n}.pdf,题{n},2026-10-09,内部" for n in range(10_000)]
    rows[7_776] = "7776.pdf,题\ufffd,2026-10-09,内部"
    read = table.read((HEAD + "\n".join(rows)).encode())
    assert len(read.rows) == 10_000
    assert [(trouble.code, trouble.row) for trouble in read.troubles] == [("character-lost", 7_778)]


def test_columns_are_known_in_both_languages_and_an_unknown_one_is_named() -> None:
    for headings in ("文件名,题名,文号", "File, TITLE ,Document  Number", "file,title,document_no"):
        (row,) = table.read(f"{headings}\na,b,c\n".encode()).rows
        assert row.cells == {"file": "a", "title": "b", "document_no": "c"}
    with pytest.raises(TableRefused) as error:
        table.read("文件名,备注\na,b\n".encode())
    assert (error.value.code, error.value.trouble.about) == ("column-unknown", "备注")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table-empty"),
        (b"\xef\xbb\xbf", "table-empty"),
        (HEAD.encode(), "table-empty"),
        ("题名\na\n".encode(), "column-missing"),
        ("文件名,file\na,b\n".encode(), "column-twice"),
        (",".join(["文件名", *["题名"] * 300]).encode() + b"\na\n", "too-many-columns"),
        ((HEAD + "a\n" * 10_001).encode(), "too-many-rows"),
        (HEAD.encode("utf-16"), "encoding-unknown"),
        (b"\xff\xfe\x80\x81", "encoding-unknown"),
        (HEAD.encode() + b"a\0b,,,\n", "encoding-unknown"),
        (HEAD.encode() + b'"a\n', "table-unreadable"),
        (HEAD.encode() + b"a" * 200_000, "table-unreadable"),
        (b"PK\x03\x04 no workbook", "table-unreadable"),
        (b"x" * (32 * 1024**2 + 1), "table-too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_its_reason(data: bytes, code: str) -> None:
    """Bad input."""
    assert refused(data) == code


def test_cells_without_a_heading_are_a_mistake_of_their_row() -> None:
    read = table.read("文件名,题名\na,b,c\nd,e,,\n".encode())
    assert [(trouble.code, trouble.row) for trouble in read.troubles] == [("too-many-cells", 2)]


def test_a_workbook_of_too_many_columns_or_rows_is_refused() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["文件名", *["题名"] * 300])
    out = io.BytesIO()
    book.save(out)
    assert refused(out.getvalue()) == "too-many-columns"


def test_a_workbook_that_unpacks_without_end_ends_its_child_alone() -> None:
    """Bad input: an .xlsx bomb, four gigabytes of one cell out of four megabytes."""
    made = Workbook()
    made.active.append(["文件名"])
    plain = io.BytesIO()
    made.save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                bomb.writestr(name, source.read(name))
        with bomb.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(
                b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            )
            sheet.write(b'<row r="1"><c t="inlineStr"><is><t>')
            for _ in range(1024):
                sheet.write(b"A" * 1024**2)
    assert refused(out.getvalue()) in {"table-too-large", "table-unreadable"}


@pytest.mark.parametrize("cell", ["=1+1", "+86 10", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1", "＠A1"])
def test_our_own_tables_hold_no_formula(cell: str) -> None:
    """ASVS 1.2.10: a cell that a spreadsheet would calculate is text."""
    written = columns.as_csv([["题名"], [cell]]).decode("utf-8-sig")
    assert f"'{cell.strip()}" in written.replace("' =", "'=").replace("'\t", "'").replace("'\r", "'")
    assert columns.harmless("普通 = 文字") == "普通 = 文字"


@pytest.mark.parametrize("chinese", [True, False])
def test_the_template_is_a_table_that_is_understood(chinese: bool) -> None:
    (row,) = table.read(columns.template(chinese=chinese)).rows
    assert row.cells["label"] == "内部"
    assert set(row.cells) == set(columns.COLUMNS)


@pytest.mark.django_db
def test_what_cells_mean(archive: Archive) -> None:
    """Days, labels and codes as people write them; two fonds with the same series need the fonds before it."""
    from vault.holdings.models import Fonds, Series

    meanings = Meanings()
    for cell in ("2026-1-5", "2026/01/05", "2026.1.5", "20260105", "2026年1月5日"):
        assert meanings.day(cell).isoformat() == "2026-01-05"
    for cell in ("2026-02-30", "0026-01-05", "26-1-5", "2026-1", "٢٠٢٦-01-05"):
        with pytest.raises(Meaningless, match="date-unreadable"):
            meanings.day(cell)
    assert meanings.label("内部") == meanings.label("Internal") == meanings.label("internal")
    assert meanings.series("ws") == meanings.series("GAAZ/WS") == archive.series
    second = Fonds.objects.create(fonds_no="GAAZ2", name="第二")
    Series.objects.create(fonds=second, code="WS", name="文书")
    meanings = Meanings()
    with pytest.raises(Meaningless, match="series-unknown"):
        meanings.series("WS")
    assert meanings.series("GAAZ/WS") == archive.series
    with pytest.raises(Meaningless, match="unit-unknown"):
        meanings.unit(archive.authority.code)


@pytest.mark.django_db
def test_a_unit_a_series_and_a_retention_class_go_by_the_name_that_a_file_list_writes(
    archive: Archive,
) -> None:
    """IE-01: a name, a code, or both as the page's choices show them; a name of two means nothing, a code goes first."""
    from vault.holdings.models import Fonds, Series

    name_of = {"unit": archive.hall, "series": archive.series, "retention": archive.retention}
    for unit, name in ((archive.hall, "城南营业厅"), (archive.other_hall, archive.company.code)):
        unit.name = name
        unit.save()
    meanings = Meanings()
    for kind, row in name_of.items():
        for cell in (row.code, row.name, f"{row.code} {row.name}", f" {row.code}  {row.name} "):
            assert getattr(meanings, kind)(cell) == row
    assert meanings.unit(archive.company.code) == archive.company
    archive.other_hall.name = "城南营业厅"
    archive.other_hall.save()
    Series.objects.create(
        fonds=Fonds.objects.create(fonds_no="GAAZ2", name="第二"), code="XX", name=archive.series.name
    )
    meanings = Meanings()
    for kind in ("unit", "series"):
        with pytest.raises(Meaningless, match=f"{kind}-unknown"):
            getattr(meanings, kind)(name_of[kind].name)
        assert getattr(meanings, kind)(f"{name_of[kind].code} {name_of[kind].name}") == name_of[kind]


def test_a_walk_finds_files_alone(tmp_path) -> None:
    """IE-03: pipes are no files, folders within folders have an end, and two spellings of one name are two files."""
    (tmp_path / "一").mkdir()
    (tmp_path / "一" / "a.pdf").write_bytes(b"a")
    (tmp_path / "\u00e9.pdf").write_bytes(b"a")
    (tmp_path / "e\u0301.pdf").write_bytes(b"a")
    os.mkfifo(tmp_path / "pipe")
    deep = tmp_path
    for _ in range(40):
        deep = deep / "d"
        deep.mkdir()
    found, troubles = folder.walk(tmp_path)
    assert set(found) == {"一/a.pdf", "\u00e9.pdf"}
    assert sorted(trouble.code for trouble in troubles) == ["file-unreadable", "name-twice", "not-a-file"]
