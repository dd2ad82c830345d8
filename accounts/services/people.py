"""Units, persons and accounts: the system officer's work. None of it gives a right (AD-01)."""

import secrets
from datetime import date, timedelta
from typing import NamedTuple
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts import actions, selectors
from accounts.errors import (
    BadStaffNumber,
    NameMissing,
    SecondPersonMissing,
    StaffNumberTaken,
    UnitCodeTaken,
    UnitsMisplaced,
)
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import PATH_LIMIT, Account, Appointment, Clearance, Person, Unit
from accounts.rules import ONE_TIME_PASSWORD_LASTS, Duty, UnitKind, is_staff_no, normalise_staff_no
from accounts.services import authority, grants
from accounts.services.grants import Given
from accounts.services.terms import AccountTerms, require_appointing

_RULE = duty_rule(Duty.SYSTEM_OFFICER)
# Without look-alikes: it is read from paper once. Twenty signs of thirty are 98 bits.
_ONE_TIME_SIGNS = "abcdefghjkmnpqrstuvwxyz2345678"


class NewAccount(NamedTuple):
    """A new account and the one-time password, which is kept nowhere else."""

    account: Account
    one_time_password: str


def create_unit(
    *,
    actor: Account,
    kind: UnitKind,
    code: str,
    name: str,
    parent: Unit | None,
    opened_on: date | None = None,
    trail: Trail = NO_TRAIL,
) -> Unit:
    """Add a unit to the tree. Raises DutyMissing, UnitCodeTaken, UnitsMisplaced, NameMissing."""
    work = authority.acting(actor, trail)
    unit = Unit(
        id=uuid4(), parent=parent, kind=kind, code=code.strip(), name=name.strip(), opened_on=opened_on
    )
    with work.change(actions.UNIT_CREATE, unit, rule=_RULE):
        work.require(Duty.SYSTEM_OFFICER)
        place_unit(unit, work.day)
    return unit


def create_person(*, actor: Account, name: str, unit: Unit, trail: Trail = NO_TRAIL) -> Person:
    """Register a natural person at a unit, in no secrecy post. Raises DutyMissing, UnitCannotAppoint, NameMissing."""
    work = authority.acting(actor, trail)
    person = Person(id=uuid4(), name=name.strip(), unit=unit)
    with work.change(
        actions.PERSON_CREATE, person, rule=_RULE, sealed={"name": person.name}, subject=str(person.pk)
    ):
        _register(work, person)
    return person


def register_person(
    *, actor: Account, name: str, unit: Unit, staff_no: str, trail: Trail = NO_TRAIL
) -> NewAccount:
    """Register a person with the account he signs in with: both or neither.

    Raises as create_person, and BadStaffNumber, StaffNumberTaken.
    """
    work = authority.acting(actor, trail)
    person = Person(id=uuid4(), name=name.strip(), unit=unit)
    number = normalise_staff_no(staff_no)
    with work.change(
        actions.PERSON_CREATE, person, rule=_RULE, sealed={"name": person.name}, subject=str(person.pk)
    ):
        _register(work, person)
        # Before the account's own intent: what is refused inside it could not be told, as all is rolled back.
        AccountTerms(number).check(person, work.day)
        return create_account(actor=actor, person=person, staff_no=number, trail=trail)


def create_account(
    *,
    actor: Account,
    person: Person,
    staff_no: str,
    trail: Trail = NO_TRAIL,
) -> NewAccount:
    """Give a person something to sign in with; it carries no right of its own.

    Rights hang on persons: an account for someone who has rights or another account already would hand them to
    whoever holds its first password, so that takes `propose_account` and a second person first (AD-03). Raises
    DutyMissing, BadStaffNumber, StaffNumberTaken, PersonLeft, SelfService, SecondPersonMissing.
    """
    work = authority.acting(actor, trail)
    account = Account(id=uuid4(), person=person, staff_no=normalise_staff_no(staff_no), created_at=work.at)
    with work.change(
        actions.ACCOUNT_CREATE,
        account,
        rule=_RULE,
        sealed={"staff_no": account.staff_no, "person": str(person.pk)},
        subject=str(person.pk),
    ):
        work.require(Duty.SYSTEM_OFFICER)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        terms = AccountTerms(account.staff_no)
        if takes_second_person(held, work.day) and not grants.use_confirmed(work, held, terms, account.pk):
            raise SecondPersonMissing
        return NewAccount(account, open_account(account))


def propose_account(
    *, actor: Account, person: Person, staff_no: str, reason: str, trail: Trail = NO_TRAIL
) -> Given:
    """Propose another account for somebody who has rights; once confirmed, `create_account` makes it.

    Raises DutyMissing, SelfService, BadStaffNumber, StaffNumberTaken, PersonLeft, ReasonMissing, AlreadyProposed.
    """
    terms = AccountTerms(normalise_staff_no(staff_no))
    return grants.give(actor=actor, person=person, terms=terms, reason=reason, trail=trail)


def _register(work: authority.Acting, person: Person) -> None:
    work.require(Duty.SYSTEM_OFFICER)
    if not person.name:
        raise NameMissing
    require_appointing(person.unit, work.day)
    person.save(force_insert=True)


def one_time_password() -> str:
    """A first password, to be read aloud or printed once, in groups of five."""
    signs = [secrets.choice(_ONE_TIME_SIGNS) for _ in range(20)]
    return "-".join("".join(signs[start : start + 5]) for start in range(0, 20, 5))


def place_unit(unit: Unit, day: date) -> None:
    """Check a new unit's place and save it.

    Inside the caller's transaction: the unit above is held until it ends, so that it is not closed meanwhile.
    """
    if not (unit.name and unit.code):
        raise NameMissing
    above = None if unit.parent is None else Unit.objects.select_for_update().get(pk=unit.parent.pk)
    unit.path = selectors.child_path(above, unit.pk)
    # An authority stands below its own superior, whose word counts like its own (RQ-04), and never among our units.
    mixed = above is not None and (above.kind == UnitKind.EXTERNAL) != (unit.kind == UnitKind.EXTERNAL)
    if len(unit.path) > PATH_LIMIT or mixed or (above is not None and above.is_closed(day)):
        raise UnitsMisplaced
    if Unit.objects.filter(code=unit.code).exists():
        raise UnitCodeTaken
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as error:
        raise UnitCodeTaken from error


def open_account(account: Account, lasts: timedelta | None = ONE_TIME_PASSWORD_LASTS) -> str:
    """Save a new account under a one-time password and return that; inside the caller's transaction."""
    if not is_staff_no(account.staff_no):
        raise BadStaffNumber
    first = one_time_password()
    account.set_password(first)
    account.must_change_password = True
    account.password_until = None if lasts is None else account.created_at + lasts
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise StaffNumberTaken from error
    return first


def takes_second_person(person: Person, day: date) -> bool:
    """Whether an account for this person would open rights, now or later."""
    return (
        Account.objects.filter(person=person).exists()
        or Appointment.objects.filter(person=person).not_over(day).exists()
        or Clearance.objects.filter(person=person).not_over(day).exists()
    )
