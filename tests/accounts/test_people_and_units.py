"""Accounts of people with rights, and units as places to appoint to."""

import json
from datetime import timedelta

import pytest

from accounts import errors, services
from accounts.models import Account, Person, Unit
from accounts.rules import Duty, UnitKind
from accounts.selectors import ancestor_ids
from audit import recording
from audit.errors import AuditUnavailable
from audit.models import Event, Outbox
from tests.accounts.granting import appoint, clear, last_outcome
from tests.accounts.people import Organisation, enrol, make_appointment, make_person, make_unit, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


# An account is a door to its person's rights


def test_another_account_for_somebody_with_rights_takes_a_second_person(org: Organisation):
    """AD-03: whoever holds its first password would hold those rights."""
    with pytest.raises(errors.SecondPersonMissing):
        services.create_account(actor=org.system, person=org.security.person, staff_no="X1001")
    given = {"actor": org.system, "person": org.clerk.person, "staff_no": "X1001"}
    with pytest.raises(errors.SecondPersonMissing):
        services.create_account(**given)
    proposal = services.propose_account(**given, reason="原账号停用").pending
    with pytest.raises(errors.SecondPersonMissing):
        services.create_account(**given)
    services.confirm_grant(actor=org.director, grant=proposal)
    with pytest.raises(errors.SecondPersonMissing):
        services.create_account(**{**given, "staff_no": "X1002"})
    assert services.create_account(**given).account.person == org.clerk.person
    proposal.refresh_from_db()
    assert proposal.state == "done"


def test_a_confirmation_opens_no_right_that_was_given_after_it(org: Organisation):
    """AD-03: the head agreed to another account of a clerk, not of the cleared person that he became."""
    given = {"actor": org.system, "person": org.clerk.person, "staff_no": "X1001"}
    proposal = services.propose_account(**given, reason="原账号停用").pending
    services.confirm_grant(actor=org.director, grant=proposal)
    clear(org, org.clerk.person)
    with pytest.raises(errors.SecondPersonMissing):
        services.create_account(**given)
    again = services.propose_account(**given, reason="原账号停用").pending
    services.confirm_grant(actor=org.director, grant=again)
    services.create_account(**given)
    again.refresh_from_db()
    assert again.state == "done"


def test_a_password_alone_is_not_reset_by_one_person_where_it_would_open_an_officers_account(
    org: Organisation,
):
    with pytest.raises(errors.SecondPersonMissing):
        services.reset_password(actor=org.system, account=org.security)
    proposal = services.propose_password(actor=org.system, account=org.security, reason="忘记").pending
    services.confirm_grant(actor=org.leader, grant=proposal)
    services.reset_password(actor=org.system, account=org.security)
    with pytest.raises(errors.SecondPersonMissing):
        services.reset_password(actor=org.system, account=org.security)
    enrol(org.security)
    first = services.reset_password(actor=org.system, account=org.security)
    assert org.security.check_password(first)
    assert org.security.must_change_password


def test_the_system_officer_makes_himself_no_second_person_out_of_a_heads_password(org: Organisation):
    """AD-03: a head needs no second factor; with his password one person would propose and confirm."""
    proposal = services.propose_account(
        actor=org.system, person=org.security.person, staff_no="X1001", reason="原账号停用"
    ).pending
    for head in (org.leader, org.director):
        with pytest.raises(errors.SecondPersonMissing):
            services.reset_password(actor=org.system, account=head)
    coming = org.add()
    make_appointment(coming.person, Duty.ARCHIVIST, starts_on=today() + timedelta(days=3))
    with pytest.raises(errors.SecondPersonMissing):
        services.reset_password(actor=org.system, account=coming)
    again = services.propose_password(actor=org.system, account=org.director, reason="忘记").pending
    services.confirm_grant(actor=org.leader, grant=again)
    services.reset_password(actor=org.system, account=org.director)
    proposal.refresh_from_db()
    assert proposal.state == "pending"
    # What one officer gives alone, one officer hands over alone.
    services.reset_password(actor=org.system, account=org.clerk)


def test_a_staff_number_is_well_formed_and_never_used_twice(org: Organisation):
    for wrong in ("WANGWEI", "", "王 1", "S1"):
        with pytest.raises(errors.BadStaffNumber):
            services.create_account(actor=org.system, person=make_person(org.hall), staff_no=wrong)
    with pytest.raises(errors.StaffNumberTaken):
        services.create_account(
            actor=org.system, person=make_person(org.hall), staff_no=org.clerk.staff_no.lower()
        )


# Units


def test_an_external_authority_appoints_nobody_and_has_nothing_of_ours_below(org: Organisation):
    external = make_unit(UnitKind.EXTERNAL)
    with pytest.raises(errors.UnitCannotAppoint):
        appoint(org, make_person(org.hall), Duty.STAFF, unit=external)
    with pytest.raises(errors.UnitCannotAppoint):
        services.create_person(actor=org.system, name="某", unit=external)
    with pytest.raises(errors.UnitsMisplaced):
        services.create_unit(actor=org.system, kind=UnitKind.DEPARTMENT, code="X", name="某", parent=external)


def test_an_authority_stands_below_its_own_superior_and_never_among_our_units(org: Organisation):
    """RQ-04: the superior's paper counts like the authority's own, so it must be possible to say who that is."""
    given = {"actor": org.system, "kind": UnitKind.EXTERNAL, "name": "某局"}
    above = services.create_unit(**given, code="SJ", parent=None)
    below = services.create_unit(**given, code="YJ", parent=above)
    assert ancestor_ids(below) == [above.pk, below.pk]
    with pytest.raises(errors.UnitsMisplaced):
        services.create_unit(**given, code="ZJ", parent=org.company)


def test_a_closed_unit_appoints_nobody(org: Organisation):
    Unit.objects.filter(pk=org.hall.pk).update(closed_on=today())
    org.hall.refresh_from_db()
    with pytest.raises(errors.UnitCannotAppoint):
        appoint(org, make_person(org.company), Duty.STAFF, unit=org.hall)


def test_a_unit_has_a_name_a_code_of_its_own_and_a_place_in_a_tree_of_bounded_depth(org: Organisation):
    given = {"actor": org.system, "kind": UnitKind.DEPARTMENT, "parent": org.company}
    with pytest.raises(errors.NameMissing):
        services.create_unit(**given, code="N", name=" ")
    with pytest.raises(errors.UnitCodeTaken):
        services.create_unit(**given, code=org.hall.code, name="某")
    deepest = make_unit(UnitKind.DEPARTMENT, org.hall)
    Unit.objects.filter(pk=deepest.pk).update(path="x" * 720 + "/")
    deepest.refresh_from_db()
    with pytest.raises(errors.UnitsMisplaced):
        services.create_unit(**{**given, "parent": deepest}, code="N", name="某")


def test_a_leaver_is_given_nothing(org: Organisation):
    person = make_person(org.hall, left_on=today() - timedelta(days=1))
    with pytest.raises(errors.PersonLeft):
        appoint(org, person, Duty.STAFF)
    with pytest.raises(errors.PersonLeft):
        clear(org, person)
    with pytest.raises(errors.PersonLeft):
        services.create_account(actor=org.system, person=person, staff_no="X1001")


def test_a_suspended_officer_changes_nothing(org: Organisation):
    """PE-08"""
    second = org.add(Duty.SECURITY_OFFICER)
    services.suspend(actor=org.system, account=second)
    with pytest.raises(errors.AccountUnusable):
        appoint(org, make_person(org.hall), Duty.STAFF, actor=second)


@pytest.mark.parametrize(
    ("name", "staff_no", "code"),
    [
        ("李四", "王", "bad_staff_number"),
        ("李四", "taken", "staff_number_taken"),
        (" ", "N9001", "name_missing"),
    ],
)
def test_a_registration_that_is_refused_makes_nobody_and_its_refusal_is_told(
    org: Organisation, name: str, staff_no: str, code: str
):
    """AD-01, AU-01: both rows or neither, and no intent whose end nobody tells."""
    before = Person.objects.count(), Account.objects.count()
    number = org.clerk.staff_no.lower() if staff_no == "taken" else staff_no
    with pytest.raises(errors.AccountsError) as refused:
        services.register_person(actor=org.system, name=name, unit=org.hall, staff_no=number)
    assert (Person.objects.count(), Account.objects.count()) == before
    assert last_outcome() == ("denied", refused.value.code)
    assert refused.value.code == code
    assert Event.objects.filter(phase="intent").count() == Outbox.objects.count() == 1


def test_a_registration_is_two_events_for_two_rows(org: Organisation):
    """AD-01, AU-01"""
    made = services.register_person(actor=org.system, name="李四", unit=org.hall, staff_no="n9001")
    actions = Event.objects.order_by("id").values_list("action", "object_id")
    assert list(actions) == [
        ("accounts:person:create", str(made.account.person_id)),
        ("accounts:account:create", str(made.account.pk)),
    ]
    assert {json.loads(row.payload)["outcome"] for row in Outbox.objects.all()} == {"granted"}


def test_without_the_log_nobody_is_registered(org: Organisation, monkeypatch: pytest.MonkeyPatch):
    """AU-03"""

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    before = (Person.objects.count(), Account.objects.count())
    monkeypatch.setattr(recording, "store", unavailable)
    with pytest.raises(AuditUnavailable):
        services.register_person(actor=org.system, name="李四", unit=org.hall, staff_no="N9009")
    assert (Person.objects.count(), Account.objects.count()) == before
