"""The written confirmation of an emergency: in time, late, missing, and of what was not justified (P-10)."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.rules import Duty
from tests.accounts.people import make_account
from tests.approvals.emergency import Emergency
from tests.approvals.test_reading import morning
from vault.approvals import emergencies as reads
from vault.approvals import emergency_errors, errors
from vault.approvals.emergency_rules import CONFIRM_WITHIN
from vault.approvals.models import AccessRequest, EmergencyConfirmation
from vault.approvals.services import confirmations
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.incidents.models import Incident
from vault.incidents.rules import Kind
from vault.notices.models import Notice

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
SECOND = timedelta(seconds=1)


@pytest.fixture
def released(emergency: Emergency) -> AccessRequest:
    return emergency.released(emergency.desk.record())


def waits_for(account: object) -> list[object]:
    return [one.request_id for one in reads.to_confirm(of_account(account))]


def test_the_leader_confirms_what_he_released(emergency: Emergency, released: AccessRequest) -> None:
    """P-10: in words, once; with any of his accounts. Nothing waits afterwards."""
    assert waits_for(emergency.leader) == [released.pk]
    made = emergency.confirm(released, by=make_account(emergency.leader.person))
    assert (made.text, made.is_late, made.is_justified, made.incident) == (
        "事态紧急，属实",
        False,
        True,
        None,
    )
    assert waits_for(emergency.leader) == []
    assert not Notice.objects.filter(topic="emergency-to-confirm", read_at=None).exists()
    with pytest.raises(emergency_errors.ConfirmedAlready):
        emergency.confirm(released, justified=False)
    assert EmergencyConfirmation.objects.count() == 1
    assert not Incident.objects.exists()


def test_nobody_else_confirms_it(emergency: Emergency, released: AccessRequest) -> None:
    """P-10: not the second person, not the reader, not a security officer; the post above only once it is overdue."""
    for by in (emergency.keeper, emergency.desk.reader):
        with pytest.raises(errors.WrongStep):
            emergency.confirm(released, by=by)
    with pytest.raises(Refused):
        emergency.confirm(released, by=emergency.desk.security)
    for by in (emergency.desk.principal, emergency.archive.clerk):
        with pytest.raises(Absent):
            emergency.confirm(released, by=by)
    assert not EmergencyConfirmation.objects.exists()


def test_it_says_something(emergency: Emergency, released: AccessRequest) -> None:
    with pytest.raises(emergency_errors.ConfirmationMissing):
        emergency.confirm(released, text="  ")
    assert not EmergencyConfirmation.objects.exists()


def test_the_absent_leader_may_confirm_what_his_stand_in_released(emergency: Emergency) -> None:
    """PE-12: it stands on both worklists until one of them has."""
    stand_in = emergency.archive.add(Duty.DEPARTMENT_HEAD)
    emergency.give_post_to(stand_in)
    request = emergency.ask(emergency.desk.record())
    emergency.lead(request, by=stand_in)
    emergency.second(request)
    assert waits_for(stand_in) == waits_for(emergency.leader) == [request.pk]
    emergency.confirm(request)
    assert waits_for(stand_in) == []


def test_without_it_an_incident_is_raised_once(emergency: Emergency) -> None:
    """P-10: when 24 hours are over, and not at the instant itself; told to leader, superior and security officers."""
    with time_machine.travel(morning(), tick=False) as at:
        request = emergency.released(emergency.desk.record())
        at.shift(CONFIRM_WITHIN)
        assert confirmations.raise_overdue() == 0
        assert not Incident.objects.exists()
        at.shift(SECOND)
        assert confirmations.raise_overdue() == 1
        assert confirmations.raise_overdue() == 0
        incident = Incident.objects.get()
        assert (incident.kind, incident.raised_by, incident.source) == (Kind.MISUSE, None, "approvals")
        assert request.reference in incident.what
        assert "城区" not in incident.what
        assert emergency.report(request).overdue_incident == incident
        told = set(Notice.objects.filter(topic="emergency-overdue").values_list("person", flat=True))
        assert {
            emergency.leader.person_id,
            emergency.desk.security.person_id,
            emergency.desk.second_security.person_id,
        } <= told
        assert emergency.desk.reader.person_id not in told


def test_overdue_it_stays_on_the_worklist_and_is_taken_late(emergency: Emergency) -> None:
    """P-10: marked late; whoever sits in the post or above it may now confirm it too."""
    with time_machine.travel(morning(), tick=False) as at:
        request = emergency.released(emergency.desk.record())
        at.shift(CONFIRM_WITHIN + SECOND)
        confirmations.raise_overdue()
        assert waits_for(emergency.leader) == waits_for(emergency.desk.principal) == [request.pk]
        assert reads.report(of_account(emergency.desk.principal), request.pk) is not None
        at.shift(timedelta(days=40))
        assert waits_for(emergency.leader) == [request.pk]
        assert emergency.confirm(request).is_late
        assert waits_for(emergency.leader) == waits_for(emergency.desk.principal) == []
        assert not Notice.objects.filter(
            topic="emergency-overdue", person=emergency.leader.person, read_at=None
        )
        assert confirmations.raise_overdue() == 0


def test_a_clock_set_back_makes_no_late_confirmation_timely(emergency: Emergency) -> None:
    """P-10: the incident stands, and so does what it says."""
    with time_machine.travel(morning(), tick=False) as at:
        request = emergency.released(emergency.desk.record())
        at.shift(CONFIRM_WITHIN + SECOND)
        confirmations.raise_overdue()
        at.shift(-timedelta(hours=2))
        assert waits_for(emergency.desk.principal) == [request.pk]
        assert emergency.confirm(request).is_late


def test_what_was_not_justified_is_an_incident(emergency: Emergency, released: AccessRequest) -> None:
    """P-10: raised by the leader's own declaration, which the database holds to it."""
    made = emergency.confirm(released, justified=False, text="电话即可处置")
    incident = Incident.objects.get()
    assert (made.incident, incident.raised_by) == (incident, emergency.leader.person)
    assert "电话" not in incident.what
    other = emergency.released(emergency.desk.record())
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyConfirmation.objects.create(
            report=emergency.report(other),
            text="x",
            is_justified=False,
            is_late=False,
            by=emergency.leader.person,
            at=made.at,
        )


def test_the_scan_of_the_signed_paper_is_a_record_with_a_body(
    emergency: Emergency, released: AccessRequest
) -> None:
    """As the papers of other units: known to who names it, and another record than the one that was read."""
    with pytest.raises(Absent):
        emergency.confirm(released, paper=uuid4())
    scan = emergency.desk.record("open")
    emergency.desk.name(released.record, emergency.leader)
    with pytest.raises(errors.PaperAbsent):
        emergency.confirm(released, paper=released.record_id)
    assert emergency.confirm(released, paper=scan.pk).paper_id == scan.pk
