"""Addresses of this room."""

from django.urls import path

from vault.approvals.views import authority, register, requests, steps

app_name = "approvals"

urlpatterns = [
    path("records/<uuid:record_id>/request/", requests.new, name="new"),
    path("requests/", requests.lists, name="requests"),
    path("requests/register.pdf", register.printed, name="register"),
    path("requests/approvers/", authority.approvers, name="approvers"),
    path("requests/approvers/<uuid:rule_id>/decide/", authority.decide_approver, name="decide_approver"),
    path(
        "requests/approvers/<uuid:rule_id>/withdraw/", authority.withdraw_approver, name="withdraw_approver"
    ),
    path("requests/delegations/", authority.delegate, name="delegations"),
    path("requests/delegations/<uuid:delegation_id>/end/", authority.end_delegation, name="end_delegation"),
    path("requests/<uuid:request_id>/", requests.one, name="request"),
    path("requests/<uuid:request_id>/check/", steps.check, name="check"),
    path("requests/<uuid:request_id>/decide/", steps.decide, name="decide"),
    path("requests/<uuid:request_id>/withdraw/", steps.withdraw, name="withdraw"),
    path("requests/<uuid:request_id>/revoke/", steps.revoke, name="revoke"),
    path("requests/<uuid:request_id>/papers/", steps.record_paper, name="record_paper"),
    path(
        "requests/<uuid:request_id>/papers/<uuid:authorisation_id>/verify/",
        steps.verify_paper,
        name="verify_paper",
    ),
]
