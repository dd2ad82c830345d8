"""Importing from the browser: looked at, sent file by file, registered together or not at all."""

import io
import json
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from accounts.models import Account, Appointment
from audit import clock, outbox
from audit.models import Event
from storage.models import KeySlot
from tests.holdings.test_import import nothing_is_there
from tests.support.archive import Archive, pdf
from tests.support.importing import HEADINGS, Desk
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.importing import columns, screen
from vault.holdings.importing import plan as plans
from vault.holdings.models import ImportRun, IntakeSession, Record, StagedFile

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
BAD = b"MZ\x90\x00" + b"\x00" * 200


class Page:
    """Somebody at the page of an import, as its script works it."""

    def __init__(self, archive: Archive, account: Account | None = None) -> None:
        self.archive = archive
        self.account = account or archive.clerk
        self.client: Client = archive.client(self.account)
        self.bodies: dict[str, bytes] = {}

    def put(self, *names: str, **bodies: bytes) -> None:
        for name in names:
            self.bodies[name] = pdf(1, text=name.encode().hex())

    def post(self, step: str, *rows: str, table: bytes | None = None, **changes: str):
        data: dict[str, object] = {
            "unit": str(self.archive.hall.pk),
            "series": str(self.archive.series.pk),
            "retention_class": str(self.archive.retention.pk),
            "record_date": "",
            "label": "",
            "step": step,
            "files": json.dumps([[name, len(body)] for name, body in self.bodies.items()]),
            **changes,
        }
        if rows:
            table = "\r\n".join((HEADINGS, *rows)).encode()
        if table is not None:
            data["table"] = SimpleUploadedFile("list.csv", table)
        return self.client.post("/records/import/", data)

    @property
    def opened(self) -> screen.Opened:
        found = screen.opened(of_account(self.account))
        assert found is not None
        return found

    def send(self, name: str, body: bytes | None = None):
        number = next(line.number for line in self.opened.plan.lines if line.file.path == name)
        return self.client.put(
            f"/records/import/{self.opened.run.pk}/{number}/",
            data=self.bodies[name] if body is None else body,
            content_type="application/octet-stream",
            headers={"X-File-Name": quote("ganz anders.exe")},
        )

    def finish(self):
        return self.client.post(f"/records/import/{self.opened.run.pk}/")


def codes(answer) -> list[tuple[int, str, str]]:
    return [(one.row, one.code, one.about) for one in answer.context["troubles"]]


@pytest.fixture
def page(archive: Archive) -> Page:
    return Page(archive)


def test_a_folder_with_its_table_becomes_registered_records(page: Page) -> None:
    """IE-01, IE-07: the description of the row, the name of the folder and not of the request, and the body."""
    page.put("2026/通知.pdf", "计划.pdf")
    rows = ("2026/通知.pdf,关于检修的通知,2026-10-09,内部", "计划.pdf,,2026年1月5日,公开")
    assert page.post("begin", *rows).status_code == 201
    for name in page.bodies:
        assert page.send(name).json()["state"] == "accepted"
    done = page.finish()
    assert (done.status_code, done.json()) == (201, {"location": "/records/", "imported": 2})
    found = {record.title: record for record in Record.objects.all()}
    notice, scheme = found["关于检修的通知"], found["计划"]
    assert (notice.state, notice.restricted, notice.page_count) == ("registered", 1, 1)
    assert (scheme.state, scheme.restricted) == ("registered", 0)
    version = notice.components.get().versions.get()
    assert version.name == "通知.pdf"
    reader = page.archive.client(page.archive.colleague)
    original = reader.get(f"/records/{scheme.pk}/components/{scheme.components.get().pk}/original")
    assert b"".join(original.streaming_content) == page.bodies["计划.pdf"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "xlsx"])
def test_the_page_and_the_command_have_the_same_plan_of_the_same_table(desk: Desk, encoding: str) -> None:
    """IE-01: one reader, one meaning. The kept plan too, read again out of its sessions."""
    page = Page(desk.archive)
    rows = ("2026/通知.pdf,关于检修的通知,2026-10-09,内部", "计划.pdf,,2026年1月5日,公开")
    for name in ("2026/通知.pdf", "计划.pdf"):
        page.bodies[name] = desk.put(name).read_bytes()
    if encoding == "xlsx":
        book = Workbook()
        for row in (HEADINGS, *rows):
            book.active.append(row.split(","))
        out = io.BytesIO()
        book.save(out)
        desk.table.write_bytes(out.getvalue())
    else:
        desk.rows(*rows, encoding=encoding)
    codes_given = {"unit": desk.archive.hall.code, "series": "WS", "retention": "D30"}
    context = of_account(desk.archive.clerk)
    of_command = plans.look(context, desk.folder, table=desk.table, defaults=codes_given)
    assert of_command.troubles == []
    assert page.post("begin", table=desk.table.read_bytes()).status_code == 201
    for name in page.bodies:
        page.send(name)
    of_page = page.opened.plan
    assert of_page.identity == of_command.identity
    assert [line.digest for line in of_page.lines] == [line.digest for line in of_command.lines]
    assert ImportRun.objects.get(plan_index=of_command.identity) == page.opened.run


def test_the_page_and_the_command_find_the_same_wrong(desk: Desk) -> None:
    """IE-01: row for row, and the surplus file by its name."""
    page = Page(desk.archive)
    for name in ("一.pdf", "多余.pdf"):
        page.bodies[name] = desk.put(name).read_bytes()
    rows = ("一.pdf,题,昨天,机密", "没有.pdf,题,2026-10-09,内部", "一.pdf,题,2999-01-01,内部", "../x.pdf,,,")
    desk.rows(*rows)
    told = desk.run("--dry-run").told["errors"]
    answer = page.post("check", *rows)
    assert answer.status_code == 400
    assert codes(answer) == [(one["row"], one["code"], one["about"]) for one in told]
    assert {"date-unreadable", "label-classified", "file-missing", "file-twice", "path-escape"} <= {
        code for _row, code, _about in codes(answer)
    }
    assert answer.content.decode().count("data-trouble=") == len(told)
    assert page.post("begin", *rows).status_code == 400
    assert nothing_is_there()
    assert not ImportRun.objects.exists()


def test_looking_stores_nothing(page: Page) -> None:
    page.put("一.pdf")
    answer = page.post("check", record_date="2026-10-09", label="open")
    assert (answer.status_code, len(answer.context["plan"].lines)) == (200, 1)
    assert nothing_is_there()
    assert not ImportRun.objects.exists()
    assert not IntakeSession.objects.exists()


@pytest.mark.parametrize(("label", "code"), [("", "label-missing"), ("core", "")])
def test_a_label_is_never_assumed_and_never_above_internal(page: Page, label: str, code: str) -> None:
    """CL-02, P-02: the page offers none above internal, and none is preselected."""
    page.put("一.pdf")
    answer = page.post("begin", record_date="2026-10-09", label=label)
    assert answer.status_code == 400
    assert [one for _row, one, _about in codes(answer)] == ([code] if code else [])
    assert bool(answer.context["form"].errors) is not bool(code)
    assert nothing_is_there()
    offered = page.client.get("/records/import/").content.decode()
    assert 'value="internal"' in offered
    assert 'value="core"' not in offered
    assert "checked" not in offered


@pytest.mark.parametrize(
    "files", ["", "[]", "{}", "7", "[[1,2]]", '[["a.pdf",-1]]', '[["a.pdf"]]', "[" * 5000]
)
def test_a_list_of_files_that_no_script_of_ours_writes_is_refused(page: Page, files: str) -> None:
    answer = page.post("begin", record_date="2026-10-09", label="open", files=files)
    assert answer.status_code == 400
    assert "files" in answer.context["form"].errors
    assert nothing_is_there()


@pytest.mark.parametrize("sizes", [[1] * 501, [1024**3, 1024**3, 1]])
def test_more_than_the_page_takes_is_the_command_s(page: Page, sizes: list[int]) -> None:
    files = json.dumps([[f"{number}.pdf", size] for number, size in enumerate(sizes)])
    answer = page.post("begin", record_date="2026-10-09", label="open", files=files)
    assert answer.status_code == 400
    assert "records_import" in str(answer.context["form"].errors["files"])
    assert (
        page.post(
            "check", record_date="2026-10-09", label="open", files=json.dumps([["a.pdf", 9]])
        ).status_code
        == 200
    )


def test_a_page_that_was_closed_finds_its_import_again(page: Page) -> None:
    """IE-01: what has arrived is not asked for again, and what is missing is named."""
    page.put("一.pdf", "二.pdf")
    page.post("begin", record_date="2026-10-09", label="internal")
    page.send("一.pdf")
    page.client = page.archive.client(page.account)
    seen = page.client.get("/records/import/")
    assert [file["path"] for file in seen.context["sending"]] == ["二.pdf"]
    refused = page.finish()
    assert (refused.status_code, codes(refused)) == (409, [(2, "not-received", "二.pdf")])
    assert not Record.objects.exists()
    page.send("二.pdf")
    assert page.client.get("/records/import/").context["sending"] == []
    assert page.finish().json()["imported"] == 2
    assert "opened" not in page.client.get("/records/import/").context
    assert not StagedFile.objects.filter(key_slot__isnull=False).exists()


def test_a_file_that_is_held_back_stops_all_until_another_takes_its_place(page: Page) -> None:
    """IE-01, PF-03: it stays in quarantine."""
    page.put("好.pdf", "坏.pdf")
    page.post("begin", record_date="2026-10-09", label="internal")
    page.send("好.pdf")
    answer = page.send("坏.pdf", BAD).json()
    assert answer["state"] == "quarantined"
    assert answer["reasons"]
    refused = page.finish()
    assert (refused.status_code, codes(refused)) == (409, [(1, "held-back", "坏.pdf")])
    assert not Record.objects.exists()
    assert "坏.pdf" in page.client.get("/records/quarantine/").content.decode()
    page.send("坏.pdf")
    assert page.finish().json()["imported"] == 2
    assert StagedFile.objects.filter(integrity="quarantined", closed_at=None).count() == 1


def test_the_same_content_is_shown_once_the_bodies_are_there(page: Page) -> None:
    """IE-01: of another row, and of a record that one may know of."""
    page.put("一.pdf", "二.pdf")
    page.post("begin", record_date="2026-10-09", label="internal")
    page.send("一.pdf")
    page.send("二.pdf", page.bodies["一.pdf"])
    same = page.opened.duplicates
    assert [(one.row, one.path, one.same_as_row) for one in same] == [(2, "二.pdf", 1)]
    assert page.finish().json()["imported"] == 2
    page.put("三.pdf")
    page.post("begin", record_date="2026-10-09", label="internal", files=json.dumps([["三.pdf", 9]]))
    page.send("三.pdf", page.bodies["一.pdf"])
    assert page.opened.duplicates[0].title in {"一", "二"}
    assert page.opened.duplicates[0].title in page.client.get("/records/import/").content.decode()


def test_another_import_discards_the_open_one(page: Page) -> None:
    """The page says so before; what had come goes with its key."""
    page.put("一.pdf")
    page.post("begin", record_date="2026-10-09", label="internal")
    page.send("一.pdf")
    first = page.opened.run
    offered = page.client.get("/records/import/?new=1")
    assert offered.context["former"].run == first
    page.bodies.clear()
    page.put("二.pdf")
    page.post("check", record_date="2026-10-09", label="internal")
    assert page.opened.run == first
    page.post("begin", record_date="2026-10-09", label="internal")
    assert page.opened.run != first
    assert not KeySlot.objects.exists()
    assert ImportRun.objects.get(pk=first.pk).closed_at is not None


def test_an_import_is_its_beginner_s_alone_and_for_a_day(page: Page, archive: Archive, monkeypatch) -> None:
    page.put("一.pdf")
    page.post("begin", record_date="2026-10-09", label="internal")
    address = f"/records/import/{page.opened.run.pk}/"
    other = archive.client(archive.colleague)
    assert other.post(address).status_code == 404
    assert other.put(f"{address}1/", data=pdf(1), content_type="application/pdf").status_code == 404
    assert page.client.put(f"{address}2/", data=pdf(1), content_type="application/pdf").status_code == 404
    session = IntakeSession.objects.get()
    assert page.client.post(f"/records/intake/{session.pk}/register/").status_code == 404
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr("vault.holdings.importing.screen.clock.now", lambda: later)
    assert screen.opened(of_account(page.account)) is None


def test_whoever_lost_his_duty_meanwhile_registers_nothing(page: Page) -> None:
    """PE-08: the plan is held against his rights once more."""
    page.put("一.pdf")
    page.post("begin", record_date="2026-10-09", label="internal")
    page.send("一.pdf")
    address = f"/records/import/{page.opened.run.pk}/"
    yesterday = date.today() - timedelta(days=1)
    Appointment.objects.filter(person=page.account.person).update(ends_on=yesterday)
    assert page.client.post(address).status_code == 403
    assert not Record.objects.exists()


def test_an_import_for_a_unit_that_is_not_his_is_refused(page: Page) -> None:
    page.put("一.pdf")
    table = f"文件名,日期,密级,单位\n一.pdf,2026-10-09,内部,{page.archive.other_hall.code}\n".encode()
    answer = page.post("begin", table=table)
    assert [code for _row, code, _about in codes(answer)] == ["not-allowed"]
    assert nothing_is_there()


def test_two_units_and_two_labels_are_one_import(page: Page, archive: Archive) -> None:
    """Each has its session, and all of them are registered together."""
    director = Page(archive, archive.director)
    director.put("一.pdf", "二.pdf")
    rows = ("一.pdf,,2026-10-09,内部", "二.pdf,,2026-10-09,公开")
    assert director.post("begin", *rows).status_code == 201
    assert IntakeSession.objects.count() == 2
    for name in director.bodies:
        director.send(name)
    assert director.finish().json()["imported"] == 2


def test_every_record_and_the_import_are_in_the_log(page: Page) -> None:
    """AU-02: as the command writes them."""
    page.put("一.pdf", "二.pdf")
    page.post("begin", record_date="2026-10-09", label="internal")
    for name in page.bodies:
        page.send(name)
    page.finish()
    while outbox.relay():
        pass
    done = Event.objects.filter(action=str(Action.IMPORT), phase="outcome", outcome="granted")
    assert done.count() == 1 + 1 + 2  # begun, finished, and each record


def test_the_empty_table_holds_every_column_and_is_read_again(page: Page) -> None:
    """IE-11: its name is kept."""
    for language, name in (("zh-hans", "导入表.csv"), ("en", "import-table.csv")):
        page.client.cookies["jingui_language"] = language
        answer = page.client.get("/records/import/template.csv", headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert quote(name) in answer["Content-Disposition"] or name in answer["Content-Disposition"]
        assert answer.content in {columns.template(chinese=True), columns.template(chinese=False)}
