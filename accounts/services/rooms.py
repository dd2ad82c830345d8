"""The register of secure reading rooms, and their inspections (rule book 10.1(4), RR-09)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts import actions
from accounts.errors import (
    BadRoomCode,
    FindingsMissing,
    InspectionAhead,
    InspectionBehind,
    InspectionIntervalRefused,
    RoomAsBefore,
    RoomClosed,
    RoomCodeTaken,
    RoomIncomplete,
    TerminalPlaced,
    TerminalReasonMissing,
    UnitClosed,
)
from accounts.journal import NO_TRAIL, Trail, duty_rule
from accounts.models import Account, RoomInspection, SecureRoom, Terminal, Unit
from accounts.room_rules import INSPECTORS, LONGEST_INTERVAL, MOST_PLACES, InspectionKind
from accounts.rules import Duty
from accounts.services import authority
from accounts.terminal_rules import CheckResult, TerminalState, is_number, normalise_number

_RULE = duty_rule(Duty.SYSTEM_OFFICER)


def register_room(
    *,
    actor: Account,
    code: str,
    name: str,
    unit: Unit,
    capacity: int,
    inspect_every: int,
    two_readers: bool = False,
    trail: Trail = NO_TRAIL,
) -> SecureRoom:
    """Put a room on the register; its first inspections are due the same day.

    Raises DutyMissing, BadRoomCode, RoomCodeTaken, RoomIncomplete, InspectionIntervalRefused, UnitClosed.
    """
    work = authority.acting(actor, trail)
    room = SecureRoom(
        id=uuid4(),
        code=normalise_number(code),
        name=name.strip(),
        unit=unit,
        capacity=capacity,
        two_readers=two_readers,
        inspect_every=inspect_every,
        registered_by_id=work.facts.person_id,
        registered_at=work.at,
    )
    facts = {"code": room.code, "unit": str(unit.pk), **_settings(room)}
    with work.change(actions.ROOM_REGISTER, room, rule=_RULE, sealed=facts):
        work.require(Duty.SYSTEM_OFFICER)
        if not is_number(room.code):
            raise BadRoomCode
        if not room.name:
            raise RoomIncomplete
        _require_bounded(room)
        if unit.closed_on is not None and unit.closed_on <= work.day:
            raise UnitClosed
        try:
            with transaction.atomic():
                room.save(force_insert=True)
        except IntegrityError as error:
            raise RoomCodeTaken from error
    return room


def change_room(
    *,
    actor: Account,
    room: SecureRoom,
    capacity: int,
    inspect_every: int,
    two_readers: bool,
    trail: Trail = NO_TRAIL,
) -> None:
    """Its places, the interval of its inspections, and whether two readers must be there; the log keeps each.

    Raises DutyMissing, RoomIncomplete, InspectionIntervalRefused, RoomClosed.
    """
    work = authority.acting(actor, trail)
    wanted = SecureRoom(capacity=capacity, inspect_every=inspect_every, two_readers=two_readers)
    with _held(work, room, actions.ROOM_CHANGE, _settings(wanted)) as held:
        _require_bounded(wanted)
        if not held.is_open:
            raise RoomClosed
        held.capacity, held.inspect_every, held.two_readers = capacity, inspect_every, two_readers
        held.save(update_fields=["capacity", "inspect_every", "two_readers"])


def close_room(*, actor: Account, room: SecureRoom, reason: str, trail: Trail = NO_TRAIL) -> None:
    """Nothing is read in it any more. Raises DutyMissing, RoomAsBefore, TerminalReasonMissing."""
    work = authority.acting(actor, trail)
    with _held(work, room, actions.ROOM_CLOSE, {"reason": reason.strip()}) as held:
        _require_reason(reason)
        if not held.is_open:
            raise RoomAsBefore
        held.closed_at = work.at
        held.save(update_fields=["closed_at"])


def reopen_room(*, actor: Account, room: SecureRoom, reason: str, trail: Trail = NO_TRAIL) -> None:
    """In use again. Raises DutyMissing, RoomAsBefore, TerminalReasonMissing."""
    work = authority.acting(actor, trail)
    with _held(work, room, actions.ROOM_REOPEN, {"reason": reason.strip()}) as held:
        _require_reason(reason)
        if held.is_open:
            raise RoomAsBefore
        held.closed_at = None
        held.save(update_fields=["closed_at"])


def place_terminal(*, actor: Account, room: SecureRoom, terminal: Terminal, trail: Trail = NO_TRAIL) -> None:
    """Say in which room a terminal stands, once. Raises DutyMissing, RoomClosed, TerminalPlaced."""
    work = authority.acting(actor, trail)
    with _held(work, room, actions.ROOM_PLACE, {"terminal": str(terminal.pk)}) as held:
        if not held.is_open:
            raise RoomClosed
        row = Terminal.objects.select_for_update().get(pk=terminal.pk)
        if row.secure_room_id is not None or row.state == TerminalState.WITHDRAWN:
            raise TerminalPlaced
        row.secure_room = held
        row.save(update_fields=["secure_room"])


def inspect_room(
    *,
    actor: Account,
    room: SecureRoom,
    kind: InspectionKind,
    done_on: date,
    result: CheckResult,
    note: str = "",
    trail: Trail = NO_TRAIL,
) -> RoomInspection:
    """Record an inspection by whoever made it: the technical one is the system officer's, the other the security
    officer's. Neither keeps a room: the duties exclude each other.

    Raises DutyMissing, RoomClosed, InspectionAhead, InspectionBehind, FindingsMissing.
    """
    work = authority.acting(actor, trail)
    duty = INSPECTORS[kind]
    made = RoomInspection(
        id=uuid4(),
        room=room,
        kind=kind,
        done_on=done_on,
        result=result,
        note=note.strip(),
        inspector_id=work.facts.person_id,
        recorded_at=work.at,
    )
    facts = {"kind": kind.value, "done_on": done_on.isoformat(), "result": result.value}
    with work.change(actions.ROOM_INSPECT, room, rule=duty_rule(duty), sealed=facts):
        work.require(duty)
        held = SecureRoom.objects.select_for_update().get(pk=room.pk)
        if not held.is_open:
            raise RoomClosed
        if done_on > work.day:
            raise InspectionAhead
        if held.inspections.filter(kind=kind, done_on__gt=done_on).exists():
            raise InspectionBehind
        if result is CheckResult.FAILED and not made.note:
            raise FindingsMissing
        made.save(force_insert=True)
    return made


@contextmanager
def _held(
    work: authority.Acting, room: SecureRoom, action: str, facts: dict[str, object]
) -> Iterator[SecureRoom]:
    """One journalled step of the system officer on the room's row, held until the transaction ends."""
    with work.change(action, room, rule=_RULE, sealed=facts):
        work.require(Duty.SYSTEM_OFFICER)
        yield SecureRoom.objects.select_for_update().get(pk=room.pk)


def _require_bounded(room: SecureRoom) -> None:
    if not 1 <= room.capacity <= MOST_PLACES:
        raise RoomIncomplete
    if not 1 <= room.inspect_every <= LONGEST_INTERVAL:
        raise InspectionIntervalRefused


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise TerminalReasonMissing


def _settings(room: SecureRoom) -> dict[str, object]:
    return {"capacity": room.capacity, "every": room.inspect_every, "two_readers": room.two_readers}
