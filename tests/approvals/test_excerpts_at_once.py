"""What is written down, sent or stopped at the same moment, each over a connection of its own."""

from datetime import date

import pytest

from storage.models import KeySlot
from tests.approvals.room import ReadingRoom, asked
from tests.approvals.writing import Writing
from tests.support.archive import Archive
from tests.support.at_once import at_once
from vault.approvals import errors
from vault.approvals.models import SourceLink
from vault.approvals.rules import RequestState
from vault.approvals.services import requests
from vault.authorization.context import of_account
from vault.authorization.errors import Refused
from vault.holdings.models import Record
from vault.project.environment import StateContent


@pytest.fixture
def writing(committed_databases, settings) -> Writing:
    """A session whose rows are committed, in an attested archive."""
    settings.JINGUI_STATE_CONTENT = StateContent("attested", "演练", "0001", date(2099, 1, 1))
    archive = Archive()
    archive.sit()
    return Writing(ReadingRoom(archive), amount=2)


def test_a_double_click_at_the_same_moment_keeps_one(writing: Writing) -> None:
    """RQ-02, RQ-12: one record, one use, one body."""
    noted = writing.noted()
    slots = KeySlot.objects.count()
    assert at_once(lambda: writing.keep(noted=noted), lambda: writing.keep(noted=noted)) == [None, None]
    assert (Record.objects.count(), SourceLink.objects.count(), KeySlot.objects.count()) == (2, 1, slots + 1)
    assert asked(writing.request).used == 1


def test_of_three_excerpts_two_are_kept_where_two_are_approved(writing: Writing) -> None:
    """RQ-02: uses are counted atomically."""
    refused = [error for error in at_once(*[writing.keep] * 3) if error is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], errors.WrongStep | errors.NothingLeft | Refused)
    assert (Record.objects.count(), asked(writing.request).used) == (3, 2)
    assert asked(writing.request).state == RequestState.USED_UP


def test_kept_and_revoked_at_the_same_moment_it_is_whole_or_nothing(writing: Writing) -> None:
    """RQ-11: whichever came first; never a record without its step, nor a step without its record."""
    request = asked(writing.request)

    def revoke() -> None:
        requests.revoke(
            context=of_account(writing.room.desk.security),
            request_id=request.pk,
            version=request.version,
            reason="方案作废",
        )

    raised = at_once(writing.keep, revoke)
    kept = asked(writing.request).used
    assert kept == SourceLink.objects.count() == Record.objects.count() - 1
    assert (raised[0] is None) == (kept == 1)
    # Of two at once the second is told that the page it was pressed on is no longer the one that counts.
    assert raised[1] is None or isinstance(raised[1], errors.ChangedMeanwhile)
