"""Who acts at the shell: a command that works as a person asks him for what a sign-in asks for.

The operator could do without, since he holds the key ring; but the log would then say that somebody acted who did not.
Failures count towards the same lock-out as those at the sign-in page, under this machine's own address.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts import actions, journal, lockout, second_factor
from accounts.errors import NotProved
from accounts.models import Account
from accounts.requests import trail
from accounts.rules import SessionEnd, normalise_staff_no
from accounts.selectors import subject_facts
from audit import clock
from audit.events import GRANTED

LOOPBACK = "127.0.0.1"


@contextmanager
def acting_as(staff_no: str, *, password: str, code: str) -> Iterator[Account]:
    """The account of whoever proves that it is his, for the length of the block; its begin and end are in the log.

    A password that must be changed first, and an account without a second factor, prove nothing. Raises NotProved,
    the same whatever was wrong, and AuditUnavailable.
    """
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = LOOPBACK
    account = authenticate(request, username=normalise_staff_no(staff_no), password=password)
    if not isinstance(account, Account) or lockout.is_locked(request, account):
        raise NotProved
    if account.must_change_password:
        raise NotProved
    method = second_factor.prove(account, code)
    if method is None:
        lockout.count_failure(request, account)
        raise NotProved
    where, of = trail(request), journal.object_facts(account)
    actor = journal.actor(account, subject_facts(account, clock.now()))
    rule = f"password+{method}"
    journal.observed(actions.SESSION_BEGIN, outcome=GRANTED, rule=rule, actor=actor, target=of, trail=where)
    try:
        yield account
    finally:
        ended = SessionEnd.SIGNED_OUT.value
        journal.observed(
            actions.SESSION_END, outcome=GRANTED, rule=ended, actor=actor, target=of, trail=where
        )
