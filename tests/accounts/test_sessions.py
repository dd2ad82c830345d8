"""Running sessions: their limits, what ends them, what must come first, and what their rows are worth."""

import json
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import marks, services, session_store
from accounts.models import LiveSession
from accounts.rules import Duty
from audit import recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.accounts.people import PASSWORD, Organisation, enrol, make_account, sign_in_directly, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def ended(answer) -> str:
    assert answer.status_code == 302, answer.status_code
    assert answer["Location"].startswith("/sign-in/?ended=")
    return answer["Location"].removeprefix("/sign-in/?ended=").partition("&")[0]


def last_end() -> dict:
    events = [json.loads(bytes(event.canonical)) for event in Event.objects.order_by("id")]
    return [event for event in events if event["action"] == "accounts:session:end"][-1]


# Limits (AD-05)


def test_half_an_hour_of_idleness_ends_a_session_and_a_request_in_time_does_not(at, inside: Client):
    """AD-05, rule book 1.4.2(1)"""
    for _ in range(3):
        at.forward(minutes=30)
        assert inside.get("/").status_code == 200
    at.forward(minutes=30, seconds=1)
    assert ended(inside.get("/")) == "idle"
    assert last_end()["reason"]["rule"] == "idle"
    assert not LiveSession.objects.exists()
    assert inside.get("/")["Location"].startswith("/sign-in/")


def test_ten_hours_end_a_session_however_busy(at, inside: Client):
    """AD-05"""
    for _ in range(24):
        at.forward(minutes=25)
        assert inside.get("/").status_code == 200
    at.forward(seconds=1)
    assert ended(inside.get("/")) == "absolute"


def test_the_person_is_told_why_and_comes_back_to_the_page(at, inside: Client):
    at.forward(hours=1)
    answer = inside.get("/?page=2")
    assert "next=%2F%3Fpage%3D2" in answer["Location"]
    assert "30" in inside.get(answer["Location"]).content.decode()


def test_a_clock_set_back_prolongs_nothing(at, inside: Client):
    """AD-05"""
    at.forward(hours=-2)
    assert ended(inside.get("/")) == "absolute"


def test_a_session_without_its_marks_is_over(inside: Client):
    """AD-05"""
    session = inside.session
    del session[marks.SEEN]
    session.save()
    assert ended(inside.get("/")) == "idle"


def test_being_seen_is_written_at_most_once_a_minute(at, inside: Client):
    at.forward(seconds=59)
    with CaptureQueriesContext(connection) as queries:
        inside.get("/signed-out/")
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]
    at.forward(seconds=1)
    inside.get("/signed-out/")
    assert inside.session[marks.SEEN] == int(at.instant.timestamp())


def test_a_script_is_told_instead_of_redirected(at, inside: Client):
    at.forward(hours=1)
    answer = inside.get("/", HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.content) == (401, b"")


# What takes effect at the next request (PE-08)


def test_a_suspension_ends_every_session_at_its_next_request(inside: Client, org: Organisation):
    """PE-08"""
    other = Client()
    other.post("/sign-in/", {"login": org.clerk.staff_no, "password": PASSWORD})
    services.suspend(actor=org.security, account=org.clerk)
    assert ended(inside.get("/")) == "account_unusable"
    assert ended(other.post("/sign-out/")) == "account_unusable"
    assert last_end()["object"]["id"] == str(org.clerk.pk)


def test_a_session_does_not_wake_up_with_its_account(inside: Client, org: Organisation):
    """PE-08: suspended and reactivated between two requests."""
    services.suspend(actor=org.security, account=org.clerk)
    services.reactivate(actor=org.security, account=org.clerk)
    assert ended(inside.get("/")) == "account_changed"
    inside.post("/sign-in/", {"login": org.clerk.staff_no, "password": PASSWORD})
    assert inside.get("/").status_code == 200


def test_the_day_after_the_last_day_ends_the_session(at, inside: Client, org: Organisation):
    """PE-08: midnight in Shanghai, in mid-session."""
    at.instant = at.instant.replace(hour=15, minute=50)
    client = sign_in_directly(Client(), org.director)
    services.record_departure(actor=org.system, person=org.director.person, left_on=today())
    assert client.get("/").status_code == 200
    at.instant = at.instant.replace(hour=16, minute=0)
    assert ended(client.get("/")) == "account_unusable"


def test_a_reset_password_ends_sessions(inside: Client, org: Organisation):
    """PE-08"""
    services.reset_password(actor=org.system, account=org.clerk)
    assert inside.get("/")["Location"].startswith("/sign-in/")


def test_a_reset_second_factor_ends_sessions(client: Client, org: Organisation):
    """PE-08"""
    enrol(org.director)
    sign_in_directly(client, org.director)
    assert client.get("/").status_code == 200
    services.reset_second_factor(actor=org.security, account=org.director)
    assert ended(client.get("/")) == "account_changed"


def test_suspending_one_account_leaves_the_persons_other_account(client: Client, org: Organisation):
    """PE-07, PE-08: the account is stopped, rights stay with the person."""
    twin = make_account(org.clerk.person)
    sign_in_directly(client, twin)
    services.suspend(actor=org.security, account=org.clerk)
    assert client.get("/").status_code == 200


# What a session is worth to others


def test_signing_in_gives_the_session_another_key(client: Client, org: Organisation):
    """AD-05: session fixation."""
    enrol(org.clerk)
    client.post("/sign-in/", {"login": org.clerk.staff_no, "password": PASSWORD})
    planted = client.session.session_key
    sign_in_directly(client, org.clerk)
    assert client.session.session_key != planted
    attacker = Client()
    attacker.cookies["jingui_session"] = planted
    assert "_auth_user_id" not in attacker.session


def test_setting_up_the_second_factor_gives_the_session_another_key(client: Client, org: Organisation):
    from tests.accounts.signing import code_now

    client.post("/sign-in/", {"login": org.security.staff_no, "password": PASSWORD})
    client.get("/account/second-factor/")
    before = client.session.session_key
    client.post("/account/second-factor/", {"code": code_now(client.session[marks.OFFERED_SECRET])})
    assert client.session.session_key != before


def test_an_invented_session_key_is_not_adopted(client: Client, org: Organisation):
    """AD-05: session fixation by a key that never was."""
    client.cookies["jingui_session"] = "a" * 32
    client.post("/sign-in/", {"login": org.clerk.staff_no, "password": PASSWORD})
    assert client.cookies["jingui_session"].value != "a" * 32


def test_the_table_of_sessions_continues_no_session(inside: Client, org: Organisation):
    """architecture.md section 6: keys are digests, data is ciphertext."""
    key = inside.cookies["jingui_session"].value
    (row,) = LiveSession.objects.all()
    assert key not in row.session_key
    for plain in (str(org.clerk.pk), org.clerk.staff_no, "_auth_user_id", key):
        assert plain not in row.session_data
        assert plain.encode().hex() not in row.session_data
    thief = Client()
    thief.cookies["jingui_session"] = row.session_key
    assert "_auth_user_id" not in thief.session


@pytest.mark.parametrize("place", [0, 1, 2, 30, 60, 100, -1])
def test_a_tampered_row_is_no_session(inside: Client, place: int):
    row = LiveSession.objects.get()
    data = bytearray.fromhex(row.session_data)
    data[place] ^= 1
    LiveSession.objects.filter(pk=row.pk).update(session_data=data.hex())
    assert inside.get("/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("rubbish", ["", "00", "zz", "e30:1abc:def"])
def test_rubbish_in_a_row_is_no_session(inside: Client, rubbish: str):
    LiveSession.objects.update(session_data=rubbish)
    assert inside.get("/")["Location"].startswith("/sign-in/")


def test_a_row_moved_to_another_key_is_no_session(inside: Client, org: Organisation):
    """A writer of the table cannot lend the clerk's session the leader's data."""
    leader = sign_in_directly(Client(), org.leader)
    mine, theirs = (
        session_store.row_key(client.cookies["jingui_session"].value) for client in (inside, leader)
    )
    data = LiveSession.objects.get(pk=theirs).session_data
    LiveSession.objects.filter(pk=mine).update(session_data=data)
    assert inside.get("/")["Location"].startswith("/sign-in/")


def test_a_session_cookie_is_out_of_reach_of_scripts_and_ends_with_the_browser(inside: Client):
    cookie = inside.cookies["jingui_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]
    assert not cookie["expires"]


def test_expired_rows_are_cleared_and_others_kept(at, inside: Client):
    store = session_store.SessionStore()
    store["mark"] = "x"
    store.create()
    at.forward(hours=10, minutes=2)
    fresh = session_store.SessionStore()
    fresh["mark"] = "y"
    fresh.create()
    session_store.SessionStore.clear_expired()
    assert LiveSession.objects.count() == 1
    assert session_store.SessionStore(fresh.session_key)["mark"] == "y"


def test_a_session_deleted_meanwhile_is_not_revived(inside: Client):
    from django.contrib.sessions.backends.base import UpdateError

    store = session_store.SessionStore(inside.cookies["jingui_session"].value)
    store["mark"] = "x"
    LiveSession.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()


# The log


def test_a_session_that_is_over_stays_over_when_the_log_is_gone(
    at, inside: Client, monkeypatch: pytest.MonkeyPatch
):
    """AU-03"""

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    at.forward(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(recording, "store", unavailable)
        assert inside.get("/").status_code == 503
    assert not LiveSession.objects.exists()


def test_the_limits_cost_a_request_two_queries(inside: Client, org: Organisation):
    """The session; the account with its facts, however far a duty reaches."""
    for client in (inside, sign_in_directly(Client(), org.add(Duty.ARCHIVIST))):
        with CaptureQueriesContext(connection) as queries:
            client.get("/nowhere/")
        assert len(queries) == 2, [query["sql"] for query in queries]


def test_the_facts_an_account_was_read_with_serve_one_check_only(inside: Client, rf, org: Organisation):
    """PE-08: what is asked later of the same account is read anew."""
    from accounts.backends import StaffNumberBackend
    from accounts.middleware import SessionLimitsMiddleware

    request = rf.get("/")
    request.session = inside.session
    request.user = account = StaffNumberBackend().get_user(UUID(request.session["_auth_user_id"]))
    assert account.read_with is not None
    SessionLimitsMiddleware(lambda request: HttpResponse())(request)
    assert request.subject_facts.account_id == account.pk
    assert account.read_with is None


def test_a_session_that_could_not_be_recorded_is_emptied_at_once(
    org: Organisation, rf, monkeypatch: pytest.MonkeyPatch
):
    """AU-03: not only because a 503 is not saved; whoever catches the error holds no session either."""
    from django.contrib.auth import login

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    request = rf.get("/")
    request.session = session_store.SessionStore()
    monkeypatch.setattr(recording, "store", unavailable)
    with pytest.raises(AuditUnavailable):
        login(request, org.clerk, backend="accounts.backends.StaffNumberBackend")
    assert request.session.is_empty()
    assert not request.user.is_authenticated
