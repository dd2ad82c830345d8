"""Requests by program: one's own about internal records, asked for and withdrawn; nothing of a secret (P-02)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Account
from accounts.token_rules import TokenScope
from audit.models import Event
from tests.accounts.people import today
from tests.approvals.desk import Desk
from tests.approvals.test_voiding import raise_to_top
from tests.contracts.api_program import bare, meanwhile, post, problem, program, tag
from tests.support.archive import Archive
from vault.approvals import api
from vault.approvals.models import AccessRequest
from vault.approvals.services import requests
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.models import Record
from vault.project.api import described

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
ADDRESS = "/api/v1/requests"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def desk(archive: Archive, attested: None) -> Desk:
    return Desk(archive)


def wanted(record: Record, **changes: object) -> dict[str, Any]:
    return {
        "record": str(record.pk),
        "action": "copy",
        "purpose": "核对检修记录",
        "starts_on": today().isoformat(),
        "ends_on": (today() + timedelta(days=3)).isoformat(),
        **changes,
    }


def asked(desk: Desk, record: Record, by: Account | None = None) -> AccessRequest:
    return desk.submit(record, by=by or desk.archive.clerk, action=Action.COPY)


def rises(desk: Desk, record: Record) -> None:
    """An internal record turns out to be a top secret."""
    desk.archive.clear(desk.archive.director, state_level=3)
    raise_to_top(desk, record, by=desk.archive.director)


def told(answer: Any) -> dict[str, Any]:
    """A problem without what names the request itself."""
    return {name: value for name, value in answer.json().items() if name != "instance"}


def test_a_copy_is_asked_for_once_followed_and_withdrawn(desk: Desk) -> None:
    """RQ-01, RQ-02: sent twice with one key it is one request; only what was read is withdrawn."""
    record = desk.record("internal")
    client, key = program(desk.archive.clerk), {"Idempotency-Key": "q-1"}
    made = post(client, ADDRESS, wanted(record, amount=2), **key)
    assert made.status_code == 201, made.content
    again = post(client, ADDRESS, wanted(record, amount=2), **key)
    assert (again.json(), again["Idempotency-Replayed"]) == (made.json(), "true")
    problem(post(client, ADDRESS, wanted(record)), 409, "already-requested")
    assert AccessRequest.objects.count() == 1
    listed = client.get(ADDRESS).json()
    assert (listed["total"], listed["next"]) == (1, None)
    address = f"{ADDRESS}/{made.json()['id']}"
    read = client.get(address)
    shown = read.json()
    assert {name: shown[name] for name in listed["requests"][0]} == listed["requests"][0]
    assert (shown["action"], shown["state"], shown["amount"], shown["used"]) == ("copy", "checked", 2, 0)
    assert (shown["record_id"], shown["purpose"], shown["whole"]) == (str(record.pk), "核对检修记录", True)
    assert client.get(address, headers={"If-None-Match": read["ETag"]}).status_code == 304
    problem(bare(client, f"{address}/withdrawal"), 428, "if-match-needed")
    problem(bare(client, f"{address}/withdrawal", **{"If-Match": '"0"'}), 412, "version-changed")
    done = bare(client, f"{address}/withdrawal", **tag(client, address))
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert [step["event"] for step in done.json()["steps"]] == ["withdraw"]
    assert done["ETag"] != read["ETag"]
    problem(bare(client, f"{address}/withdrawal", **tag(client, address)), 409, "wrong-step")


def test_parts_and_their_pages_are_asked_for(desk: Desk) -> None:
    """RQ-01: a page that is not there, a part that is not, and one that is named twice are refused by field."""
    record = desk.record("internal")
    component = str(record.components.get().pk)
    client = program(desk.archive.clerk)
    for parts in (
        [{"component_id": component, "pages": "11-13"}],
        [{"component_id": component, "pages": "5-3"}],
        [{"component_id": NOBODY, "pages": ""}],
        [{"component_id": component, "pages": "1"}, {"component_id": component, "pages": "2"}],
    ):
        refused = problem(post(client, ADDRESS, wanted(record, parts=parts)), 422, "fields-refused")
        assert [one["field"] for one in refused["errors"]] == ["parts"]
    parts = [{"component_id": component, "pages": "2, 1，7至9"}]
    made = post(client, ADDRESS, wanted(record, parts=parts)).json()["id"]
    shown = client.get(f"{ADDRESS}/{made}").json()
    assert (shown["whole"], shown["parts"]) == (
        False,
        [{"component_id": component, "version": 1, "pages": "1-2, 7-9"}],
    )


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("purpose", {"purpose": " "}),
        ("purpose", {"purpose": "核对\u202e"}),
        ("purpose", {"purpose": "长" * 2001}),
        ("amount", {"amount": 0}),
        ("amount", {"amount": 21}),
        ("ends_on", {"ends_on": (today() - timedelta(days=1)).isoformat()}),
        ("ends_on", {"ends_on": (today() + timedelta(days=30)).isoformat()}),
        ("action", {"action": "consult"}),
        ("approve", {"approve": True}),
    ],
)
def test_what_the_page_refuses_the_interface_refuses(desk: Desk, field: str, changes: dict) -> None:
    """RQ-01: by field; nothing is sent, and of an internal record nothing but copies and prints is asked for."""
    record = desk.record("internal")
    answer = problem(
        post(program(desk.archive.clerk), ADDRESS, wanted(record, **changes)), 422, "fields-refused"
    )
    assert [one["field"] for one in answer["errors"]] == [field]
    assert not AccessRequest.objects.exists()


def test_of_an_open_record_there_is_nothing_to_ask(desk: Desk) -> None:
    """P-05."""
    answer = post(program(desk.archive.clerk), ADDRESS, wanted(desk.record("open")))
    problem(answer, 400, "nothing-to-request")


@pytest.mark.parametrize("label", ["secret", "ordinary"])
def test_a_request_about_a_secret_is_absent_to_its_own_requester(desk: Desk, label: str) -> None:
    """P-02: from the list, the count, the item, the cursor and the withdrawal, as if it had never been."""
    record = desk.record(label)
    secret = desk.submit(record, action=Action.COPY)
    client = program(desk.reader)
    assert client.get(ADDRESS).json() == {"total": 0, "requests": [], "next": None}
    assert client.get(f"{ADDRESS}?state=submitted").json()["total"] == 0
    cursors = [client.get(f"{ADDRESS}?cursor={pk}") for pk in (secret.pk, NOBODY)]
    assert told(cursors[0]) == told(cursors[1])
    problem(cursors[0], 400, "cursor-refused")
    for suffix, ask in (("", client.get), ("/withdrawal", lambda address: bare(client, address))):
        answers = [ask(f"{ADDRESS}/{pk}{suffix}") for pk in (secret.pk, NOBODY)]
        problem(answers[0], 404, "absent")
        assert told(answers[0]) == told(answers[1])
    answers = [
        post(client, ADDRESS, {**wanted(record, action="print"), "record": pk})
        for pk in (str(record.pk), NOBODY)
    ]
    problem(answers[0], 404, "absent")
    assert told(answers[0]) == told(answers[1])
    assert AccessRequest.objects.get().state == "submitted"
    # On the page he has it.
    assert secret.reference in desk.archive.client(desk.reader).get("/requests/").content.decode()


def test_when_the_label_rises_what_was_asked_for_disappears(desk: Desk) -> None:
    """P-02: also what was asked for while the record was internal."""
    record = desk.record("internal")
    client, row = program(desk.archive.clerk), asked(desk, record)
    assert client.get(ADDRESS).json()["total"] == 1
    rises(desk, record)
    assert client.get(ADDRESS).json() == {"total": 0, "requests": [], "next": None}
    problem(client.get(f"{ADDRESS}/{row.pk}"), 404, "absent")


def test_a_label_that_rises_while_it_is_asked_for_lets_nothing_through(desk: Desk, monkeypatch) -> None:
    """P-02: between the gate's answer and the change."""
    record, fetch = desk.record("internal"), gate.fetch

    def fetched(*given: Any, **more: Any) -> Any:
        found = fetch(*given, **more)
        monkeypatch.setattr(gate, "fetch", fetch)
        rises(desk, record)
        return found

    monkeypatch.setattr(gate, "fetch", fetched)
    problem(post(program(desk.archive.clerk), ADDRESS, wanted(record)), 409, "label-moved")
    assert not AccessRequest.objects.exists()


def test_whoever_decides_or_checks_has_no_part_in_it_through_a_token(desk: Desk) -> None:
    """RQ-03, AD-05: on the page the director decides; his program does not know of it."""
    row = asked(desk, desk.record("internal"))
    page = desk.archive.client(desk.archive.director).get(f"/requests/{row.pk}/")
    assert page.status_code == 200
    for account in (desk.archive.director, desk.archive.colleague):
        client = program(account)
        assert client.get(ADDRESS).json()["total"] == 0
        problem(client.get(f"{ADDRESS}/{row.pk}"), 404, "absent")
        problem(bare(client, f"{ADDRESS}/{row.pk}/withdrawal"), 404, "absent")
    client = program(desk.security)
    assert client.get(ADDRESS).json()["total"] == 0
    problem(client.get(f"{ADDRESS}/{row.pk}"), 404, "absent")


def test_there_is_an_operation_for_asking_and_withdrawing_and_none_for_deciding() -> None:
    """AD-05: deciding asks for a fresh proof, which no token gives."""
    found = {
        (method, path)
        for path, methods in described()["paths"].items()
        for method, one in methods.items()
        if "requests" in one["tags"]
    }
    assert found == {
        ("get", ADDRESS),
        ("post", ADDRESS),
        ("get", f"{ADDRESS}/{{request_id}}"),
        ("post", f"{ADDRESS}/{{request_id}}/withdrawal"),
    }


def test_pages_follow_each_other_without_gap_or_repetition(desk: Desk) -> None:
    rows = [asked(desk, desk.record("internal")) for _ in range(3)]
    client, cursor, seen = program(desk.archive.clerk), "", []
    for _ in range(3):
        page = client.get(f"{ADDRESS}?size=1{cursor}").json()
        assert page["total"] == 3
        seen += [one["id"] for one in page["requests"]]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert seen == [str(row.pk) for row in reversed(rows)]
    assert client.get(f"{ADDRESS}?state=withdrawn").json()["total"] == 0


def test_nothing_of_what_the_record_is_about_is_told(desk: Desk) -> None:
    """A scope for requests is none for records."""
    record = desk.record("internal")
    row = asked(desk, record)
    client = program(desk.archive.clerk, TokenScope.REQUESTS_READ)
    for address in (ADDRESS, f"{ADDRESS}/{row.pk}"):
        assert str(record.title) not in client.get(address).content.decode()


def test_each_scope_opens_its_own(desk: Desk) -> None:
    """interface.md 4: a program that files asks for nothing, and one that asks files nothing."""
    record = desk.record("internal")
    row = asked(desk, record)
    others = set(TokenScope) - {TokenScope.REQUESTS_READ, TokenScope.REQUESTS_WRITE}
    reads = program(desk.archive.clerk, TokenScope.REQUESTS_READ)
    writes = program(desk.archive.clerk, TokenScope.REQUESTS_WRITE)
    neither = program(desk.archive.clerk, *others)
    address = f"{ADDRESS}/{row.pk}"
    match = tag(reads, address)
    for client in (writes, neither):
        problem(client.get(ADDRESS), 403, "token-scope-missing")
        problem(client.get(address), 403, "token-scope-missing")
    # To a program that may not read records either, the record is absent.
    problem(post(reads, ADDRESS, wanted(record, action="print")), 404, "absent")
    problem(post(neither, ADDRESS, wanted(record, action="print")), 403, "token-scope-missing")
    for client in (reads, neither):
        problem(bare(client, f"{address}/withdrawal", **match), 403, "token-scope-missing")
    assert post(writes, ADDRESS, wanted(record, action="print")).status_code == 201
    assert bare(writes, f"{address}/withdrawal", **match).status_code == 200


def test_of_a_decision_and_a_withdrawal_at_once_the_decision_stands(desk: Desk, monkeypatch) -> None:
    """RQ-03: it was approved after the program read it."""
    row = asked(desk, desk.record("internal"))
    client, address = program(desk.archive.clerk), f"{ADDRESS}/{row.pk}"
    read = tag(client, address)

    def approve() -> None:
        requests.approve(context=of_account(desk.archive.director), request_id=row.pk, version=row.version)

    meanwhile(monkeypatch, api, approve)
    problem(bare(client, f"{address}/withdrawal", **read), 409, "wrong-step")
    assert AccessRequest.objects.get().state == "approved"


def test_the_log_names_the_token_and_what_it_did(desk: Desk) -> None:
    """AU-01."""
    client = program(desk.archive.clerk)
    made = post(client, ADDRESS, wanted(desk.record("internal"))).json()["id"]
    address = f"{ADDRESS}/{made}"
    bare(client, f"{address}/withdrawal", **tag(client, address))
    for action in (Action.REQUEST_ACCESS, Action.READ_REQUESTS, Action.WITHDRAW_REQUEST):
        event = Event.objects.filter(action=action.value, outcome="granted").latest("id")
        assert json.loads(bytes(event.canonical))["actor"]["session"].startswith("token:"), action
