"""Importing a folder: from its table to registered records, all or nothing."""

import os
from datetime import date, timedelta

import pytest

from audit import clock, outbox
from audit.models import Event
from storage.models import KeySlot
from tests.support.archive import file, pdf
from tests.support.importing import Desk
from vault.authorization.actions import Action
from vault.holdings.models import ImportRun, IntakeSession, ObjectEvent, Record, StagedFile
from vault.holdings.services import importing, staging

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def nothing_is_there() -> bool:
    return not (Record.objects.exists() or StagedFile.objects.exists() or KeySlot.objects.exists())


def test_a_folder_with_its_table_becomes_registered_records(desk: Desk) -> None:
    """IE-01, IE-07: each row a record with its description, its label and its body; a colleague reads it."""
    desk.put("2026/通知.pdf", pdf(3))
    desk.put("计划.pdf")
    desk.rows("2026/通知.pdf,关于检修的通知,2026-10-09,内部", "计划.pdf,,2026年1月5日,公开")
    done = desk.run()
    assert (done.code, done.told["imported"]) == (0, 2)
    found = {record.title: record for record in Record.objects.all()}
    notice, scheme = found["关于检修的通知"], found["计划"]
    assert (notice.state, notice.restricted, notice.page_count) == ("registered", 1, 3)
    assert (scheme.state, scheme.restricted, scheme.record_date) == ("registered", 0, date(2026, 1, 5))
    assert notice.filed_by == desk.archive.clerk.person
    assert notice.label_decisions.get().status == "decided"
    component = notice.components.get()
    reader = desk.archive.client(desk.archive.colleague)
    page = reader.get(f"/records/{notice.pk}/components/{component.pk}/pages/3.png")
    assert page.content.startswith(b"\x89PNG")
    assert component.versions.get().name == "通知.pdf"


def test_every_step_of_an_import_is_an_event_of_the_object(desk: Desk) -> None:
    """PF-06: an imported record has the history of one that was filed and registered by hand."""
    desk.put("通知.pdf")
    assert desk.run("--date=2026-10-09", table=False, label="内部").code == 0
    by_hand = file(desk.archive, desk.archive.clerk, register_now="on").record
    imported = Record.objects.exclude(pk=by_hand.pk).get()
    kinds = [
        set(ObjectEvent.objects.filter(record=one).values_list("type", flat=True))
        for one in (imported, by_hand)
    ]
    assert kinds[0] == kinds[1]


def test_one_bad_row_and_nothing_is_stored(desk: Desk) -> None:
    """IE-01: one bad row → none stored; put right, the same import goes through."""
    for name in ("一.pdf", "二.pdf", "三.pdf"):
        desk.put(name)
    rows = ["一.pdf,,2026-10-09,内部", "二.pdf,,2026-13-09,内部", "三.pdf,,2026-10-09,内部"]
    desk.rows(*rows)
    refused = desk.run()
    assert refused.code == 1
    assert [(error["row"], error["code"]) for error in refused.told["errors"]] == [(3, "date-unreadable")]
    assert nothing_is_there()
    desk.rows(*[row.replace("2026-13", "2026-10") for row in rows])
    assert desk.run().told["imported"] == 3


def test_a_file_that_inspection_holds_back_stops_the_whole_import(desk: Desk) -> None:
    """IE-01, PF-03: found only while it is received; it stays in quarantine, and a good one in its place goes on."""
    desk.put("好.pdf")
    bad = desk.put("坏.pdf", b"MZ\x90\x00" + b"\x00" * 200)
    desk.rows("好.pdf,,2026-10-09,内部", "坏.pdf,,2026-10-09,内部")
    refused = desk.run()
    assert (refused.code, refused.codes) == (1, ["held-back"])
    assert not Record.objects.exists()
    assert "坏.pdf" in desk.archive.client(desk.archive.clerk).get("/records/quarantine/").content.decode()
    assert desk.run("--resume").codes == ["held-back"]
    bad.write_bytes(pdf(1, text="good"))
    assert desk.run("--resume").told["imported"] == 2
    assert StagedFile.objects.filter(integrity="quarantined", closed_at=None).count() == 1


def test_a_dry_run_says_what_is_wrong_and_changes_nothing(desk: Desk) -> None:
    """IE-01: counts, metadata, labels and names, each with its row; several mistakes of one row at once."""
    desk.put("一.pdf")
    desk.put("多余.pdf")
    desk.rows("一.pdf,题,昨天,机密", "没有.pdf,题,2026-10-09,内部", "一.pdf,题,2999-01-01,内部")
    told = desk.run("--dry-run").told
    assert {(error["row"], error["code"], error["about"]) for error in told["errors"]} == {
        (0, "file-not-in-table", "多余.pdf"),
        (2, "date-unreadable", "昨天"),
        (2, "label-classified", "机密"),
        (3, "file-missing", "没有.pdf"),
        (4, "file-twice", "一.pdf"),
        (4, "date-future", "2999-01-01"),
    }
    assert all(error["sentence"] for error in told["errors"])
    assert nothing_is_there()
    assert not ImportRun.objects.exists()


def test_a_dry_run_without_an_error_changes_nothing_either(desk: Desk) -> None:
    desk.put("一.pdf")
    done = desk.run("--dry-run", "--date=2026-10-09", table=False, label="open")
    assert (done.code, done.told["records"], done.told["imported"]) == (0, 1, 0)
    assert nothing_is_there()


@pytest.mark.parametrize("label", ["", "机密", "机密★20年", "core", "普通商密", "无"])
def test_a_label_is_never_assumed_and_never_above_internal(desk: Desk, label: str) -> None:
    """CL-02, P-02: classified content is filed one by one from a registered terminal."""
    desk.put("一.pdf")
    refused = desk.run("--date=2026-10-09", table=False, label=label)
    expected = {"": "label-missing", "无": "label-unknown"}.get(label, "label-classified")
    assert (refused.code, refused.codes) == (1, [expected])
    assert nothing_is_there()
    assert desk.run("--date=2026-10-09", table=False, label="内部").code == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_of_practice(desk: Desk, encoding: str) -> None:
    """IE-07: UTF-8 with and without BOM, and GB18030 with a character outside GBK."""
    desk.put("通知.pdf")
    desk.rows("通知.pdf,𠮷野家的通知,2026-10-09,内部", encoding=encoding)
    assert desk.run().code == 0
    assert Record.objects.get().title == "𠮷野家的通知"


def test_a_workbook_is_read_and_its_formulas_are_text(desk: Desk) -> None:
    """IE-07: nothing is calculated; a day cell is a day."""
    from openpyxl import Workbook

    desk.put("通知.pdf")
    book = Workbook()
    book.active.append(["File", "Title", "Date", "Label"])
    book.active.append(["通知.pdf", '=HYPERLINK("http://x")', date(2026, 10, 9), "internal"])
    desk.table = desk.table.with_suffix(".xlsx")
    book.save(desk.table)
    assert desk.run().code == 0
    record = Record.objects.get()
    assert (record.title, record.record_date) == ('=HYPERLINK("http://x")', date(2026, 10, 9))


def test_names_in_gb18030_bytes_are_read_as_what_they_say(desk: Desk) -> None:
    """Bad input: a disk of an old system, its names in bytes that are no UTF-8."""
    raw = os.fsencode(desk.folder) + b"/" + "旧通知.pdf".encode("gb18030")
    with open(raw, "wb") as made:
        made.write(pdf())
    desk.rows("旧通知.pdf,,2026-10-09,内部")
    assert desk.run().code == 0
    assert Record.objects.get().title == "旧通知"


@pytest.mark.parametrize(
    "path", ["../secret.pdf", "/etc/passwd", "sub/../../secret.pdf", "..\\secret.pdf", "C:\\x.pdf"]
)
def test_a_path_never_leads_out_of_the_folder(desk: Desk, path: str) -> None:
    """IE-03"""
    (desk.folder.parent / "secret.pdf").write_bytes(pdf())
    desk.put("一.pdf")
    desk.rows("一.pdf,,2026-10-09,内部", f"{path},,2026-10-09,内部")
    refused = desk.run()
    assert (refused.code, refused.codes) == (1, ["path-escape"])
    assert nothing_is_there()


@pytest.mark.parametrize("kind", ["file", "folder", "nowhere"])
def test_a_link_is_never_followed(desk: Desk, kind: str) -> None:
    """IE-03: neither to a file, nor to a folder, nor one that leads nowhere."""
    outside = desk.folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.pdf").write_bytes(pdf())
    target = {"file": outside / "secret.pdf", "folder": outside, "nowhere": outside / "gone"}[kind]
    desk.put("一.pdf")
    (desk.folder / "链接.pdf").symlink_to(target)
    refused = desk.run("--date=2026-10-09", table=False, label="内部")
    assert (refused.code, refused.codes) == (1, ["not-a-file"])
    assert nothing_is_there()


def test_a_link_that_takes_a_files_place_after_the_look_is_not_followed(desk: Desk, monkeypatch) -> None:
    """IE-03: between the dry run's look and the run."""
    secret = desk.folder.parent / "secret.pdf"
    secret.write_bytes(pdf())
    path = desk.put("一.pdf")
    begin = importing.begin

    def swapped(**given: object) -> ImportRun:
        path.unlink()
        path.symlink_to(secret)
        return begin(**given)

    monkeypatch.setattr(importing, "begin", swapped)
    refused = desk.run("--date=2026-10-09", table=False, label="内部")
    assert (refused.code, refused.codes) == (1, ["file-unreadable"])
    assert not Record.objects.exists()
    assert not KeySlot.objects.exists()


def test_a_file_that_changes_while_it_is_imported_stops_it(desk: Desk, monkeypatch) -> None:
    """IE-01: what was checked is what is stored."""
    path = desk.put("一.pdf", pdf(1))
    begin = importing.begin

    def changed(**given: object) -> ImportRun:
        path.write_bytes(pdf(1).replace(b"595", b"596") + b"\n")
        return begin(**given)

    monkeypatch.setattr(importing, "begin", changed)
    assert desk.run("--date=2026-10-09", table=False, label="内部").codes == ["file-changed"]
    assert not Record.objects.exists()


def test_duplicates_are_shown_as_far_as_the_importer_may_know(desk: Desk) -> None:
    """PE-05: by keyed digest; what he may not know of is not told, though it has the same content."""
    known, hidden = pdf(2, text="known"), pdf(2, text="hidden")
    file(desk.archive, desk.archive.colleague, ("a.pdf", known), title="已有的", register_now="on")
    file(
        desk.archive,
        desk.archive.stranger,
        ("b.pdf", hidden),
        title="别厅的",
        register_now="on",
        unit=str(desk.archive.other_hall.pk),
    )
    desk.put("1.pdf", known)
    desk.put("2.pdf", hidden)
    desk.put("3.pdf", hidden)
    told = desk.run("--dry-run", "--date=2026-10-09", table=False, label="内部").told
    assert told["errors"] == []
    assert [(one["file"], one["title"], one["same_as_row"]) for one in told["duplicates"]] == [
        ("1.pdf", "已有的", 0),
        ("3.pdf", "", 2),
    ]


def test_an_import_that_broke_off_is_continued_and_receives_nothing_twice(desk: Desk, monkeypatch) -> None:
    """IE-01: resumable; until it is finished nothing of it is visible."""
    for number in range(4):
        desk.put(f"{number}.pdf")
    monkeypatch.setattr("vault.holdings.management.commands.records_import.BATCH", 2)
    receive, calls = importing.receive, []

    def broken(**given: object) -> object:
        calls.append(len(given["lines"]))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return receive(**given)

    monkeypatch.setattr(importing, "receive", broken)
    assert desk.run("--date=2026-10-09", table=False, label="内部").code == 130
    assert not Record.objects.exists()
    assert StagedFile.objects.count() == 2
    calls[:] = [0, 0]
    assert desk.run("--resume", "--date=2026-10-09", table=False, label="内部").told["imported"] == 4
    assert calls == [0, 0, 2]
    assert Record.objects.count() == 4


def test_only_the_same_import_is_continued_and_by_the_same_person(desk: Desk, monkeypatch) -> None:
    desk.put("一.pdf")
    monkeypatch.setattr(importing, "finish", _interrupted)
    given = {"table": False, "label": "内部"}
    assert desk.run("--date=2026-10-09", **given).code == 130
    for refused in (
        desk.run("--resume", "--date=2026-10-08", **given),
        desk.run("--resume", "--date=2026-10-09", account=desk.archive.colleague, **given),
    ):
        assert refused.code == 1
        assert "--resume" in refused.out
    monkeypatch.undo()
    assert Desk.run(desk, "--resume", "--date=2026-10-09", **given).code == 0


def _interrupted(**_given: object) -> None:
    raise KeyboardInterrupt


def test_begun_anew_it_gives_up_what_the_former_one_had_received(desk: Desk, monkeypatch) -> None:
    """Two at once: the later one holds, the earlier finds its sessions closed; never both."""
    desk.put("一.pdf")
    first: list[ImportRun] = []
    finish = importing.finish

    def overtaken(**given: object) -> int:
        first.append(given["run"])
        monkeypatch.setattr(importing, "finish", finish)
        second = desk.run("--date=2026-10-09", table=False, label="内部")
        assert second.told["imported"] == 1
        return finish(**given)

    monkeypatch.setattr(importing, "finish", overtaken)
    refused = desk.run("--date=2026-10-09", table=False, label="内部")
    assert refused.code == 1
    assert Record.objects.count() == 1
    assert ImportRun.objects.filter(closed_at=None).count() == 0
    assert KeySlot.objects.count() == 1


def test_each_record_and_the_import_have_their_event(desk: Desk) -> None:
    """AU-02: an intent and an outcome for each record, and for the whole with count and digest of the table."""
    for name in ("一.pdf", "二.pdf"):
        desk.put(name)
    desk.rows("一.pdf,,2026-10-09,内部", "二.pdf,,2026-10-09,公开")
    assert desk.run().code == 0
    while outbox.relay():
        pass
    told = Event.objects.filter(action=str(Action.IMPORT), phase="outcome", outcome="granted")
    assert sorted(told.values_list("object_type", flat=True)) == [
        "import_run",
        "import_run",
        "record",
        "record",
    ]
    of_records = told.filter(object_type="record")
    assert {str(pk) for pk in Record.objects.values_list("pk", flat=True)} == set(
        of_records.values_list("object_id", flat=True)
    )
    assert set(of_records.values_list("person", flat=True)) == {str(desk.archive.clerk.person_id)}
    assert (
        not Event.objects.filter(action=str(Action.IMPORT), phase="intent")
        .exclude(uid__in=told.values("closes"))
        .exists()
    )


def test_what_an_import_left_behind_goes_after_a_day(desk: Desk, monkeypatch) -> None:
    """Bodies that nobody filed are nobody's evidence: they go with their keys."""
    desk.put("一.pdf")
    monkeypatch.setattr(importing, "finish", _interrupted)
    assert desk.run("--date=2026-10-09", table=False, label="内部").code == 130
    IntakeSession.objects.update(opened_at=clock.now() - timedelta(hours=25))
    ImportRun.objects.update(opened_at=clock.now() - timedelta(hours=25))
    assert staging.expire() == 1
    assert not KeySlot.objects.exists()
    monkeypatch.undo()
    assert Desk.run(desk, "--resume", "--date=2026-10-09", table=False, label="内部").code == 1


def test_a_session_of_an_import_is_not_filed_by_itself(desk: Desk, monkeypatch) -> None:
    """All or nothing by every road: the filing page's addresses do not know it."""
    desk.put("一.pdf")
    monkeypatch.setattr(importing, "finish", _interrupted)
    assert desk.run("--date=2026-10-09", table=False, label="内部").code == 130
    session = IntakeSession.objects.get()
    client = desk.archive.client(desk.archive.clerk)
    answer = client.post(f"/records/intake/{session.pk}/register/", "{}", content_type="application/json")
    assert answer.status_code == 404
    assert not Record.objects.exists()
