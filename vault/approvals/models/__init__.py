"""Requests and their steps, who decides them, papers of other units, emergencies, readings, excerpts,
copies, and proposals to widen a need-to-know list.
"""

from vault.approvals.models.authority import ApproverRule, Delegation, ExternalAuthorisation
from vault.approvals.models.emergencies import EmergencyConfirmation, EmergencyReport
from vault.approvals.models.excerpts import SourceLink
from vault.approvals.models.reading import Attendance, Booking, PageView, PaperReading, ReadingSession
from vault.approvals.models.reproduction import Copy, CopyCount, CopyStep
from vault.approvals.models.requests import AccessRequest, RequestStep
from vault.approvals.models.widenings import Widening

__all__ = [
    "AccessRequest",
    "ApproverRule",
    "Attendance",
    "Booking",
    "Copy",
    "CopyCount",
    "CopyStep",
    "Delegation",
    "EmergencyConfirmation",
    "EmergencyReport",
    "ExternalAuthorisation",
    "PageView",
    "PaperReading",
    "ReadingSession",
    "RequestStep",
    "SourceLink",
    "Widening",
]
