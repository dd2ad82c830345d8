"""Nobody reads a top secret alone: the second reader says himself that he is there, and that he goes (RR-10)."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import services as accounts_services
from accounts.models import Account
from audit.models import Event
from tests.accounts.people import make_account
from tests.approvals.room import ReadingRoom, asked, fresh, page_address, reference
from tests.approvals.test_paper import OUT, hand_over, take_back
from tests.storage.test_forms import sheets
from vault.approvals import reading_errors
from vault.approvals.models import Attendance, PaperReading, ReadingSession
from vault.approvals.reading_rules import SessionState
from vault.approvals.services import beside, reading
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_account
from vault.authorization.errors import Absent
from vault.holdings.models import KnowledgeEntry, Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
NEED, MISSING = "need-to-know", "live-session-missing"


@pytest.fixture
def pair(archive, attested) -> ReadingRoom:
    room = ReadingRoom(archive, two_readers=True)
    archive.clear(room.desk.reader, state_level=3, enterprise_level=2)
    return room


@pytest.fixture
def record(pair: ReadingRoom) -> Record:
    return pair.desk.record("top_secret")


def at(room: ReadingRoom, account: Account, **changes: object) -> Context:
    """Signed in at the room's terminal, in a browser session of his own."""
    return replace(room.archive.context(account), **{"session": "browser-of-the-second", **changes})


def attend(room: ReadingRoom, of: ReadingSession, account: Account, **changes: object) -> Attendance:
    return beside.attend(context=at(room, account, **changes), session_id=of.pk)


def depart(room: ReadingRoom, of: ReadingSession, account: Account) -> ReadingSession:
    return beside.depart(context=at(room, account), session_id=of.pk)


def test_alone_nothing_is_begun_and_nothing_is_shown(pair: ReadingRoom, record: Record) -> None:
    """RR-10: named by the keeper is not there; the use is taken only when both are."""
    session, second = pair.beside(record)
    with pytest.raises(reading_errors.SecondReaderAway):
        pair.begin(session)
    assert (pair.decide(record), asked(session).used) == (MISSING, 0)
    attend(pair, session, second)
    pair.begin(session)
    assert (pair.decide(record), asked(session).used) == (NEED, 1)


def test_beside_him_is_only_who_is_still_fit_for_the_record(pair: ReadingRoom, record: Record) -> None:
    """RR-10: lapsed or suspended after he came, at the beginning and at each page, before any worker looks."""
    session, second = pair.beside(record)
    attend(pair, session, second)
    accounts_services.suspend(actor=pair.desk.security, account=second)
    with pytest.raises(reading_errors.SecondReaderAway):
        pair.begin(session)
    accounts_services.reactivate(actor=pair.desk.security, account=second)
    pair.begin(session)
    assert pair.decide(record) == NEED
    accounts_services.suspend(actor=pair.desk.security, account=second)
    assert pair.decide(record) == MISSING


def test_a_page_is_refused_as_soon_as_nobody_is_beside_the_reader(pair: ReadingRoom, record: Record) -> None:
    """RR-10: through the door of the pages; the row of his coming, closed by hand, is enough."""
    session, second = pair.beside(record)
    attend(pair, session, second)
    pair.begin(session)
    client = pair.archive.client(pair.desk.reader)
    ReadingSession.objects.update(web_session=reference(client))
    assert client.get(page_address(record, 1)).status_code == 200
    Attendance.objects.update(until=fresh(session).last_at)
    assert client.get(page_address(record, 1)).status_code == 403


def test_his_going_locks_it_and_both_come_back(pair: ReadingRoom, record: Record) -> None:
    """RR-10, RR-06: the keeper unlocks, the second reader confirms anew, the reader begins again, no further use."""
    session, second = pair.beside(record)
    attend(pair, session, second)
    pair.begin(session)
    depart(pair, session, second)
    assert (fresh(session).state, pair.decide(record)) == (SessionState.LOCKED, MISSING)
    with pytest.raises(reading_errors.SessionStep):
        attend(pair, session, second)
    reading.resume(context=pair.archive.context(pair.keeper), session_id=session.pk)
    with pytest.raises(reading_errors.SecondReaderAway):
        pair.begin(session)
    attend(pair, session, second)
    pair.begin(session)
    assert (pair.decide(record), asked(session).used) == (NEED, 1)
    reading.leave(context=pair.here(), session_id=session.pk)
    assert Attendance.objects.count() == 2
    assert not Attendance.objects.filter(until=None).exists()


def test_a_lock_of_any_kind_asks_the_second_reader_anew(pair: ReadingRoom, record: Record) -> None:
    """RR-10: the keeper has seen the reader, not who is beside him."""
    session, second = pair.beside(record)
    attend(pair, session, second)
    pair.begin(session)
    reading.lock(context=pair.here(), session_id=session.pk)
    reading.resume(context=pair.archive.context(pair.keeper), session_id=session.pk)
    with pytest.raises(reading_errors.SecondReaderAway):
        pair.begin(session)


def test_nobody_else_confirms_for_him(pair: ReadingRoom, record: Record) -> None:
    """RR-10, PE-07: not the reader, the keeper or another; his own second account is he."""
    session, second = pair.beside(record)
    for account in (pair.desk.reader, pair.keeper, pair.desk.principal, pair.desk.security):
        with pytest.raises(Absent):
            attend(pair, session, account)
        with pytest.raises(Absent):
            depart(pair, session, account)
    again = make_account(second.person)
    assert attend(pair, session, again).person == second.person
    with pytest.raises(reading_errors.SessionStep):
        attend(pair, session, second)


def test_a_session_without_a_second_reader_is_nobodys_to_attend(pair: ReadingRoom) -> None:
    session = pair.check_in(pair.desk.approved(pair.desk.record()))
    for context in (at(pair, pair.desk.in_charge), pair.here()):
        with pytest.raises(Absent):
            beside.attend(context=context, session_id=session.pk)


def test_elsewhere_he_confirms_nothing(pair: ReadingRoom, record: Record) -> None:
    """RR-10, RR-03: no terminal, one that is not in order, one of another place, no browser session."""
    session, second = pair.beside(record)
    unplaced = pair.another(placed=False)
    outside = unplaced.here
    for changes in (
        {"terminal_id": None, "terminal": "", "terminal_usable": False},
        {"terminal_usable": False},
        {"terminal_id": outside.terminal_id, "terminal": outside.number},
        {"session": ""},
    ):
        with pytest.raises(reading_errors.NotInRoom):
            attend(pair, session, second, **changes)
    # Another terminal of the same room is as good as the reader's.
    pair.place(unplaced)
    attend(pair, session, second, terminal_id=outside.terminal_id, terminal=outside.number)


def test_struck_from_the_list_he_is_no_second_reader(pair: ReadingRoom, record: Record) -> None:
    """RR-10, CL-15: refused on confirming, and locked within the minute where he had confirmed."""
    session, second = pair.beside(record)
    attend(pair, session, second)
    pair.begin(session)
    assert reading.end_overdue() == 0
    KnowledgeEntry.objects.filter(person=second.person).update(ends_at=of_account(second).instant)
    assert reading.end_overdue() == 1
    assert fresh(session).state == SessionState.LOCKED
    reading.resume(context=pair.archive.context(pair.keeper), session_id=session.pk)
    with pytest.raises(reading_errors.SecondReaderUnfit):
        attend(pair, session, second)


def test_nobody_is_in_two_rooms(pair: ReadingRoom, record: Record) -> None:
    """RR-10: whoever stays beside a reader here neither reads nor stays beside one there."""
    session, second = pair.beside(record)
    other = accounts_services.register_room(
        actor=pair.archive.system,
        code="BMS-2",
        name="保密室二",
        unit=pair.archive.company,
        capacity=2,
        inspect_every=30,
        two_readers=True,
    )
    attend(pair, session, second)
    own = pair.desk.record()
    pair.desk.name(own, second)
    request = pair.desk.approve(pair.desk.check(pair.desk.submit(own, by=second)), by=pair.desk.principal)
    there = {
        "context": pair.archive.context(pair.keeper),
        "request_id": request.pk,
        "room_id": other.pk,
    }
    with pytest.raises(reading_errors.InSessionAlready):
        reading.check_in(**there)
    depart(pair, session, second)
    reading.check_in(**there)
    with pytest.raises(reading_errors.SecondReaderElsewhere):
        attend(pair, session, second)


def test_beside_paper_he_confirms_before_it_is_handed_over(pair: ReadingRoom, record: Record) -> None:
    """RR-10, P-04: without a terminal, as the reader does; he goes when the paper is back."""
    session, second = pair.beside(record, terminal_id=None)
    with pytest.raises(reading_errors.SecondReaderAway):
        hand_over(pair, session)
    assert not PaperReading.objects.exists()
    attend(pair, session, second, terminal_id=None, terminal="", terminal_usable=False)
    hand_over(pair, session)
    with pytest.raises(reading_errors.PaperOut):
        depart(pair, session, second)
    take_back(pair, session, OUT)
    depart(pair, session, second)
    assert fresh(session).state == SessionState.READING


def test_each_of_his_steps_is_in_the_log(pair: ReadingRoom, record: Record) -> None:
    """AU-01: a refused one too; the title nowhere."""
    session, second = pair.beside(record)
    before = Event.objects.filter(action=Action.READ_IN_ROOM.value).count()
    with pytest.raises(reading_errors.NotInRoom):
        attend(pair, session, second, terminal_usable=False)
    attend(pair, session, second)
    depart(pair, session, second)
    told = Event.objects.filter(action=Action.READ_IN_ROOM.value)
    assert told.count() >= before + 3
    assert not [one for one in told if record.title in bytes(one.canonical).decode()]


def test_his_coming_and_going_are_evidence(pair: ReadingRoom, record: Record) -> None:
    """Architecture 4: who was there, since when; and nobody is beside a reader twice at once."""
    session, second = pair.beside(record)
    made = attend(pair, session, second)
    for change in ({"person": pair.keeper.person}, {"since": session.ends_at}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Attendance.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attendance.objects.all().delete()
    made.pk = None
    made._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_his_page_has_the_buttons_and_the_printed_register_his_times(
    pair: ReadingRoom, record: Record
) -> None:
    """RR-10, RR-07: each of the three sees what is wanting, and the register says from when to when."""
    session, second = pair.beside(record)
    browser = pair.archive.client(second)
    page = browser.get("/reading/").content.decode()
    assert 'value="attend"' in page
    assert 'value="depart"' not in page
    assert "第二人尚未确认到场" in pair.archive.client(pair.keeper).get("/reading/").content.decode()
    reader = pair.archive.client(pair.desk.reader).get("/reading/").content.decode()
    assert 'value="begin"' not in reader
    assert second.person.name in reader
    assert browser.post(f"/reading/{session.pk}/sit/", {"step": "attend"}).status_code == 302
    assert 'value="depart"' in browser.get("/reading/").content.decode()
    assert 'value="begin"' in pair.archive.client(pair.desk.reader).get("/reading/").content.decode()
    # His page of the session is the reader's and the keeper's, not his.
    assert browser.get(f"/reading/{session.pk}/").status_code == 404
    assert browser.post(f"/reading/{session.pk}/sit/", {"step": "depart"}).status_code == 302
    made = Attendance.objects.get()
    assert made.until is not None
    answer = pair.archive.client(pair.keeper).get(
        f"/reading/register.pdf?since={made.since:%Y-%m-%d}&until=2099-01-01"
    )
    assert f"{second.person.name}（" in "".join(sheets(answer.content))
