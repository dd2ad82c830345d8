"""The adapter over guardian: dated grants, given by others, never removed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit import clock
from tests.authorization.conftest import give
from vault.authorization import grants
from vault.authorization.actions import Action
from vault.authorization.errors import UnknownAction
from vault.authorization.grants import GrantToOneself
from vault.holdings.models import RecordUserPermission

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_nobody_grants_a_right_to_himself(archive, make):
    """Requirements 6: not under a second account either, for the person is the same."""
    record = make()
    give(record, archive.stranger, Action.CONSULT, archive.director.person)
    with pytest.raises(GrantToOneself):
        give(record, archive.director, Action.CONSULT, archive.director.person)


def test_a_grant_ends_and_stays_as_evidence(archive, make):
    """PE-11: ended now, it opens nothing at the next request, and the row is still there."""
    grant = give(make(), archive.stranger, Action.CONSULT, archive.director.person)
    person = archive.stranger.person_id
    assert list(grants.held_by(RecordUserPermission, person, clock.now())) == [grant]
    grants.end(grant, at=clock.now())
    assert not grants.held_by(RecordUserPermission, person, clock.now()).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordUserPermission.objects.filter(pk=grant.pk).delete()


def test_a_grant_never_ends_before_it_begins(archive, make):
    """PE-11: the database holds it, whoever writes."""
    now = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        give(
            make(),
            archive.stranger,
            Action.CONSULT,
            archive.director.person,
            starts_at=now,
            ends_at=now - timedelta(days=1),
        )


def test_only_the_nine_actions_are_granted(archive, make):
    """PE-03: work that a duty does is not given away by a grant."""
    with pytest.raises(UnknownAction):
        give(make(), archive.stranger, Action.DECIDE_LABEL, archive.director.person)
