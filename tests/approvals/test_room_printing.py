"""The register of the use of secure rooms on paper: a row for each session of the period, for whoever answers for it."""

from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from accounts import services as accounts_services
from accounts.models import Account
from accounts.rules import ZONE, Duty, local_day
from audit.models import Event
from storage import forkserver, forms
from tests.accounts.people import today
from tests.approvals.room import ReadingRoom, fresh, version_of
from tests.storage.test_forms import plain, sheets
from vault.approvals import reading as reads
from vault.approvals import room_printing
from vault.approvals.models import ReadingSession
from vault.approvals.services import papers, reading
from vault.approvals.services.papers import Counted
from vault.authorization.actions import Action

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
NAMES = "序号 保密室 日期 查阅人 单位 申请编号 载体/终端 管理员 入室 离室 页数 保密本 第二人 结束情况".split()


def address(room: object = "", since: Any = None, until: Any = None) -> str:
    asked = {"room": room, "since": since or today(), "until": until or today()}
    return f"/reading/register.pdf?{urlencode(asked)}"


def printed(room: ReadingRoom, by: Account, *given: Any, **days: Any) -> str:
    answer = room.archive.client(by).get(address(*given, **days))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content
    assert "no-store" in answer["Cache-Control"]
    return "".join(sheets(answer.content))


def line(one: ReadingSession, number: int, **told: str) -> str:
    """A row as the form has it, written from what the database holds."""
    one = fresh(one)
    left = one.closed_at.astimezone(ZONE).strftime("%H:%M") if one.closed_at else ""
    return plain(
        str(number),
        one.room.code,
        local_day(one.checked_in_at).isoformat(),
        one.reader.name,
        one.reader.unit.name,
        one.request.reference,
        told["place"],
        one.checked_in_by.name,
        one.checked_in_at.astimezone(ZONE).strftime("%H:%M"),
        left,
        told.get("pages", ""),
        told.get("notebook", ""),
        one.second_reader.name if one.second_reader else "",
        told["ended"],
    )


def on_paper(room: ReadingRoom, back: Counted, *, notebook: bool = True) -> ReadingSession:
    session = room.check_in(room.desk.approved(room.desk.record()), terminal_id=None)
    keeper = room.archive.context(room.keeper)
    papers.hand_over(
        context=keeper,
        session_id=session.pk,
        out=Counted(12, "0003"),
        notebook_no="B-07",
        telephones_lodged=True,
    )
    papers.take_back(context=keeper, session_id=session.pk, back=back, notebook_returned=notebook)
    return session


def test_the_rows_on_paper_are_the_sessions_of_the_database(room: ReadingRoom) -> None:
    """RQ-13, RR-07, P-04: on screen with its pages, on paper with its count and notebook, and what still goes on."""
    record = room.desk.record()
    on_screen = room.reading(record)
    for number in (1, 2, 2):
        reads.release(room.here(), record.pk).enter(version_of(record), number)
    reading.leave(context=room.here(), session_id=on_screen.pk)
    missing = on_paper(room, Counted(11, "0003"), notebook=False)
    going_on = room.reading(room.desk.record())
    text = printed(room, room.desk.security)
    rows = (
        line(on_screen, 1, place="SEAT-1", pages="2", ended="查阅人离开")
        + line(
            missing,
            2,
            place="纸质",
            pages="交12收11",
            notebook="B-07（未收回）",
            ended="纸质文件收回与交出不符",
        )
        + line(going_on, 3, place="SEAT-1", pages="0", ended="查阅中")
    )
    assert [column.name for column in room_printing.COLUMNS] == NAMES
    assert f"{plain(*NAMES)}{rows}第1页共1页" in text
    assert ReadingSession.objects.count() == 3
    assert "登记数：3" in text
    # No title, and no file's name.
    assert str(record.title) not in text
    assert "方案.pdf" not in text


def test_a_period_and_a_room_have_their_own_sessions(room: ReadingRoom) -> None:
    """RQ-13: both days count, by the clock of Shanghai; of another room nothing."""
    session = room.reading(room.desk.record())
    other = accounts_services.register_room(
        actor=room.archive.system,
        code="BMS-2",
        name="保密室二",
        unit=room.archive.company,
        capacity=1,
        inspect_every=30,
    )
    reference = session.request.reference
    assert reference in printed(room, room.desk.security, room.room.pk)
    before, after = today() - timedelta(days=1), today() + timedelta(days=1)
    for given in ((other.pk,), (room.room.pk, before, before), (room.room.pk, after, after)):
        text = printed(room, room.desk.security, *given)
        assert reference not in text
        assert "本期无登记。" in text


def test_a_keeper_prints_the_rooms_that_he_keeps(room: ReadingRoom) -> None:
    """RQ-13, PE-05: another room is to him what is not there; all of them are all of his."""
    session = room.reading(room.desk.record())
    elsewhere = room.archive.add(Duty.ROOM_KEEPER, room.archive.other_hall)
    elsewhere.person.appointments.update(unit=room.archive.other_hall)
    assert session.request.reference in printed(room, room.keeper)
    assert session.request.reference in printed(room, room.keeper, room.room.pk)
    assert session.request.reference not in printed(room, elsewhere)
    client = room.archive.client(elsewhere)
    answers = [client.get(address(one)) for one in (room.room.pk, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("who", ["clerk", "director", "system", "auditor", "leader"])
def test_nobody_else_prints_it(room: ReadingRoom, who: str) -> None:
    """RQ-13: an existing room and one that is not there are refused alike."""
    account: Account = getattr(room.archive, who)
    client = room.archive.client(account)
    assert {client.get(address(one)).status_code for one in ("", room.room.pk, uuid4())} == {403}
    assert Event.objects.filter(action=Action.PRINT_ROOM_REGISTER.value, outcome="denied").count() == 3
    page = client.get("/reading/")
    assert page.status_code == 403 or "register.pdf" not in page.content.decode()


def test_making_it_is_in_the_log_also_where_the_file_failed(room: ReadingRoom, monkeypatch) -> None:
    """AU-01: the reader is told and keeps his page."""

    def fails(_register: object) -> bytes:
        assert Event.objects.filter(action=Action.PRINT_ROOM_REGISTER.value, outcome="granted").count() == 1
        raise forkserver.ForkServerUnavailable

    room.reading(room.desk.record())
    monkeypatch.setattr(forms, "produce", fails)
    answer = room.archive.client(room.keeper).get(address(), follow=True)
    assert answer.redirect_chain == [("/reading/", 302)]
    assert "登记表未能生成" in answer.content.decode()


def test_a_period_that_is_none_or_holds_too_much_leads_back(room: ReadingRoom, monkeypatch) -> None:
    client = room.archive.client(room.keeper)
    backwards = address("", today(), today() - timedelta(days=1))
    for asked in ("/reading/register.pdf", backwards, address("x"), address("", "gestern")):
        assert client.get(asked, follow=True).redirect_chain == [("/reading/", 302)]
    assert not Event.objects.filter(action=Action.PRINT_ROOM_REGISTER.value).exists()
    room.reading(room.desk.record())
    monkeypatch.setattr(forms, "MAX_ROWS", 0)
    assert "请缩短期间" in client.get(address(), follow=True).content.decode()


def test_the_number_of_questions_does_not_grow_with_the_rows(
    room: ReadingRoom, django_assert_num_queries
) -> None:
    on_paper(room, Counted(12, "0003"), notebook=False)
    room.reading(room.desk.record())
    found = list(room_printing.entered([room.room], today(), today()))
    seen: Counter[Any] = Counter()
    with django_assert_num_queries(0):
        assert len([room_printing.row(1, one, seen[one.pk]) for one in found]) == 2
