"""The officers' part of the route table: people, units, rights and what waits for a second person (AD-01, AD-03)."""

METHODS = """
administration:people               GET POST +duty
administration:new_person           GET POST +duty
administration:person               GET +duty
administration:leave                GET POST +duty
administration:begin_de_secrecy     POST +duty
administration:appoint              GET POST +duty
administration:clear                GET POST +duty
administration:categorise           GET POST +duty
administration:train                GET POST +duty
administration:end_appointment      POST +duty
administration:revoke_clearance     POST +duty
administration:new_account          GET POST +duty
administration:reset_password       GET POST +duty
administration:suspend              POST +duty
administration:reactivate           POST +duty
administration:end_sessions         POST +duty
administration:reset_second_factor  POST +duty
administration:lift_lockout         POST +duty
administration:grants               GET +duty
administration:grant                GET +duty
administration:confirm_grant        POST +duty
administration:refuse_grant         POST +duty
administration:withdraw_grant       POST +duty
administration:fixity               GET +duty
administration:rename_unit          GET POST +duty
administration:close_unit           GET POST +duty
administration:rename_person        GET POST +duty
administration:move_person          GET POST +duty
administration:person_email         GET POST +duty
administration:why                  GET POST +duty
administration:roster               GET POST +duty
administration:strike_roster        POST +duty
administration:terminals            GET +duty
administration:new_terminal         GET POST +duty
administration:terminal             GET +duty
administration:check_terminal       GET POST +duty
administration:renew_certificate    GET POST +duty
administration:terminal_code        GET POST +duty
administration:take_back_terminal   POST +duty
this_machine                        GET POST +duty
administration:suspend_terminal     POST +duty
administration:reinstate_terminal   POST +duty
administration:withdraw_terminal    POST +duty
administration:units                GET +duty
administration:new_unit             GET POST +duty
"""

ROWS = """
# The registers: the three officers look, each changes what is his
administration:people  GET -  200=officers  403:duty-missing=content,superuser
administration:people  POST -  302:/administration/people/=officers  403:duty-missing=content,superuser
administration:person  GET someone  200=officers  403:duty-missing=content,superuser
administration:person  GET absent  403:duty-missing=content,superuser
administration:fixity  GET -  200=system_officer  403:duty-missing=not_system
administration:units  GET -  200=officers  403:duty-missing=content,superuser

# The system officer makes units, people and accounts, which open nothing
administration:new_unit  GET -  200=system_officer  403:duty-missing=not_system
administration:new_unit  POST -  302:/administration/units/=system_officer  403:duty-missing=not_system
administration:new_unit  POST? -  400=system_officer  403:duty-missing=not_system
administration:new_person  GET -  200=system_officer  403:duty-missing=not_system
administration:new_person  POST -  200=system_officer  403:duty-missing=not_system
administration:new_person  POST? -  400=system_officer  403:duty-missing=not_system
administration:leave  GET someone  200=system_officer  403:duty-missing=not_system
administration:leave  GET absent  403:duty-missing=not_system
administration:leave  POST someone  302:/administration/people/=system_officer  403:duty-missing=not_system
administration:leave  POST? someone  400=system_officer  403:duty-missing=not_system
administration:leave  POST absent  403:duty-missing=not_system
administration:new_account  GET someone  200=system_officer  403:duty-missing=not_system
administration:new_account  GET absent  403:duty-missing=not_system
administration:new_account  POST someone  302:/administration/grants/=system_officer  403:duty-missing=not_system
administration:new_account  POST? someone  400=system_officer  403:duty-missing=not_system
administration:new_account  POST absent  403:duty-missing=not_system
administration:reset_password  GET someone  200=system_officer  403:duty-missing=not_system
administration:reset_password  GET absent  403:duty-missing=not_system
administration:reset_password  POST someone  302:/administration/grants/=system_officer  403:duty-missing=not_system
administration:reset_password  POST? someone  400=system_officer  403:duty-missing=not_system
administration:reset_password  POST absent  403:duty-missing=not_system

# Both of them stop an account
administration:suspend  POST someone  302:/administration/people/=system_officer,security_officer  403:duty-missing=content,superuser,auditor
administration:suspend  POST absent  403:duty-missing=content,superuser,auditor
administration:end_sessions  POST someone  302:/administration/people/=system_officer,security_officer  403:duty-missing=content,superuser,auditor
administration:end_sessions  POST absent  403:duty-missing=content,superuser,auditor

# The security officer appoints, clears and trains, and opens again what was locked
administration:begin_de_secrecy  POST someone  302:/administration/people/=security_officer  403:duty-missing=not_security
administration:begin_de_secrecy  POST absent  403:duty-missing=not_security
administration:appoint  GET someone  200=security_officer  403:duty-missing=not_security
administration:appoint  GET absent  403:duty-missing=not_security
administration:appoint  POST someone  302:/administration/people/=security_officer  403:duty-missing=not_security
administration:appoint  POST? someone  400=security_officer  403:duty-missing=not_security
administration:appoint  POST absent  403:duty-missing=not_security
administration:clear  GET someone  200=security_officer  403:duty-missing=not_security
administration:clear  GET absent  403:duty-missing=not_security
administration:clear  POST someone  302:/administration/grants/=security_officer  403:duty-missing=not_security
administration:clear  POST? someone  400=security_officer  403:duty-missing=not_security
administration:clear  POST absent  403:duty-missing=not_security
administration:categorise  GET someone  200=security_officer  403:duty-missing=not_security
administration:categorise  GET absent  403:duty-missing=not_security
administration:categorise  POST someone  302:/administration/grants/=security_officer  403:duty-missing=not_security
administration:categorise  POST? someone  400=security_officer  403:duty-missing=not_security
administration:categorise  POST absent  403:duty-missing=not_security
administration:train  GET someone  200=security_officer  403:duty-missing=not_security
administration:train  GET absent  403:duty-missing=not_security
administration:train  POST someone  302:/administration/people/=security_officer  403:duty-missing=not_security
administration:train  POST? someone  400=security_officer  403:duty-missing=not_security
administration:train  POST absent  403:duty-missing=not_security
administration:end_appointment  POST someone  302:/administration/people/=security_officer  403:duty-missing=not_security
administration:end_appointment  POST absent  403:duty-missing=not_security
administration:revoke_clearance  POST someone  302:/administration/people/=security_officer  403:duty-missing=not_security
administration:revoke_clearance  POST absent  403:duty-missing=not_security
administration:reactivate  POST someone  302:/administration/people/=security_officer  403:duty-missing=not_security
administration:reactivate  POST absent  403:duty-missing=not_security
administration:reset_second_factor  POST someone  302:/administration/people/=security_officer  403:duty-missing=not_security
administration:reset_second_factor  POST absent  403:duty-missing=not_security
administration:lift_lockout  POST someone  302:/administration/people/=security_officer  403:duty-missing=not_security
administration:lift_lockout  POST absent  403:duty-missing=not_security

# What waits for a second person: officers see all of it; of those who lead only the head above the person does
administration:grants  GET -  200=officers,leading  403:duty-missing=not_leading
administration:grant  GET proposal  200=officers,head_above  403:duty-missing=not_leading
administration:grant  GET absent  403:duty-missing=not_leading
administration:confirm_grant  POST proposal  302:/administration/grants/=security_officer,head_above  403:duty-missing=not_leading,system_officer,auditor
administration:confirm_grant  POST absent  403:duty-missing=not_leading,system_officer,auditor
administration:refuse_grant  POST proposal  302:/administration/grants/=security_officer,head_above  403:duty-missing=not_leading,system_officer,auditor
administration:refuse_grant  POST absent  403:duty-missing=not_leading,system_officer,auditor
administration:withdraw_grant  POST proposal  302:/administration/grants/=system_officer,security_officer  403:duty-missing=content,superuser,auditor
administration:withdraw_grant  POST absent  403:duty-missing=content,superuser,auditor

# PE-13: the security officer asks about anybody and anything; what is not there is said to be absent
administration:why  GET -  200=security_officer  403:duty-missing=not_security
administration:why  POST -  200=security_officer  403:duty-missing=not_security
administration:why  POST? -  400=security_officer  403:duty-missing=not_security

# P-30: whoever heads the unit; of those who lead here only the principal leader heads one
administration:roster  GET -  200=leading  403:duty-missing=not_leading,officers
administration:roster  POST -  302:/administration/roster/=head_above  400=hall_director,department_head,leader  403:duty-missing=not_leading,officers
administration:roster  POST? -  400=leading  403:duty-missing=not_leading,officers
administration:strike_roster  POST rostered  302:/administration/roster/=head_above  403:duty-missing=not_leading,officers
administration:strike_roster  POST absent  403:duty-missing=not_leading,officers

# 10.1(4): the register of terminals is the system officer's, the security officer looks
administration:terminals  GET -  200=system_officer,security_officer  403:duty-missing=content,superuser,auditor
administration:terminal  GET terminal  200=system_officer,security_officer  403:duty-missing=content,superuser,auditor
administration:terminal  GET absent  403:duty-missing=content,superuser,auditor
administration:new_terminal  GET -  200=system_officer  403:duty-missing=not_system
administration:new_terminal  POST -  302:/administration/terminals/=system_officer  403:duty-missing=not_system
administration:new_terminal  POST? -  400=system_officer  403:duty-missing=not_system
administration:check_terminal  GET terminal  200=system_officer  403:duty-missing=not_system
administration:check_terminal  GET absent  403:duty-missing=not_system
administration:check_terminal  POST terminal  302:/administration/terminals/=system_officer  403:duty-missing=not_system
administration:check_terminal  POST? terminal  400=system_officer  403:duty-missing=not_system
administration:check_terminal  POST absent  403:duty-missing=not_system
administration:renew_certificate  GET terminal  200=system_officer  403:duty-missing=not_system
administration:renew_certificate  GET absent  403:duty-missing=not_system
administration:renew_certificate  POST terminal  302:/administration/terminals/=system_officer  403:duty-missing=not_system
administration:renew_certificate  POST? terminal  400=system_officer  403:duty-missing=not_system
administration:renew_certificate  POST absent  403:duty-missing=not_system
# RR-03: the system officer gives out codes; at the machine stands he or the room's keeper
administration:terminal_code  GET terminal  200=system_officer  403:duty-missing=not_system
administration:terminal_code  GET absent  403:duty-missing=not_system
administration:terminal_code  POST terminal  200=system_officer  403:duty-missing=not_system
administration:terminal_code  POST absent  403:duty-missing=not_system
administration:take_back_terminal  POST terminal  302:/administration/terminals/=system_officer  403:duty-missing=not_system
administration:take_back_terminal  POST absent  403:duty-missing=not_system
this_machine  GET -  200=system_officer,room_keeper  403:duty-missing=not_enrolling
this_machine  POST -  302:/terminal/=system_officer,room_keeper  403:duty-missing=not_enrolling
this_machine  POST? -  400=system_officer,room_keeper  403:duty-missing=not_enrolling
administration:suspend_terminal  POST terminal  302:/administration/terminals/=system_officer  403:duty-missing=not_system
administration:suspend_terminal  POST absent  403:duty-missing=not_system
administration:reinstate_terminal  POST terminal  302:/administration/terminals/=system_officer  403:duty-missing=not_system
administration:reinstate_terminal  POST absent  403:duty-missing=not_system
administration:withdraw_terminal  POST terminal  302:/administration/terminals/=system_officer  403:duty-missing=not_system
administration:withdraw_terminal  POST absent  403:duty-missing=not_system

# Names change, units close, people move: the system officer, and only where nothing stands in the way
administration:rename_unit  GET hall  200=system_officer  403:duty-missing=not_system
administration:rename_unit  GET absent  403:duty-missing=not_system
administration:rename_unit  POST hall  302:/administration/units/=system_officer  403:duty-missing=not_system
administration:rename_unit  POST? hall  400=system_officer  403:duty-missing=not_system
administration:rename_unit  POST absent  403:duty-missing=not_system
administration:close_unit  GET hall  200=system_officer  403:duty-missing=not_system
administration:close_unit  GET absent  403:duty-missing=not_system
administration:close_unit  POST hall  400=system_officer  403:duty-missing=not_system
administration:close_unit  POST absent  403:duty-missing=not_system
administration:person_email  GET someone  200=system_officer  403:duty-missing=not_system
administration:person_email  GET absent  403:duty-missing=not_system
administration:person_email  POST someone  302:/administration/people/=system_officer  403:duty-missing=not_system
administration:person_email  POST? someone  400=system_officer  403:duty-missing=not_system
administration:person_email  POST absent  403:duty-missing=not_system
administration:rename_person  GET someone  200=system_officer  403:duty-missing=not_system
administration:rename_person  GET absent  403:duty-missing=not_system
administration:rename_person  POST someone  400=system_officer  403:duty-missing=not_system
administration:rename_person  POST? someone  400=system_officer  403:duty-missing=not_system
administration:rename_person  POST absent  403:duty-missing=not_system
administration:move_person  GET someone  200=system_officer  403:duty-missing=not_system
administration:move_person  GET absent  403:duty-missing=not_system
administration:move_person  POST someone  400=system_officer  403:duty-missing=not_system
administration:move_person  POST? someone  400=system_officer  403:duty-missing=not_system
administration:move_person  POST absent  403:duty-missing=not_system
"""
