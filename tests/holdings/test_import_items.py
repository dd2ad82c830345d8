"""Importing several files into one record, and records into archive files."""

import pytest

from tests.holdings.test_import import nothing_is_there
from tests.holdings.test_import_screen import Page, codes
from tests.support.archive import Archive, file, pdf
from tests.support.importing import Desk
from vault.authorization.context import of_account
from vault.authorization.levels import Levels
from vault.holdings.importing import plan as plans
from vault.holdings.models import ArchiveFile, ImportRun, ObjectEvent, Record
from vault.holdings.services import importing

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

HEAD = "文件名,题名,日期,密级,案卷,件号"
SHELF = "检修案卷"

# Rows after the file's name: title, date, label, archive file, item. Then what is wrong, by row, code and value; and
# where nothing is, the files of each record, its text first.
ITEMS: dict[str, tuple[tuple[str, ...], list[tuple[int, str, str]] | list[list[str]]]] = {
    "one row, one record": (("题,2026-10-09,内部,,", "题,2026-10-09,内部,,"), [["1"], ["2"]]),
    "an item of one file": (("题,2026-10-09,内部,,1", "题,2026-10-09,内部,,2"), [["1"], ["2"]]),
    "text and attachments": (("题,2026-10-09,内部,,1", ",,,,1", ",,,,1"), [["1", "2", "3"]]),
    "in the table's order": (
        ("甲,2026-10-09,内部,,7", "乙,2026-10-09,内部,,3", ",,,,3", "丙,2026-10-09,公开,,", ",,,,7"),
        [["1", "5"], ["2", "3"], ["4"]],
    ),
    "the same said again": (("题,2026-10-09,内部,,1", "题,2026-10-09,内部,,1"), [["1", "2"]]),
    "another title": (("题,2026-10-09,内部,,1", "别的,,,,1"), [(3, "item-contradicts", "别的")]),
    "another label": (("题,2026-10-09,公开,,1", ",,内部,,1"), [(3, "item-contradicts", "内部")]),
    "said later, not first": (
        (",2026-10-09,内部,,1", "题,2026-10-08,,,1"),
        [(3, "item-contradicts", "2026-10-08"), (3, "item-contradicts", "题")],
    ),
    "the first row is wrong": (
        ("题,昨天,内部,,1", ",,,,1", ",,公开,,1"),
        [(2, "date-unreadable", "昨天"), (4, "item-contradicts", "公开")],
    ),
    "no text of one line": (("题,2026-10-09,内部,," + "件" * 501,), [(2, "text-refused", "件" * 501)]),
}


@pytest.mark.parametrize("case", ITEMS)
def test_rows_of_one_item_are_one_record(desk: Desk, case: str) -> None:
    """IE-01, IE-07: its first row the text and the description, the others attachments in their order."""
    rows, expected = ITEMS[case]
    desk.rows(*(f"{number}.pdf,{row}" for number, row in enumerate(rows, start=1)), headings=HEAD)
    for number in range(1, len(rows) + 1):
        desk.put(f"{number}.pdf")
    looked = desk.run("--dry-run").told
    assert nothing_is_there()
    done = desk.run()
    wrong = [(one["row"], one["code"], one["about"]) for one in looked["errors"]]
    if isinstance(expected[0], tuple):
        assert (wrong, done.code) == (expected, 1)
        assert nothing_is_there()
        return
    assert (wrong, looked["records"], looked["files"]) == ([], len(expected), len(rows))
    assert (done.code, done.told["imported"]) == (0, len(expected))
    found = [
        [
            component.versions.get().name.removesuffix(".pdf")
            for component in record.components.order_by("position")
        ]
        for record in Record.objects.all()
    ]
    assert sorted(found) == sorted(expected)
    assert ImportRun.objects.get().records == len(expected)


def test_an_imported_record_of_many_files_is_like_one_that_was_filed(desk: Desk) -> None:
    """PF-06: roles, pages, label and history, as by hand."""
    for name, pages in (("文.pdf", 2), ("附一.pdf", 1), ("附二.pdf", 3)):
        desk.put(name, pdf(pages, text=name.encode().hex()))
    desk.rows("文.pdf,来函,2026-10-09,公开,,甲", "附一.pdf,,,,,甲", "附二.pdf,,,,,甲", headings=HEAD)
    assert desk.run().code == 0
    imported = Record.objects.get()
    by_hand = file(
        desk.archive,
        desk.archive.clerk,
        *((name, pdf(pages, text=name)) for name, pages in (("1.pdf", 2), ("2.pdf", 1), ("3.pdf", 3))),
        label="open",
        title="手工",
        grouping="together",
        register_now="on",
    ).record

    def told(record: Record) -> tuple[object, ...]:
        parts = list(record.components.order_by("position"))
        return (
            record.page_count,
            record.levels,
            [(part.position, part.role, part.levels) for part in parts],
            sorted(ObjectEvent.objects.filter(record=record).values_list("type", flat=True)),
        )

    assert told(imported) == told(by_hand)
    reader = desk.archive.client(desk.archive.colleague)
    last = imported.components.get(position=3)
    page = reader.get(f"/records/{imported.pk}/components/{last.pk}/pages/3.png")
    assert page.content.startswith(b"\x89PNG")


def test_a_record_of_many_files_is_all_or_nothing_and_is_continued(desk: Desk, monkeypatch) -> None:
    """IE-01: one attachment that is held back holds up the whole; a good one in its place and it goes on."""
    desk.put("文.pdf")
    bad = desk.put("附.pdf", b"MZ\x90\x00" + b"\x00" * 200)
    desk.rows("文.pdf,来函,2026-10-09,内部,,1", "附.pdf,,,,,1", headings=HEAD)
    refused = desk.run()
    assert (refused.code, refused.codes) == (1, ["held-back"])
    assert not Record.objects.exists()
    bad.write_bytes(pdf(1, text="good"))
    assert desk.run("--resume").told["imported"] == 1
    assert Record.objects.get().components.count() == 2


def test_more_files_than_are_written_at_once_stay_in_their_records(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    monkeypatch.setattr("vault.holdings.management.commands.records_import.BATCH", 2)
    rows = [
        f"{n}.pdf,{'题' if n < 3 else ''},{'2026-10-09,内部' if n < 3 else ','},,{n % 3}" for n in range(8)
    ]
    for n in range(8):
        desk.put(f"{n}.pdf")
    desk.rows(*rows, headings=HEAD)
    done = desk.run()
    assert done.told["imported"] == 3, done.out
    assert sorted(record.components.count() for record in Record.objects.all()) == [2, 3, 3]


def test_a_plan_of_items_is_kept_and_found_again(desk: Desk) -> None:
    """IE-01: the page keeps which files belong together, and the command's plan is the same."""
    page = Page(desk.archive)
    rows = (f"一.pdf,来函,2026-10-09,内部,{SHELF},1", "二.pdf,另一件,2026-10-09,公开,,", "三.pdf,,,,,1")
    shelf = desk.archive.archive_file(SHELF)
    for name in ("一.pdf", "二.pdf", "三.pdf"):
        page.bodies[name] = desk.put(name).read_bytes()
    desk.rows(*rows, headings=HEAD)
    given = {"unit": desk.archive.hall.code, "series": "WS", "retention": "D30"}
    of_command = plans.look(of_account(desk.archive.clerk), desk.folder, table=desk.table, defaults=given)
    assert page.post("check", table=desk.table.read_bytes()).status_code == 200
    opened = page.post("begin", table=desk.table.read_bytes())
    assert opened.status_code == 201
    page.send("三.pdf")
    page.client = page.archive.client(page.account)
    assert [one["path"] for one in page.client.get("/records/import/").context["sending"]] == [
        "一.pdf",
        "二.pdf",
    ]
    for name in ("一.pdf", "二.pdf"):
        page.send(name)
    assert page.opened.plan.identity == of_command.identity
    assert (
        "导入 2 件"
        in page.client.get("/records/import/", headers={"Accept-Language": "zh-CN"}).content.decode()
    )
    assert page.finish().json()["imported"] == 2
    letter = next(record for record in Record.objects.all() if record.title == "来函")
    assert letter.archive_file == shelf
    names = [part.versions.get().name for part in letter.components.order_by("position")]
    assert names == ["一.pdf", "三.pdf"]


# What a cell calls an archive file → which is found, or the trouble.
SHELVES: dict[str, tuple[str, str]] = {
    "its title": (SHELF, "2026"),
    "blanks and case do not count": ("  Sample   VOLUME ", "sample"),
    "year and title": (f"2026/{SHELF}", "2026"),
    "a title of two years": ("年年有", "archive-file-ambiguous"),
    "one of the two": ("2025/年年有", "2025"),
    "another year": (f"2024/{SHELF}", "archive-file-unknown"),
    "no such title": ("没有的案卷", "archive-file-unknown"),
    "of another series": ("别类案卷", "archive-file-unknown"),
    "of another unit": ("别厅案卷", "archive-file-unknown"),
    "raised out of sight": ("密件案卷", "archive-file-unknown"),
}


@pytest.fixture
def shelves(archive: Archive, attested: None) -> dict[str, ArchiveFile]:
    """One of each kind; the last is as secret as what lies in it."""
    made = {"2026": archive.archive_file(SHELF), "sample": archive.archive_file("Sample Volume")}
    archive.archive_file("年年有")
    made["2025"] = archive.archive_file("年年有")
    ArchiveFile.objects.filter(pk=made["2025"].pk).update(year=2025)
    other = type(archive.series).objects.create(fonds=archive.fonds, code="KH", name="客户")
    of_series, of_unit = archive.archive_file("别类案卷"), archive.archive_file("别厅案卷")
    ArchiveFile.objects.filter(pk=of_series.pk).update(series=other)
    ArchiveFile.objects.filter(pk=of_unit.pk).update(unit=archive.other_hall)
    hidden = archive.archive_file("密件案卷")
    archive.clear(archive.director, state_level=2, restricted=1)
    file(archive, archive.director, label="secret", archive_file=str(hidden.pk), register_now="on")
    return made


@pytest.mark.parametrize("case", SHELVES)
def test_an_archive_file_is_named_by_its_title(
    desk: Desk, shelves: dict[str, ArchiveFile], case: str
) -> None:
    """IE-01, HA-01, PE-05: of the row's unit and series; what one may not know of is as absent as what is not there."""
    cell, expected = SHELVES[case]
    before = Record.objects.count()
    desk.put("一.pdf")
    desk.rows(f"一.pdf,题,2026-10-09,内部,{cell},", headings=HEAD)
    done = desk.run()
    if expected not in shelves:
        told = [(one["row"], one["code"], one["about"]) for one in done.told["errors"]]
        assert (done.code, told) == (1, [(2, expected, cell.strip())])
        assert Record.objects.count() == before
        return
    assert done.code == 0, done.out
    record = next(one for one in Record.objects.all() if one.title == "题")
    assert record.archive_file == shelves[expected]


def test_the_page_says_the_same_of_an_archive_file(desk: Desk, shelves: dict[str, ArchiveFile]) -> None:
    """PE-05: hidden and missing give the same sentence."""
    page = Page(desk.archive)
    page.put("一.pdf", "二.pdf")
    rows = [
        f"{name},,2026-10-09,内部,{cell},"
        for name, cell in (("一.pdf", "密件案卷"), ("二.pdf", "没有的案卷"))
    ]
    answer = page.post("check", table="\r\n".join((HEAD, *rows)).encode())
    assert codes(answer) == [
        (2, "archive-file-unknown", "密件案卷"),
        (3, "archive-file-unknown", "没有的案卷"),
    ]
    assert len({one.sentence for one in answer.context["troubles"]}) == 1


def test_records_raise_the_archive_file_they_come_to(desk: Desk) -> None:
    """CL-11."""
    shelf = desk.archive.archive_file(SHELF)
    ArchiveFile.objects.filter(pk=shelf.pk).update(restricted=0, own_restricted=0)
    desk.put("一.pdf")
    desk.rows(f"一.pdf,题,2026-10-09,内部,{SHELF},", headings=HEAD)
    assert desk.run().code == 0
    shelf.refresh_from_db()
    assert shelf.levels == Levels(restricted=1)


@pytest.mark.parametrize("through", ["page", "command"])
def test_an_archive_file_that_leaves_one_s_sight_meanwhile_takes_nothing_in(
    desk: Desk, attested: None, monkeypatch, through: str
) -> None:
    """PE-08: asked again when all is registered."""
    archive, shelf = desk.archive, desk.archive.archive_file(SHELF)
    archive.clear(archive.director, state_level=2, restricted=1)
    row = f"一.pdf,题,2026-10-09,内部,{SHELF},"

    def hide() -> None:
        file(archive, archive.director, label="secret", archive_file=str(shelf.pk), register_now="on")

    if through == "page":
        page = Page(archive)
        page.put("一.pdf")
        assert page.post("begin", table=f"{HEAD}\r\n{row}".encode()).status_code == 201
        page.send("一.pdf")
        hide()
        refused = page.finish()
        assert (refused.status_code, codes(refused)) == (409, [(2, "archive-file-unknown", f"2026/{SHELF}")])
    else:
        finish = importing.finish

        def overtaken(**given: object) -> int:
            hide()
            return finish(**given)

        monkeypatch.setattr(importing, "finish", overtaken)
        desk.put("一.pdf")
        desk.rows(row, headings=HEAD)
        refused = desk.run()
        assert (refused.code, refused.codes, refused.told["imported"]) == (1, ["archive-file-unknown"], 0)
    assert [record.archive_file for record in Record.objects.all()] == [shelf]
    assert Record.objects.get().levels.state == 2
