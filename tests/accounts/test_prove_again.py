"""Grave acts want a recent proof that it is still the person who signed in; nothing that was typed is lost."""

import html
import json
import re

import pytest
from django.test import Client

from accounts import marks, passkeys, rules, second_factor
from accounts.models import PendingGrant
from accounts.rules import PROOF_LASTS, is_fresh
from tests.accounts.people import PASSWORD, Organisation, enrol, sign_in_directly, today
from tests.accounts.signing import code_now, events
from tests.accounts.test_passkeys import HERE, added, told
from tests.support.passkey import Device

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

MINUTES = PROOF_LASTS.total_seconds() / 60


@pytest.fixture
def officer(at, org: Organisation) -> Client:
    """The security officer, whose proof has just become too old."""
    org.secret = enrol(org.security)
    client = sign_in_directly(Client(SERVER_NAME="localhost"), org.security)
    at.forward(minutes=MINUTES)
    return client


def clearing(org: Organisation) -> tuple[str, dict[str, str]]:
    address = f"/administration/people/{org.clerk.person_id}/clearance/"
    return address, {
        "state_level": "0",
        "enterprise_level": "1",
        "starts_on": today().isoformat(),
        "ends_on": (today() + rules.PROOF_LASTS * 96 * 30).isoformat(),
        "reason": "新岗位 & <b>",
        "unknown": "\n第一行\n第二行",
    }


def sent(page: str) -> dict[str, str]:
    """What the page holds of the request, as a browser would send it again."""
    found = re.findall(r'<textarea hidden name="([^"]+)">\n(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in found}


@pytest.mark.parametrize(
    ("seconds", "fresh"),
    [(0, True), (PROOF_LASTS.total_seconds() - 1, True), (PROOF_LASTS.total_seconds(), False), (-1, False)],
)
def test_how_long_a_proof_lasts(seconds: float, fresh: bool):
    assert is_fresh(now=1_000_000 + seconds, started=1_000_000, proved_again=0) is fresh
    assert is_fresh(now=1_000_000 + seconds, started=0, proved_again=1_000_000) is fresh


def test_an_old_proof_is_asked_for_and_the_same_request_goes_on_with_it(officer: Client, org: Organisation):
    """AD-05"""
    address, body = clearing(org)
    asked = officer.post(address, body)
    assert asked.status_code == 403
    assert "no-store" in asked["Cache-Control"]
    assert not PendingGrant.objects.exists()
    kept = sent(asked.content.decode())
    assert kept == body
    done = officer.post(address, kept | {"again-code": code_now(org.secret)})
    assert done.status_code == 302, done.content.decode()
    assert PendingGrant.objects.get().reason == body["reason"]
    assert events("accounts:session:prove_again")[-1]["reason"]["rule"] == "totp"


def test_the_proof_lasts_for_the_next_grave_acts_too(officer: Client, org: Organisation, at):
    address, body = clearing(org)
    officer.post(address, body | {"again-code": code_now(org.secret)})
    at.forward(minutes=MINUTES - 1)
    officer.get("/")
    assert officer.post(address, body).status_code != 403
    at.forward(minutes=1)
    assert officer.post(address, body).status_code == 403


@pytest.mark.parametrize("code", ["000000", "", "x" * 33])
def test_a_wrong_code_changes_nothing_and_loses_nothing(officer: Client, org: Organisation, code: str):
    address, body = clearing(org)
    asked = officer.post(address, body | {"again-code": code})
    assert asked.status_code == 403
    assert sent(asked.content.decode()) == body
    assert not PendingGrant.objects.exists()
    assert marks.PROVED_AGAIN not in officer.session


def test_wrong_codes_lock_out_as_at_sign_in(officer: Client, org: Organisation):
    """AD-05"""
    address, body = clearing(org)
    for _ in range(rules.FAILURES_PER_PAIR):
        last = officer.post(address, body | {"again-code": "000000"})
    assert last.status_code == 429
    assert officer.post(address, body | {"again-code": code_now(org.secret)}).status_code == 429
    assert not PendingGrant.objects.exists()


def test_a_passkey_proves_it_too_and_once(officer: Client, org: Organisation):
    device = Device()
    added(org.security, device)
    address, body = clearing(org)
    asked = officer.post(address, body)
    answer = device.sign(told(asked.content.decode()))
    other = officer.post(address, body | {"again-passkey": device.sign(passkeys.ask(org.security, HERE)[0])})
    assert other.status_code == 403
    asked = officer.post(address, body | {"again-passkey": answer})
    assert asked.status_code == 403, "the challenge was used up"
    answer = device.sign(told(asked.content.decode()))
    assert officer.post(address, body | {"again-passkey": answer}).status_code == 302
    assert events("accounts:session:prove_again")[-1]["reason"]["rule"] == "passkey"


def test_who_has_no_second_factor_gives_the_password(at, org: Organisation):
    client = sign_in_directly(Client(), org.director)
    at.forward(minutes=MINUTES)
    refused = client.post(
        "/account/second-factor/recovery-codes/renew/", {"again-password": "Not-mine-at-all"}
    )
    assert refused.status_code == 403
    assert 'type="password"' in refused.content.decode()
    passed = client.post("/account/second-factor/recovery-codes/renew/", {"again-password": PASSWORD})
    assert passed.status_code == 302
    assert "Not-mine" not in json.dumps(events("accounts:session:prove_again"))


def test_a_forged_request_proves_nothing(officer: Client, org: Organisation):
    """The proof counts behind the check against forged requests only."""
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.cookies = officer.cookies
    address, body = clearing(org)
    assert strict.post(address, body | {"again-code": code_now(org.secret)}).status_code == 403
    assert marks.PROVED_AGAIN not in strict.session


def test_a_script_is_told_in_words(officer: Client, org: Organisation):
    address, _ = clearing(org)
    answer = officer.post(address, "{}", content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("text/plain")


def test_looking_and_what_is_not_grave_are_never_asked(officer: Client, org: Organisation):
    assert officer.get(clearing(org)[0]).status_code == 200
    assert officer.post("/theme/", {"theme": "dark"}).status_code == 302


def test_a_second_factor_is_set_up_only_after_a_recent_proof(at, org: Organisation):
    """AD-05: else whoever holds a stolen cookie would set up his own app, and prove by it whatever is grave."""
    client = sign_in_directly(Client(), org.director)
    at.forward(minutes=MINUTES)
    address = "/account/second-factor/"
    client.get(address)
    secret = client.session[marks.OFFERED_SECRET]
    asked = client.post(address, {"code": code_now(secret)})
    assert asked.status_code == 403
    assert not second_factor.is_enrolled(org.director)
    body = sent(asked.content.decode())
    assert client.post(address, body | {"again-password": "Not-mine-at-all"}).status_code == 403
    assert not second_factor.is_enrolled(org.director)
    assert client.post(address, body | {"again-password": PASSWORD}).status_code == 302
    assert second_factor.is_enrolled(org.director)


def test_a_secret_that_somebody_else_saw_on_the_open_page_is_not_the_one_that_is_taken(at, org: Organisation):
    """AD-05: else a colleague at a screen left open notes it, and has the owner's second factor once it is set up."""
    client = sign_in_directly(Client(), org.director)
    address = "/account/second-factor/"
    client.get(address)
    seen = client.session[marks.OFFERED_SECRET]
    at.forward(minutes=3)
    page = client.get(address).content.decode()
    secret = client.session[marks.OFFERED_SECRET]
    assert secret != seen
    assert secret[:4] in page
    # A wrong code leaves the secret that the app has just taken.
    client.post(address, {"code": code_now(seen)})
    assert client.session[marks.OFFERED_SECRET] == secret
    assert client.post(address, {"code": code_now(secret)}).status_code == 302
    assert second_factor.is_enrolled(org.director)
