"""The reading room on one page: one's own reading, the desk of each room that one keeps, the register."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import rooms
from accounts.models import SecureRoom
from accounts.rules import Duty
from audit.events import ObjectFacts
from vault.approvals import errors, excerpts, reading
from vault.approvals import reading_presentation as shown
from vault.approvals.models import ReadingSession
from vault.approvals.reading_forms import (
    BookingForm,
    CheckInForm,
    HandOverForm,
    NoteForm,
    RoomPeriodForm,
    TakeBackForm,
)
from vault.approvals.room_printing import answered_for
from vault.approvals.services import beside, bookings, papers
from vault.approvals.services import reading as services
from vault.approvals.services.papers import Counted
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_request
from vault.authorization.decorators import requires

PAGE = 50
DONE: dict[str, str | Promise] = {
    "begin": gettext_lazy("You are reading now. Without a page for five minutes the session is locked."),
    "lock": gettext_lazy("The session is locked. The keeper unlocks it when you are back."),
    "leave": gettext_lazy("The session is over."),
    "attend": gettext_lazy("Confirmed: you are beside the reader. Say when you go."),
    "depart": gettext_lazy("You are away now: nothing more is shown until you confirm again."),
    "confirm": gettext_lazy("Confirmed."),
    "resume": gettext_lazy("Unlocked. The reader begins again in his browser."),
    "close": gettext_lazy("The session is over."),
    "hand_over": gettext_lazy("Handed over. The reader confirms it under his own account."),
    "take_back": gettext_lazy("Counted back in. The reader confirms it under his own account."),
}
MISMATCH = gettext_lazy(
    "What came back is not what went out: an incident is raised, and the session is over."
)


@require_safe
@requires(Action.LOOK_AT_READING)
def rooms_page(request: HttpRequest) -> HttpResponse:
    """Everything about reading that concerns the viewer."""
    viewer = of_request(request)
    gate.authorize(viewer, Action.LOOK_AT_READING, sealed={"list": "reading"})
    return _page(request, viewer)


@require_safe
@requires(Action.LOOK_AT_READING)
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The approved pages for its reader while he reads; for its keeper and the security officer what was seen."""
    viewer = of_request(request)
    found = reading.all_sessions().filter(pk=session_id).first()
    if found is None or not _concerns(viewer, found):
        gate.absent(viewer, Action.LOOK_AT_READING, "session", session_id)
    return session_page(request, viewer, found)


def session_page(
    request: HttpRequest,
    viewer: Context,
    found: ReadingSession,
    *,
    note: NoteForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a session that concerns the viewer; `note` is what its reader wrote and could not keep yet."""
    gate.authorize(viewer, Action.LOOK_AT_READING, about=ObjectFacts("session", str(found.pk)))
    is_reader = found.reader_id == viewer.subject.person_id
    line = {**shown.session(found), "what": shown.what(viewer, found.request)}
    # Asked as each page is: what would be refused is not laid out, though the worker has yet to end the session.
    going_on = reading.live(viewer, found.request.record_id) if is_reader and line["may"]["read"] else None
    reads = going_on is not None and going_on.pk == found.pk
    return render(
        request,
        "approvals/session.html",
        {
            "session": line,
            "sheets": shown.sheets(found) if reads else [],
            "note": note or (shown.note(viewer, found) if reads else None),
            "problem": problem,
            "kept": excerpts.written_in(viewer, found) if is_reader else [],
            "is_reader": is_reader,
            "seen": []
            if is_reader
            else [{"page": one.page, "at": one.at} for one in reading.pages_seen(found)],
        },
        status=status,
    )


@require_POST
@requires(Action.BOOK_ROOM)
def book(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Book a place for one's own request."""
    viewer = of_request(request)
    form = BookingForm(request.POST)
    data = form.cleaned_data if form.is_valid() else {}
    if not data:
        return _page(request, viewer, problem=_("Choose a room, a day and the hours."), status=400)
    return _attempt(
        request,
        viewer,
        lambda: bookings.book(
            context=viewer,
            request_id=request_id,
            room_id=data["room"].pk,
            day=data["day"],
            first=data["first"],
            last=data["last"],
        ),
        _("The place is booked."),
    )


@require_POST
@requires(Action.BOOK_ROOM)
def cancel_booking(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """Give a place back."""
    viewer = of_request(request)
    return _attempt(
        request,
        viewer,
        lambda: bookings.cancel_booking(context=viewer, booking_id=booking_id),
        _("The booking is cancelled."),
    )


@require_POST
@requires(Action.KEEP_ROOM)
def check_in(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Let somebody in."""
    viewer = of_request(request)
    room = SecureRoom.objects.select_related("unit").filter(pk=room_id).first()
    if room is None or not rooms.is_keeper(viewer.subject.person_id, room, viewer.instant):
        gate.absent(viewer, Action.KEEP_ROOM, "room", room_id)
    form = CheckInForm(request.POST, room=room)
    if not form.is_valid():
        problem = _("There is no request for consulting under this number, or the terminal may not be used.")
        return _page(request, viewer, problem=problem, status=400)
    data = form.cleaned_data
    return _attempt(
        request,
        viewer,
        lambda: services.check_in(
            context=viewer,
            request_id=data["reference"].pk,
            room_id=room_id,
            terminal_id=data["terminal"].pk if data["terminal"] else None,
            second_reader_id=data["second"].pk if data.get("second") else None,
        ),
        _("Checked in. The reader begins himself."),
    )


@require_POST
@requires(Action.READ_IN_ROOM)
def sit(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A step of the reader (begin, lock, leave, confirm), or of whoever stays beside him (attend, depart)."""
    viewer = of_request(request)
    steps: dict[str, Callable[..., object]] = {
        "begin": services.begin,
        "lock": services.lock,
        "leave": services.leave,
        "attend": beside.attend,
        "depart": beside.depart,
        "confirm": papers.confirm,
    }
    step = request.POST.get("step", "")
    if step not in steps:
        return _page(request, viewer, problem=_("Choose what to do."), status=400)
    target = reverse("approvals:session", args=[session_id]) if step == "begin" else None
    return _attempt(
        request, viewer, lambda: steps[step](context=viewer, session_id=session_id), DONE[step], target
    )


@require_POST
@requires(Action.KEEP_ROOM)
def keep(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A step of the keeper: resume, close, hand over, take back."""
    viewer = of_request(request)
    step = request.POST.get("step", "")
    if step in {"resume", "close"}:
        act = services.resume if step == "resume" else services.close
        return _attempt(request, viewer, lambda: act(context=viewer, session_id=session_id), DONE[step])
    forms = {"hand_over": HandOverForm, "take_back": TakeBackForm}
    form = forms[step](request.POST) if step in forms else None
    if form is None or not form.is_valid():
        problem = _("Count the pages and enter everything that is asked for.")
        return _page(request, viewer, problem=problem, status=400)
    data = form.cleaned_data
    count = Counted(data["pages"], data["issue_no"])
    if step == "hand_over":
        return _attempt(
            request,
            viewer,
            lambda: papers.hand_over(
                context=viewer,
                session_id=session_id,
                out=count,
                notebook_no=data["notebook_no"],
                telephones_lodged=data["telephones_lodged"],
            ),
            DONE[step],
        )
    return _attempt(
        request,
        viewer,
        lambda: papers.take_back(
            context=viewer,
            session_id=session_id,
            back=count,
            notebook_returned=data["notebook_returned"],
        ),
        DONE[step],
    )


def _attempt(
    request: HttpRequest,
    viewer: Context,
    act: Callable[[], object],
    done: str | Promise,
    target: str | None = None,
) -> HttpResponse:
    try:
        made = act()
    except errors.ApprovalsError as error:
        return _page(request, viewer, problem=str(error.sentence), status=error.status)
    over = getattr(getattr(made, "session", None), "cause", "") == "paper-mismatch"
    messages.success(request, str(MISMATCH if over else done))
    return HttpResponseRedirect(target or reverse("approvals:reading"))


def _page(request: HttpRequest, viewer: Context, *, problem: str = "", status: int = 200) -> HttpResponse:
    kept = answered_for(viewer)
    page = Paginator(reading.register(viewer), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "approvals/reading.html",
        {
            "problem": problem,
            "own": None if viewer.subject.is_officer else shown.own(viewer),
            "beside": [] if viewer.subject.is_officer else shown.beside(viewer),
            "desks": shown.desks(viewer),
            "registers": Duty.SECURITY_OFFICER in viewer.subject.duty_names,
            "register": shown.lines(page.object_list),
            "print_form": RoomPeriodForm(rooms=kept) if kept else None,
            "total": page.paginator.count,
            "first": page.start_index(),
            "last": page.end_index(),
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
        status=status,
    )


def _concerns(viewer: Context, found: ReadingSession) -> bool:
    """Its reader, a keeper of its room, the security officer."""
    person_id = viewer.subject.person_id
    return (
        found.reader_id == person_id
        or Duty.SECURITY_OFFICER in viewer.subject.duty_names
        or rooms.is_keeper(person_id, found.room, viewer.instant)
    )
