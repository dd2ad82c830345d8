"""Units, people and proposals changed by programs: by the services of the pages, never what asks for a fresh proof."""

from datetime import timedelta

import pytest

from accounts import services
from accounts.models import PendingGrant, Training, Unit
from accounts.rules import UnitKind
from tests.accounts.people import make_person, make_unit, today
from tests.contracts.api_program import bare, meanwhile, patch, post, problem, program, tag
from tests.contracts.test_api_people import LATER, NOBODY, proposed
from tests.support.archive import Archive
from vault.administration import api_grants, api_units

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


# Units


def hall_wanted(archive: Archive, **changed: object) -> dict:
    return {
        "kind": "hall",
        "code": "YYT09",
        "name": "城东营业厅",
        "parent": str(archive.company.pk),
        **changed,
    }


def test_a_unit_is_made_once_renamed_and_closed(archive: Archive):
    """AD-01: the system officer's; opened today, its former name kept, closed for good."""
    client, key = program(archive.system), {"Idempotency-Key": "hall-9"}
    made = post(client, "/api/v1/units", hall_wanted(archive), **key)
    again = post(client, "/api/v1/units", hall_wanted(archive), **key)
    assert (made.status_code, again.json()) == (201, made.json())
    assert again["Idempotency-Replayed"] == "true"
    problem(
        post(client, "/api/v1/units", hall_wanted(archive, name="别厅"), **key), 422, "idempotency-key-reused"
    )
    problem(post(client, "/api/v1/units", hall_wanted(archive)), 409, "unit-code-taken")
    assert Unit.objects.filter(code="YYT09").count() == 1
    address = f"/api/v1/units/{made.json()['id']}"
    assert client.get(address).json()["opened_on"] == today().isoformat()
    problem(patch(client, address, {"name": "东厅"}), 428, "if-match-needed")
    for stale in ('"stale"', "*"):
        problem(patch(client, address, {"name": "东厅"}, **{"If-Match": stale}), 412, "version-changed")
    read = tag(client, address)
    renamed = patch(client, address, {"name": "东厅"}, **read)
    assert (renamed.status_code, renamed.json()["name"]) == (200, "东厅")
    assert renamed.json()["former"][0]["name"] == "城东营业厅"
    assert renamed["ETag"] == client.get(address)["ETag"]
    problem(patch(client, address, {"name": "西厅"}, **read), 412, "version-changed")
    problem(bare(client, f"{address}/closure", **read), 412, "version-changed")
    closed = bare(client, f"{address}/closure", **tag(client, address))
    assert (closed.status_code, closed.json()["closed_on"]) == (200, today().isoformat())
    problem(bare(client, f"{address}/closure", **tag(client, address)), 409, "unit-closed")
    problem(patch(client, address, {"name": "西厅"}, **tag(client, address)), 409, "unit-closed")


def test_a_unit_in_which_something_stands_is_not_closed_and_says_what(archive: Archive):
    client, address = program(archive.system), f"/api/v1/units/{archive.hall.pk}"
    told = problem(bare(client, f"{address}/closure", **tag(client, address)), 409, "unit-stands")
    assert "有人员在此工作" in told["detail"]
    assert client.get(address).json()["closed_on"] is None


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "两\n行"},
        {"name": ""},
        {"code": "  "},
        {"parent": NOBODY},
        {"kind": "moon"},
        {"opened_on": "2020-01-01"},
        {"name": "长" * 121},
    ],
    ids=str,
)
def test_a_unit_that_the_form_refuses_is_refused_alike(archive: Archive, changed: dict):
    """One judge for both: lines that mislead, a unit above that is none, and nothing that is not asked for."""
    before = Unit.objects.count()
    answer = post(program(archive.system), "/api/v1/units", hall_wanted(archive, **changed))
    told = problem(answer, 422, "fields-refused")
    assert {one["field"] for one in told["errors"]} == set(changed)
    assert Unit.objects.count() == before


def test_no_unit_of_ours_stands_below_an_authority_outside(archive: Archive):
    answer = post(
        program(archive.system), "/api/v1/units", hall_wanted(archive, parent=str(archive.authority.pk))
    )
    problem(answer, 409, "units-misplaced")


def test_of_two_who_rename_at_once_the_second_overwrites_nothing(archive: Archive, monkeypatch):
    """interface.md 4: the tag was right when it was compared, and the name another when it was changed."""
    client, address = program(archive.system), f"/api/v1/units/{archive.hall.pk}"
    read = tag(client, address)

    def rename() -> None:
        services.rename_unit(
            actor=archive.system, unit=Unit.objects.get(pk=archive.hall.pk), name="先到的名称"
        )

    meanwhile(monkeypatch, api_units, rename)
    problem(patch(client, address, {"name": "后到的名称"}, **read), 412, "version-changed")
    assert Unit.objects.get(pk=archive.hall.pk).name == "先到的名称"


def test_of_two_who_close_at_once_one_does(archive: Archive, monkeypatch):
    empty = make_unit(UnitKind.HALL, archive.company)
    client, address = program(archive.system), f"/api/v1/units/{empty.pk}"
    read = tag(client, address)
    meanwhile(
        monkeypatch, api_units, lambda: services.close_unit(actor=archive.system, unit=Unit(pk=empty.pk))
    )
    problem(bare(client, f"{address}/closure", **read), 409, "unit-closed")


# Training, accounts


def test_a_training_is_recorded_once_and_never_of_oneself(archive: Archive):
    """PE-09, AD-04"""
    client, key = program(archive.security), {"Idempotency-Key": "t-1"}
    person = make_person(archive.hall)
    body = {
        "held_on": today().isoformat(),
        "valid_until": (today() + LATER).isoformat(),
    }
    made = post(client, f"/api/v1/people/{person.pk}/trainings", body, **key)
    assert made.status_code == 201
    assert post(client, f"/api/v1/people/{person.pk}/trainings", body, **key).json() == made.json()
    assert str(Training.objects.get(person=person).pk) == made.json()["id"]
    assert client.get(f"/api/v1/people/{person.pk}").json()["trained_until"] == body["valid_until"]
    ahead = {**body, "held_on": (today() + timedelta(days=1)).isoformat()}
    problem(post(client, f"/api/v1/people/{person.pk}/trainings", ahead), 422, "bad-dates")
    own = f"/api/v1/people/{archive.security.person_id}/trainings"
    problem(post(client, own, body), 403, "self-service")
    assert Training.objects.filter(person=person).count() == 1


def test_a_suspended_account_and_its_tokens_stop_at_the_next_request(archive: Archive):
    """PE-08: by a program as by the page; again, it changes nothing; lifting it has no address."""
    target, browser = program(archive.clerk), archive.client(archive.clerk)
    assert target.get("/api/v1/me").status_code == 200
    address = f"/api/v1/people/{archive.clerk.person_id}/accounts/{archive.clerk.pk}"
    first = bare(program(archive.security), f"{address}/suspension")
    assert (first.status_code, first.json()["state"]) == (200, "suspended")
    again = bare(program(archive.system), f"{address}/suspension")
    assert again.json()["suspended_at"] == first.json()["suspended_at"]
    problem(target.get("/api/v1/me"), 401, "token-needed")
    assert browser.get("/").status_code == 302
    for way in ("reactivation", "activation"):
        problem(bare(program(archive.security), f"{address}/{way}"), 404, "absent")


def test_signing_out_ends_sessions_and_tokens_and_the_account_stands(archive: Archive):
    """AD-05"""
    target, browser = program(archive.clerk), archive.client(archive.clerk)
    assert browser.get("/").status_code == 200
    address = f"/api/v1/people/{archive.clerk.person_id}/accounts/{archive.clerk.pk}"
    done = bare(program(archive.system), f"{address}/sign-out")
    assert (done.status_code, done.json()["state"]) == (200, "active")
    problem(target.get("/api/v1/me"), 401, "token-needed")
    assert browser.get("/").status_code == 302


def test_one_s_own_account_and_the_last_officer_s_are_not_suspended(archive: Archive):
    """AD-04, and an account is found under its own person alone."""
    security = program(archive.security)
    own = f"/api/v1/people/{archive.security.person_id}/accounts/{archive.security.pk}/suspension"
    problem(bare(security, own), 403, "self-service")
    last = f"/api/v1/people/{archive.auditor.person_id}/accounts/{archive.auditor.pk}/suspension"
    problem(bare(security, last), 409, "last-officer")
    crossed = f"/api/v1/people/{archive.director.person_id}/accounts/{archive.clerk.pk}/suspension"
    problem(bare(security, crossed), 404, "absent")
    archive.clerk.refresh_from_db()
    assert archive.clerk.suspended_at is None


# Proposals


def test_a_proposal_is_withdrawn_by_whose_duty_it_is_and_as_it_was_read(archive: Archive):
    """AD-03: not by another officer, and not twice."""
    row = proposed(archive, archive.clerk.person)
    address = f"/api/v1/grants/{row.pk}"
    client = program(archive.security)
    read = tag(client, address)
    system = program(archive.system)
    problem(bare(system, f"{address}/withdrawal", **tag(system, address)), 403, "duty-missing")
    problem(bare(client, f"{address}/withdrawal"), 428, "if-match-needed")
    done = bare(client, f"{address}/withdrawal", **read)
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert done.json()["withdrawn_by"]["id"] == str(archive.security.person_id)
    problem(bare(client, f"{address}/withdrawal", **read), 412, "version-changed")
    problem(bare(client, f"{address}/withdrawal", **tag(client, address)), 409, "grant-not-pending")


def test_what_was_decided_at_the_same_moment_is_not_withdrawn_unseen(archive: Archive, monkeypatch):
    """AD-03: a confirmed account may be withdrawn too, but by whoever has seen that it was confirmed."""
    row = services.propose_account(
        actor=archive.system, person=archive.clerk.person, staff_no="Z1002", reason="需要"
    ).pending
    client, address = program(archive.system), f"/api/v1/grants/{row.pk}"
    read = tag(client, address)
    with monkeypatch.context() as patched:
        meanwhile(patched, api_grants, lambda: services.confirm_grant(actor=archive.leader, grant=row))
        problem(bare(client, f"{address}/withdrawal", **read), 409, "grant-not-pending")
    assert PendingGrant.objects.get(pk=row.pk).state == "confirmed"
    assert bare(client, f"{address}/withdrawal", **tag(client, address)).json()["state"] == "withdrawn"
