"""Requests and their steps, the rule table, delegations, papers of other units, and the register of copies."""

from vault.approvals.models.authority import ApproverRule, Delegation, ExternalAuthorisation
from vault.approvals.models.reproduction import Copy, CopyCount, CopyStep
from vault.approvals.models.requests import AccessRequest, RequestStep

__all__ = [
    "AccessRequest",
    "ApproverRule",
    "Copy",
    "CopyCount",
    "CopyStep",
    "Delegation",
    "ExternalAuthorisation",
    "RequestStep",
]
