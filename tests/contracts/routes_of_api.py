"""The programs' interface in the route table, and the page of one's own tokens (interface.md section 4).

Each persona shows a token of every scope; `unproved` made his elsewhere, so through it he is a clerk of the hall like
any other. Of `core`, `state` and `proposed` nobody has anything here, whatever list he stands on (P-02).
"""

METHODS = """
api:me             GET
api:openapi        GET
api:records        GET POST +duty
api:record         GET PATCH
api:registration   POST
api:components     GET
api:content        GET
api:uploads        POST +duty
api:upload_file    PUT +duty
api:filed          POST +duty
api:requests       GET POST +duty
api:request        GET +duty
api:request_withdrawal  POST +duty
api:people         GET +duty
api:person         GET +duty
api:events         GET +duty
api:event          GET +duty
api_reference      GET
administration_tokens        GET
administration_new_token     GET POST
administration_revoke_token  POST
"""

ROWS = """
# What a token is good for
api:me  GET -  200=fit,unproved  @token
api:openapi  GET -  200=fit,unproved  @token

# Records
api:records  GET -  200=content,superuser,unproved  403:officer-sees-no-content=officers  @token
api:record  GET open  200=content,superuser,unproved  @token
api:record  GET internal  200=inside,grantee,unproved  @token
api:record  GET core  @token
api:record  GET state  @token
api:record  GET proposed  @token
api:record  GET draft  200=author,keepers  @token
api:record  GET absent  @token
api:record  PATCH open  403:state-forbids=content,unproved  403:duty-missing=superuser  @token
api:record  PATCH internal  403:state-forbids=inside,grantee,unproved  @token
api:record  PATCH core  @token
api:record  PATCH draft  200=author  403:draft-of-another=keepers  @token
api:record  PATCH absent  @token
api:registration  POST internal  403:state-forbids=inside,grantee,unproved  @token
api:registration  POST core  @token
api:registration  POST draft  200=author  403:draft-of-another=keepers  @token
api:registration  POST absent  @token
api:components  GET open  200=content,superuser,unproved  @token
api:components  GET internal  200=inside,grantee,unproved  @token
api:components  GET core  @token
api:components  GET absent  @token
api:content  GET open  200=content,superuser,unproved  @token
api:content  GET internal  200=grantee  403:no-basis-for-action=inside,unproved  @token
api:content  GET core  @token
api:content  GET state  @token
api:content  GET draft  403:state-forbids=author,keepers  @token
api:content  GET quarantined  403:content-quarantined=grantee  403:no-basis-for-action=inside,unproved  @token
api:content  GET foreign  @token
api:content  GET absent  @token

# Filing
api:records  POST -  201=hall,unproved  422=archivist,above,elsewhere,grantee  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:uploads  POST -  201=hall,unproved  422=archivist,above,elsewhere,grantee  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:upload_file  PUT own  201=author  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:upload_file  PUT ended  409=author  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:upload_file  PUT absent  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:filed  POST own  201=author  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:filed  POST ended  409=author  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:filed  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token

# Requests: one's own about internal records; one about a secret (`asked`, `checked`) is absent to its own requester
api:requests  GET -  200=content,security_officer,unproved  403:duty-missing=superuser,system_officer,auditor  @token
api:requests  POST -  201=inside,grantee,unproved  @token
api:request  GET own_print  200=author  403:duty-missing=superuser,system_officer,auditor  @token
api:request  GET asked  403:duty-missing=superuser,system_officer,auditor  @token
api:request  GET checked  403:duty-missing=superuser,system_officer,auditor  @token
api:request  GET absent  403:duty-missing=superuser,system_officer,auditor  @token
api:request_withdrawal  POST own_print  200=author  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:request_withdrawal  POST asked  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token
api:request_withdrawal  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers  @token

# People and events, for whom the pages are
api:people  GET -  200=officers  403:duty-missing=content,superuser,unproved  @token
api:person  GET someone  200=officers  403:duty-missing=content,superuser,unproved  @token
api:person  GET absent  403:duty-missing=content,superuser,unproved  @token
api:events  GET -  200=auditor  403:duty-missing=content,superuser,system_officer,security_officer,unproved  @token
api:event  GET event  200=auditor  403:duty-missing=content,superuser,system_officer,security_officer,unproved  @token
api:event  GET absent  403:duty-missing=content,superuser,system_officer,security_officer,unproved  @token

# The pages: one's own tokens, and what the interface is
api_reference  GET -  200=fit
administration_tokens  GET -  200=fit
administration_new_token  GET -  200=fit
administration_new_token  POST -  200=fit
administration_new_token  POST? -  400=fit
administration_revoke_token  POST token  302:/account/tokens/=author
administration_revoke_token  POST absent
"""
