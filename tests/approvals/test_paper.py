"""Reading on paper: counted out, confirmed, counted in, confirmed; and what does not come back as it went (P-04)."""

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from tests.accounts.people import make_account
from tests.approvals.room import ReadingRoom, asked, fresh
from vault.approvals import errors, reading_errors
from vault.approvals.models import PaperReading, ReadingSession
from vault.approvals.reading_rules import Cause, Medium, SessionState
from vault.approvals.rules import RequestState
from vault.approvals.services import papers, reading, requests
from vault.approvals.services.papers import Counted
from vault.authorization.errors import Absent
from vault.incidents.models import Incident
from vault.incidents.rules import Kind

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
OUT = Counted(12, "0003")


@pytest.fixture
def session(room: ReadingRoom) -> ReadingSession:
    return room.check_in(room.desk.approved(room.desk.record()), terminal_id=None)


def hand_over(room: ReadingRoom, session: ReadingSession, **changes: object) -> PaperReading:
    given = {"out": OUT, "notebook_no": "B-07", "telephones_lodged": True, **changes}
    return papers.hand_over(context=room.archive.context(room.keeper), session_id=session.pk, **given)


def take_back(
    room: ReadingRoom, session: ReadingSession, back: Counted = OUT, *, notebook: bool = True
) -> PaperReading:
    return papers.take_back(
        context=room.archive.context(room.keeper),
        session_id=session.pk,
        back=back,
        notebook_returned=notebook,
    )


def confirm(room: ReadingRoom, session: ReadingSession, account: object = None) -> PaperReading:
    return papers.confirm(context=room.archive.context(account or room.desk.reader), session_id=session.pk)


def test_paper_goes_out_and_comes_back_and_both_confirm_each(
    room: ReadingRoom, session: ReadingSession
) -> None:
    """P-04: no terminal; the keeper enters, the reader confirms under his own account; then it is over."""
    assert (session.medium, session.terminal) == (Medium.PAPER, None)
    hand_over(room, session)
    assert (fresh(session).state, asked(session).state) == (SessionState.READING, RequestState.IN_SESSION)
    assert confirm(room, session).received_at is not None
    take_back(room, session)
    assert fresh(session).state == SessionState.READING
    paper = confirm(room, session)
    assert None not in (paper.received_at, paper.taken_back_at, paper.returned_at)
    assert (fresh(session).state, fresh(session).cause) == (SessionState.CLOSED, Cause.RETURNED)
    assert asked(session).state == RequestState.USED_UP
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("back", "notebook"),
    [(Counted(11, "0003"), True), (Counted(12, "0004"), True), (Counted(12, " 0003 "), False)],
)
def test_what_differs_is_an_incident_and_the_session_is_over(
    room: ReadingRoom, session: ReadingSession, back: Counted, notebook: bool
) -> None:
    """P-04, AD-11: pages, issue number, notebook; the clock runs at once, and no title is in it."""
    hand_over(room, session)
    confirm(room, session)
    take_back(room, session, back, notebook=notebook)
    incident = Incident.objects.get()
    assert incident.kind == Kind.MISMATCH
    assert (incident.object_type, incident.object_id) == ("session", str(session.pk))
    assert session.request.reference in incident.what
    assert session.request.record.title not in incident.what
    assert incident.due_at > incident.raised_at
    assert (fresh(session).state, fresh(session).cause) == (SessionState.CLOSED, Cause.MISMATCH)
    assert asked(session).state == RequestState.USED_UP


@pytest.mark.parametrize(
    "changes",
    [
        {"out": Counted(0, "0003")},
        {"out": Counted(12, " ")},
        {"notebook_no": ""},
        {"telephones_lodged": False},
    ],
)
def test_nothing_is_handed_over_before_all_is_entered(
    room: ReadingRoom, session: ReadingSession, changes: dict
) -> None:
    """P-04: pages counted, issue number, numbered notebook, telephones lodged."""
    with pytest.raises(reading_errors.PaperIncomplete):
        hand_over(room, session, **changes)
    assert not PaperReading.objects.exists()
    assert asked(session).used == 0


def test_paper_with_a_reader_is_closed_by_nobody(room: ReadingRoom, session: ReadingSession) -> None:
    """P-04: neither by him, nor by the keeper, nor by a machine when its time is over."""
    hand_over(room, session)
    with pytest.raises(reading_errors.PaperOut):
        reading.leave(context=room.archive.context(room.desk.reader), session_id=session.pk)
    with pytest.raises(reading_errors.PaperOut):
        reading.close(context=room.archive.context(room.keeper), session_id=session.pk)
    with time_machine.travel(session.ends_at, tick=False):
        assert reading.end_overdue() == 0
    assert fresh(session).state == SessionState.READING
    # Back, and the reader gone without his word: the keeper closes it, and it stays unconfirmed.
    take_back(room, session)
    reading.close(context=room.archive.context(room.keeper), session_id=session.pk)
    assert fresh(session).cause == Cause.CLOSED_BY_KEEPER
    assert PaperReading.objects.get().returned_at is None


def test_the_keepers_word_and_the_readers_are_two(room: ReadingRoom, session: ReadingSession) -> None:
    """P-04, PE-07: the keeper confirms nothing for him; under his second account he is still the reader."""
    hand_over(room, session)
    for account in (room.keeper, room.desk.in_charge):
        with pytest.raises(Absent):
            confirm(room, session, account)
    own_again = make_account(room.desk.reader.person)
    assert confirm(room, session, own_again).received_at is not None
    # Nothing was counted back yet: there is nothing more to confirm.
    with pytest.raises(reading_errors.SessionStep):
        confirm(room, session)
    room.keeper = own_again
    for step in (hand_over, take_back):
        with pytest.raises(Absent):
            step(room, session)


def test_each_step_is_taken_once(room: ReadingRoom, session: ReadingSession) -> None:
    with pytest.raises(reading_errors.SessionStep):
        take_back(room, session)
    hand_over(room, session)
    with pytest.raises(reading_errors.SessionStep):
        hand_over(room, session)
    take_back(room, session)
    with pytest.raises(reading_errors.SessionStep):
        take_back(room, session)
    with pytest.raises(reading_errors.SessionStep):
        room.begin(session)
    with pytest.raises(reading_errors.SessionStep):
        reading.lock(context=room.archive.context(room.desk.reader), session_id=session.pk)


def test_a_session_on_paper_shows_nothing_on_a_screen(room: ReadingRoom, session: ReadingSession) -> None:
    """P-04, RR-01: its reader at a terminal, with the paper in his hands."""
    hand_over(room, session)
    assert room.decide(session.request.record) == "live-session-missing"


def test_a_request_taken_back_meanwhile_lets_the_paper_come_home(
    room: ReadingRoom, session: ReadingSession
) -> None:
    """RQ-11: revoked, the paper is still counted in, and the request stays revoked."""
    hand_over(room, session)
    requests.revoke(
        context=room.archive.context(room.desk.security),
        request_id=session.request_id,
        version=asked(session).version,
        reason="用途变更",
    )
    assert reading.end_overdue() == 0
    take_back(room, session)
    assert reading.end_overdue() == 1
    assert (fresh(session).cause, asked(session).state) == (Cause.REQUEST_ENDED, RequestState.REVOKED)


def test_a_request_revoked_before_the_hand_over_gives_out_nothing(
    room: ReadingRoom, session: ReadingSession
) -> None:
    requests.revoke(
        context=room.archive.context(room.desk.security),
        request_id=session.request_id,
        version=asked(session).version,
        reason="用途变更",
    )
    with pytest.raises(errors.WrongStep):
        hand_over(room, session)
    assert not PaperReading.objects.exists()


def test_what_was_handed_over_stays_as_it_was_entered(room: ReadingRoom, session: ReadingSession) -> None:
    """Architecture 4."""
    hand_over(room, session)
    for change in (
        {"pages_out": 11},
        {"handed_over_at": session.ends_at},
        {"handed_over_by": room.desk.reader.person},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            PaperReading.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperReading.objects.all().delete()
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        PaperReading.objects.update(telephones_lodged=False)
