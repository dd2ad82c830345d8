"""A reading session from the check-in to its end, and everything that it is refused for."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts_services
from accounts.rules import Duty
from accounts.terminal_rules import CheckResult
from audit import outbox
from audit.models import Event
from tests.accounts.people import make_account, today
from tests.approvals.room import (
    ReadingRoom,
    asked,
    fresh,
    page_address,
    part_of,
    reference,
    version_of,
)
from tests.support import terminals
from vault.approvals import errors, reading_errors, selectors
from vault.approvals import reading as reads
from vault.approvals.models import ReadingSession
from vault.approvals.reading_rules import FORSAKEN, IDLE, LONGEST, Cause, SessionState
from vault.approvals.rules import RequestState
from vault.approvals.services import reading, requests
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.authorization.gate import fetch
from vault.authorization.providers import LIVE_SESSION, Asked
from vault.holdings.models import Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
SHANGHAI = ZoneInfo("Asia/Shanghai")
NEED, MISSING = "need-to-know", "live-session-missing"


def morning() -> datetime:
    """Nine o'clock of tomorrow: after all that was set up."""
    return datetime.combine(today() + timedelta(days=1), time(9), SHANGHAI)


@pytest.fixture
def record(room: ReadingRoom) -> Record:
    return room.desk.record()


def test_a_session_opens_the_record_and_its_end_closes_it(room: ReadingRoom, record: Record) -> None:
    """RR-01, 7.4: approved, let in by the keeper, begun at the terminal; and not before, and not after."""
    request = room.desk.approved(record)
    assert room.decide(record) == MISSING
    session = room.check_in(request)
    assert (session.state, asked(session).state) == (SessionState.CHECKED_IN, RequestState.APPROVED)
    assert room.decide(record) == MISSING
    room.begin(session)
    assert (asked(session).state, asked(session).used) == (RequestState.IN_SESSION, 1)
    assert room.decide(record) == NEED
    reading.leave(context=room.here(), session_id=session.pk)
    closed = fresh(session)
    assert (closed.state, closed.cause, closed.closed_by) == (
        SessionState.CLOSED,
        Cause.LEFT,
        room.desk.reader.person,
    )
    assert asked(session).state == RequestState.USED_UP
    assert room.decide(record) == "approved-request-missing"


def test_what_is_left_of_an_approval_opens_another_session(room: ReadingRoom, record: Record) -> None:
    """RQ-02: two uses, two sittings, and no third."""
    request = room.desk.approved(record, amount=2)
    for state in (RequestState.APPROVED, RequestState.USED_UP):
        session = room.begin(room.check_in(request))
        reading.close(context=room.archive.context(room.keeper), session_id=session.pk)
        assert asked(request).state == state
    with pytest.raises(errors.WrongStep):
        room.check_in(request)


def test_everywhere_else_the_session_opens_nothing(room: ReadingRoom, record: Record) -> None:
    """RR-01, RR-03: another terminal, another browser, no terminal, one's second account, a program."""
    session = room.reading(record)
    elsewhere = room.another().here
    own_again = make_account(room.desk.reader.person)
    for context in (
        room.here(terminal_id=elsewhere.terminal_id, terminal=elsewhere.number),
        room.here(terminal_id=None, terminal="", terminal_usable=False),
        room.here(terminal_usable=False),
        room.here(session="another browser"),
        room.here(session=""),
        room.here(own_again, session="another browser"),
    ):
        assert room.decide(record, context) == MISSING
        assert not LIVE_SESSION(Asked(context, Action.CONSULT, Record, record.pk, part_of(record, 1)))
    assert room.decide(record) == NEED
    assert fresh(session).state == SessionState.READING


def test_the_number_of_a_terminal_in_a_header_begins_nothing(room: ReadingRoom, record: Record) -> None:
    """RR-03: the context of a request without the machine's secret has no terminal, whatever it sends."""
    session = room.check_in(room.desk.approved(record))
    machine = terminals.Machine(None, HTTP_X_TERMINAL=room.seat.terminal.number)
    forged = machine.context()
    assert forged.terminal_id is None
    outside = room.here(terminal_id=None, terminal=room.seat.terminal.number, terminal_usable=True)
    for context in (outside, room.here(session=""), room.here(terminal_id=room.another().terminal.pk)):
        with pytest.raises(reading_errors.NotAtTerminal):
            room.begin(session, context)
    assert asked(session).used == 0


def test_another_record_and_another_action_stay_closed(room: ReadingRoom, record: Record) -> None:
    """RQ-01, RR-01: a session is of one record; excerpting in it takes an approval of its own."""
    other = room.desk.record()
    room.desk.approved(other)
    room.reading(record)
    assert room.decide(other) == MISSING
    assert room.decide(record, action=Action.EXCERPT) == "approved-request-missing"
    room.desk.approved(record, action=Action.EXCERPT)
    assert room.decide(record, action=Action.EXCERPT) == NEED
    assert room.decide(record, action=Action.COPY) != NEED


def test_pages_outside_what_was_approved_are_refused(room: ReadingRoom, record: Record) -> None:
    """RR-05: pages 1 to 10 of twelve."""
    component = version_of(record).component_id
    room.reading(record, pages={component: "1-10"})
    assert room.decide(record, pages=(10,)) == NEED
    assert room.decide(record, pages=(11,)) == "approved-request-missing"
    assert room.decide(record, pages=()) == "approved-request-missing"


def test_both_forms_of_the_answer_agree(room: ReadingRoom, record: Record) -> None:
    room.reading(record)
    other = room.desk.record()
    for context in (room.here(), room.here(session="x"), room.here(at=room.here().instant + IDLE)):
        found = LIVE_SESSION.among(context, Action.CONSULT, Record, [record.pk, other.pk])
        one = {pk for pk in (record.pk, other.pk) if LIVE_SESSION(Asked(context, Action.CONSULT, Record, pk))}
        assert found == one


# Who lets in whom


def test_nobody_lets_himself_in_under_whichever_account(room: ReadingRoom, record: Record) -> None:
    """RR-01, PE-07: the keeper asks to read; another keeper is needed."""
    room.desk.name(record, room.keeper)
    room.archive.clear(room.keeper, state_level=3, enterprise_level=2)
    request = room.desk.approve(room.desk.check(room.desk.submit(record, by=room.keeper)))
    second = make_account(room.keeper.person)
    for account in (room.keeper, second):
        with pytest.raises(reading_errors.KeeperReads):
            room.check_in(request, by=account)
    other = room.archive.add(Duty.ROOM_KEEPER)
    session = room.check_in(request, by=other)
    assert session.reader == room.keeper.person
    # And he neither resumes nor closes his own as its keeper.
    for step in (reading.resume, reading.close):
        with pytest.raises(Absent):
            step(context=room.archive.context(second), session_id=session.pk)


def test_only_a_keeper_of_the_room_lets_in(room: ReadingRoom, record: Record) -> None:
    """RR-01: not one of another unit, not the security officer, not the reader, not a leader."""
    request = room.desk.approved(record)
    elsewhere = room.archive.add(Duty.ROOM_KEEPER, room.archive.other_hall)
    elsewhere.person.appointments.update(unit=room.archive.other_hall)
    for account in (elsewhere, room.desk.security, room.desk.reader, room.desk.principal):
        with pytest.raises((Absent, Refused)):
            room.check_in(request, by=account)
    assert not ReadingSession.objects.exists()


@pytest.mark.parametrize("stage", ["submitted", "checked", "revoked"])
def test_only_what_is_approved_is_let_in(room: ReadingRoom, record: Record, stage: str) -> None:
    request = room.desk.submit(record) if stage == "submitted" else room.desk.checked(record)
    if stage == "revoked":
        request = room.desk.approve(request)
        requests.revoke(
            context=of_account(room.desk.security),
            request_id=request.pk,
            version=request.version,
            reason="用途变更",
        )
    with pytest.raises(errors.WrongStep):
        room.check_in(request)


def test_a_terminal_elsewhere_or_not_in_order_takes_nobody(room: ReadingRoom, record: Record) -> None:
    """RR-02."""
    request = room.desk.approved(record)
    unplaced = room.another(placed=False)
    failed = room.another("SEAT-3")
    accounts_services.record_check(
        actor=room.archive.system,
        terminal=failed.terminal,
        done_on=today(),
        result=CheckResult.FAILED,
        note="网卡未拆除",
    )
    for seat in (unplaced, failed):
        with pytest.raises(reading_errors.TerminalNotReady):
            room.check_in(request, terminal=seat.terminal)
    accounts_services.close_room(actor=room.archive.system, room=room.room, reason="装修，停用三个月")
    with pytest.raises(reading_errors.RoomClosed):
        room.check_in(request)


def test_one_session_for_each_reader_and_one_reader_at_each_terminal(
    room: ReadingRoom, record: Record
) -> None:
    """RR-06: the database holds both."""
    session = room.check_in(room.desk.approved(record))
    other = room.desk.approved(room.desk.record())
    with pytest.raises(reading_errors.InSessionAlready):
        room.check_in(other, terminal=room.another().terminal)
    third = room.desk.record()
    room.desk.name(third, room.desk.in_charge)
    request = room.desk.approve(
        room.desk.check(room.desk.submit(third, by=room.desk.in_charge)), by=room.desk.principal
    )
    with pytest.raises(reading_errors.InSessionAlready):
        room.check_in(request)
    copy = ReadingSession.objects.get(pk=session.pk)
    copy.pk = None
    copy._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_nobody_reads_a_top_secret_alone_where_the_room_asks_for_two(archive, attested) -> None:
    """RR-10: alone refused; with somebody unfit, with the keeper, with oneself refused; with one as fit let in."""
    room = ReadingRoom(archive, two_readers=True)
    record = room.desk.record("top_secret")
    room.archive.clear(room.desk.reader, state_level=3, enterprise_level=2)
    request = room.desk.approve(room.desk.checked(record), by=room.desk.principal)
    beside = room.desk.in_charge
    for person in (
        None,
        beside.person,
        room.keeper.person,
        room.desk.reader.person,
        archive.colleague.person,
    ):
        with pytest.raises(reading_errors.SecondReaderMissing):
            room.check_in(request, second_reader_id=person and person.pk)
    room.desk.name(record, beside)
    session = room.check_in(request, second_reader_id=beside.person.pk)
    assert session.second_reader == beside.person


# Its end


def test_five_minutes_without_a_page_lock_it_and_the_keeper_unlocks_it(
    room: ReadingRoom, record: Record
) -> None:
    """RR-06: refused at once, locked by the worker; resumed, the reader begins again without a further use."""
    with time_machine.travel(morning(), tick=False) as at:
        session = room.reading(record)
        at.shift(IDLE - timedelta(seconds=1))
        assert room.decide(record) == NEED
        assert reading.end_overdue() == 0
        at.shift(timedelta(seconds=1))
        assert room.decide(record) == MISSING
        assert reading.end_overdue() == 1
        assert fresh(session).state == SessionState.LOCKED
        with pytest.raises(reading_errors.SessionStep):
            room.begin(session)
        with pytest.raises(Absent):
            reading.resume(context=room.here(), session_id=session.pk)
        reading.resume(context=room.archive.context(room.keeper), session_id=session.pk)
        assert room.decide(record) == MISSING
        # Another browser of his: the former one vanished.
        again = room.here(session="browser after the fall")
        room.begin(session, again)
        assert room.decide(record, again) == NEED
        assert room.decide(record) == MISSING
        assert asked(session).used == 1


def test_a_browser_that_vanished_leaves_no_session_behind(room: ReadingRoom, record: Record) -> None:
    """RR-06: locked for idleness, then closed, and the approval is as used as it was."""
    with time_machine.travel(morning(), tick=False) as at:
        session = room.reading(record, amount=2)
        at.shift(IDLE)
        assert reading.end_overdue() == 1
        at.shift(FORSAKEN - timedelta(seconds=1))
        assert reading.end_overdue() == 0
        at.shift(timedelta(seconds=1))
        assert reading.end_overdue() == 1
        closed = fresh(session)
        assert (closed.state, closed.cause, closed.closed_by) == (SessionState.CLOSED, Cause.FORSAKEN, None)
        assert (asked(session).state, asked(session).used) == (RequestState.APPROVED, 1)


def test_two_hours_are_the_most_however_busily_he_reads(room: ReadingRoom, record: Record) -> None:
    """RR-06: the hard end counts from the check-in."""
    with time_machine.travel(morning(), tick=False) as at:
        session = room.reading(record)
        at.shift(LONGEST - timedelta(seconds=1))
        ReadingSession.objects.update(last_at=room.here().instant)
        assert room.decide(record) == NEED
        at.shift(timedelta(seconds=1))
        assert room.decide(record) == MISSING
        assert reading.end_overdue() == 1
        assert fresh(session).cause == Cause.TIME_OVER


def test_a_clock_set_back_prolongs_nothing(room: ReadingRoom, record: Record) -> None:
    """RR-06: an hour back, nothing is shown, and the worker locks it."""
    with time_machine.travel(morning(), tick=False) as at:
        room.reading(record)
        at.shift(timedelta(hours=-1))
        assert room.decide(record) == MISSING
        assert reading.end_overdue() == 1


def test_suspending_the_terminal_ends_it_at_the_next_request(room: ReadingRoom, record: Record) -> None:
    """RR-02: the machine is a terminal no more; the worker closes what is left."""
    session = room.reading(record)
    client = room.archive.client(room.desk.reader)
    ReadingSession.objects.update(web_session=reference(client))
    assert client.get(page_address(record, 1)).status_code == 200
    accounts_services.suspend_terminal(actor=room.archive.system, terminal=room.seat.terminal, reason="送修")
    assert client.get(page_address(record, 1)).status_code == 403
    assert reading.end_overdue() == 1
    assert fresh(session).cause == Cause.TERMINAL_UNUSABLE


def test_revoking_the_request_ends_it_at_the_next_request(room: ReadingRoom, record: Record) -> None:
    """RQ-11: and what was revoked stays so when the session is closed."""
    session = room.reading(record)
    requests.revoke(
        context=of_account(room.desk.in_charge),
        request_id=session.request_id,
        version=asked(session).version,
        reason="用途变更",
    )
    assert room.decide(record) == "approved-request-missing"
    assert not LIVE_SESSION(Asked(room.here(), Action.CONSULT, Record, record.pk))
    assert reading.end_overdue() == 1
    assert (fresh(session).cause, asked(session).state) == (Cause.REQUEST_ENDED, RequestState.REVOKED)


def test_a_raised_label_ends_it_at_once(room: ReadingRoom, record: Record) -> None:
    """CL-15: the open session's next page is refused."""
    from tests.approvals.test_voiding import raise_to_top

    room.desk.name(record, room.archive.officer)
    session = room.reading(record)
    raise_to_top(room.desk, record)
    record.refresh_from_db()
    assert not LIVE_SESSION(Asked(room.here(), Action.CONSULT, Record, record.pk))
    assert reading.end_overdue() == 1
    assert fresh(session).cause == Cause.REQUEST_ENDED


def test_a_decision_with_request_and_session_takes_at_most_five_queries(
    room: ReadingRoom, record: Record
) -> None:
    room.reading(record)
    room.decide(record)
    scope, context = part_of(record, 1), room.here()
    with CaptureQueriesContext(connection) as queries:
        fetch(context, Action.CONSULT, Record, record.pk, scope)
    reads_of_rule = [q["sql"] for q in queries if q["sql"].lstrip().upper().startswith("SELECT")]
    assert len(reads_of_rule) <= 5, reads_of_rule


def test_the_log_names_the_session_and_never_what_is_read(room: ReadingRoom, record: Record) -> None:
    """AU-02: check-in, begin and leaving, each an intent and an outcome; the title is nowhere."""
    session = room.reading(record)
    reading.leave(context=room.here(), session_id=session.pk)
    while outbox.relay():
        pass
    told = [one for one in Event.objects.order_by("pk") if str(session.pk) in bytes(one.canonical).decode()]
    # Its begin and its leaving: an intent and an outcome each; of the check-in, which made it, the outcome.
    assert sorted((one.action, one.phase) for one in told) == [
        (Action.KEEP_ROOM.value, "outcome"),
        *[(Action.READ_IN_ROOM.value, phase) for phase in ("intent", "intent", "outcome", "outcome")],
    ]
    assert not [one for one in told if record.title in bytes(one.canonical).decode()]


def test_the_register_is_the_security_officers(room: ReadingRoom, record: Record) -> None:
    """RR-07: in, out, and the pages between."""
    session = room.reading(record)
    assert list(reads.register(room.archive.context(room.desk.security))) == [session]
    assert not reads.register(room.archive.context(room.keeper)).exists()
    assert reads.own(room.here()) == session
    assert list(reads.in_room(room.room)) == [session]
    assert selectors.request(room.archive.context(room.keeper), session.request_id) is not None
