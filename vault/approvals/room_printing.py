"""The register of the use of secure rooms on paper (保密室使用登记): who was in, when, and how it ended (RR-07, RQ-13).

The security officer has it of every room, a keeper of the rooms that he keeps. No title stands in it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts import rooms
from accounts.models import SecureRoom
from accounts.rules import ZONE, Duty, local_day
from storage import forms
from storage.forms import Column
from vault.approvals import errors, reading
from vault.approvals.models import Attendance, PageView, ReadingSession
from vault.approvals.printing import begins, set_in_type, span
from vault.approvals.reading_presentation import CAUSES, STATES
from vault.approvals.reading_rules import Cause, Medium, SessionState
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context

TITLE = "保密室使用登记"
COLUMNS = (
    Column("序号", 0.6),
    Column("保密室", 1),
    Column("日期", 1.2),
    Column("查阅人", 1),
    Column("单位", 1.6),
    Column("申请编号", 1.3),
    Column("载体/终端", 1.2),
    Column("管理员", 1),
    Column("入室", 0.8),
    Column("离室", 0.8),
    Column("页数", 0.9),
    Column("保密本", 1.3),
    Column("第二人", 1.4),
    Column("结束情况", 1.6),
)


@dataclass(frozen=True)
class RoomPeriod:
    """Of which room, or of all that the viewer answers for, and who came in on which days; both count."""

    room_id: UUID | None
    starts_on: date
    ends_on: date

    @property
    def name(self) -> str:
        """The file's name: nothing of what is in it."""
        return f"{TITLE}-{self.starts_on:%Y%m%d}-{self.ends_on:%Y%m%d}.pdf"


def answered_for(viewer: Context) -> list[SecureRoom]:
    """The rooms whose register the viewer may have, closed ones too, by code."""
    every = SecureRoom.objects.select_related("unit").order_by("code")
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        return list(every)
    if Duty.ROOM_KEEPER not in viewer.subject.duty_names:
        return []
    return [one for one in every if rooms.is_keeper(viewer.subject.person_id, one, viewer.instant)]


def register(*, context: Context, period: RoomPeriod) -> bytes:
    """The PDF; the event with the room, the period and the number of rows is committed before there is one.

    Raises Absent for a room that is not there or not the viewer's, RegisterTooLong, Refused, AuditUnavailable,
    FormFailed, ForkServerUnavailable.
    """
    chosen = [one for one in answered_for(context) if period.room_id in {None, one.pk}]
    if period.room_id is not None and not chosen:
        gate.absent(context, Action.PRINT_ROOM_REGISTER, "room", period.room_id)
    asked = entered(chosen, period.starts_on, period.ends_on)
    found = list(asked[: forms.MAX_ROWS + 1])
    is_too_long = len(found) > forms.MAX_ROWS
    gate.authorize(
        context,
        Action.PRINT_ROOM_REGISTER,
        sealed={
            "list": "reading sessions",
            "room": " ".join(one.code for one in chosen),
            "period": f"{period.starts_on.isoformat()} {period.ends_on.isoformat()}",
            # Of what is too long nothing is made.
            "total": 0 if is_too_long else len(found),
        },
    )
    if is_too_long:
        raise errors.RegisterTooLong
    seen = pages_seen(asked)
    return set_in_type(
        context=context,
        title=TITLE,
        columns=COLUMNS,
        rows=lambda: tuple(row(number, one, seen[one.pk]) for number, one in enumerate(found, start=1)),
        facts=(
            ("保密室", "、".join(f"{one.code} {one.name}" for one in chosen) or "无"),
            ("期间", span(period.starts_on, period.ends_on)),
        ),
    )


def entered(chosen: list[SecureRoom], starts_on: date, ends_on: date) -> QuerySet[ReadingSession]:
    """Who was let into these rooms on these days, in the order in which they came."""
    return (
        reading.all_sessions()
        .select_related("paper", "request__requester_unit")
        .prefetch_related(Prefetch("attendances", queryset=Attendance.objects.order_by("since")))
        .filter(
            room__in=chosen,
            checked_in_at__gte=begins(starts_on),
            checked_in_at__lt=begins(ends_on + timedelta(days=1)),
        )
        .order_by("checked_in_at", "pk")
    )


def pages_seen(sessions: QuerySet[ReadingSession]) -> Counter[UUID]:
    """How many different pages were shown in each; one looked at twice counts once."""
    shown = PageView.objects.filter(session__in=sessions.order_by().values("pk"))
    pages = shown.order_by().values_list("session_id", "component_id", "version", "page").distinct()
    return Counter(session_id for session_id, *_page in pages)


def row(number: int, one: ReadingSession, seen: int) -> tuple[str, ...]:
    """One session as a row; everything that it says is read before."""
    paper = getattr(one, "paper", None)
    on_paper = one.medium == Medium.PAPER
    if paper is None:
        pages, notebook = ("" if on_paper else str(seen)), ""
    else:
        pages = f"交{paper.pages_out}" + (f"收{paper.pages_in}" if paper.taken_back_at is not None else "")
        is_missing = paper.taken_back_at is not None and not paper.notebook_returned
        notebook = f"{paper.notebook_no}（未收回）" if is_missing else paper.notebook_no
    return (
        str(number),
        one.room.code,
        local_day(one.checked_in_at).isoformat(),
        one.reader.name,
        # As he was placed when he asked: he may have moved since.
        one.request.requester_unit.name,
        one.request.reference,
        "纸质" if on_paper else one.terminal.number if one.terminal is not None else "",
        one.checked_in_by.name,
        _hour(one.checked_in_at),
        _hour(one.closed_at, of=one.checked_in_at),
        pages,
        notebook,
        _second(one),
        str(CAUSES[Cause(one.cause)] if one.cause else STATES[SessionState(one.state)][0]),
    )


def _second(one: ReadingSession) -> str:
    """RR-10: who stayed beside the reader, and from when to when."""
    if one.second_reader is None:
        return ""
    times = "、".join(f"{_hour(each.since)}-{_hour(each.until)}" for each in one.attendances.all())
    return f"{one.second_reader.name}（{times or '未到场'}）"


def _hour(at: datetime | None, *, of: datetime | None = None) -> str:
    """A time of day; with its day where that is another one."""
    if at is None:
        return ""
    here = at.astimezone(ZONE)
    is_same = of is None or local_day(of) == local_day(at)
    return here.strftime("%H:%M" if is_same else "%Y-%m-%d %H:%M")
