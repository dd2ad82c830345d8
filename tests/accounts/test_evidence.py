"""What the database itself refuses, whoever writes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import Account, Appointment, Clearance, Person, Training, Undertaking, Unit
from accounts.rules import Duty
from audit import clock, triggers
from tests.accounts.people import Organisation, make_clearance, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.mark.parametrize("model", [Unit, Person, Account, Appointment, Clearance, Training, Undertaking])
def test_nothing_about_people_is_ever_deleted(org: Organisation, model: type):
    """architecture.md section 4: not by the ORM, not by SQL."""
    make_clearance(org.clerk.person, org.security.person)
    row = model.objects.first()
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        row.delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    assert model.objects.filter(pk=row.pk).exists()


def test_a_clearance_changes_only_by_being_revoked(org: Organisation):
    """PE-01"""
    row = make_clearance(org.clerk.person, org.security.person)
    for change in (
        {"state_level": 3},
        {"enterprise_level": 2},
        {"ends_on": today() + timedelta(days=9999)},
        {"person": org.leader.person},
        {"granted_by": org.leader.person},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Clearance.objects.filter(pk=row.pk).update(**change)
    Clearance.objects.filter(pk=row.pk).update(revoked_on=today())
    assert Clearance.objects.get(pk=row.pk).revoked_on == today()


def test_an_appointment_changes_only_by_ending(org: Organisation):
    row = org.clerk.person.appointments.get()
    for change in (
        {"duty": Duty.ARCHIVIST},
        {"is_head": True},
        {"unit": org.company},
        {"person": org.leader.person},
        {"starts_on": today() - timedelta(days=99)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Appointment.objects.filter(pk=row.pk).update(**change)
    Appointment.objects.filter(pk=row.pk).update(ends_on=today(), revoked_on=today())


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Training, {"valid_until": "2099-01-01"}),
        (Undertaking, {"version": 9}),
        (Account, {"staff_no": "X9999"}),
    ],
)
def test_training_undertakings_and_staff_numbers_never_change(org: Organisation, model: type, change: dict):
    """PE-09"""
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk).update(**change)


def test_an_account_never_moves_to_another_person(org: Organisation):
    """PE-07"""
    with pytest.raises(DatabaseError), transaction.atomic():
        Account.objects.filter(pk=org.clerk.pk).update(person=org.leader.person)
    Account.objects.filter(pk=org.clerk.pk).update(theme="dark")


@pytest.mark.parametrize(
    "same",
    [
        {"appointed_by": "person"},
        {"confirmed_by": "person"},
        {"appointed_by": "other", "confirmed_by": "other"},
    ],
)
def test_the_database_knows_that_two_persons_are_two(org: Organisation, same: dict[str, str]):
    """AD-03, AD-04"""
    people = {"person": org.clerk.person, "other": org.leader.person}
    with pytest.raises(DatabaseError), transaction.atomic():
        Appointment.objects.create(
            person=org.clerk.person,
            unit=org.hall,
            duty=Duty.STAFF,
            starts_on=today(),
            **{name: people[who] for name, who in same.items()},
        )


def test_nobody_clears_or_trains_himself_in_the_database_either(org: Organisation):
    """AD-04"""
    with pytest.raises(DatabaseError), transaction.atomic():
        make_clearance(org.clerk.person, org.clerk.person)
    with pytest.raises(DatabaseError), transaction.atomic():
        Training.objects.create(
            person=org.clerk.person, held_on=today(), valid_until=today(), recorded_by=org.clerk.person
        )


def test_an_undertaking_is_signed_once_per_text(org: Organisation):
    """PE-09"""
    with pytest.raises(DatabaseError), transaction.atomic():
        Undertaking.objects.create(person=org.clerk.person, version=1, signed_at=clock.now())


def test_names_stand_encrypted_in_their_tables(org: Organisation):
    """architecture.md section 6, invariant 1"""
    Person.objects.filter(pk=org.clerk.person_id).first()
    person = Person(name="标记人名MARKER", unit=org.hall)
    person.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_person")
        cells = [bytes(row[0]) for row in cursor.fetchall()]
    assert not any(b"MARKER" in cell for cell in cells)
    assert Person.objects.get(pk=person.pk).name == "标记人名MARKER"


def test_every_declared_trigger_is_there():
    tables = {table.table for table in triggers.declared("default")}
    assert {"accounts_person", "accounts_account", "accounts_clearance", "accounts_training"} <= tables
    assert not [problem for problem in triggers.missing("default") if "accounts_" in problem]
