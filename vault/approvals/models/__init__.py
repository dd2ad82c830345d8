"""Requests and their steps, the rule table, delegations, the papers of other units, and reading sessions."""

from vault.approvals.models.authority import ApproverRule, Delegation, ExternalAuthorisation
from vault.approvals.models.reading import Booking, PageView, PaperReading, ReadingSession
from vault.approvals.models.requests import AccessRequest, RequestStep

__all__ = [
    "AccessRequest",
    "ApproverRule",
    "Booking",
    "Delegation",
    "ExternalAuthorisation",
    "PageView",
    "PaperReading",
    "ReadingSession",
    "RequestStep",
]
