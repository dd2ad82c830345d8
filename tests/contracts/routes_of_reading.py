"""The reading room's part of the route table: each his own reading, the keeper the room's, the security officer all."""

METHODS = """
approvals:reading         GET +duty
approvals:session         GET +duty
approvals:room_register   GET +duty
approvals:book            POST +duty
approvals:cancel_booking  POST +duty
approvals:check_in        POST +duty
approvals:sit             POST +duty
approvals:write           POST +duty
approvals:keep            POST +duty
"""

ROWS = """
approvals:reading  GET -  200=content,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:session  GET sitting  200=cleared_listed,room_keeper,security_officer  403:duty-missing=superuser,system_officer,auditor
approvals:session  GET absent  403:duty-missing=superuser,system_officer,auditor
# RQ-13: without a period it leads back; the file itself is looked at in tests/approvals/test_room_printing.py
approvals:room_register  GET -  302:/reading/=room_keeper,security_officer  403:duty-missing=no_keeper,system_officer,auditor
approvals:book  POST bookable  302:/reading/=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:book  POST? bookable  400=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:book  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:cancel_booking  POST booked  302:/reading/=cleared_listed,room_keeper  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:cancel_booking  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
# RR-01: the keeper of the room lets in; neither rank nor the register does
approvals:check_in  POST desk  302:/reading/=room_keeper  403:duty-missing=no_keeper  403:officer-sees-no-content=officers
approvals:check_in  POST? desk  400=room_keeper  403:duty-missing=no_keeper  403:officer-sees-no-content=officers
approvals:check_in  POST absent  403:duty-missing=no_keeper  403:officer-sees-no-content=officers
approvals:sit  POST sitting  302:/reading/=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:sit  POST? sitting  400=content  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:sit  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
# RQ-12: only the reader writes, and only under an approval of his own about what he reads
approvals:write  POST sitting  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:write  POST? sitting  400=cleared_listed  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:write  POST absent  403:duty-missing=superuser  403:officer-sees-no-content=officers
approvals:keep  POST sitting  302:/reading/=room_keeper  403:duty-missing=no_keeper  403:officer-sees-no-content=officers
approvals:keep  POST? sitting  400=room_keeper  403:duty-missing=no_keeper  403:officer-sees-no-content=officers
approvals:keep  POST absent  403:duty-missing=no_keeper  403:officer-sees-no-content=officers
"""
