"""Who may hold which duty: exclusions, the second person, and never oneself or the last."""

from datetime import timedelta

import pytest

from accounts import errors, services
from accounts.models import Account, Appointment
from accounts.rules import Duty, PersonCategory, UnitKind
from audit import clock
from tests.accounts.granting import appoint, clear, last_outcome
from tests.accounts.people import Organisation, make_account, make_appointment, make_person, make_unit, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


# Exclusions (AD-02)


@pytest.mark.parametrize(
    ("who", "duty", "code"),
    [
        ("auditor", Duty.SECURITY_OFFICER, "auditor_and_other_officer"),
        ("auditor", Duty.SYSTEM_OFFICER, "auditor_and_other_officer"),
        ("system", Duty.SECURITY_OFFICER, "system_and_security_officer"),
        ("auditor", Duty.ARCHIVIST, "auditor_and_audited"),
        ("auditor", Duty.LEADER, "auditor_and_audited"),
        ("auditor", Duty.CLASSIFICATION_OFFICER, "auditor_and_audited"),
        ("system", Duty.DUTY_CLERK, "officer_and_content"),
        ("clerk", Duty.AUDITOR, "officer_and_content"),
    ],
)
def test_an_exclusion_is_refused_at_assignment_naming_the_rule(
    org: Organisation, who: str, duty: Duty, code: str
):
    """AD-02"""
    person = getattr(org, who).person
    with pytest.raises(errors.ExclusiveDuties) as refusal:
        appoint(org, person, duty)
    assert refusal.value.code == code
    assert str(refusal.value)
    assert last_outcome() == ("denied", code)
    assert appoint(org, make_person(org.company), duty)


def test_an_exclusion_by_persons_not_accounts(org: Organisation):
    """AD-02, PE-07: a second account does not help."""
    make_account(org.auditor.person)
    with pytest.raises(errors.ExclusiveDuties):
        appoint(org, org.auditor.person, Duty.SYSTEM_OFFICER)


def test_excluded_duties_may_follow_each_other_but_never_meet(org: Organisation):
    """AD-02"""
    person = make_person(org.company)
    appoint(org, person, Duty.STAFF, ends_on=today() + timedelta(days=5))
    with pytest.raises(errors.ExclusiveDuties):
        appoint(org, person, Duty.AUDITOR, starts_on=today() + timedelta(days=5))
    later = appoint(org, person, Duty.AUDITOR, starts_on=today() + timedelta(days=6))
    with pytest.raises(errors.ExclusiveDuties):
        appoint(org, person, Duty.STAFF, starts_on=later.starts_on + timedelta(days=30))


def test_whoever_holds_a_forbidden_pair_acts_under_neither(org: Organisation):
    """AD-02 at action"""
    person = make_person(org.hall)
    assert appoint(org, person, Duty.STAFF)
    make_appointment(org.security.person, Duty.ARCHIVIST)
    with pytest.raises(errors.ExclusiveDuties) as refusal:
        appoint(org, person, Duty.APPRAISER)
    assert refusal.value.code == "officer_and_content"


# The second person (AD-03)


@pytest.mark.parametrize("duty", [Duty.ARCHIVIST, Duty.SYSTEM_OFFICER, Duty.CLASSIFICATION_OFFICER])
def test_a_privileged_duty_alone_is_refused(org: Organisation, duty: Duty):
    """AD-03"""
    person = make_person(org.hall)
    proposal = services.appoint(
        actor=org.security, person=person, duty=duty, unit=org.hall, starts_on=today(), reason="需要"
    )
    assert (proposal.made, proposal.pending.state) == (None, "pending")
    assert not person.appointments.exists()
    for alone in (org.security, make_account(org.security.person)):
        with pytest.raises(errors.SecondPersonMissing):
            services.confirm_grant(actor=alone, grant=proposal.pending)
    services.confirm_grant(actor=org.leader, grant=proposal.pending)
    made = person.appointments.get()
    assert (made.appointed_by, made.confirmed_by) == (org.security.person, org.leader.person)


def test_an_ordinary_duty_takes_one_person(org: Organisation):
    given = services.appoint(
        actor=org.security,
        person=make_person(org.hall),
        duty=Duty.DUTY_CLERK,
        unit=org.hall,
        starts_on=today(),
    )
    assert given.pending is None
    assert Appointment.objects.get(pk=given.made).confirmed_by is None


def test_who_may_be_the_second_person(org: Organisation):
    """AD-03: the head of the unit or above, or another security officer."""
    other_hall = make_unit(UnitKind.HALL, org.company)
    other_director = org.add(Duty.HALL_DIRECTOR, other_hall, is_head=True)
    other_security = org.add(Duty.SECURITY_OFFICER)
    for wrong in (other_director, org.clerk, org.auditor, org.system):
        someone = make_person(org.hall)
        with pytest.raises(errors.NotEntitledToConfirm):
            clear(org, someone, confirmed_by=wrong)
        assert not someone.clearances.exists()
    for right in (org.director, org.leader, other_security):
        assert clear(org, make_person(org.hall), confirmed_by=right).confirmed_by == right.person


def test_a_suspended_head_confirms_nothing(org: Organisation):
    services.suspend(actor=org.security, account=org.director)
    with pytest.raises(errors.AccountUnusable):
        clear(org, make_person(org.hall), confirmed_by=org.director)


def test_nobody_confirms_his_own_grant(org: Organisation):
    """AD-03, AD-04"""
    with pytest.raises(errors.SelfService):
        clear(org, org.director.person, confirmed_by=org.director)


def test_a_headship_takes_a_leading_duty_a_second_person_and_a_vacant_post(org: Organisation):
    """AD-03: heads confirm, so nobody becomes one by one hand."""
    unit = make_unit(UnitKind.DEPARTMENT, org.company)
    person = make_person(unit)
    with pytest.raises(errors.NotAHead):
        appoint(org, person, Duty.STAFF, is_head=True)
    assert appoint(org, person, Duty.DEPARTMENT_HEAD, is_head=True)
    with pytest.raises(errors.NotAHead):
        appoint(org, make_person(unit), Duty.DEPARTMENT_HEAD, is_head=True)


# Never oneself, never the last (AD-04)


def test_no_officer_raises_himself(org: Organisation):
    """AD-04, PE-07: not even under another account."""
    twin = make_account(org.security.person)
    for actor in (org.security, twin):
        with pytest.raises(errors.SelfService):
            appoint(org, org.security.person, Duty.SECURITY_OFFICER, actor=actor)
        with pytest.raises(errors.SelfService):
            clear(org, org.security.person, actor=actor)
        with pytest.raises(errors.SelfService):
            services.set_category(
                actor=actor, person=org.security.person, category=PersonCategory.CORE, reason="需要"
            )
        with pytest.raises(errors.SelfService):
            services.record_training(
                actor=actor, person=org.security.person, held_on=today(), valid_until=today()
            )
        with pytest.raises(errors.SelfService):
            services.reset_second_factor(actor=actor, account=org.security)
        with pytest.raises(errors.SelfService):
            services.lift_lockout(actor=actor, account=org.security)
    services.suspend(actor=org.system, account=twin)
    with pytest.raises(errors.SelfService):
        services.reactivate(actor=org.security, account=twin)


def test_the_last_security_officer_and_the_last_auditor_stay(org: Organisation):
    """AD-04"""
    own = org.security.person.appointments.get()
    with pytest.raises(errors.SelfService):
        services.end_appointment(actor=org.security, appointment=own)
    watch = org.auditor.person.appointments.get()
    with pytest.raises(errors.LastOfficer):
        services.end_appointment(actor=org.security, appointment=watch)
    with pytest.raises(errors.LastOfficer):
        services.end_appointment(actor=org.security, appointment=watch, last_day=today() + timedelta(days=30))
    for account in (org.security, org.auditor):
        with pytest.raises(errors.LastOfficer):
            services.suspend(actor=org.system, account=account)
        with pytest.raises(errors.LastOfficer):
            services.record_departure(actor=org.system, person=account.person, left_on=today())
    org.add(Duty.AUDITOR)
    services.end_appointment(actor=org.security, appointment=watch)
    assert watch.revoked_on == today()


def test_a_successor_without_a_usable_account_is_no_successor(org: Organisation):
    """AD-04"""
    successor = org.add(Duty.AUDITOR)
    Account.objects.filter(pk=successor.pk).update(suspended_at=clock.now())
    with pytest.raises(errors.LastOfficer):
        services.end_appointment(actor=org.security, appointment=org.auditor.person.appointments.get())


@pytest.mark.parametrize("duty", [Duty.SECURITY_OFFICER, Duty.AUDITOR])
@pytest.mark.parametrize("days", [0, 1, 30])
def test_a_successor_who_is_leaving_is_no_successor(org: Organisation, duty: Duty, days: int):
    """AD-04: else one system officer would record the departure of one and stop the other, and nobody would be left."""
    other = org.add(duty)
    last = org.security if duty is Duty.SECURITY_OFFICER else org.auditor
    services.record_departure(actor=org.system, person=other.person, left_on=today() + timedelta(days=days))
    with pytest.raises(errors.LastOfficer):
        services.suspend(actor=org.system, account=last)
    with pytest.raises(errors.LastOfficer):
        services.record_departure(
            actor=org.system, person=last.person, left_on=today() + timedelta(days=days)
        )
    org.add(duty)
    services.suspend(actor=org.system, account=last)


@pytest.mark.parametrize("how", ["end", "end later", "suspend", "leave"])
def test_a_stand_in_is_no_successor_of_whoever_would_have_stayed_longer(org: Organisation, how: str):
    """AD-04: his term ends by itself, and then nobody could appoint or reactivate anybody."""
    act = {
        "end": lambda: services.end_appointment(actor=other, appointment=own),
        "end later": lambda: services.end_appointment(
            actor=other, appointment=own, last_day=today() + timedelta(days=9)
        ),
        "suspend": lambda: services.suspend(actor=org.system, account=org.security),
        "leave": lambda: services.record_departure(
            actor=org.system, person=org.security.person, left_on=today() + timedelta(days=9)
        ),
    }[how]
    other = org.add(Duty.SECURITY_OFFICER, ends_on=today() + timedelta(days=10))
    own = org.security.person.appointments.get()
    with pytest.raises(errors.LastOfficer):
        act()
    # Whose own term ends first leaves nobody missing.
    Appointment.objects.filter(pk=own.pk).update(ends_on=today() + timedelta(days=10))
    own.refresh_from_db()
    act()


def test_whoever_begins_only_later_is_no_successor_yet(org: Organisation):
    """AD-04"""
    later = org.add(Duty.AUDITOR, starts_on=today() + timedelta(days=3))
    watch = org.auditor.person.appointments.get()
    with pytest.raises(errors.LastOfficer):
        services.end_appointment(actor=org.security, appointment=watch)
    assert later.person_id != watch.person_id
