"""People, units, proposals, terminals and the roster for programs: what the officers' pages show, to whom they show it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import Account, PendingGrant
from accounts.rules import Duty, PersonCategory, UnitKind
from accounts.terminal_rules import CheckResult
from accounts.token_rules import TokenScope
from audit.models import Event
from tests.accounts.granting import categorise
from tests.accounts.people import enrol, make_appointment, make_person, make_unit, today
from tests.contracts.api_program import problem, program
from tests.support.archive import Archive

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
NOBODY = "00000000-0000-4000-8000-000000000404"
LATER = timedelta(days=60)


def proposed(archive: Archive, person: object, **changed: object) -> PendingGrant:
    return services.grant_clearance(
        actor=archive.security,
        person=person,
        **{
            "enterprise_level": 1,
            "starts_on": today(),
            "ends_on": today() + LATER,
            "reason": "轮岗",
            **changed,
        },
    ).pending


def registered(archive: Archive, number: str = "BM-01") -> object:
    return services.register_terminal(
        actor=archive.system,
        number=number,
        room="保密室一",
        equipment="国产终端一台",
        certificate_no="ZS-1",
        certificate_until=today() + LATER,
        check_every=90,
    )


def rostered(archive: Archive, days: int = 0) -> object:
    day = today() + timedelta(days=days)
    return services.set_on_roster(
        actor=archive.director, unit=archive.hall, person=archive.clerk.person, starts_on=day, ends_on=day
    )


def walked(client: object, address: str, name: str, size: int = 1) -> list[dict]:
    """All pages of a list, one after the other."""
    seen, cursor = [], None
    while True:
        page = client.get(address, {"size": size, **({"cursor": cursor} if cursor else {})}).json()
        seen += page[name]
        cursor = page["next"]
        assert page["total"] >= len(seen)
        if cursor is None:
            assert page["total"] == len(seen)
            return seen


# One person


def test_a_person_is_shown_with_everything_his_page_shows(archive: Archive):
    """AD-01, PE-01, PE-09: accounts, second factor, duties with their days, clearances, post, training, undertaking."""
    clerk = archive.clerk
    enrol(clerk)
    categorise(archive, clerk.person, PersonCategory.GENERAL, archive.leader)
    ended = make_appointment(clerk.person, Duty.STAFF, archive.other_hall, starts_on=today() - LATER)
    services.end_appointment(actor=archive.security, appointment=ended)
    services.rename_person(actor=archive.system, person=clerk.person, name="林小禾")
    services.suspend(actor=archive.system, account=clerk)
    shown = program(archive.security).get(f"/api/v1/people/{clerk.person_id}").json()
    assert (shown["name"], shown["state"], shown["category"]) == ("林小禾", "suspended", "general")
    assert shown["undertaking_signed"] is True
    assert shown["trainings"][0]["valid_until"] == shown["trained_until"]
    (account,) = shown["accounts"]
    assert (account["staff_no"], account["state"], account["second_factor"]) == (
        clerk.staff_no,
        "suspended",
        True,
    )
    duties = {one["duty"]: one for one in shown["appointments"]}
    assert duties["staff"]["revoked_on"] == today().isoformat()
    assert duties["staff"]["unit_id"] == str(archive.other_hall.pk)
    assert duties["duty_clerk"]["revoked_on"] is None
    (clearance,) = shown["clearances"]
    assert (clearance["state_level"], clearance["restricted"]) == (0, 1)
    assert clearance["granted_by"]["id"] == str(archive.security.person_id)
    assert shown["former"][0]["name"]
    assert shown["former"][0]["name"] != "林小禾"


def test_a_person_has_a_tag_that_changes_with_what_is_shown(archive: Archive):
    client, address = program(archive.system), f"/api/v1/people/{archive.clerk.person_id}"
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    services.suspend(actor=archive.system, account=archive.clerk)
    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer["ETag"] != tag


def test_live_sessions_are_counted_and_no_address_or_reference_is_told(archive: Archive):
    """AD-05: from where somebody is signed in is his own to see, on the page and here."""
    for _ in range(2):
        archive.client(archive.clerk).get("/")
    answer = program(archive.security).get(f"/api/v1/people/{archive.clerk.person_id}/sessions")
    (account,) = answer.json()["accounts"]
    assert set(account) == {"account_id", "staff_no", "browsers", "last_seen_at"}
    assert account["browsers"] == 2
    assert account["last_seen_at"]
    services.end_sessions(actor=archive.security, account=archive.clerk)
    (account,) = (
        program(archive.security).get(f"/api/v1/people/{archive.clerk.person_id}/sessions").json()["accounts"]
    )
    assert (account["browsers"], account["last_seen_at"]) == (0, None)


# Units


def test_units_come_each_after_its_parent_with_heads_and_who_acts(archive: Archive):
    """P-30: the tree page by page; one unit with its former names and a tag."""
    make_appointment(
        archive.cleared.person,
        Duty.DEPARTMENT_HEAD,
        archive.hall,
        is_head=True,
        is_acting=True,
        ends_on=today() + LATER,
    )
    below = make_unit(UnitKind.DEPARTMENT, archive.hall, name="班组")
    services.rename_unit(actor=archive.system, unit=archive.hall, name="城南客户中心")
    client = program(archive.auditor)
    found = walked(client, "/api/v1/units", "units")
    place = {one["id"]: at for at, one in enumerate(found)}
    for one in found:
        assert one["parent_id"] is None or place[one["parent_id"]] < place[one["id"]]
    hall = client.get(f"/api/v1/units/{archive.hall.pk}").json()
    assert hall["head"]["id"] == str(archive.director.person_id)
    assert hall["acting_head"]["id"] == str(archive.cleared.person_id)
    assert hall["acting_head"]["until"] == (today() + LATER).isoformat()
    assert (hall["name"], len(hall["former"])) == ("城南客户中心", 1)
    children = client.get("/api/v1/units", {"parent": str(archive.hall.pk)}).json()
    assert [one["id"] for one in children["units"]] == [str(below.pk)]
    coded = client.get("/api/v1/units", {"code": below.code}).json()
    assert [one["id"] for one in coded["units"]] == [str(below.pk)]


# Proposals


def test_a_head_is_shown_the_proposals_of_his_people_and_no_other(archive: Archive):
    """AD-03: officers all of them; another head's are absent, alike to what never was, and no cursor either."""
    here = proposed(archive, archive.clerk.person)
    there = proposed(archive, archive.stranger.person)
    assert {one["id"] for one in walked(program(archive.auditor), "/api/v1/grants", "grants")} == {
        str(here.pk),
        str(there.pk),
    }
    head = program(archive.director)
    (only,) = walked(head, "/api/v1/grants", "grants")
    assert only["id"] == str(here.pk)
    assert only["terms"]["enterprise_level"] == 1
    assert only["terms"]["duty"] is None
    assert (only["state"], only["reason"]) == ("pending", "轮岗")
    other, nowhere = (head.get(f"/api/v1/grants/{pk}") for pk in (there.pk, NOBODY))
    problem(other, 404, "absent")
    assert other.content == nowhere.content
    for cursor in (there.pk, NOBODY):
        problem(head.get("/api/v1/grants", {"cursor": str(cursor)}), 400, "cursor-refused")
    assert head.get("/api/v1/grants", {"person": str(archive.stranger.person_id)}).json()["total"] == 0
    waiting = {"waits_for_me": "true"}
    assert [one["id"] for one in head.get("/api/v1/grants", waiting).json()["grants"]] == [str(here.pk)]
    assert program(archive.security).get("/api/v1/grants", waiting).json()["total"] == 0


def test_a_proposal_s_tag_changes_when_it_is_decided(archive: Archive):
    row = proposed(archive, archive.clerk.person)
    client, address = program(archive.security), f"/api/v1/grants/{row.pk}"
    tag = client.get(address)["ETag"]
    services.confirm_grant(actor=archive.leader, grant=row)
    shown = client.get(address, headers={"If-None-Match": tag})
    assert shown.status_code == 200
    assert (shown.json()["state"], shown.json()["decided_by"]["id"]) == (
        "done",
        str(archive.leader.person_id),
    )


def test_a_head_whose_duty_has_ended_is_shown_nothing_from_the_next_request_on(archive: Archive):
    """PE-08: the token is the same, the duty is not."""
    proposed(archive, archive.clerk.person)
    head = program(archive.director)
    assert head.get("/api/v1/grants").json()["total"] == 1
    services.end_appointment(actor=archive.security, appointment=archive.director.person.appointments.get())
    for address in ("/api/v1/grants", "/api/v1/roster"):
        problem(head.get(address), 403, "duty-missing")


# Terminals and the roster


def test_the_register_of_terminals_says_why_one_is_of_no_use(archive: Archive):
    """Rule book 10.1(4): state, reasons, checks and changes."""
    first, second = registered(archive), registered(archive, "BM-02")
    services.record_check(
        actor=archive.system, terminal=first, done_on=today(), result=CheckResult.FAILED, note="封签破损"
    )
    services.suspend_terminal(actor=archive.system, terminal=second, reason="送修")
    client = program(archive.security)
    rows = walked(client, "/api/v1/terminals", "terminals")
    assert [(one["number"], one["unusable"]) for one in rows] == [
        ("BM-01", ["check_failed", "not_enrolled"]),
        ("BM-02", ["suspended", "never_checked", "not_enrolled"]),
    ]
    one = client.get(f"/api/v1/terminals/{first.pk}").json()
    assert [(check["result"], check["note"]) for check in one["checks"]] == [("failed", "封签破损")]
    other = client.get(f"/api/v1/terminals/{second.pk}").json()
    assert [(change["step"], change["reason"]) for change in other["changes"]] == [("suspend", "送修")]
    suspended = client.get("/api/v1/terminals", {"state": "suspended"}).json()
    assert [one["id"] for one in suspended["terminals"]] == [str(second.pk)]


def test_a_cursor_holds_though_its_row_has_left_the_filter(archive: Archive):
    """A program that suspends what it finds walks on from there."""
    first = registered(archive)
    registered(archive, "BM-02")
    client, wanted = program(archive.system), {"state": "registered", "size": 1}
    page = client.get("/api/v1/terminals", wanted).json()
    services.suspend_terminal(actor=archive.system, terminal=first, reason="送修")
    following = client.get("/api/v1/terminals", {**wanted, "cursor": page["next"]}).json()
    assert [one["number"] for one in following["terminals"]] == ["BM-02"]


def test_the_roster_is_of_the_units_one_heads(archive: Archive):
    """P-30: another unit's is empty for him, and of its entries none is a cursor."""
    for days in (0, 1, 2):
        rostered(archive, days)
    found = walked(program(archive.director), "/api/v1/roster", "roster")
    assert [one["starts_on"] for one in found] == [
        (today() + timedelta(days=days)).isoformat() for days in (0, 1, 2)
    ]
    assert {one["person"]["id"] for one in found} == {str(archive.clerk.person_id)}
    head = program(archive.leader)
    assert head.get("/api/v1/roster").json()["total"] == 0
    assert head.get("/api/v1/roster", {"unit": str(archive.hall.pk)}).json()["total"] == 0
    problem(head.get("/api/v1/roster", {"cursor": found[0]["id"]}), 400, "cursor-refused")


# Every list


LISTS: dict[str, Callable[[Archive], Account]] = {
    "people": lambda archive: archive.security,
    "units": lambda archive: archive.security,
    "grants": lambda archive: archive.director,
    "terminals": lambda archive: archive.security,
    "roster": lambda archive: archive.director,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_page_of_a_list_takes_eight_statements_however_long_it_is(archive: Archive, name: str):
    for number in range(3):
        person = make_person(archive.hall)
        proposed(archive, person)
        registered(archive, f"BM-1{number}")
        rostered(archive, number)
    client, address = program(LISTS[name](archive)), f"/api/v1/{name}"
    cursor = client.get(address, {"size": 1}).json()["next"]
    counted = set()
    for size in (1, 200):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address, {"size": size, "cursor": cursor}).json()[name]
        asked = [query["sql"] for query in captured.captured_queries]
        assert len(asked) <= 8, asked
        counted.add(len(asked))
    assert len(counted) == 1


@pytest.mark.parametrize("name", LISTS)
def test_a_page_is_one_event_and_another_scope_opens_none(archive: Archive, name: str):
    """AU-01; a scope opens what it names, whatever its person may do."""
    client, address = program(LISTS[name](archive)), f"/api/v1/{name}"
    before = Event.objects.count()
    assert client.get(address).status_code == 200
    assert Event.objects.count() == before + 1
    others = set(TokenScope) - {TokenScope.PEOPLE_READ}
    problem(program(LISTS[name](archive), *others).get(address), 403, "token-scope-missing")


@pytest.mark.parametrize("name", sorted(set(LISTS) - {"people"}))
def test_a_cursor_of_nothing_is_refused(archive: Archive, name: str):
    client = program(LISTS[name](archive))
    problem(client.get(f"/api/v1/{name}", {"cursor": NOBODY}), 400, "cursor-refused")


def test_what_is_asked_for_under_another_kind_s_number_is_absent(archive: Archive):
    """Ids of other things open nothing."""
    row, terminal = proposed(archive, archive.clerk.person), registered(archive)
    client = program(archive.security)
    for address in (
        f"people/{archive.hall.pk}",
        f"people/{archive.clerk.pk}/sessions",
        f"units/{archive.clerk.person_id}",
        f"grants/{terminal.pk}",
        f"terminals/{row.pk}",
    ):
        problem(client.get(f"/api/v1/{address}"), 404, "absent")
