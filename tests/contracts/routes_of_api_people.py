"""The programs' interface in the route table: people, units, proposals, terminals and the roster.

Who is shown what is as on the officers' pages; each persona shows a token of every scope.
"""

METHODS = """
api:person_sessions       GET +duty
api:trainings             POST +duty
api:account_suspension    POST +duty
api:account_sign_out      POST +duty
api:units                 GET POST +duty
api:unit                  GET PATCH +duty
api:unit_closure          POST +duty
api:grants                GET +duty
api:grant                 GET +duty
api:grant_withdrawal      POST +duty
api:terminals             GET POST +duty
api:terminal              GET +duty
api:terminal_checks       POST +duty
api:terminal_certificate  POST +duty
api:terminal_steps        POST +duty
api:roster                GET POST +duty
api:roster_strike         POST +duty
"""

ROWS = """
# Reading, for whom the pages are
api:person_sessions  GET someone  200=officers  403:duty-missing=content,superuser,unproved  @token
api:person_sessions  GET absent  403:duty-missing=content,superuser,unproved  @token
api:units  GET -  200=officers  403:duty-missing=content,superuser,unproved  @token
api:unit  GET hall  200=officers  403:duty-missing=content,superuser,unproved  @token
api:unit  GET absent  403:duty-missing=content,superuser,unproved  @token
api:grants  GET -  200=officers,leading  403:duty-missing=not_leading,unproved  @token
api:grant  GET proposal  200=officers,head_above  403:duty-missing=not_leading,unproved  @token
api:grant  GET absent  403:duty-missing=not_leading,unproved  @token
api:terminals  GET -  200=system_officer,security_officer  403:duty-missing=content,superuser,auditor,unproved  @token
api:terminal  GET terminal  200=system_officer,security_officer  403:duty-missing=content,superuser,auditor,unproved  @token
api:terminal  GET absent  403:duty-missing=content,superuser,auditor,unproved  @token
api:roster  GET -  200=leading  403:duty-missing=not_leading,officers,unproved  @token

# Changing what asks for no fresh proof, for whom the pages are
api:trainings  POST someone  201=security_officer  403:duty-missing=not_security,unproved  @token
api:trainings  POST absent  403:duty-missing=not_security,unproved  @token
api:account_suspension  POST someone  200=system_officer,security_officer  403:duty-missing=content,superuser,auditor,unproved  @token
api:account_suspension  POST absent  403:duty-missing=content,superuser,auditor,unproved  @token
api:account_sign_out  POST someone  200=system_officer,security_officer  403:duty-missing=content,superuser,auditor,unproved  @token
api:account_sign_out  POST absent  403:duty-missing=content,superuser,auditor,unproved  @token
api:units  POST -  201=system_officer  403:duty-missing=not_system,unproved  @token
api:unit  PATCH hall  200=system_officer  403:duty-missing=not_system,unproved  @token
api:unit  PATCH absent  403:duty-missing=not_system,unproved  @token
api:unit_closure  POST hall  409=system_officer  403:duty-missing=not_system,unproved  @token
api:unit_closure  POST absent  403:duty-missing=not_system,unproved  @token
api:grant_withdrawal  POST proposal  200=security_officer  403:duty-missing=not_security,unproved  @token
api:grant_withdrawal  POST absent  403:duty-missing=content,superuser,auditor,unproved  @token
api:terminals  POST -  201=system_officer  403:duty-missing=not_system,unproved  @token
api:terminal_checks  POST terminal  201=system_officer  403:duty-missing=not_system,unproved  @token
api:terminal_checks  POST absent  403:duty-missing=not_system,unproved  @token
api:terminal_certificate  POST terminal  200=system_officer  403:duty-missing=not_system,unproved  @token
api:terminal_certificate  POST absent  403:duty-missing=not_system,unproved  @token
api:terminal_steps  POST terminal  200=system_officer  403:duty-missing=not_system,unproved  @token
api:terminal_steps  POST absent  403:duty-missing=not_system,unproved  @token
api:roster  POST -  201=head_above  422=hall_director,department_head,leader  403:duty-missing=not_leading,officers,unproved  @token
api:roster_strike  POST rostered  200=head_above  403:duty-missing=not_leading,officers,unproved  @token
api:roster_strike  POST absent  403:duty-missing=not_leading,officers,unproved  @token
"""
