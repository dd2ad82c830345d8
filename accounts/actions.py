"""What can happen to people, duties and sign-ins, as the log names it."""

from audit import actions

SYSTEM_INIT = "accounts:system:init"
UNIT_CREATE = "accounts:unit:create"
UNIT_RENAME = "accounts:unit:rename"
UNIT_CLOSE = "accounts:unit:close"
PERSON_RENAME = "accounts:person:rename"
PERSON_MOVE = "accounts:person:move"
PERSON_CREATE = "accounts:person:create"
PERSON_CATEGORISE = "accounts:person:categorise"
DE_SECRECY_BEGIN = "accounts:de_secrecy:begin"
PERSON_LEAVE = "accounts:person:leave"
ACCOUNT_CREATE = "accounts:account:create"
ACCOUNT_SUSPEND = "accounts:account:suspend"
ACCOUNT_REACTIVATE = "accounts:account:reactivate"
DUTY_APPOINT = "accounts:duty:appoint"
DUTY_END = "accounts:duty:end"
GRANT_PROPOSE = "accounts:grant:propose"
GRANT_CONFIRM = "accounts:grant:confirm"
GRANT_REFUSE = "accounts:grant:refuse"
GRANT_WITHDRAW = "accounts:grant:withdraw"
CLEARANCE_GRANT = "accounts:clearance:grant"
CLEARANCE_REVOKE = "accounts:clearance:revoke"
ROSTER_SET = "accounts:roster:set"
ROSTER_STRIKE = "accounts:roster:strike"
TERMINAL_REGISTER = "accounts:terminal:register"
TERMINAL_SUSPEND = "accounts:terminal:suspend"
TERMINAL_REINSTATE = "accounts:terminal:reinstate"
TERMINAL_WITHDRAW = "accounts:terminal:withdraw"
TERMINAL_RENEW = "accounts:terminal:renew_certificate"
TERMINAL_CHECK = "accounts:terminal:record_check"
TERMINAL_CODE = "accounts:terminal:issue_code"
TERMINAL_ENROL = "accounts:terminal:enrol"
TERMINAL_TAKE_BACK = "accounts:terminal:take_back"
TRAINING_RECORD = "accounts:training:record"
UNDERTAKING_SIGN = "accounts:undertaking:sign"
PASSWORD_CHANGE = "accounts:password:change"  # noqa: S105
PASSWORD_RESET = "accounts:password:reset"  # noqa: S105
SESSION_BEGIN = "accounts:session:begin"
SESSION_END = "accounts:session:end"
SESSION_LOCK = "accounts:session:lock"
SESSIONS_END = "accounts:session:end_all"
SESSION_UNLOCK = "accounts:session:unlock"
SECOND_FACTOR_ENROL = "accounts:second_factor:enrol"
SECOND_FACTOR_PROVE = "accounts:second_factor:prove"
SECOND_FACTOR_RESET = "accounts:second_factor:reset"
SESSION_PROVE_AGAIN = "accounts:session:prove_again"
PASSKEY_ADD = "accounts:passkey:add"
PASSKEY_RENAME = "accounts:passkey:rename"
PASSKEY_REMOVE = "accounts:passkey:remove"
RECOVERY_CODES_RENEW = "accounts:recovery_codes:renew"
RECOVERY_CODES_SHOW = "accounts:recovery_codes:show"
TOKEN_MAKE = "accounts:token:make"  # noqa: S105
TOKEN_REVOKE = "accounts:token:revoke"  # noqa: S105
TOKEN_REFUSE = "accounts:token:refuse"  # noqa: S105


def register() -> None:
    """Add every name above to the enumeration."""
    actions.register(*(value for name, value in globals().items() if name.isupper()))
