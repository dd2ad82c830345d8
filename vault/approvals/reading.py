"""Reads of the reading room, and its answer to the access rule's question "live session here?" (RR-01, RR-06)."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet

from accounts import rooms
from accounts.models import SecureRoom
from accounts.rules import ZONE, Duty, local_day
from audit import clock
from vault.approvals import selectors
from vault.approvals.digests import is_unchanged
from vault.approvals.models import AccessRequest, Attendance, Booking, PageView, ReadingSession
from vault.approvals.reading_rules import IDLE, LIVE, SLACK, Cause, Medium, SessionState
from vault.approvals.rules import NOTING, READING
from vault.approvals.standing import may_have
from vault.authorization import providers
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.providers import Asked, Ids
from vault.holdings import releases
from vault.holdings.models import ComponentVersion, Record

# What a session opens, each beside an approval of its own. Copies are made by whoever keeps the paper, not in it.
OPENED = NOTING | {READING}


def connect() -> None:
    """Answer, once, and keep the register of pages."""
    providers.LIVE_SESSION.provide(ask, ids)
    releases.provide(release)


# The answer


def ask(asked: Asked) -> bool:
    """Whether the person reads this record in a session that goes on here and now. At most one query."""
    if asked.model is not Record or asked.action not in OPENED:
        return False
    return live(asked.context, asked.object_id) is not None


def ids(context: Context, action: Action, model: type[Model]) -> Ids:
    """The record of the person's live session: one at most."""
    if model is not Record or action not in OPENED:
        return frozenset()
    found = live(context)
    return frozenset() if found is None else frozenset({found.request.record_id})


def live(context: Context, record_id: UUID | None = None) -> ReadingSession | None:
    """The session that goes on at this machine in this browser at this instant.

    Read anew with each page, so whatever ends it ends it at the next one: the terminal's check or certificate, the
    request, the label, the room, the second reader who goes, five minutes, the hard end, a clock set back.
    """
    if not context.session or context.terminal_id is None or not context.terminal_usable:
        return None
    at = context.instant
    going_on = (
        ReadingSession.objects.filter(
            reader=context.subject.person_id,
            state=SessionState.READING,
            web_session=context.session,
            terminal=context.terminal_id,
            terminal__secure_room=F("room"),
            room__closed_at__isnull=True,
            checked_in_at__lte=at + SLACK,
            last_at__gt=at - IDLE,
            last_at__lte=at + SLACK,
            ends_at__gt=at,
            request__in=selectors.in_force(at),
        )
        .filter(Q(second_reader__isnull=True) | Q(Exists(attending())))
        .select_related("request__record", "terminal")
    )
    if record_id is not None:
        going_on = going_on.filter(request__record=record_id)
    found = going_on.first()
    if found is None or not is_unchanged(found.request):
        return None
    # RR-10: whoever is beside the reader is as fit for the record as he, at each page.
    beside = found.second_reader_id
    return found if beside is None or may_have(found.request.record, beside, at) else None


def room_problem(room_id: UUID, day: date) -> Cause | None:
    """10.1(4): why nothing is read in a room on a day, if anything keeps it from use."""
    standing = rooms.standing(room_id, day)
    if standing is None or not standing.room.is_open:
        return Cause.ROOM_CLOSED
    return None if standing.is_in_order(day) else Cause.ROOM_UNINSPECTED


# The register of pages


class Page:
    """A page about to be shown in a session."""

    def __init__(self, session: ReadingSession, context: Context) -> None:
        self._session = session
        number = session.terminal.number if session.terminal is not None else ""
        at = context.instant.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        # 10.1(5): who, when, where, under which approval; enough to trace a photograph of the screen.
        self.mark = f"{number} · {session.request.reference} · {at}"

    def enter(self, version: ComponentVersion, number: int) -> None:
        """RR-07: the row is there before the page is; and the session is awake again."""
        now = clock.now()
        with transaction.atomic():
            PageView.objects.create(
                session=self._session,
                component_id=version.component_id,
                version=version.number,
                page=number,
                at=now,
            )
            ReadingSession.objects.filter(
                pk=self._session.pk, state=SessionState.READING, last_at__lt=now
            ).update(last_at=now)


def release(context: Context, record_id: UUID) -> releases.Release | None:
    """What enters a page of a record that is shown now; None where no session goes on."""
    found = live(context, record_id)
    return None if found is None else Page(found, context)


# Reads


def all_sessions() -> QuerySet[ReadingSession]:
    """Every session with what each page of one needs; nobody's list."""
    return ReadingSession.objects.select_related(
        "request__record__unit", "reader__unit", "room__unit", "terminal", "second_reader", "checked_in_by"
    )


def own(viewer: Context) -> ReadingSession | None:
    """The viewer's own live session."""
    return all_sessions().filter(reader=viewer.subject.person_id, state__in=LIVE).first()


def attending() -> QuerySet[Attendance]:
    """RR-10: who is there beside the reader of the session of the query around it."""
    return Attendance.objects.filter(
        session=OuterRef("pk"), person=OuterRef("second_reader"), until__isnull=True
    )


def is_attended(session: ReadingSession) -> bool:
    """Whether nobody need be beside its reader, or whoever was named is there."""
    if session.second_reader_id is None:
        return True
    here = Attendance.objects.filter(session=session, person=session.second_reader_id, until__isnull=True)
    return here.exists()


def beside(viewer: Context) -> QuerySet[ReadingSession]:
    """The live sessions beside whose reader the viewer is to stay."""
    found = all_sessions().filter(second_reader=viewer.subject.person_id, state__in=LIVE)
    return found.exclude(second_reader=None).order_by("checked_in_at", "pk")


def is_elsewhere(person_id: UUID, room_id: UUID) -> bool:
    """RR-10: whether somebody reads, or stays beside a reader, in another room."""
    live = ReadingSession.objects.filter(state__in=LIVE).exclude(room=room_id)
    beside_another = Exists(Attendance.objects.filter(session=OuterRef("pk"), person=person_id, until=None))
    return live.filter(Q(reader=person_id) | Q(beside_another)).exists()


def in_room(room: SecureRoom) -> QuerySet[ReadingSession]:
    """Who is in, the first in first."""
    return all_sessions().filter(room=room, state__in=LIVE).order_by("checked_in_at", "pk")


def live_in(chosen: Iterable[SecureRoom]) -> QuerySet[ReadingSession]:
    """Who is in any of these rooms, the first in first."""
    found = all_sessions().select_related("paper").filter(room__in=list(chosen), state__in=LIVE)
    return found.order_by("checked_in_at", "pk")


def kept_rooms(viewer: Context) -> list[SecureRoom]:
    """The open rooms that the viewer keeps, by code."""
    if Duty.ROOM_KEEPER not in viewer.subject.duty_names:
        return []
    open_rooms = SecureRoom.objects.select_related("unit").filter(closed_at__isnull=True).order_by("code")
    return [one for one in open_rooms if rooms.is_keeper(viewer.subject.person_id, one, viewer.instant)]


def is_paper_out(session: ReadingSession) -> bool:
    """P-04: paper was handed over and is not back."""
    paper = getattr(session, "paper", None)
    return session.medium == Medium.PAPER and paper is not None and paper.taken_back_at is None


def paper_overdue(at: datetime) -> QuerySet[ReadingSession]:
    """P-04: sessions whose time is over and whose paper is not back, the longest first."""
    late = all_sessions().select_related("paper").filter(state__in=LIVE, medium=Medium.PAPER, ends_at__lte=at)
    return late.filter(paper__isnull=False, paper__taken_back_at__isnull=True).order_by("ends_at", "pk")


def booked(viewer: Context) -> QuerySet[Booking]:
    """The viewer's own places from today on, the next first."""
    found = Booking.objects.select_related("room", "request__record").filter(
        reader=viewer.subject.person_id, state=SessionState.BOOKED, day__gte=local_day(viewer.instant)
    )
    return found.order_by("day", "first_hour", "pk")


def expected(room: SecureRoom, at: datetime) -> QuerySet[Booking]:
    """Who is expected in a room on that day and has not come yet."""
    return expected_in([room], at)


def expected_in(chosen: Iterable[SecureRoom], at: datetime) -> QuerySet[Booking]:
    """The same of several rooms."""
    rows = Booking.objects.select_related("request__record", "reader__unit", "room")
    today = rows.filter(room__in=list(chosen), day=local_day(at), state=SessionState.BOOKED)
    return today.order_by("first_hour", "booked_at")


def free_places(room: SecureRoom, at: datetime) -> int:
    """Places in which nobody sits and which nobody booked for this hour."""
    hour = at.astimezone(ZONE).hour
    booked = Booking.objects.filter(
        room=room,
        day=local_day(at),
        state=SessionState.BOOKED,
        first_hour__lte=hour,
        last_hour__gt=hour,
    )
    return room.capacity - booked.count() - in_room(room).count()


def register(viewer: Context) -> QuerySet[ReadingSession]:
    """RR-07: every session there was, for the security officer, the newest first."""
    if Duty.SECURITY_OFFICER not in viewer.subject.duty_names:
        return ReadingSession.objects.none()
    return all_sessions().order_by("-checked_in_at", "-pk")


def pages_seen(session: ReadingSession) -> QuerySet[PageView]:
    """The pages that were shown in a session, in their order."""
    return PageView.objects.filter(session=session).select_related("component").order_by("at", "pk")


def pages_shown(session: ReadingSession, component_id: UUID, version: int) -> set[int]:
    """Which pages of a part its reader was shown in a session."""
    seen = PageView.objects.filter(session=session, component=component_id, version=version)
    return set(seen.values_list("page", flat=True))


def noting(viewer: Context, session: ReadingSession) -> list[AccessRequest]:
    """The reader's own approvals under which he may write from what he reads, the oldest first."""
    own = selectors.mine(viewer).filter(
        pk__in=selectors.in_force(viewer.instant).values("pk"),
        record=session.request.record_id,
        action__in=NOTING,
        used__lt=F("amount"),
    )
    return list(own.order_by("submitted_at", "pk"))
