"""Secure reading rooms: who keeps and who inspects them, what is refused (rule book 10.1(4), RR-09)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import errors, rooms, services
from accounts.models import Account, RoomInspection, SecureRoom, Terminal
from accounts.room_rules import InspectionKind, Late
from accounts.rules import Duty
from accounts.terminal_rules import CheckResult
from audit import clock
from tests.accounts.granting import last_outcome
from tests.accounts.people import Organisation, make_appointment, make_unit, today
from tests.support.terminals import register

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
PASSED, FAILED = CheckResult
TECHNICAL, SECURITY = InspectionKind


def make(org: Organisation, **changed: object) -> SecureRoom:
    given = {
        "actor": org.system,
        "code": "BMS-1",
        "name": "保密室一",
        "unit": org.hall,
        "capacity": 4,
        "inspect_every": 30,
    }
    return services.register_room(**given | changed)


def inspected(org: Organisation, room: SecureRoom, days_ago: int, **changed: object) -> RoomInspection:
    given = {
        "actor": org.system,
        "room": room,
        "kind": TECHNICAL,
        "done_on": today() - timedelta(days=days_ago),
        "result": PASSED,
    }
    return services.inspect_room(**given | changed)


def late(room: SecureRoom) -> dict[InspectionKind, Late | None]:
    return {due.kind: due.late for due in rooms.standing(room.pk, today()).due}


def test_keepers_are_whoever_holds_the_duty_at_its_unit_or_above(org: Organisation) -> None:
    """RR-01: a keeper of another hall keeps nothing here, nor does one whose term is over or who cannot act."""
    room, other = make(org), make_unit(parent=org.company)
    here, above, elsewhere, over, gone = (
        org.add(Duty.ROOM_KEEPER, unit) for unit in (org.hall, org.company, other, org.hall, org.hall)
    )
    over.person.appointments.update(ends_on=today() - timedelta(days=1))
    gone.suspended_at = clock.now()
    gone.save()
    at = clock.now()
    assert set(rooms.keepers_of(room, at)) == {here.person, above.person}
    for account, keeps in ((here, True), (above, True), (elsewhere, False), (over, False), (gone, False)):
        assert rooms.is_keeper(account.person_id, room, at) is keeps
    assert not rooms.is_keeper(None, room, at)
    assert not rooms.is_keeper(org.system.person_id, room, at)


def test_both_inspections_are_due_at_once_and_each_by_itself(org: Organisation) -> None:
    """RR-09: overdue, failed and never inspected stand before what is due within the fortnight."""
    room = make(org)
    assert late(room) == {TECHNICAL: Late.NEVER, SECURITY: Late.NEVER}
    inspected(org, room, 20)
    assert late(room) == {TECHNICAL: None, SECURITY: Late.NEVER}
    inspected(org, room, 0, actor=org.security, kind=SECURITY, result=FAILED, note="门锁损坏")
    assert late(room) == {TECHNICAL: None, SECURITY: Late.FAILED}
    found = rooms.due_soon(rooms.standings(today()), today())
    assert [(one.code, due.kind) for one, due in found] == [("BMS-1", SECURITY), ("BMS-1", TECHNICAL)]
    inspected(org, room, 0, actor=org.security, kind=SECURITY)
    inspected(org, room, 0)
    assert late(room) == {TECHNICAL: None, SECURITY: None}
    assert rooms.due_soon(rooms.standings(today()), today()) == []
    services.close_room(actor=org.system, room=room, reason="装修")
    assert rooms.standing(room.pk, today()).due == ()


@pytest.mark.parametrize("kind", InspectionKind)
def test_nobody_inspects_the_room_that_he_keeps(org: Organisation, kind: InspectionKind) -> None:
    """RR-09, AD-02: an officer is no keeper; rows put in by another road make him neither."""
    room, actor = make(org), {TECHNICAL: org.system, SECURITY: org.security}[kind]
    make_appointment(actor.person, Duty.ROOM_KEEPER, org.hall)
    with pytest.raises(errors.ExclusiveDuties):
        inspected(org, room, 0, actor=actor, kind=kind)
    assert not room.inspections.exists()


def test_a_terminal_is_put_into_a_room_once(org: Organisation) -> None:
    """RR-01"""
    room, other, terminal = make(org), make(org, code="BMS-2"), register(org.system)
    assert rooms.room_of(terminal.pk) is None
    assert list(rooms.unplaced()) == [terminal]
    services.place_terminal(actor=org.system, room=room, terminal=terminal)
    assert rooms.room_of(terminal.pk) == room
    assert list(rooms.terminals_in(room)) == [terminal]
    assert list(rooms.unplaced()) == []
    with pytest.raises(errors.TerminalPlaced):
        services.place_terminal(actor=org.system, room=other, terminal=terminal)
    assert rooms.room_of(terminal.pk) == room


def test_a_keeper_enrols_only_what_stands_in_a_room_of_his(org: Organisation) -> None:
    """RR-03: or in none yet."""
    room, terminal = make(org), register(org.system)
    stranger, keeper = (org.add(Duty.ROOM_KEEPER, unit) for unit in (make_unit(parent=org.company), org.hall))
    code = services.issue_code(actor=org.system, terminal=terminal)
    services.enrol(actor=stranger, code=code)
    services.place_terminal(actor=org.system, room=room, terminal=terminal)
    code = services.issue_code(actor=org.system, terminal=terminal)
    with pytest.raises(errors.DutyMissing):
        services.enrol(actor=stranger, code=code)
    # Refused, the code is not used up: the change was undone.
    assert services.enrol(actor=keeper, code=code).terminal == terminal


def test_places_interval_and_readers_are_changed(org: Organisation) -> None:
    room = make(org)
    services.change_room(actor=org.system, room=room, capacity=8, inspect_every=10, two_readers=True)
    row = SecureRoom.objects.get()
    assert (row.capacity, row.inspect_every, row.two_readers) == (8, 10, True)


Change = Callable[[Organisation, SecureRoom], object]
REFUSED: dict[str, tuple[type[errors.AccountsError], Change]] = {
    "code of no form": (errors.BadRoomCode, lambda org, _: make(org, code="一号")),
    "code of another": (errors.RoomCodeTaken, lambda org, _: make(org, code="bms-1")),
    "no name": (errors.RoomIncomplete, lambda org, _: make(org, code="B2", name=" ")),
    "no place": (errors.RoomIncomplete, lambda org, _: make(org, code="B2", capacity=0)),
    "too many places": (errors.RoomIncomplete, lambda org, _: make(org, code="B2", capacity=201)),
    "never inspected": (
        errors.InspectionIntervalRefused,
        lambda org, _: make(org, code="B2", inspect_every=0),
    ),
    "inspected too rarely": (
        errors.InspectionIntervalRefused,
        lambda org, room: services.change_room(
            actor=org.system, room=room, capacity=1, inspect_every=367, two_readers=False
        ),
    ),
    "inspection ahead": (errors.InspectionAhead, lambda org, room: inspected(org, room, -1)),
    "inspection behind a later one": (errors.InspectionBehind, lambda org, room: inspected(org, room, 11)),
    "failed and no word of it": (
        errors.FindingsMissing,
        lambda org, room: inspected(org, room, 0, result=FAILED, note=" "),
    ),
    "closed without a reason": (
        errors.TerminalReasonMissing,
        lambda org, room: services.close_room(actor=org.system, room=room, reason=" "),
    ),
    "reopened while open": (
        errors.RoomAsBefore,
        lambda org, room: services.reopen_room(actor=org.system, room=room, reason="x"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_changes_nothing_and_stands_in_the_log(org: Organisation, case: str) -> None:
    refusal, change = REFUSED[case]
    room = make(org)
    inspected(org, room, 10)
    before = _rows()
    with pytest.raises(refusal):
        change(org, room)
    assert _rows() == before
    assert last_outcome() == ("denied", refusal.code)


def test_nothing_is_done_in_a_closed_room(org: Organisation) -> None:
    room, terminal = make(org), register(org.system)
    services.close_room(actor=org.system, room=room, reason="装修")
    for act in (
        lambda: inspected(org, room, 0),
        lambda: services.place_terminal(actor=org.system, room=room, terminal=terminal),
        lambda: services.change_room(
            actor=org.system, room=room, capacity=1, inspect_every=1, two_readers=False
        ),
    ):
        with pytest.raises(errors.RoomClosed):
            act()
    services.reopen_room(actor=org.system, room=room, reason="完工")
    assert inspected(org, room, 0).pk


@pytest.mark.parametrize("wrong", ["security", "auditor", "leader", "clerk"])
def test_nobody_but_the_system_officer_keeps_the_register(org: Organisation, wrong: str) -> None:
    """AD-01; and the technical inspection is his, the other the security officer's."""
    room, terminal, actor = make(org), register(org.system), getattr(org, wrong)
    before = _rows()
    for change in _each(actor, org, room, terminal):
        with pytest.raises(errors.DutyMissing):
            change()
        assert last_outcome() == ("denied", "duty_missing")
    assert _rows() == before
    with pytest.raises(errors.DutyMissing):
        inspected(org, room, 0, kind=SECURITY)


def _each(
    actor: Account, org: Organisation, room: SecureRoom, terminal: Terminal
) -> list[Callable[[], object]]:
    return [
        lambda: make(org, actor=actor, code="B2"),
        lambda: services.change_room(actor=actor, room=room, capacity=1, inspect_every=1, two_readers=False),
        lambda: services.close_room(actor=actor, room=room, reason="x"),
        lambda: services.reopen_room(actor=actor, room=room, reason="x"),
        lambda: services.place_terminal(actor=actor, room=room, terminal=terminal),
        lambda: inspected(org, room, 0, actor=actor),
    ]


def test_rows_are_evidence(org: Organisation) -> None:
    """architecture.md section 4: an inspection stays as written, a room what it was registered as."""
    room = make(org)
    inspected(org, room, 0)
    for model, change in (
        (RoomInspection, {"result": FAILED}),
        (SecureRoom, {"code": "B9"}),
        (SecureRoom, {"unit": org.company}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)
    for model in (RoomInspection, SecureRoom):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')


def _rows() -> list[object]:
    return [
        list(
            SecureRoom.objects.order_by("pk").values("pk", "code", "capacity", "inspect_every", "closed_at")
        ),
        list(RoomInspection.objects.order_by("pk").values("pk")),
        list(Terminal.objects.values("secure_room")),
    ]
