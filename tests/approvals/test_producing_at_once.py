"""Two who make the next copy at the same moment, each over a connection of his own (RQ-07, ASVS 2.3.4)."""

from datetime import date

import pytest

from accounts.models import Account
from tests.approvals.copying import CopyDesk
from tests.support.archive import Archive
from tests.support.at_once import at_once
from vault.approvals import errors
from vault.approvals.models import AccessRequest, Copy, CopyStep
from vault.project.environment import StateContent


@pytest.fixture
def committed(committed_databases, settings) -> CopyDesk:
    """The desk as every connection sees it."""
    archive = Archive()
    archive.sit()
    settings.JINGUI_STATE_CONTENT = StateContent("attested", "演练", "0001", date(2099, 1, 1))
    return CopyDesk(archive)


@pytest.mark.parametrize("by", [("keeper", "keeper"), ("keeper", "second")])
def test_of_two_who_make_it_at_once_one_makes_it(committed: CopyDesk, by: tuple[str, str]) -> None:
    """RQ-07: a double click, and two keepers: one copy, counted once, and the other is told."""
    request = committed.granted(committed.copied(), amount=2)
    version = AccessRequest.objects.get(pk=request.pk).version
    accounts: list[Account] = [getattr(committed, name) for name in by]
    acts = [lambda who=who: committed.make(request, by=who, version=version) for who in accounts]
    refused = [error for error in at_once(*acts) if error is not None]
    assert [type(error) for error in refused] == [errors.ChangedMeanwhile]
    assert (Copy.objects.count(), CopyStep.objects.count()) == (1, 1)
    assert AccessRequest.objects.get(pk=request.pk).used == 1
