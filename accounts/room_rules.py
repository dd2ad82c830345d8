"""Secure reading rooms: when each kind of inspection is due (rule book 10.1(4), RR-09). Pure; no Django."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from accounts.rules import Duty, gettext_noop
from accounts.terminal_rules import CheckResult

LONGEST_INTERVAL = 366
MOST_PLACES = 200
# How long before its last day an inspection stands on the worklists.
INSPECTION_SOON = timedelta(days=14)


class InspectionKind(StrEnum):
    """What is looked at: the technical protection of the room, or how it is used."""

    TECHNICAL = "technical"
    SECURITY = "security"


# Both duties exclude a keeper's (`accounts.rules.EXCLUSIONS`): nobody inspects the room that he keeps.
INSPECTORS: dict[InspectionKind, Duty] = {
    InspectionKind.TECHNICAL: Duty.SYSTEM_OFFICER,
    InspectionKind.SECURITY: Duty.SECURITY_OFFICER,
}


class Late(StrEnum):
    """Why an inspection is asked for at once."""

    NEVER = "never"
    FAILED = "failed"
    OVERDUE = "overdue"


LATE_NAMES: dict[Late, str] = {
    Late.NEVER: gettext_noop("Never inspected"),
    Late.FAILED: gettext_noop("Inspection failed"),
    Late.OVERDUE: gettext_noop("Inspection overdue"),
}


@dataclass(frozen=True)
class LastInspection:
    """The latest of a kind."""

    done_on: date
    result: CheckResult


@dataclass(frozen=True)
class Due:
    """An inspection of one kind: the last day on which the next is in time, and why it is asked for at once."""

    kind: InspectionKind
    on: date
    late: Late | None

    def is_soon(self, day: date) -> bool:
        """Whether it stands on the worklists, late or not."""
        return self.late is not None or self.on <= day + INSPECTION_SOON


def due(kind: InspectionKind, last: LastInspection | None, *, every: int, since: date, day: date) -> Due:
    """When the next inspection of a kind is due; the last day still counts. The first is due on the day `since`.

    One that lies ahead is none: a clock was set back.
    """
    if last is None or last.done_on > day:
        return Due(kind, since, Late.NEVER)
    if last.result is CheckResult.FAILED:
        return Due(kind, last.done_on, Late.FAILED)
    on = last.done_on + timedelta(days=every)
    return Due(kind, on, Late.OVERDUE if on < day else None)


def unfit(found: Iterable[Due], day: date) -> Due | None:
    """The inspection that keeps a room from use on a day: failed, or its last day is over (10.1(4), as RR-02 has it of
    terminals). A room is used on the day on which it is registered, and inspected by then.
    """
    return next((one for one in found if one.late is Late.FAILED or one.on < day), None)


def all_due(
    lasts: Mapping[InspectionKind, LastInspection], *, every: int, since: date, day: date
) -> tuple[Due, ...]:
    """Both kinds, the one that is due first before the other."""
    found = [due(kind, lasts.get(kind), every=every, since=since, day=day) for kind in InspectionKind]
    return tuple(sorted(found, key=lambda one: one.on))
