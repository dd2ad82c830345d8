"""What is true of a person, on which day, under whichever account."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from accounts import selectors
from accounts.models import Account, Training, Undertaking
from accounts.rules import UNDERTAKING_VERSION, Duty, Held, Levels, UnitKind
from audit import clock
from tests.accounts.people import (
    Organisation,
    make_account,
    make_appointment,
    make_clearance,
    make_person,
    make_unit,
    today,
)

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def facts(account: Account) -> selectors.SubjectFacts:
    return selectors.subject_facts(account, clock.now())


def test_two_accounts_of_one_person_have_the_same_rights(org: Organisation):
    """PE-07"""
    second = make_account(org.clerk.person)
    make_clearance(org.clerk.person, org.security.person, state_level=1)
    one, other = facts(org.clerk), facts(second)
    assert one.account_id != other.account_id
    for name in ("person_id", "duties", "scope_units", "clearance", "training_valid", "undertaking_valid"):
        assert getattr(one, name) == getattr(other, name)


def test_facts_cost_one_query_also_for_whoever_reaches_below(org: Organisation):
    archivist = org.add(Duty.ARCHIVIST)
    make_appointment(archivist.person, Duty.APPRAISER, org.hall)
    make_clearance(archivist.person, org.security.person)
    for account, duties in ((org.clerk, 1), (archivist, 2)):
        with CaptureQueriesContext(connection) as queries:
            assert len(facts(account).duties) == duties
        assert len(queries) == 1


def test_facts_are_compiled_once_and_each_person_gets_his_own(org: Organisation, monkeypatch):
    archivist = org.add(Duty.ARCHIVIST)
    before = facts(org.clerk), facts(archivist)
    monkeypatch.setattr(SQLCompiler, "as_sql", None)
    assert (facts(org.clerk), facts(archivist)) == before
    assert before[0].duties != before[1].duties
    assert (before[0].training_valid, before[0].undertaking_valid) == (True, True)
    account, read = selectors.account_with_facts(archivist.pk, clock.now())
    assert (account, read) == (archivist, before[1])
    with CaptureQueriesContext(connection) as queries:
        assert account.person.name == archivist.person.name
        assert account.person.unit.path == org.company.path
    assert not queries


def test_nobody_has_facts_under_an_account_that_is_not_there(org: Organisation):
    with pytest.raises(Account.DoesNotExist):
        selectors.account_with_facts(uuid4(), clock.now())


def test_a_clearance_counts_from_its_first_day_to_its_last_in_shanghai(org: Organisation, at):
    """PE-01: expired yesterday, refused today; the day turns at 16:00 UTC."""
    day = date(2026, 11, 5)
    make_clearance(org.clerk.person, org.security.person, state_level=2, starts_on=day, ends_on=day)
    for hour, minute, levels in (
        ((4, 15), 59, Levels()),
        ((4, 16), 0, Levels(2, 0, 1)),
        ((5, 15), 59, Levels(2, 0, 1)),
        ((5, 16), 0, Levels()),
    ):
        at.instant = at.instant.replace(day=hour[0], hour=hour[1], minute=minute)
        assert facts(org.clerk).clearance == levels


def test_several_clearances_add_up_per_regime_and_a_revoked_one_counts_no_more(org: Organisation):
    """PE-01, PE-08"""
    by = org.security.person
    make_clearance(org.clerk.person, by, state_level=1)
    core = make_clearance(org.clerk.person, by, enterprise_level=2)
    assert facts(org.clerk).clearance == Levels(1, 2, 1)
    core.revoked_on = today()
    core.save(update_fields=["revoked_on"])
    assert facts(org.clerk).clearance == Levels(1, 0, 1)


def test_without_any_clearance_every_level_is_zero(org: Organisation):
    assert facts(org.clerk).clearance == Levels(0, 0, 0)


def test_rank_reaches_only_its_own_unit_and_the_archivist_everything_below(org: Organisation):
    """PE-10"""
    archivist = org.add(Duty.ARCHIVIST)
    elsewhere = make_unit(UnitKind.DEPARTMENT, org.company)
    deeper = make_unit(UnitKind.DEPARTMENT, org.hall)
    assert facts(org.leader).scope_units == {org.company.pk}
    assert facts(org.director).scope_units == {org.hall.pk}
    assert facts(archivist).scope_units == {org.company.pk, org.hall.pk, elsewhere.pk, deeper.pk}
    assert facts(org.auditor).scope_units == frozenset()


def test_an_external_authority_is_in_nobodys_scope_and_appoints_nobody(org: Organisation):
    external = make_unit(UnitKind.EXTERNAL, org.company)
    archivist = org.add(Duty.ARCHIVIST)
    make_appointment(org.clerk.person, Duty.STAFF, external)
    assert external.pk not in facts(archivist).scope_units
    assert facts(org.clerk).duties == {Held(Duty.DUTY_CLERK, org.hall.pk)}


def test_a_duty_counts_on_its_days_only(org: Organisation):
    """PE-01, PE-08"""
    day = today()
    late = make_appointment(org.clerk.person, Duty.APPRAISER, starts_on=day + timedelta(days=1))
    make_appointment(
        org.clerk.person, Duty.ROOM_KEEPER, starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=1)
    )
    make_appointment(org.clerk.person, Duty.AGENT, revoked_on=day)
    assert {held.duty for held in facts(org.clerk).duties} == {Duty.DUTY_CLERK}
    at = clock.now() + timedelta(days=1)
    assert {held.duty for held in selectors.subject_facts(org.clerk, at).duties} == {
        Duty.DUTY_CLERK,
        Duty(late.duty),
    }


def test_a_forbidden_pair_that_came_by_another_road_is_named(org: Organisation):
    """AD-02: exclusions are checked at action too."""
    make_appointment(org.auditor.person, Duty.SECURITY_OFFICER)
    assert facts(org.auditor).exclusions == ("auditor_and_other_officer",)
    assert facts(org.security).exclusions == ()


def test_training_and_undertaking_by_day_and_version(org: Organisation):
    """PE-09"""
    newcomer = make_account(make_person(org.hall))
    day = today()
    assert (facts(newcomer).training_valid, facts(newcomer).undertaking_valid) == (False, False)
    Training.objects.create(
        person=newcomer.person, held_on=day - timedelta(days=9), valid_until=day - timedelta(days=1)
    )
    Undertaking.objects.create(person=newcomer.person, version=UNDERTAKING_VERSION + 1, signed_at=clock.now())
    assert (facts(newcomer).training_valid, facts(newcomer).undertaking_valid) == (False, False)
    Training.objects.create(person=newcomer.person, held_on=day, valid_until=day)
    Undertaking.objects.create(person=newcomer.person, version=UNDERTAKING_VERSION, signed_at=clock.now())
    assert (facts(newcomer).training_valid, facts(newcomer).undertaking_valid) == (True, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda account: Account.objects.filter(pk=account.pk).update(is_active=False),
        lambda account: Account.objects.filter(pk=account.pk).update(suspended_at=clock.now()),
        lambda account: type(account.person).objects.update(left_on=today() - timedelta(days=1)),
    ],
)
def test_facts_are_read_from_the_database_not_from_the_instance(org: Organisation, change):
    """PE-08"""
    assert facts(org.clerk).usable
    change(org.clerk)
    assert not facts(org.clerk).usable


def test_the_last_day_of_a_leaver_still_counts(org: Organisation):
    org.clerk.person.left_on = today()
    org.clerk.person.save(update_fields=["left_on"])
    assert facts(org.clerk).usable


def test_no_account_no_facts(org: Organisation):
    with pytest.raises(Account.DoesNotExist):
        facts(Account(person=org.clerk.person))


def test_heads_and_subordinates(org: Organisation):
    now = clock.now()
    clerk, director, leader = org.clerk.person, org.director.person, org.leader.person
    desk = make_unit(UnitKind.DEPARTMENT, org.hall)
    assert selectors.heads_above(desk, now) == [director, leader]
    assert selectors.is_subordinate(clerk, director, now)
    assert selectors.is_subordinate(clerk, leader, now)
    assert selectors.is_subordinate(director, leader, now)
    assert not selectors.is_subordinate(leader, director, now)
    assert not selectors.is_subordinate(director, director, now)
    assert selectors.ancestor_ids(desk) == [org.company.pk, org.hall.pk, desk.pk]


def test_a_superuser_is_nothing(org: Organisation):
    """PE-04"""
    root = make_account(org.clerk.person, is_superuser=True)
    assert not root.has_perm("accounts.delete_person")
    assert not root.has_module_perms("accounts")
    assert facts(root).duties == facts(org.clerk).duties
