"""The part of the route table about requests for classified records, who decides them, and who stands in."""

METHODS = """
approvals:new                 GET POST
approvals:requests            GET +duty
approvals:register            GET +duty
approvals:request             GET +duty
approvals:check               POST +duty
approvals:decide              POST +duty
approvals:withdraw            POST +duty
approvals:revoke              POST +duty
approvals:record_paper        POST +duty
approvals:verify_paper        POST +duty
approvals:approvers           GET POST +duty
approvals:decide_approver     POST +duty
approvals:withdraw_approver   POST +duty
approvals:delegations         GET POST +duty
approvals:end_delegation      POST +duty
approvals:copies              GET +duty
approvals:copy                GET +duty
approvals:find_copy           GET POST +duty
approvals:hold_copy           POST +duty
approvals:manage_copy         POST +duty
approvals:decide_copy         POST +duty
approvals:lose_copy           POST +duty
approvals:make_copy           GET POST +duty
approvals:close_copies        POST +duty
approvals:count_copies        GET POST +duty
"""

ROWS = """
# Asking: whoever may know of the record; of what is open there is nothing to ask
approvals:new  GET open  200=content,superuser
approvals:new  GET internal  200=inside,grantee
approvals:new  GET core  200=author,cleared_listed
approvals:new  GET state  200=author
approvals:new  GET proposed  200=author,classification_officer
approvals:new  GET draft  403:state-forbids=author,keepers
approvals:new  GET absent
approvals:new  POST open  400=content,superuser
approvals:new  POST internal  302:/requests/=inside,grantee
approvals:new  POST core  409=author,cleared_listed
approvals:new  POST state  302:/requests/=author
approvals:new  POST proposed  302:/requests/=author,classification_officer
approvals:new  POST draft  403:state-forbids=author,keepers
approvals:new  POST? core  400=author,cleared_listed
approvals:new  POST absent

# Each his own, those that wait for him, and the security officer all
approvals:requests  GET -  200=content,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:request  GET asked  200=cleared_listed,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:request  GET checked  200=cleared_listed,security_officer,leader  403:duty-missing=superuser,system_officer,auditor
approvals:request  GET absent  403:duty-missing=superuser,system_officer,auditor

# RQ-13: without a period it leads back; the file itself is looked at in tests/approvals/test_printing.py
approvals:register  GET -  302:/requests/=security_officer  403:duty-missing=content,superuser,system_officer,auditor

# The steps, each its own right: what the table does not open to somebody with a part answers 409
approvals:check  POST asked  302:/requests/=security_officer  403:duty-missing=content,superuser,system_officer,auditor
approvals:check  POST checked  409=security_officer  403:duty-missing=content,superuser,system_officer,auditor
approvals:check  POST? asked  400=security_officer  403:duty-missing=content,superuser,system_officer,auditor
approvals:check  POST absent  403:duty-missing=content,superuser,system_officer,auditor
approvals:decide  POST checked  302:/requests/=leader  409=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:decide  POST asked  409=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:decide  POST? checked  400=leader,cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:decide  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:withdraw  POST asked  302:/requests/=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:withdraw  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:revoke  POST approved  302:/requests/=security_officer,leader  409=cleared_listed  403:duty-missing=superuser,system_officer,auditor
approvals:revoke  POST? approved  400=security_officer,leader,cleared_listed  403:duty-missing=superuser,system_officer,auditor
approvals:revoke  POST absent  403:duty-missing=superuser,system_officer,auditor

# P-09: the paper of the unit that set a top secret's level
approvals:record_paper  POST led  302:/requests/=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:record_paper  POST? led  400=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:record_paper  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:verify_paper  POST papered  302:/requests/=security_officer  403:duty-missing=content,superuser,system_officer,auditor
approvals:verify_paper  POST absent  403:duty-missing=content,superuser,system_officer,auditor

# Who approves what: everybody who works with records reads it, two change it
approvals:approvers  GET -  200=content,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:approvers  POST -  302:/requests/=security_officer  403:duty-missing=content,superuser,system_officer,auditor
approvals:approvers  POST? -  400=security_officer  403:duty-missing=content,superuser,system_officer,auditor
approvals:decide_approver  POST proposed_rule  302:/requests/=security_officer,principal_leader  403:duty-missing=not_deciding_rules
approvals:decide_approver  POST absent  403:duty-missing=not_deciding_rules
approvals:withdraw_approver  POST proposed_rule  302:/requests/=security_officer  403:duty-missing=content,superuser,system_officer,auditor
approvals:withdraw_approver  POST absent  403:duty-missing=content,superuser,system_officer,auditor

# PE-12: each for his own post
approvals:delegations  GET -  200=content,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:delegations  POST -  302:/requests/=leading  403:duty-missing=not_leading  403:officer-sees-no-content=officers
approvals:delegations  POST? -  400=leading  403:duty-missing=not_leading  403:officer-sees-no-content=officers
approvals:end_delegation  POST given  302:/requests/=leader  403:duty-missing=not_leading  403:officer-sees-no-content=officers
approvals:end_delegation  POST absent  403:duty-missing=not_leading  403:officer-sees-no-content=officers

# The register of copies: holder, keepers and the security officer; making one asks the record's own rule
approvals:copies  GET -  200=content,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:copy  GET copy  200=cleared_listed,room_keeper,archivist,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:copy  GET absent  403:duty-missing=superuser,system_officer,auditor
approvals:find_copy  GET -  200=content,security_officer  403:duty-missing=superuser,system_officer,auditor
# RQ-09: a file that is no scan; what is found is looked at in tests/approvals/test_copy_scans.py
approvals:find_copy  POST -  400=content,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:find_copy  POST? -  400=content,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:hold_copy  POST copy  302:/copies/=cleared_listed  409=room_keeper,archivist  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:hold_copy  POST? copy  400=cleared_listed,room_keeper,archivist  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:hold_copy  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:manage_copy  POST copy  302:/copies/=room_keeper,archivist  403:duty-missing=not_keeping_copies  403:officer-sees-no-content=officers
approvals:manage_copy  POST? copy  400=room_keeper,archivist  403:duty-missing=not_keeping_copies  403:officer-sees-no-content=officers
approvals:manage_copy  POST absent  403:duty-missing=not_keeping_copies  403:officer-sees-no-content=officers
approvals:decide_copy  POST copy  409=cleared_listed,room_keeper,archivist  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:decide_copy  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:lose_copy  POST copy  302:/copies/=cleared_listed,room_keeper,archivist,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:lose_copy  POST? copy  400=cleared_listed,room_keeper,archivist,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:lose_copy  POST absent  403:duty-missing=superuser,system_officer,auditor
approvals:make_copy  GET copied  200=cleared_listed,room_keeper,archivist  403:duty-missing=superuser,system_officer,auditor
approvals:make_copy  GET absent  403:duty-missing=superuser,system_officer,auditor
approvals:make_copy  POST copied  200=cleared_listed,room_keeper,archivist
approvals:make_copy  POST? copied  400=cleared_listed,room_keeper,archivist
approvals:make_copy  POST absent
approvals:close_copies  POST copied  302:/copies/=room_keeper,archivist  403:duty-missing=not_keeping_copies  403:officer-sees-no-content=officers
approvals:count_copies  GET -  200=room_keeper,archivist  403:duty-missing=not_keeping_copies  403:officer-sees-no-content=officers
approvals:count_copies  POST -  302:/copies/=room_keeper,archivist  403:duty-missing=not_keeping_copies  403:officer-sees-no-content=officers
approvals:count_copies  POST? -  400=room_keeper,archivist  403:duty-missing=not_keeping_copies  403:officer-sees-no-content=officers
approvals:close_copies  POST absent  403:duty-missing=not_keeping_copies  403:officer-sees-no-content=officers
"""
