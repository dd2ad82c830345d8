"""The calendar as pages show it: twelve small months, the days that differ from the week, and what changes moved."""

import calendar as months_of_python
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.dates import MONTHS_ALT, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Unit
from vault.workdays import due, selectors
from vault.workdays.models import DayState, Notice, NoticeDay, Recomputation, UnitDay, UnitWeek
from vault.workdays.notice_file import NamedDay
from vault.workdays.rules import OPEN_MARKS, Calendar, DayKind, Difference, Mark

HEADS = (
    gettext_lazy("Mo"),
    gettext_lazy("Tu"),
    gettext_lazy("We"),
    gettext_lazy("Th"),
    gettext_lazy("Fr"),
    gettext_lazy("Sa"),
    gettext_lazy("Su"),
)
# (what the cell says besides its number, what it means)
MARKS = {
    Mark.WORKING: ("", gettext_lazy("Working day")),
    Mark.OFF: ("", gettext_lazy("Day off")),
    Mark.HOLIDAY: (gettext_lazy("off"), gettext_lazy("Public holiday")),
    Mark.MAKE_UP: (gettext_lazy("work"), gettext_lazy("Make-up working day")),
    Mark.OPENED: (gettext_lazy("opens"), gettext_lazy("Opened by the unit")),
    Mark.SHUT: (gettext_lazy("shut"), gettext_lazy("Shut by the unit")),
    Mark.ON_HOLIDAY: (gettext_lazy("duty"), gettext_lazy("Open on a public holiday")),
    Mark.AT_WEEKEND: ("", gettext_lazy("Open at the weekend")),
}
KIND_LABELS = {
    DayKind.HOLIDAY: gettext_lazy("Public holiday"),
    DayKind.MAKE_UP: gettext_lazy("Make-up working day"),
}
STATE_LABELS = {
    DayState.OPEN: gettext_lazy("Opens"),
    DayState.SHUT: gettext_lazy("Stays shut"),
    DayState.USUAL: gettext_lazy("As usual again"),
}
OCCASION_LABELS = {
    "new_years_day": gettext_lazy("New Year's Day"),
    "spring_festival": gettext_lazy("Spring Festival"),
    "tomb_sweeping_day": gettext_lazy("Tomb-Sweeping Day"),
    "labour_day": gettext_lazy("Labour Day"),
    "dragon_boat_festival": gettext_lazy("Dragon Boat Festival"),
    "national_day": gettext_lazy("National Day"),
    "mid_autumn_festival": gettext_lazy("Mid-Autumn Festival"),
    "anti_fascist_70th_day": gettext_lazy("70th anniversary of the victory"),
}


def year_in_months(calendar: Calendar, year: int, today: date) -> list[dict[str, Any]]:
    """Twelve months of whole weeks; a place before the first or after the last day is None."""
    weeks = months_of_python.Calendar(firstweekday=0)
    return [
        {
            "name": MONTHS_ALT[month],
            "weeks": [
                [_cell(calendar, date(year, month, day), today) if day else None for day in week]
                for week in weeks.monthdayscalendar(year, month)
            ],
        }
        for month in range(1, 13)
    ]


def legend(calendar: Calendar, year: int) -> list[dict[str, Any]]:
    """Every kind of day of the year with its mark, its meaning and how many there are."""
    found: dict[Mark, int] = {}
    for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        mark = calendar.mark(date.fromordinal(number))
        found[mark] = found.get(mark, 0) + 1
    return [
        {"css": mark.value, "text": MARKS[mark][0], "label": MARKS[mark][1], "count": found[mark]}
        for mark in Mark
        if mark in found
    ]


def open_days(calendar: Calendar, year: int) -> int:
    """How many days of the year are open."""
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return sum(calendar.is_open(date.fromordinal(number)) for number in range(first, last + 1))


def special_days(calendar: Calendar, year: int, unit: Unit | None) -> list[dict[str, Any]]:
    """The days that a notice or the unit itself takes out of the week, as a table."""
    names = {day.day: name_of(day) for day in selectors.named_days(year)}
    reasons: dict[date, str] = {}
    for row in reversed(selectors.days_set(unit, year) if unit is not None else []):
        reasons[row.day] = row.reason if row.state != DayState.USUAL else ""
    found = []
    for day in sorted({*names, *(day for day, reason in reasons.items() if reason)}):
        mark = calendar.mark(day)
        found.append(
            {
                "day": day,
                "weekday": WEEKDAYS[day.weekday()],
                "label": MARKS[mark][1],
                "kind": "ok" if mark in OPEN_MARKS else "",
                "name": " · ".join(filter(None, (str(names.get(day, "")), reasons.get(day, "")))),
            }
        )
    return found


def name_of(day: NoticeDay) -> str:
    """What the notice calls the day."""
    return day.name or str(OCCASION_LABELS.get(day.occasion, day.occasion))


def notice_facts(notices: Sequence[Notice]) -> list[tuple[str, object]]:
    """Where the days of a year come from; the first of the notices is in force."""
    if not notices:
        return []
    notice = notices[0]
    if notice.imported_by is None:
        return [(_("Source"), _("Table of past notices that came with the system"))]
    facts = [
        (_("Notice"), notice.title),
        (_("Document number"), notice.document_no),
        (_("Put in force"), notice.imported_at),
        (_("By"), notice.imported_by.name),
    ]
    if len(notices) > 1:
        facts.append((_("Takes the place of"), _("%(count)s earlier") % {"count": len(notices) - 1}))
    return facts


def change_row(change: selectors.Change) -> dict[str, Any]:
    """A change of the calendar with what it moved."""
    made = change.made
    return {
        "when": made.made_at,
        "who": made.made_by.name,
        "what": _what(made),
        "result": ngettext(
            "%(moved)s of %(count)s open due date moved",
            "%(moved)s of %(count)s open due dates moved",
            made.examined,
        )
        % {"moved": made.moved, "count": made.examined},
        "kind": "soon" if made.moved else "",
        "moves": [
            {
                "label": due.label_of(move.provider),
                "unit_name": move.unit.name if move.unit is not None else "",
                "start": move.start,
                "before": move.before,
                "after": move.after,
            }
            for move in change.moves
        ],
        "more": change.more,
    }


def preview_moves(moved: Sequence[due.Moved], limit: int) -> list[dict[str, Any]]:
    """The due dates that a notice would move, at most so many, and of the listed rooms only."""
    units = {unit.pk: unit.name for unit in selectors.units()}
    return [
        {
            "label": one.provider.label,
            "unit_name": units.get(move.due.unit_id, "") if move.due.unit_id else "",
            "start": move.due.term.start,
            "before": move.due.effective,
            "after": move.effective,
        }
        for one in moved
        if one.provider.is_listed
        for move in one.moves
    ][:limit]


def difference_row(difference: Difference, names: dict[date, NamedDay]) -> dict[str, Any]:
    """What becomes of a day."""
    week = WEEKDAYS[difference.day.weekday()]
    named = names.get(difference.day)
    return {
        "day": difference.day,
        "weekday": week,
        "before": KIND_LABELS[difference.before] if difference.before else _("as the week has it"),
        "after": KIND_LABELS[difference.after] if difference.after else _("as the week has it"),
        "name": named.name if named else "",
    }


def week_row(week: UnitWeek) -> dict[str, Any]:
    """A week that was set for a unit."""
    open_on = [str(WEEKDAYS[day]) for day in sorted(selectors.days_of(week))]
    return {
        "starts_on": week.starts_on,
        "open_on": "、".join(open_on),
        "holidays": _("open on public holidays too") if week.open_on_holidays else "",
        "who": week.set_by.name,
        "when": week.set_at,
    }


def day_row(day: UnitDay) -> dict[str, Any]:
    """A single day that was set for a unit."""
    return {
        "day": day.day,
        "label": STATE_LABELS[DayState(day.state)],
        "reason": day.reason,
        "who": day.set_by.name,
        "when": day.set_at,
    }


def _cell(calendar: Calendar, day: date, today: date) -> dict[str, Any]:
    mark = calendar.mark(day)
    text, label = MARKS[mark]
    return {"number": day.day, "css": mark.value, "text": text, "label": label, "today": day == today}


def _what(made: Recomputation) -> str:
    if made.notice is not None:
        return _("Notice of %(year)s: %(document)s") % {
            "year": made.notice.year,
            "document": made.notice.document_no,
        }
    if made.week is not None:
        return _("Week of %(unit)s from %(day)s") % {
            "unit": made.week.unit.name,
            "day": made.week.starts_on.isoformat(),
        }
    if made.single is not None:
        return _("%(unit)s on %(day)s: %(state)s") % {
            "unit": made.single.unit.name,
            "day": made.single.day.isoformat(),
            "state": STATE_LABELS[DayState(made.single.state)],
        }
    return ""
