"""A unit's own week and days: what they change, what they move, and that nothing is written over."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from tests.support.archive import Archive
from tests.workdays.room import Room
from vault.authorization.context import of_account
from vault.authorization.errors import Refused
from vault.workdays import due, errors, evidence, selectors, services
from vault.workdays.models import DayState, Recomputation, UnitDay, UnitWeek
from vault.workdays.rules import Mark, Term

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

FROM = date(2026, 1, 1)
SUNDAY = date(2026, 7, 5)


def open_every_day(archive: Archive, **changes: object) -> Recomputation:
    return services.set_week(
        **{
            "context": of_account(archive.system),
            "unit": archive.hall,
            "starts_on": FROM,
            "weekdays": range(7),
            "open_on_holidays": False,
            **changes,
        }
    )


def say(archive: Archive, state: DayState, day: date = SUNDAY) -> Recomputation:
    return services.set_day(
        context=of_account(archive.system), unit=archive.hall, day=day, state=state, reason="停水检修"
    )


def test_a_hall_that_opens_on_sundays_has_its_due_dates_there_and_others_keep_theirs(
    archive: Archive, room: Room
) -> None:
    """P-22"""
    hall = room.owe("2026-07-05", "2026-07-06", unit=archive.hall.pk)
    company = room.owe("2026-07-05", "2026-07-06")
    other = room.owe("2026-07-05", "2026-07-06", unit=archive.other_hall.pk)
    made = open_every_day(archive)
    assert room.effective(hall) == "2026-07-05"
    assert room.effective(company) == room.effective(other) == "2026-07-06"
    assert (made.examined, made.moved) == (3, 1)
    assert due.set_down(Term(SUNDAY), archive.hall.pk) == SUNDAY


def test_one_day_is_shut_and_opened_again_and_the_due_date_follows(archive: Archive, room: Room) -> None:
    """P-22: what is taken back is a new row; both stay."""
    open_every_day(archive)
    owed = room.owe("2026-07-05", "2026-07-05", unit=archive.hall.pk)
    say(archive, DayState.SHUT)
    assert room.effective(owed) == "2026-07-06"
    assert selectors.calendar(archive.hall.pk).mark(SUNDAY) is Mark.SHUT
    say(archive, DayState.USUAL)
    assert room.effective(owed) == "2026-07-05"
    assert selectors.singles_of(archive.hall.pk) == {}
    assert list(UnitDay.objects.order_by("number").values_list("number", "state")) == [
        (1, "shut"),
        (2, "usual"),
    ]


def test_what_is_said_twice_is_refused(archive: Archive, room: Room) -> None:
    open_every_day(archive)
    say(archive, DayState.SHUT)
    with pytest.raises(errors.SameAsBefore):
        open_every_day(archive)
    with pytest.raises(errors.SameAsBefore):
        say(archive, DayState.SHUT)
    with pytest.raises(errors.SameAsBefore):
        say(archive, DayState.USUAL, date(2026, 7, 6))
    assert (UnitWeek.objects.count(), UnitDay.objects.count(), Recomputation.objects.count()) == (1, 1, 2)


def test_a_week_without_an_open_day_is_refused(archive: Archive) -> None:
    with pytest.raises(errors.AlwaysShut):
        open_every_day(archive, weekdays=[])
    assert not UnitWeek.objects.exists()


def test_a_calendar_by_which_a_due_date_never_comes_is_refused(archive: Archive, room: Room) -> None:
    """The room's date is what finds it out; the change is undone."""
    owed = room.owe("2026-07-05", "2026-07-06", unit=archive.hall.pk)
    person = archive.system.person
    UnitDay.objects.bulk_create(
        UnitDay(
            unit=archive.hall,
            number=number,
            day=date.fromordinal(SUNDAY.toordinal() + number),
            state=DayState.SHUT,
            reason="搬迁",
            set_by=person,
            set_at="2026-01-01T00:00Z",
        )
        for number in range(1, 400)
    )
    with pytest.raises(errors.AlwaysShut):
        say(archive, DayState.SHUT)
    assert room.effective(owed) == "2026-07-06"
    assert not UnitDay.objects.filter(day=SUNDAY).exists()


@pytest.mark.parametrize("who", ["security", "auditor", "director", "clerk"])
def test_nobody_but_the_system_officer_sets_them(archive: Archive, who: str) -> None:
    context = of_account(getattr(archive, who))
    with pytest.raises(Refused):
        open_every_day(archive, context=context)
    with pytest.raises(Refused):
        services.set_day(context=context, unit=archive.hall, day=SUNDAY, state=DayState.SHUT, reason="检修")
    assert not UnitWeek.objects.exists()
    assert not UnitDay.objects.exists()
    open_every_day(archive)
    say(archive, DayState.SHUT)


def test_the_page_sets_a_week_and_a_day_and_shows_both(archive: Archive) -> None:
    client = archive.client(archive.system)
    address = f"/calendar/units/{archive.hall.pk}/"
    answer = client.post(
        f"{address}week/", {"starts_on": "2026-01-01", "weekdays": [*"0123456"], "open_on_holidays": "on"}
    )
    assert (answer.status_code, answer["Location"]) == (302, address)
    answer = client.post(f"{address}days/", {"day": "2026-10-02", "state": "shut", "reason": "停电检修"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    calendar = selectors.calendar(archive.hall.pk)
    assert calendar.mark(date(2026, 10, 1)) is Mark.ON_HOLIDAY
    assert calendar.mark(date(2026, 10, 2)) is Mark.SHUT
    shown = client.get(f"/calendar/?year=2026&unit={archive.hall.pk}").content.decode()
    assert "停电检修" in shown
    assert "停电检修" not in client.get("/calendar/?year=2026").content.decode()


@pytest.mark.parametrize(
    ("place", "entries"),
    [
        ("week/", {"starts_on": "2026-01-01"}),
        ("week/", {"starts_on": "1800-01-01", "weekdays": ["0"]}),
        ("week/", {"starts_on": "2026-01-01", "weekdays": ["7"]}),
        ("days/", {"day": "2026-07-05", "state": "shut", "reason": ""}),
        ("days/", {"day": "2026-07-05", "state": "maybe", "reason": "x"}),
        ("days/", {"day": "9999-12-31", "state": "shut", "reason": "x"}),
    ],
)
def test_what_is_typed_wrong_is_refused_and_nothing_stored(
    archive: Archive, place: str, entries: dict[str, object]
) -> None:
    answer = archive.client(archive.system).post(f"/calendar/units/{archive.hall.pk}/{place}", entries)
    assert answer.status_code == 400
    assert not UnitWeek.objects.exists()
    assert not UnitDay.objects.exists()


def test_an_authority_outside_has_no_calendar_here(archive: Archive) -> None:
    client = archive.client(archive.system)
    assert client.get(f"/calendar/units/{archive.authority.pk}/").status_code == 404
    assert client.get(f"/calendar/units/{archive.hall.pk}/").status_code == 200


# Evidence


@pytest.mark.parametrize("table", [t for t in evidence.TABLES if "UPDATE" in t.deny], ids=lambda t: t.table)
def test_what_counted_as_a_working_day_is_not_written_over(
    archive: Archive, room: Room, table: object
) -> None:
    """architecture.md section 4: each column for itself, and the row."""
    from tests.contracts.test_evidence import execute, rows

    open_every_day(archive)
    room.owe("2026-07-05", "2026-07-05", unit=archive.hall.pk)
    say(archive, DayState.SHUT)
    before = rows(table.table)
    assert before
    for name in (name for name, value in before[0].items() if value is not None):
        with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
            execute(f'UPDATE {table.table} SET "{name}" = NULL')
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        execute(f"DELETE FROM {table.table}")
    assert rows(table.table) == before


def test_two_rooms_do_not_share_a_name(room: Room) -> None:
    due.register(room.provider)
    with pytest.raises(ValueError, match="test_room"):
        due.register(Room().provider)
    assert str(due.label_of("test_room")) == "Test due dates"
    assert due.label_of("gone") == "gone"
