"""Passkeys beside the app: what is kept, what proves, and what another origin, account or copy is worth."""

import html
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import errors, marks, passkeys, rules, second_factor, services
from accounts.models import Account
from accounts.passkeys import Site
from storage.errors import CellDamaged
from tests.accounts.people import Organisation, enrol, sign_in_directly
from tests.accounts.signing import code_now, events, give_password, is_signed_in
from tests.support.passkey import Device

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

HERE = Site("http://localhost")


def added(account: Account, device: Device, *, name: str = "手机", site: Site = HERE) -> int:
    options, challenge = passkeys.offer(account, site)
    return passkeys.add(account, site, challenge, device.make(options), name=name)


def proves(account: Account, device: Device, site: Site = HERE, **lies: str) -> bool:
    options, challenge = passkeys.ask(account, site)
    return passkeys.prove(account, site, challenge, device.sign(options, **lies))


def told(page: str) -> dict:
    return json.loads(
        html.unescape(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    )


# What proves


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_proves_as_often_as_it_signs_a_challenge_of_its_own(org: Organisation, counts: bool):
    """AD-05"""
    device = Device(counts=counts)
    added(org.clerk, device)
    assert [proves(org.clerk, device) for _ in range(3)] == [True] * 3
    assert passkeys.listed(org.clerk)[0].used_at is not None


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost"},
        {"origin": ""},
        {"host": "evil.example"},
    ],
)
def test_a_passkey_from_another_origin_proves_nothing_and_is_not_kept(
    org: Organisation, lies: dict[str, str]
):
    """AD-05: phishing gives an answer that is worth nothing here."""
    device = Device()
    added(org.clerk, device)
    assert not proves(org.clerk, device, **lies)
    options, challenge = passkeys.offer(org.clerk, HERE)
    with pytest.raises(errors.PasskeyRefused):
        passkeys.add(org.clerk, HERE, challenge, Device().make(options, **lies), name="x")
    assert len(passkeys.listed(org.clerk)) == 1


def test_an_answer_counts_for_its_own_challenge_only(org: Organisation):
    device = Device()
    added(org.clerk, device)
    options, _ = passkeys.ask(org.clerk, HERE)
    _, later = passkeys.ask(org.clerk, HERE)
    assert not passkeys.prove(org.clerk, HERE, later, device.sign(options))
    assert not passkeys.prove(org.clerk, HERE, None, device.sign(options))


def test_a_copied_key_that_ran_behind_proves_nothing(org: Organisation):
    """WebAuthn 7.2, 21: the count goes forward or the key was copied."""
    device = Device()
    added(org.clerk, device)
    copy = Device(key=device.key, identity=device.identity, count=0)
    assert proves(org.clerk, device)
    assert proves(org.clerk, device)
    assert not proves(org.clerk, copy)
    assert proves(org.clerk, device)


def test_anothers_passkey_proves_nothing_for_me(org: Organisation):
    device = Device()
    added(org.clerk, device)
    added(org.director, Device())
    assert not proves(org.director, device)


def test_a_key_that_signs_wrongly_proves_nothing(org: Organisation):
    device = Device()
    added(org.clerk, device)
    assert not proves(org.clerk, Device(identity=device.identity))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{}",
        "[]",
        "null",
        "not json",
        '{"id":1}',
        "[" * 5000,
        '{"rawId":"AA","id":"AA","type":"x","response":{}}',
    ],
)
def test_rubbish_is_no_answer(org: Organisation, answer: str):
    added(org.clerk, Device())
    _, challenge = passkeys.ask(org.clerk, HERE)
    assert not passkeys.prove(org.clerk, HERE, challenge, answer)
    _, challenge = passkeys.offer(org.clerk, HERE)
    with pytest.raises(errors.PasskeyRefused):
        passkeys.add(org.clerk, HERE, challenge, answer, name="x")


def test_an_answer_beyond_any_devices_is_not_even_read(org: Organisation):
    device = Device()
    added(org.clerk, device)
    options, challenge = passkeys.ask(org.clerk, HERE)
    padded = device.sign(options) + " " * rules.LONGEST_PASSKEY_ANSWER
    assert not passkeys.prove(org.clerk, HERE, challenge, padded)


# What is kept


def test_no_name_and_no_credential_stands_in_clear_and_anothers_row_opens_nothing(org: Organisation):
    device = Device()
    pk = added(org.clerk, device, name="张三的手机")
    row = Authenticator.objects.get(pk=pk)
    stored = json.dumps(row.data)
    assert "张三" not in stored
    assert device.identity.hex() not in stored
    assert list(row.data) == ["credential"]
    Authenticator.objects.filter(pk=pk).update(user=org.director)
    with pytest.raises(CellDamaged):
        passkeys.listed(org.director)
    assert (org.director.pk, False) in set(second_factor.examine())


def test_the_same_device_is_kept_once_and_ten_are_enough(org: Organisation):
    device = Device()
    added(org.clerk, device)
    with pytest.raises(errors.PasskeyRefused):
        added(org.clerk, device)
    for _ in range(rules.MOST_PASSKEYS - 1):
        added(org.clerk, Device())
    with pytest.raises(errors.TooManyPasskeys):
        added(org.clerk, Device())


def test_a_passkey_comes_beside_the_app_only(org: Organisation):
    options, challenge = passkeys.offer(org.clerk, HERE)
    answer = Device().make(options)
    with pytest.raises(errors.SecondFactorMissing):
        services.add_passkey(actor=org.clerk, site=HERE, challenge=challenge, answer=answer, name="x")
    assert not passkeys.has_any(org.clerk)


def test_nobody_renames_or_removes_anothers(org: Organisation):
    pk = added(org.clerk, Device())
    with pytest.raises(errors.NotThere):
        services.remove_passkey(actor=org.director, passkey=pk)
    with pytest.raises(errors.NotThere):
        services.rename_passkey(actor=org.director, passkey=pk, name="x")
    assert passkeys.listed(org.clerk)[0].name == "手机"


def test_a_reset_second_factor_takes_the_passkeys_along(org: Organisation):
    """PE-08"""
    enrol(org.clerk)
    added(org.clerk, Device())
    services.reset_second_factor(actor=org.security, account=org.clerk)
    assert not passkeys.has_any(org.clerk)


@pytest.mark.parametrize(
    ("origin", "takes"),
    [
        ("https://archive.example", True),
        ("https://archive.example:8443", True),
        ("http://localhost:8000", True),
        ("http://archive.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://10.0.0.7", False),
        ("https://[::1]", False),
    ],
)
def test_where_browsers_make_passkeys(origin: str, takes: bool):
    assert Site(origin).takes_passkeys is takes


# On the pages


@pytest.fixture
def browser() -> Client:
    return Client(SERVER_NAME="localhost")


def test_from_my_account_a_passkey_is_made_and_opens_the_next_sign_in(browser: Client, org: Organisation):
    """AD-05"""
    enrol(org.security)
    sign_in_directly(browser, org.security)
    device = Device()
    offered = browser.post("/account/passkeys/new/")
    answer = device.make(told(offered.content.decode()))
    kept = browser.post("/account/passkeys/new/", {"name": "办公电脑", "answer": answer})
    assert kept["Location"] == "/account/"
    assert "办公电脑" in browser.get("/account/").content.decode()
    assert events("accounts:passkey:add")[-1]["phase"] == "intent"

    other = Client(SERVER_NAME="localhost")
    give_password(other, org.security)
    options = told(other.get("/sign-in/code/").content.decode())
    signed = other.post("/sign-in/code/", {"passkey": device.sign(options)})
    assert signed["Location"] == "/"
    assert other.get("/").status_code == 200
    assert events("accounts:session:begin")[-1]["reason"]["rule"] == "password+passkey"


def test_a_challenge_is_good_for_one_answer_at_sign_in(browser: Client, org: Organisation):
    enrol(org.security)
    device = Device()
    added(org.security, device)
    give_password(browser, org.security)
    options = told(browser.get("/sign-in/code/").content.decode())
    answer = device.sign(options)
    wrong = browser.post("/sign-in/code/", {"passkey": device.sign(options, origin="https://evil.example")})
    assert wrong.status_code == 200
    assert not is_signed_in(browser)
    browser.post("/sign-in/code/", {"passkey": answer})
    assert not is_signed_in(browser)
    assert events("accounts:second_factor:prove")[-1]["reason"]["rule"] == "wrong_passkey"


def test_wrong_passkeys_lock_out_like_wrong_codes(browser: Client, org: Organisation):
    """AD-05"""
    secret = enrol(org.security)
    added(org.security, Device())
    give_password(browser, org.security)
    answers = [browser.post("/sign-in/code/", {"passkey": "{}"}) for _ in range(rules.FAILURES_PER_PAIR)]
    assert answers[-1].status_code == 429
    assert browser.post("/sign-in/code/", {"code": code_now(secret)}).status_code == 429


def test_where_no_passkey_can_be_made_the_page_says_so(org: Organisation):
    enrol(org.clerk)
    inside = sign_in_directly(Client(SERVER_NAME="127.0.0.1"), org.clerk)
    assert "data-passkey=" not in inside.post("/account/passkeys/new/").content.decode()
    assert 'action="/account/passkeys/new/"' not in inside.get("/account/").content.decode()


def test_a_refused_passkey_keeps_its_name_on_the_page(browser: Client, org: Organisation):
    enrol(org.clerk)
    sign_in_directly(browser, org.clerk)
    options = told(browser.post("/account/passkeys/new/").content.decode())
    answer = Device().make(options, origin="https://evil.example")
    page = browser.post("/account/passkeys/new/", {"name": "旧手机", "answer": answer})
    assert page.status_code == 200
    assert 'value="旧手机"' in page.content.decode()
    assert not passkeys.has_any(org.clerk)
    assert browser.session[marks.NEW_CHALLENGE]["challenge"] != json.dumps(options)
