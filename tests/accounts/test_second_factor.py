"""The second factor: who must have one, when a code counts, and what its secret is worth to others."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import marks, rules, second_factor, services
from storage.errors import CellDamaged
from tests.accounts.people import Organisation, enrol, sign_in_directly
from tests.accounts.signing import LOGIN, code_now, events, give_code, give_password, is_signed_in

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


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
