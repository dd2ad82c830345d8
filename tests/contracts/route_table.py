"""Who gets which answer at which address, written down by hand. Nothing here is computed from the product.

To add a route: one line in METHODS (`+duty` where the door itself asks for the duty, so that a wrong method is refused
for it as well), and one row in ROWS for each method and object that somebody may use. Whatever is
not in a row answers 404 to everybody who gets past the door; a method that METHODS does not name answers 405.

A row reads: route, method, object, then `answer=persona,persona` as often as needed, then the door if it is not the
usual one. An answer is a status, with the code of an explained refusal (`403:duty-missing`) or the beginning of the
place a redirect leads to (`302:/sign-in/`). `POST?` is a POST with an empty body. Personas and groups are below;
`routes_world.py` makes the people and the objects, `route_bodies.py` the bodies that are sent. The rows of a large
part stand in a module of its own, `routes_of_…`.
"""

from tests.contracts import (
    routes_of_api,
    routes_of_api_people,
    routes_of_approvals,
    routes_of_emergencies,
    routes_of_holdings,
    routes_of_officers,
    routes_of_reading,
    routes_of_rooms,
    routes_of_widenings,
)

# Whoever holds one duty, trained, bound and cleared for internal matters. Where: see routes_world.PLACES.
DUTIES = (
    "staff duty_clerk hall_director archivist enterprise_management department_head leader principal_leader "
    "classification_officer room_keeper appraiser agent service_specialist supervision "
    "system_officer security_officer auditor"
).split()

# And whoever differs from a duty clerk of the hall in one thing.
OTHERS = {
    "anonymous": "no account at all",
    "superuser": "Django's superuser flag and every clearance, but no duty",
    "outsider": "a duty clerk of the other hall",
    "grantee": "the same, with a grant to COPY the internal records",
    "cleared_listed": "cleared for everything, on the need-to-know list of `core`",
    "cleared_unlisted": "cleared for everything, on no list",
    "listed_uncleared": "on the list of `core`, cleared for internal matters only",
    "author": "filed everything here, cleared for everything, so on every list as the filer",
    "suspended": "suspended while signed in",
    "untrained": "his training has expired",
    "unproved": "has not proved the second factor that his clearance makes compulsory",
    "newcomer": "still has his one-time password",
    "conflicted": "also holds a duty that excludes his own",
}

GROUPS = {
    "officers": "system_officer security_officer auditor",
    # Posted at the hall.
    "hall": "staff duty_clerk hall_director enterprise_management room_keeper appraiser agent service_specialist "
    "supervision author cleared_listed cleared_unlisted listed_uncleared",
    "others_of_hall": "staff duty_clerk enterprise_management room_keeper appraiser agent service_specialist supervision "
    "cleared_listed cleared_unlisted listed_uncleared",
    # Whose duty reaches the hall's internal records: the hall, and the archivist who keeps what lies below him.
    "inside": "hall archivist",
    # Posted at the company, above the hall; PE-10: rank reaches nothing.
    "above": "leader principal_leader classification_officer",
    # Posted elsewhere.
    "elsewhere": "department_head outsider",
    "content": "inside above elsewhere grantee",
    "fit": "content superuser officers",
    "keepers": "hall_director archivist",
    "leading": "hall_director department_head leader principal_leader",
    "head_above": "principal_leader",
    "not_leading": "staff duty_clerk enterprise_management room_keeper appraiser agent service_specialist supervision "
    "author cleared_listed cleared_unlisted listed_uncleared archivist classification_officer outsider grantee superuser",
    "not_deciding_rules": "hall above_rest elsewhere grantee archivist superuser system_officer auditor",
    "above_rest": "leader classification_officer",
    "not_keeping_copies": "staff duty_clerk hall_director enterprise_management appraiser agent service_specialist "
    "supervision author cleared_listed cleared_unlisted listed_uncleared above elsewhere grantee superuser",
    "not_system": "content superuser security_officer auditor",
    # Whom a secure reading room is no business of, as its officer or its keeper.
    "no_room": "staff duty_clerk hall_director archivist enterprise_management department_head leader "
    "principal_leader classification_officer appraiser agent service_specialist supervision author cleared_listed "
    "cleared_unlisted listed_uncleared outsider grantee superuser auditor",
    "no_keeper": "staff duty_clerk hall_director archivist enterprise_management department_head leader "
    "principal_leader classification_officer appraiser agent service_specialist supervision author cleared_listed "
    "cleared_unlisted listed_uncleared outsider grantee superuser",
    "no_inspector": "no_room room_keeper",
    "not_enrolling": "no_room security_officer",
    "not_security": "content superuser system_officer auditor",
    "everybody": "fit anonymous suspended untrained unproved newcomer conflicted",
}

# What happens before any view, to whoever the row does not name: `usual` for all addresses of the signed-in, `early` for
# those that stay open under conflicting duties, `public` for those that need no account.
_SAFE_ANONYMOUS, _UNSAFE_ANONYMOUS = {"anonymous": "302:/sign-in/?next="}, {"anonymous": "401"}
_BARRED = {
    "suspended": "302:/sign-in/?ended=account_unusable",
    "untrained": "302:/account/notice/",
    "unproved": "302:/account/second-factor/",
    "newcomer": "302:/account/password/",
}
_CONFLICTED = {"conflicted": "403:duties-conflict"}
# A program that shows a token: no page to be led to, and one answer for every token that does not work.
_BY_TOKEN = {
    **dict.fromkeys(("anonymous", "suspended", "newcomer"), "401"),
    "untrained": "403:training-expired",
    **_CONFLICTED,
}
DOORS = {
    ("usual", "safe"): _SAFE_ANONYMOUS | _BARRED | _CONFLICTED,
    ("usual", "unsafe"): _UNSAFE_ANONYMOUS | _BARRED | _CONFLICTED,
    ("early", "safe"): _SAFE_ANONYMOUS | _BARRED,
    ("early", "unsafe"): _UNSAFE_ANONYMOUS | _BARRED,
    ("public", "safe"): _BARRED,
    ("public", "unsafe"): _BARRED,
    ("token", "safe"): _BY_TOKEN,
    ("token", "unsafe"): _BY_TOKEN,
}

METHODS = (
    """
home                          GET
set_language                  POST
set_theme                     POST
account_login                 GET POST OPTIONS PUT PATCH DELETE BREW
mfa_authenticate              GET POST OPTIONS PUT PATCH DELETE BREW
account_logout                GET POST OPTIONS
account_signed_out            GET OPTIONS
account_change_password       GET POST OPTIONS PUT
mfa_activate_totp             GET POST OPTIONS PUT
mfa_totp_qr                   GET OPTIONS
mfa_view_recovery_codes       GET OPTIONS
accounts_notice               GET POST OPTIONS PUT
my_account                    GET
end_my_session                POST
end_my_other_sessions         POST
new_passkey                   POST
rename_passkey                POST
remove_passkey                POST
renew_recovery_codes          POST
choose_mail                   POST
notices                       GET
mark_notices                  POST
mark_notice                   POST
workdays:calendar             GET
workdays:notice               GET POST +duty
workdays:unit                 GET +duty
workdays:set_week             POST +duty
workdays:set_day              POST +duty
incidents:register            GET +duty
incidents:report              GET POST
incidents:incident            GET +duty
incidents:advance             POST +duty
oversight:log                 GET +duty
oversight:key                 GET +duty
oversight:event               GET +duty
oversight:proof               GET +duty
oversight:canonical           GET +duty
oversight:export              POST +duty
health                        GET
"""
    + routes_of_holdings.METHODS
    + routes_of_approvals.METHODS
    + routes_of_emergencies.METHODS
    + routes_of_widenings.METHODS
    + routes_of_officers.METHODS
    + routes_of_reading.METHODS
    + routes_of_rooms.METHODS
    + routes_of_api.METHODS
    + routes_of_api_people.METHODS
)

ROWS = (
    """
# The shell and one's own account; a method is written out where a page of the sign-in package answers it
home  GET -  200=fit
set_language  POST -  302:/=fit,anonymous,untrained,unproved,newcomer,conflicted  @public
set_theme  POST -  302:/=fit,anonymous,untrained,unproved,newcomer,conflicted  @public
health  GET -  200=fit,anonymous,conflicted  @public
account_login  GET -  200=anonymous  302:/=fit,conflicted  @public
account_login  POST,OPTIONS,PUT -  200=anonymous  302:/=fit,conflicted  @public
account_login  PATCH,DELETE,BREW -  405=anonymous  302:/=fit,conflicted  @public
mfa_authenticate  GET -  302:/sign-in/=anonymous  302:/=fit,conflicted  @public
mfa_authenticate  POST,OPTIONS,PUT,PATCH,DELETE,BREW -  302:/sign-in/=anonymous  302:/=fit,conflicted  @public
account_logout  GET,OPTIONS -  200=fit,untrained,unproved,newcomer,conflicted  @early
account_logout  POST -  302:/signed-out/=fit,untrained,unproved,newcomer,conflicted  @early
account_signed_out  GET,OPTIONS -  200=fit,anonymous,untrained,unproved,newcomer,conflicted  @public
account_change_password  GET,OPTIONS -  200=fit,newcomer,conflicted  @early
account_change_password  POST,PUT -  200=fit,newcomer,conflicted  @early
mfa_activate_totp  GET,OPTIONS -  200=fit,unproved,conflicted  @early
mfa_activate_totp  POST,PUT -  200=fit,unproved,conflicted  @early
mfa_totp_qr  GET -  404=fit,unproved,conflicted  @early
mfa_totp_qr  GET offered  200=fit,unproved,conflicted  302:/sign-in/=suspended  @early
mfa_totp_qr  OPTIONS -  200=fit,unproved,conflicted  @early
mfa_view_recovery_codes  GET,OPTIONS -  200=fit,untrained,conflicted  @early
accounts_notice  GET -  200=untrained  302:/=fit,conflicted  @early
accounts_notice  OPTIONS,PUT -  200=untrained,fit,conflicted  @early
accounts_notice  POST -  302:/=fit,conflicted,untrained  @early

# My account; what is not mine is as absent as what never was, and nothing of it is said but that it is not there
my_account  GET -  200=fit,conflicted  @early
end_my_session  POST -  302:/account/=fit,conflicted  @early
end_my_other_sessions  POST -  302:/account/=fit,conflicted  @early
new_passkey  POST -  302:/account/second-factor/=fit,conflicted  @early
rename_passkey  POST passkey  302:/account/=fit,conflicted  @early
rename_passkey  POST absent  302:/account/=fit,conflicted  @early
remove_passkey  POST passkey  302:/account/=fit,conflicted  @early
remove_passkey  POST absent  302:/account/=fit,conflicted  @early
renew_recovery_codes  POST -  302:/account/=fit,conflicted  @early

choose_mail  POST -  302:/account/=fit,conflicted  @early

# Notices: everybody his own; another's is as absent as what never was
notices  GET -  200=fit
mark_notices  POST -  302:/notices/=fit
mark_notice  POST notice  302:/notices/=author
mark_notice  POST absent

# The calendar: everybody looks, the system officer changes it
workdays:calendar  GET -  200=fit
workdays:notice  GET -  200=system_officer  403:duty-missing=content,superuser,security_officer,auditor
workdays:notice  POST -  302:/calendar/=system_officer  403:duty-missing=content,superuser,security_officer,auditor
workdays:notice  POST? -  400=system_officer  403:duty-missing=content,superuser,security_officer,auditor
workdays:unit  GET hall  200=system_officer  403:duty-missing=content,superuser,security_officer,auditor
workdays:unit  GET absent  403:duty-missing=content,superuser,security_officer,auditor
workdays:set_week  POST hall  302:/calendar/=system_officer  403:duty-missing=content,superuser,security_officer,auditor
workdays:set_week  POST? hall  400=system_officer  403:duty-missing=content,superuser,security_officer,auditor
workdays:set_week  POST absent  403:duty-missing=content,superuser,security_officer,auditor
workdays:set_day  POST hall  302:/calendar/=system_officer  403:duty-missing=content,superuser,security_officer,auditor
workdays:set_day  POST? hall  400=system_officer  403:duty-missing=content,superuser,security_officer,auditor
workdays:set_day  POST absent  403:duty-missing=content,superuser,security_officer,auditor

# Incidents: everybody reports, the security officer works on them
incidents:report  GET -  200=fit
incidents:report  POST -  302:/=fit
incidents:report  POST? -  400=fit
incidents:register  GET -  200=security_officer  403:duty-missing=content,superuser,system_officer,auditor
incidents:incident  GET incident  200=security_officer  403:duty-missing=content,superuser,system_officer,auditor
incidents:incident  GET absent  403:duty-missing=content,superuser,system_officer,auditor
incidents:advance  POST incident  302:/incidents/=security_officer  403:duty-missing=content,superuser,system_officer,auditor
incidents:advance  POST? incident  400=security_officer  403:duty-missing=content,superuser,system_officer,auditor
incidents:advance  POST absent  403:duty-missing=content,superuser,system_officer,auditor

# The log: the auditor's alone
oversight:log  GET -  200=auditor  403:duty-missing=content,superuser,system_officer,security_officer
oversight:key  GET -  200=auditor  403:duty-missing=content,superuser,system_officer,security_officer
oversight:event  GET event  200=auditor  403:duty-missing=content,superuser,system_officer,security_officer
oversight:event  GET absent  403:duty-missing=content,superuser,system_officer,security_officer
oversight:proof  GET event  200=auditor  403:duty-missing=content,superuser,system_officer,security_officer
oversight:proof  GET absent  403:duty-missing=content,superuser,system_officer,security_officer
oversight:canonical  GET event  200=auditor  403:duty-missing=content,superuser,system_officer,security_officer
oversight:canonical  GET absent  403:duty-missing=content,superuser,system_officer,security_officer
oversight:export  POST -  200=auditor  403:duty-missing=content,superuser,system_officer,security_officer
"""
    + routes_of_holdings.ROWS
    + routes_of_approvals.ROWS
    + routes_of_emergencies.ROWS
    + routes_of_widenings.ROWS
    + routes_of_officers.ROWS
    + routes_of_reading.ROWS
    + routes_of_rooms.ROWS
    + routes_of_api.ROWS
    + routes_of_api_people.ROWS
)

# Commands of the operator's shell: name, the action it declares, its exit codes. No account ever takes one by web.
COMMANDS = """
init          project:instance:init     0 1 2
demo          project:instance:demo     0 1 2 130
demo_code     project:instance:demo     0 1 2
serve         project:instance:serve    0 1 2
worker        project:instance:work     0
doctor        project:instance:examine  0 1
audit_verify  project:log:verify        0 1 2
audit_export  project:log:export        0 1 2
audit_prove   project:log:prove         0 1 2
records_import  project:records:import  0 1 2 130
records_export  project:records:export  0 1 2
"""
