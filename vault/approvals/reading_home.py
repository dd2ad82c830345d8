"""What the reading room puts on people's home pages: who comes and who is in, one's own places, paper that is out."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import ZONE, Duty, local_day
from vault.approvals import presentation, reading, reading_presentation
from vault.approvals.models import Booking, ReadingSession
from vault.approvals.reading_rules import SessionState
from vault.authorization.context import Context
from vault.notices.worklists import Entry, Worklist

SHOWN = 8


def worklists(viewer: Context) -> Iterable[Worklist]:
    """A keeper's rooms, whom one is to sit beside, one's own reading; of paper that is overdue the officer too."""
    if Duty.SECURITY_OFFICER in viewer.subject.duty_names:
        late = reading.paper_overdue(viewer.instant)
        if count := late.count():
            yield Worklist(
                title=_("Paper that should be back"),
                entries=tuple(_sitting(one, viewer) for one in late[:SHOWN]),
                count=count,
                empty_text="",
                more_url=reverse("approvals:reading"),
            )
    if viewer.subject.is_officer:
        return
    yield from _kept(viewer)
    if found := list(reading.beside(viewer)):
        yield Worklist(
            title=_("Beside a reader"),
            entries=tuple(
                _entry(
                    one.request.reference,
                    one.room.code,
                    tag="" if is_there else _("confirm that you are there"),
                    kind="" if is_there else "soon",
                )
                for one in found[:SHOWN]
                for is_there in (reading.is_attended(one),)
            ),
            count=len(found),
            empty_text="",
        )
    yield from _own(viewer)


def _kept(viewer: Context) -> Iterable[Worklist]:
    """Each room that the viewer keeps by itself would be many lists: all of them together."""
    kept = reading.kept_rooms(viewer)
    if not kept:
        return
    expected = reading.expected_in(kept, viewer.instant)
    if count := expected.count():
        yield Worklist(
            title=_("Expected in the reading room today"),
            entries=tuple(
                _entry(
                    f"{one.reader.name} · {one.request.reference}",
                    one.room.code,
                    tag=_hours(one),
                    kind="info",
                )
                for one in expected[:SHOWN]
            ),
            count=count,
            empty_text="",
        )
    inside = reading.live_in(kept).exclude(reader=viewer.subject.person_id)
    if count := inside.count():
        yield Worklist(
            title=_("In the reading room now"),
            entries=tuple(_sitting(one, viewer) for one in inside[:SHOWN]),
            count=count,
            empty_text="",
        )


def _own(viewer: Context) -> Iterable[Worklist]:
    """One's own session and the places from today on, the next first."""
    sitting = reading.own(viewer)
    booked = list(reading.booked(viewer))
    requests = [one.request for one in booked] + ([sitting.request] if sitting is not None else [])
    if not requests:
        return
    records = presentation.known(viewer, requests)

    def titled(one: Any, *, tag: Any, kind: str) -> Entry:
        return _entry(
            presentation.title(one.request, records.get(one.request.record_id)),
            f"{one.request.reference} · {one.room.code}",
            tag=tag,
            kind=kind,
        )

    entries = []
    if sitting is not None:
        label, kind = reading_presentation.STATES[SessionState(sitting.state)]
        entries.append(titled(sitting, tag=label, kind=kind))
    today = local_day(viewer.instant)
    entries += [
        titled(one, tag=f"{one.day.isoformat()} {_hours(one)}", kind="soon" if one.day == today else "")
        for one in booked
    ]
    yield Worklist(
        title=_("My reading"),
        entries=tuple(entries[:SHOWN]),
        count=len(entries),
        empty_text="",
        aside=True,
        more_url=reverse("approvals:reading"),
    )


def _sitting(one: ReadingSession, viewer: Context) -> Entry:
    """Who is in, by the request's number; what needs the keeper stands as its tag."""
    state, kind = reading_presentation.STATES[SessionState(one.state)]
    label = str(state)
    if reading.is_paper_out(one):
        label, kind = _("paper still out"), "late" if one.ends_at <= viewer.instant else "info"
    elif not reading.is_attended(one):
        label, kind = _("second reader not confirmed yet"), "soon"
    since = one.checked_in_at.astimezone(ZONE).strftime("%H:%M")
    return Entry(
        title=f"{one.reader.name} · {one.request.reference}",
        url=reverse("approvals:session", args=[one.pk]),
        detail=f"{one.room.code} · {since}",
        tag=label,
        tag_kind=kind,
    )


def _entry(title: Any, detail: str, *, tag: Any = "", kind: str = "") -> Entry:
    return Entry(title=title, url=reverse("approvals:reading"), detail=detail, tag=tag, tag_kind=kind)


def _hours(one: Booking) -> str:
    return f"{one.first_hour}:00–{one.last_hour}:00"
