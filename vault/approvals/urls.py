"""Addresses of this room."""

from django.urls import path

from vault.approvals.views import (
    authority,
    copies,
    counting,
    emergencies,
    reading,
    register,
    requests,
    scans,
    steps,
    widening,
    writing,
)

app_name = "approvals"

urlpatterns = [
    path("reading/", reading.rooms_page, name="reading"),
    path("reading/register.pdf", register.rooms_printed, name="room_register"),
    path("reading/requests/<uuid:request_id>/book/", reading.book, name="book"),
    path("reading/bookings/<uuid:booking_id>/cancel/", reading.cancel_booking, name="cancel_booking"),
    path("reading/rooms/<uuid:room_id>/check-in/", reading.check_in, name="check_in"),
    path("reading/<uuid:session_id>/", reading.session, name="session"),
    path("reading/<uuid:session_id>/sit/", reading.sit, name="sit"),
    path("reading/<uuid:session_id>/write/", writing.write, name="write"),
    path("reading/<uuid:session_id>/keep/", reading.keep, name="keep"),
    path("records/<uuid:record_id>/request/", requests.new, name="new"),
    path("records/<uuid:record_id>/emergency/", emergencies.new, name="new_emergency"),
    path("requests/<uuid:request_id>/release/", emergencies.release, name="release"),
    path("emergencies/", emergencies.lists, name="emergencies"),
    path("emergencies/<uuid:request_id>/", emergencies.one, name="emergency"),
    path("emergencies/<uuid:request_id>/confirm/", emergencies.confirm, name="confirm_emergency"),
    path("requests/", requests.lists, name="requests"),
    path("requests/register.pdf", register.printed, name="register"),
    path("requests/approvers/", authority.approvers, name="approvers"),
    path("requests/approvers/<uuid:rule_id>/decide/", authority.decide_approver, name="decide_approver"),
    path(
        "requests/approvers/<uuid:rule_id>/withdraw/", authority.withdraw_approver, name="withdraw_approver"
    ),
    path("records/<uuid:record_id>/knowers/propose/", widening.propose, name="propose_knowers"),
    path("requests/knowers/", widening.lists, name="widenings"),
    path("requests/knowers/<uuid:widening_id>/", widening.one, name="widening"),
    path("requests/knowers/<uuid:widening_id>/decide/", widening.decide, name="decide_knowers"),
    path("requests/knowers/<uuid:widening_id>/withdraw/", widening.withdraw, name="withdraw_knowers"),
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
    path("copies/", copies.lists, name="copies"),
    path("copies/find/", scans.find, name="find_copy"),
    path("copies/count/", counting.count, name="count_copies"),
    path("copies/<uuid:copy_id>/", copies.one, name="copy"),
    path("copies/<uuid:copy_id>/hold/", copies.hold, name="hold_copy"),
    path("copies/<uuid:copy_id>/manage/", copies.manage, name="manage_copy"),
    path("copies/<uuid:copy_id>/decide/", copies.decide, name="decide_copy"),
    path("copies/<uuid:copy_id>/lose/", copies.lose, name="lose_copy"),
    path("requests/<uuid:request_id>/copies/make/", copies.make, name="make_copy"),
    path("requests/<uuid:request_id>/copies/close/", copies.close, name="close_copies"),
]
