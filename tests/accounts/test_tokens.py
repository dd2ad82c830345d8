"""API tokens: how they are made, what ends them, and what a bad one gets."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import errors, services, tokens
from accounts.models import Account, ApiToken
from accounts.rules import FAILURES_PER_ADDRESS, UNDERTAKING_VERSION, Duty
from accounts.token_rules import MOST_TOKENS, TokenScope, is_token, read, written
from audit import clock
from audit.models import Event
from storage import keyring
from tests.accounts.granting import last_event, last_outcome
from tests.accounts.people import (
    PASSWORD,
    Organisation,
    make_account,
    make_clearance,
    make_person,
    sign_in_directly,
    today,
)

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
READ = [TokenScope.RECORDS_READ]


def make(account: Account, *, scopes=READ, days: int = 30, proved: bool = True):
    return services.make_token(actor=account, name="月报程序", scopes=scopes, days=days, proved=proved)


def me(token: str, **more: str):
    return Client(REMOTE_ADDR="127.0.0.1").get(
        "/api/v1/me", headers={"Authorization": f"Bearer {token}", **more}
    )


def code(answer) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["code"]


REFUSED = (401, "token-needed")


def test_scopes_are_kept_in_one_order_and_an_unknown_one_opens_nothing():
    assert written(reversed(TokenScope)) == (
        "records:read records:write people:read people:write events:read requests:read requests:write"
    )
    assert read("events:read all people:read") == {TokenScope.PEOPLE_READ, TokenScope.EVENTS_READ}
    assert not is_token("jg_" + "A" * 64)
    assert not is_token("jg_" + "a" * 63)
    assert is_token("jg_" + "a" * 64)


def test_a_token_is_shown_once_and_stands_nowhere(org: Organisation):
    """interface.md 4: a keyed digest alone; neither the table nor the log has the token."""
    made = make(org.clerk)
    assert me(made.token).json()["token"] == f"token:{made.row.reference}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_apitoken")
        row = str(cursor.fetchall())
    assert made.token not in row
    assert made.token[3:] not in row
    assert "月报程序" not in row
    found = b"".join(bytes(e.canonical) + bytes(e.ciphertext) for e in Event.objects.all())
    assert made.token[3:].encode() not in found
    session = [json.loads(bytes(e.canonical))["actor"].get("session") for e in Event.objects.order_by("id")]
    assert session[-1] == f"token:{made.row.reference}"


def test_making_and_revoking_are_in_the_log(org: Organisation):
    """AU-01"""
    made = make(org.clerk)
    assert (last_event()["action"], last_outcome()) == ("accounts:token:make", ("granted", "oneself"))
    services.revoke_token(actor=org.clerk, token_id=made.row.pk)
    assert (last_event()["action"], last_outcome()) == ("accounts:token:revoke", ("granted", "oneself"))
    assert code(me(made.token)) == REFUSED


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        ({"proved": False}, errors.SecondFactorUnproved),
        ({"scopes": []}, errors.ScopeMissing),
        ({"days": 31}, errors.TokenLifeRefused),
        ({"days": 0}, errors.TokenLifeRefused),
    ],
)
def test_what_a_token_must_have(org: Organisation, wrong: dict, cause: type):
    """interface.md 4: only with a second factor, scoped, thirty days at most."""
    with pytest.raises(cause):
        make(org.clerk, **wrong)
    assert not ApiToken.objects.exists()
    assert last_outcome() == ("denied", cause.code)
    assert make(org.clerk).row.pk


def test_nobody_has_more_than_twenty(org: Organisation):
    for _ in range(MOST_TOKENS):
        last = make(org.clerk)
    with pytest.raises(errors.TooManyTokens):
        make(org.clerk)
    services.revoke_token(actor=org.clerk, token_id=last.row.pk)
    assert make(org.clerk).row.pk


def test_nobody_revokes_another_s_token_nor_one_twice(org: Organisation):
    made = make(org.clerk)
    with pytest.raises(errors.TokenGone):
        services.revoke_token(actor=org.director, token_id=made.row.pk)
    assert me(made.token).status_code == 200
    services.revoke_token(actor=org.clerk, token_id=made.row.pk)
    with pytest.raises(errors.TokenGone):
        services.revoke_token(actor=org.clerk, token_id=made.row.pk)


def test_a_token_ends_on_its_last_day_and_a_clock_set_back_revives_none(at, org: Organisation):
    made = make(org.clerk, days=1)
    at.forward(hours=23, minutes=59)
    assert me(made.token).status_code == 200
    at.forward(minutes=1)
    assert code(me(made.token)) == REFUSED
    at.forward(days=-2)
    assert code(me(made.token)) == REFUSED


ENDS = {
    "suspended": lambda org: services.suspend(actor=org.system, account=org.clerk),
    "signed out everywhere": lambda org: services.end_sessions(actor=org.security, account=org.clerk),
    "second factor reset": lambda org: services.reset_second_factor(actor=org.security, account=org.clerk),
    "password reset": lambda org: services.reset_password(actor=org.system, account=org.clerk),
    "password changed": lambda org: services.change_password(
        actor=org.clerk, password="ein neuer langer Satz"
    ),
    "left": lambda org: (
        type(org.clerk.person).objects.filter(pk=org.clerk.person_id).update(left_on="2020-01-01")
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_whatever_ends_the_person_s_sessions_ends_his_tokens(org: Organisation, end: str):
    """PE-08: at the next request; the answer is the one of a token that nobody has, and the log knows why."""
    made = make(org.clerk)
    assert me(made.token).status_code == 200
    ENDS[end](org)
    dead, unknown = me(made.token), me("jg_" + "0" * 64)
    assert code(dead) == REFUSED
    assert (dead.content, dict(dead.headers)) == (unknown.content, dict(unknown.headers))
    last = last_event()
    assert (last["action"], last["outcome"]) == ("accounts:token:refuse", "denied")
    assert last["reason"]["rule"] in {"account_unusable", "sessions_ended", "token_revoked"}
    if end == "suspended":
        services.reactivate(actor=org.security, account=org.clerk)
        assert code(me(made.token)) == REFUSED


def test_hammering_with_a_dead_token_is_told_once_a_minute(org: Organisation):
    made = make(org.clerk)
    services.revoke_token(actor=org.clerk, token_id=made.row.pk)
    for _ in range(3):
        me(made.token)
    assert Event.objects.filter(action="accounts:token:refuse").count() == 1


def test_bad_tokens_are_limited_and_hinder_nobody_s_good_one_nor_his_sign_in(org: Organisation):
    """AD-05: thirty misses of one address within a quarter of an hour."""
    good = make(org.clerk).token
    for number in range(FAILURES_PER_ADDRESS - 1):
        assert code(me(f"jg_{number:064x}")) == REFUSED
    answer = me("jg_" + "f" * 64)
    assert code(answer) == (429, "too-many-bad-tokens")
    assert answer["Retry-After"] == "900"
    assert me(good).status_code == 200
    client = Client(REMOTE_ADDR="127.0.0.1")
    client.post("/sign-in/", {"login": org.clerk.staff_no, "password": PASSWORD})
    assert client.get("/").status_code == 200


def test_the_limit_ends_with_the_cooling_off(at, org: Organisation):
    for number in range(FAILURES_PER_ADDRESS + 1):
        me(f"jg_{number:064x}")
    at.forward(minutes=16)
    assert code(me("jg_" + "f" * 64)) == REFUSED


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer x", "Basic YTpi", "Token jg_", "Bearer jg_" + "G" * 64, "Bearer " + "jg_" * 9000],
)
def test_what_is_no_token_gets_the_same_answer(org: Organisation, given: str):
    answer = Client().get("/api/v1/me", headers={"Authorization": given})
    assert code(answer) == REFUSED
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_in_upper_case_is_another(org: Organisation):
    assert code(me(make(org.clerk).token.upper().replace("JG_", "jg_"))) == REFUSED


def test_a_token_in_an_address_is_refused_even_when_it_is_good(org: Organisation):
    made = make(org.clerk)
    for address in (
        f"/api/v1/me?token={made.token}",
        f"/api/v1/me?a=jg%5F{made.token[3:]}",
        f"/api/{made.token}",
    ):
        answer = Client().get(address, headers={"Authorization": f"Bearer {made.token}"})
        assert code(answer) == (400, "token-in-address")


def test_a_session_opens_nothing_of_the_interface_and_does_not_end_by_asking(org: Organisation):
    """No cookie counts under /api/, so no other site can make a browser do anything there."""
    client = sign_in_directly(Client(), org.clerk)
    assert code(client.get("/api/v1/me")) == REFUSED
    assert code(client.post("/api/v1/uploads", "{}", content_type="application/json")) == REFUSED
    assert client.get("/").status_code == 200


def test_a_token_opens_no_page(org: Organisation):
    answer = Client().get("/", headers={"Authorization": f"Bearer {make(org.clerk).token}"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_a_scope_gives_no_more_than_it_says_and_never_more_than_its_person_has(org: Organisation):
    """interface.md 4"""
    everything = make(org.clerk, scopes=list(TokenScope)).token
    narrow = make(org.auditor, scopes=READ).token
    for token, address, expected in (
        (everything, "/api/v1/events", "duty-missing"),
        (everything, "/api/v1/people", "duty-missing"),
        (narrow, "/api/v1/events", "token-scope-missing"),
        (make(org.auditor, scopes=[TokenScope.EVENTS_READ]).token, "/api/v1/people", "token-scope-missing"),
    ):
        answer = Client().get(address, headers={"Authorization": f"Bearer {token}"})
        assert code(answer) == (403, expected)
    services.appoint(
        actor=org.security, person=org.clerk.person, duty=Duty.STAFF, unit=org.hall, starts_on=today()
    )
    assert me(everything).status_code == 200


def test_training_and_undertaking_bind_a_token_too(org: Organisation):
    """PE-09"""
    account = make_account(make_person(org.hall))
    made = make(account)
    assert code(me(made.token)) == (403, "training-expired")
    services.record_training(actor=org.security, person=account.person, held_on=today(), valid_until=today())
    assert code(me(made.token)) == (403, "undertaking-unsigned")
    services.sign_undertaking(actor=account, version=UNDERTAKING_VERSION)
    assert me(made.token).status_code == 200


def test_the_last_use_is_written_once_a_minute(at, org: Organisation):
    made = make(org.clerk)
    assert ApiToken.objects.get().last_used_at is None
    me(made.token)
    first = ApiToken.objects.get().last_used_at
    at.forward(seconds=59)
    me(made.token)
    assert ApiToken.objects.get().last_used_at == first
    at.forward(seconds=1)
    me(made.token)
    assert ApiToken.objects.get().last_used_at > first


def test_a_token_s_row_is_evidence(org: Organisation):
    """architecture.md section 4: no longer life, no other scope, no other person by the database's back door."""
    row = make(org.clerk).row
    for change in (
        {"ends_at": "2099-01-01T00:00Z"},
        {"scopes": written(TokenScope)},
        {"account": org.leader},
        {"digest": "0" * 64},
        {"epoch": 9},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            ApiToken.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_apitoken")


@pytest.mark.parametrize("changed", ["nothing", "account", "scopes", "ends_at", "epoch"])
def test_a_row_that_somebody_wrote_is_no_token(org: Organisation, changed: str):
    """Architecture 6.1: whoever writes into the table without the keys turns his own token into nobody's."""
    text, now = tokens.new_token(), clock.now()
    row = ApiToken(
        account=org.clerk,
        name="程序",
        digest=tokens.digest(text),
        scopes=written(READ),
        epoch=org.clerk.session_epoch,
        made_at=now - timedelta(days=29),
        ends_at=now + timedelta(days=1),
    )
    row.reference = tokens.reference_of(row, text)
    other = {
        "account": org.leader,
        "scopes": written(TokenScope),
        "ends_at": now + timedelta(days=9),
        "epoch": org.clerk.session_epoch + 1,
    }
    if changed != "nothing":
        setattr(row, changed, other[changed])
    if changed == "epoch":
        services.end_sessions(actor=org.security, account=org.clerk)
    row.save(force_insert=True)
    assert (me(text).status_code == 200) is (changed == "nothing")


def test_a_token_outlives_a_rotated_key(org: Organisation):
    """A look-up tries every readable key version; a new token stands under the new one."""
    before, old = make(org.clerk), keyring.current().active("account")
    keyring.current().rotate("account")
    after, new = make(org.clerk), keyring.current().active("account")
    assert old != new
    assert before.row.digest == tokens.digest(before.token, version=old)
    assert after.row.digest == tokens.digest(after.token, version=new)
    assert me(before.token).status_code == me(after.token).status_code == 200


# The page


def test_the_page_makes_shows_once_lists_and_revokes(org: Organisation):
    """interface.md 3 and 4"""
    client = sign_in_directly(Client(), org.clerk)
    form = {"name": "月报程序", "scopes": ["records:read"], "days": "7"}
    shown = client.post("/account/tokens/new/", form)
    token = shown.context["token"]
    assert shown["Cache-Control"] == "no-store"
    assert token in shown.content.decode()
    page = client.get("/account/tokens/")
    assert token not in page.content.decode()
    (row,) = page.context["tokens"]
    assert (row["name"], row["last_used_at"]) == ("月报程序", None)
    assert me(token).status_code == 200
    assert client.get("/account/tokens/").context["tokens"][0]["last_used_at"] is not None
    client.post(row["revoke_url"])
    assert code(me(token)) == REFUSED
    assert client.get("/account/tokens/").context["tokens"][0]["revoke_url"] == ""
    assert sign_in_directly(Client(), org.director).post(row["revoke_url"]).status_code == 404


def test_without_a_proved_second_factor_the_page_says_what_to_do(org: Organisation):
    make_clearance(org.director.person, org.security.person, restricted=0)
    client = sign_in_directly(Client(), org.clerk, proved=False)
    assert "/account/tokens/new/" not in client.get("/account/tokens/").content.decode()
    answer = client.post("/account/tokens/new/", {"name": "x", "scopes": ["records:read"], "days": "7"})
    assert answer.status_code == 400
    assert not ApiToken.objects.exists()


@pytest.fixture(autouse=True)
def _no_minute_told_yet() -> None:
    cache.clear()
