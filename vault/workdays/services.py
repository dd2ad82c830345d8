"""Changes of the calendar: each moves every open due date that rooms registered, in its own transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Person, Unit
from audit import clock, outbox
from audit.events import ObjectFacts
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.journal import change
from vault.authorization.permit import Permit
from vault.workdays import due, errors, rules, selectors
from vault.workdays.models import DayState, DueMove, Notice, NoticeDay, Recomputation, UnitDay, UnitWeek
from vault.workdays.notice_file import Table
from vault.workdays.rules import Difference, NeverOpen, Week


@dataclass(frozen=True)
class Preview:
    """What a notice would do: the days it changes, the due dates it moves; `seen` is what it was held against."""

    differences: tuple[Difference, ...]
    moved: tuple[due.Moved, ...]
    seen: int

    @property
    def examined(self) -> int:
        """How many open due dates there are."""
        return sum(one.examined for one in self.moved)

    @property
    def moves(self) -> int:
        """How many of them would move."""
        return sum(len(one.moves) for one in self.moved)


def preview(year: int, table: Table) -> Preview:
    """Dry run: nothing is stored. Raises RowsWrong, NothingNew, AlwaysShut."""
    before = selectors.notice_of(year)
    changed = _changed(before, table)
    # Rooms lock what they yield, which takes a transaction.
    with transaction.atomic():
        moved = _moves(selectors.reader({year: table.kinds}))
    return Preview(tuple(changed), tuple(moved), before.number if before is not None else 0)


def import_notice(
    *, context: Context, year: int, title: str, document_no: str, table: Table, seen: int
) -> Recomputation:
    """Put a notice in force, in place of an earlier one of its year; whole or not at all.

    `seen` is the number of the notice that it was checked against. Raises RowsWrong, ChangedMeanwhile, NothingNew,
    AlwaysShut, Refused, AuditUnavailable.
    """
    permit = gate.authorize(
        context, Action.MANAGE_CALENDAR, sealed={"year": str(year), "document": document_no, "title": title}
    )
    with change(permit.event, errors.WorkdaysError):
        selectors.hold()
        before = selectors.notice_of(year)
        if (before.number if before is not None else 0) != seen:
            raise errors.ChangedMeanwhile
        _changed(before, table)
        now = clock.now()
        notice = Notice.objects.create(
            year=year,
            number=seen + 1,
            title=title,
            document_no=document_no,
            imported_by=_person(context),
            imported_at=now,
        )
        NoticeDay.objects.bulk_create(
            NoticeDay(notice=notice, day=day.day, kind=day.kind, name=day.name or None) for day in table.days
        )
        made = _recompute(context, now, notice=notice)
        _told(permit, ObjectFacts("calendar_year", str(year), version=str(notice.number)), made)
    return made


def set_week(
    *, context: Context, unit: Unit, starts_on: date, weekdays: Iterable[int], open_on_holidays: bool
) -> Recomputation:
    """From a day on, on which weekdays (Monday is 0) a unit opens; a later call holds over an earlier one.

    Raises AlwaysShut for a week without an open day, SameAsBefore, Refused, AuditUnavailable.
    """
    week = Week(starts_on, frozenset(weekdays), open_on_holidays)
    permit = gate.authorize(context, Action.MANAGE_CALENDAR, sealed={"unit": str(unit.pk)})
    with change(permit.event, errors.WorkdaysError):
        if not week.weekdays:
            raise errors.AlwaysShut
        selectors.hold()
        known = selectors.weeks_of(unit.pk)
        if known and known[-1] == week:
            raise errors.SameAsBefore
        now = clock.now()
        row = UnitWeek.objects.create(
            unit=unit,
            number=len(known) + 1,
            starts_on=starts_on,
            weekdays=sum(1 << day for day in week.weekdays),
            open_on_holidays=open_on_holidays,
            set_by=_person(context),
            set_at=now,
        )
        made = _recompute(context, now, week=row)
        _told(permit, ObjectFacts("unit_calendar", str(unit.pk), version=str(row.number)), made)
    return made


def set_day(*, context: Context, unit: Unit, day: date, state: DayState, reason: str) -> Recomputation:
    """Open or shut one day of a unit, or take that back, with the reason.

    Raises AlwaysShut, SameAsBefore, Refused, AuditUnavailable.
    """
    permit = gate.authorize(
        context,
        Action.MANAGE_CALENDAR,
        sealed={"unit": str(unit.pk), "day": day.isoformat(), "reason": reason},
    )
    with change(permit.event, errors.WorkdaysError):
        selectors.hold()
        now_open = selectors.singles_of(unit.pk).get(day)
        wanted = {DayState.OPEN: True, DayState.SHUT: False, DayState.USUAL: None}[state]
        if now_open is wanted:
            raise errors.SameAsBefore
        now = clock.now()
        row = UnitDay.objects.create(
            unit=unit,
            number=UnitDay.objects.filter(unit=unit).count() + 1,
            day=day,
            state=state,
            reason=reason,
            set_by=_person(context),
            set_at=now,
        )
        made = _recompute(context, now, single=row)
        _told(permit, ObjectFacts("unit_calendar", str(unit.pk), version=f"day {row.number}"), made)
    return made


def _recompute(
    context: Context,
    now: datetime,
    *,
    notice: Notice | None = None,
    week: UnitWeek | None = None,
    single: UnitDay | None = None,
) -> Recomputation:
    """Move what falls on another day now. Runs inside the change's transaction, the calendar held."""
    found = _moves(selectors.reader())
    made = Recomputation.objects.create(
        notice=notice,
        week=week,
        single=single,
        examined=sum(one.examined for one in found),
        moved=sum(len(one.moves) for one in found),
        made_by=_person(context),
        made_at=now,
    )
    because = due.Because(made.pk, made.made_by, now)
    for one in found:
        if not one.moves:
            continue
        DueMove.objects.bulk_create(
            DueMove(
                recomputation=made,
                provider=one.provider.name,
                due_id=move.due.id,
                unit_id=move.due.unit_id,
                start=move.due.term.start,
                before=move.due.effective,
                after=move.effective,
            )
            for move in one.moves
        )
        one.provider.move(one.moves, because)
    return made


def _moves(calendar_of: due.Reader) -> list[due.Moved]:
    try:
        return list(due.moves(calendar_of))
    except NeverOpen:
        raise errors.AlwaysShut from None


def _told(permit: Permit, about: ObjectFacts, made: Recomputation) -> None:
    outbox.outcome(
        permit.event,
        "granted",
        object=about,
        sealed={"examined": made.examined, "moved": made.moved},
        subject=permit.actor.person,
    )


def _person(context: Context) -> Person:
    return Person.objects.get(pk=context.actor.person)


def _changed(before: Notice | None, table: Table) -> list[Difference]:
    if table.wrong:
        raise errors.RowsWrong
    found = rules.differences(selectors.kinds_of(before), table.kinds)
    if before is not None and not found and _names(before) == {day.day: day.name for day in table.days}:
        raise errors.NothingNew
    return found


def _names(notice: Notice) -> dict[date, str]:
    """What a notice calls each day; of the table of past years the code."""
    return {day.day: day.name or day.occasion for day in notice.days.all()}
