"""Acting for a head, by dates and by two persons (P-30)."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts import errors, selectors, services
from accounts.models import Appointment
from accounts.rules import ZONE, Duty
from audit import clock
from tests.accounts.granting import appoint, last_event, last_outcome
from tests.accounts.people import Organisation, make_account, make_fit, make_person, sign_in_directly, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
LAST = timedelta(days=5)


@pytest.fixture
def deputy(org: Organisation):
    return make_account(make_fit(make_person(org.hall, name="副主任")))


def acting(org: Organisation, deputy, **changed: object) -> Appointment:
    given = {"ends_on": today() + LAST, "is_acting": True, "unit": org.hall}
    return appoint(org, deputy.person, Duty.HALL_DIRECTOR, **(given | changed))


def at_midnight(days: int) -> datetime:
    """The first instant of a day in Asia/Shanghai, that many days from today."""
    return datetime.combine(today() + timedelta(days=days), time.min, tzinfo=ZONE).astimezone(UTC)


def heads(org: Organisation, at: datetime) -> set[object]:
    return {person.pk for person in selectors.heads_above(org.hall, at)}


def test_acting_is_proposed_by_one_and_confirmed_by_another(org: Organisation, deputy) -> None:
    """P-30, AD-03: both stand on the row and in the log; nothing counts before."""
    given = services.appoint(
        actor=org.security,
        person=deputy.person,
        duty=Duty.HALL_DIRECTOR,
        unit=org.hall,
        starts_on=today(),
        ends_on=today() + LAST,
        is_acting=True,
        reason="主任出差",
    )
    assert given.pending is not None
    assert deputy.person_id not in heads(org, clock.now())
    with pytest.raises(errors.SecondPersonMissing):
        services.confirm_grant(actor=org.security, grant=given.pending)
    services.confirm_grant(actor=org.leader, grant=given.pending)
    made = deputy.person.appointments.get()
    assert (made.is_acting, made.is_head) == (True, True)
    assert (made.appointed_by, made.confirmed_by) == (org.security.person, org.leader.person)
    event = last_event()
    assert (event["actor"]["person"], event["action"]) == (str(org.leader.person_id), "accounts:duty:appoint")
    assert last_outcome()[0] == "granted"


def test_the_acting_one_is_a_head_between_his_days_and_ends_by_himself_at_local_midnight(org, deputy) -> None:
    """P-30: beside the head, and to the second."""
    acting(org, deputy, starts_on=today() + timedelta(days=1))
    second = timedelta(seconds=1)
    both = {deputy.person_id, org.director.person_id, org.leader.person_id}
    assert heads(org, at_midnight(1) - second) == both - {deputy.person_id}
    assert heads(org, at_midnight(1)) == both
    assert heads(org, at_midnight(6) - second) == both
    assert heads(org, at_midnight(6)) == both - {deputy.person_id}
    for at, holds in ((at_midnight(6) - second, True), (at_midnight(6), False)):
        assert selectors.subject_facts(deputy, at).holds(Duty.HALL_DIRECTOR, org.hall.pk) is holds


def test_the_acting_one_confirms_what_a_head_confirms_but_never_his_own(org: Organisation, deputy) -> None:
    """P-30, AD-03, AD-04"""
    acting(org, deputy)
    newcomer = make_person(org.hall)
    give = {"actor": org.security, "starts_on": today(), "ends_on": today() + LAST, "reason": "轮岗"}
    theirs = services.grant_clearance(person=newcomer, **give).pending
    services.confirm_grant(actor=deputy, grant=theirs)
    assert newcomer.clearances.get().confirmed_by == deputy.person
    own = services.grant_clearance(person=deputy.person, **give).pending
    with pytest.raises(errors.SelfService):
        services.confirm_grant(actor=deputy, grant=own)


def test_acting_needs_a_last_day(org: Organisation, deputy) -> None:
    """P-30: at the service, and in the database whoever writes."""
    with pytest.raises(errors.ActingWithoutEnd):
        acting(org, deputy, ends_on=None)
    for wrong in ({"ends_on": None}, {"ends_on": today(), "is_head": False}):
        fields = {"is_head": True, "is_acting": True, "starts_on": today(), "unit": org.hall, **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            Appointment.objects.create(person=deputy.person, duty=Duty.HALL_DIRECTOR, **fields)
    made = acting(org, deputy)
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(is_acting=False)


def test_only_one_acts_at_a_time_and_nobody_beside_himself(org: Organisation, deputy) -> None:
    """P-30: a head and one acting one; the next follows when the first has ended."""
    with pytest.raises(errors.NotAHead):
        acting(org, org.director)
    with pytest.raises(errors.NotAHead):
        appoint(org, deputy.person, Duty.AGENT, unit=org.hall, ends_on=today(), is_acting=True)
    acting(org, deputy)
    other = make_account(make_person(org.hall))
    with pytest.raises(errors.NotAHead):
        acting(org, other, starts_on=today() + LAST, ends_on=today() + 2 * LAST)
    assert acting(org, other, starts_on=today() + LAST + timedelta(days=1), ends_on=today() + 2 * LAST)


def test_exclusions_hold_for_whoever_acts(org: Organisation) -> None:
    """P-30, AD-02: an officer does not act as director for a day."""
    for officer in (org.system, org.auditor):
        with pytest.raises(errors.ExclusiveDuties):
            acting(org, officer)


def test_the_acting_one_confirms_nothing_for_the_head_he_acts_for(org: Organisation, deputy) -> None:
    """AD-03: he is the head's subordinate, and the head could not confirm it himself; the head confirms for him."""
    acting(org, deputy)
    give = {"actor": org.security, "starts_on": today(), "ends_on": today() + LAST, "reason": "轮岗"}
    of_head = services.grant_clearance(person=org.director.person, **give).pending
    with pytest.raises(errors.NotEntitledToConfirm):
        services.confirm_grant(actor=deputy, grant=of_head)
    with pytest.raises(errors.NotEntitledToConfirm):
        services.refuse_grant(actor=deputy, grant=of_head, reason="不同意")
    address = f"/administration/grants/{of_head.pk}/"
    assert sign_in_directly(Client(), deputy).get(address).status_code == 404
    assert sign_in_directly(Client(), org.leader).get(address).context["may_decide"]
    services.confirm_grant(actor=org.leader, grant=of_head)
    of_deputy = services.grant_clearance(person=deputy.person, **give).pending
    services.confirm_grant(actor=org.director, grant=of_deputy)
    assert deputy.person.clearances.get().confirmed_by == org.director.person
