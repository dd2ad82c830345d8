"""Clearances and the categories that bound them (PE-01): the security officer's work with a second person."""

from datetime import date
from uuid import uuid4

from accounts import actions
from accounts.errors import AboveCeiling, AlreadyOver, BadDates, ClearancesStand, EmptyClearance
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Clearance, Person
from accounts.rules import CATEGORY_CEILING, Duty, Levels, PersonCategory
from accounts.services import authority

_RULE = duty_rule(Duty.SECURITY_OFFICER)
_HIGHEST = Levels(3, 2, 1)


def grant_clearance(
    *,
    actor: Account,
    person: Person,
    starts_on: date,
    ends_on: date,
    state_level: int = 0,
    enterprise_level: int = 0,
    confirmed_by: Account | None = None,
    trail: Trail = NO_TRAIL,
) -> Clearance:
    """Clear a person between two days inclusive. Every clearance includes internal records (restricted 1).

    Raises SelfService, DutyMissing, EmptyClearance, BadDates, AboveCeiling, SecondPersonMissing,
    NotEntitledToConfirm, PersonLeft.
    """
    work = authority.acting(actor, trail)
    levels = Levels(state_level, enterprise_level, 1)
    clearance = Clearance(
        id=uuid4(),
        person=person,
        state_level=levels.state,
        enterprise_level=levels.enterprise,
        restricted=levels.restricted,
        starts_on=starts_on,
        ends_on=ends_on,
        granted_by_id=work.facts.person_id,
    )
    facts = {
        "person": str(person.pk),
        "state": levels.state,
        "enterprise": levels.enterprise,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
    }
    with work.change(actions.CLEARANCE_GRANT, clearance, rule=_RULE, sealed=facts, subject=str(person.pk)):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(person)
        if min(levels) < 0 or not levels.within(_HIGHEST):
            raise EmptyClearance
        if ends_on < starts_on or ends_on < work.day:
            raise BadDates
        held = authority.locked(person, work.day)
        if not levels.within(CATEGORY_CEILING[PersonCategory(held.category)]):
            raise AboveCeiling
        clearance.confirmed_by = authority.second_person(work, confirmed_by, held)
        clearance.save(force_insert=True)
    return clearance


def revoke_clearance(*, actor: Account, clearance: Clearance, trail: Trail = NO_TRAIL) -> None:
    """Take a clearance away from today on; effective at the next request. Raises DutyMissing, AlreadyOver."""
    work = authority.acting(actor, trail)
    with work.change(actions.CLEARANCE_REVOKE, clearance, rule=_RULE):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(clearance.person)
        row = Clearance.objects.select_for_update().get(pk=clearance.pk)
        if row.revoked_on is not None or row.ends_on < work.day:
            raise AlreadyOver
        row.revoked_on = clearance.revoked_on = work.day
        row.save(update_fields=["revoked_on"])


def set_category(
    *,
    actor: Account,
    person: Person,
    category: PersonCategory,
    confirmed_by: Account | None = None,
    trail: Trail = NO_TRAIL,
) -> None:
    """Put a person into a secrecy post, or out of it; it bounds his clearances, so it takes the same two persons.

    Raises as grant_clearance, and ClearancesStand when one in force or to come lies above the new ceiling.
    """
    work = authority.acting(actor, trail)
    with work.change(
        actions.PERSON_CATEGORISE,
        person,
        rule=_RULE,
        sealed={"category": str(category)},
        subject=str(person.pk),
    ):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        authority.second_person(work, confirmed_by, held)
        ceiling = CATEGORY_CEILING[category]
        for row in Clearance.objects.filter(person=held).not_over(work.day):
            if not Levels(row.state_level, row.enterprise_level, row.restricted).within(ceiling):
                raise ClearancesStand
        held.category = person.category = category
        held.save(update_fields=["category"])
