"""A person leaves: nothing open in his name, the de-secrecy period over, and then his last day (AD-12)."""

from datetime import date
from uuid import uuid4

from accounts import actions, departures
from accounts.errors import BadDates, DeSecrecyRuns, HeldBack, NoSecrecyPost
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, Clearance, DeSecrecy, Person
from accounts.rules import DE_SECRECY_MONTHS, Duty, PersonCategory, months_later
from accounts.services import authority


def begin_de_secrecy(*, actor: Account, person: Person, trail: Trail = NO_TRAIL) -> DeSecrecy:
    """Take all clearances away and let the de-secrecy period of the person's post run from today.

    By the security officer alone: it only takes away. Nothing is granted anew while it runs. Raises DutyMissing,
    SelfService, PersonLeft, NoSecrecyPost, DeSecrecyRuns when it has begun.
    """
    work = authority.acting(actor, trail)
    row = DeSecrecy(id=uuid4(), person=person, begun_by_id=work.facts.person_id, begun_at=work.at)
    with work.change(
        actions.DE_SECRECY_BEGIN,
        row,
        rule=duty_rule(Duty.SECURITY_OFFICER),
        sealed={"person": str(person.pk)},
        subject=str(person.pk),
    ):
        work.require(Duty.SECURITY_OFFICER)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        months = DE_SECRECY_MONTHS[PersonCategory(held.category)]
        if months == 0:
            raise NoSecrecyPost
        if DeSecrecy.objects.filter(person=held, ends_on__gte=work.day).exists():
            raise DeSecrecyRuns
        for clearance in Clearance.objects.select_for_update().filter(person=held).not_over(work.day):
            clearance.revoked_on = work.day
            clearance.save(update_fields=["revoked_on"])
        row.category = held.category
        row.starts_on, row.ends_on = work.day, months_later(work.day, months)
        row.save(force_insert=True)
    return row


def record_departure(*, actor: Account, person: Person, left_on: date, trail: Trail = NO_TRAIL) -> None:
    """Note a person's last day; his accounts stop working after it.

    Raises DutyMissing, SelfService, PersonLeft, BadDates (a day already past), LastOfficer, HeldBack naming what is
    open in his name, DeSecrecyFirst and DeSecrecyRuns for whoever was in a secrecy post.
    """
    work = authority.acting(actor, trail)
    with work.change(
        actions.PERSON_LEAVE,
        person,
        rule=duty_rule(Duty.SYSTEM_OFFICER),
        sealed={"person": str(person.pk), "left_on": left_on.isoformat()},
        subject=str(person.pk),
    ):
        work.require(Duty.SYSTEM_OFFICER)
        work.refuse_self(person)
        held = authority.locked(person, work.day)
        if left_on < work.day:
            raise BadDates
        duties = {Duty(d) for d in held.appointments.not_over(left_on).values_list("duty", flat=True)}
        authority.refuse_leaving_none(held, duties, from_day=left_on, at=work.at)
        matters = departures.open_matters(held.pk)
        if matters:
            raise HeldBack([matter.sentence for matter in matters])
        departures.refuse_before_de_secrecy(held, left_on)
        held.left_on = left_on
        held.save(update_fields=["left_on"])
        person.left_on = left_on
