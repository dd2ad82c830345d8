"""What one officer proposes waits for a second person (AD-03), and is checked anew when he acts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import errors, selectors, services
from accounts.models import Account, Appointment, Clearance, PendingGrant, Unit
from accounts.rules import GRANT_STEPS, GRANT_WAITS, Duty, GrantState, GrantStep, PersonCategory
from audit import clock
from tests.accounts.granting import last_event, last_outcome
from tests.accounts.people import Organisation, make_account, make_appointment, make_person, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def propose(org: Organisation, **changed: object) -> PendingGrant:
    given = {
        "actor": org.security,
        "person": org.clerk.person,
        "starts_on": today(),
        "ends_on": today() + timedelta(days=30),
        "enterprise_level": 1,
        "reason": "轮岗到档案室",
        **changed,
    }
    return services.grant_clearance(**given).pending


def propose_archivist(org: Organisation) -> PendingGrant:
    return services.appoint(
        actor=org.security,
        person=org.clerk.person,
        duty=Duty.ARCHIVIST,
        unit=org.hall,
        starts_on=today(),
        reason="接任",
    ).pending


STEPS: dict[GrantStep, Callable[[Organisation, PendingGrant], object]] = {
    GrantStep.CONFIRM: lambda org, grant: services.confirm_grant(actor=org.leader, grant=grant),
    GrantStep.REFUSE: lambda org, grant: services.refuse_grant(actor=org.leader, grant=grant, reason="不必"),
    GrantStep.WITHDRAW: lambda org, grant: services.withdraw_grant(actor=org.security, grant=grant),
}


@pytest.mark.parametrize("state", GrantState)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_goes_from_just_the_states_of_the_table(
    org: Organisation, state: GrantState, step: GrantStep
):
    """AD-03: what is not in the table is refused, and changes nothing."""
    grant = propose(org)
    PendingGrant.objects.filter(pk=grant.pk).update(state=state)
    grant.refresh_from_db()
    if (state, step) in GRANT_STEPS:
        STEPS[step](org, grant)
        reached = GRANT_STEPS[state, step]
        if step is GrantStep.CONFIRM:  # a clearance is carried out with its confirmation
            reached = GRANT_STEPS[reached, GrantStep.CARRY_OUT]
        assert PendingGrant.objects.get(pk=grant.pk).state == reached
        assert Clearance.objects.exists() is (reached is GrantState.DONE)
    else:
        with pytest.raises(errors.GrantNotPending):
            STEPS[step](org, grant)
        assert last_outcome() == ("denied", "grant_not_pending")
        assert PendingGrant.objects.get(pk=grant.pk).state == state
        assert not Clearance.objects.exists()


def test_a_proposal_opens_nothing_and_a_confirmation_opens_it_at_the_next_request(org: Organisation):
    """AD-03, PE-08."""
    grant = propose(org)
    assert not any(selectors.subject_facts(org.clerk, clock.now()).clearance)
    done = services.confirm_grant(actor=org.director, grant=grant)
    assert selectors.subject_facts(org.clerk, clock.now()).clearance.enterprise == 1
    assert (done.state, done.decided_by) == ("done", org.director.person)
    assert done.made == Clearance.objects.get().pk


def test_the_log_has_both_hands_and_no_words(org: Organisation):
    """AU-01, AU-05: who proposed and who confirmed; what and why are sealed."""
    grant = propose(org)
    event = last_event()
    assert (event["action"], event["object"]["id"]) == ("accounts:grant:propose", str(grant.pk))
    assert event["actor"]["id"] == org.security.staff_no
    services.confirm_grant(actor=org.director, grant=grant)
    event = last_event()
    assert (event["action"], event["actor"]["id"]) == ("accounts:clearance:grant", org.director.staff_no)
    assert event["object"]["id"] == str(Clearance.objects.get().pk)
    assert last_outcome() == ("granted", "second_person")
    assert "轮岗" not in str(event)


@pytest.mark.parametrize("moment", ["proposed", "confirmed"])
def test_nobody_acts_for_himself_under_any_account(org: Organisation, moment: str):
    """AD-04, PE-07."""
    if moment == "proposed":
        for actor in (org.security, make_account(org.security.person)):
            with pytest.raises(errors.SelfService):
                propose(org, actor=actor, person=org.security.person)
    else:
        grant = propose(org, person=org.director.person)
        for actor in (org.director, make_account(org.director.person)):
            with pytest.raises(errors.SelfService):
                services.confirm_grant(actor=actor, grant=grant)
        with pytest.raises(errors.SecondPersonMissing):
            services.confirm_grant(actor=make_account(org.security.person), grant=grant)
        with pytest.raises(errors.SecondPersonMissing):
            services.refuse_grant(actor=org.security, grant=grant, reason="不")
        services.confirm_grant(actor=org.leader, grant=grant)


def test_what_nobody_confirmed_in_time_is_not_confirmed_any_more(org: Organisation):
    """AD-03"""
    grant = propose(org)
    just_before = grant.lapses_at - timedelta(seconds=1)
    assert grant.lapses_at - grant.proposed_at == GRANT_WAITS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: just_before)
        services.confirm_grant(actor=org.director, grant=grant)
    late = propose(org, person=org.director.person)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: late.lapses_at)
        with pytest.raises(errors.GrantLapsed):
            services.confirm_grant(actor=org.leader, grant=late)
        # The same may be proposed anew, and the old one can still be put away.
        services.withdraw_grant(actor=org.security, grant=late)


def test_the_terms_are_checked_again_when_they_are_confirmed(org: Organisation):
    """AD-02, PE-01: what became impossible meanwhile is refused, naming the rule."""
    archivist = propose_archivist(org)
    org.clerk.person.appointments.update(revoked_on=today())
    make_appointment(org.clerk.person, Duty.AUDITOR, org.hall)
    with pytest.raises(errors.ExclusiveDuties) as refused:
        services.confirm_grant(actor=org.leader, grant=archivist)
    assert refused.value.code == "auditor_and_audited"
    high = make_person(org.hall, category=PersonCategory.CORE)
    grant = propose(org, person=high, state_level=3)
    type(high).objects.filter(pk=high.pk).update(category=PersonCategory.NONE)
    with pytest.raises(errors.AboveCeiling):
        services.confirm_grant(actor=org.leader, grant=grant)
    grant = propose_archivist(type(org)())
    Unit.objects.filter(pk=grant.person.unit_id).update(closed_on=today())
    head = Account.objects.get(
        person__appointments__is_head=True, person__appointments__unit=grant.person.unit
    )
    with pytest.raises(errors.UnitCannotAppoint):
        services.confirm_grant(actor=head, grant=grant)


@pytest.mark.parametrize("how", ["duty ended", "suspended", "left", "excluded"])
def test_both_persons_must_still_stand_when_the_second_acts(org: Organisation, how: str):
    """AD-03: a proposal of somebody who is no officer any more is nobody's."""
    other = org.add(Duty.SECURITY_OFFICER)
    grant = propose(org, actor=other)
    if how == "duty ended":
        other.person.appointments.update(revoked_on=today())
    elif how == "suspended":
        Account.objects.filter(pk=other.pk).update(suspended_at=clock.now())
    elif how == "left":
        type(other.person).objects.filter(pk=other.person_id).update(left_on=today() - timedelta(days=1))
    else:
        make_appointment(other.person, Duty.STAFF)
    with pytest.raises(errors.ProposerGone):
        services.confirm_grant(actor=org.leader, grant=grant)
    assert not Clearance.objects.exists()
    # Another security officer puts it away or proposes it anew.
    services.withdraw_grant(actor=org.security, grant=grant)


def test_the_same_is_not_proposed_twice_and_not_without_a_reason(org: Organisation):
    grant = propose(org)
    with pytest.raises(errors.AlreadyProposed):
        propose(org)
    with pytest.raises(errors.ReasonMissing):
        propose(org, person=org.director.person, reason="  ")
    with pytest.raises(errors.ReasonMissing):
        services.refuse_grant(actor=org.leader, grant=grant, reason="")
    services.refuse_grant(actor=org.leader, grant=grant, reason="先培训")
    assert propose(org).pk != grant.pk
    assert PendingGrant.objects.get(pk=grant.pk).decision_reason == "先培训"


def test_a_proposal_is_evidence_in_its_terms_and_two_persons_in_the_database(org: Organisation):
    """Whoever writes: the terms stay as proposed, and no row says that one person was two."""
    grant = propose(org)
    other = propose(org, person=org.director.person)
    with pytest.raises(DatabaseError), transaction.atomic():
        PendingGrant.objects.filter(pk=grant.pk).update(person=org.leader.person)
    with pytest.raises(DatabaseError), transaction.atomic():
        grant.terms = other.terms + " "
        grant.save(update_fields=["terms"])
    with pytest.raises(DatabaseError), transaction.atomic():
        PendingGrant.objects.filter(pk=grant.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        PendingGrant.objects.filter(pk=grant.pk).update(decided_by=org.security.person, state="done")
    with pytest.raises(IntegrityError), transaction.atomic():
        PendingGrant.objects.filter(pk=grant.pk).update(decided_by=org.clerk.person, state="done")


def test_an_ordinary_duty_and_the_end_of_a_right_wait_for_nobody(org: Organisation):
    """AD-03: only widening takes two; taking away works at once."""
    given = services.appoint(
        actor=org.security, person=org.clerk.person, duty=Duty.AGENT, unit=org.hall, starts_on=today()
    )
    assert Appointment.objects.get(pk=given.made).confirmed_by is None
    assert not PendingGrant.objects.exists()
    services.end_appointment(actor=org.security, appointment=Appointment.objects.get(pk=given.made))


def test_a_confirmed_proposal_that_is_withdrawn_still_says_who_confirmed_it(org: Organisation):
    """AD-03: the register keeps both hands and who took it back."""
    grant = services.propose_account(
        actor=org.system, person=org.clerk.person, staff_no="N9001", reason="原账号停用"
    ).pending
    confirmed = services.confirm_grant(actor=org.director, grant=grant)
    with pytest.raises(errors.GrantNotPending):  # as it was read before the confirmation
        services.withdraw_grant(actor=org.system, grant=grant)
    row = services.withdraw_grant(actor=org.system, grant=confirmed)
    assert (row.state, row.decided_by, row.withdrawn_by) == (
        "withdrawn",
        org.director.person,
        org.system.person,
    )
