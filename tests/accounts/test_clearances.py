"""Clearances, and the training and the undertaking that go with them."""

from datetime import timedelta

import pytest

from accounts import errors, selectors, services
from accounts.models import Person
from accounts.rules import Duty, PersonCategory
from audit import clock
from tests.accounts.granting import appoint, categorise, clear
from tests.accounts.people import Organisation, make_account, make_person, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


# Clearances (PE-01)


@pytest.mark.parametrize(
    ("category", "levels", "allowed"),
    [
        (PersonCategory.NONE, (0, 1), True),
        (PersonCategory.NONE, (1, 0), False),
        (PersonCategory.GENERAL, (1, 1), True),
        (PersonCategory.GENERAL, (0, 2), False),
        (PersonCategory.IMPORTANT, (2, 2), True),
        (PersonCategory.IMPORTANT, (3, 0), False),
        (PersonCategory.CORE, (3, 2), True),
    ],
)
def test_a_clearance_stays_below_the_ceiling_of_the_post(
    org: Organisation, category: PersonCategory, levels: tuple[int, int], allowed: bool
):
    """PE-01"""
    person = make_person(org.hall, category=category)
    if allowed:
        granted = clear(org, person, state_level=levels[0], enterprise_level=levels[1])
        assert (granted.granted_by, granted.restricted) == (org.security.person, 1)
    else:
        with pytest.raises(errors.AboveCeiling):
            clear(org, person, state_level=levels[0], enterprise_level=levels[1])


@pytest.mark.parametrize("levels", [(4, 0), (0, 3), (-1, 0)])
def test_a_level_that_does_not_exist_is_refused(org: Organisation, levels: tuple[int, int]):
    with pytest.raises(errors.EmptyClearance):
        clear(org, make_person(org.hall), state_level=levels[0], enterprise_level=levels[1])


def test_dates_that_cannot_be_are_refused(org: Organisation):
    """PE-01"""
    person, day = make_person(org.hall), today()
    with pytest.raises(errors.BadDates):
        clear(org, person, starts_on=day, ends_on=day - timedelta(days=1))
    with pytest.raises(errors.BadDates):
        clear(org, person, starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=1))
    with pytest.raises(errors.BadDates):
        appoint(org, person, Duty.STAFF, ends_on=day - timedelta(days=1))
    with pytest.raises(errors.BadDates):
        services.record_training(
            actor=org.security, person=person, held_on=day + timedelta(days=1), valid_until=day
        )


def test_revoking_works_at_once_and_once(org: Organisation):
    """PE-08"""
    granted = clear(org, org.clerk.person)
    assert any(selectors.subject_facts(org.clerk, clock.now()).clearance)
    services.revoke_clearance(actor=org.security, clearance=granted)
    assert not any(selectors.subject_facts(org.clerk, clock.now()).clearance)
    with pytest.raises(errors.AlreadyOver):
        services.revoke_clearance(actor=org.security, clearance=granted)


def test_a_post_is_not_left_while_a_clearance_above_the_next_one_stands(org: Organisation):
    person = make_person(org.hall, category=PersonCategory.CORE)
    granted = clear(org, person, state_level=3)
    with pytest.raises(errors.ClearancesStand):
        categorise(org, person, PersonCategory.GENERAL, org.director)
    services.revoke_clearance(actor=org.security, clearance=granted)
    # AD-12: nor before the de-secrecy period of whoever was cleared in it is over.
    with pytest.raises(errors.DeSecrecyFirst):
        categorise(org, person, PersonCategory.GENERAL, org.director)
    assert Person.objects.get(pk=person.pk).category == PersonCategory.CORE


def test_a_post_given_by_mistake_is_taken_back_at_once(org: Organisation):
    person = make_person(org.hall, category=PersonCategory.CORE)
    categorise(org, person, PersonCategory.GENERAL, org.director)
    assert Person.objects.get(pk=person.pk).category == PersonCategory.GENERAL


# Training and undertaking (PE-09)


def test_training_is_recorded_by_the_security_officer_or_a_head_above(org: Organisation):
    """PE-09"""
    person = make_person(org.hall)
    given = {"person": person, "held_on": today(), "valid_until": today() + timedelta(days=365)}
    for wrong in (org.clerk, org.system, org.auditor):
        with pytest.raises(errors.DutyMissing):
            services.record_training(actor=wrong, **given)
    for right in (org.security, org.director, org.leader):
        assert services.record_training(actor=right, **given).recorded_by == right.person
    with pytest.raises(errors.DutyMissing):
        services.record_training(actor=org.director, **{**given, "person": org.leader.person})


def test_an_undertaking_is_signed_by_oneself_in_its_present_text_once(org: Organisation):
    """PE-09"""
    newcomer = make_account(make_person(org.hall))
    with pytest.raises(errors.UndertakingOutdated):
        services.sign_undertaking(actor=newcomer, version=0)
    signed = services.sign_undertaking(actor=newcomer, version=1)
    assert services.sign_undertaking(actor=newcomer, version=1).pk == signed.pk
    assert signed.person == newcomer.person
