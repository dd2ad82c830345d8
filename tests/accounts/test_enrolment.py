"""Which machine is a terminal: codes, secrets, and what nobody can pretend (RR-02, RR-03, P-02)."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import enrolment, errors, services
from accounts.enrolment_rules import CHANGES_EVERY, CODE_LASTS, OVERLAP, parsed
from accounts.models import Terminal, TerminalChange, TerminalCode, TerminalEnrolment
from accounts.rules import ZONE, Duty
from accounts.terminal_middleware import cookie_name
from accounts.terminal_rules import CheckResult, TerminalState, Unusable
from audit import clock
from audit.errors import AuditUnavailable
from tests.accounts.conftest import MovableClock
from tests.accounts.granting import last_event, last_outcome
from tests.accounts.people import Organisation, make_token, sign_in_directly, today
from tests.support.terminals import Seat, enrol, register, seated
from vault.authorization import providers
from vault.authorization.context import Context, of_request
from vault.incidents.models import Incident

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
PAGE = "/terminal/"


@pytest.fixture
def when() -> Iterator[MovableClock]:
    moved = MovableClock(clock.now())
    clock.set_clock(moved)
    yield moved
    clock.set_clock(None)


class Elsewhere(Client):
    """A browser in the building: plain HTTP is for loopback only."""

    def generic(self, *args: object, secure: bool = True, **kwargs: object):
        return super().generic(*args, secure=True, **kwargs)


class Machine:
    """A browser, and which terminal the system takes it for."""

    def __init__(self, seat: Seat | None = None, **sent: str) -> None:
        self.client = Elsewhere(REMOTE_ADDR="10.0.0.7", **sent)
        if seat is not None:
            seat.take(self.client)

    def context(self) -> Context:
        """What a request of it is; of a page that shows the bar to nobody."""
        return of_request(self.client.get("/sign-in/").wsgi_request)

    def is_terminal(self) -> bool:
        return providers.REGISTERED_TERMINAL(self.context())

    @property
    def cookie(self) -> str:
        return self.client.cookies[cookie_name()].value


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


def test_a_code_lasts_half_an_hour_and_ends_with_the_next_one(org: Organisation, when: MovableClock) -> None:
    """RR-03: its last instant is over; a newer one ends it, and so does whatever takes the terminal out of use."""
    terminal, by = register(org.system), {"actor": org.system}
    old = services.issue_code(**by, terminal=terminal)
    new = services.issue_code(**by, terminal=terminal)
    with pytest.raises(errors.CodeRefused):
        services.enrol(**by, code=old)
    when.instant += CODE_LASTS
    with pytest.raises(errors.CodeRefused):
        services.enrol(**by, code=new)
    when.instant -= CODE_LASTS + timedelta(minutes=1)
    with pytest.raises(errors.CodeRefused):  # a clock that was set back
        services.enrol(**by, code=new)
    when.instant += timedelta(minutes=1) + CODE_LASTS - timedelta(seconds=1)
    services.suspend_terminal(**by, terminal=terminal, reason="送修")
    services.reinstate_terminal(**by, terminal=terminal, reason="已修复")
    with pytest.raises(errors.CodeRefused):
        services.enrol(**by, code=new)
    last = services.issue_code(**by, terminal=terminal)
    when.instant += CODE_LASTS - timedelta(seconds=1)
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


def test_a_certificate_ends_at_midnight_in_shanghai(org: Organisation, when: MovableClock) -> None:
    """RR-02: its last day still counts to the last second there, whatever day it is elsewhere. The check's as well."""
    until = today()
    certified = seated(org.system, "B1", certificate_until=until)
    checked = seated(org.system, "B2", check_every=1)
    when.instant = datetime.combine(until, time(23, 59, 59), ZONE).astimezone(UTC)
    shown = lambda seat: enrolment.shown(seat.cookie, clock.now()).here  # noqa: E731
    assert shown(certified).usable
    assert shown(checked).usable
    when.forward(seconds=1)
    assert shown(certified).reasons == (Unusable.CERTIFICATE_EXPIRED,)
    assert shown(checked).usable
    when.forward(days=1)
    assert shown(checked).reasons == (Unusable.CHECK_OVERDUE,)


# The changing word


def test_the_word_changes_and_an_answer_that_was_lost_costs_nothing(
    org: Organisation, when: MovableClock
) -> None:
    """RR-03: pages give out the next word until it comes back; from then on it is the present one."""
    machine = Machine(seated(org.system))
    first = machine.cookie
    assert machine.is_terminal()
    assert machine.cookie == first
    when.instant += CHANGES_EVERY
    assert machine.is_terminal()
    second = machine.cookie
    assert second != first
    machine.client.cookies[cookie_name()] = first  # the answer never arrived
    when.forward(hours=3)
    assert machine.is_terminal()
    assert machine.cookie == second
    assert machine.is_terminal()
    assert TerminalEnrolment.objects.get().generation == 1
    # What was sent before the change was seen is still good, for a moment.
    when.instant += OVERLAP
    machine.client.cookies[cookie_name()] = first
    assert machine.is_terminal()


def test_a_page_that_is_no_page_gives_out_no_word(org: Organisation, when: MovableClock) -> None:
    """RR-03: a long answer could bring a former word back after a later one."""
    machine = Machine(seated(org.system))
    when.instant += CHANGES_EVERY
    first = machine.cookie
    machine.client.get("/health/")
    assert machine.cookie == first


@pytest.mark.parametrize("who_first", ["machine", "thief"])
def test_a_replaced_word_that_comes_again_shuts_the_terminal(
    org: Organisation, when: MovableClock, who_first: str
) -> None:
    """RR-03: a copied secret. Whoever of the two goes on, the other gives it away: suspended at once, an incident."""
    seat = seated(org.system)
    goes_on, stays = Machine(seat), Machine(seat)
    when.instant += CHANGES_EVERY
    assert goes_on.is_terminal()  # is given the next word
    assert goes_on.is_terminal()  # and shows it
    when.instant += OVERLAP + timedelta(seconds=1)
    assert not stays.is_terminal()
    assert not goes_on.is_terminal()
    terminal = Terminal.objects.get()
    assert terminal.state == TerminalState.SUSPENDED
    change = TerminalChange.objects.order_by("-at").first()
    assert (change.step, change.by) == ("suspend", None)
    assert TerminalEnrolment.objects.get().end == "copied"
    incident = Incident.objects.get()
    assert terminal.number in incident.what
    assert (incident.object_type, incident.object_id) == ("terminal", str(terminal.pk))
    # It is told once, however often the old word comes.
    assert not stays.is_terminal()
    assert Incident.objects.count() == 1


def test_what_cannot_be_recorded_is_not_answered(org: Organisation, when: MovableClock, monkeypatch) -> None:
    """AU-03: a copied secret that the log cannot take opens nothing, and is told at the next showing."""
    seat = seated(org.system)
    goes_on, stays = Machine(seat), Machine(seat)
    when.instant += CHANGES_EVERY
    goes_on.context()
    goes_on.context()
    when.instant += timedelta(hours=1)

    def down(*args: object, **kwargs: object) -> None:
        raise AuditUnavailable

    with monkeypatch.context() as patch:
        patch.setattr("accounts.journal.recording.intent", down)
        assert stays.client.get("/sign-in/").status_code == 503
    assert not stays.is_terminal()
    assert Incident.objects.count() == 1


def test_one_query_and_only_where_the_cookie_is_shown(org: Organisation) -> None:
    """architecture.md section 8: the look-up of the terminal and its standing are one statement."""
    seat = seated(org.system)
    plain, there = Machine(), Machine(seat)
    for machine in (plain, there):
        machine.context()
    counts = []
    for machine in (plain, there):
        with CaptureQueriesContext(connections["default"]) as queries:
            machine.context()
        counts.append(len(queries))
    assert counts[1] == counts[0] + 1


# A client certificate besides


PROXY, PRINT = "192.0.2.1", "ab" * 32


def test_a_certificate_is_asked_for_besides_the_secret(org: Organisation, settings) -> None:
    """RR-03: only as the trusted proxy says it; a header from elsewhere is nothing, and alone it is nothing."""
    settings.JINGUI_CERTIFICATE_PROXY = PROXY
    terminal = register(org.system)
    given = {"actor": org.system, "terminal": terminal}
    code = services.issue_code(**given, fingerprint=":".join(["AB"] * 32))
    with pytest.raises(errors.CertificateNotShown):
        services.enrol(actor=org.system, code=code)
    seat = Seat(terminal, services.enrol(actor=org.system, code=code, certificate=PRINT).cookie)

    def at(address: str, shown: str, seat: Seat | None = seat) -> bool:
        machine = Machine(seat, HTTP_X_CLIENT_CERTIFICATE_SHA256=shown)
        machine.client.defaults["REMOTE_ADDR"] = address
        return machine.is_terminal()

    assert at(PROXY, PRINT)
    assert at(PROXY, "AB:" * 31 + "AB")
    assert not at(PROXY, "cd" * 32)
    assert not at(PROXY, "")
    assert not at("192.0.2.2", PRINT)
    assert not at(PROXY, PRINT, None)
    settings.JINGUI_CERTIFICATE_PROXY = ""
    assert not at(PROXY, PRINT)


def test_a_fingerprint_that_nothing_could_show_is_refused(org: Organisation, settings) -> None:
    terminal = register(org.system)
    for proxy, fingerprint, refusal in (
        ("", PRINT, errors.NoCertificateProxy),
        (PROXY, "ab", errors.FingerprintBad),
        (PROXY, "指纹", errors.FingerprintBad),
    ):
        settings.JINGUI_CERTIFICATE_PROXY = proxy
        with pytest.raises(refusal):
            services.issue_code(actor=org.system, terminal=terminal, fingerprint=fingerprint)
    assert not TerminalCode.objects.exists()
