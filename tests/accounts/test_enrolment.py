"""Which machine is a terminal: codes, secrets, and what nobody can pretend (RR-02, RR-03, P-02)."""

from datetime import UTC, datetime, time, timedelta

import pytest

from accounts import enrolment, errors, services
from accounts.enrolment import Here
from accounts.enrolment_rules import CODE_LASTS, parsed
from accounts.models import Terminal, TerminalChange, TerminalCode, TerminalEnrolment
from accounts.rules import ZONE, Duty
from accounts.terminal_middleware import cookie_name
from accounts.terminal_rules import CheckResult, TerminalState, Unusable
from audit import clock
from tests.accounts.conftest import MovableClock
from tests.accounts.granting import last_event, last_outcome
from tests.accounts.people import Organisation, make_token, sign_in_directly, today
from tests.support.terminals import Elsewhere, Machine, Seat, enrol, register, seated
from vault.authorization.context import of_request

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
PAGE = "/terminal/"


def test_a_machine_that_was_given_its_code_is_the_terminal(org: Organisation) -> None:
    """P-02, RR-03: the context says which one, from any address, and so does the log."""
    machine, keeper = Machine(), org.add(Duty.ROOM_KEEPER)
    terminal = register(org.system)
    sign_in_directly(machine.client, keeper)
    assert not machine.is_terminal()
    code = services.issue_code(actor=org.system, terminal=terminal)
    assert machine.client.post(PAGE, {"code": f" {code.lower()} "}).status_code == 302
    found = machine.context()
    assert (found.terminal_id, found.terminal, found.terminal_usable) == (terminal.pk, "SEAT-1", True)
    assert machine.is_terminal()
    page = machine.client.get(PAGE)
    assert "SEAT-1 · 保密室一" in page.content.decode()
    machine.client.post("/sign-out/")
    assert last_event()["source"]["terminal"] == "SEAT-1"
    row = TerminalEnrolment.objects.get()
    assert row.enrolled_by == keeper.person
    assert [one.step for one in TerminalChange.objects.all()] == ["enrol"]


def test_the_cookie_is_for_this_host_and_for_no_script(org: Organisation, settings) -> None:
    """RR-03: HttpOnly, SameSite=Strict, Path=/; with TLS Secure and tied to the host by its name."""
    for secure, name in ((False, "jingui_terminal"), (True, "__Host-jingui_terminal")):
        settings.SESSION_COOKIE_SECURE = secure
        machine = Machine()
        code = services.issue_code(actor=org.system, terminal=register(org.system, f"BM-{secure}"))
        sign_in_directly(machine.client, org.system)
        machine.client.post(PAGE, {"code": code})
        morsel = machine.client.cookies[name]
        assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Strict", "/")
        assert (bool(morsel["secure"]), morsel["domain"]) == (secure, "")


def test_nothing_that_is_kept_makes_a_terminal(org: Organisation) -> None:
    """RR-03: what the tables hold is neither the code nor the secret nor the word."""
    terminal = register(org.system)
    code = services.issue_code(actor=org.system, terminal=terminal)
    cookie = services.enrol(actor=org.system, code=code).cookie
    given = parsed(cookie)
    rows = [*TerminalCode.objects.values_list(), *TerminalEnrolment.objects.values_list()]
    kept = " ".join(str(cell) for row in rows for cell in row)
    for told in (code, code.replace("-", ""), given.secret, given.word):
        assert told not in kept
    row = TerminalEnrolment.objects.get()
    assert enrolment.shown(f"{row.pk.hex}.{row.digest}.{row.digest}", clock.now()) is None


FORGED = {
    "a header that names the terminal": {"HTTP_X_TERMINAL": "SEAT-1", "HTTP_X_JINGUI_TERMINAL": "SEAT-1"},
    "an address of this very machine": {"REMOTE_ADDR": "127.0.0.1"},
    "a forwarded address": {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    "a certificate in a header": {"HTTP_X_CLIENT_CERTIFICATE_SHA256": "ab" * 32},
    "the cookie in another header": {"HTTP_X_COOKIE": "jingui_terminal=x"},
}


@pytest.mark.parametrize("case", FORGED)
def test_no_header_and_no_address_makes_a_terminal(org: Organisation, settings, case: str) -> None:
    """RR-03: on a demo instance as little as elsewhere."""
    seated(org.system)
    settings.JINGUI_DEMO = True
    machine = Machine()
    machine.client.defaults |= FORGED[case]
    assert not machine.is_terminal()
    assert machine.context().terminal == ""


def test_no_cookie_but_the_machines_own_makes_a_terminal(org: Organisation) -> None:
    """RR-03: made up, cut, mixed with another terminal's, of an enrolment that never was."""
    one, other = seated(org.system, "SEAT-1"), seated(org.system, "BM-02")
    (a, b), words = (parsed(one.cookie), parsed(other.cookie)), "0" * 64
    for forged in (
        "x",
        "",
        one.cookie[:-1],
        one.cookie.upper(),
        f"{one.cookie}.",
        f"{a.enrolment_id.hex}.{words}.{a.word}",
        f"{b.enrolment_id.hex}.{a.secret}.{a.word}",
        f"{b.enrolment_id.hex}.{a.secret}.{b.word}",
        f"{one.terminal.pk.hex}.{a.secret}.{a.word}",
        "é" * 64,
        "9" * 5000,
    ):
        machine = Machine()
        machine.client.cookies[cookie_name()] = forged
        assert not machine.is_terminal(), forged
    # Without the secret a word alarms nobody: else whoever read an id could shut the terminal.
    assert set(Terminal.objects.values_list("state", flat=True)) == {TerminalState.REGISTERED}
    assert Machine(one).context().terminal_id == one.terminal.pk
    assert Machine(other).context().terminal_id == other.terminal.pk


def test_the_cookie_alone_signs_nobody_in(org: Organisation) -> None:
    """RR-03: it says where, never who."""
    machine = Machine(seated(org.system))
    assert machine.is_terminal()
    assert machine.context().account is None
    assert machine.client.get(PAGE).status_code == 302
    assert machine.client.get("/records/").status_code == 302


def test_a_program_is_nowhere(org: Organisation) -> None:
    """P-02: whatever it shows besides its token."""
    machine = Machine(seated(org.system), HTTP_AUTHORIZATION=f"Bearer {make_token(org.system)}")
    answer = machine.client.get("/api/v1/terminals")
    assert answer.status_code == 200
    assert answer.json()["terminals"][0]["enrolled"] is True
    found = of_request(answer.wsgi_request)
    assert (found.terminal, found.terminal_id, found.terminal_usable) == ("", None, False)


def test_a_code_works_once(org: Organisation) -> None:
    """RR-03"""
    code = services.issue_code(actor=org.system, terminal=register(org.system))
    services.enrol(actor=org.system, code=code)
    with pytest.raises(errors.CodeRefused):
        services.enrol(actor=org.system, code=code)
    assert last_outcome() == ("denied", "terminal_code")
    assert TerminalEnrolment.objects.count() == 1


def test_a_code_lasts_half_an_hour_and_ends_with_the_next_one(at: MovableClock, org: Organisation) -> None:
    """RR-03: its last instant is over; a newer one ends it, and so does whatever takes the terminal out of use."""
    terminal, by = register(org.system), {"actor": org.system}
    old = services.issue_code(**by, terminal=terminal)
    new = services.issue_code(**by, terminal=terminal)
    with pytest.raises(errors.CodeRefused):
        services.enrol(**by, code=old)
    at.instant += CODE_LASTS
    with pytest.raises(errors.CodeRefused):
        services.enrol(**by, code=new)
    at.instant -= CODE_LASTS + timedelta(minutes=1)
    with pytest.raises(errors.CodeRefused):  # a clock that was set back
        services.enrol(**by, code=new)
    at.instant += timedelta(minutes=1) + CODE_LASTS - timedelta(seconds=1)
    services.suspend_terminal(**by, terminal=terminal, reason="送修")
    services.reinstate_terminal(**by, terminal=terminal, reason="已修复")
    with pytest.raises(errors.CodeRefused):
        services.enrol(**by, code=new)
    last = services.issue_code(**by, terminal=terminal)
    at.instant += CODE_LASTS - timedelta(seconds=1)
    assert services.enrol(**by, code=last).terminal == terminal


@pytest.mark.parametrize("wrong", ["", "x", "2222-2222-2222", "2222-2222-222", "甲乙丙丁", "2" * 40])
def test_a_wrong_code_opens_nothing(org: Organisation, wrong: str) -> None:
    services.issue_code(actor=org.system, terminal=register(org.system))
    with pytest.raises(errors.CodeRefused):
        services.enrol(actor=org.system, code=wrong)
    assert last_outcome() == ("denied", "terminal_code")


def test_wrong_codes_are_counted_like_failed_sign_ins(org: Organisation) -> None:
    """RR-03: guessing ends; then the right one opens nothing either."""
    code = services.issue_code(actor=org.system, terminal=register(org.system))
    client = sign_in_directly(Elsewhere(REMOTE_ADDR="10.0.0.7"), org.system)
    answers = [client.post(PAGE, {"code": "2222-2222-2222"}).status_code for _ in range(12)]
    assert answers[0] == 400
    assert client.post(PAGE, {"code": code}).status_code != 302
    assert not TerminalEnrolment.objects.exists()


@pytest.mark.parametrize("who", ["security", "auditor", "leader", "clerk"])
def test_only_who_keeps_the_terminal_or_its_room_enrols(org: Organisation, who: str) -> None:
    """AD-01: and only the system officer gives out codes or takes an enrolment back."""
    actor, seat = getattr(org, who), seated(org.system)
    code = services.issue_code(actor=org.system, terminal=seat.terminal)
    for act in (
        lambda: services.issue_code(actor=actor, terminal=seat.terminal),
        lambda: services.enrol(actor=actor, code=code),
        lambda: services.take_back(actor=actor, terminal=seat.terminal, reason="x"),
    ):
        with pytest.raises(errors.DutyMissing):
            act()
        assert last_outcome() == ("denied", "duty_missing")
    assert Machine(seat).is_terminal()


def test_the_next_machine_is_the_terminal_and_the_former_one_none(org: Organisation) -> None:
    """RR-03: enrolling again replaces the former secret."""
    former = seated(org.system)
    later = enrol(org.system, former.terminal)
    assert not Machine(former).is_terminal()
    assert Machine(later).is_terminal()
    assert Terminal.objects.get().state == TerminalState.REGISTERED
    ends = TerminalEnrolment.objects.order_by("enrolled_at").values_list("end", flat=True)
    assert list(ends) == ["replaced", ""]


def test_whatever_takes_it_out_of_use_counts_at_the_next_request(org: Organisation) -> None:
    """RR-02: suspended, withdrawn, enrolment ended. Reinstated, it has to be enrolled again."""
    by = {"actor": org.system}
    for number, end in (
        ("B1", services.suspend_terminal),
        ("B2", services.withdraw_terminal),
        ("B3", services.take_back),
    ):
        seat = seated(org.system, number)
        machine = Machine(seat)
        assert machine.is_terminal()
        end(**by, terminal=seat.terminal, reason="送修")
        assert not machine.is_terminal()
    first = Terminal.objects.get(number="B1")
    services.reinstate_terminal(**by, terminal=first, reason="已修复")
    assert not Machine(seat).is_terminal()
    with pytest.raises(errors.NotEnrolled):
        services.take_back(**by, terminal=first, reason="x")
    assert Machine(enrol(org.system, first)).is_terminal()


def test_a_failed_check_ends_it_at_the_next_request(org: Organisation) -> None:
    """RR-02: the machine is known, and the bar says that the terminal is of no use; a passed one opens it again."""
    seat = seated(org.system)
    machine, given = Machine(seat), {"actor": org.system, "terminal": seat.terminal, "done_on": today()}
    services.record_check(**given, result=CheckResult.FAILED, note="封签破损")
    found = machine.context()
    assert (found.terminal, found.terminal_usable) == ("SEAT-1", False)
    assert not machine.is_terminal()
    services.record_check(**given, result=CheckResult.PASSED)
    assert machine.is_terminal()


def test_a_certificate_ends_at_midnight_in_shanghai(at: MovableClock, org: Organisation) -> None:
    """RR-02: its last day still counts to the last second there, whatever day it is elsewhere. The check's as well."""
    until = today()
    certified = seated(org.system, "B1", certificate_until=until)
    checked = seated(org.system, "B2", check_every=1)
    at.instant = datetime.combine(until, time(23, 59, 59), ZONE).astimezone(UTC)

    def shown(seat: Seat) -> Here:
        found = enrolment.shown(seat.cookie, clock.now())
        assert found is not None
        return found.here

    assert shown(certified).usable
    assert shown(checked).usable
    at.forward(seconds=1)
    assert shown(certified).reasons == (Unusable.CERTIFICATE_EXPIRED,)
    assert shown(checked).usable
    at.forward(days=1)
    assert shown(checked).reasons == (Unusable.CHECK_OVERDUE,)
