"""Signing in by password, what an attacker learns from the answers, and what is kept of it."""

import json
import logging
import re
from statistics import median
from time import perf_counter

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import marks, second_factor, services
from accounts.models import LiveSession
from audit import recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.accounts.people import PASSWORD, Organisation, enrol, make_account, make_person
from tests.accounts.signing import LOGIN, code_now, events, give_code, give_password, is_signed_in, plain

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


# The way in


def test_staff_number_and_password_open_a_session_and_leave_an_event(client: Client, org: Organisation):
    """AD-05"""
    answer = give_password(client, f" {org.clerk.staff_no.lower()} ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    (begun,) = events("accounts:session:begin")
    assert (begun["outcome"], begun["reason"]["rule"]) == ("granted", "password")
    assert begun["actor"]["id"] == org.clerk.staff_no
    assert begun["actor"]["session"] == client.session[marks.REFERENCE]


def test_signing_out_ends_the_session_on_the_server(client: Client, org: Organisation):
    give_password(client, org.clerk)
    kept = client.cookies["jingui_session"].value
    assert client.get("/sign-out/").status_code == 200
    answer = client.post("/sign-out/")
    assert answer["Location"] == "/signed-out/"
    assert client.get("/signed-out/").status_code == 200
    assert events("accounts:session:end")[0]["reason"]["rule"] == "signed_out"
    client.cookies["jingui_session"] = kept
    assert not is_signed_in(client)


@pytest.mark.usefixtures("real_passwords")
def test_passwords_are_kept_by_argon2(org: Organisation):
    """AD-05"""
    account = make_account(make_person(org.hall))
    assert account.password.startswith("argon2$argon2id$")


def test_there_is_no_sign_up_no_reset_by_mail_and_no_admin_site(client: Client):
    """AD-06, AD-07"""
    for path in ("/signup/", "/sign-up/", "/accounts/signup/", "/password/reset/", "/email/", "/admin/"):
        assert client.get(path).status_code == 404
    for name in ("account_signup", "account_email", "account_reset_password", "mfa_index"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_a_sign_in_page_never_sends_its_visitor_elsewhere(client: Client, org: Organisation):
    answer = client.post(
        f"{LOGIN}?next=https://evil.example/", {"login": org.clerk.staff_no, "password": PASSWORD}
    )
    assert answer["Location"] == "/"


def test_what_is_shown_at_sign_in_is_not_kept_by_the_browser(client: Client):
    for path in (LOGIN, "/signed-out/"):
        assert "no-store" in client.get(path)["Cache-Control"]


# What the answers give away


def test_unknown_number_wrong_password_and_suspended_account_are_answered_alike(
    client: Client, org: Organisation
):
    """AD-05, PE-05: no enumeration of staff numbers."""
    services.suspend(actor=org.security, account=org.clerk)
    answers = [
        give_password(Client(), "S9999999"),
        give_password(Client(), org.director, "wrong password 12"),
        give_password(Client(), org.clerk),
    ]
    assert len({plain(answer) for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert {frozenset(answer.headers) for answer in answers} == {frozenset(answers[0].headers)}
    assert [event["reason"]["rule"] for event in events("accounts:session:begin")] == [
        "credentials",
        "credentials",
        "account_unusable",
    ]


@pytest.mark.usefixtures("real_passwords")
def test_an_unknown_number_costs_as_much_as_a_wrong_password(org: Organisation, settings):
    """AD-05, PE-05: same timing class."""
    settings.AXES_ENABLED = False
    account = make_account(make_person(org.hall))
    spent: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(9):
        for kind, staff_no in (("known", account.staff_no), ("unknown", "S9999999")):
            start = perf_counter()
            give_password(Client(), staff_no, "wrong password 12")
            spent[kind].append(perf_counter() - start)
    known, unknown = median(spent["known"]), median(spent["unknown"])
    assert abs(known - unknown) < 0.25 * max(known, unknown), (known, unknown)


def test_neither_password_nor_number_nor_code_reaches_any_log(
    client: Client, org: Organisation, caplog: pytest.LogCaptureFixture
):
    """AD-05: text log, audit log, lock-out rows, sessions."""
    caplog.set_level(logging.DEBUG)
    secret = enrol(org.clerk)
    give_password(client, org.clerk, "Wrong-Password-99")
    give_password(client, "Typed-My-Password-Here-1", "x")
    give_password(client, org.clerk)
    give_code(client, "123456")
    give_code(client, code_now(secret))
    assert is_signed_in(client)
    text = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    kept = b"".join(bytes(event.canonical) + bytes(event.ciphertext) for event in Event.objects.all())
    rows = json.dumps(list(AccessAttempt.objects.values()), default=str)
    sessions = json.dumps(list(LiveSession.objects.values()), default=str)
    for hidden in ("Wrong-Password-99", PASSWORD, "Typed-My-Password", "TYPED-MY-PASSWORD", secret, "123456"):
        assert hidden not in text
        assert hidden.encode() not in kept
        assert hidden not in rows
        assert hidden not in sessions
    for place in (text, rows, sessions):
        assert org.clerk.staff_no not in place
    assert "127.0.0.1" not in rows


# Without the log


def test_nobody_signs_in_while_the_log_cannot_be_written(
    client: Client, org: Organisation, monkeypatch: pytest.MonkeyPatch
):
    """AU-03: 503, and no session afterwards."""

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    with monkeypatch.context() as patch:
        patch.setattr(recording, "store", unavailable)
        right, wrong = give_password(client, org.clerk), give_password(Client(), org.clerk, "wrong")
    assert (right.status_code, wrong.status_code) == (503, 503)
    assert right["Retry-After"]
    assert not is_signed_in(client)
    assert client.get("/account/notice/")["Location"].startswith("/sign-in/")
    assert give_password(client, org.clerk).status_code == 302


def test_the_second_factor_needs_the_log_too(
    client: Client, org: Organisation, monkeypatch: pytest.MonkeyPatch
):
    """AU-03"""

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    give_password(client, org.security)
    client.get("/account/second-factor/")
    code = code_now(client.session[marks.OFFERED_SECRET])
    with monkeypatch.context() as patch:
        patch.setattr(recording, "store", unavailable)
        assert client.post("/account/second-factor/", {"code": code}).status_code == 503
    assert not second_factor.is_enrolled(org.security)


# What stands in the tables


def test_lock_out_rows_keep_pseudonyms_that_need_the_key(org: Organisation):
    """architecture.md section 6: neither the staff number nor the address, nor a bare hash of either."""
    import hashlib

    give_password(Client(), org.clerk, "wrong", HTTP_USER_AGENT="Traceable/1.0", HTTP_ACCEPT="text/trace")
    (row,) = AccessAttempt.objects.values()
    assert row["ip_address"].startswith("fd")
    for given in (org.clerk.staff_no, "127.0.0.1"):
        digest = hashlib.sha256(given.encode()).hexdigest()
        assert given not in str(row)
        assert digest[:16] not in str(row).replace(":", "")
    kept = ("user_agent", "get_data", "post_data", "http_accept", "path_info")
    assert [row[name] for name in kept] == [""] * len(kept)


def test_the_pages_of_sign_in_run_no_script_and_load_nothing_from_elsewhere(client: Client):
    """AD-08"""
    page = client.get(LOGIN).content.decode()
    assert "<script" not in page
    assert "style=" not in page
    assert not re.search(r"https?://", page.replace("http://www.w3.org/2000/svg", ""))


def test_the_log_keeps_no_request_id_that_a_client_made_up(client: Client, org: Organisation) -> None:
    """AU-05: what stands in the clear part of an event is ours; a client's header could hold anybody's data."""
    give_password(client, org.clerk, "wrong", HTTP_X_REQUEST_ID="张三 13812345678")
    left = [event.document["req"] for event in Event.objects.all()]
    assert left
    assert all(re.fullmatch(r"[0-9a-f]{32}|", req) for req in left)
