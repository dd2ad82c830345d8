"""Reads of secure reading rooms: who keeps each, what stands in it, which inspection is due (RR-09)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts import selectors
from accounts.models import Appointment, Person, RoomInspection, SecureRoom, Terminal
from accounts.room_rules import Due, InspectionKind, LastInspection, all_due, unfit
from accounts.rules import Duty, local_day
from accounts.terminal_rules import CheckResult, TerminalState


@dataclass(frozen=True)
class RoomStanding:
    """A room as it stands on a day; `due` has both kinds of inspection, none for a closed room."""

    room: SecureRoom
    due: tuple[Due, ...]

    def is_in_order(self, day: date) -> bool:
        """Whether it is open and no inspection of it is overdue or failed on that day."""
        return self.room.is_open and unfit(self.due, day) is None


def room_of(terminal_id: UUID) -> SecureRoom | None:
    """The room in which a terminal stands."""
    found = Terminal.objects.select_related("secure_room__unit").filter(pk=terminal_id).first()
    return found.secure_room if found is not None else None


def keepers_of(room: SecureRoom, at: datetime) -> QuerySet[Person]:
    """Who keeps the room: whoever holds the duty at its unit or above it and can act."""
    kept = Appointment.objects.filter(
        person=OuterRef("pk"), duty=Duty.ROOM_KEEPER, unit__in=selectors.ancestor_ids(room.unit)
    )
    return selectors.holders(Duty.ROOM_KEEPER, at, usable=True).filter(Exists(kept.in_force(local_day(at))))


def is_keeper(person_id: UUID | None, room: SecureRoom, at: datetime) -> bool:
    """Whether somebody keeps the room at an instant."""
    return person_id is not None and keepers_of(room, at).filter(pk=person_id).exists()


def standing(room_id: UUID, day: date) -> RoomStanding | None:
    """One room; None where there is none."""
    return next(iter(_stand(_rooms().filter(pk=room_id), day)), None)


def standings(day: date) -> list[RoomStanding]:
    """All rooms by code, closed ones last."""
    return sorted(_stand(_rooms().order_by("code"), day), key=lambda one: not one.room.is_open)


def due_soon(found: Iterable[RoomStanding], day: date) -> list[tuple[SecureRoom, Due]]:
    """RR-09: what is overdue, failed or was never done, then what is due within the fortnight."""
    rows = [(one.room, due) for one in found for due in one.due if due.is_soon(day)]
    return sorted(rows, key=lambda row: (row[1].late is None, row[1].on, row[0].code))


def kept_by(person_id: UUID | None, found: Iterable[RoomStanding], at: datetime) -> list[RoomStanding]:
    """Those that somebody keeps."""
    return [one for one in found if is_keeper(person_id, one.room, at)]


def inspections(room: SecureRoom) -> QuerySet[RoomInspection]:
    """Its inspections, the latest first."""
    rows = RoomInspection.objects.filter(room=room).select_related("inspector")
    return rows.order_by("-done_on", "-recorded_at", "pk")


def terminals_in(room: SecureRoom) -> QuerySet[Terminal]:
    """What stands in it, withdrawn ones left out."""
    return Terminal.objects.filter(secure_room=room).exclude(state=TerminalState.WITHDRAWN).order_by("number")


def unplaced() -> QuerySet[Terminal]:
    """Terminals in use that stand in no room yet."""
    rows = Terminal.objects.filter(secure_room__isnull=True).exclude(state=TerminalState.WITHDRAWN)
    return rows.order_by("number")


def _rooms() -> QuerySet[SecureRoom]:
    return SecureRoom.objects.select_related("unit", "registered_by")


def _stand(rooms: QuerySet[SecureRoom], day: date) -> list[RoomStanding]:
    """In two queries, however many there are."""
    found = list(rooms)
    lasts: dict[UUID, dict[InspectionKind, LastInspection]] = {}
    for row in RoomInspection.objects.filter(room__in=found).order_by("-done_on", "-recorded_at", "pk"):
        last = LastInspection(row.done_on, CheckResult(row.result))
        lasts.setdefault(row.room_id, {}).setdefault(InspectionKind(row.kind), last)
    return [
        RoomStanding(
            one,
            all_due(
                lasts.get(one.pk, {}),
                every=one.inspect_every,
                since=local_day(one.registered_at),
                day=day,
            )
            if one.is_open
            else (),
        )
        for one in found
    ]
