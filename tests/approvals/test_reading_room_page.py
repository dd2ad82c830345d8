"""The reading room's page: a whole reading on screen and one on paper, as each of the persons does it."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Account
from tests.accounts.people import today
from tests.approvals.room import ReadingRoom, asked, fresh
from vault.approvals.models import AccessRequest, Booking, PaperReading, ReadingSession
from vault.approvals.reading_rules import Cause, SessionState
from vault.approvals.rules import RequestState
from vault.approvals.services import requests
from vault.authorization.context import of_account

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
PAGE = "/reading/"


class Doors:
    """A browser for each person, kept: a session is bound to its browser."""

    def __init__(self, room: ReadingRoom) -> None:
        self.room = room
        self.reader = room.archive.client(room.desk.reader)
        self.keeper = room.archive.client(room.keeper)

    def approved(self) -> AccessRequest:
        return self.room.desk.approved(self.room.desk.record())

    def check_in(self, request: AccessRequest, **changes: object) -> ReadingSession:
        given = {"reference": request.reference, "terminal": str(self.room.seat.terminal.pk), **changes}
        answer = self.keeper.post(f"{PAGE}rooms/{self.room.room.pk}/check-in/", given)
        assert answer.status_code == 302, answer.content.decode()
        return ReadingSession.objects.get(request=request)

    def step(self, client: Client, session: ReadingSession, step: str, **entries: object) -> int:
        part = "keep" if client is self.keeper else "sit"
        return client.post(f"{PAGE}{session.pk}/{part}/", {"step": step, **entries}).status_code


@pytest.fixture
def doors(room: ReadingRoom) -> Doors:
    return Doors(room)


def text(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_reading_on_screen_from_the_booking_to_the_register(doors: Doors) -> None:
    """RR-01, RR-05, RR-07, RR-08: only the approved pages stand on the page, and each that is shown is entered."""
    request = doors.room.desk.record()
    component = request.components.get()
    request = doors.room.desk.approved(request, pages={component.pk: "1-3"})
    tomorrow = (today() + timedelta(days=1)).isoformat()
    booked = doors.reader.post(
        f"{PAGE}requests/{request.pk}/book/",
        {"room": str(doors.room.room.pk), "day": tomorrow, "first": "9", "last": "11"},
    )
    assert booked.status_code == 302
    assert "9:00–11:00" in text(doors.reader)
    cancelled = doors.reader.post(f"{PAGE}bookings/{Booking.objects.get().pk}/cancel/")
    assert cancelled.status_code == 302
    session = doors.check_in(request)
    assert request.reference in text(doors.keeper)
    address = f"{PAGE}{session.pk}/"
    assert "<img" not in text(doors.reader, address)
    assert doors.step(doors.reader, session, "begin") == 302
    shown = text(doors.reader, address)
    pages = [f"/pages/{number}.png" in shown for number in (1, 2, 3, 4)]
    assert pages == [True, True, True, False]
    page = shown.split('<img src="')[1].split('"')[0]
    assert doors.reader.get(page).status_code == 200
    # The keeper sees what was seen, and no page.
    seen = text(doors.keeper, address)
    assert "<img" not in seen
    assert doors.step(doors.reader, session, "lock") == 302
    assert doors.reader.get(page).status_code == 403
    assert doors.step(doors.keeper, session, "resume") == 302
    assert doors.step(doors.reader, session, "begin") == 302
    assert doors.reader.get(page).status_code == 200
    assert doors.step(doors.reader, session, "leave") == 302
    assert fresh(session).cause == Cause.LEFT
    register = text(doors.room.archive.client(doors.room.desk.security))
    assert request.reference in register
    assert doors.room.desk.reader.person.name in register


def test_what_the_pages_would_refuse_is_not_laid_out(doors: Doors) -> None:
    """RQ-11: revoked a moment ago, while the worker has yet to end the session."""
    request = doors.approved()
    session = doors.check_in(request)
    doors.step(doors.reader, session, "begin")
    address = f"{PAGE}{session.pk}/"
    assert "<img" in text(doors.reader, address)
    request.refresh_from_db()
    requests.revoke(
        context=of_account(doors.room.desk.in_charge),
        request_id=request.pk,
        version=request.version,
        reason="演练延期",
    )
    ReadingSession.objects.filter(pk=session.pk).update(state=SessionState.READING)
    assert "<img" not in text(doors.reader, address)


def test_a_reading_on_paper_with_both_confirmations(doors: Doors) -> None:
    """P-04."""
    session = doors.check_in(doors.approved(), terminal="")
    out = {"pages": "12", "issue_no": "0003", "notebook_no": "B-07", "telephones_lodged": "on"}
    assert doors.step(doors.keeper, session, "hand_over", **out | {"telephones_lodged": ""}) == 400
    assert doors.step(doors.keeper, session, "hand_over", **out) == 302
    assert doors.step(doors.reader, session, "confirm") == 302
    assert doors.step(doors.keeper, session, "close") == 409
    back = {"pages": "12", "issue_no": "0003", "notebook_returned": "on"}
    assert doors.step(doors.keeper, session, "take_back", **back) == 302
    assert doors.step(doors.reader, session, "confirm") == 302
    assert PaperReading.objects.get().returned_at is not None
    assert (fresh(session).state, asked(session).state) == (SessionState.CLOSED, RequestState.USED_UP)


def test_what_comes_back_otherwise_is_told_to_the_keeper(doors: Doors) -> None:
    """P-04, AD-11."""
    session = doors.check_in(doors.approved(), terminal="")
    out = {"pages": "12", "issue_no": "0003", "notebook_no": "B-07", "telephones_lodged": "on"}
    doors.step(doors.keeper, session, "hand_over", **out)
    assert doors.step(doors.keeper, session, "take_back", pages="11", issue_no="0003") == 302
    assert fresh(session).cause == Cause.MISMATCH
    assert doors.step(doors.reader, session, "confirm") == 409


@pytest.mark.parametrize("who", ["clerk", "stranger", "auditor", "system"])
def test_a_session_is_its_readers_its_keepers_and_the_security_officers(doors: Doors, who: str) -> None:
    """PE-05: to anybody else it is not there."""
    session = doors.check_in(doors.approved())
    account: Account = getattr(doors.room.archive, who)
    client = doors.room.archive.client(account)
    assert client.get(f"{PAGE}{session.pk}/").status_code in (403, 404)
    for part in ("sit", "keep"):
        answer = client.post(f"{PAGE}{session.pk}/{part}/", {"step": "leave" if part == "sit" else "close"})
        assert answer.status_code in (403, 404)
    assert fresh(session).state == SessionState.CHECKED_IN


@pytest.mark.parametrize("reference", ["", "Q2026-9999", "Q٢٠٢٦-0001", "0001"])
def test_a_number_that_names_no_request_lets_nobody_in(doors: Doors, reference: str) -> None:
    answer = doors.keeper.post(
        f"{PAGE}rooms/{doors.room.room.pk}/check-in/", {"reference": reference, "terminal": ""}
    )
    assert answer.status_code == 400
    assert not ReadingSession.objects.exists()
