"""What two persons do to one record's grants at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from audit import clock
from tests.support.archive import Archive, file
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
    begin, told = threading.Barrier(2), []
    given = {"person": archive.stranger.person, "action": Action.COPY, "ends_at": ends_at}

    def act() -> None:
        try:
            begin.wait(timeout=20)
            context = of_account(archive.director)
            if many:
                together.grant_many(context=context, chosen=[Chosen(record.pk, record.version)], **given)
            else:
                knowledge.grant(context=context, record_id=record.pk, **given)
            told.append("given")
        except errors.SomeRefused as refused:
            told.extend(refused.codes.values())
        except errors.HoldingsError as error:
            told.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["given", errors.GrantHeld.code]
    assert RecordUserPermission.objects.count() == 1
