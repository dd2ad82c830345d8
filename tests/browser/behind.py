"""What has no screen yet, done in the demo's own environment through the services.

A process of its own that reads a deed as a line of JSON, answers with one, and ends with its input: starting one for
each deed costs more than all of them.
"""

import json
import sys
from collections.abc import Callable
from datetime import timedelta

import django

django.setup()

from accounts import marks, session_store  # noqa: E402
from accounts.models import (  # noqa: E402
    Account,
    LiveSession,
    SecureRoom,
    Terminal,
    Unit,
)
from accounts.rules import Duty, local_day  # noqa: E402
from accounts.services.access import reactivate, suspend  # noqa: E402
from accounts.services.clearances import grant_clearance  # noqa: E402
from accounts.services.duties import appoint  # noqa: E402
from accounts.services.enrolment import enrol, issue_code  # noqa: E402
from accounts.services.grants import confirm_grant  # noqa: E402
from accounts.services.people import create_account, create_person  # noqa: E402
from accounts.services.rooms import place_terminal  # noqa: E402
from accounts.services.standing import record_training  # noqa: E402
from accounts.services.terminals import record_check, register_terminal  # noqa: E402
from accounts.terminal_middleware import cookie_name  # noqa: E402
from accounts.terminal_rules import CheckResult  # noqa: E402
from audit import clock  # noqa: E402
from vault.project.demo.codes import NoCode, code_for  # noqa: E402

SYSTEM, SECURITY, PRINCIPAL = "S1001", "S1002", "S1004"


def account(staff_no: str) -> Account:
    return Account.objects.select_related("person__unit").get(staff_no=staff_no)


def newcomer(staff_no: str, name: str) -> dict[str, object]:
    """A clerk of the first hall with a clearance, who has not signed in yet."""
    system, security, principal = account(SYSTEM), account(SECURITY), account(PRINCIPAL)
    hall, day = Unit.objects.get(code="YYT01"), local_day(clock.now())
    person = create_person(actor=system, name=name, unit=hall)
    made = create_account(actor=system, person=person, staff_no=staff_no)
    appoint(
        actor=security,
        person=person,
        duty=Duty.DUTY_CLERK,
        unit=hall,
        starts_on=day,
    )
    given = grant_clearance(
        actor=security,
        person=person,
        starts_on=day,
        ends_on=day + timedelta(days=300),
        state_level=0,
        enterprise_level=1,
        reason="轮岗",
    )
    confirm_grant(actor=principal, grant=given.pending)
    return {"staff_no": made.account.staff_no, "password": made.one_time_password}


def trained(staff_no: str) -> dict[str, object]:
    day = local_day(clock.now())
    record_training(
        actor=account(SECURITY),
        person=account(staff_no).person,
        held_on=day,
        valid_until=day + timedelta(days=300),
    )
    return {}


def suspended(staff_no: str) -> dict[str, object]:
    suspend(actor=account(SECURITY), account=account(staff_no))
    return {}


def reactivated(staff_no: str) -> dict[str, object]:
    reactivate(actor=account(SECURITY), account=account(staff_no))
    return {}


def idle(staff_no: str, minutes: str) -> dict[str, object]:
    """As if nothing had come from this account's browsers for so long."""
    return _set_back(staff_no, int(minutes), marks.SEEN)


def proved_long_ago(staff_no: str, minutes: str) -> dict[str, object]:
    """As if this account's owner had signed in so long ago, and proved nothing since."""
    return _set_back(staff_no, int(minutes), marks.STARTED, marks.PROVED_AGAIN)


def _set_back(staff_no: str, minutes: int, *instants: str) -> dict[str, object]:
    found = 0
    for row in session_store.rows_of(account(staff_no)):
        data = session_store.open_row(row)
        if data is not None:
            data |= {mark: data[mark] - minutes * 60 for mark in instants if mark in data}
            sealed = session_store._seal(row.session_key, session_store.JSONSerializer().dumps(data))
            found += LiveSession.objects.filter(pk=row.pk).update(session_data=sealed)
    return {"sessions": found}


def code(staff_no: str) -> dict[str, object]:
    """What the telephone shows, or null while the last one is still good."""
    try:
        return {"code": code_for(account(staff_no))}
    except NoCode:
        return {"code": None}


def seat(room: str = "") -> dict[str, object]:
    """A new terminal in order and the cookie of a machine that is it; each browser that needs one has its own.

    `room` is the code of the secure reading room in which it stands.
    """
    system, number = account(SYSTEM), f"T-{Terminal.objects.count() + 1}"
    terminal = register_terminal(
        actor=system,
        number=number,
        room="档案室保密阅览间",
        equipment="国产台式机",
        certificate_no=f"ZS-{number}",
        certificate_until=local_day(clock.now()) + timedelta(days=300),
        check_every=90,
    )
    record_check(actor=system, terminal=terminal, done_on=local_day(clock.now()), result=CheckResult.PASSED)
    if room:
        place_terminal(actor=system, room=SecureRoom.objects.get(code=room), terminal=terminal)
    made = enrol(actor=system, code=issue_code(actor=system, terminal=terminal))
    return {"name": cookie_name(), "value": made.cookie, "number": number}


DEEDS: dict[str, Callable[..., dict[str, object]]] = {
    deed.__name__: deed
    for deed in (newcomer, trained, suspended, reactivated, idle, proved_long_ago, code, seat)
}

if __name__ == "__main__":
    for line in sys.stdin:
        asked, *given = json.loads(line)
        print(json.dumps(DEEDS[asked](*given)), flush=True)
