"""Proposals for need-to-know lists, for the table of routes and for the pages."""

from typing import TYPE_CHECKING

from accounts.models import Account
from accounts.rules import Duty
from tests.support.archive import Archive
from vault.approvals.models import Widening
from vault.approvals.services import widening
from vault.authorization.context import of_account
from vault.holdings.models import Record

if TYPE_CHECKING:
    from tests.contracts.routes_world import World


def make(world: "World") -> None:
    """One by whoever decides the label of `proposed`, who keeps its list; no leader is on it, so the post decides."""
    record = Record.objects.get(pk=world.objects["proposed"]["record_id"])
    named = world.archive.add(Duty.APPRAISER)
    made = proposed(world.people["classification_officer"], record, named)
    world.objects["waits"] = {"widening_id": made.pk}


def proposed(by: Account, record: Record, named: Account) -> Widening:
    return widening.propose(
        context=of_account(by), record_id=record.pk, persons=[named.person], reason="参与检修"
    )[0]


def of_pages(archive: Archive, record: Record) -> Widening:
    """By the classification officer of the archive."""
    return proposed(archive.officer, record, archive.add(Duty.APPRAISER))
