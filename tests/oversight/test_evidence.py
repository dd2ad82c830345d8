"""AU-07, AU-12: evidence taken away from the auditor's page and by the operator, checked by a process of its own."""

import io
import json
import re
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command

from audit import checkpoints, clock, outbox, recording, sequencer
from audit.errors import AuditUnavailable
from audit.models import Event, Leaf
from tests.audit.bundle import Bundle, codes, run
from tests.audit.facts import entry
from tests.support.archive import Archive
from vault.oversight import export

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def auditor(archive: Archive):
    return archive.client(archive.auditor)


@pytest.fixture
def log(archive: Archive) -> list[Event]:
    """Events of this test among others, in the tree, with something sealed."""
    recording.record_many([entry(number % 4, sealed={"purpose": f"核对{number}"}) for number in range(20)])
    while outbox.relay():
        pass
    sequencer.step()
    return list(Event.objects.filter(object_id="record-3").order_by("id"))


def unpacked(answer, folder: Path) -> Bundle:
    assert answer.status_code == 200, answer.content
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    (only,) = folder.iterdir()
    folder.with_name("kept.key").write_text(f"{checkpoints.own_key()}\n")
    return Bundle(only)


def newest_export() -> Event:
    return Event.objects.filter(action="audit:log:export").order_by("-id")[0]


def unsealed(event: Event) -> dict[str, object]:
    from audit import events

    return events.unseal(event.document, bytes(event.ciphertext))


def test_the_auditor_takes_away_the_events_of_his_filter_and_somebody_else_checks_them(
    auditor, log, tmp_path
) -> None:
    """AU-07, AU-12: the rows of the page, byte for byte, in a bundle that holds without the system."""
    page = auditor.get("/log/?object_id=record-3").content.decode()
    address = re.search(r'method="post" action="(/log/export[^"]*)"', page)[1]
    answer = auditor.post(address)
    assert answer["Content-Type"] == "application/zip"
    assert re.fullmatch(r'attachment; filename="jingui-evidence-[\d-]+\.zip"', answer["Content-Disposition"])
    assert "no-store" in answer["Cache-Control"]
    bundle = unpacked(answer, tmp_path / "taken")
    assert bundle["events.jsonl"].splitlines() == [bytes(event.canonical) for event in log]
    key = tmp_path / "kept.key"
    assert codes(run(bundle.folder, "--key", key)) == set()
    bundle["events.jsonl"] = bundle["events.jsonl"].replace(b"granted", b"denied", 1)
    assert codes(run(bundle.folder, "--key", key)) == {"file_edited", "event_edited"}


def test_what_is_sealed_is_not_in_what_is_taken_away(auditor, log, tmp_path) -> None:
    """AU-05."""
    bundle = unpacked(auditor.post("/log/export?object_id=record-3"), tmp_path / "taken")
    everything = b"".join(path.read_bytes() for path in bundle.folder.rglob("*") if path.is_file())
    assert "核对".encode() not in everything.replace(bundle["README.txt"], b"")
    assert not any(bytes(event.ciphertext) in everything for event in log)


def test_an_export_is_an_event_with_what_was_asked_and_how_many_there_were(auditor, archive, log) -> None:
    """AU-07, audit.md section 5: exports that are not logged are what users of other systems complain about."""
    auditor.post("/log/export?object_id=record-3&outcome=granted")
    event = newest_export()
    assert event.person == str(archive.auditor.person.pk)
    assert unsealed(event)["filters"] == "outcome=granted&object_id=record-3"
    assert unsealed(event)["total"] == len(log) == 5


@pytest.mark.parametrize(("asked", "limit", "total"), [("record-3", 4, 5), ("record-404", 4, 0)])
def test_an_export_that_is_refused_is_a_search_and_recorded_as_one(
    auditor, archive, log, monkeypatch, asked, limit, total
) -> None:
    """AU-07: nothing is learned of the log by asking for more than there is, or for more than a page exports."""
    monkeypatch.setattr(export, "SCREEN_LIMIT", limit)
    assert auditor.post(f"/log/export?object_id={asked}").status_code == 302
    event = Event.objects.order_by("-id")[0]
    assert (event.action, event.person) == ("audit:log:search", str(archive.auditor.person.pk))
    assert unsealed(event)["filters"] == f"object_id={asked}"
    assert unsealed(event)["total"] == total


def test_nothing_leaves_when_the_export_cannot_be_recorded(auditor, log, monkeypatch) -> None:
    """AU-03."""

    def broken(*args: object, **more: object) -> None:
        raise AuditUnavailable("no store")

    monkeypatch.setattr("audit.recording.record", broken)
    answer = auditor.post("/log/export?object_id=record-3")
    assert answer.status_code == 503
    assert not answer.streaming


def test_more_than_a_page_exports_is_refused_with_what_to_do(auditor, log, monkeypatch) -> None:
    monkeypatch.setattr(export, "SCREEN_LIMIT", 5)
    assert auditor.post("/log/export?object_id=record-3").status_code == 200
    monkeypatch.setattr(export, "SCREEN_LIMIT", 4)
    before = Event.objects.filter(action="audit:log:export").count()
    answer = auditor.post("/log/export?object_id=record-3", follow=True)
    assert answer.redirect_chain == [("/log/?object_id=record-3", 302)]
    assert "audit_export" in answer.content.decode()
    assert Event.objects.filter(action="audit:log:export").count() == before


def test_events_that_are_in_no_tree_yet_are_no_evidence(auditor, log) -> None:
    recording.record_many([entry(77)])
    answer = auditor.post("/log/export?object_id=record-77", follow=True)
    assert "尚未入树" in answer.content.decode()
    sequencer.step()
    assert auditor.post("/log/export?object_id=record-77").status_code == 200


def test_there_is_no_button_where_there_is_nothing_to_take(auditor, log) -> None:
    assert "/log/export" not in auditor.get("/log/?object_id=nothing").content.decode()


# The operator's commands


def test_the_whole_log_is_exported_and_checked(log, tmp_path, capsys) -> None:
    """AU-07: `audit_export` without anything asked for."""
    target = tmp_path / "bundle"
    total = Leaf.objects.count()
    call_command("audit_export", str(target))
    assert f"{total} events of {total}" in capsys.readouterr().out
    assert json.loads((target / "manifest.json").read_bytes())["whole"] is True
    (tmp_path / "key").write_text(f"{checkpoints.own_key()}\n")
    assert codes(run(target, "--key", tmp_path / "key")) == set()
    assert target.stat().st_mode & 0o777 == 0o700
    event = newest_export()
    assert (event.actor, event.outcome) == ("system:audit_export", "granted")
    assert unsealed(event) == {"filters": "all", "total": total}


def test_events_of_certain_days_are_exported(archive, tmp_path) -> None:
    """AU-07: days are Shanghai's, both inclusive."""
    from datetime import UTC, datetime

    instants = [
        datetime(2026, 3, 9, 15, 59, tzinfo=UTC),
        datetime(2026, 3, 9, 16, 0, tzinfo=UTC),
        datetime(2026, 3, 11, 15, 59, tzinfo=UTC),
        datetime(2026, 3, 11, 16, 0, tzinfo=UTC),
    ]
    try:
        for number, instant in enumerate(instants):
            clock.set_clock(lambda instant=instant: instant)
            recording.record_many([entry(number)])
    finally:
        clock.set_clock(None)
    sequencer.step()
    call_command("audit_export", str(tmp_path / "bundle"), "--from", "2026-03-10", "--to", "2026-03-11")
    lines = (tmp_path / "bundle" / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["object"]["id"] for line in lines] == ["record-1", "record-2"]


def test_named_events_are_exported_with_a_path_from_a_kept_checkpoint(log, tmp_path) -> None:
    """AU-12."""
    (tmp_path / "kept").write_text(checkpoints.latest().note)
    recording.record_many([entry(number) for number in range(7)])
    sequencer.step()
    target = tmp_path / "bundle"
    uids = [str(event.uid) for event in log[:2]]
    arguments = [word for uid in uids for word in ("--uid", uid)]
    call_command("audit_export", str(target), *arguments, "--kept", str(tmp_path / "kept"))
    lines = (target / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == uids
    (tmp_path / "key").write_text(f"{checkpoints.own_key()}\n")
    assert codes(run(target, "--key", tmp_path / "key", "--checkpoint", tmp_path / "kept")) == set()


def test_a_folder_that_is_there_is_not_written_over(log, tmp_path, capsys) -> None:
    target = tmp_path / "bundle"
    target.mkdir()
    (target / "mine").write_text("x")
    before = Event.objects.count()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_export", str(target))
    assert ended.value.code == 1
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in target.iterdir()] == ["mine"]
    assert Event.objects.count() == before


def test_an_export_that_cannot_be_recorded_leaves_nothing(log, tmp_path, monkeypatch, capsys) -> None:
    """AU-03."""

    def broken(*args: object, **more: object) -> None:
        raise AuditUnavailable("The audit log cannot be written.")

    monkeypatch.setattr("vault.oversight.management.commands.audit_export.record", broken)
    with pytest.raises(SystemExit) as ended:
        call_command("audit_export", str(tmp_path / "bundle"))
    assert ended.value.code == 1
    assert "cannot be written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_proof_of_one_event_is_printed_and_checked_elsewhere(log, tmp_path, capsys) -> None:
    """AU-12: `audit_prove`."""
    event = log[0]
    call_command("audit_prove", str(event.uid))
    (tmp_path / "proof").write_text(capsys.readouterr().out)
    (tmp_path / "event").write_bytes(bytes(event.canonical))
    (tmp_path / "key").write_text(f"{checkpoints.own_key()}\n")
    words = [word for name in ("proof", "event", "key") for word in (f"--{name}", tmp_path / name)]
    assert codes(run(*words)) == set()
    told = Event.objects.filter(action="audit:log:prove").order_by("-id")[0]
    assert (told.actor, told.object_id, told.outcome) == ("system:audit_prove", str(event.uid), "granted")


def test_a_proof_is_written_into_a_new_file_of_ones_own(log, tmp_path, capsys) -> None:
    target = tmp_path / "proof"
    call_command("audit_prove", str(log[0].uid), "--out", str(target))
    assert target.read_text().startswith("c2sp.org/tlog-proof@v1\n")
    assert target.stat().st_mode & 0o777 == 0o600
    assert capsys.readouterr().out == ""
    with pytest.raises(SystemExit) as ended:
        call_command("audit_prove", str(log[1].uid), "--out", str(target))
    assert ended.value.code == 1


@pytest.mark.parametrize("sequenced", [True, False])
def test_an_event_without_a_proof_is_said_so_and_the_question_recorded(log, capsys, sequenced) -> None:
    [uid] = [uuid4()] if sequenced else recording.record_many([entry(5)])
    with pytest.raises(SystemExit) as ended:
        call_command("audit_prove", str(uid))
    assert ended.value.code == 1
    assert ("no event" if sequenced else "not in the tree yet") in capsys.readouterr().err
    told = Event.objects.filter(action="audit:log:prove").order_by("-id")[0]
    assert (told.outcome, told.object_id) == ("failed", str(uid))
