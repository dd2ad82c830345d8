"""What two people do to a proposal for a list at the same moment, each over a connection of his own (PE-02)."""

import pytest

from accounts.models import Account
from accounts.rules import Duty
from tests.accounts.people import make_clearance
from tests.approvals.desk import Desk
from tests.support.archive import Archive
from tests.support.at_once import at_once
from vault.approvals import errors
from vault.approvals.models import Widening
from vault.approvals.services import widening as services
from vault.approvals.widening_rules import WideningState
from vault.authorization.context import of_account
from vault.holdings.models import KnowledgeEntry, Record


@pytest.fixture
def committed(committed_databases, settings) -> Desk:
    """Rows that are committed. Enterprise secrets: nothing here turns on an attestation."""
    archive = Archive()
    archive.sit()
    return Desk(archive)


@pytest.fixture
def leaders(committed: Desk) -> list[Account]:
    other = committed.archive.add(Duty.LEADER)
    make_clearance(other.person, committed.security.person, state_level=3, enterprise_level=2)
    return [committed.in_charge, other]


@pytest.fixture
def record(committed: Desk, leaders: list[Account]) -> Record:
    record = committed.record("core")
    for leader in leaders:
        committed.name(record, leader)
    return record


def propose(desk: Desk, record: Record, account: Account) -> Widening:
    return services.propose(
        context=of_account(desk.reader), record_id=record.pk, persons=[account.person], reason="参与检修"
    )[0]


def decide(row: Widening, by: Account, *, approve: bool) -> None:
    services.decide(context=of_account(by), widening_id=row.pk, approve=approve, reason="已核")


@pytest.mark.parametrize("second_approves", [True, False])
def test_of_two_leaders_one_decides(
    committed: Desk, record: Record, leaders: list[Account], second_approves: bool
) -> None:
    """PE-02: one entry or none, and the other is told that it is over."""
    named = committed.archive.add(Duty.ARCHIVIST)
    row = propose(committed, record, named)
    first, second = leaders
    refused = [
        error
        for error in at_once(
            lambda: decide(row, first, approve=True), lambda: decide(row, second, approve=second_approves)
        )
        if error is not None
    ]
    assert [type(error) for error in refused] == [errors.WrongStep]
    row.refresh_from_db()
    entries = KnowledgeEntry.objects.filter(record=record, person=named.person).count()
    assert entries == (1 if row.state == WideningState.APPROVED else 0)
    assert row.decided_by_id in {first.person_id, second.person_id}


def test_proposed_by_two_at_once_it_waits_once(committed: Desk, record: Record) -> None:
    """PE-02"""
    named = committed.archive.add(Duty.ARCHIVIST)
    refused = [
        error for error in at_once(*[lambda: propose(committed, record, named)] * 2) if error is not None
    ]
    assert [type(error) for error in refused] == [errors.NobodyNew]
    assert Widening.objects.count() == 1
