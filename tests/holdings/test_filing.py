"""Filing, from the open form to the registered record."""

import pytest

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
