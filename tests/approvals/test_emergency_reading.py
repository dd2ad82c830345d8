"""What an emergency opens: one sitting in its room, for its hour, and nothing besides (PE-17, P-10)."""

from datetime import timedelta

import pytest
import time_machine

from accounts import services as accounts_services
from accounts.rules import local_day
from tests.accounts.people import today
from tests.approvals.emergency import Emergency
from tests.approvals.room import asked, fresh, version_of
from tests.approvals.test_reading import MISSING, NEED, morning
from vault.approvals import emergencies as reads
from vault.approvals import emergency_errors, errors, reading_errors, voiding
from vault.approvals.emergency_rules import LASTS
from vault.approvals.models import AccessRequest, PageView, ReadingSession, RequestStep
from vault.approvals.reading_rules import IDLE, Cause
from vault.approvals.rules import RequestState
from vault.approvals.services import bookings, papers, reading
from vault.approvals.services.papers import Counted
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.holdings.models import KnowledgeEntry, Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
MINUTE = timedelta(minutes=1)


@pytest.fixture
def record(emergency: Emergency) -> Record:
    return emergency.desk.record()


def begun(emergency: Emergency, record: Record, **changes: object) -> ReadingSession:
    return emergency.begin(emergency.check_in(emergency.released(record, **changes)))


def awake(emergency: Emergency) -> None:
    """As a page that was just shown leaves it."""
    ReadingSession.objects.update(last_at=emergency.here().instant)


def test_it_opens_in_the_room_for_one_sitting(emergency: Emergency, record: Record) -> None:
    """P-10: still let in by the keeper, at a terminal, without a booking; and once."""
    request = emergency.released(record)
    assert emergency.decide(record) == MISSING
    session = emergency.begin(emergency.check_in(request))
    assert emergency.decide(record) == NEED
    assert emergency.decide(record, action=Action.EXCERPT) == "approved-request-missing"
    reading.leave(context=emergency.here(), session_id=session.pk)
    assert asked(session).state == RequestState.USED_UP
    assert emergency.decide(record) == "approved-request-missing"
    with pytest.raises(errors.WrongStep):
        emergency.check_in(request)


def test_only_the_pages_asked_for_are_opened(emergency: Emergency, record: Record) -> None:
    """RR-05."""
    begun(emergency, record, pages={version_of(record).component_id: "1-3"})
    assert emergency.decide(record, pages=(3,)) == NEED
    assert emergency.decide(record, pages=(4,)) != NEED


def test_reading_ends_hard_with_the_hour(emergency: Emergency, record: Record) -> None:
    """PE-17: an hour from the second release, not from the check-in; the worker closes what is left."""
    with time_machine.travel(morning(), tick=False) as at:
        request = emergency.released(record)
        at.shift(20 * MINUTE)
        session = emergency.begin(emergency.check_in(request))
        assert session.ends_at == emergency.report(request).starts_at + LASTS
        at.shift(40 * MINUTE - timedelta(seconds=1))
        awake(emergency)
        assert emergency.decide(record) == NEED
        at.shift(timedelta(seconds=1))
        assert emergency.decide(record) == "approved-request-missing"
        assert reading.end_overdue() == 1
        assert fresh(session).cause == Cause.TIME_OVER
        assert asked(session).state == RequestState.USED_UP


def test_an_hour_may_go_past_midnight(emergency: Emergency, record: Record) -> None:
    """It is an hour and not a day."""
    midnight = morning().replace(hour=0) + timedelta(days=1)
    with time_machine.travel(midnight - 30 * MINUTE, tick=False) as at:
        begun(emergency, record)
        at.shift(59 * MINUTE)
        assert local_day(emergency.here().instant) == midnight.date()
        awake(emergency)
        assert emergency.decide(record) == NEED


def test_an_hour_that_nobody_came_for_expires(emergency: Emergency, record: Record) -> None:
    """PE-17: nobody is let in afterwards, and the sweep enters why."""
    with time_machine.travel(morning(), tick=False) as at:
        request = emergency.released(record)
        at.shift(LASTS - timedelta(seconds=1))
        assert voiding.sweep() == 0
        at.shift(timedelta(seconds=1))
        with pytest.raises(emergency_errors.HourOver):
            emergency.check_in(request)
        assert voiding.sweep() == 1
        assert asked(request).state == RequestState.EXPIRED
        assert RequestStep.objects.get(request=request, event="expire").cause == "hour-over"


def test_what_nobody_released_expires_with_its_second_day(emergency: Emergency, record: Record) -> None:
    with time_machine.travel(morning(), tick=False) as at:
        request = emergency.ask(record)
        emergency.lead(request)
        at.shift(timedelta(days=1))
        assert voiding.sweep() == 0
        at.shift(timedelta(days=1))
        with pytest.raises(errors.WindowOver):
            emergency.second(request)
        assert voiding.sweep() == 1
        assert asked(request).state == RequestState.EXPIRED


def test_a_clock_set_back_lengthens_no_hour(emergency: Emergency, record: Record) -> None:
    """PE-17: not for whoever reads, not by the keeper's unlocking, not by a check-in; and it is over for good."""
    with time_machine.travel(morning(), tick=False) as at:
        waiting = emergency.released(emergency.desk.record())
        session = begun(emergency, record)
        at.shift(50 * MINUTE)
        awake(emergency)
        reading.lock(context=emergency.here(), session_id=session.pk)
        at.shift(-30 * MINUTE)
        assert emergency.decide(record) != NEED
        with pytest.raises(reading_errors.SessionAsleep):
            reading.resume(context=emergency.archive.context(emergency.keeper), session_id=session.pk)
        at.shift(-30 * MINUTE)
        with pytest.raises(emergency_errors.HourOver):
            emergency.check_in(waiting)
        assert voiding.sweep() == 2
        assert (asked(session).state, asked(waiting).state) == (RequestState.REVOKED, RequestState.REVOKED)
        causes = set(RequestStep.objects.filter(event="revoke").values_list("cause", flat=True))
        assert causes == {"clock-set-back"}
        at.shift(65 * MINUTE)
        assert emergency.decide(record) == "approved-request-missing"


def test_a_clock_a_few_seconds_back_ends_nothing(emergency: Emergency, record: Record) -> None:
    """Machines are set right by seconds all day long."""
    with time_machine.travel(morning(), tick=False) as at:
        begun(emergency, record)
        at.shift(timedelta(seconds=-30))
        assert emergency.decide(record) == NEED
        assert voiding.sweep() == 0


def test_another_room_is_not_the_one_that_was_released(emergency: Emergency, record: Record) -> None:
    """P-10: still in the room, and in that one: its keeper may have been the second person."""
    other = accounts_services.register_room(
        actor=emergency.archive.system,
        code="BMS-2",
        name="保密室二",
        unit=emergency.archive.company,
        capacity=2,
        inspect_every=30,
    )
    request = emergency.released(record)
    with pytest.raises(emergency_errors.OtherRoom):
        reading.check_in(
            context=emergency.archive.context(emergency.keeper), request_id=request.pk, room_id=other.pk
        )
    assert emergency.check_in(request).room == emergency.room


def test_the_room_has_no_more_places_than_ever(emergency: Emergency, record: Record) -> None:
    """RR-08: nobody is turned out for it."""
    type(emergency.room).objects.filter(pk=emergency.room.pk).update(capacity=1)
    other = emergency.desk.record()
    emergency.desk.name(other, emergency.archive.officer)
    taken = emergency.desk.approved(other, by=emergency.archive.officer)
    emergency.check_in(taken)
    free = emergency.another("SEAT-9")
    with pytest.raises(reading_errors.RoomFull):
        emergency.check_in(emergency.released(record), terminal=free.terminal)


def test_it_is_not_booked_for(emergency: Emergency, record: Record) -> None:
    request = emergency.released(record)
    with pytest.raises(reading_errors.SessionStep):
        bookings.book(
            context=of_account(emergency.desk.reader),
            request_id=request.pk,
            room_id=emergency.room.pk,
            day=today(),
            first=9,
            last=10,
        )


def test_on_paper_it_is_counted_out_and_in_as_ever(emergency: Emergency, record: Record) -> None:
    """P-04: paper that is out when the hour ends must come back; no machine ends that."""
    with time_machine.travel(morning(), tick=False) as at:
        session = emergency.check_in(emergency.released(record), terminal_id=None)
        keeper = emergency.archive.context(emergency.keeper)
        papers.hand_over(
            context=keeper,
            session_id=session.pk,
            out=Counted(12, "0003"),
            notebook_no="B-07",
            telephones_lodged=True,
        )
        at.shift(LASTS + MINUTE)
        assert reading.end_overdue() == 0
        assert voiding.sweep() == 0
        keeper = emergency.archive.context(emergency.keeper)
        papers.take_back(
            context=keeper, session_id=session.pk, back=Counted(12, "0003"), notebook_returned=True
        )
        assert reading.end_overdue() == 1
        assert asked(session).state == RequestState.USED_UP


@pytest.mark.parametrize("what", ["list", "clearance", "label", "unit"])
def test_whatever_voids_an_approval_voids_the_hour(emergency: Emergency, record: Record, what: str) -> None:
    """RQ-11: at the next page already, and entered by the sweep."""
    session = begun(emergency, record)
    assert emergency.decide(record) == NEED
    reader = emergency.desk.reader.person
    if what == "list":
        KnowledgeEntry.objects.filter(record=record, person=reader).update(
            ends_at=emergency.here().instant - timedelta(seconds=1)
        )
    elif what == "clearance":
        reader.clearances.update(revoked_on=today())
    elif what == "label":
        Record.objects.filter(pk=record.pk).update(state_level=3)
    else:
        reader.unit = emergency.archive.hall
        reader.save(update_fields=["unit"])
    assert emergency.decide(Record.objects.get(pk=record.pk)) != NEED
    assert voiding.sweep() == 1
    assert asked(session).state == RequestState.REVOKED
    assert reading.end_overdue() == 1


def test_the_report_tells_what_was_read(emergency: Emergency, record: Record) -> None:
    """PE-17: whom, which record, why, from when to when, the pages, the end."""
    session = begun(emergency, record)
    version = version_of(record)
    for page in (1, 2, 2):
        PageView.objects.create(
            session=session,
            component_id=version.component_id,
            version=version.number,
            page=page,
            at=emergency.here().instant,
        )
    reading.leave(context=emergency.here(), session_id=session.pk)
    for viewer in (emergency.archive.auditor, emergency.desk.security, emergency.leader, emergency.keeper):
        found = reads.report(of_account(viewer), session.request_id)
        assert found is not None
        assert [one.page for one in reads.pages_seen(found)] == [1, 2, 2]
        assert [one.cause for one in reads.sessions(found)] == [Cause.LEFT]
        assert found.request.why_urgent == "北门站泄漏，抢修队在场"
    for viewer in (emergency.archive.clerk, emergency.archive.system, emergency.desk.principal):
        assert reads.report(of_account(viewer), session.request_id) is None


def test_an_idle_hour_is_locked_like_any_session(emergency: Emergency, record: Record) -> None:
    """RR-06, and resumed within the hour it ends with the hour all the same."""
    with time_machine.travel(morning(), tick=False) as at:
        session = begun(emergency, record)
        ends_at = session.ends_at
        at.shift(IDLE)
        assert reading.end_overdue() == 1
        reading.resume(context=emergency.archive.context(emergency.keeper), session_id=session.pk)
        emergency.begin(session)
        assert emergency.decide(record) == NEED
        assert fresh(session).ends_at == ends_at
        assert AccessRequest.objects.get(pk=session.request_id).used == 1
