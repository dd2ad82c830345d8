"""Copies of many records: what leaves, what never does, and what stays of it here."""

import csv
import hashlib
import io
import json
import stat
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts import second_factor
from accounts.models import Account
from accounts.rules import PROOF_LASTS
from audit import clock, outbox
from audit.models import Event
from tests.accounts.people import PASSWORD, enrol
from tests.accounts.signing import code_now
from tests.support.archive import Archive, file, pdf
from tests.support.importing import Desk
from vault.authorization import grants
from vault.authorization.actions import Action
from vault.authorization.levels import Levels
from vault.holdings import exporting
from vault.holdings.access_classes import set_levels
from vault.holdings.models import ComponentVersion, Record, RecordUserPermission

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
ADDRESS = "/records/export/"


def filed(archive: Archive, *files: tuple[str, bytes], **changes: object) -> Record:
    """Registered, and granted to export to those who do so here; an internal one to nobody yet."""
    record = file(archive, archive.clerk, *files, register_now="on", **{"label": "open", **changes}).record
    if record.levels.restricted == 0:
        for account in (archive.colleague, archive.clerk):
            granted(archive, record, account)
    return record


def granted(archive: Archive, record: Record, account: Account) -> None:
    from datetime import timedelta

    from audit import clock

    grants.give(
        RecordUserPermission,
        action=Action.EXPORT,
        target=record,
        account=account,
        granted_by=archive.director.person,
        starts_at=clock.now() - timedelta(days=1),
        ends_at=clock.now() + timedelta(days=3),
    )


def taken(archive: Archive, *records: Record, account: Account | None = None):
    client = archive.client(account or archive.colleague)
    return client.post(ADDRESS, {"record": [str(record.pk) for record in records]})


def unpacked(answer) -> dict[str, bytes]:
    body = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_chosen_records_leave_with_their_table_and_their_digests(archive: Archive) -> None:
    """Interface 3, 5: files under their Chinese names, a table that spreadsheets read, a manifest that proves both."""
    body = pdf(2)
    notice = filed(archive, ("通知.pdf", body), title="关于检修的通知", document_no="12号")
    plan = filed(archive, title="计划")
    answer = taken(archive, notice, plan)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "application/zip",
        "no-store",
    )
    found = unpacked(answer)
    assert found["关于检修的通知/通知.pdf"] == body
    manifest = json.loads(found.pop("manifest.json"))
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        path: hashlib.sha256(data).hexdigest() for path, data in found.items()
    }
    rows = list(csv.DictReader(io.StringIO(found["metadata.csv"].decode("utf-8-sig"))))
    assert {row["题名"] for row in rows} == {"关于检修的通知", "计划"}
    assert rows[0]["文号"] in {"12号", ""}
    assert found["metadata.csv"].startswith(b"\xef\xbb\xbf")


def test_at_a_screen_left_open_nothing_leaves_without_a_new_proof(archive: Archive, time_machine) -> None:
    """AD-05: and with it all that was chosen, not only the first."""
    first, second = filed(archive, title="甲"), filed(archive, title="乙")
    client = archive.client(archive.colleague)
    client.get("/records/")
    time_machine.move_to(clock.now() + PROOF_LASTS, tick=False)
    chosen = {"record": [str(first.pk), str(second.pk)]}
    asked = client.post(ADDRESS, chosen)
    assert (asked.status_code, asked["Content-Type"]) == (403, "text/html; charset=utf-8")
    held = asked.content.decode()
    assert all(f">\n{pk}</textarea>" in held for pk in chosen["record"])
    wrong = client.post(ADDRESS, {**chosen, "again-password": "wrong password 12"})
    assert (wrong.status_code, wrong["Content-Type"]) == (403, "text/html; charset=utf-8")
    answer = client.post(ADDRESS, {**chosen, "again-password": PASSWORD})
    assert {name.partition("/")[0] for name in unpacked(answer)} == {
        "甲",
        "乙",
        "metadata.csv",
        "manifest.json",
    }


@pytest.mark.parametrize("title", ["甲", "-甲", "＝甲"])
def test_what_was_exported_is_imported_again(
    archive: Archive, monkeypatch, tmp_path: Path, title: str
) -> None:
    """IE-01: its table is an import's table, also where a cell was kept from being a formula."""
    first = filed(archive, title=title)
    desk = Desk(archive, monkeypatch, tmp_path)
    for path, data in unpacked(taken(archive, first)).items():
        if path == "metadata.csv":
            desk.table.write_bytes(data)
        elif path != "manifest.json":
            desk.put(path, data)
    done = desk.run()
    assert (done.code, done.told["imported"]) == (0, 1)
    second = Record.objects.exclude(pk=first.pk).get()
    assert (second.title, second.record_date, second.levels) == (first.title, first.record_date, first.levels)


def test_files_of_one_record_and_its_archive_file_come_back_together(
    archive: Archive, monkeypatch, tmp_path: Path
) -> None:
    """IE-01, PE-05: an archive file that one may not know of is not told in the table."""
    shelf, hidden = archive.archive_file("检修案卷"), archive.archive_file("密件案卷")
    many = filed(
        archive,
        *((name, pdf(1, text=name)) for name in ("1.pdf", "2.pdf", "3.pdf")),
        title="来函",
        grouping="together",
        archive_file=str(shelf.pk),
    )
    single = filed(archive, ("4.pdf", pdf(1, text="4")), title="单件", archive_file=str(hidden.pk))
    set_levels(hidden, Levels(state=2, restricted=1))
    hidden.save()
    desk = Desk(archive, monkeypatch, tmp_path)
    found = unpacked(taken(archive, many, single))
    assert "密件案卷" not in found["metadata.csv"].decode()
    for path, data in found.items():
        if path == "metadata.csv":
            desk.table.write_bytes(data)
        elif path != "manifest.json":
            desk.put(path, data)
    done = desk.run()
    assert (done.code, done.told["imported"]) == (0, 2), done.out
    came = {one.title: one for one in Record.objects.exclude(pk__in=[many.pk, single.pk])}
    assert (came["来函"].archive_file, came["单件"].archive_file) == (shelf, None)
    parts = came["来函"].components.order_by("position")
    assert [part.versions.get().name for part in parts] == ["1.pdf", "2.pdf", "3.pdf"]


@pytest.mark.parametrize("with_grant", [True, False])
def test_an_internal_record_leaves_by_a_grant_to_export_alone(archive: Archive, with_grant: bool) -> None:
    """P-05, PE-03: whoever may read it may not export it for that."""
    internal, plain = filed(archive, label="internal"), filed(archive)
    if with_grant:
        granted(archive, internal, archive.colleague)
    answer = taken(archive, internal, plain)
    if with_grant:
        assert len(unpacked(answer)) == 4
    else:
        assert (answer.status_code, answer["Location"]) == (302, "/records/")
        page = archive.client(archive.colleague).get("/records/")
        assert page.status_code == 200


def test_one_record_above_internal_refuses_the_whole_and_is_counted_only_where_it_is_known(
    archive: Archive, attested: None
) -> None:
    """10.1(6), 10.1(7), PE-05: to whoever is not on its list it is as if it were not there."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    archive.clear(archive.director, enterprise_level=2, restricted=1)
    core = filed(archive, label="core", knowers=[str(archive.director.person.pk)])
    plain = filed(archive)
    client = archive.client(archive.director)
    refused = client.post(ADDRESS, {"record": [str(core.pk), str(plain.pk)]}, follow=True)
    said = refused.content.decode()
    assert refused.redirect_chain[0][0] == "/records/"
    assert "内部" in said
    hidden = archive.client(archive.colleague).post(ADDRESS, {"record": [str(core.pk), str(plain.pk)]})
    missing = archive.client(archive.colleague).post(ADDRESS, {"record": [str(uuid4()), str(plain.pk)]})
    assert hidden.status_code == missing.status_code == 404
    assert hidden.content.count(b"<") == missing.content.count(b"<")
    assert taken(archive, plain).status_code == 200


def test_a_draft_and_nothing_at_all_are_refused(archive: Archive) -> None:
    draft = file(archive, archive.clerk, label="open").record
    client = archive.client(archive.clerk)
    assert client.post(ADDRESS, {"record": [str(draft.pk)]}).status_code == 302
    assert client.post(ADDRESS).status_code == 302
    assert client.post(ADDRESS, {"record": ["not an id", ""]}).status_code == 302
    assert client.get(ADDRESS).status_code == 405


def test_each_export_is_in_the_log_before_its_bytes_leave(archive: Archive) -> None:
    """RR-04, invariant 2: the second record's event is there only once the first has gone."""
    one, two = filed(archive, ("一.pdf", pdf(1))), filed(archive, ("二.pdf", pdf(1)))
    answer = taken(archive, one, two)
    copies = Event.objects.filter(action=str(Action.EXPORT), outcome="granted")
    pieces = iter(answer.streaming_content)
    next(pieces)
    assert copies.count() == 1
    for _ in pieces:
        pass
    assert set(copies.values_list("object_id", flat=True)) == {str(one.pk), str(two.pk)}
    while outbox.relay():
        pass
    whole = Event.objects.filter(action=str(Action.TAKE_AWAY))
    assert list(whole.order_by("id").values_list("phase", "outcome")) == [
        ("intent", "granted"),
        ("outcome", "granted"),
    ]


def test_a_refused_export_ends_as_failed(archive: Archive) -> None:
    """AU-01: the log never says that something was taken away that was not."""
    taken(archive, filed(archive, label="internal"))
    while outbox.relay():
        pass
    told = Event.objects.filter(action=str(Action.TAKE_AWAY), phase="outcome")
    assert list(told.values_list("outcome", "rule")) == [("failed", "export-refused")]
    assert not Event.objects.filter(action=str(Action.EXPORT)).exists()


def test_with_the_log_down_nothing_leaves(archive: Archive, monkeypatch) -> None:
    """AU-03: not even the second record of an export that has begun."""
    from audit import recording
    from audit.errors import AuditUnavailable

    one = filed(archive, ("一.txt", b"the first body"), record_date="2026-01-01")
    two = filed(archive, ("二.txt", b"the second body"))
    answer = taken(archive, one, two)
    pieces = iter(answer.streaming_content)
    got = next(pieces)

    def down(*_args: object, **_more: object) -> None:
        raise AuditUnavailable

    monkeypatch.setattr(recording, "store", down)
    with pytest.raises(AuditUnavailable):
        for piece in pieces:
            got += piece
    assert b"the first body" in got
    assert b"the second body" not in got


def test_a_grant_that_ends_while_the_export_goes_on_ends_it(archive: Archive) -> None:
    """PE-08"""
    plain, internal = filed(archive, record_date="2026-01-01"), filed(archive, label="internal")
    granted(archive, internal, archive.colleague)
    answer = taken(archive, plain, internal)
    pieces = iter(answer.streaming_content)
    next(pieces)
    from audit import clock

    RecordUserPermission.objects.update(ends_at=clock.now())
    from vault.authorization.errors import Absent, Refused

    with pytest.raises((Absent, Refused)):
        list(pieces)


def test_a_screen_takes_so_many_and_no_more(archive: Archive, monkeypatch) -> None:
    one, two = filed(archive), filed(archive)
    monkeypatch.setattr(exporting, "SCREEN_RECORDS", 1)
    assert taken(archive, one, two).status_code == 302
    assert taken(archive, one).status_code == 200
    monkeypatch.setattr(exporting, "SCREEN_BYTES", 10)
    assert taken(archive, one).status_code == 302


def test_a_correction_leaves_and_what_it_replaced_does_not(archive: Archive) -> None:
    """The newest accepted version of each component, as the record's page shows it."""
    record = filed(archive, ("旧.pdf", pdf(1)))
    component = record.components.get()
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = archive.client(archive.clerk)
    answer = client.post(
        f"/records/{record.pk}/components/{component.pk}/correct/",
        {"reason": "缺页补扫", "file": SimpleUploadedFile("新.pdf", pdf(3), "application/pdf")},
    )
    assert answer.status_code == 302, answer.content
    assert ComponentVersion.objects.count() == 2
    paths = [path for path in unpacked(taken(archive, record)) if path.endswith(".pdf")]
    assert [path.rpartition("/")[2] for path in paths] == ["新.pdf"]


def test_a_list_offers_a_box_for_what_may_be_exported_alone(archive: Archive) -> None:
    plain, internal = filed(archive), filed(archive, label="internal")
    page = archive.client(archive.colleague).get("/records/").content.decode()
    assert f'name="record" value="{plain.pk}:' in page
    assert str(internal.pk) in page
    assert f'name="record" value="{internal.pk}:' not in page
    granted(archive, internal, archive.colleague)
    page = archive.client(archive.colleague).get("/records/").content.decode()
    assert f'name="record" value="{internal.pk}:' in page


def command(monkeypatch, folder: Path, account: Account, *more: str) -> str:
    second_factor.remove(account)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n{code_now(enrol(account))}\n"))
    out = io.StringIO()
    call_command("records_export", str(folder), "--as", account.staff_no, *more, stdout=out)
    return out.getvalue()


def test_the_command_writes_a_folder_that_is_whole_and_private(
    archive: Archive, monkeypatch, tmp_path: Path
) -> None:
    body = pdf(1)
    record = filed(archive, ("通知.pdf", body), title="通知")
    folder = tmp_path / "out"
    assert "1 records" in command(monkeypatch, folder, archive.colleague, "--record", str(record.pk))
    assert (folder / "通知" / "通知.pdf").read_bytes() == body
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert {modes["out"]} == {0o700}
    assert {mode for path in folder.rglob("*") if path.is_file() for mode in [modes[path.name]]} == {0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_command_is_refused_as_a_whole_and_writes_nothing(
    archive: Archive, monkeypatch, tmp_path: Path
) -> None:
    filed(archive)
    internal = filed(archive, label="internal")
    folder = tmp_path / "out"
    with pytest.raises(CommandError) as refused:
        command(monkeypatch, folder, archive.colleague, "--series", "WS")
    assert refused.value.returncode == 1
    assert list(tmp_path.iterdir()) == []
    granted(archive, internal, archive.colleague)
    command(monkeypatch, folder, archive.colleague, "--series", "WS", "--year", "2026")
    assert len(list(folder.rglob("*.pdf"))) == 2


def test_a_body_that_is_damaged_leaves_no_half_of_a_folder(
    archive: Archive, monkeypatch, tmp_path: Path
) -> None:
    """Invariant 7: the folder is whole or not there."""
    from storage.errors import BlobDamaged
    from vault.holdings import custody

    one = filed(archive)
    two = filed(archive)
    opened = custody.open_content
    calls = []

    def damaged(*args: object, **more: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise BlobDamaged("damaged")
        return opened(*args, **more)

    monkeypatch.setattr(custody, "open_content", damaged)
    with pytest.raises(CommandError):
        command(
            monkeypatch, tmp_path / "out", archive.colleague, "--record", str(one.pk), "--record", str(two.pk)
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ["metadata.csv", "MANIFEST.json"])
def test_a_title_that_is_called_like_the_table_takes_nothing_s_place(
    archive: Archive, monkeypatch, tmp_path: Path, title: str
) -> None:
    """IE-11: a title is what somebody typed; it neither hides the manifest nor keeps others' records here."""
    record = filed(archive, title=title)
    command(monkeypatch, tmp_path / "out", archive.colleague, "--record", str(record.pk))
    written = tmp_path / "out"
    assert (written / "metadata.csv").is_file()
    told = json.loads((written / "manifest.json").read_text())
    assert all((written / one["path"]).is_file() for one in told["files"])
    assert len({path.partition("/")[0].casefold() for path in unpacked(taken(archive, record))}) == 3
