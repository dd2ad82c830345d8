"""What two people do to an emergency at the same moment, each over a connection of his own."""

from datetime import timedelta

import pytest

from tests.approvals.emergency import Emergency
from tests.support.archive import Archive
from tests.support.at_once import at_once
from vault.approvals import emergency_errors, errors
from vault.approvals.models import AccessRequest, EmergencyConfirmation, EmergencyReport, RequestStep
from vault.approvals.rules import RequestState
from vault.approvals.services import confirmations, requests
from vault.authorization.context import of_account
from vault.incidents.models import Incident


@pytest.fixture
def committed(committed_databases, settings) -> Emergency:
    """Rows that are committed. Enterprise secrets: nothing here turns on an attestation."""
    archive = Archive()
    archive.sit()
    return Emergency(archive)


def state(request: AccessRequest) -> str:
    return AccessRequest.objects.get(pk=request.pk).state


def test_both_release_it_at_the_same_moment(committed: Emergency) -> None:
    """PE-17: neither is sent away for the other's release, and there is one report."""
    request = committed.ask(committed.desk.record("core"))
    assert at_once(lambda: committed.lead(request), lambda: committed.second(request)) == [None, None]
    assert state(request) == RequestState.APPROVED
    assert EmergencyReport.objects.count() == 1
    assert RequestStep.objects.filter(request=request).count() == 2


def test_a_double_click_releases_once(committed: Emergency) -> None:
    """One person is one of the two, however often he presses."""
    request = committed.ask(committed.desk.record("core"))
    refused = [error for error in at_once(*[lambda: committed.lead(request)] * 2) if error is not None]
    assert [type(error) for error in refused] == [errors.WrongStep]
    assert state(request) == RequestState.LEADER_RELEASED


def test_released_and_withdrawn_at_the_same_moment_it_is_one_of_both(committed: Emergency) -> None:
    """A report there is only of what was released."""
    request = committed.ask(committed.desk.record("core"))
    committed.lead(request)
    version = AccessRequest.objects.get(pk=request.pk).version

    def withdraw() -> None:
        requests.withdraw(context=of_account(committed.desk.reader), request_id=request.pk, version=version)

    refused = [error for error in at_once(lambda: committed.second(request), withdraw) if error is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], errors.WrongStep | errors.ChangedMeanwhile)
    assert (state(request), EmergencyReport.objects.count()) in (
        (RequestState.APPROVED, 1),
        (RequestState.WITHDRAWN, 0),
    )


def test_asked_twice_at_the_same_moment_it_is_asked_once(committed: Emergency) -> None:
    record = committed.desk.record("core")
    refused = [error for error in at_once(*[lambda: committed.ask(record)] * 2) if error is not None]
    assert [type(error) for error in refused] == [errors.AlreadyRequested]
    assert AccessRequest.objects.count() == 1


def test_confirmed_twice_at_the_same_moment_it_is_confirmed_once(committed: Emergency) -> None:
    """P-10: and an incident that the loser would have raised is undone with it."""
    request = committed.released(committed.desk.record("core"))
    refused = [
        error
        for error in at_once(*[lambda: committed.confirm(request, justified=False)] * 2)
        if error is not None
    ]
    assert [type(error) for error in refused] == [emergency_errors.ConfirmedAlready]
    assert EmergencyConfirmation.objects.count() == Incident.objects.count() == 1


def test_two_workers_raise_one_incident(committed: Emergency, monkeypatch: pytest.MonkeyPatch) -> None:
    """P-10: whichever comes second finds it raised."""
    request = committed.released(committed.desk.record("core"))
    monkeypatch.setattr("vault.approvals.emergencies.CONFIRM_WITHIN", timedelta(seconds=-1))
    assert at_once(confirmations.raise_overdue, confirmations.raise_overdue) == [None, None]
    assert Incident.objects.count() == 1
    assert EmergencyReport.objects.get(request=request).overdue_incident is not None
