"""The programs' interface from outside: what it shows and takes, and that it never says more than its person may know."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.token_rules import TokenScope
from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.contracts.api_program import bare, post, problem, program, wanted
from tests.support.archive import Archive, file, pdf
from vault.authorization import grants
from vault.authorization.actions import Action
from vault.holdings.models import Record, RecordUserPermission

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(archive: Archive) -> Record:
    return file(archive, archive.clerk, register_now="on").record


# Reading


def test_the_list_is_the_screens_and_pages_by_keyset(archive: Archive):
    """PE-14: list, count and pages follow the rule; each page is one event."""
    for number in range(5):
        file(archive, archive.clerk, title=f"第{number}件", register_now="on")
    client, seen, cursor = program(archive.clerk), [], None
    while True:
        page = client.get("/api/v1/records", {"size": 2, **({"cursor": cursor} if cursor else {})}).json()
        assert page["total"] == 5
        seen += [row["title"] for row in page["records"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == [f"第{number}件" for number in range(5)]
    assert program(archive.stranger).get("/api/v1/records").json() == {
        "total": 0,
        "records": [],
        "next": None,
    }
    assert Event.objects.filter(action="holdings:record:list", outcome="granted").count() == 4


def test_a_page_of_the_list_takes_eight_statements(archive: Archive, record: Record):
    client = program(archive.clerk)
    client.get("/api/v1/records")
    for size in (1, 200):
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/api/v1/records", {"size": size}).json()["total"] == 1
        asked = [query["sql"] for query in captured.captured_queries]
        assert len(asked) <= 8, asked


def test_a_record_has_a_tag_and_an_unchanged_one_is_not_sent_again(archive: Archive, record: Record):
    client, address = program(archive.clerk), f"/api/v1/records/{record.pk}"
    answer = client.get(address)
    assert answer.json()["title"] == record.title
    assert (answer.json()["label"], answer.json()["state"]) == ("internal", "registered")
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(address)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", answer["ETag"])
    problem(program(archive.stranger).get(address, headers={"If-None-Match": answer["ETag"]}), 404, "absent")


def test_bytes_come_whole_and_in_ranges(archive: Archive):
    """RR-04: the original is for whoever may COPY; If-Range of another version gives the whole."""
    sent = pdf(2)
    record = file(archive, archive.clerk, ("一.pdf", sent), register_now="on", label="open").record
    client = program(archive.clerk)
    (part,) = client.get(f"/api/v1/records/{record.pk}/components").json()["components"]
    assert part["versions"][0]["name"] == "一.pdf"
    address = f"/api/v1/records/{record.pk}/components/{part['id']}/content"
    whole = client.get(address)
    body = b"".join(whole.streaming_content)
    assert body == sent
    ranged = client.get(address, headers={"Range": "bytes=5-9", "If-Range": whole["ETag"]})
    assert (ranged.status_code, b"".join(ranged.streaming_content)) == (206, body[5:10])
    stale = client.get(address, headers={"Range": "bytes=5-9", "If-Range": '"another"'})
    assert (stale.status_code, b"".join(stale.streaming_content)) == (200, body)
    refused = client.get(address, headers={"Range": "bytes=99999999-"})
    problem(refused, 416, "range-refused")
    assert refused["Content-Range"] == f"bytes */{len(body)}"
    assert client.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    problem(program(archive.stranger, TokenScope.RECORDS_WRITE).get(address), 403, "token-scope-missing")


def test_knowing_of_an_internal_record_is_not_having_its_bytes(archive: Archive, record: Record):
    """PE-03: the same person reads on the page, and copies only by a grant."""
    address = f"/api/v1/records/{record.pk}/components/{record.components.get().pk}/content"
    client = program(archive.director)
    problem(client.get(address), 403, "no-basis-for-action")
    now = clock.now()
    grants.give(
        RecordUserPermission,
        target=record,
        account=archive.director,
        action=Action.COPY,
        granted_by=archive.leader.person,
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(days=1),
    )
    assert client.get(address).status_code == 200


# Nothing classified


@pytest.fixture
def secret(archive: Archive, attested: None) -> Record:
    """A secret that its filer is cleared for and named on."""
    archive.clear(archive.clerk, state_level=3, enterprise_level=2, restricted=1)
    archive.clear(archive.director, state_level=3, enterprise_level=2, restricted=1)
    return file(
        archive,
        archive.clerk,
        label="core",
        title="涉密标题",
        knowers=[str(archive.director.person.pk)],
        register_now="on",
    ).record


def test_what_is_classified_is_absent_to_every_token_whoever_holds_it(archive: Archive, secret: Record):
    """P-02: its filer sees it on the page; through a token there is nothing, by any address, method or header."""
    assert archive.client(archive.clerk).get(f"/records/{secret.pk}/").status_code == 200
    client = program(archive.clerk)
    assert client.get("/api/v1/records").json()["total"] == 0
    component = secret.components.get().pk
    here, nowhere = f"/api/v1/records/{secret.pk}", "/api/v1/records/00000000-0000-4000-8000-000000000404"
    for tail in ("", "/components", f"/components/{component}/content"):
        for method in ("get", "head"):
            for headers in ({}, {"If-None-Match": '"x"'}, {"Range": "bytes=0-1"}, {"If-Range": '"x"'}):
                found = getattr(client, method)(here + tail, headers=headers)
                other = getattr(client, method)(nowhere + tail, headers=headers)
                assert found.status_code == 404
                assert found.content == other.content
                assert dict(found.headers) == dict(other.headers)
    for send_to in (here, nowhere):
        answer = client.patch(
            send_to, '{"title": "x"}', content_type="application/json", headers={"If-Match": '"x"'}
        )
        problem(answer, 404, "absent")
        problem(bare(client, f"{send_to}/registration", **{"If-Match": '"x"'}), 404, "absent")


def test_an_archive_file_that_a_secret_raised_is_not_named(archive: Archive, secret: Record):
    """P-02, CL-11: the record inside is internal, the file's label would tell of the secret in it."""
    shelf = archive.archive_file("涉密来文")
    inside = file(archive, archive.clerk, archive_file=str(shelf.pk), register_now="on").record
    client, address = program(archive.clerk), f"/api/v1/records/{inside.pk}"
    assert client.get(address).json()["archive_file_id"] == str(shelf.pk)
    file(
        archive,
        archive.clerk,
        label="core",
        archive_file=str(shelf.pk),
        knowers=[str(archive.director.person.pk)],
        register_now="on",
    )
    assert client.get(address).json()["archive_file_id"] is None


@pytest.mark.parametrize("label", ["ordinary", "core", "confidential", "secret", "top_secret"])
def test_nothing_classified_is_taken(archive: Archive, secret: Record, label: str):
    """P-02: refused with its own code before a byte travels, and recorded."""
    answer = post(program(archive.clerk), "/api/v1/uploads", wanted(archive, label=label))
    problem(answer, 403, "token-never-classified")
    assert Event.objects.filter(rule="token-never-classified", outcome="denied").exists()


# People and events


@pytest.mark.parametrize("name", ["action", "person", "object_id", "rule"])
def test_a_sign_that_no_text_has_is_refused_and_looked_for_nowhere(archive: Archive, name: str):
    """PostgreSQL would fail on a NUL."""
    answer = program(archive.auditor).get("/api/v1/events", {name: "a\x00b"})
    problem(answer, 422, "fields-refused")


def test_people_and_events_are_for_whom_the_pages_are(archive: Archive):
    """AD-01: a scope gives nothing that its person has not."""
    people = program(archive.security).get("/api/v1/people", {"size": 2}).json()
    assert people["total"] > 2
    one = program(archive.security).get(f"/api/v1/people/{people['people'][0]['id']}")
    assert people["people"][0].items() <= one.json().items()
    following = program(archive.security).get("/api/v1/people", {"size": 2, "cursor": people["next"]}).json()
    assert {p["id"] for p in following["people"]}.isdisjoint({p["id"] for p in people["people"]})
    problem(program(archive.clerk).get("/api/v1/people"), 403, "duty-missing")
    auditor = program(archive.auditor)
    events = auditor.get("/api/v1/events", {"size": 3, "outcome": "denied"}).json()
    assert [event["rule"] for event in events["events"]] == ["duty-missing"]
    detail = auditor.get(f"/api/v1/events/{events['events'][0]['uid']}").json()
    assert json.loads(detail["canonical"])["actor"]["session"].startswith("token:")
    problem(program(archive.security).get("/api/v1/events"), 403, "duty-missing")
    problem(program(archive.auditor).get("/api/v1/records"), 403, "officer-sees-no-content")


def test_a_token_says_whose_it_is(archive: Archive):
    answer = program(archive.clerk, TokenScope.RECORDS_READ).get("/api/v1/me").json()
    assert answer["staff_no"] == archive.clerk.staff_no
    assert answer["scopes"] == ["records:read"]


# Errors and attacks


BAD_BODIES = {
    "no JSON": b"{",
    "NaN": b'{"title": NaN}',
    "a key twice": b'{"title": "a", "title": "b"}',
    "bad UTF-8": b'{"title": "\xff"}',
    "deep": b'{"title": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_is_no_strict_json_is_refused(archive: Archive, body: bytes):
    answer = program(archive.clerk).post("/api/v1/uploads", body, content_type="application/json")
    problem(answer, 400, "body-not-json")


def test_every_kind_of_wrong_request_is_a_problem(archive: Archive, record: Record):
    """RFC 9457: never a page under /api/."""
    client, address = program(archive.clerk), f"/api/v1/records/{record.pk}"
    problem(client.get("/api/v1/nowhere"), 404, "absent")
    problem(client.get("/api/"), 404, "absent")
    problem(client.get("/api/v1/records/not-an-id"), 404, "absent")
    answer = client.delete(address)
    problem(answer, 405, "method-refused")
    assert set(answer["Allow"].split(", ")) >= {"GET", "PATCH"}
    problem(client.get(address, headers={"Accept": "text/html"}), 406, "not-acceptable")
    problem(client.post("/api/v1/uploads", "a=1", content_type="text/plain"), 415, "media-type-refused")
    huge = client.post("/api/v1/uploads", b"[" + b"1," * 60_000 + b"1]", content_type="application/json")
    problem(huge, 413, "body-too-large")
    told = problem(post(client, "/api/v1/uploads", {"unit": "x", "unknown": 1}), 422, "fields-refused")
    assert {"unit", "unknown", "label"} <= {error["field"] for error in told["errors"]}
    assert "'x'" not in str(told)
    for cursor in ("2026-01-01_x", "x_x", "_", "2026-13-01_" + str(record.pk)):
        problem(client.get("/api/v1/records", {"cursor": cursor}), 400, "cursor-refused")
    problem(client.get("/api/v1/records", {"size": 201}), 422, "fields-refused")
    problem(client.get("/api/v1/records", {"year": "9" * 5000}), 422, "fields-refused")


def test_what_answers_before_the_interface_is_a_problem_too(archive: Archive, monkeypatch):
    """P-02, AU-03: plain HTTP from elsewhere, another host, and a log that cannot be written."""
    client = program(archive.clerk)
    problem(client.get("/api/v1/me", REMOTE_ADDR="192.0.2.7"), 403, "forbidden")
    problem(client.get("/api/v1/me", HTTP_HOST="evil.example"), 400, "bad-request")
    assert client.get("/api/v1/me").status_code == 200

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    monkeypatch.setattr(recording, "store", unavailable)
    answer = client.get("/api/v1/me")
    problem(answer, 503, "unavailable")
    assert answer["Retry-After"]


def test_another_language_changes_the_words_and_no_code(archive: Archive):
    chinese = Client().get("/api/v1/me", headers={"Accept-Language": "zh-hans"})
    english = Client().get("/api/v1/me", headers={"Accept-Language": "en"})
    assert problem(chinese, 401, "token-needed")["detail"] != problem(english, 401, "token-needed")["detail"]
