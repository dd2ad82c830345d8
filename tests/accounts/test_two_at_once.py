"""Two people acting on one thing at the same moment: one of them wins, and nothing is half done."""

from datetime import timedelta

import pytest

from accounts import errors, services
from accounts.models import Account, Clearance, TerminalChange, TerminalEnrolment
from accounts.rules import Duty, GrantState
from tests.accounts.people import Organisation, make_account, today
from tests.support.at_once import at_once
from tests.support.terminals import enrol, register
from vault.incidents.models import Incident

pytestmark = pytest.mark.usefixtures("committed_databases")


def officer(org: Organisation) -> Account:
    """One more security officer."""
    return org.add(Duty.SECURITY_OFFICER)


@pytest.mark.parametrize("second", ["confirm", "refuse"])
def test_two_officers_on_one_pending_grant(second: str) -> None:
    """AD-03: whoever is second finds it decided, and it is in force once or not at all."""
    org = Organisation()
    other = officer(org)
    grant = services.grant_clearance(
        actor=org.security,
        person=org.clerk.person,
        enterprise_level=1,
        starts_on=today(),
        ends_on=today() + timedelta(days=9),
        reason="需要",
    ).pending
    acts = {
        "confirm": lambda: services.confirm_grant(actor=other, grant=grant),
        "refuse": lambda: services.refuse_grant(actor=other, grant=grant, reason="不需要"),
    }
    raised = at_once(lambda: services.confirm_grant(actor=org.leader, grant=grant), acts[second])
    assert {type(error) for error in raised} == {type(None), errors.GrantNotPending}
    grant.refresh_from_db()
    in_force = Clearance.objects.filter(person=org.clerk.person).count()
    assert (grant.state, in_force) in {(GrantState.DONE, 1), (GrantState.REFUSED, 0)}


def test_two_officers_who_suspend_each_other() -> None:
    """AD-04: one of the last two stays."""
    org = Organisation()
    other = officer(org)
    raised = at_once(
        lambda: services.suspend(actor=other, account=org.security),
        lambda: services.suspend(actor=org.security, account=other),
    )
    assert [error is None for error in raised].count(True) == 1
    assert all(isinstance(error, errors.AccountsError) for error in raised if error)
    assert Account.objects.filter(pk__in=[org.security.pk, other.pk], suspended_at=None).count() == 1


def test_both_accounts_of_the_last_officer() -> None:
    """AD-04: each would count on the other account."""
    org = Organisation()
    other = make_account(org.security.person)
    raised = at_once(
        lambda: services.suspend(actor=org.system, account=org.security),
        lambda: services.suspend(actor=org.system, account=other),
    )
    assert sorted(type(error).__name__ for error in raised) == ["LastOfficer", "NoneType"]
    assert Account.objects.filter(pk__in=[org.security.pk, other.pk], suspended_at=None).count() == 1


def test_two_who_type_one_code_of_a_terminal() -> None:
    """RR-03: one machine is the terminal; the other one's code was used."""
    org = Organisation()
    keeper = org.add(Duty.ROOM_KEEPER)
    code = services.issue_code(actor=org.system, terminal=register(org.system))
    raised = at_once(
        lambda: services.enrol(actor=org.system, code=code), lambda: services.enrol(actor=keeper, code=code)
    )
    assert {type(error) for error in raised} == {type(None), errors.CodeRefused}
    assert TerminalEnrolment.objects.filter(ended_at__isnull=True).count() == 1


def test_a_copied_word_shown_twice() -> None:
    """RR-03: the terminal is suspended once, and told once."""
    org = Organisation()
    enrol(org.system, register(org.system))
    found = TerminalEnrolment.objects.select_related("terminal").get()
    raised = at_once(*[lambda: services.suspend_copied(found=found)] * 2)
    assert {type(error) for error in raised} == {type(None), errors.NotEnrolled}
    assert TerminalChange.objects.filter(step="suspend").count() == Incident.objects.count() == 1
