"""Clearances and the categories that bound them (PE-01): the security officer's work with a second person."""

from datetime import date

from accounts import actions
from accounts.errors import AlreadyOver
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Clearance, Person
from accounts.rules import Duty, PersonCategory
from accounts.services import authority, grants
from accounts.services.grants import Given
from accounts.services.terms import CategoryTerms, ClearanceTerms

_RULE = duty_rule(Duty.SECURITY_OFFICER)


def grant_clearance(
    *,
    actor: Account,
    person: Person,
    starts_on: date,
    ends_on: date,
    state_level: int = 0,
    enterprise_level: int = 0,
    reason: str = "",
    trail: Trail = NO_TRAIL,
) -> Given:
    """Propose to clear a person between two days inclusive. Every clearance includes internal records (restricted 1).

    Raises SelfService, DutyMissing, EmptyClearance, BadDates, AboveCeiling, PersonLeft, ReasonMissing,
    AlreadyProposed.
    """
    terms = ClearanceTerms(starts_on, ends_on, state_level, enterprise_level)
    return grants.give(actor=actor, person=person, terms=terms, reason=reason, trail=trail)


def revoke_clearance(*, actor: Account, clearance: Clearance, trail: Trail = NO_TRAIL) -> None:
    """Take a clearance away from today on; effective at the next request. Raises DutyMissing, AlreadyOver."""
    work = authority.acting(actor, trail)
    with work.change(
        actions.CLEARANCE_REVOKE,
        clearance,
        rule=_RULE,
        sealed={"person": str(clearance.person_id)},
        subject=str(clearance.person_id),
    ):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(clearance.person)
        row = Clearance.objects.select_for_update().get(pk=clearance.pk)
        if row.revoked_on is not None or row.ends_on < work.day:
            raise AlreadyOver
        row.revoked_on = clearance.revoked_on = work.day
        row.save(update_fields=["revoked_on"])


def set_category(
    *, actor: Account, person: Person, category: PersonCategory, reason: str = "", trail: Trail = NO_TRAIL
) -> Given:
    """Propose to put a person into a secrecy post, or out of it.

    Raises as grant_clearance, and ClearancesStand when one in force or to come lies above the new ceiling.
    """
    terms = CategoryTerms(PersonCategory(category))
    return grants.give(actor=actor, person=person, terms=terms, reason=reason, trail=trail)
