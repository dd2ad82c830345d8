"""The written confirmation of an emergency within 24 hours, and what happens without one (P-10)."""

from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from audit import clock, outbox
from vault.approvals import emergencies, emergency_errors, emergency_telling, errors
from vault.approvals.emergency_rules import is_late
from vault.approvals.models import AccessRequest, EmergencyConfirmation, EmergencyReport
from vault.approvals.services.journal import OVERDUE, change, facts, system_intent
from vault.approvals.services.steps import locked, person_of
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings.models import ComponentVersion, Record
from vault.holdings.rules import IntegrityStatus
from vault.incidents.models import Incident
from vault.incidents.rules import Kind
from vault.incidents.services import raise_incident


def confirm(
    *, context: Context, request_id: UUID, text: str, is_justified: bool, paper_id: UUID | None = None
) -> EmergencyConfirmation:
    """Confirm in writing what one released; late it is taken as well, and marked so.

    What was not justified is an incident at once. `paper_id` is the scan of the signed paper, filed as a record. Raises
    Absent, WrongStep, ConfirmedAlready, ConfirmationMissing, PaperAbsent, Refused, AuditUnavailable.
    """
    if emergencies.report(context, request_id) is None:
        gate.absent(context, Action.CONFIRM_EMERGENCY, "request", request_id)
    # Known to who names it: the scan is no way to learn of another record.
    paper = None if paper_id is None else gate.fetch(context, Action.DESCRIBE, Record, paper_id)[0]
    permit = gate.authorize(context, Action.CONFIRM_EMERGENCY, sealed={"request": str(request_id)})
    with change(permit.event):
        request = locked(request_id)
        report = emergencies.all_reports().get(request=request_id)
        if not emergencies.may_confirm(context, report):
            raise errors.WrongStep
        if _is_confirmed(report):
            raise emergency_errors.ConfirmedAlready
        if not text.strip():
            raise emergency_errors.ConfirmationMissing
        if paper is not None and not _holds_a_scan(paper, request):
            raise errors.PaperAbsent
        now = clock.now()
        incident = None if is_justified else _unjustified(context, request)
        made = EmergencyConfirmation.objects.create(
            report=report,
            text=text.strip(),
            is_justified=is_justified,
            is_late=is_late(report.starts_at, now, report.overdue_at),
            paper=paper,
            incident=incident,
            by_id=person_of(permit),
            at=now,
        )
        emergency_telling.confirmed(report, now)
        outbox.outcome(
            permit.event,
            "granted",
            object=facts(request),
            sealed={
                "record": str(request.record_id),
                "late": str(int(made.is_late)),
                "justified": str(int(is_justified)),
                "paper": str(paper.pk) if paper is not None else "",
            },
            subject=str(request.requester_id),
        )
    return made


def raise_overdue() -> int:
    """Raise one incident for each release that nobody confirmed in time, and tell it. Returns how many.

    Each in a transaction of its own; the worker calls it. Raises AuditUnavailable.
    """
    found = list(emergencies.overdue(clock.now(), told=False).values_list("request", flat=True))
    return sum(_overdue(request_id) for request_id in found)


def _overdue(request_id: UUID) -> bool:
    request = AccessRequest.objects.select_related("record__unit").get(pk=request_id)
    intent = system_intent(OVERDUE, request, "unconfirmed")
    with change(intent):
        request = locked(request_id)
        report = emergencies.all_reports().get(request=request_id)
        # Confirmed, or told by another worker, since it was looked at.
        is_due = not _is_confirmed(report) and report.overdue_incident_id is None
        if is_due:
            now = clock.now()
            report.overdue_at, report.overdue_incident = now, _unconfirmed(request)
            report.save(update_fields=["overdue_at", "overdue_incident"])
            emergency_telling.overdue(report, now)
        outbox.outcome(intent, "granted", object=facts(request), subject=str(request.requester_id))
    return is_due


def _is_confirmed(report: EmergencyReport) -> bool:
    return EmergencyConfirmation.objects.filter(report=report).exists()


def _holds_a_scan(paper: Record, request: AccessRequest) -> bool:
    body = ComponentVersion.objects.filter(component__record=paper, integrity=IntegrityStatus.ACCEPTED)
    return paper.pk != request.record_id and body.exists()


def _unjustified(context: Context, request: AccessRequest) -> Incident:
    with translation.override(settings.LANGUAGE_CODE):
        what = gettext(
            "The leader declared that the emergency access of request %(request)s was not justified. Read its report."
        )
    return _raise(context, request, what)


def _unconfirmed(request: AccessRequest) -> Incident:
    with translation.override(settings.LANGUAGE_CODE):
        what = gettext(
            "The emergency access of request %(request)s was not confirmed in writing within 24 hours. Read its report."
        )
    return _raise(None, request, what)


def _raise(context: Context | None, request: AccessRequest, what: str) -> Incident:
    """Words without a title: the register of incidents has its own readers."""
    return raise_incident(
        context=context,
        kind=Kind.MISUSE,
        what=what % {"request": request.reference},
        unit=request.record.unit,
        source="approvals",
        about=facts(request),
    )


__all__ = ["confirm", "raise_overdue"]
