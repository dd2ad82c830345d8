"""Lock-out: of a number, an address and a pair, for a while, and told to the log."""

import pytest
from django.test import Client

from accounts import rules, services
from tests.accounts.people import Organisation
from tests.accounts.signing import events, give_password, plain

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


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
