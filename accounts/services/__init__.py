"""The verbs on people, duties and clearances. Each checks who may, refuses with a reason, and journals.

The checks here hold whoever calls: the three officers' division of work (AD-01), the exclusions (AD-02), the second
person (AD-03) and that nobody changes his own rights (AD-04). The gate above adds its own.
"""

from accounts.services.access import (
    change_password,
    end_sessions,
    lift_lockout,
    propose_password,
    reactivate,
    reset_password,
    reset_second_factor,
    suspend,
)
from accounts.services.clearances import grant_clearance, revoke_clearance, set_category
from accounts.services.duties import appoint, end_appointment
from accounts.services.enrolment import enrol, issue_code, suspend_copied, take_back
from accounts.services.grants import confirm_grant, refuse_grant, withdraw_grant
from accounts.services.leaving import begin_de_secrecy, record_departure
from accounts.services.oneself import (
    add_passkey,
    choose_mail,
    end_other_sessions,
    end_session,
    remove_passkey,
    rename_passkey,
    renew_recovery_codes,
)
from accounts.services.people import (
    create_account,
    create_person,
    create_unit,
    propose_account,
    register_person,
)
from accounts.services.register import close_unit, move_person, rename_person, rename_unit, set_email
from accounts.services.rooms import (
    change_room,
    close_room,
    inspect_room,
    place_terminal,
    register_room,
    reopen_room,
)
from accounts.services.roster import set_on_roster, strike_from_roster
from accounts.services.standing import record_training, sign_undertaking
from accounts.services.terminals import (
    record_check,
    register_terminal,
    reinstate_terminal,
    renew_certificate,
    suspend_terminal,
    withdraw_terminal,
)
from accounts.services.tokens import make_token, revoke_token

__all__ = [
    "add_passkey",
    "appoint",
    "begin_de_secrecy",
    "change_password",
    "change_room",
    "choose_mail",
    "close_room",
    "close_unit",
    "confirm_grant",
    "create_account",
    "create_person",
    "create_unit",
    "end_appointment",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "enrol",
    "grant_clearance",
    "inspect_room",
    "issue_code",
    "lift_lockout",
    "make_token",
    "move_person",
    "place_terminal",
    "propose_account",
    "propose_password",
    "reactivate",
    "record_check",
    "record_departure",
    "record_training",
    "refuse_grant",
    "register_person",
    "register_room",
    "register_terminal",
    "reinstate_terminal",
    "remove_passkey",
    "rename_passkey",
    "rename_person",
    "rename_unit",
    "renew_certificate",
    "renew_recovery_codes",
    "reopen_room",
    "reset_password",
    "reset_second_factor",
    "revoke_clearance",
    "revoke_token",
    "set_category",
    "set_email",
    "set_on_roster",
    "sign_undertaking",
    "strike_from_roster",
    "suspend",
    "suspend_copied",
    "suspend_terminal",
    "take_back",
    "withdraw_grant",
    "withdraw_terminal",
]
