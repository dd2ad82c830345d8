"""The secret of a terminal: its changing word, what a copy of it gives away, and a certificate besides (RR-03)."""

from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from accounts import errors, services
from accounts.enrolment_rules import CHANGES_EVERY, OVERLAP
from accounts.models import Terminal, TerminalChange, TerminalCode, TerminalEnrolment
from accounts.terminal_middleware import cookie_name
from accounts.terminal_rules import TerminalState
from audit.errors import AuditUnavailable
from tests.accounts.conftest import MovableClock
from tests.accounts.people import Organisation
from tests.support.terminals import Machine, Seat, register, seated
from vault.incidents.models import Incident

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_the_word_changes_and_an_answer_that_was_lost_costs_nothing(
    at: MovableClock, org: Organisation
) -> None:
    """RR-03: pages give out the next word until it comes back; from then on it is the present one."""
    machine = Machine(seated(org.system))
    first = machine.cookie
    assert machine.is_terminal()
    assert machine.cookie == first
    at.instant += CHANGES_EVERY
    assert machine.is_terminal()
    second = machine.cookie
    assert second != first
    machine.client.cookies[cookie_name()] = first  # the answer never arrived
    at.forward(hours=3)
    assert machine.is_terminal()
    assert machine.cookie == second
    assert machine.is_terminal()
    assert TerminalEnrolment.objects.get().generation == 1
    # What was sent before the change was seen is still good, for a moment.
    at.instant += OVERLAP
    machine.client.cookies[cookie_name()] = first
    assert machine.is_terminal()


def test_a_page_that_is_no_page_gives_out_no_word(at: MovableClock, org: Organisation) -> None:
    """RR-03: a long answer could bring a former word back after a later one."""
    machine = Machine(seated(org.system))
    at.instant += CHANGES_EVERY
    first = machine.cookie
    machine.client.get("/health/")
    assert machine.cookie == first


@pytest.mark.parametrize("who_first", ["machine", "thief"])
def test_a_replaced_word_that_comes_again_shuts_the_terminal(
    at: MovableClock, org: Organisation, who_first: str
) -> None:
    """RR-03: a copied secret. Whoever of the two goes on, the other gives it away: suspended at once, an incident."""
    seat = seated(org.system)
    goes_on, stays = Machine(seat), Machine(seat)
    at.instant += CHANGES_EVERY
    assert goes_on.is_terminal()  # is given the next word
    assert goes_on.is_terminal()  # and shows it
    at.instant += OVERLAP + timedelta(seconds=1)
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


def test_what_cannot_be_recorded_is_not_answered(at: MovableClock, org: Organisation, monkeypatch) -> None:
    """AU-03: a copied secret that the log cannot take opens nothing, and is told at the next showing."""
    seat = seated(org.system)
    goes_on, stays = Machine(seat), Machine(seat)
    at.instant += CHANGES_EVERY
    goes_on.context()
    goes_on.context()
    at.instant += timedelta(hours=1)

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
