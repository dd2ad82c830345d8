"""Appointing to duties and ending them: the security officer's work, with a second person where it matters."""

from datetime import date, timedelta
from uuid import uuid4

from accounts import actions
from accounts.errors import AlreadyOver, BadDates, ExclusiveDuties, NotAHead
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Appointment, Person, Unit
from accounts.rules import EXCLUSIONS, HEAD_DUTIES, PRIVILEGED_DUTIES, Duty, Held
from accounts.services import authority
from accounts.services.people import require_appointing

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
    confirmed_by: Account | None = None,
    trail: Trail = NO_TRAIL,
) -> Appointment:
    """Appoint a person to a duty at a unit, from and to these days inclusive.

    A privileged duty or a headship takes `confirmed_by`, the account of the head of the person's unit or of one
    above it, or of another security officer (AD-03). Raises ExclusiveDuties naming the rule, whenever the two
    duties would meet (AD-02), SelfService (AD-04), DutyMissing, SecondPersonMissing, NotEntitledToConfirm,
    UnitCannotAppoint, NotAHead, BadDates, PersonLeft.
    """
    work = authority.acting(actor, trail)
    appointment = Appointment(
        id=uuid4(),
        person=person,
        unit=unit,
        duty=duty,
        is_head=is_head,
        starts_on=starts_on,
        ends_on=ends_on,
        appointed_by_id=work.facts.person_id,
    )
    facts = {
        "person": str(person.pk),
        "duty": str(duty),
        "unit": str(unit.pk),
        "starts_on": starts_on.isoformat(),
    }
    with work.change(actions.DUTY_APPOINT, appointment, rule=_RULE, sealed=facts, subject=str(person.pk)):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(person)
        if ends_on is not None and (ends_on < starts_on or ends_on < work.day):
            raise BadDates
        require_appointing(unit, work.day)
        held = authority.locked(person, work.day)
        refuse_exclusions(appointment)
        if is_head:
            _refuse_second_head(appointment)
        if is_head or duty in PRIVILEGED_DUTIES:
            appointment.confirmed_by = authority.second_person(work, confirmed_by, held)
        appointment.save(force_insert=True)
    return appointment


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


def refuse_exclusions(new: Appointment) -> None:
    """Raise ExclusiveDuties when the new appointment would ever coincide with one it excludes (AD-02)."""
    held = Held(Duty(new.duty), new.unit_id)
    for other in Appointment.objects.filter(person_id=new.person_id).not_over(new.starts_on):
        if not _coincide(new, other):
            continue
        for exclusion in EXCLUSIONS:
            if exclusion.forbids(held, Held(Duty(other.duty), other.unit_id)):
                raise ExclusiveDuties(exclusion)


def _coincide(new: Appointment, other: Appointment) -> bool:
    return new.ends_on is None or other.starts_on <= new.ends_on


def _refuse_second_head(new: Appointment) -> None:
    if Duty(new.duty) not in HEAD_DUTIES:
        raise NotAHead
    others = Appointment.objects.filter(unit_id=new.unit_id, is_head=True).not_over(new.starts_on)
    if any(_coincide(new, other) for other in others):
        raise NotAHead
