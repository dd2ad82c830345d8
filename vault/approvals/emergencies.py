"""Reads of emergencies: which wait for somebody's release, whether an hour runs, who may read and confirm a report."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from accounts.models import SecureRoom
from accounts.rules import Duty
from accounts.selectors import is_subordinate
from vault.approvals import competence, selectors
from vault.approvals.emergency_rules import CONFIRM_WITHIN, is_late, is_set_back, runs
from vault.approvals.models import (
    AccessRequest,
    EmergencyConfirmation,
    EmergencyReport,
    PageView,
    ReadingSession,
)
from vault.approvals.rules import RANK, UNRELEASED, RequestEvent, RequestState
from vault.authorization.context import Context

RELEASING = frozenset({RequestEvent.RELEASE, RequestEvent.COUNTERSIGN})
OVERSEEING = frozenset({Duty.SECURITY_OFFICER, Duty.AUDITOR})


# The hour


def report_of(request: AccessRequest) -> EmergencyReport | None:
    """The report of an emergency that was released."""
    return EmergencyReport.objects.filter(request=request).first()


def is_running(request: AccessRequest, at: datetime) -> bool:
    """Whether a request's hour runs. A clock that was set back lengthens none."""
    report = report_of(request)
    return report is not None and runs(report.starts_at, at) and not was_set_back(request, at)


def was_set_back(request: AccessRequest, at: datetime) -> bool:
    """Whether something of the request has happened later than now."""
    latest = [
        request.steps.aggregate(at=Max("at"))["at"],
        ReadingSession.objects.filter(request=request).aggregate(at=Max("last_at"))["at"],
        PageView.objects.filter(session__request=request).aggregate(at=Max("at"))["at"],
    ]
    return any(is_set_back(one, at) for one in latest if one is not None)


def expected(room: SecureRoom, at: datetime) -> list[AccessRequest]:
    """Whose hour runs, to be read in a room, and who is not in it yet."""
    rows = selectors.in_force(at).filter(is_emergency=True, room=room, state=RequestState.APPROVED)
    return list(rows.select_related("requester__unit", "emergency").order_by("emergency__starts_at"))


# Whom it waits for


def to_release(viewer: Context) -> list[AccessRequest]:
    """Emergencies that the viewer may release, the oldest first."""
    waiting = selectors.all_requests().filter(state__in=UNRELEASED).order_by("submitted_at", "pk")
    return [one for one in waiting if RELEASING.intersection(selectors.steps_for(viewer, one))]


def to_confirm(viewer: Context) -> list[EmergencyReport]:
    """Reports that wait for the viewer's written confirmation, the oldest first; what is overdue reaches whoever sits
    in the leader's post or above it as well.
    """
    if viewer.subject.is_officer:
        return []
    waiting = all_reports().filter(_unconfirmed()).order_by("starts_at")
    return [one for one in waiting if may_confirm(viewer, one)]


def may_confirm(viewer: Context, report: EmergencyReport) -> bool:
    """P-10: the leader who released it, or for whom that was done; overdue, whoever is in that post or above it too."""
    person_id = viewer.subject.person_id
    if viewer.subject.is_officer or person_id is None:
        return False
    if person_id in {report.leader_id, report.instead_of_id}:
        return True
    if not is_late(report.starts_at, viewer.instant, report.overdue_at) or person_id == report.second_id:
        return False
    seat = competence.seat_of(report.request, person_id, viewer.instant)
    return seat is not None and RANK.index(seat.duty) >= RANK.index(report.leader_post)


# Reports


def all_reports() -> QuerySet[EmergencyReport]:
    """Every report with what each page of one needs; nobody's list."""
    return EmergencyReport.objects.select_related(
        "request__record__unit",
        "request__record__originator",
        "request__requester__unit",
        "request__requester_unit",
        "request__room__unit",
        "leader__unit",
        "leader_unit",
        "instead_of",
        "second",
        "overdue_incident",
        "confirmation__by",
        "confirmation__incident",
        "confirmation__paper__unit",
    )


def reports(viewer: Context) -> QuerySet[EmergencyReport]:
    """All of them for security officers and auditors, else those in which the viewer had a part; the newest first."""
    found = all_reports().order_by("-starts_at", "-pk")
    if OVERSEEING & viewer.subject.duty_names:
        return found
    me = viewer.subject.person_id
    return found.filter(Q(request__requester=me) | Q(leader=me) | Q(instead_of=me) | Q(second=me))


def report(viewer: Context, request_id: UUID) -> EmergencyReport | None:
    """One report that the viewer may read; overdue, the leader's superior and whoever may confirm it may as well."""
    found = reports(viewer).filter(request=request_id).first()
    if found is None:
        one = all_reports().filter(request=request_id).first()
        found = one if one is not None and _is_above(viewer, one) else None
    return found


def unconfirmed(viewer: Context) -> QuerySet[EmergencyReport]:
    """Of the viewer's reports those without a confirmation, the oldest first."""
    return reports(viewer).filter(_unconfirmed()).order_by("starts_at")


def overdue(at: datetime, *, told: bool) -> QuerySet[EmergencyReport]:
    """Reports that nobody confirmed in time; `told`: with the incident raised for it, or without."""
    late = EmergencyReport.objects.filter(_unconfirmed(), starts_at__lt=at - CONFIRM_WITHIN)
    return late.filter(overdue_incident__isnull=not told).order_by("starts_at")


def sessions(of: EmergencyReport) -> list[ReadingSession]:
    """The sittings in which it was read."""
    rows = ReadingSession.objects.filter(request=of.request_id).select_related(
        "room", "terminal", "checked_in_by"
    )
    return list(rows.order_by("checked_in_at"))


def pages_seen(of: EmergencyReport) -> list[PageView]:
    """The pages that were shown, in their order."""
    return list(PageView.objects.filter(session__request=of.request_id).order_by("at", "pk"))


def _unconfirmed() -> Q:
    return Q(~Exists(EmergencyConfirmation.objects.filter(report=OuterRef("pk"))))


def _is_above(viewer: Context, of: EmergencyReport) -> bool:
    if viewer.subject.is_officer or viewer.account is None:
        return False
    if not is_late(of.starts_at, viewer.instant, of.overdue_at):
        return False
    return may_confirm(viewer, of) or is_subordinate(of.leader, viewer.account.person, viewer.instant)
