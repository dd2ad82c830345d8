"""How secure reading rooms and their inspections read on the screens."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import RoomInspection, SecureRoom
from accounts.room_rules import LATE_NAMES, Due, InspectionKind
from accounts.rooms import RoomStanding
from accounts.terminal_rules import CheckResult
from vault.administration.terminal_presentation import RESULT_LABELS
from vault.notices.worklists import Entry

KIND_LABELS: dict[InspectionKind, Promise] = {
    InspectionKind.TECHNICAL: gettext_lazy("Technical inspection"),
    InspectionKind.SECURITY: gettext_lazy("Security inspection"),
}


def room(one: RoomStanding) -> dict[str, Any]:
    """A room as the list and its page show it."""
    row = one.room
    return {
        "pk": row.pk,
        "url": reverse("rooms:room", args=[row.pk]),
        "code": row.code,
        "name": row.name,
        "unit": row.unit.name,
        "capacity": row.capacity,
        "two_readers": row.two_readers,
        "inspect_every": row.inspect_every,
        "closed_at": row.closed_at,
        "registered_by": row.registered_by.name,
        "registered_at": row.registered_at,
        "due": [
            {
                "kind": KIND_LABELS[due.kind],
                "on": due.on,
                "late": _(LATE_NAMES[due.late]) if due.late is not None else "",
            }
            for due in one.due
        ],
    }


def inspections(rows: Iterable[RoomInspection]) -> list[dict[str, Any]]:
    """Its inspections, the latest first."""
    return [
        {
            "kind": KIND_LABELS[InspectionKind(row.kind)],
            "done_on": row.done_on,
            "result": RESULT_LABELS[CheckResult(row.result)],
            "note": row.note,
            "by": row.inspector.name,
            "at": row.recorded_at,
        }
        for row in rows
    ]


def entries(rows: Iterable[tuple[SecureRoom, Due]]) -> list[Entry]:
    """What has to be inspected, what is late first."""
    return [
        Entry(
            title=f"{row.code} · {KIND_LABELS[due.kind]}",
            url=reverse("rooms:room", args=[row.pk]),
            detail=row.name,
            tag=due.on.isoformat(),
            tag_kind="late" if due.late is not None else "soon",
        )
        for row, due in rows
    ]
