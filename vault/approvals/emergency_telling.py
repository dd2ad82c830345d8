"""Whom an emergency that was released is told: the request's number and no more (PE-17, RQ-16, 10.1(8))."""

from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rules import Duty
from accounts.selectors import holders, superiors_of
from vault.approvals.models import EmergencyReport
from vault.notices import topics
from vault.notices.services import settle, tell


class EmergencyTopic(StrEnum):
    """What emergencies give notice of."""

    RELEASED = "emergency-released"
    TO_CONFIRM = "emergency-to-confirm"
    OVERDUE = "emergency-overdue"


def register() -> None:
    """The sentences of these notices."""
    topics.register(
        topics.Topic(
            EmergencyTopic.RELEASED,
            _("Emergency access was released"),
            _("The report of the emergency %(reference)s is there to be read."),
        ),
        topics.Topic(
            EmergencyTopic.TO_CONFIRM,
            _("An emergency waits for your written confirmation"),
            _("Confirm the emergency %(reference)s in writing within 24 hours."),
        ),
        topics.Topic(
            EmergencyTopic.OVERDUE,
            _("An emergency was not confirmed in time"),
            _("The written confirmation of the emergency %(reference)s is overdue. An incident was raised."),
        ),
    )


def released(report: EmergencyReport, at: datetime) -> None:
    """The leader has something to confirm; security officers and auditors have a report. Inside the release."""
    _tell(report, EmergencyTopic.TO_CONFIRM, _leaders(report), at)
    overseers = [*holders(Duty.SECURITY_OFFICER, at, usable=True), *holders(Duty.AUDITOR, at, usable=True)]
    _tell(report, EmergencyTopic.RELEASED, overseers, at)


def confirmed(report: EmergencyReport, at: datetime) -> None:
    """Whoever was to confirm it need not any more. Inside the confirmation."""
    for topic in (EmergencyTopic.TO_CONFIRM, EmergencyTopic.OVERDUE):
        settle(topic=topic, reference=report.request.reference, path=_path(report), now=at)


def overdue(report: EmergencyReport, at: datetime) -> None:
    """The leader, his superior and the security officers. Inside what raises the incident."""
    persons = [
        *_leaders(report),
        *superiors_of(report.leader, at)[:1],
        *holders(Duty.SECURITY_OFFICER, at, usable=True),
    ]
    _tell(report, EmergencyTopic.OVERDUE, persons, at)


def _leaders(report: EmergencyReport) -> list[Person]:
    return [one for one in (report.leader, report.instead_of) if one is not None]


def _tell(report: EmergencyReport, topic: EmergencyTopic, persons: list[Person], at: datetime) -> None:
    tell(
        persons=[one for one in persons if one.pk != report.request.requester_id],
        topic=topic,
        reference=report.request.reference,
        path=_path(report),
        now=at,
    )


def _path(report: EmergencyReport) -> str:
    return reverse("approvals:emergency", args=[report.request_id])
