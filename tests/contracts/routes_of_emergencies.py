"""The part of the route table about emergency access (PE-17): asked for, released by two, reported, confirmed."""

METHODS = """
approvals:new_emergency      GET POST
approvals:release            POST +duty
approvals:emergencies        GET +duty
approvals:emergency          GET +duty
approvals:confirm_emergency  POST +duty
"""

ROWS = """
# Whoever may know of the record; where there is none, a top secret first of all, the page says so and the service refuses
approvals:new_emergency  GET open  200=content,superuser
approvals:new_emergency  GET internal  200=inside,grantee
approvals:new_emergency  GET core  200=author,cleared_listed
approvals:new_emergency  GET state  200=author
approvals:new_emergency  GET top  200=author,cleared_listed
approvals:new_emergency  GET draft  403:state-forbids=author,keepers
approvals:new_emergency  GET absent
approvals:new_emergency  POST state  302:/requests/=author
approvals:new_emergency  POST core  409=author,cleared_listed
approvals:new_emergency  POST top  409=author,cleared_listed
approvals:new_emergency  POST internal  409=inside,grantee
approvals:new_emergency  POST open  409=content,superuser
approvals:new_emergency  POST draft  403:state-forbids=author,keepers
approvals:new_emergency  POST? state  400=author
approvals:new_emergency  POST absent

# Its two persons see it, and nobody else of their kind
approvals:request  GET urgent  200=cleared_listed,room_keeper,security_officer,leader  403:duty-missing=superuser,system_officer,auditor
approvals:release  POST urgent  302:/requests/=leader  409=cleared_listed,room_keeper,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:release  POST half  302:/requests/=room_keeper,security_officer  409=cleared_listed,leader  403:duty-missing=superuser,system_officer,auditor
approvals:release  POST? urgent  400=cleared_listed,room_keeper,security_officer,leader  403:duty-missing=superuser,system_officer,auditor
approvals:release  POST absent  403:duty-missing=superuser,system_officer,auditor

# Each his own; security officers and auditors all
approvals:emergencies  GET -  200=content,security_officer,auditor  403:duty-missing=superuser,system_officer
approvals:emergency  GET released  200=cleared_listed,leader,security_officer,auditor  403:duty-missing=superuser,system_officer
approvals:emergency  GET absent  403:duty-missing=superuser,system_officer
approvals:confirm_emergency  POST released  302:/emergencies/=leader  409=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:confirm_emergency  POST? released  400=leader,cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:confirm_emergency  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
"""
