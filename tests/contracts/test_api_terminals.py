"""Terminals and rosters changed by programs, and what a scope for changing opens of all that officers and heads do."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from accounts import services
from accounts.models import RosterEntry, Terminal
from accounts.token_rules import TokenScope
from audit.models import Event
from tests.accounts.people import make_account, make_fit, make_person, today
from tests.contracts.api_program import bare, meanwhile, post, problem, program, tag
from tests.contracts.test_api_officers import hall_wanted
from tests.contracts.test_api_people import LATER, NOBODY, registered, rostered
from tests.support.archive import Archive
from vault.administration import api_terminals
from vault.project.api import described

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


# Terminals


def terminal_wanted(**changed: object) -> dict:
    return {
        "number": "bm-07",
        "room": "保密室一",
        "equipment": "国产终端一台",
        "certificate_no": "ZS-7",
        "certificate_until": (today() + LATER).isoformat(),
        "check_every": 90,
        **changed,
    }


def test_a_terminal_is_registered_checked_renewed_suspended_and_withdrawn(archive: Archive):
    """Rule book 10.1(4): the whole life of one, and what it is refused on the way."""
    client, key = program(archive.system), {"Idempotency-Key": "bm-7"}
    made = post(client, "/api/v1/terminals", terminal_wanted(), **key)
    assert post(client, "/api/v1/terminals", terminal_wanted(), **key).json() == made.json()
    problem(post(client, "/api/v1/terminals", terminal_wanted()), 409, "terminal-number-taken")
    over = (today() - timedelta(days=1)).isoformat()
    answer = post(client, "/api/v1/terminals", terminal_wanted(number="BM-08", certificate_until=over))
    problem(answer, 422, "certificate-over")
    address = f"/api/v1/terminals/{made.json()['id']}"
    check = {"done_on": today().isoformat(), "result": "passed"}
    assert post(client, f"{address}/checks", check).status_code == 201
    problem(post(client, f"{address}/checks", {**check, "result": "failed"}), 422, "terminal-reason-missing")
    ahead = {**check, "done_on": (today() + timedelta(days=1)).isoformat()}
    problem(post(client, f"{address}/checks", ahead), 422, "check-ahead")
    certificate = {"certificate_no": "ZS-8", "certificate_until": (today() + 2 * LATER).isoformat()}
    problem(post(client, f"{address}/certificate", certificate), 428, "if-match-needed")
    read = tag(client, address)
    renewed = post(client, f"{address}/certificate", certificate, **read)
    assert renewed.json()["certificate_no"] == "ZS-8"
    assert renewed.json()["changes"][0]["former_certificate_no"] == "ZS-7"
    problem(post(client, f"{address}/certificate", certificate, **read), 412, "version-changed")
    same = post(client, f"{address}/certificate", certificate, **tag(client, address))
    problem(same, 409, "same-as-before")
    for step, state in (("suspend", "suspended"), ("reinstate", "registered"), ("withdraw", "withdrawn")):
        body = {"step": step, "reason": "送修"}
        problem(
            post(client, f"{address}/steps", {**body, "reason": " "}, **tag(client, address)),
            422,
            "fields-refused",
        )
        done = post(client, f"{address}/steps", body, **tag(client, address))
        assert (done.status_code, done.json()["state"]) == (200, state)
    problem(post(client, f"{address}/steps", body, **tag(client, address)), 409, "terminal-step")
    problem(post(client, f"{address}/checks", check), 409, "terminal-step")
    assert client.get(address).json()["next_check_on"] is None


def test_of_two_new_certificates_at_once_the_second_replaces_nothing_unseen(archive: Archive, monkeypatch):
    row = registered(archive)
    client, address = program(archive.system), f"/api/v1/terminals/{row.pk}"
    read = tag(client, address)

    def renew() -> None:
        services.renew_certificate(
            actor=archive.system,
            terminal=Terminal.objects.get(pk=row.pk),
            certificate_no="ZS-先",
            certificate_until=today() + LATER,
        )

    body = {"certificate_no": "ZS-后", "certificate_until": (today() + LATER).isoformat()}
    with monkeypatch.context() as patched:
        meanwhile(patched, api_terminals, renew)
        problem(post(client, f"{address}/certificate", body, **read), 412, "version-changed")
    assert Terminal.objects.get(pk=row.pk).certificate_no == "ZS-先"

    def withdraw() -> None:
        services.withdraw_terminal(
            actor=archive.system, terminal=Terminal.objects.get(pk=row.pk), reason="报废"
        )

    read = tag(client, address)
    meanwhile(monkeypatch, api_terminals, withdraw)
    answer = post(client, f"{address}/steps", {"step": "suspend", "reason": "送修"}, **read)
    problem(answer, 409, "terminal-step")
    assert Terminal.objects.get(pk=row.pk).state == "withdrawn"


# The roster


def test_the_head_keeps_the_roster_of_his_own_unit_and_of_no_other(archive: Archive):
    """P-30: somebody of another unit, and another unit, are no choice, whether they are there or not."""
    client = program(archive.director)
    wanted = {
        "unit": str(archive.hall.pk),
        "person": str(archive.clerk.person_id),
        "starts_on": today().isoformat(),
        "ends_on": today().isoformat(),
    }
    made = post(client, "/api/v1/roster", wanted, **{"Idempotency-Key": "r-1"})
    assert made.status_code == 201
    assert post(client, "/api/v1/roster", wanted, **{"Idempotency-Key": "r-1"}).json() == made.json()
    problem(post(client, "/api/v1/roster", wanted), 409, "roster-taken")
    for name, there in (("unit", archive.other_hall.pk), ("person", archive.stranger.person_id)):
        told = [
            problem(post(client, "/api/v1/roster", {**wanted, name: str(pk)}), 422, "fields-refused")
            for pk in (there, NOBODY)
        ]
        assert told[0] == told[1]
        assert [one["field"] for one in told[0]["errors"]] == [name]
    entry = f"/api/v1/roster/{made.json()['id']}/strike"
    problem(bare(program(archive.leader), entry), 404, "absent")
    struck = bare(client, entry)
    assert struck.status_code == 200
    assert struck.json()["struck_at"]
    problem(bare(client, entry), 409, "already-struck")
    assert client.get("/api/v1/roster").json()["total"] == 0
    assert RosterEntry.objects.count() == 1


def test_whoever_no_longer_heads_the_unit_keeps_its_roster_no_more(archive: Archive):
    """PE-08: another headship does not reach it."""
    entry = rostered(archive, 1)
    client = program(archive.director)
    services.end_appointment(actor=archive.security, appointment=archive.director.person.appointments.get())
    problem(bare(client, f"/api/v1/roster/{entry.pk}/strike"), 403, "duty-missing")
    assert RosterEntry.objects.get().struck_at is None


# Scopes and the log


def changes() -> Iterator[tuple[str, str, str]]:
    """Method and address of every change of these rooms, by the description, with numbers of nothing."""
    tags = {"people", "units", "grants", "terminals", "roster"}
    found = [
        (method, path)
        for path, methods in described()["paths"].items()
        for method, one in methods.items()
        if method != "get" and not tags.isdisjoint(one["tags"])
    ]
    names = ("person_id", "account_id", "unit_id", "proposal_id", "terminal_id", "roster_id")
    for method, path in found:
        address = path
        for name in names:
            address = address.replace(f"{{{name}}}", NOBODY)
        yield method, path, address


@pytest.mark.parametrize(("method", "path", "address"), list(changes()), ids=str)
def test_no_change_is_made_with_a_scope_for_reading(archive: Archive, method: str, path: str, address: str):
    """interface.md 4: every scope but the one; refused at the door, before the body is read, and in the log."""
    others = set(TokenScope) - {TokenScope.PEOPLE_WRITE}
    who = {"trainings": archive.security, "withdrawal": archive.security, "roster": archive.director}
    account = next((one for part, one in who.items() if part in path), archive.system)
    before = Event.objects.filter(rule="token-scope-missing").count()
    send = getattr(program(account, *others), method)
    problem(send(address, "{", content_type="application/json"), 403, "token-scope-missing")
    assert Event.objects.filter(rule="token-scope-missing").count() == before + 1
    send = getattr(program(account, TokenScope.PEOPLE_WRITE), method)
    assert send(address, "{", content_type="application/json").status_code in {400, 404}


def test_there_are_thirteen_changes_and_a_scope_for_them_reads_nothing(archive: Archive):
    """Whoever stole it learns of nobody; what it changes it is told."""
    assert len(list(changes())) == 13
    client = program(archive.system, TokenScope.PEOPLE_WRITE)
    for address in ("people", f"people/{archive.clerk.person_id}", "units", "grants", "terminals"):
        problem(client.get(f"/api/v1/{address}"), 403, "token-scope-missing")
    assert post(client, "/api/v1/units", hall_wanted(archive)).json().keys() == {"id"}


def test_the_log_names_the_token_and_the_change(archive: Archive):
    """AU-01: as by the page, with the token's reference in the session's place."""
    person = make_fit(make_person(archive.hall))
    account = make_account(person)
    bare(program(archive.security), f"/api/v1/people/{person.pk}/accounts/{account.pk}/suspension")
    event = Event.objects.filter(action="accounts:account:suspend", phase="intent").latest("id")
    written = json.loads(bytes(event.canonical))
    assert written["actor"]["session"].startswith("token:")
    assert written["object"]["id"] == str(account.pk)
