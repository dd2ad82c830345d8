"""Copies as pages show them. A title is told only to whoever may know of the record."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vault.approvals import presentation, reproduction
from vault.approvals.models import AccessRequest, Copy, CopyCount, CopyStep
from vault.approvals.reproduction_rules import CopyEvent, CopyState, is_overdue
from vault.approvals.rules import RequestState
from vault.authorization.context import Context
from vault.holdings.models import ComponentVersion, Record

STATE_LABELS: dict[str, tuple[Promise, str]] = {
    CopyState.PRODUCED.value: (gettext_lazy("Made, receipt not signed"), "soon"),
    CopyState.ISSUED.value: (gettext_lazy("With its holder"), "info"),
    CopyState.TRANSFER_ASKED.value: (gettext_lazy("To be passed on, not allowed yet"), "soon"),
    CopyState.TRANSFER_ALLOWED.value: (gettext_lazy("May be passed on, receipt not signed"), "soon"),
    CopyState.RETURNED.value: (gettext_lazy("Back with the keeper"), "ok"),
    CopyState.DESTRUCTION_PROPOSED.value: (gettext_lazy("To be destroyed"), "soon"),
    CopyState.DESTROYED.value: (gettext_lazy("Destroyed"), ""),
    CopyState.FILED.value: (gettext_lazy("Kept for good"), ""),
    CopyState.LOST.value: (gettext_lazy("Lost"), "late"),
}
EVENT_LABELS: dict[str, Promise] = {
    CopyEvent.MAKE.value: gettext_lazy("Copy made"),
    CopyEvent.RECEIVE.value: gettext_lazy("Receipt signed"),
    CopyEvent.HAND_OVER.value: gettext_lazy("Handed over against a signed paper"),
    CopyEvent.ASK_TRANSFER.value: gettext_lazy("Asked to pass it on"),
    CopyEvent.ALLOW_TRANSFER.value: gettext_lazy("Allowed to pass it on"),
    CopyEvent.REFUSE_TRANSFER.value: gettext_lazy("Refused to pass it on"),
    CopyEvent.DROP_TRANSFER.value: gettext_lazy("Not passed on after all"),
    CopyEvent.GIVE_BACK.value: gettext_lazy("Taken back"),
    CopyEvent.FILE.value: gettext_lazy("Kept for good"),
    CopyEvent.PROPOSE_DESTRUCTION.value: gettext_lazy("Proposed to be destroyed"),
    CopyEvent.KEEP.value: gettext_lazy("Not destroyed after all"),
    CopyEvent.DESTROY.value: gettext_lazy("Destroyed by two persons"),
    CopyEvent.LOSE.value: gettext_lazy("Reported lost"),
    CopyEvent.FIND.value: gettext_lazy("Found again"),
}
# The button of each step.
STEP_LABELS: dict[str, Promise] = {
    CopyEvent.RECEIVE.value: gettext_lazy("I have received it"),
    CopyEvent.HAND_OVER.value: gettext_lazy("Handed over"),
    CopyEvent.ASK_TRANSFER.value: gettext_lazy("Ask to pass it on"),
    CopyEvent.ALLOW_TRANSFER.value: gettext_lazy("Allow"),
    CopyEvent.REFUSE_TRANSFER.value: gettext_lazy("Refuse"),
    CopyEvent.DROP_TRANSFER.value: gettext_lazy("Do not pass it on"),
    CopyEvent.GIVE_BACK.value: gettext_lazy("Take the copy back"),
    CopyEvent.FILE.value: gettext_lazy("Keep it for good"),
    CopyEvent.PROPOSE_DESTRUCTION.value: gettext_lazy("Propose to destroy it"),
    CopyEvent.KEEP.value: gettext_lazy("Do not destroy it"),
    CopyEvent.DESTROY.value: gettext_lazy("It is destroyed"),
    CopyEvent.LOSE.value: gettext_lazy("Report it lost"),
    CopyEvent.FIND.value: gettext_lazy("It was found"),
}


def rows(viewer: Context, copies: Iterable[Copy], today: date) -> list[dict[str, Any]]:
    """The lines of a list; the records that the viewer may know of are read at once."""
    shown = list(copies)
    records = presentation.known(viewer, [copy.request for copy in shown])
    return [_row(copy, records.get(copy.request.record_id), today) for copy in shown]


def _row(copy: Copy, record: Record | None, today: date) -> dict[str, Any]:
    label, kind = STATE_LABELS[copy.state]
    late = is_overdue(CopyState(copy.state), RequestState(copy.request.state), copy.request.ends_on, today)
    return {
        "id": copy.pk,
        "url": reverse("approvals:copy", args=[copy.pk]),
        "reference": copy.reference,
        "count": _("%(number)s of %(amount)s") % {"number": copy.number, "amount": copy.amount},
        "what": presentation.title(copy.request, record),
        "label": copy.label,
        "holder": copy.holder.name,
        "unit_name": copy.holder.unit.name,
        "due_on": copy.request.ends_on,
        "due_kind": "late" if late else "",
        "state_label": label,
        "state_kind": kind,
        "made_at": copy.produced_at,
    }


def facts(copy: Copy) -> list[tuple[object, object]]:
    """What is printed on it, and where it is."""
    found: list[tuple[object, object]] = [
        (_("Numbered copy"), _("%(number)s of %(amount)s") % {"number": copy.number, "amount": copy.amount}),
        (_("Code on each page"), copy.code),
        (_("Label"), copy.label),
        (_("Copying unit"), copy.copying_unit.name),
        (_("Made for"), f"{copy.recipient.name} · {copy.recipient_unit.name}"),
        (_("Made by"), copy.produced_by.name),
        (_("Made on"), copy.produced_at),
        (_("Holder"), f"{copy.holder.name} · {copy.holder.unit.name}"),
        (_("Back by"), copy.request.ends_on.isoformat()),
    ]
    if copy.successor is not None:
        found.append((_("To be passed on to"), f"{copy.successor.name} · {copy.successor.unit.name}"))
    return found


def timeline(history: Sequence[CopyStep]) -> list[dict[str, Any]]:
    """Everything done with it, oldest first."""
    return [
        {
            "when": step.at,
            "label": EVENT_LABELS[step.event],
            "who": step.by.name,
            "to": step.to.name if step.to is not None else "",
            "receipt": step.receipt,
            "text": step.reason,
        }
        for step in history
    ]


def makeable(viewer: Context, requests: Iterable[AccessRequest]) -> list[dict[str, Any]]:
    """Requests of which the next copy may be made, each with what is still missing of its number."""
    shown = list(requests)
    records = presentation.known(viewer, shown)
    return [_makeable(request, records.get(request.record_id)) for request in shown]


def _makeable(request: AccessRequest, record: Record | None) -> dict[str, Any]:
    return {
        "url": reverse("approvals:make_copy", args=[request.pk]),
        "reference": request.reference,
        "what": presentation.title(request, record),
        "requester": request.requester.name,
        "unit_name": request.requester_unit.name,
        "left": _("%(used)s of %(amount)s made") % {"used": request.used, "amount": request.amount},
        "ends_on": request.ends_on,
    }


def has_unpaged(request: AccessRequest) -> bool:
    """Whether a part of it has no pages, and so leaves locked."""
    versions = ComponentVersion.objects.filter(component__in=[p.component_id for p in request.scope.portions])
    wanted = {(p.component_id, p.version) for p in request.scope.portions}
    return any(one.viewer != "pages" for one in versions if (one.component_id, one.number) in wanted)


def copies_of(viewer: Context, request: AccessRequest, today: date) -> list[dict[str, Any]]:
    """The copies of a request, for whoever has a part in it; each opens for whoever has one in the copy."""
    copies = list(reproduction.copies_of(request))
    return [
        {**shown, "opens": reproduction.knows_of(viewer, one)}
        for one, shown in zip(copies, rows(viewer, copies, today), strict=True)
    ]


def counted(one: CopyCount) -> dict[str, Any]:
    """A month that was confirmed."""
    return {
        "month": f"{one.year}-{one.month:02}",
        "unit_name": one.unit.name,
        "total": len(one.rows),
        "missing": one.missing,
        "by": one.counted_by.name,
        "at": one.counted_at,
        "remark": one.remark,
    }
