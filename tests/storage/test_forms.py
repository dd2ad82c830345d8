"""Printed registers: what stands on the paper is what was given, and the file is fit to be kept."""

import io
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from storage import forkserver, forms
from storage.forms import Column, Register, errors

AT = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
NAMES = (
    "序号",
    "日期",
    "编号",
    "申请人",
    "单位",
    "密级",
    "事项",
    "范围",
    "用途",
    "审批人",
    "次数/份数",
    "归还/办结",
    "备注",
)


def register(*rows: tuple[str, ...], **changes: object) -> Register:
    return Register(
        **{
            "title": "复制登记",
            "columns": tuple(Column(name) for name in NAMES),
            "rows": rows,
            "at": AT,
            "facts": (("期间", "2026-11-01 至 2026-11-27"),),
            "foot": "金匮",
            "empty": "本期无登记。",
            **changes,
        }
    )


def row(number: int, purpose: str = "核对检修方案") -> tuple[str, ...]:
    rest = ("王五", "2/2", "已办结", "")
    return (
        str(number),
        "2026-11-27",
        f"Q2026-{number:04}",
        "张三",
        "城南营业厅",
        "内部",
        "复制",
        "1-10, 12",
        purpose,
        *rest,
    )


def sheets(made: bytes) -> list[str]:
    """The text of each sheet without blanks: a line that is broken is the same line, and so is a word."""
    document = pypdfium2.PdfDocument(made)
    found = [page.get_textpage().get_text_range() for page in document]
    return ["".join(text.replace("\u200b", "").replace("\ufffe", "").split()) for text in found]


def plain(*texts: str) -> str:
    return "".join("".join(texts).split())


def body(made: bytes) -> str:
    """What stands in the rows of all sheets, without the head of the table and the foot."""
    found = ""
    for number, text in enumerate(pages := sheets(made), 1):
        _, head, rest = text.partition(plain(*NAMES))
        assert head
        rest, foot, after = rest.rpartition(f"金匮第{number}页共{len(pages)}页")
        assert foot
        assert not after
        found += rest
    return found


def test_the_rows_on_paper_are_the_rows_that_were_given() -> None:
    """RQ-13: in their order, over several sheets, each with the head of the table and its number of all sheets."""
    rows = [row(number) for number in range(1, 61)]
    made = forms.produce(register(*rows))
    assert len(sheets(made)) > 1
    assert body(made) == plain(*(cell for each in rows for cell in each))
    assert sheets(made)[0].startswith(plain("复制登记期间：2026-11-01至2026-11-27"))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("#strong[核对] *方案* $x^2$ `a` \\ <b> @c #sys.inputs", None),
        (']) #pagebreak() #read("/etc/passwd")', None),
        ("第一行\n第二行\u202e倒写", "第一行第二行倒写"),
        ("罕用字\U00020bb7和\U0001f600", "罕用字〔U+20BB7〕和〔U+1F600〕"),
        ("https://" + "a" * 400, None),
    ],
)
def test_what_people_typed_is_data(typed: str, printed: str | None) -> None:
    """RQ-13: nothing of it is markup, nothing is cut off, and what cannot be drawn is written as its number."""
    rows = row(1, typed), row(2)
    wanted = row(1, printed or typed), row(2)
    assert body(forms.produce(register(*rows))) == plain(*(cell for each in wanted for cell in each))


def test_a_cell_longer_than_a_sheet_goes_on_on_the_next() -> None:
    found = body(forms.produce(register(row(1, "长" * 2000), row(2))))
    assert found.count("长") == 2000
    assert found.endswith(plain(*row(2)))


def test_a_register_without_rows_says_so() -> None:
    assert "本期无登记。" in sheets(forms.produce(register()))[0]


def test_the_file_is_fit_for_long_keeping() -> None:
    """RQ-13: PDF/A-2b by its own word, fonts within, nothing that runs or is attached, the instant of its making."""
    made = forms.produce(register(row(1)))
    with pikepdf.open(io.BytesIO(made)) as document:
        with document.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "B")
            assert told["dc:title"] == "复制登记"
            assert told["xmp:CreateDate"].startswith("2026-11-27T15:30:00")
        assert "/OutputIntents" in document.Root
        assert not {"/AA", "/OpenAction", "/AcroForm"} & set(document.Root.keys())
        assert not document.attachments
        for page in document.pages:
            for font in page.Resources.Font.values():
                below = font.DescendantFonts[0].FontDescriptor
                assert {"/FontFile2", "/FontFile3"} & set(below.keys())
    assert forms.produce(register(row(1))) == made


def test_more_than_a_file_holds_is_refused() -> None:
    with pytest.raises(errors.TooManyRows) as refused:
        forms.produce(register(*[row(1)] * (forms.MAX_ROWS + 1)))
    assert str(forms.MAX_ROWS) in str(refused.value)
    with pytest.raises(ValueError, match="each column"):
        register(("1",))


def test_a_child_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> bytes:
        raise forkserver.JobCrashed

    monkeypatch.setattr(forkserver, "run", fails)
    with pytest.raises(errors.FormFailed):
        forms.produce(register(row(1)))
