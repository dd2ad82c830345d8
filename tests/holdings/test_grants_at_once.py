"""What two persons do to one record's grants at the same moment."""

from datetime import timedelta

import pytest

from audit import clock
from tests.support.archive import Archive, file
from tests.support.at_once import at_once
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings import errors
from vault.holdings.models import RecordUserPermission
from vault.holdings.services import knowledge, together
from vault.holdings.services.together import Chosen


@pytest.mark.parametrize("many", [False, True], ids=["one by one", "many at once"])
def test_of_two_who_give_the_same_grant_at_once_one_gives_it_and_the_other_is_told(
    committed_databases, many: bool
) -> None:
    """PE-03: the same grant is not given twice, over two connections either."""
    archive = Archive()
    record = file(archive, archive.clerk, register_now="on").record
    ends_at = clock.now() + timedelta(days=30)
    given = {"person": archive.stranger.person, "action": Action.COPY, "ends_at": ends_at}

    def act() -> None:
        context = of_account(archive.director)
        if many:
            together.grant_many(context=context, chosen=[Chosen(record.pk, record.version)], **given)
        else:
            knowledge.grant(context=context, record_id=record.pk, **given)

    (refused,) = [error for error in at_once(act, act) if error is not None]
    told = list(refused.codes.values()) if isinstance(refused, errors.SomeRefused) else [refused.code]
    assert told == [errors.GrantHeld.code]
    assert RecordUserPermission.objects.count() == 1
