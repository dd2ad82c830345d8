"""Emergencies as pages show them: who may release one, how the hour stands, what its report says."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules import DUTY_NAMES, Duty
from vault.approvals import competence, emergencies, presentation, selectors, words
from vault.approvals.emergency_rules import Confirmation, confirm_by, confirmation, ends_at
from vault.approvals.models import AccessRequest, EmergencyReport
from vault.approvals.reading_presentation import session
from vault.approvals.rules import UNRELEASED, RequestEvent, RequestState
from vault.authorization.context import Context
from vault.holdings.models import Record

CONFIRMATION_LABELS: dict[Confirmation, tuple[Promise, str]] = {
    Confirmation.AWAITED: (gettext_lazy("Written confirmation awaited"), "soon"),
    Confirmation.OVERDUE: (gettext_lazy("Written confirmation overdue"), "late"),
    Confirmation.GIVEN: (gettext_lazy("Confirmed in writing"), "ok"),
    Confirmation.GIVEN_LATE: (gettext_lazy("Confirmed late"), "late"),
    Confirmation.NOT_JUSTIFIED: (gettext_lazy("Not justified, says the leader"), "late"),
}


def of_request(
    viewer: Context, request: AccessRequest, open_steps: Iterable[RequestEvent]
) -> dict[str, Any] | None:
    """What the page of a request says of an emergency; None of what is none."""
    if not request.is_emergency:
        return None
    steps = set(open_steps)
    report = emergencies.report_of(request)
    waits = request.state in UNRELEASED
    return {
        "why": request.why_urgent,
        "room": f"{request.room.code} · {request.room.name}" if request.room is not None else "",
        "leads": RequestEvent.RELEASE in steps,
        "seconds": RequestEvent.COUNTERSIGN in steps,
        "leaders": _names(selectors.deciders(request, viewer.instant))
        if waits and request.state != RequestState.LEADER_RELEASED
        else "",
        "others": _names(competence.seconds(request, viewer.instant))
        if waits and request.state != RequestState.SECOND_RELEASED
        else "",
        "until": ends_at(report.starts_at) if report is not None else None,
        "runs": report is not None and request.state in {RequestState.APPROVED, RequestState.IN_SESSION},
        "confirmation": None
        if report is None
        else dict(zip(("label", "kind"), CONFIRMATION_LABELS[standing(report, viewer.instant)], strict=True)),
        "report_url": reverse("approvals:emergency", args=[request.pk])
        if report is not None and emergencies.report(viewer, request.pk) is not None
        else "",
    }


def standing(report: EmergencyReport, now: datetime) -> Confirmation:
    """How its written confirmation stands."""
    given = getattr(report, "confirmation", None)
    return confirmation(
        report.starts_at,
        given.at if given is not None else None,
        is_justified=given is None or given.is_justified,
        told_at=report.overdue_at,
        now=now,
    )


def row(report: EmergencyReport, now: datetime) -> dict[str, Any]:
    """A line of the list: by the request's number, without a title."""
    label, kind = CONFIRMATION_LABELS[standing(report, now)]
    return {
        "url": reverse("approvals:emergency", args=[report.request_id]),
        "reference": report.request.reference,
        "reader": report.request.requester.name,
        "unit": report.request.requester_unit.name,
        "leader": leader(report),
        "second": second(report),
        "starts_at": report.starts_at,
        "ends_at": ends_at(report.starts_at),
        "confirm_by": confirm_by(report.starts_at),
        "state": label,
        "kind": kind,
    }


def facts(report: EmergencyReport, record: Record | None) -> list[tuple[object, object]]:
    """Who, whom, what, since when and until when."""
    request = report.request
    return [
        (_("Number of the request"), request.reference),
        (_("Requester"), f"{request.requester.name} · {request.requester_unit.name}"),
        (_("Record"), presentation.title(request, record)),
        (_("Level"), presentation.level(request, record).text),
        (_("Of which parts"), presentation.parts(request, record)),
        (_("Asked"), request.submitted_at),
        (_("Released by the leader"), leader(report)),
        (_("Released by the second person"), second(report)),
        (_("From"), report.starts_at),
        (_("Reading over at"), ends_at(report.starts_at)),
        (_("Room"), request.room.code if request.room is not None else ""),
        (_("State"), words.STATE_LABELS[request.state][0]),
    ]


def given(report: EmergencyReport, viewer: Context) -> dict[str, Any] | None:
    """The written confirmation as it was entered; None before there is one."""
    found = getattr(report, "confirmation", None)
    if found is None:
        return None
    paper = found.paper
    return {
        "text": found.text,
        "who": found.by.name,
        "at": found.at,
        "late": found.is_late,
        "justified": found.is_justified,
        "paper_url": reverse("holdings:record", args=[paper.pk])
        if paper is not None and presentation.tells(viewer, paper)
        else "",
    }


def incidents(report: EmergencyReport) -> list[int]:
    """The numbers of the incidents that came of it."""
    found = getattr(report, "confirmation", None)
    raised = [report.overdue_incident, found.incident if found is not None else None]
    return [one.number for one in raised if one is not None]


def sittings(report: EmergencyReport) -> list[dict[str, Any]]:
    """In which sittings it was read."""
    return [session(one) for one in emergencies.sessions(report)]


def leader(report: EmergencyReport) -> str:
    """Who released it as leader, in which post, and for whom."""
    name = report.leader.name
    if report.instead_of is not None:
        name = _("%(name)s for %(absent)s") % {"name": name, "absent": report.instead_of.name}
    return f"{name} · {_(DUTY_NAMES[report.leader_post])}"


def second(report: EmergencyReport) -> str:
    """Who released it besides, and as what."""
    return f"{report.second.name} · {_(DUTY_NAMES[Duty(report.second_duty)])}"


def records(viewer: Context, found: Iterable[EmergencyReport]) -> dict[UUID, Record]:
    """The records of these reports that the viewer may know of."""
    return presentation.known(viewer, [one.request for one in found])


def _names(people: Iterable[Any]) -> str:
    return "、".join(one.name for one in people) or _("nobody: tell the security officer")
