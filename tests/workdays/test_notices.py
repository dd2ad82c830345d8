"""A notice is checked, then put in force, and every open due date follows; or nothing at all happens."""

import threading
import time
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction

from accounts.models import Account
from audit import events, outbox
from audit.models import Event
from tests.support.archive import Archive
from tests.support.at_once import at_once
from tests.workdays.notices import CORRECTED_2027, DOCUMENT, NOTICE_2027, TITLE
from tests.workdays.room import Room
from vault.authorization.context import of_account
from vault.authorization.errors import Refused
from vault.workdays import due, errors, selectors, services
from vault.workdays.models import DueMove, Notice, NoticeDay, Recomputation
from vault.workdays.notice_file import read
from vault.workdays.rules import Term

with_databases = pytest.mark.django_db(databases=["default", "audit"])


def load(account: Account, text: str = NOTICE_2027, *, seen: int = 0, year: int = 2027) -> Recomputation:
    return services.import_notice(
        context=of_account(account),
        year=year,
        title=TITLE,
        document_no=DOCUMENT,
        table=read(text, year),
        seen=seen,
    )


def typed(**changes: object) -> dict[str, object]:
    return {"year": "2027", "title": TITLE, "document_no": DOCUMENT, "rows": NOTICE_2027} | changes


# What the product begins with


@with_databases
def test_a_new_instance_knows_the_past_years_and_the_coming_one_is_provisional(db: None) -> None:
    """RP-12, and requirements 0.6."""
    calendar = selectors.calendar()
    assert calendar.official == frozenset(range(2004, 2027))
    assert calendar.is_provisional(2027)
    assert selectors.notice_of(2027) is None
    assert selectors.notice_of(2026).imported_by is None
    assert [(day.day.isoformat(), day.occasion) for day in selectors.named_days(2026)[:2]] == [
        ("2026-01-01", "new_years_day"),
        ("2026-01-02", "new_years_day"),
    ]
    assert due.set_down(Term(date(2026, 10, 5)), None) == date(2026, 10, 8)


# RP-12


@with_databases
def test_loading_2027_moves_the_open_due_dates_with_a_log(archive: Archive, room: Room) -> None:
    """RP-12: load 2027 -> registered open due dates updated with log."""
    handover = room.owe("2027-10-05", "2027-10-05")
    answer = room.owe("2027-09-30", "2027-10-04", days=2, unit=archive.hall.pk)
    stays = room.owe("2027-11-05", "2027-11-05")
    met = room.owe("2027-10-05", "2027-10-05", met=True)

    made = load(archive.system)

    assert room.effective(handover) == "2027-10-08"
    assert room.effective(answer) == "2027-10-09"
    assert room.effective(stays) == "2027-11-05"
    assert room.effective(met) == "2027-10-05"
    assert (made.examined, made.moved) == (3, 2)
    logged = DueMove.objects.order_by("after").values_list("due_id", "unit", "start", "before", "after")
    assert list(logged) == [
        (handover, None, date(2027, 10, 5), date(2027, 10, 5), date(2027, 10, 8)),
        (answer, archive.hall.pk, date(2027, 9, 30), date(2027, 10, 4), date(2027, 10, 9)),
    ]
    assert sorted(room.journal()) == sorted((str(one), str(made.pk)) for one in (handover, answer))
    assert not selectors.calendar().is_provisional(2027)


@with_databases
def test_the_log_has_one_event_with_the_counts(archive: Archive, room: Room) -> None:
    """RP-12, AU-01"""
    room.owe("2027-10-05", "2027-10-05")
    room.owe("2027-11-05", "2027-11-05")
    load(archive.system)
    while outbox.relay():
        pass
    intent, ended = Event.objects.filter(action="workdays:calendar:manage").order_by("id")
    assert (intent.phase, ended.phase, ended.outcome) == (events.INTENT, events.OUTCOME, events.GRANTED)
    assert ended.closes == intent.uid
    assert (ended.object_type, ended.object_id) == ("calendar_year", "2027")
    assert ended.person == str(archive.system.person.pk)
    assert events.unseal(ended.document, bytes(ended.ciphertext)) == {"examined": 2, "moved": 1}


@with_databases
def test_the_moves_stand_on_the_calendar_s_page(archive: Archive, room: Room) -> None:
    """RP-12: whoever was told another date sees why it moved."""
    room.owe("2027-10-05", "2027-10-05")
    load(archive.system)
    page = archive.client(archive.clerk).get("/calendar/?year=2027").content.decode()
    for text in (DOCUMENT, "Test due dates", "2027-10-05", "2027-10-08", archive.system.person.name):
        assert text in page


@with_databases
def test_what_not_everybody_may_know_of_is_moved_and_counted_and_not_shown(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requirements 11.5: one due date of a report of wrongdoing says that there is one, and where."""
    monkeypatch.setattr(due, "_providers", {})
    hidden = Room(is_listed=False)
    hidden.lay_out()
    due.register(hidden.provider)
    owed = hidden.owe("2027-10-05", "2027-10-05", unit=archive.hall.pk)
    client = archive.client(archive.system)
    checked = client.post("/calendar/notice/", typed(step="check"))
    load(archive.system)
    shown = client.get("/calendar/?year=2027")
    assert hidden.effective(owed) == "2027-10-08"
    assert [change["result"] for change in shown.context["changes"]] == ["1 个未了结期限中变动 1 个"]
    assert checked.context["more_moves"] == 1
    for answer in (checked, shown):
        assert "Test due dates" not in answer.content.decode()
        assert "2027-10-08" not in answer.content.decode()


@with_databases
def test_a_corrected_notice_takes_the_place_of_the_first(archive: Archive, room: Room) -> None:
    """RP-12: the first stays as it was, and what it moved moves again."""
    owed = room.owe("2027-10-05", "2027-10-05")
    load(archive.system)
    assert room.effective(owed) == "2027-10-08"
    load(archive.system, CORRECTED_2027, seen=1)
    assert room.effective(owed) == "2027-10-07"
    assert [notice.number for notice in selectors.notices_of(2027)] == [2, 1]
    assert NoticeDay.objects.filter(notice__number=1, day=date(2027, 10, 9)).exists()
    calendar = selectors.calendar()
    assert calendar.is_open(date(2027, 10, 7))
    assert not calendar.is_open(date(2027, 10, 9))


@with_databases
def test_the_official_notice_of_a_year_that_is_known_takes_the_table_s_place(archive: Archive) -> None:
    rows = "".join(
        f"{day.day.isoformat()},{day.kind},名称\n" for day in NoticeDay.objects.filter(notice__year=2026)
    )
    made = load(archive.system, rows, seen=1, year=2026)
    assert made.notice.number == 2
    assert selectors.notice_of(2026).title == TITLE


# Nothing at all


def untouched(archive: Archive, room: Room, owed: object) -> None:
    assert room.effective(owed) == "2027-10-05"
    assert room.journal() == []
    assert selectors.notice_of(2027) is None
    assert not Recomputation.objects.exists()
    assert not DueMove.objects.exists()


def refused_rule() -> str:
    while outbox.relay():
        pass
    return Event.objects.filter(action="workdays:calendar:manage", phase=events.OUTCOME).latest("id").rule


@with_databases
def test_a_broken_file_changes_nothing(archive: Archive, room: Room) -> None:
    """RP-12: whole or not at all."""
    owed = room.owe("2027-10-05", "2027-10-05")
    with pytest.raises(errors.RowsWrong):
        load(archive.system, NOTICE_2027 + "2027-13-01,放假,月\n")
    untouched(archive, room, owed)
    assert refused_rule() == "notice-rows-wrong"


@with_databases
def test_a_room_that_cannot_store_its_date_undoes_the_notice(archive: Archive, room: Room) -> None:
    """RP-12: in one transaction."""
    owed = room.owe("2027-10-05", "2027-10-05")
    room.fails = True
    with pytest.raises(RuntimeError):
        load(archive.system)
    untouched(archive, room, owed)
    room.fails = False
    load(archive.system)
    assert room.effective(owed) == "2027-10-08"


@with_databases
def test_checked_against_a_notice_that_is_no_longer_in_force_it_is_refused(
    archive: Archive, room: Room
) -> None:
    """RP-12: twice one after the other."""
    load(archive.system)
    with pytest.raises(errors.ChangedMeanwhile):
        load(archive.system, CORRECTED_2027)
    with pytest.raises(errors.NothingNew):
        load(archive.system, seen=1)
    assert Notice.objects.filter(year=2027).count() == 1
    assert refused_rule() == "notice-says-nothing-new"


def test_of_two_at_once_one_is_put_in_force_and_the_other_told(committed_databases) -> None:
    """RP-12: twice at the same moment, over two connections."""
    archive = Archive()
    raised = at_once(lambda: load(archive.system), lambda: load(archive.system))
    assert sorted(getattr(error, "code", str(error)) for error in raised) == [
        "None",
        "calendar-changed-meanwhile",
    ]
    assert Notice.objects.filter(year=2027).count() == 1
    assert Recomputation.objects.count() == 1


def test_a_due_date_set_down_while_a_notice_comes_is_not_passed_by(
    committed_databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RP-12: the notice waits for it, and moves it too."""
    archive = Archive()
    monkeypatch.setattr(due, "_providers", {})
    room = Room()
    room.lay_out()
    due.register(room.provider)
    is_set, owed = threading.Event(), []

    def set_down() -> None:
        try:
            with transaction.atomic():
                falls_on = due.set_down(Term(date(2027, 10, 5)), None)
                is_set.set()
                time.sleep(0.5)  # the notice is on its way meanwhile
                owed.append(room.owe("2027-10-05", falls_on.isoformat()))
        finally:
            connections.close_all()

    thread = threading.Thread(target=set_down)
    thread.start()
    assert is_set.wait(timeout=20)
    made = load(archive.system)
    thread.join(timeout=60)
    assert (made.examined, made.moved) == (1, 1)
    assert room.effective(owed[0]) == "2027-10-08"


@with_databases
@pytest.mark.parametrize("who", ["security", "auditor", "director", "clerk"])
def test_nobody_but_the_system_officer_changes_the_calendar(archive: Archive, room: Room, who: str) -> None:
    """AD-01: the set-up is that of the allowed one."""
    owed = room.owe("2027-10-05", "2027-10-05")
    with pytest.raises(Refused):
        load(getattr(archive, who))
    untouched(archive, room, owed)
    load(archive.system)
    assert room.effective(owed) == "2027-10-08"


# The page


@with_databases
def test_checking_shows_what_would_change_and_stores_nothing(archive: Archive, room: Room) -> None:
    """RP-12: the dry run."""
    owed = room.owe("2027-10-05", "2027-10-05")
    client = archive.client(archive.system)
    answer = client.post("/calendar/notice/", typed(step="check"))
    page = answer.content.decode()
    assert answer.status_code == 200
    for text in ("2027-10-09", "国庆节", "Test due dates", "2027-10-08"):
        assert text in page
    untouched(archive, room, owed)
    held = {name: answer.context["held"][name] for name in ("year", "title", "document_no", "rows", "seen")}
    applied = client.post("/calendar/notice/", {**held, "step": "apply"})
    assert (applied.status_code, applied["Location"]) == (302, "/calendar/?year=2027")
    assert room.effective(owed) == "2027-10-08"


@with_databases
def test_a_file_is_taken_like_pasted_lines(archive: Archive, room: Room) -> None:
    body = SimpleUploadedFile("2027.csv", NOTICE_2027.encode("gb18030"), "text/csv")
    answer = archive.client(archive.system).post("/calendar/notice/", typed(step="check", rows="", file=body))
    assert answer.status_code == 200
    assert "清明节" in answer.content.decode()


@with_databases
@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"rows": "2027-10-01,放假,国庆节\n2027-02-30,放假,春节\n"}, "2027-02-30"),
        ({"rows": ""}, "id_rows"),
        ({"rows": "", "file": SimpleUploadedFile("a.csv", b"\x80\x81\xff")}, "id_file"),
        ({"year": "1999"}, "id_year"),
        ({"title": ""}, "id_title"),
        ({"document_no": "\u202e"}, "id_document_no"),
    ],
    ids=["rows", "nothing", "no text", "year", "title", "number"],
)
def test_what_is_wrong_is_told_where_it_is_wrong(
    archive: Archive, room: Room, changes: dict[str, object], shown: str
) -> None:
    """RP-12: a wrong line with its number; applying it is refused as well."""
    for step in ("check", "apply"):
        answer = archive.client(archive.system).post("/calendar/notice/", typed(step=step) | changes)
        assert answer.status_code == 400
        page = answer.content.decode()
        assert f"{shown}</td>" in page or f"#{shown}" in page or shown in page
    assert selectors.notice_of(2027) is None


@with_databases
def test_a_year_without_a_notice_says_so_and_one_with_a_notice_says_which(
    archive: Archive, room: Room
) -> None:
    """RP-12: provisional years are labelled."""
    client = archive.client(archive.auditor)
    assert "暂定" in client.get("/calendar/?year=2027").content.decode()
    load(archive.system)
    page = client.get("/calendar/?year=2027").content.decode()
    assert "暂定" not in page
    assert DOCUMENT in page
    assert TITLE in page


@with_databases
@pytest.mark.parametrize(
    "query", ["", "?year=abc", "?year=0000", "?year=9999", "?unit=x", "?unit=" + "0" * 32]
)
def test_a_malformed_question_shows_a_year_and_not_an_error(archive: Archive, query: str) -> None:
    assert archive.client(archive.clerk).get(f"/calendar/{query}").status_code == 200
