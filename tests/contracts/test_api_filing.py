"""Filing by a program: three steps, each made once, nothing overwritten."""

import json
from datetime import timedelta

import pytest

from accounts.models import ReplayedRequest
from accounts.token_rules import TokenScope
from audit import clock
from audit.models import Event
from tests.contracts.api_program import bare, post, problem, program, send, wanted
from tests.support.archive import Archive, file, pdf
from vault.authorization.levels import Levels
from vault.holdings.access_classes import set_levels
from vault.holdings.models import Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_a_program_files_in_three_steps_and_changes_and_registers_the_draft(archive: Archive):
    """interface.md 4: create with upload, If-Match on change."""
    client = program(archive.clerk)
    opened = post(client, "/api/v1/uploads", wanted(archive, title="月报"))
    assert opened.status_code == 201, opened.content
    sent = send(client, opened.json()["id"], pdf(3))
    assert (sent.status_code, sent.json()["state"], sent.json()["page_count"]) == (201, "accepted", 3)
    filed = bare(client, f"/api/v1/uploads/{opened.json()['id']}/records")
    (pk,) = filed.json()["records"]
    address = f"/api/v1/records/{pk}"
    draft = client.get(address)
    assert (draft.json()["title"], draft.json()["state"]) == ("月报", "draft")
    change = {"title": "月报（更正）"}
    problem(
        client.patch(address, json.dumps(change), content_type="application/json"), 428, "if-match-needed"
    )
    for stale in ('"stale"', "*"):
        answer = client.patch(
            address, json.dumps(change), content_type="application/json", headers={"If-Match": stale}
        )
        problem(answer, 412, "version-changed")
    changed = client.patch(
        address, json.dumps(change), content_type="application/json", headers={"If-Match": draft["ETag"]}
    )
    assert (changed.status_code, changed.json()["title"]) == (200, "月报（更正）"), changed.content
    assert changed.json()["series_id"] == draft.json()["series_id"]
    problem(bare(client, f"{address}/registration", **{"If-Match": draft["ETag"]}), 412, "version-changed")
    done = bare(client, f"{address}/registration", **{"If-Match": changed["ETag"]})
    assert (done.status_code, done.json()["state"]) == (200, "registered")
    late = client.patch(
        address, json.dumps(change), content_type="application/json", headers={"If-Match": done["ETag"]}
    )
    problem(late, 403, "state-forbids")


def test_a_draft_in_a_file_that_became_secret_is_changed_and_stays_in_it(archive: Archive):
    """PE-05: its author may not know of the file any more; neither an answer nor an error tells of it."""
    kept_in = archive.archive_file()
    record = file(archive, archive.clerk, archive_file=str(kept_in.pk)).record
    kept_in.own_state_level = 2
    set_levels(kept_in, Levels(2, 0, 1))
    kept_in.save()
    client, address = program(archive.clerk), f"/api/v1/records/{record.pk}"
    shown = client.get(address)
    assert shown.json()["archive_file_id"] is None
    changed = client.patch(
        address,
        json.dumps({"title": "改过的"}),
        content_type="application/json",
        headers={"If-Match": shown["ETag"]},
    )
    assert (changed.status_code, changed.json()["title"]) == (200, "改过的"), changed.content
    assert str(kept_in.pk) not in changed.content.decode()
    assert Record.objects.get(pk=record.pk).archive_file_id == kept_in.pk


def test_what_inspection_holds_back_is_told_and_not_filed(archive: Archive):
    client = program(archive.clerk)
    upload = post(client, "/api/v1/uploads", wanted(archive)).json()["id"]
    held = send(client, upload, b"MZ\x90\x00" + b"\x00" * 200)
    assert held.json()["state"] == "quarantined"
    assert held.json()["reasons"]
    problem(bare(client, f"/api/v1/uploads/{upload}/records"), 400, "no-accepted-file")


def test_another_s_upload_is_absent(archive: Archive):
    upload = post(program(archive.clerk), "/api/v1/uploads", wanted(archive)).json()["id"]
    problem(send(program(archive.director), upload, pdf(1)), 404, "absent")
    problem(bare(program(archive.director), f"/api/v1/uploads/{upload}/records"), 404, "absent")


def test_a_request_that_is_sent_again_makes_nothing_more(archive: Archive):
    """interface.md 4: Idempotency-Key, by account; another body under the same key is refused."""
    client = program(archive.clerk)
    key = {"Idempotency-Key": "the-fifth-of-november"}
    first = post(client, "/api/v1/uploads", wanted(archive), **key)
    again = post(client, "/api/v1/uploads", wanted(archive), **key)
    assert first.json() == again.json()
    assert (first.headers.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    problem(post(client, "/api/v1/uploads", wanted(archive, title="x"), **key), 422, "idempotency-key-reused")
    other = post(program(archive.director), "/api/v1/uploads", wanted(archive), **key)
    assert other.json() != first.json()
    upload = first.json()["id"]
    send(client, upload, pdf(1))
    filed = bare(client, f"/api/v1/uploads/{upload}/records", **key)
    again = bare(client, f"/api/v1/uploads/{upload}/records", **key)
    assert (filed.status_code, filed.json()) == (201, again.json())
    assert Record.objects.count() == 1
    problem(bare(client, f"/api/v1/uploads/{upload}/records"), 409, "session-closed")
    stored = str(list(ReplayedRequest.objects.values()))
    assert "the-fifth" not in stored
    assert str(archive.hall.pk) not in stored


def test_a_key_at_work_waits_and_one_that_failed_is_free(archive: Archive, monkeypatch):
    """Two at once: one is made, the other told to wait; nothing else is made."""
    client, key = program(archive.clerk), {"Idempotency-Key": "b-1"}
    problem(
        post(client, "/api/v1/uploads", wanted(archive, label="secret"), **key), 403, "token-never-classified"
    )
    assert post(client, "/api/v1/uploads", wanted(archive), **key).status_code == 201
    ReplayedRequest.objects.update(made="")
    answer = post(client, "/api/v1/uploads", wanted(archive), **key)
    problem(answer, 409, "idempotency-in-progress")
    assert answer["Retry-After"]
    ReplayedRequest.objects.update(at=clock.now() - timedelta(hours=25))
    assert post(client, "/api/v1/uploads", wanted(archive), **key).status_code == 201
    for bad in ("", "k" * 256, "ключ"):
        answer = post(client, "/api/v1/uploads", wanted(archive), **{"Idempotency-Key": bad})
        problem(answer, 400, "idempotency-key-refused")


# Register cards


def carded(archive: Archive, **changes: object) -> dict:
    return wanted(archive, **{"title": "来文一份", "place": "档案室 3 柜 2 层", "pages": 12, **changes})


def test_a_card_of_paper_is_made_once_as_a_draft_or_registered(archive: Archive):
    """P-01: a record without a body; where its paper lies is told, and nobody finds bytes."""
    client, key = program(archive.clerk), {"Idempotency-Key": "card-1"}
    made = post(client, "/api/v1/records", carded(archive), **key)
    again = post(client, "/api/v1/records", carded(archive), **key)
    assert (made.status_code, again.json(), again["Idempotency-Replayed"]) == (201, made.json(), "true")
    problem(post(client, "/api/v1/records", carded(archive, title="x"), **key), 422, "idempotency-key-reused")
    address = f"/api/v1/records/{made.json()['id']}"
    shown = client.get(address)
    told = shown.json()
    assert (told["title"], told["state"], told["place"], told["page_count"]) == (
        "来文一份",
        "draft",
        "档案室 3 柜 2 层",
        12,
    )
    assert client.get(f"{address}/components").json() == {"components": []}
    done = bare(client, f"{address}/registration", **{"If-Match": shown["ETag"]})
    assert done.json()["state"] == "registered"
    at_once = post(client, "/api/v1/records", carded(archive, register_now=True, label="open")).json()["id"]
    assert client.get(f"/api/v1/records/{at_once}").json()["state"] == "registered"
    assert Record.objects.count() == 2


@pytest.mark.parametrize("label", ["ordinary", "core", "confidential", "secret", "top_secret"])
def test_no_card_of_anything_classified_is_made_by_a_program(archive: Archive, label: str):
    """P-02: refused with its own code and recorded, though on the page its person makes such cards."""
    archive.clear(archive.clerk, state_level=3, enterprise_level=2, restricted=1)
    answer = post(program(archive.clerk), "/api/v1/records", carded(archive, label=label))
    problem(answer, 403, "token-never-classified")
    assert Event.objects.filter(rule="token-never-classified", outcome="denied").exists()
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"place": ""}, {"place": "柜\u202e3"}, {"title": " "}, {"record_date": "2999-01-01"}, {"pages": 0}],
    ids=str,
)
def test_a_card_that_the_page_refuses_is_refused_alike(archive: Archive, changes: dict):
    told = problem(
        post(program(archive.clerk), "/api/v1/records", carded(archive, **changes)), 422, "fields-refused"
    )
    assert {one["field"] for one in told["errors"]} == set(changes)
    assert not Record.objects.exists()


def test_a_card_is_for_one_s_own_unit_and_takes_the_scope_for_writing(archive: Archive):
    """PE-10; and an archive file that a secret raised is no choice, as one that never was."""
    elsewhere = post(
        program(archive.clerk), "/api/v1/records", carded(archive, unit=str(archive.other_hall.pk))
    )
    problem(elsewhere, 422, "fields-refused")
    others = set(TokenScope) - {TokenScope.RECORDS_WRITE}
    answer = post(program(archive.clerk, *others), "/api/v1/records", carded(archive))
    problem(answer, 403, "token-scope-missing")
    raised, nowhere = (
        problem(
            post(program(archive.clerk), "/api/v1/records", carded(archive, archive_file=str(pk))),
            422,
            "fields-refused",
        )
        for pk in (raised_file(archive), "00000000-0000-4000-8000-000000000404")
    )
    assert raised == nowhere


def raised_file(archive: Archive) -> object:
    """An archive file with a secret in it, which its filer sees on the page."""
    archive.clear(archive.clerk, state_level=3, enterprise_level=2, restricted=1)
    archive.clear(archive.director, state_level=3, enterprise_level=2, restricted=1)
    shelf = archive.archive_file("涉密来文")
    entries = archive.entries(
        "core",
        title="涉密来文一",
        place="柜 9",
        archive_file=str(shelf.pk),
        knowers=[str(archive.director.person.pk)],
        register_now="on",
    )
    assert archive.client(archive.clerk).post("/records/card/", entries).status_code == 302
    return shelf.pk
