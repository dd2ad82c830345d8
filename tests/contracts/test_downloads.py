"""Every download of the product: its header by RFC 6266 and 8187, its Chinese name kept (IE-11)."""

import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from django.urls import reverse

from audit import sequencer
from audit.models import Event
from tests.accounts.people import today
from tests.holdings.test_export import filed
from tests.support.archive import Archive, file, pdf
from vault.approvals.services import requests
from vault.approvals.services.requests import Wanted
from vault.authorization.actions import Action
from vault.authorization.context import of_account

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
ROOT = Path(__file__).resolve().parents[2]

TOKEN = r"[!#$&+.^_`|~0-9A-Za-z-]+"
QUOTED = r'"(?:[^"\\\x00-\x1f\x7f-\U0010ffff]|\\[\x20-\x7e])*"'
EXTENDED = r"utf-8'[A-Za-z-]*'(?:%[0-9A-Fa-f]{2}|[!#$&+.^_`|~0-9A-Za-z-])*"
DISPOSITION = re.compile(
    rf"(?P<type>attachment|inline)(?:; filename=(?P<plain>{TOKEN}|{QUOTED}))?(?:; filename\*=(?P<extended>{EXTENDED}))?"
)


def named(answer) -> tuple[str, str]:
    """Type and name of a download as a browser reads them; the extended form wins."""
    header = answer["Content-Disposition"]
    match = DISPOSITION.fullmatch(header)
    assert match, header
    assert answer["Cache-Control"] == "no-store"
    if match["extended"]:
        return match["type"], unquote_to_bytes(match["extended"].split("'", 2)[2]).decode("utf-8")
    plain = match["plain"]
    return match["type"], re.sub(r"\\(.)", r"\1", plain[1:-1]) if plain.startswith('"') else plain


@pytest.mark.parametrize(
    "name",
    [
        "关于检修的通知.pdf",
        "a b;c=d'e%20.pdf",
        "〔2026〕12号，附件 1 (终).pdf",
        "plain.pdf",
        "𠮷" * 60 + ".pdf",
    ],
)
def test_an_original_keeps_its_name(archive: Archive, name: str) -> None:
    """IE-11: Chinese, quotes, semicolons and percent signs, and characters outside the first plane."""
    record = file(archive, archive.clerk, (name, pdf(1)), label="open", register_now="on").record
    component = record.components.get()
    client = archive.client(archive.colleague)
    for method in (client.get, client.head):
        answer = method(f"/records/{record.pk}/components/{component.pk}/original")
        assert named(answer) == ("attachment", name)
    versioned = client.get(f"/records/{record.pk}/components/{component.pk}/versions/1/original")
    assert named(versioned) == ("attachment", name)


def test_a_recording_keeps_its_name(archive: Archive) -> None:
    """IE-11: played in its place, saved under its own name."""
    from tests.support.corpus_makers import sound

    record = file(archive, archive.clerk, ("来电 录音.wav", sound()), label="open", register_now="on").record
    address = f"/records/{record.pk}/components/{record.components.get().pk}/audio"
    assert named(archive.client(archive.colleague).get(address)) == ("inline", "来电 录音.wav")


def test_an_export_and_evidence_have_names_of_their_own(archive: Archive) -> None:
    """IE-11: no title and no code stands in them."""
    record = filed(archive, title="题名")
    answer = archive.client(archive.colleague).post("/records/export/", {"record": [str(record.pk)]})
    kind, name = named(answer)
    assert kind == "attachment"
    assert re.fullmatch(r"jingui-export-\d{8}-\d{6}\.zip", name)
    b"".join(answer.streaming_content)
    while sequencer.step():
        pass
    event = Event.objects.order_by("id").first()
    auditor = archive.client(archive.auditor)
    for address, wanted in (
        (f"/log/{event.uid}/event", f"{event.uid}.json"),
        (f"/log/{event.uid}/proof", f"{event.uid}.tlog-proof"),
        ("/log/key", "verifier-key.txt"),
    ):
        found = auditor.get(address)
        assert found.status_code == 200, address
        assert named(found) == ("attachment", wanted)
    evidence = auditor.post("/log/export")
    assert re.fullmatch(r"jingui-evidence-\d{8}-\d{6}\.zip", named(evidence)[1])
    b"".join(evidence.streaming_content)


@pytest.mark.parametrize(("language", "wanted"), [("zh-hans", "导入表.csv"), ("en", "import-table.csv")])
def test_the_empty_table_of_an_import_has_a_name_in_the_readers_tongue(
    archive: Archive, language: str, wanted: str
) -> None:
    """IE-11."""
    client = archive.client(archive.clerk)
    client.cookies["django_language"] = language
    assert named(client.get("/records/import/template.csv")) == ("attachment", wanted)


@pytest.mark.parametrize(("kind", "title"), [("readings", "查阅登记"), ("copies", "复制登记")])
def test_a_printed_register_is_named_by_its_days(archive: Archive, kind: str, title: str) -> None:
    """IE-11, RQ-13."""
    address = f"/requests/register.pdf?kind={kind}&since=2026-11-01&until=2026-11-27"
    answer = archive.client(archive.security).get(address)
    assert named(answer) == ("attachment", f"{title}-20261101-20261127.pdf")


def test_the_printed_register_of_the_rooms_is_named_by_its_days(archive: Archive) -> None:
    """IE-11, RQ-13."""
    answer = archive.client(archive.security).get("/reading/register.pdf?since=2026-11-01&until=2026-11-27")
    assert named(answer) == ("attachment", "保密室使用登记-20261101-20261127.pdf")


def test_a_copy_is_named_by_its_number_and_by_no_title(archive: Archive) -> None:
    """IE-11, RQ-16: what may lie about on a disk says nothing."""
    record = file(archive, archive.clerk, title="城南营业厅搬迁", register_now="on").record
    wanted = Wanted(Action.COPY, "核对", today(), today(), 1)
    asked = requests.submit(context=of_account(archive.clerk), record_id=record.pk, wanted=wanted)
    asked = requests.approve(context=of_account(archive.director), request_id=asked.pk, version=asked.version)
    address = reverse("approvals:make_copy", args=[asked.pk])
    answer = archive.client(archive.clerk).post(address, {"version": asked.version})
    assert named(answer) == ("attachment", f"{asked.reference}-1.pdf")


def test_every_place_that_names_a_download_is_looked_at_here() -> None:
    """A new one fails until it has its line above."""
    found = {
        str(path.relative_to(ROOT))
        for package in ("vault", "accounts", "audit", "storage", "search")
        for path in (ROOT / package).rglob("*.py")
        if re.search("Content-Disposition|as_attachment|FileResponse", path.read_text(encoding="utf-8"))
    }
    assert found == {
        "vault/approvals/views/copies.py",
        "vault/approvals/views/register.py",
        "vault/holdings/http_content.py",
        "vault/holdings/views/export.py",
        "vault/holdings/views/importing.py",
        "vault/oversight/views.py",
    }


@pytest.mark.parametrize(
    "header",
    [
        "attachment; filename=通知.pdf",
        'attachment; filename="a"b.pdf"',
        "attachment; filename*=通知.pdf",
        "attachment; filename*=utf-8''a b.pdf",
        "attachment\r\nX: y",
    ],
)
def test_a_header_that_breaks_the_rule_is_found(header: str) -> None:
    """The expression above finds what it forbids."""
    assert DISPOSITION.fullmatch(header) is None
