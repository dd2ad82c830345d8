"""The beginning of a system: four different persons, no default account (architecture.md section 9, AD-07).

Afterwards the three officers and the leader can do everything else through `accounts.services`.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from accounts import actions, journal
from accounts.errors import AlreadyInitialised, BadDates, NameMissing, NotFourPersons
from accounts.models import Account, Appointment, Person, Training, Unit
from accounts.rules import Duty, UnitKind, local_day, normalise_staff_no
from accounts.services.people import open_account, place_unit
from audit import clock
from audit.events import ObjectFacts, system_actor


@dataclass(frozen=True)
class Newcomer:
    """One of the four: name and staff number."""

    name: str
    staff_no: str


@dataclass(frozen=True)
class Admission:
    """One of the four as admitted. The one-time password is kept nowhere: print it once."""

    duty: Duty
    account: Account
    one_time_password: str


@dataclass(frozen=True)
class Beginning:
    """What `init` made."""

    company: Unit
    admissions: tuple[Admission, ...]


def init(
    *,
    company_code: str,
    company_name: str,
    system_officer: Newcomer,
    security_officer: Newcomer,
    auditor: Newcomer,
    leader: Newcomer,
    trained_until: date,
) -> Beginning:
    """Make the company's unit and its first four persons, each with a one-time password.

    The leader heads the company, so he can confirm what the security officer grants. `trained_until` is the last
    day of the training the four have had; each signs the undertaking himself at first sign-in. Raises
    AlreadyInitialised when there is any unit, person or account, NotFourPersons for a name or staff number given
    twice, BadStaffNumber, NameMissing, BadDates, AuditUnavailable; nothing is kept then.
    """
    newcomers = {
        Duty.PRINCIPAL_LEADER: leader,
        Duty.SYSTEM_OFFICER: system_officer,
        Duty.SECURITY_OFFICER: security_officer,
        Duty.AUDITOR: auditor,
    }
    day = local_day(clock.now())
    company = Unit(
        id=uuid4(), kind=UnitKind.COMPANY, code=company_code.strip(), name=company_name.strip(), opened_on=day
    )
    persons = {
        duty: Person(id=uuid4(), name=new.name.strip(), unit=company) for duty, new in newcomers.items()
    }
    with journal.change(
        actions.SYSTEM_INIT,
        actor=system_actor("init"),
        target=ObjectFacts("unit", str(company.pk)),
        rule="empty_system",
        sealed={duty.value: str(person.pk) for duty, person in persons.items()},
        subject=str(company.pk),
    ):
        if Unit.objects.exists() or Person.objects.exists() or Account.objects.exists():
            raise AlreadyInitialised
        _refuse_twins(list(newcomers.values()))
        if trained_until < day:
            raise BadDates
        place_unit(company, day)
        admissions = tuple(
            _admit(persons[duty], duty, new.staff_no, leader_id=persons[Duty.PRINCIPAL_LEADER].pk, day=day)
            for duty, new in newcomers.items()
        )
        _record_training(persons, held_on=day, trained_until=trained_until)
    return Beginning(company, admissions)


def _refuse_twins(newcomers: list[Newcomer]) -> None:
    """Namesakes are told apart in the name itself; the same name twice is more often the same person twice."""
    names = {_folded(new.name) for new in newcomers}
    if "" in names:
        raise NameMissing
    if len(names) < len(newcomers) or len({normalise_staff_no(n.staff_no) for n in newcomers}) < len(
        newcomers
    ):
        raise NotFourPersons


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _admit(person: Person, duty: Duty, staff_no: str, *, leader_id: UUID, day: date) -> Admission:
    person.save(force_insert=True)
    account = Account(
        id=uuid4(), person=person, staff_no=normalise_staff_no(staff_no), created_at=clock.now()
    )
    # While one of the four has not begun, nobody may be there who could make him another.
    first = open_account(account, lasts=None)
    leads = duty is Duty.PRINCIPAL_LEADER
    Appointment.objects.create(
        person=person,
        unit=person.unit,
        duty=duty,
        is_head=leads,
        starts_on=day,
        appointed_by_id=None if leads else leader_id,
    )
    return Admission(duty, account, first)


def _record_training(persons: dict[Duty, Person], *, held_on: date, trained_until: date) -> None:
    for duty, person in persons.items():
        witness = Duty.SECURITY_OFFICER if duty is Duty.PRINCIPAL_LEADER else Duty.PRINCIPAL_LEADER
        Training.objects.create(
            person=person, held_on=held_on, valid_until=trained_until, recorded_by=persons[witness]
        )
