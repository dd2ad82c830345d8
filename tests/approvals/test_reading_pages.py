"""What a reader is shown in a session: page by page, each entered, each under his mark (RR-04, RR-05, RR-07)."""

import pytest
from django.db import DatabaseError, transaction

from tests.approvals.room import ReadingRoom, fresh, page_address, reference, version_of
from vault.approvals import reading as reads
from vault.approvals.models import PageView, ReadingSession
from vault.approvals.reading_rules import LONGEST
from vault.authorization.actions import Action
from vault.holdings import custody, releases
from vault.holdings.models import Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(room: ReadingRoom) -> Record:
    return room.desk.record()


def test_each_page_is_entered_before_it_is_shown(room: ReadingRoom, record: Record, monkeypatch) -> None:
    """RR-04, RR-07: a row for each time, the watermark names reader, terminal and request, nothing is kept."""
    session = room.reading(record, pages={version_of(record).component_id: "1-10"})
    client = room.archive.client(room.desk.reader)
    ReadingSession.objects.update(web_session=reference(client))
    marks = []
    draw = custody.render_page
    monkeypatch.setattr(
        custody, "render_page", lambda *a, **k: (marks.append(k["watermark"]), draw(*a, **k))[1]
    )
    for number in (1, 2, 2):
        answer = client.get(page_address(record, number))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert "no-store" in answer["Cache-Control"]
    assert [one.page for one in reads.pages_seen(session)] == [1, 2, 2]
    told = (room.desk.reader.person.name, room.seat.terminal.number, session.request.reference)
    assert all(word in mark for mark in marks for word in told)
    assert client.get(page_address(record, 11)).status_code == 403
    assert client.get(page_address(record, 13)).status_code == 403
    assert PageView.objects.count() == 3


def test_a_page_wakes_the_session_and_a_refused_one_does_not(room: ReadingRoom, record: Record) -> None:
    """RR-06."""
    session = room.reading(record, pages={version_of(record).component_id: "1-10"})
    client = room.archive.client(room.desk.reader)
    ReadingSession.objects.update(web_session=reference(client))
    before = fresh(session).last_at
    assert client.get(page_address(record, 11)).status_code == 403
    assert fresh(session).last_at == before
    assert client.get(page_address(record, 1)).status_code == 200
    assert fresh(session).last_at > before


def test_the_original_and_the_first_page_stay_out_of_reach(room: ReadingRoom, record: Record) -> None:
    """RR-04: in the middle of a session, with every approval there is."""
    room.reading(record)
    client = room.archive.client(room.desk.reader)
    ReadingSession.objects.update(web_session=reference(client))
    room.desk.approved(record, action=Action.COPY)
    address = page_address(record, 1)
    assert client.get(address).status_code == 200
    component = address.rsplit("versions/", 1)[0]
    for path in ("original", "thumbnail.png", "audio"):
        assert client.get(component + path).status_code in (403, 404), path


def test_where_nobody_enters_pages_none_is_shown(room: ReadingRoom, record: Record, monkeypatch) -> None:
    """RR-07: allowed, and still refused."""
    room.reading(record)
    client = room.archive.client(room.desk.reader)
    ReadingSession.objects.update(web_session=reference(client))
    monkeypatch.setattr(releases, "_find", [])
    assert client.get(page_address(record, 1)).status_code == 403


def test_what_was_entered_stays(room: ReadingRoom, record: Record) -> None:
    """Architecture 4: who read what, where, and who let him in."""
    session = room.reading(record)
    reads.release(room.here(), record.pk).enter(version_of(record), 1)
    for change in (
        {"reader": room.keeper.person},
        {"terminal": room.another().terminal},
        {"ends_at": session.ends_at + LONGEST},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            ReadingSession.objects.filter(pk=session.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PageView.objects.update(page=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        PageView.objects.all().delete()
