"""Names change, units close, people move: the system officer's work. What was stays beside it."""

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator

from accounts import actions, closures
from accounts.errors import (
    BadEmail,
    ChangedMeanwhile,
    NameMissing,
    PersonStands,
    ProposalWaits,
    SameAsBefore,
    UnitClosed,
    UnitStands,
)
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Person, RegisterChange, Unit
from accounts.rules import Duty
from accounts.services import authority
from accounts.services.terms import require_appointing

_RULE = duty_rule(Duty.SYSTEM_OFFICER)
_MAILABLE, _SHORT = EmailValidator(), MaxLengthValidator(254)  # RFC 5321


def rename_unit(*, actor: Account, unit: Unit, name: str, trail: Trail = NO_TRAIL) -> None:
    """Give a unit another name; the former one stays beside it.

    `unit` is as the actor read it. Raises DutyMissing, NameMissing, SameAsBefore, UnitClosed, ChangedMeanwhile where
    it was renamed since.
    """
    work = authority.acting(actor, trail)
    with work.change(actions.UNIT_RENAME, unit, rule=_RULE):
        work.require(Duty.SYSTEM_OFFICER)
        held = _open_unit(unit, work)
        if held.name != unit.name:
            raise ChangedMeanwhile
        named = _named(name, held.name)
        _keep(work, unit=held, former_name=held.name)
        held.name = named
        held.save(update_fields=["name"])
        unit.name = named


def close_unit(*, actor: Account, unit: Unit, trail: Trail = NO_TRAIL) -> None:
    """Close a unit from today on; nobody is appointed to it any more, and what it did stays as it was.

    Raises DutyMissing, UnitClosed, UnitStands naming people, duties, units below it or open matters.
    """
    work = authority.acting(actor, trail)
    with work.change(actions.UNIT_CLOSE, unit, rule=_RULE):
        work.require(Duty.SYSTEM_OFFICER)
        held = _open_unit(unit, work)
        matters = closures.stands_in_unit(held, work.day)
        if matters:
            raise UnitStands([matter.sentence for matter in matters])
        held.closed_on = work.day
        held.save(update_fields=["closed_on"])
        unit.closed_on = work.day


def rename_person(*, actor: Account, person: Person, name: str, trail: Trail = NO_TRAIL) -> None:
    """Give a person another name; the former one stays beside it.

    Not while a change of his rights waits: its second person would decide on somebody he takes for another. Raises
    DutyMissing, SelfService, PersonLeft, NameMissing, SameAsBefore, ProposalWaits.
    """
    work = authority.acting(actor, trail)
    facts = {"person": str(person.pk), "name": name.strip()}
    with work.change(actions.PERSON_RENAME, person, rule=_RULE, sealed=facts, subject=str(person.pk)):
        work.require(Duty.SYSTEM_OFFICER)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        named = _named(name, held.name)
        if closures.has_open_proposal(held):
            raise ProposalWaits
        _keep(work, person=held, former_name=held.name)
        held.name = named
        held.save(update_fields=["name"])
        person.name = named


def move_person(*, actor: Account, person: Person, unit: Unit, trail: Trail = NO_TRAIL) -> None:
    """Let a person work in another unit; the former one stays beside it.

    Duties hang on units and are the security officer's: one held at the old unit is ended first, and no move ends or
    takes it along. Raises DutyMissing, SelfService, PersonLeft, SameAsBefore, UnitCannotAppoint, PersonStands naming
    what hangs on the old unit.
    """
    work = authority.acting(actor, trail)
    facts = {"person": str(person.pk), "unit": str(unit.pk)}
    with work.change(actions.PERSON_MOVE, person, rule=_RULE, sealed=facts, subject=str(person.pk)):
        work.require(Duty.SYSTEM_OFFICER)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        if held.unit_id == unit.pk:
            raise SameAsBefore
        require_appointing(unit, work.day)
        matters = closures.stands_for_person(held, work.day)
        if matters:
            raise PersonStands([matter.sentence for matter in matters])
        _keep(work, person=held, former_unit=held.unit)
        held.unit = unit
        held.save(update_fields=["unit"])
        person.unit = unit


def set_email(*, actor: Account, person: Person, email: str, trail: Trail = NO_TRAIL) -> None:
    """Set the address that a person's notices go to by mail; empty is none.

    Raises DutyMissing, SelfService, PersonLeft, BadEmail, SameAsBefore.
    """
    work = authority.acting(actor, trail)
    address = email.strip()
    facts = {"person": str(person.pk), "email": address}
    with work.change(actions.PERSON_SET_EMAIL, person, rule=_RULE, sealed=facts, subject=str(person.pk)):
        work.require(Duty.SYSTEM_OFFICER)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        if address:
            try:
                _MAILABLE(address)
                _SHORT(address)
            except ValidationError:
                raise BadEmail from None
        if address == (held.email or ""):
            raise SameAsBefore
        held.email = address or None
        held.save(update_fields=["email"])
        person.email = held.email


def _open_unit(unit: Unit, work: authority.Acting) -> Unit:
    """The unit's row, held until the transaction ends."""
    held = Unit.objects.select_for_update().get(pk=unit.pk)
    if held.is_closed(work.day):
        raise UnitClosed
    return held


def _named(name: str, former: str) -> str:
    named = name.strip()
    if not named:
        raise NameMissing
    if named == former:
        raise SameAsBefore
    return named


def _keep(work: authority.Acting, **former: object) -> None:
    RegisterChange(id=uuid4(), by_id=work.facts.person_id, at=work.at, **former).save(force_insert=True)
