"""Filing, from the open form to the registered record."""

import pytest

from audit.models import Event
from tests.support.archive import Archive, file, pdf, put
from vault.holdings.models import ComponentVersion, ObjectEvent, Record, StagedFile

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_a_clerk_files_a_document_and_a_colleague_reads_it(archive: Archive) -> None:
    body = pdf(3)
    filed = file(archive, archive.clerk, ("关于检修的通知.pdf", body), title="检修通知", register_now="on")
    assert filed.answers[0]["state"] == "accepted"
    assert filed.record.state == "registered"
    component = filed.record.components.get()
    reader = archive.client(archive.colleague)
    page = reader.get(f"/records/{filed.record.pk}/")
    assert page.status_code == 200
    assert "检修通知" in page.content.decode()
    image = reader.get(f"/records/{filed.record.pk}/components/{component.pk}/pages/1.png")
    assert image.status_code == 200
    assert image.content.startswith(b"\x89PNG")
    assert image["Cache-Control"] == "no-store"


def test_a_record_without_a_label_is_refused_and_nothing_is_stored(archive: Archive) -> None:
    """CL-02: no label, no record; none is assumed."""
    client = archive.client(archive.clerk)
    refused = client.post("/records/intake/", archive.entries(""))
    assert refused.status_code == 400
    assert "label" in refused.json()["errors"]
    assert not Record.objects.exists()
    assert client.post("/records/intake/", archive.entries("internal")).status_code == 201


def test_a_missing_label_is_told_together_with_whatever_else_is_missing(archive: Archive) -> None:
    """CL-02: one look is enough to see all that is wrong; each field says one thing."""
    entries = {**archive.entries(""), "record_date": "2999-01-01", "series": ""}
    errors = archive.client(archive.clerk).post("/records/intake/", entries).json()["errors"]
    assert {name: len(told) for name, told in errors.items()} == {"label": 1, "record_date": 1, "series": 1}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_day_of_a_draft_stands_in_its_field_in_either_language(archive: Archive, language: str) -> None:
    """A picker of days takes ISO only; in another form it would show nothing, and saving would ask for it again."""
    client = archive.client(archive.clerk)
    filed = file(archive, archive.clerk)
    client.cookies["django_language"] = language
    page = client.get(f"/records/{filed.record.pk}/edit/").content.decode()
    assert f'name="record_date" value="{filed.record.record_date.isoformat()}"' in page


def test_every_step_of_ingest_is_an_event_of_the_object(archive: Archive) -> None:
    """PF-06."""
    filed = file(archive, archive.clerk, register_now="on")
    kinds = set(ObjectEvent.objects.filter(record=filed.record).values_list("type", flat=True))
    assert kinds == {
        "capture",
        "message digest calculation",
        "format identification",
        "validation",
        "virus check",
        "encryption",
        "registration",
    }


def test_a_quarantined_file_is_kept_listed_and_never_filed(archive: Archive) -> None:
    """PF-03: a renamed program is recognised by its content."""
    filed = file(archive, archive.clerk, ("好.pdf", pdf()), ("坏.pdf", b"MZ\x90\x00" + b"\x00" * 200))
    assert [answer["state"] for answer in filed.answers] == ["accepted", "quarantined"]
    assert filed.answers[1]["reasons"]
    assert len(filed.records) == 1
    assert StagedFile.objects.filter(integrity="quarantined", used_at=None).count() == 1
    assert "坏.pdf" in archive.client(archive.clerk).get("/records/quarantine/").content.decode()
    assert ComponentVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("a\nb.pdf", pdf(), 400),
        ("\u202efdp.exe.pdf", pdf(), 400),
        ("x" * 300 + ".pdf", pdf(), 400),
        ("../../etc/passwd", pdf(), 400),
        ("", pdf(), 400),
    ],
)
def test_a_bad_name_or_an_empty_file_is_refused_with_a_reason(
    archive: Archive, name: str, body: bytes, status: int
) -> None:
    client = archive.client(archive.clerk)
    session = client.post("/records/intake/", archive.entries()).json()
    address = session["put_url_template"].replace("{position}", "1")
    answer = put(client, address, name, body)
    assert answer.status_code == status
    assert answer.json()["state"] == "refused"
    assert answer.json()["reasons"][0]
    assert not StagedFile.objects.exists()
    assert put(client, address, "好.pdf", pdf()).status_code == 201


def test_an_empty_file_is_refused_and_leaves_nothing(archive: Archive) -> None:
    client = archive.client(archive.clerk)
    session = client.post("/records/intake/", archive.entries()).json()
    address = session["put_url_template"].replace("{position}", "1")
    answer = put(client, address, "空.pdf", b"", CONTENT_LENGTH="0")
    assert answer.status_code == 400
    assert answer.json()["code"] == "empty-file"
    assert not StagedFile.objects.exists()


class Scanner:
    """Stands in for a virus scanner; finds the EICAR text, or does not answer."""

    def __init__(self, verdict: str = "") -> None:
        self.verdict = verdict
        self.seen = b""

    def open(self) -> "Scanner":
        self.seen = b""
        return self

    def feed(self, piece: bytes) -> None:
        self.seen += piece

    def verdict_of(self) -> str:
        return self.verdict or ("infected" if b"EICAR-STANDARD-ANTIVIRUS" in self.seen else "clean")

    def close(self) -> None: ...


@pytest.fixture
def scanner():
    from types import SimpleNamespace

    from storage import inspection

    state = Scanner()

    def opened():
        state.open()
        return SimpleNamespace(feed=state.feed, verdict=state.verdict_of, close=state.close)

    inspection.set_scanner(SimpleNamespace(open=opened))
    yield state
    inspection.set_scanner(None)


def test_a_scanner_is_asked_and_without_one_the_file_says_not_scanned(
    archive: Archive, scanner: Scanner
) -> None:
    """PF-04: EICAR is found and quarantined; what no scanner saw says so."""
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    filed = file(archive, archive.clerk, ("好.pdf", pdf()), ("毒.txt", eicar))
    assert [answer["state"] for answer in filed.answers] == ["accepted", "quarantined"]
    assert ComponentVersion.objects.get().finding["scanned"] == "clean"
    scanner.verdict = "not_scanned"
    file(archive, archive.clerk, ("另.pdf", pdf()))
    assert ComponentVersion.objects.latest("created_at").finding["scanned"] == "not_scanned"


def test_a_classified_file_that_was_not_scanned_is_refused_where_the_setting_says_so(
    archive: Archive, scanner: Scanner, settings, attested: None
) -> None:
    """PF-04."""
    settings.JINGUI_REFUSE_UNSCANNED_CLASSIFIED = True
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    client = archive.client(archive.clerk)
    session = client.post("/records/intake/", archive.entries("core")).json()
    address = session["put_url_template"].replace("{position}", "1")
    assert put(client, address, "好.pdf", pdf()).status_code == 201
    scanner.verdict = "not_scanned"
    refused = put(client, address, "好.pdf", pdf())
    assert (refused.status_code, refused.json()["code"]) == (503, "not-scanned")
    assert StagedFile.objects.count() == 1


def test_a_body_cut_off_half_way_leaves_nothing(archive: Archive) -> None:
    """PF-05: half an upload is no upload."""
    from storage.models import KeySlot
    from vault.authorization.context import of_account
    from vault.authorization.levels import INTERNAL
    from vault.holdings import errors
    from vault.holdings.services import intake

    context, body = of_account(archive.clerk), pdf()
    session = intake.open_session(context=context, unit=archive.hall, levels=INTERNAL)
    sent = {"context": context, "session": session, "position": 1, "name": "半.pdf", "size": len(body)}
    with pytest.raises(errors.UploadCut):
        intake.receive(body=[body[:-100]], **sent)
    assert not StagedFile.objects.exists()
    assert not KeySlot.objects.exists()
    assert intake.receive(body=[body], **sent).finding.verdict == "accepted"


def test_a_full_disk_is_said_and_leaves_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage.errors import DiskFull
    from vault.holdings.services import intake

    client = archive.client(archive.clerk)
    session = client.post("/records/intake/", archive.entries()).json()
    address = session["put_url_template"].replace("{position}", "1")

    def full(*args: object, **kwargs: object) -> None:
        raise DiskFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(intake.blobs, "put", full)
        answer = put(client, address, "好.pdf", pdf())
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")
    assert put(client, address, "好.pdf", pdf()).status_code == 201


def test_with_the_log_down_nothing_is_taken_and_nothing_released(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AU-03: 503, no content, nothing changed."""
    from audit import recording
    from audit.errors import AuditUnavailable

    record = file(archive, archive.clerk, register_now="on").record
    component = record.components.get()
    clerk, reader = archive.client(archive.clerk), archive.client(archive.colleague)
    before = Record.objects.count(), StagedFile.objects.count()

    def down(*args: object, **kwargs: object) -> None:
        raise AuditUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setattr(recording, "store", down)
        image = reader.get(f"/records/{record.pk}/components/{component.pk}/pages/1.png")
        opened = clerk.post("/records/intake/", archive.entries())
    assert (image.status_code, opened.status_code) == (503, 503)
    assert not image.content.startswith(b"\x89PNG")
    assert (Record.objects.count(), StagedFile.objects.count()) == before
    assert reader.get(f"/records/{record.pk}/components/{component.pk}/pages/1.png").status_code == 200


def test_somebody_elses_upload_is_absent(archive: Archive) -> None:
    session = archive.client(archive.clerk).post("/records/intake/", archive.entries()).json()
    address = session["put_url_template"].replace("{position}", "1")
    assert put(archive.client(archive.colleague), address, "好.pdf", pdf()).status_code == 404
    missed = Event.objects.order_by("id").last()
    assert (missed.outcome, missed.rule, missed.person) == (
        "failed",
        "absent",
        str(archive.colleague.person.pk),
    )
    assert put(archive.client(archive.clerk), address, "好.pdf", pdf()).status_code == 201


def test_the_form_without_javascript_files_too(archive: Archive) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = archive.client(archive.clerk)
    entries = archive.entries(title="无脚本") | {
        "files": SimpleUploadedFile("表.pdf", pdf(), "application/pdf")
    }
    done = client.post("/records/file/", entries)
    assert done.status_code == 302
    assert Record.objects.get().title == "无脚本"


def test_the_form_without_javascript_says_what_was_held_back(archive: Archive) -> None:
    """PF-03"""
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = archive.client(archive.clerk)
    files = [
        SimpleUploadedFile("表.pdf", pdf(), "application/pdf"),
        SimpleUploadedFile("坏.pdf", b"MZ\x90\x00" + b"\x00" * 200, "application/pdf"),
    ]
    done = client.post("/records/file/", archive.entries() | {"files": files}, follow=True)
    assert "有 1 个文件被隔离" in done.content.decode()
    assert Record.objects.count() == 1


def test_a_duplicate_is_hinted_at_only_to_whoever_may_know_of_the_first(archive: Archive) -> None:
    body = pdf(5)
    file(archive, archive.clerk, ("一.pdf", body), title="原件在先", register_now="on")
    again = file(archive, archive.colleague, ("二.pdf", body))
    assert "原件在先" in again.answers[0]["duplicate_hint"]
    elsewhere = file(archive, archive.stranger, ("三.pdf", body), unit=str(archive.other_hall.pk))
    assert elsewhere.answers[0]["duplicate_hint"] == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE holdings_record SET title = 'x'",
        "UPDATE holdings_componentversion SET size = 1",
        "DELETE FROM holdings_componentversion",
        "DELETE FROM holdings_objectevent",
    ],
)
def test_what_is_registered_is_not_overwritten_by_any_road(archive: Archive, statement: str) -> None:
    """HA-13: the database itself refuses; a correction is a new version with its reason."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import DatabaseError, connection, transaction

    record = file(archive, archive.clerk, ("一.pdf", pdf(1)), register_now="on").record
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    component = record.components.get()
    corrected = archive.client(archive.clerk).post(
        f"/records/{record.pk}/components/{component.pk}/correct/",
        {"reason": "缺页补扫", "file": SimpleUploadedFile("一.pdf", pdf(2), "application/pdf")},
    )
    assert corrected.status_code == 302
    versions = list(component.versions.order_by("number"))
    assert [(v.number, v.reason) for v in versions] == [(1, ""), (2, "缺页补扫")]
