"""What the reading room's pages show, as plain values for the templates."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules import local_day
from vault.approvals import emergencies, emergency_rules, presentation, reading, scopes, words
from vault.approvals.models import AccessRequest, Booking, PaperReading, ReadingSession
from vault.approvals.reading_forms import BookingForm, CheckInForm, HandOverForm, NoteForm, TakeBackForm
from vault.approvals.reading_rules import Cause, Medium, SessionState
from vault.approvals.rules import READING, RequestState
from vault.approvals.selectors import mine
from vault.authorization.context import Context
from vault.holdings.models import ComponentVersion

STATES = {
    SessionState.CHECKED_IN: (gettext_lazy("checked in"), "info"),
    SessionState.READING: (gettext_lazy("reading"), "ok"),
    SessionState.LOCKED: (gettext_lazy("locked"), "soon"),
    SessionState.CLOSED: (gettext_lazy("over"), ""),
}
CAUSES = {
    Cause.LEFT: gettext_lazy("the reader left"),
    Cause.CLOSED_BY_KEEPER: gettext_lazy("closed by the keeper"),
    Cause.TIME_OVER: gettext_lazy("time over"),
    Cause.FORSAKEN: gettext_lazy("nobody came back"),
    Cause.REQUEST_ENDED: gettext_lazy("the approval ended"),
    Cause.TERMINAL_UNUSABLE: gettext_lazy("the terminal may not be used"),
    Cause.ROOM_CLOSED: gettext_lazy("the room is closed"),
    Cause.ROOM_UNINSPECTED: gettext_lazy("the room's inspection is overdue or failed"),
    Cause.RETURNED: gettext_lazy("paper returned"),
    Cause.MISMATCH: gettext_lazy("paper came back otherwise than it went out"),
}


def what(viewer: Context, request: AccessRequest) -> str:
    """What a request is about, as the viewer may know it."""
    return presentation.title(request, presentation.known(viewer, [request]).get(request.record_id))


def session(one: ReadingSession) -> dict[str, Any]:
    """A line of a list, and what its own page begins with; by the request's number, without a title."""
    label, kind = STATES[SessionState(one.state)]
    paper = PaperReading.objects.filter(session=one).first() if one.medium == Medium.PAPER else None
    is_attended = not one.is_live or reading.is_attended(one)
    return {
        "pk": one.pk,
        "url": reverse("approvals:session", args=[one.pk]),
        "reference": one.request.reference,
        "reader": one.reader.name,
        "unit": one.reader.unit.name,
        "place": one.terminal.number if one.terminal is not None else _("on paper"),
        "room": one.room.code,
        "state": label,
        "kind": kind,
        "cause": CAUSES[Cause(one.cause)] if one.cause else "",
        "keeper": one.checked_in_by.name,
        "second": one.second_reader.name if one.second_reader is not None else "",
        "from": one.checked_in_at,
        "until": one.closed_at or one.ends_at,
        "paper": paper,
        "is_attended": is_attended,
        "may": _may(one, paper, is_attended=is_attended),
    }


def _may(one: ReadingSession, paper: PaperReading | None, *, is_attended: bool) -> dict[str, bool]:
    """Which steps stand open, for its reader, its keeper and whoever stays beside the reader."""
    on_screen, state = one.medium == Medium.SCREEN, SessionState(one.state)
    is_out = paper is not None and paper.taken_back_at is None
    return {
        "begin": on_screen
        and is_attended
        and (state is SessionState.CHECKED_IN or (state is SessionState.READING and not one.web_session)),
        "read": on_screen and state is SessionState.READING and bool(one.web_session),
        "attend": not is_attended and state in {SessionState.CHECKED_IN, SessionState.READING},
        "depart": one.second_reader_id is not None and one.is_live and is_attended and not is_out,
        "resume": state is SessionState.LOCKED,
        "leave": one.is_live and not is_out,
        "hand_over": not on_screen and is_attended and state is SessionState.CHECKED_IN,
        "take_back": one.is_live and is_out,
        "confirm_out": one.is_live and paper is not None and paper.received_at is None,
        "confirm_in": one.is_live
        and paper is not None
        and paper.received_at is not None
        and paper.taken_back_at is not None,
    }


def beside(viewer: Context) -> list[dict[str, Any]]:
    """RR-10: the sessions beside whose reader the viewer is to stay, by the request's number."""
    return [session(one) for one in reading.beside(viewer)]


def own(viewer: Context) -> dict[str, Any]:
    """The reader's part of the page: his session, what he booked, and what he can book for."""
    sitting = reading.own(viewer)
    approved = mine(viewer).filter(action=READING, state__in=[RequestState.APPROVED, RequestState.IN_SESSION])
    # PE-17: an hour that runs is no day to book.
    wanted = approved.filter(is_emergency=False)
    return {
        "session": None if sitting is None else {**session(sitting), "what": what(viewer, sitting.request)},
        "bookings": [{**_booking(one), "what": what(viewer, one.request)} for one in reading.booked(viewer)],
        "emergencies": [
            {**_urgent(one), "what": what(viewer, one)}
            for one in approved.filter(is_emergency=True).select_related("emergency")
            if emergencies.is_running(one, viewer.instant)
        ],
        "requests": [
            {
                "pk": one.pk,
                "reference": one.reference,
                "what": what(viewer, one),
                "starts_on": one.starts_on,
                "ends_on": one.ends_on,
                "form": BookingForm(
                    initial={"day": max(one.starts_on, local_day(viewer.instant)), "last": 10},
                    auto_id=f"id_{one.number}_%s",
                ),
            }
            for one in wanted
        ],
    }


def desks(viewer: Context) -> list[dict[str, Any]]:
    """The keeper's part: each room that he keeps, who is expected, who is in."""
    return [
        {
            "pk": room.pk,
            "code": room.code,
            "name": room.name,
            "free": reading.free_places(room, viewer.instant),
            "emergencies": [_urgent(one) for one in emergencies.expected(room, viewer.instant)],
            "expected": [_booking(one) for one in reading.expected(room, viewer.instant)],
            "sessions": [
                {
                    **session(one),
                    "hand_over_form": HandOverForm(auto_id=f"id_{one.pk}_out_%s"),
                    "take_back_form": TakeBackForm(auto_id=f"id_{one.pk}_in_%s"),
                }
                for one in reading.in_room(room).exclude(reader=viewer.subject.person_id)
            ],
            "form": CheckInForm(room=room, auto_id=f"id_{room.code}_%s"),
        }
        for room in reading.kept_rooms(viewer)
    ]


def lines(found: Iterable[ReadingSession]) -> list[dict[str, Any]]:
    """Lines of the register."""
    return [session(one) for one in found]


def sheets(one: ReadingSession) -> list[dict[str, Any]]:
    """RR-05: the pages that were approved and no others, part by part."""
    found = []
    for portion in one.request.scope.portions:
        version = ComponentVersion.objects.filter(
            component=portion.component_id, number=portion.version, component__record=one.request.record_id
        ).first()
        if version is None:
            continue
        found.append(
            {
                "name": version.name,
                "pages": [
                    {
                        "number": page,
                        "url": reverse(
                            "holdings:version_page",
                            kwargs={
                                "record_id": one.request.record_id,
                                "component_id": portion.component_id,
                                "version": portion.version,
                                "number": page,
                            },
                        ),
                    }
                    for page in range(1, (version.page_count or 0) + 1)
                    if portion.has_page(page)
                ],
            }
        )
    return found


def note(viewer: Context, one: ReadingSession, **given: Any) -> NoteForm | None:
    """The form in which a reader writes down what he reads; None where nothing is approved for it, and away from the
    session's terminal: what is typed there is as secret as the page (P-02).
    """
    if not viewer.terminal_usable or viewer.terminal_id is None or viewer.terminal_id != one.terminal_id:
        return None
    requests = reading.noting(viewer, one)
    parts = {portion.component_id: portion.version for found in requests for portion in found.scope.portions}
    names = {
        version.component_id: version.name
        for version in ComponentVersion.objects.filter(
            component__in=parts, component__record=one.request.record_id, page_count__isnull=False
        ).order_by("component__position", "number")
        if parts[version.component_id] == version.number
    }
    if not requests or not names:
        return None
    return NoteForm(
        requests=[
            (found.pk, f"{found.reference} · {words.ACTION_LABELS[found.action]} · {_left(found)}")
            for found in requests
        ],
        parts=list(names.items()),
        source=one.request.record.levels,
        **given,
    )


def _left(found: AccessRequest) -> str:
    pages = scopes.written(part for portion in found.scope.portions for part in portion.ranges)
    left = _("uses left: %(count)s") % {"count": found.left}
    return f"{left} · {_('pages %(pages)s') % {'pages': pages}}" if pages else left


def _urgent(one: AccessRequest) -> dict[str, Any]:
    """An emergency whose hour runs."""
    return {
        "reference": one.reference,
        "reader": one.requester.name,
        "unit": one.requester.unit.name,
        "room": one.room.code if one.room is not None else "",
        "until": emergency_rules.ends_at(one.emergency.starts_at),
    }


def _booking(one: Booking) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "reference": one.request.reference,
        "reader": one.reader.name,
        "room": one.room.code,
        "day": one.day,
        "hours": f"{one.first_hour}:00–{one.last_hour}:00",
    }
