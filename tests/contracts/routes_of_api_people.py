"""The programs' interface in the route table: people, units, proposals, terminals and the roster.

Who is shown what is as on the officers' pages; each persona shows a token of every scope.
"""

METHODS = """
api:person_sessions  GET +duty
api:units            GET +duty
api:unit             GET +duty
api:grants           GET +duty
api:grant            GET +duty
api:terminals        GET +duty
api:terminal         GET +duty
api:roster           GET +duty
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
"""
