"""Appointing to duties and ending them: the security officer's work, with a second person where it matters."""

from datetime import date, timedelta

from accounts import actions
from accounts.errors import AlreadyOver, BadDates
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Appointment, Person, Unit
from accounts.rules import Duty
from accounts.services import authority, grants
from accounts.services.grants import Given
from accounts.services.terms import DutyTerms

_RULE = duty_rule(Duty.SECURITY_OFFICER)


def appoint(
    *,
    actor: Account,
    person: Person,
    duty: Duty,
    unit: Unit,
    starts_on: date,
    ends_on: date | None = None,
    is_head: bool = False,
    is_acting: bool = False,
    reason: str = "",
    trail: Trail = NO_TRAIL,
) -> Given:
    """Appoint a person to a duty at a unit, from and to these days inclusive.

    A privileged duty or a headship is proposed instead, with a reason, and waits for the head of the person's unit or
    of one above it, or another security officer (AD-03). `is_acting` heads the unit beside its head, until a compulsory
    last day and no longer (P-30). Raises ExclusiveDuties naming the rule, whenever the two duties would meet (AD-02),
    SelfService (AD-04), DutyMissing, UnitCannotAppoint, NotAHead, ActingWithoutEnd, BadDates, PersonLeft,
    ReasonMissing, AlreadyProposed.
    """
    terms = DutyTerms(unit.pk, Duty(duty), starts_on, ends_on, is_head or is_acting, is_acting)
    return grants.give(actor=actor, person=person, terms=terms, reason=reason, trail=trail)


def end_appointment(
    *, actor: Account, appointment: Appointment, last_day: date | None = None, trail: Trail = NO_TRAIL
) -> None:
    """End a duty: at once, effective at the next request (PE-08), or after `last_day`.

    Raises DutyMissing, SelfService, AlreadyOver, BadDates (a day past, or a longer term than before), LastOfficer.
    """
    work = authority.acting(actor, trail)
    with work.change(
        actions.DUTY_END,
        appointment,
        rule=_RULE,
        sealed={"duty": appointment.duty},
        subject=str(appointment.person_id),
    ):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(appointment.person)
        row = Appointment.objects.select_for_update().get(pk=appointment.pk)
        if not Appointment.objects.not_over(work.day).filter(pk=row.pk).exists():
            raise AlreadyOver
        if last_day is not None and (
            last_day < work.day or (row.ends_on is not None and last_day > row.ends_on)
        ):
            raise BadDates
        from_day = work.day if last_day is None else last_day + timedelta(days=1)
        authority.refuse_leaving_none(row.person, {Duty(row.duty)}, from_day=from_day, at=work.at)
        if last_day is None:
            row.revoked_on = work.day
        else:
            row.ends_on = max(last_day, row.starts_on)
        row.save(update_fields=["revoked_on", "ends_on"])
        appointment.revoked_on, appointment.ends_on = row.revoked_on, row.ends_on
