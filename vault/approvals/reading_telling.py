"""Whom the reading room tells what by a notice: the request's number, and no title, level or name (RQ-16, 10.1(8))."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import rooms
from accounts.models import Person
from vault.approvals.models import AccessRequest, Booking, ReadingSession
from vault.approvals.reading_rules import SessionState
from vault.notices import topics
from vault.notices.services import settle, tell


class ReadingTopic(StrEnum):
    """What the reading room gives notice of."""

    BOOKED = "reading-place-booked"
    GIVEN_BACK = "reading-place-given-back"
    CANCELLED = "reading-place-cancelled"
    BESIDE = "reading-beside"


def register() -> None:
    """The sentences of these notices."""
    topics.register(
        topics.Topic(
            ReadingTopic.BOOKED,
            _("A place is booked in your reading room"),
            _("A place is booked for the request %(reference)s in a reading room that you keep."),
        ),
        topics.Topic(
            ReadingTopic.GIVEN_BACK,
            _("A place in your reading room is free again"),
            _("The place booked for the request %(reference)s in a reading room that you keep is cancelled."),
        ),
        topics.Topic(
            ReadingTopic.CANCELLED,
            _("Your place in the reading room is cancelled"),
            _("The place that you booked for the request %(reference)s is cancelled. Book another one."),
        ),
        topics.Topic(
            ReadingTopic.BESIDE,
            _("You are to stay beside a reader"),
            _("The reader of the request %(reference)s begins once you have confirmed that you are there."),
        ),
    )


def booked(booking: Booking, at: datetime) -> None:
    """The keepers of the room, inside the step's transaction; its reader has found another place."""
    _settle([ReadingTopic.GIVEN_BACK, ReadingTopic.CANCELLED], booking.request, at)
    _tell(ReadingTopic.BOOKED, _keepers(booking, at, but=booking.reader_id), booking.request, at)


def cancelled(booking: Booking, at: datetime, *, by: UUID | None) -> None:
    """The keepers, and the reader where he did not do it himself; nobody by whom it was cancelled."""
    _expect_no_more(booking.request, at)
    _tell(ReadingTopic.GIVEN_BACK, _keepers(booking, at, but=by), booking.request, at)
    if by != booking.reader_id:
        _tell(ReadingTopic.CANCELLED, [booking.reader], booking.request, at)


def let_in(session: ReadingSession, at: datetime) -> None:
    """Whoever is to stay beside the reader; the keepers need not wait for him any more."""
    _expect_no_more(session.request, at)
    if session.second_reader is not None:
        _tell(ReadingTopic.BESIDE, [session.second_reader], session.request, at)


def attended(session: ReadingSession, at: datetime) -> None:
    """He has confirmed, or there is nothing left to confirm."""
    _settle([ReadingTopic.BESIDE], session.request, at)


def _expect_no_more(request: AccessRequest, at: datetime) -> None:
    """Unless another place is booked for the same request: the notice is of that one as well."""
    if not Booking.objects.filter(request=request, state=SessionState.BOOKED).exists():
        _settle([ReadingTopic.BOOKED], request, at)


def _keepers(booking: Booking, at: datetime, *, but: UUID | None) -> Iterable[Person]:
    return [one for one in rooms.keepers_of(booking.room, at) if one.pk != but]


def _tell(topic: ReadingTopic, persons: Iterable[Person], request: AccessRequest, at: datetime) -> None:
    tell(persons=persons, topic=topic, reference=request.reference, path=_path(), now=at)


def _settle(found: Iterable[ReadingTopic], request: AccessRequest, at: datetime) -> None:
    for topic in found:
        settle(topic=topic, reference=request.reference, path=_path(), now=at)


def _path() -> str:
    return reverse("approvals:reading")
