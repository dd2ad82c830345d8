"""Who decides: by post, in whose place, where nobody sits, and what two persons change about it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account
from accounts.rules import Duty
from tests.accounts.people import make_account, today
from tests.approvals.desk import Desk
from vault.approvals import competence, errors, table
from vault.approvals.models import AccessRequest, ApproverRule, Delegation
from vault.approvals.rules import SHIPPED, Regime, RequestState
from vault.approvals.services import delegations
from vault.approvals.services import table as services
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def give(desk: Desk, to: Account, by: Account | None = None, **changes: object) -> Delegation:
    return delegations.delegate(
        **{
            "context": of_account(by or desk.in_charge),
            "to": to.person,
            "duty": Duty.LEADER,
            "unit": desk.archive.company,
            "starts_on": today(),
            "ends_on": today() + timedelta(days=9),
            "reason": "出差",
            **changes,
        }
    )


@pytest.fixture
def deputy(desk: Desk) -> Account:
    account = desk.archive.add(Duty.DEPARTMENT_HEAD)
    desk.archive.clear(account, state_level=3, enterprise_level=2)
    return account


def test_whoever_stands_in_decides_and_both_names_stand_there(desk: Desk, deputy: Account) -> None:
    """PE-12."""
    give(desk, deputy)
    request = desk.approve(desk.checked(desk.record()), by=deputy)
    step = request.steps.get(event="approve")
    assert (step.by, step.instead_of, step.duty) == (deputy.person, desk.in_charge.person, "leader")
    # The absent one keeps his post: he may decide himself.
    assert desk.approve(desk.checked(desk.record())).state == RequestState.APPROVED


def test_what_one_stands_in_for_is_not_passed_on(desk: Desk, deputy: Account) -> None:
    """PE-12: a delegate of a delegate is refused, by the service and where somebody wrote the row himself."""
    third = desk.archive.add(Duty.DEPARTMENT_HEAD)
    desk.archive.clear(third, state_level=3, enterprise_level=2)
    given = give(desk, deputy)
    with pytest.raises(errors.DelegationRefused) as refused:
        give(desk, third, by=deputy)
    assert refused.value.problem == "delegation-not-held"
    Delegation.objects.create(
        giver=deputy.person,
        delegate=third.person,
        duty=Duty.LEADER,
        unit=desk.archive.company,
        starts_on=today(),
        ends_on=today(),
        reason="转托",
        given_at=given.given_at,
    )
    with pytest.raises(Absent):
        desk.approve(desk.checked(desk.record()), by=third)


@pytest.mark.parametrize("cleared", [True, False])
def test_whoever_stands_in_must_be_cleared_himself_and_so_must_the_absent_one(
    desk: Desk, deputy: Account, cleared: bool
) -> None:
    """PE-12: no wider than his own, and no wider than the other's."""
    give(desk, deputy)
    request = desk.checked(desk.record())
    (desk.in_charge if cleared else deputy).person.clearances.update(revoked_on=today())
    with pytest.raises(Absent):
        desk.approve(request, by=deputy)


def test_nobody_stands_in_for_the_requester(desk: Desk, deputy: Account) -> None:
    """Trap 7: the absent leader asks himself, and his stand-in would decide for him."""
    record = desk.record()
    desk.name(record, desk.in_charge)
    give(desk, deputy)
    request = desk.check(desk.submit(record, by=desk.in_charge))
    assert deputy.person_id not in {
        seat.person_id for seat in competence.seats(request, of_account(deputy).instant)
    }


def test_a_delegation_ends_with_its_day_and_when_its_giver_says_so(desk: Desk, deputy: Account) -> None:
    """PE-12: bounded."""
    given = give(desk, deputy)
    request = desk.checked(desk.record())
    for account in (deputy, desk.principal):
        with pytest.raises((Absent, Refused)):
            delegations.end(context=of_account(account), delegation_id=given.pk)
    delegations.end(context=of_account(desk.in_charge), delegation_id=given.pk)
    with pytest.raises(Absent):
        desk.approve(request, by=deputy)
    with pytest.raises(errors.WrongStep):
        delegations.end(context=of_account(desk.in_charge), delegation_id=given.pk)


def test_what_is_no_delegation_is_refused_with_its_problem(desk: Desk, deputy: Account) -> None:
    """PE-12, PE-07: oneself under another account, an officer, a post one does not hold, days out of bounds."""
    own = make_account(desk.in_charge.person)
    for changes, problem in (
        ({"to": own.person}, "delegate-oneself"),
        ({"to": desk.security.person}, "delegate-unfit"),
        ({"duty": Duty.PRINCIPAL_LEADER}, "delegation-not-held"),
        ({"unit": desk.archive.hall}, "delegation-not-held"),
        ({"ends_on": today() + timedelta(days=60)}, "delegation-long"),
        ({"starts_on": today() - timedelta(days=1)}, "delegation-past"),
    ):
        with pytest.raises(errors.DelegationRefused) as refused:
            give(desk, **{"to": deputy, **changes} if "to" not in changes else {"to": _Of(changes["to"])})
        assert refused.value.problem == problem
    with pytest.raises(errors.ReasonMissing):
        give(desk, deputy, reason=" ")
    assert not Delegation.objects.exists()


class _Of:
    """Somebody as `give` takes him."""

    def __init__(self, person: object) -> None:
        self.person = person


def test_an_empty_post_passes_to_the_next_above(desk: Desk) -> None:
    """RQ-18, 5.6: vacancy escalates at once; who is unfit fills no post."""
    desk.in_charge.person.clearances.update(revoked_on=today())
    request = desk.checked(desk.record())
    assert request.escalations == 1
    assert desk.approve(request, by=desk.principal).state == RequestState.APPROVED


def test_two_change_the_rule_table_and_the_nearest_unit_counts(desk: Desk) -> None:
    """RQ-03, AD-09: proposed by one security officer, confirmed by another person; a unit's own row first."""
    row = (Regime.STATE, 2)
    made = services.propose(
        context=of_account(desk.security),
        row=row,
        unit=desk.archive.hall,
        duty=Duty.PRINCIPAL_LEADER,
        reason="从严",
    )
    assert table.in_force(desk.archive.hall)[row] == SHIPPED[row]
    with pytest.raises(errors.SamePerson):
        services.decide(context=of_account(desk.security), rule_id=made.pk, confirm=True)
    with pytest.raises(Refused):
        services.decide(context=of_account(desk.in_charge), rule_id=made.pk, confirm=True)
    services.decide(context=of_account(desk.second_security), rule_id=made.pk, confirm=True)
    assert table.in_force(desk.archive.hall)[row] is Duty.PRINCIPAL_LEADER
    assert table.in_force(desk.archive.company)[row] == SHIPPED[row]
    request = desk.checked(desk.record())
    with pytest.raises(Absent):
        desk.approve(request)
    assert desk.approve(request, by=desk.principal).state == RequestState.APPROVED
    with pytest.raises(errors.WrongStep):
        services.decide(context=of_account(desk.second_security), rule_id=made.pk, confirm=False)


def test_the_table_refuses_what_weakens_it_and_what_changes_nothing(desk: Desk) -> None:
    """P-09."""
    for row, duty in (((Regime.STATE, 3), Duty.LEADER), ((Regime.STATE, 2), Duty.LEADER)):
        with pytest.raises(errors.RuleRefused):
            services.propose(context=of_account(desk.security), row=row, unit=None, duty=duty, reason="试")
    made = services.propose(
        context=of_account(desk.security),
        row=(Regime.STATE, 1),
        unit=None,
        duty=Duty.DEPARTMENT_HEAD,
        reason="试",
    )
    with pytest.raises(errors.WrongStep):
        services.withdraw(context=of_account(desk.second_security), rule_id=made.pk)
    assert services.withdraw(context=of_account(desk.security), rule_id=made.pk).state == "withdrawn"
    # The database holds the two persons as well.
    with pytest.raises(IntegrityError), transaction.atomic():
        ApproverRule.objects.filter(pk=made.pk).update(state="confirmed", decided_by=made.proposed_by)
    assert AccessRequest.objects.count() == 0
