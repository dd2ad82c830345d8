"""Passwords that are handed over: for one sign-in, and for seven days."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import services
from accounts.models import Account
from accounts.rules import ONE_TIME_PASSWORD_LASTS
from accounts.services.people import NewAccount
from audit import clock
from tests.accounts.people import Organisation, make_person
from tests.accounts.signing import events, give_password, is_signed_in, plain

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
OVER = "此一次性密码已过期"


@pytest.fixture
def handed(org: Organisation) -> NewAccount:
    return services.create_account(actor=org.system, person=make_person(org.hall), staff_no="S4711")


@pytest.fixture
def later(time_machine):
    """Let a length of time pass."""
    return lambda length: time_machine.move_to(clock.now() + length, tick=False)


@pytest.mark.parametrize(
    ("length", "opens"),
    [
        (timedelta(0), True),
        (ONE_TIME_PASSWORD_LASTS - timedelta(seconds=1), True),
        (ONE_TIME_PASSWORD_LASTS, False),
    ],
)
def test_it_signs_in_for_seven_days(handed: NewAccount, length: timedelta, opens: bool, later) -> None:
    """AD-05: a slip of paper opens nothing for ever."""
    client = Client()
    later(length)
    answer = give_password(client, handed.account, handed.one_time_password)
    assert is_signed_in(client) == opens
    assert (OVER in plain(answer)) == (not opens)
    if not opens:
        (refused,) = events("accounts:session:begin")
        assert (refused["outcome"], refused["reason"]["rule"]) == ("denied", "one_time_password_over")


def test_only_whoever_has_it_learns_that_it_is_over(handed: NewAccount, later) -> None:
    """PE-05: no enumeration of accounts that nobody has begun."""
    later(ONE_TIME_PASSWORD_LASTS)
    wrong = give_password(Client(), handed.account, "wrong password 12")
    unknown = give_password(Client(), "S9999999", "wrong password 12")
    assert plain(wrong) == plain(unknown)


def test_a_suspended_account_says_nothing_of_it(org: Organisation, handed: NewAccount, later) -> None:
    services.suspend(actor=org.security, account=handed.account)
    later(ONE_TIME_PASSWORD_LASTS)
    assert OVER not in plain(give_password(Client(), handed.account, handed.one_time_password))


def test_another_one_begins_anew_and_one_s_own_does_not_end(
    org: Organisation, handed: NewAccount, later
) -> None:
    later(ONE_TIME_PASSWORD_LASTS * 2)
    second = services.reset_password(actor=org.system, account=handed.account)
    client = Client()
    give_password(client, handed.account, second)
    assert is_signed_in(client)
    services.change_password(actor=Account.objects.get(staff_no="S4711"), password="three quiet herons 88")
    later(ONE_TIME_PASSWORD_LASTS * 20)
    client = Client()
    give_password(client, handed.account, "three quiet herons 88")
    assert is_signed_in(client)
    assert Account.objects.get(staff_no="S4711").password_until is None
