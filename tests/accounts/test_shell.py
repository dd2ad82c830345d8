"""Acting at the shell: proved like a sign-in, locked like one, and told like one."""

import pytest

from accounts import rules, shell
from accounts.errors import NotProved
from audit.models import Event
from tests.accounts.people import PASSWORD, Organisation, enrol
from tests.accounts.signing import code_now

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_password_and_code_prove_who_acts_and_begin_and_end_are_told(org: Organisation) -> None:
    secret = enrol(org.clerk)
    with shell.acting_as(org.clerk.staff_no.lower(), password=PASSWORD, code=code_now(secret)) as account:
        assert account == org.clerk
    told = Event.objects.filter(action__startswith="accounts:session:").order_by("id")
    assert list(told.values_list("action", "outcome", "person")) == [
        ("accounts:session:begin", "granted", str(org.clerk.person_id)),
        ("accounts:session:end", "granted", str(org.clerk.person_id)),
    ]


@pytest.mark.parametrize(
    "wrong", ["staff number", "password", "code", "no second factor", "password due", "suspended"]
)
def test_whatever_is_wrong_the_answer_is_the_same(org: Organisation, wrong: str) -> None:
    """AD-05: each differs from the one that is let in by one thing."""
    secret = "" if wrong == "no second factor" else enrol(org.clerk)
    given = {"password": PASSWORD, "code": code_now(secret) if secret else "000000"}
    staff_no = org.clerk.staff_no
    if wrong == "staff number":
        staff_no = "S9"
    elif wrong in {"password", "code"}:
        given[wrong] = "000000"
    elif wrong == "password due":
        org.clerk.must_change_password = True
        org.clerk.save()
    elif wrong == "suspended":
        org.clerk.is_active = False
        org.clerk.save()
    with pytest.raises(NotProved), shell.acting_as(staff_no, **given):
        pass
    assert not Event.objects.filter(action="accounts:session:begin", outcome="granted").exists()


def test_a_code_is_taken_once_here_too(org: Organisation) -> None:
    code = code_now(enrol(org.clerk))
    given = {"password": PASSWORD, "code": code}
    with shell.acting_as(org.clerk.staff_no, **given):
        pass
    with pytest.raises(NotProved), shell.acting_as(org.clerk.staff_no, **given):
        pass


@pytest.mark.parametrize("what", ["password", "code"])
def test_wrong_tries_lock_the_account_as_on_the_page(org: Organisation, what: str) -> None:
    """AD-05: locked, the right password and code open nothing either."""
    secret = enrol(org.clerk)
    for _ in range(rules.FAILURES_PER_PAIR):
        given = {"password": PASSWORD, "code": "000000"} | {what: "wrong"}
        with pytest.raises(NotProved), shell.acting_as(org.clerk.staff_no, **given):
            pass
    assert Event.objects.filter(action="accounts:session:lock").exists()
    right = {"password": PASSWORD, "code": code_now(secret)}
    with pytest.raises(NotProved), shell.acting_as(org.clerk.staff_no, **right):
        pass
