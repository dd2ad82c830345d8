"""The beginning: four different persons, nobody before them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts import bootstrap, errors, selectors, services
from accounts.bootstrap import Newcomer
from accounts.models import Account, Appointment, Person, Training, Unit
from accounts.rules import Duty, Held
from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.accounts.people import make_unit, today

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

FOUR = {
    "system_officer": Newcomer("赵一", "A1001"),
    "security_officer": Newcomer("钱二", "A1002"),
    "auditor": Newcomer("孙三", "a1003"),
    "leader": Newcomer("李四", "A1004"),
}


def init(**changed: object) -> bootstrap.Beginning:
    given = {
        "company_code": "HQ",
        "company_name": "公司",
        "trained_until": today() + timedelta(days=365),
        **FOUR,
        **changed,
    }
    return bootstrap.init(**given)


def test_a_fresh_system_has_no_account_at_all():
    """AD-07: no default accounts, by migration or otherwise."""
    assert not Account.objects.exists()
    assert not Person.objects.exists()
    assert not Appointment.objects.exists()


def test_four_persons_begin_each_with_a_password_of_one_use():
    """AD-07"""
    beginning = init()
    assert Person.objects.count() == Account.objects.count() == Appointment.objects.count() == 4
    duties = {}
    for admission in beginning.admissions:
        account = Account.objects.get(pk=admission.account.pk)
        assert account.check_password(admission.one_time_password)
        assert account.must_change_password
        assert not account.is_superuser
        facts = selectors.subject_facts(account, clock.now())
        assert facts.training_valid
        assert not facts.undertaking_valid
        assert not any(facts.clearance)
        duties[account.staff_no] = facts.duties
    unit = beginning.company.pk
    assert duties == {
        "A1001": {Held(Duty.SYSTEM_OFFICER, unit)},
        "A1002": {Held(Duty.SECURITY_OFFICER, unit)},
        "A1003": {Held(Duty.AUDITOR, unit)},
        "A1004": {Held(Duty.PRINCIPAL_LEADER, unit)},
    }
    assert len({admission.one_time_password for admission in beginning.admissions}) == 4
    # Nobody else could make one of them another while he has not begun.
    assert {admission.account.password_until for admission in beginning.admissions} == {None}
    assert [head.name for head in selectors.heads_above(beginning.company, clock.now())] == ["李四"]
    assert not Training.objects.filter(recorded_by=None).exists()


def test_the_four_can_build_the_rest_together():
    """AD-01, AD-03"""
    by_duty = {admission.duty: admission.account for admission in init().admissions}
    company = Unit.objects.get()
    person = services.create_person(actor=by_duty[Duty.SYSTEM_OFFICER], name="周五", unit=company)
    given = services.appoint(
        actor=by_duty[Duty.SECURITY_OFFICER],
        person=person,
        duty=Duty.ARCHIVIST,
        unit=company,
        starts_on=today(),
        reason="组建档案室",
    )
    services.confirm_grant(actor=by_duty[Duty.PRINCIPAL_LEADER], grant=given.pending)
    assert person.appointments.get().confirmed_by.name == "李四"


@pytest.mark.parametrize("role", list(FOUR))
def test_two_roles_in_one_hand_are_refused(role: str):
    """AD-07"""
    other = next(name for name in FOUR if name != role)
    for same in (
        FOUR[other],
        replace(FOUR[role], staff_no=FOUR[other].staff_no.lower()),
        replace(FOUR[role], name=f" {FOUR[other].name[0]} {FOUR[other].name[1]}"),
    ):
        with pytest.raises(errors.NotFourPersons):
            init(**{role: same})
    assert not Unit.objects.exists()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"leader": Newcomer(" ", "A9")}, errors.NameMissing),
        ({"leader": Newcomer("李四", "LISI")}, errors.BadStaffNumber),
        ({"company_name": ""}, errors.NameMissing),
        ({"company_code": " "}, errors.NameMissing),
    ],
)
def test_what_is_missing_or_malformed_leaves_nothing_behind(changed: dict, refusal: type[Exception]):
    """AD-07"""
    with pytest.raises(refusal):
        init(**changed)
    assert not Unit.objects.exists()
    assert not Person.objects.exists()
    assert init().company.code == "HQ"


def test_training_that_is_over_is_refused():
    with pytest.raises(errors.BadDates):
        init(trained_until=today() - timedelta(days=1))


def test_a_second_beginning_is_refused():
    """AD-07"""
    init()
    with pytest.raises(errors.AlreadyInitialised):
        init(**{name: replace(new, staff_no=f"B{new.staff_no}") for name, new in FOUR.items()})


def test_a_system_with_as_much_as_a_unit_is_not_empty():
    """AD-07"""
    make_unit()
    with pytest.raises(errors.AlreadyInitialised):
        init()


def test_without_the_log_there_is_no_beginning(monkeypatch: pytest.MonkeyPatch):
    """AU-03"""

    def unavailable(*args: object) -> None:
        raise AuditUnavailable("no")

    with monkeypatch.context() as patch:
        patch.setattr(recording, "store", unavailable)
        with pytest.raises(AuditUnavailable):
            init()
    assert not Unit.objects.exists()


def test_the_log_keeps_neither_names_nor_passwords():
    """AD-07"""
    passwords = [admission.one_time_password for admission in init().admissions]
    kept = b"".join(bytes(event.canonical) + bytes(event.ciphertext) for event in Event.objects.all())
    for secret in (*passwords, "赵一", "李四"):
        assert secret.encode() not in kept
    assert b"accounts:system:init" in kept
