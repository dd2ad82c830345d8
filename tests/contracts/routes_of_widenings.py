"""The part of the route table about who is put on the list of a secret (PE-02): proposed by one, decided by another."""

METHODS = """
approvals:propose_knowers   GET POST
approvals:widenings         GET +duty
approvals:widening          GET +duty
approvals:decide_knowers    POST +duty
approvals:withdraw_knowers  POST +duty
"""

ROWS = """
# Whoever keeps the list; of what is no secret the page says that it is kept by one, and the service refuses
approvals:propose_knowers  GET open  200=keepers,above  403:no-basis-for-action=department_head  403:duty-missing=author,others_of_hall,outsider,grantee,superuser
approvals:propose_knowers  GET internal  200=keepers  403:duty-missing=author,others_of_hall,grantee
approvals:propose_knowers  GET core  403:duty-missing=author,cleared_listed
approvals:propose_knowers  GET proposed  200=classification_officer  403:duty-missing=author
approvals:propose_knowers  GET draft  200=keepers  403:duty-missing=author
approvals:propose_knowers  GET absent
approvals:propose_knowers  POST internal  409=keepers  403:duty-missing=author,others_of_hall,grantee
approvals:propose_knowers  POST core  403:duty-missing=author,cleared_listed
approvals:propose_knowers  POST proposed  302:/requests/=classification_officer  403:duty-missing=author
approvals:propose_knowers  POST absent
approvals:propose_knowers  POST? proposed  400=classification_officer  403:duty-missing=author
approvals:propose_knowers  POST? core  403:duty-missing=author,cleared_listed

# Each what he proposed, decides or decided; whom one names meets none
approvals:widenings  GET -  200=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:widening  GET waits  200=classification_officer,leader  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:widening  GET absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:decide_knowers  POST waits  302:/requests/=leader  409=classification_officer  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:decide_knowers  POST? waits  400=leader,classification_officer  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:decide_knowers  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:withdraw_knowers  POST waits  302:/requests/=classification_officer  409=leader  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:withdraw_knowers  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
"""
