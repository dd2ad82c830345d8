"""Units and people get other names, units close, people move: what was stays, and what stands is told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation

from accounts import errors, selectors, services
from accounts.models import Appointment, Person, RegisterChange, Unit
from accounts.rules import GRANT_WAITS, MOVE_SETTLES, Duty, UnitKind
from audit import clock
from tests.accounts.granting import clear, last_outcome
from tests.accounts.people import Organisation, make_account, make_appointment, make_person, make_unit, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
DAY = timedelta(days=1)


# Names


def test_a_former_name_stays_beside_the_new_one(org: Organisation) -> None:
    """AD-01: of a unit and of a person, with who changed it and when; encrypted like the name itself."""
    org.hall.name = "城南营业厅"
    org.hall.save()
    person = make_person(org.hall, name="张三")
    services.rename_unit(actor=org.system, unit=org.hall, name="城南客户中心")
    services.rename_person(actor=org.system, person=person, name="张三丰")
    assert Unit.objects.get(pk=org.hall.pk).name == "城南客户中心"
    assert Person.objects.get(pk=person.pk).name == "张三丰"
    of_unit, of_person = org.hall.changes.get(), person.changes.get()
    assert (of_unit.former_name, of_person.former_name) == ("城南营业厅", "张三")
    assert of_unit.by == of_person.by == org.system.person
    for changed in ({"by": org.leader.person}, {"at": clock.now() + DAY}):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            RegisterChange.objects.filter(pk=of_unit.pk).update(**changed)


def test_of_two_who_rename_a_unit_at_once_the_second_overwrites_nothing(org: Organisation) -> None:
    """AD-01: each renames the unit as he read it."""
    first, second = (Unit.objects.get(pk=org.hall.pk) for _ in range(2))
    services.rename_unit(actor=org.system, unit=first, name="城南客户中心")
    with pytest.raises(errors.ChangedMeanwhile):
        services.rename_unit(actor=org.system, unit=second, name="城南服务中心")
    assert Unit.objects.get(pk=org.hall.pk).name == "城南客户中心"
    assert last_outcome() == ("denied", "changed_meanwhile")


@pytest.mark.parametrize("name", ["", "  "])
def test_a_name_is_there_and_another_one(org: Organisation, name: str) -> None:
    for act in (
        lambda new: services.rename_unit(actor=org.system, unit=org.hall, name=new),
        lambda new: services.rename_person(actor=org.system, person=org.clerk.person, name=new),
    ):
        with pytest.raises(errors.NameMissing):
            act(name)
    for target, act in (
        (org.hall, lambda: services.rename_unit(actor=org.system, unit=org.hall, name=f" {org.hall.name} ")),
        (
            org.clerk.person,
            lambda: services.rename_person(
                actor=org.system, person=org.clerk.person, name=org.clerk.person.name
            ),
        ),
    ):
        with pytest.raises(errors.SameAsBefore):
            act()
        assert not target.changes.exists()


@pytest.mark.parametrize("who", ["security", "auditor", "leader", "director", "clerk"])
def test_nobody_but_the_system_officer_keeps_the_register(org: Organisation, who: str) -> None:
    """AD-01; and nobody keeps his own row (AD-04)."""
    actor, person = getattr(org, who), make_person(org.hall)
    for act in (
        lambda: services.rename_unit(actor=actor, unit=org.hall, name="别的"),
        lambda: services.close_unit(actor=actor, unit=make_unit(UnitKind.HALL, org.company)),
        lambda: services.rename_person(actor=actor, person=person, name="别的"),
        lambda: services.move_person(actor=actor, person=person, unit=org.company),
    ):
        with pytest.raises(errors.DutyMissing):
            act()
    for act in (
        lambda: services.rename_person(actor=org.system, person=org.system.person, name="别的"),
        lambda: services.move_person(actor=org.system, person=org.system.person, unit=org.hall),
    ):
        with pytest.raises(errors.SelfService):
            act()


# Closing


def _with_people(unit: Unit) -> None:
    make_person(unit)


def _with_duties(unit: Unit) -> None:
    make_appointment(make_person(unit.parent), Duty.ARCHIVIST, unit)


def _with_children(unit: Unit) -> None:
    make_unit(UnitKind.DEPARTMENT, unit)


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (_with_people, "People work in it."),
        (_with_duties, "Duties are held at it."),
        (_with_children, "Units that are open stand below it."),
    ],
)
def test_a_unit_in_which_something_stands_is_not_closed_and_the_refusal_says_what(
    org: Organisation, fill, said: str
) -> None:
    """A unit with people, duties or units below it stays open."""
    unit = make_unit(UnitKind.HALL, org.company)
    fill(unit)
    with translation.override("en"), pytest.raises(errors.UnitStands) as refusal:
        services.close_unit(actor=org.system, unit=unit)
    assert last_outcome() == ("denied", "unit_stands")
    assert Unit.objects.get(pk=unit.pk).closed_on is None
    assert said in str(refusal.value)


def test_an_empty_unit_closes_once_and_appoints_nobody_any_more(org: Organisation) -> None:
    """What has ended stands in nobody's way; what is closed neither closes nor is renamed again."""
    unit = make_unit(UnitKind.HALL, org.company)
    make_person(unit, left_on=today() - DAY)
    make_appointment(make_person(org.company), Duty.AGENT, unit, ends_on=today() - DAY)
    make_unit(UnitKind.DEPARTMENT, unit, closed_on=today() - DAY)
    services.close_unit(actor=org.system, unit=unit)
    assert Unit.objects.get(pk=unit.pk).closed_on == today()
    with pytest.raises(errors.UnitClosed):
        services.close_unit(actor=org.system, unit=unit)
    with pytest.raises(errors.UnitClosed):
        services.rename_unit(actor=org.system, unit=unit, name="别的")
    with pytest.raises(errors.UnitCannotAppoint):
        services.create_person(actor=org.system, name="某", unit=unit)
    with pytest.raises(errors.UnitCannotAppoint):
        services.move_person(actor=org.system, person=make_person(org.hall), unit=unit)


def test_nothing_is_added_below_a_unit_that_was_closed_meanwhile(org: Organisation) -> None:
    """Whoever fills in the form still has the unit as it was open: the choice on his page is that old."""
    unit = make_unit(UnitKind.HALL, org.company)
    new = {"actor": org.system, "kind": UnitKind.DEPARTMENT, "name": "某"}
    assert services.create_unit(**new, code="N1", parent=org.company).parent == org.company
    services.close_unit(actor=org.system, unit=Unit.objects.get(pk=unit.pk))
    assert unit.closed_on is None
    with pytest.raises(errors.UnitsMisplaced):
        services.create_unit(**new, code="N2", parent=unit)
    assert not unit.children.exists()


# Moving


def test_whoever_moves_works_elsewhere_and_his_former_unit_stays(org: Organisation) -> None:
    """PE-10: his head is another one from then on; duties at other units stay as they are."""
    person = make_person(org.hall)
    kept = make_appointment(person, Duty.ARCHIVIST, org.company)
    services.move_person(actor=org.system, person=person, unit=org.company)
    moved = Person.objects.get(pk=person.pk)
    assert moved.unit == org.company
    assert moved.changes.get().former_unit == org.hall
    assert org.director.person not in selectors.heads_above(moved.unit, clock.now())
    assert Appointment.objects.in_force(today()).filter(pk=kept.pk).exists()
    with pytest.raises(errors.SameAsBefore):
        services.move_person(actor=org.system, person=moved, unit=org.company)


def test_what_hangs_on_the_old_unit_holds_a_person_there(org: Organisation) -> None:
    """Duties and the roster: ended by whose work that is, never by the move."""
    person, other = org.clerk.person, make_unit(UnitKind.HALL, org.company)
    services.set_on_roster(
        actor=org.director, unit=org.hall, person=person, starts_on=today(), ends_on=today()
    )
    duty = person.appointments.get()
    for undo in (
        lambda: services.end_appointment(actor=org.security, appointment=duty),
        lambda: services.strike_from_roster(actor=org.director, entry=org.hall.roster.get()),
    ):
        with pytest.raises(errors.PersonStands):
            services.move_person(actor=org.system, person=person, unit=other)
        undo()
    services.move_person(actor=org.system, person=person, unit=other)
    assert Person.objects.get(pk=person.pk).unit == other


def test_a_move_does_not_choose_the_second_person(org: Organisation) -> None:
    """AD-03: while a change of his rights waits, its second person stays the one it was put to."""
    person, other = make_person(org.hall), make_unit(UnitKind.HALL, org.company)
    obliging = make_account(make_person(other))
    make_appointment(obliging.person, Duty.HALL_DIRECTOR, other, is_head=True)
    waiting = services.grant_clearance(
        actor=org.security, person=person, starts_on=today(), ends_on=today(), reason="轮岗"
    ).pending
    with pytest.raises(errors.PersonStands):
        services.move_person(actor=org.system, person=person, unit=other)
    services.withdraw_grant(actor=org.security, grant=waiting)
    services.move_person(actor=org.system, person=person, unit=other)


def test_whoever_moved_a_person_does_not_propose_to_the_head_he_moved_him_to(at, org: Organisation) -> None:
    """AD-03: the system officer moves alone, and another account of a person opens all that the person may."""
    there = make_unit(UnitKind.HALL, org.company)
    friend = make_account(make_person(there))
    make_appointment(friend.person, Duty.HALL_DIRECTOR, there, is_head=True)
    person = make_account(make_person(org.hall)).person
    clear(org, person)
    services.move_person(actor=org.system, person=person, unit=there)
    give = {"actor": org.system, "person": person, "staff_no": "900001", "reason": "第二台机器"}
    proposed = services.propose_account(**give).pending
    with pytest.raises(errors.NotEntitledToConfirm):
        services.confirm_grant(actor=friend, grant=proposed)
    # Nor the head of the former unit, who no longer leads him.
    with pytest.raises(errors.NotEntitledToConfirm):
        services.confirm_grant(actor=org.director, grant=proposed)
    at.forward(days=1)
    services.confirm_grant(actor=org.leader, grant=proposed)
    # What another proposes is his new head's to confirm, and in time so is the mover's.
    clear(org, person, confirmed_by=friend)
    at.forward(days=MOVE_SETTLES.days)
    later = services.propose_account(**give | {"staff_no": "900002"}).pending
    services.confirm_grant(actor=friend, grant=later)


def test_a_name_does_not_change_while_somebody_decides_on_it(at, org: Organisation) -> None:
    """AD-03: the second person goes by the name, and the system officer alone changes it."""
    person = make_account(make_person(org.hall, "张三")).person
    give = {"actor": org.system, "person": person, "staff_no": "900001", "reason": "第二台机器"}
    proposed = services.propose_account(**give).pending
    for waits in (True, False):
        with pytest.raises(errors.ProposalWaits):
            services.rename_person(actor=org.system, person=person, name="王五")
        assert last_outcome() == ("denied", "proposal_waits")
        if waits:  # confirmed, it can still be carried out
            services.confirm_grant(actor=org.director, grant=proposed)
    assert not person.changes.exists()
    proposed.refresh_from_db()
    services.withdraw_grant(actor=org.system, grant=proposed)
    services.rename_person(actor=org.system, person=person, name="王五")
    services.propose_account(**give)
    at.forward(days=GRANT_WAITS.days)
    services.rename_person(actor=org.system, person=person, name="王五六")
