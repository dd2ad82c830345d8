"""Signing in: password, second factor, lock-out, and what an attacker learns from the answers."""

import json
import logging
import re
from statistics import median
from time import perf_counter

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import marks, rules, second_factor, services
from accounts.models import Account
from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from storage.errors import CellDamaged
from tests.accounts.people import (
    PASSWORD,
    Organisation,
    enrol,
    make_account,
    make_person,
    sign_in_directly,
)

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

LOGIN = "/sign-in/"


def give_password(client: Client, account: Account | str, password: str = PASSWORD, **extra: str | bool):
    staff_no = account.staff_no if isinstance(account, Account) else account
    return client.post(LOGIN, {"login": staff_no, "password": password}, **extra)


def code_now(secret: str, *, steps: int = 0) -> str:
    import base64

    counter = int(clock.now().timestamp()) // 30 + steps
    return HOTP(base64.b32decode(secret), 6, SHA1()).generate(counter).decode()


def give_code(client: Client, code: str, **extra: str):
    return client.post("/sign-in/code/", {"code": code}, **extra)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def plain(answer) -> str:
    """The page without what is drawn anew each time or repeats what was typed."""
    page = answer.content.decode()
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*|(value=")S\d+', "", page)


def events(action: str) -> list[dict]:
    found = [json.loads(bytes(event.canonical)) for event in Event.objects.order_by("id")]
    return [event for event in found if event["action"] == action]


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
    sessions = json.dumps(list(Session.objects.values()), default=str)
    for hidden in ("Wrong-Password-99", PASSWORD, "Typed-My-Password", "TYPED-MY-PASSWORD", secret, "123456"):
        assert hidden not in text
        assert hidden.encode() not in kept
        assert hidden not in rows
        assert hidden not in sessions
    for place in (text, rows, sessions):
        assert org.clerk.staff_no not in place
    assert "127.0.0.1" not in rows


# Lock-out


def test_five_failures_lock_a_number_at_an_address_for_a_while_and_the_log_says_so(org: Organisation):
    """AD-05"""
    for _ in range(rules.FAILURES_PER_PAIR - 1):
        assert give_password(Client(), org.clerk, "wrong").status_code == 200
    assert give_password(Client(), org.clerk, "wrong").status_code == 429
    locked = give_password(Client(), org.clerk)
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert not Client().cookies
    assert give_password(Client(), org.clerk, REMOTE_ADDR="127.0.0.9").status_code == 302
    assert give_password(Client(), org.director).status_code == 302
    assert len(events("accounts:session:lock")) == 1
    rule = [event["reason"]["rule"] for event in events("accounts:session:begin")]
    assert rule == ["credentials"] * 5 + ["locked_out", "password", "password"]


def test_a_locked_number_opens_again_after_the_cooling_off_and_trying_does_not_prolong_it(
    org: Organisation, time_machine
):
    """AD-05"""
    time_machine.move_to("2026-11-02 09:00:00+08:00", tick=False)
    for _ in range(rules.FAILURES_PER_PAIR):
        give_password(Client(), org.clerk, "wrong")
    time_machine.shift(rules.COOL_OFF.total_seconds() - 1)
    assert give_password(Client(), org.clerk).status_code == 429
    time_machine.shift(2)
    assert give_password(Client(), org.clerk).status_code == 302


def test_an_address_that_tries_many_numbers_is_locked(org: Organisation):
    """AD-05: spraying one password over many numbers."""
    for number in range(rules.FAILURES_PER_ADDRESS):
        give_password(Client(), f"S{7_000_000 + number}", "wrong")
    assert give_password(Client(), org.clerk).status_code == 429
    assert give_password(Client(), org.clerk, REMOTE_ADDR="127.0.0.9").status_code == 302


def test_a_number_that_is_tried_from_many_addresses_is_locked(org: Organisation):
    """AD-05: guessing from many places."""
    for number in range(rules.FAILURES_PER_ACCOUNT):
        give_password(Client(), org.clerk, "wrong", REMOTE_ADDR=f"127.0.1.{number // 4}")
    assert give_password(Client(), org.clerk, REMOTE_ADDR="127.0.0.9").status_code == 429
    assert give_password(Client(), org.director, REMOTE_ADDR="127.0.0.9").status_code == 302


def test_a_forwarded_address_counts_only_behind_the_trusted_proxy(org: Organisation, settings):
    """AD-05: nobody escapes the lock by a header."""
    for number in range(rules.FAILURES_PER_PAIR):
        give_password(Client(), org.clerk, "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert give_password(Client(), org.clerk, HTTP_X_FORWARDED_FOR="10.0.0.77").status_code == 429
    settings.JINGUI_TRUST_PROXY = True
    # As the proxy passes it on: it ends TLS, and plain HTTP from elsewhere would be refused before any sign-in.
    answer = give_password(Client(), org.clerk, secure=True, HTTP_X_FORWARDED_FOR="127.0.0.1, 10.0.0.77")
    assert answer.status_code == 302


def test_an_unknown_number_is_locked_like_a_known_one(org: Organisation):
    """PE-05"""
    answers = {}
    for staff_no in (org.clerk.staff_no, "S9999999"):
        for _ in range(rules.FAILURES_PER_PAIR):
            answers[staff_no] = give_password(Client(), staff_no, "wrong")
    assert [answer.status_code for answer in answers.values()] == [429, 429]
    assert len({plain(answer) for answer in answers.values()}) == 1


def test_the_security_officer_lifts_a_lock(org: Organisation):
    for _ in range(rules.FAILURES_PER_PAIR):
        give_password(Client(), org.clerk, "wrong")
    services.lift_lockout(actor=org.security, account=org.clerk)
    assert give_password(Client(), org.clerk).status_code == 302


def test_a_success_forgives_the_pair_and_nothing_else(org: Organisation):
    """AD-05: an attacker's own account does not wash his other guesses away."""
    for number in range(rules.FAILURES_PER_ADDRESS - 1):
        give_password(Client(), f"S{7_000_000 + number}", "wrong")
    give_password(Client(), org.director)
    give_password(Client(), "S7999999", "wrong")
    assert give_password(Client(), org.clerk).status_code == 429


def test_hammering_on_a_locked_door_does_not_fill_the_log(org: Organisation):
    for _ in range(rules.FAILURES_PER_PAIR):
        give_password(Client(), org.clerk, "wrong")
    for _ in range(20):
        give_password(Client(), org.clerk, "wrong")
    assert len(events("accounts:session:begin")) == rules.FAILURES_PER_PAIR + 1


# The second factor


def test_an_officer_reaches_nothing_but_the_set_up_until_he_has_a_second_factor(
    client: Client, org: Organisation
):
    """AD-05"""
    give_password(client, org.security)
    for path in ("/", "/account/notice/", "/account/password/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/")
    page = client.get("/account/second-factor/")
    secret = client.session[marks.OFFERED_SECRET]
    assert page.status_code == 200
    assert secret[:4] in page.content.decode()
    picture = client.get("/account/second-factor/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert client.post("/account/second-factor/", {"code": "000000"}).status_code == 200
    answer = client.post("/account/second-factor/", {"code": code_now(secret)})
    assert answer["Location"] == "/account/second-factor/recovery-codes/"
    codes = re.findall(r">(\d{10})<", client.get(answer["Location"]).content.decode())
    assert len(codes) == len(set(codes)) == 10
    assert not re.findall(r">(\d{10})<", client.get(answer["Location"]).content.decode())
    assert client.get("/").status_code == 200
    assert client.get("/account/second-factor/qr.svg").status_code == 404
    assert [event["action"] for event in events("accounts:second_factor:enrol")]
    assert [event["action"] for event in events("accounts:recovery_codes:show")]


def test_whoever_is_cleared_in_mid_session_sets_up_a_second_factor_at_the_next_request(
    client: Client, org: Organisation
):
    """AD-05, PE-08"""
    from datetime import timedelta

    from tests.accounts.people import make_clearance, today

    give_password(client, org.clerk)
    assert client.get("/").status_code == 200
    make_clearance(org.clerk.person, org.security.person, ends_on=today() + timedelta(days=1))
    assert client.get("/")["Location"] == "/account/second-factor/"


def test_the_password_alone_opens_nothing_where_a_second_factor_is_set_up(client: Client, org: Organisation):
    """AD-05"""
    secret = enrol(org.security)
    assert give_password(client, org.security)["Location"] == "/sign-in/code/"
    assert not is_signed_in(client)
    assert client.get("/account/notice/")["Location"].startswith("/sign-in/")
    assert client.get("/sign-in/code/").status_code == 200
    assert give_code(client, code_now(secret))["Location"] == "/"
    assert client.get("/").status_code == 200
    assert events("accounts:session:begin")[-1]["reason"]["rule"] == "password+totp"


def test_the_code_page_without_a_password_before_it_leads_back(client: Client, org: Organisation):
    assert client.get("/sign-in/code/")["Location"] == LOGIN
    assert give_code(client, "123456")["Location"] == LOGIN


def test_a_code_is_taken_once_also_by_another_process(org: Organisation):
    """AD-05: no replay; the process's own cache plays no part."""
    from django.core.cache import cache

    secret = enrol(org.clerk)
    code = code_now(secret)
    for expected in (True, False, False):
        client = Client()
        give_password(client, org.clerk)
        give_code(client, code)
        assert is_signed_in(client) is expected
        cache.clear()


def test_the_code_that_proved_the_set_up_does_not_sign_in(client: Client, org: Organisation):
    """AD-05"""
    give_password(client, org.security)
    client.get("/account/second-factor/")
    code = code_now(client.session[marks.OFFERED_SECRET])
    client.post("/account/second-factor/", {"code": code})
    other = Client()
    give_password(other, org.security)
    give_code(other, code)
    assert not is_signed_in(other)


def test_an_earlier_code_is_worthless_after_a_later_one(org: Organisation, at):
    """RFC 6238, 5.2: the counter only goes forward."""
    secret = enrol(org.clerk)
    earlier, later = code_now(secret), code_now(secret, steps=1)
    assert second_factor.prove(org.clerk, later) == "totp"
    assert second_factor.prove(org.clerk, earlier) is None


def test_a_code_lives_one_step_before_and_after_its_time(org: Organisation, at):
    secret = enrol(org.clerk)
    for steps, accepted in ((-2, False), (2, False), (-1, True), (0, True), (1, True)):
        assert (second_factor.prove(org.clerk, code_now(secret, steps=steps)) == "totp") is accepted, steps


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123 45", "\x00" * 6])
def test_what_is_no_code_is_wrong_and_nothing_worse(client: Client, org: Organisation, code: str):
    enrol(org.clerk)
    give_password(client, org.clerk)
    assert give_code(client, code).status_code == 200
    assert not is_signed_in(client)


def test_a_code_may_be_typed_with_a_space(org: Organisation):
    secret = enrol(org.clerk)
    code = code_now(secret)
    assert second_factor.prove(org.clerk, f"{code[:3]} {code[3:]} ") == "totp"


def test_a_recovery_code_works_once(org: Organisation):
    """AD-05"""
    enrol(org.clerk)
    codes = second_factor.show_recovery_codes(org.clerk)
    assert second_factor.show_recovery_codes(org.clerk) is None
    for code, expected in ((codes[3], True), (codes[3], False), (codes[4], True)):
        client = Client()
        give_password(client, org.clerk)
        give_code(client, code)
        assert is_signed_in(client) is expected
    used = [event["reason"]["rule"] for event in events("accounts:second_factor:prove")]
    assert used == ["recovery_code", "wrong_code", "recovery_code"]


def test_guessing_codes_locks_out_like_guessing_passwords(org: Organisation):
    """AD-05: the right password in between does not start the count anew."""
    secret = enrol(org.clerk)
    client = Client()
    give_password(client, org.clerk)
    answers = []
    for number in range(rules.FAILURES_PER_PAIR):
        answers.append(give_code(client, f"{number:06}").status_code)
        if number < rules.FAILURES_PER_PAIR - 1:
            client = Client()
            give_password(client, org.clerk)
    assert answers == [200] * 4 + [429]
    assert give_code(client, code_now(secret)).status_code == 429
    assert not is_signed_in(client)
    assert give_password(Client(), org.clerk).status_code == 429


def test_a_session_from_before_the_second_factor_does_not_outlive_its_set_up(org: Organisation):
    """AD-05: a thief's open session ends when the owner sets up the second factor elsewhere."""
    thief, owner = Client(), Client()
    give_password(thief, org.security)
    give_password(owner, org.security)
    owner.get("/account/second-factor/")
    owner.post("/account/second-factor/", {"code": code_now(owner.session[marks.OFFERED_SECRET])})
    assert owner.get("/").status_code == 200
    assert thief.get("/")["Location"].startswith("/sign-in/?ended=second_factor_missing")
    assert not is_signed_in(thief)


def test_a_second_factor_cannot_be_set_up_over_another(client: Client, org: Organisation):
    enrol(org.clerk)
    sign_in_directly(client, org.clerk)
    assert client.get("/account/second-factor/")["Location"] == "/"
    assert Authenticator.objects.filter(user=org.clerk).count() == 2


def test_the_proof_of_one_account_serves_no_other(client: Client, org: Organisation):
    """AD-05"""
    sign_in_directly(client, org.security)
    session = client.session
    session[marks.PROVED] = str(org.leader.pk)
    session.save()
    assert client.get("/")["Location"] == "/account/second-factor/"


def test_second_factor_secrets_are_sealed_and_of_no_use_in_another_row(org: Organisation):
    """architecture.md section 6, invariant 1"""
    mine, his = enrol(org.clerk), enrol(org.director)
    rows = json.dumps(list(Authenticator.objects.values("data")))
    assert mine not in rows
    assert his not in rows
    assert not re.search(r"seed\W+[0-9a-f]{80}\W", rows)
    data = Authenticator.objects.get(user=org.clerk, type="totp").data
    Authenticator.objects.filter(user=org.director, type="totp").update(data=data)
    with pytest.raises(CellDamaged):
        second_factor.prove(org.director, code_now(mine))
    with pytest.raises(LookupError):
        second_factor.seal("unbound")


def test_an_account_suspended_between_password_and_code_does_not_begin(client: Client, org: Organisation):
    """PE-08"""
    secret = enrol(org.clerk)
    give_password(client, org.clerk)
    services.suspend(actor=org.security, account=org.clerk)
    assert give_code(client, code_now(secret))["Location"] == LOGIN
    assert not is_signed_in(client)


def test_giving_up_at_the_code_leaves_nothing_of_the_attempt(client: Client, org: Organisation):
    enrol(org.clerk)
    give_password(client, org.clerk)
    assert client.post("/sign-in/code/", {"give_up": "1"})["Location"] == LOGIN
    assert client.get("/sign-in/code/")["Location"] == LOGIN
    assert client.get(LOGIN).status_code == 200


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
    for plain in (org.clerk.staff_no, "127.0.0.1"):
        digest = hashlib.sha256(plain.encode()).hexdigest()
        assert plain not in str(row)
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
