"""The roster: who is duty clerk of a unit on which days (P-30). It opens nothing by itself."""

from datetime import date, timedelta
from uuid import uuid4

from accounts import actions, roster
from accounts.errors import AlreadyStruck, BadDates, NotOfUnit, NotYourUnit, RosterTaken, RosterTooLong
from accounts.journal import NO_TRAIL, Trail
from accounts.models import Account, Person, RosterEntry, Unit
from accounts.rules import ROSTER_AHEAD, ROSTER_SPAN
from accounts.services import authority

_RULE = "head_of_unit"


def set_on_roster(
    *,
    actor: Account,
    unit: Unit,
    person: Person,
    starts_on: date,
    ends_on: date,
    trail: Trail = NO_TRAIL,
) -> RosterEntry:
    """Put a person of the unit on its roster, from and to these days inclusive: the head, or who acts for him.

    A head of a unit of three puts himself on as well: what a duty clerk may not do in his own matter, the step of that
    matter asks. Raises NotYourUnit, NotOfUnit, BadDates, RosterTooLong, RosterTaken.
    """
    work = authority.acting(actor, trail)
    entry = RosterEntry(
        id=uuid4(),
        unit=unit,
        person=person,
        starts_on=starts_on,
        ends_on=ends_on,
        set_by_id=work.facts.person_id,
        set_at=work.at,
    )
    facts = {"person": str(person.pk), "unit": str(unit.pk), **_days(entry)}
    with work.change(actions.ROSTER_SET, entry, rule=_RULE, sealed=facts, subject=str(person.pk)):
        _require_head(work, unit)
        # Two who set at once see each other: the unit is held until the transaction ends.
        Unit.objects.select_for_update().get(pk=unit.pk)
        if ends_on < starts_on:
            raise BadDates
        if starts_on < work.day or ends_on - starts_on > ROSTER_SPAN or ends_on - work.day > ROSTER_AHEAD:
            raise RosterTooLong
        if not roster.candidates(unit, work.day).filter(pk=person.pk).exists():
            raise NotOfUnit
        if roster.entries(unit, starts_on, ends_on).exists():
            raise RosterTaken
        entry.save(force_insert=True)
    return entry


def strike_from_roster(*, actor: Account, entry: RosterEntry, trail: Trail = NO_TRAIL) -> None:
    """Take an entry off from today; it stays as struck, and days that are over stay as they were.

    Of one that has begun those days stand as an entry of their own: who falls ill in his fortnight is replaced for the
    rest of it. Raises NotYourUnit, AlreadyStruck.
    """
    work = authority.acting(actor, trail)
    facts = {"person": str(entry.person_id), "unit": str(entry.unit_id), **_days(entry)}
    with work.change(actions.ROSTER_STRIKE, entry, rule=_RULE, sealed=facts, subject=str(entry.person_id)):
        _require_head(work, entry.unit)
        row = RosterEntry.objects.select_for_update().get(pk=entry.pk)
        if row.struck_at is not None or row.ends_on < work.day:
            raise AlreadyStruck
        row.struck_by_id, row.struck_at = work.facts.person_id, work.at
        row.save(update_fields=["struck_by", "struck_at"])
        if row.starts_on < work.day:
            RosterEntry.objects.create(
                unit_id=row.unit_id,
                person_id=row.person_id,
                starts_on=row.starts_on,
                ends_on=work.day - timedelta(days=1),
                set_by_id=row.set_by_id,
                set_at=row.set_at,
            )


def _require_head(work: authority.Acting, unit: Unit) -> None:
    authority.require_sound(work.facts)
    if unit not in roster.headed_by(work.facts.person_id, work.day):
        raise NotYourUnit


def _days(entry: RosterEntry) -> dict[str, str]:
    return {"starts_on": entry.starts_on.isoformat(), "ends_on": entry.ends_on.isoformat()}
