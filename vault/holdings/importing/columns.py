"""What the columns of a table are called, in Chinese and in English. Pure.

A column that is not here is an error that names it: what is not understood would be lost in silence.
"""

import csv
import io

COLUMNS: dict[str, tuple[str, ...]] = {
    "file": ("文件名", "file"),
    "title": ("题名", "title"),
    "record_date": ("日期", "形成日期", "成文日期", "date"),
    "document_no": ("文号", "文件编号", "document number"),
    "creator": ("责任者", "creator"),
    "series": ("类别", "series"),
    "retention": ("保管期限", "retention"),
    "label": ("密级", "label"),
    "unit": ("单位", "unit"),
    "place": ("存放位置", "place"),
    "archive_file": ("案卷", "archive file"),
    "item": ("件号", "item"),
    "sha256": ("校验值", "SHA-256"),
}
NAMES = {name.casefold(): column for column, names in COLUMNS.items() for name in (column, *names)}
# Full-width signs too: a Chinese spreadsheet begins a formula with either.
MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def column_of(heading: str) -> str | None:
    """The column a heading stands for, or None; blanks around it and the case of letters do not count."""
    return NAMES.get(" ".join(heading.split()).casefold())


def as_csv(rows: list[list[str]]) -> bytes:
    """Rows as UTF-8 with BOM, which spreadsheets read as Chinese; a cell that one would calculate is made text."""
    out = io.StringIO()
    csv.writer(out).writerows([[harmless(cell) for cell in row] for row in rows])
    return ("\ufeff" + out.getvalue()).encode()


def harmless(cell: str) -> str:
    """A cell as text: what begins like a formula has an apostrophe before it, as spreadsheets write text themselves."""
    return f"'{cell}" if cell.lstrip(" ").startswith(MARKS) or cell.startswith(MARKS) else cell


def as_typed(cell: str) -> str:
    """Reverse `harmless`, so that what was exported is imported as it was."""
    return cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell


def template(*, chinese: bool) -> bytes:
    """An empty table with every column and one row as an example."""
    headings = [names[0] if chinese else names[-1] for names in COLUMNS.values()]
    example = {
        "file": "2026/通知.pdf",
        "title": "关于检修的通知",
        "record_date": "2026-10-09",
        "document_no": "客服〔2026〕12号",
        "creator": "客户服务部",
        "series": "WS",
        "retention": "D30",
        "label": "内部",
        "unit": "",
        "place": "",
        "archive_file": "",
        "item": "1",
        "sha256": "",
    }
    return as_csv([headings, [example[column] for column in COLUMNS]])
