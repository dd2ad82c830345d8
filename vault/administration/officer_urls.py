"""The officers' addresses, under /administration/. None carries a name or a number of a person."""

from django.urls import path

from vault.administration.views import (
    access,
    fixity,
    grants,
    people,
    rights,
    roster,
    terminals,
    this_machine,
    units,
    why,
)

app_name = "administration"

_PERSON = "people/<uuid:person_id>/"
_TERMINAL = "terminals/<uuid:terminal_id>/"
_ACCOUNT = _PERSON + "accounts/<uuid:account_id>/"

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path(_PERSON, people.person, name="person"),
    path(_PERSON + "rename/", people.rename, name="rename_person"),
    path(_PERSON + "email/", people.set_email, name="person_email"),
    path(_PERSON + "move/", people.move, name="move_person"),
    path(_PERSON + "leave/", people.leave, name="leave"),
    path(_PERSON + "de-secrecy/", people.begin_de_secrecy, name="begin_de_secrecy"),
    path(_PERSON + "appoint/", rights.appoint, name="appoint"),
    path(_PERSON + "clearance/", rights.clear, name="clear"),
    path(_PERSON + "post/", rights.categorise, name="categorise"),
    path(_PERSON + "training/", rights.train, name="train"),
    path(_PERSON + "duties/<uuid:appointment_id>/end/", rights.end_appointment, name="end_appointment"),
    path(
        _PERSON + "clearances/<uuid:clearance_id>/revoke/",
        rights.revoke_clearance,
        name="revoke_clearance",
    ),
    path(_PERSON + "accounts/new/", access.new_account, name="new_account"),
    path(_ACCOUNT + "password/", access.reset_password, name="reset_password"),
    path(_ACCOUNT + "suspend/", access.suspend, name="suspend"),
    path(_ACCOUNT + "reactivate/", access.reactivate, name="reactivate"),
    path(_ACCOUNT + "sessions/end/", access.end_sessions, name="end_sessions"),
    path(_ACCOUNT + "second-factor/reset/", access.reset_second_factor, name="reset_second_factor"),
    path(_ACCOUNT + "unlock/", access.lift_lockout, name="lift_lockout"),
    path("grants/", grants.grants, name="grants"),
    path("grants/<uuid:proposal_id>/", grants.grant, name="grant"),
    path("grants/<uuid:proposal_id>/confirm/", grants.confirm, name="confirm_grant"),
    path("grants/<uuid:proposal_id>/refuse/", grants.refuse, name="refuse_grant"),
    path("grants/<uuid:proposal_id>/withdraw/", grants.withdraw, name="withdraw_grant"),
    path("fixity/", fixity.fixity_report, name="fixity"),
    path("roster/", roster.roster, name="roster"),
    path("roster/<uuid:roster_id>/strike/", roster.strike, name="strike_roster"),
    path("terminals/", terminals.terminals, name="terminals"),
    path("terminals/new/", terminals.new_terminal, name="new_terminal"),
    path(_TERMINAL, terminals.terminal, name="terminal"),
    path(_TERMINAL + "check/", terminals.check, name="check_terminal"),
    path(_TERMINAL + "certificate/", terminals.renew, name="renew_certificate"),
    path(_TERMINAL + "code/", this_machine.issue_code, name="terminal_code"),
    path(_TERMINAL + "take-back/", this_machine.take_back, name="take_back_terminal"),
    path(_TERMINAL + "suspend/", terminals.suspend, name="suspend_terminal"),
    path(_TERMINAL + "reinstate/", terminals.reinstate, name="reinstate_terminal"),
    path(_TERMINAL + "withdraw/", terminals.withdraw, name="withdraw_terminal"),
    path("why/", why.why, name="why"),
    path("units/", units.units, name="units"),
    path("units/new/", units.new_unit, name="new_unit"),
    path("units/<uuid:unit_id>/rename/", units.rename, name="rename_unit"),
    path("units/<uuid:unit_id>/close/", units.close, name="close_unit"),
]
