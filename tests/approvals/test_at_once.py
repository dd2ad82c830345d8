"""What two people do to requests at the same moment, each over a connection of his own."""

import pytest

from accounts.rules import Duty
from tests.approvals.desk import Desk
from tests.support.archive import Archive
from tests.support.at_once import at_once
from vault.approvals import errors
from vault.approvals.models import AccessRequest, RequestStep
from vault.approvals.rules import RequestState
from vault.approvals.services import requests
from vault.authorization.actions import Action
from vault.authorization.context import of_account


@pytest.fixture
def committed(committed_databases, settings) -> Desk:
    """A desk whose rows are committed. Internal records: nothing here turns on a terminal or an attestation."""
    return Desk(Archive())


def test_a_double_click_at_the_same_moment_asks_once(committed: Desk) -> None:
    """RQ-02: the second is told, and the number is given once."""
    record = committed.record("internal")
    clerk = committed.archive.clerk

    def ask() -> None:
        committed.submit(record, by=clerk, action=Action.COPY)

    refused = [error for error in at_once(ask, ask) if error is not None]
    assert [type(error) for error in refused] == [errors.AlreadyRequested]
    assert AccessRequest.objects.count() == 1


def test_requests_sent_at_the_same_moment_have_numbers_of_their_own(committed: Desk) -> None:
    """Gapless within the year."""
    records = [committed.record("internal") for _ in range(3)]
    clerk = committed.archive.clerk
    acts = [
        (lambda record=record: committed.submit(record, by=clerk, action=Action.COPY)) for record in records
    ]
    assert at_once(*acts) == [None, None, None]
    assert sorted(AccessRequest.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_of_two_who_decide_at_the_same_moment_one_decides(committed: Desk) -> None:
    """PE-06, architecture 4: the row is held, and the version of the page counts."""
    request = committed.submit(committed.record("internal"), by=committed.archive.clerk, action=Action.COPY)
    second = committed.archive.add(Duty.HALL_DIRECTOR, committed.archive.hall)
    committed.archive.clear(second, restricted=1)

    def decide(account) -> None:
        requests.approve(context=of_account(account), request_id=request.pk, version=request.version)

    refused = [
        error
        for error in at_once(lambda: decide(committed.archive.director), lambda: decide(second))
        if error is not None
    ]
    assert len(refused) == 1
    assert isinstance(refused[0], errors.WrongStep | errors.ChangedMeanwhile)
    assert RequestStep.objects.filter(request=request, event="approve").count() == 1


def test_approved_and_withdrawn_at_the_same_moment_it_is_one_of_both(committed: Desk) -> None:
    """Never both: whichever came first stands, and the other is told."""
    clerk = committed.archive.clerk
    request = committed.submit(committed.record("internal"), by=clerk, action=Action.COPY)

    def approve() -> None:
        committed.approve(request, by=committed.archive.director)

    def withdraw() -> None:
        requests.withdraw(context=of_account(clerk), request_id=request.pk, version=request.version)

    refused = [error for error in at_once(approve, withdraw) if error is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], errors.WrongStep | errors.ChangedMeanwhile)
    steps = list(RequestStep.objects.filter(request=request).values_list("event", flat=True))
    state = AccessRequest.objects.get(pk=request.pk).state
    assert (steps, state) in (
        (["approve"], RequestState.APPROVED),
        (["withdraw"], RequestState.WITHDRAWN),
    )
