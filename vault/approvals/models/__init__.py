"""Requests and their steps, the rule table, delegations, and the papers of other units."""

from vault.approvals.models.authority import ApproverRule, Delegation, ExternalAuthorisation
from vault.approvals.models.requests import AccessRequest, RequestStep

__all__ = ["AccessRequest", "ApproverRule", "Delegation", "ExternalAuthorisation", "RequestStep"]
