"""Who may open which route, written down by hand. Nothing here imports the product."""

from tests.oracle import rule

EVERYBODY = "everybody"  # without an account too
ACCOUNTS = "accounts"  # any active account
NOTICE = "notice"  # any active account, even without training and undertaking
READERS = "readers"  # any active account but an officer's
NOBODY = "nobody"  # no account at all

SHELL = (
    "run_init run_demo run_serve run_worker run_doctor run_log_verify run_log_export run_log_prove "
    "run_import run_export "
    "render inspect index fixity rewrap backup"
).split()

ROUTES: dict[str, object] = {
    **dict.fromkeys(["health", "static", "sign_in", "second_factor", "set_language"], EVERYBODY),
    **dict.fromkeys(
        ["sign_out", "my_account", "secure_account", "read_notice", "sign_undertaking", "read_help"], NOTICE
    ),
    "home": ACCOUNTS,
    **dict.fromkeys(["read_notices", "mark_notices"], ACCOUNTS),
    "manage_tokens": ACCOUNTS,
    "make_token": ACCOUNTS,
    "read_api": ACCOUNTS,
    "read_calendar": ACCOUNTS,
    "report_incident": ACCOUNTS,
    "list": READERS,
    "take_away": READERS,
    "keep_view": READERS,
    "arrange": {"archivist"},
    "close_quarantine": rule.EVERY_DUTY - rule.OFFICERS,
    **dict.fromkeys(["read_undecided", "manage_undecided"], rule.EVERY_DUTY - rule.OFFICERS),
    **dict.fromkeys(
        ["decide_request", "withdraw_request", "record_authorisation", "confirm_emergency"],
        rule.EVERY_DUTY - rule.OFFICERS,
    ),
    **dict.fromkeys(
        ["read_requests", "revoke_request", "release_emergency", "read_approvers", "look_at_reading"],
        (rule.EVERY_DUTY - rule.OFFICERS) | {"security_officer"},
    ),
    **dict.fromkeys(
        ["check_request", "verify_authorisation", "propose_approver", "print_register"], {"security_officer"}
    ),
    "read_emergencies": (rule.EVERY_DUTY - rule.OFFICERS) | {"security_officer", "auditor"},
    **dict.fromkeys(
        ["read_widenings", "decide_knowers", "withdraw_knowers"], rule.EVERY_DUTY - rule.OFFICERS
    ),
    "print_room_register": {"security_officer", "room_keeper"},
    "confirm_approver": {"security_officer", "principal_leader"},
    **dict.fromkeys(["book_room", "read_in_room"], rule.EVERY_DUTY - rule.OFFICERS),
    "keep_room": {"room_keeper"},
    **dict.fromkeys(
        ["read_copies", "find_copy", "lose_copy"], (rule.EVERY_DUTY - rule.OFFICERS) | {"security_officer"}
    ),
    "hold_copy": rule.EVERY_DUTY - rule.OFFICERS,
    "manage_copies": {"archivist", "room_keeper"},
    "manage_delegations": {"hall_director", "department_head", "leader", "principal_leader"},
    "read_people": set(rule.OFFICERS),
    "read_grants": {
        *rule.OFFICERS,
        "hall_director",
        "department_head",
        "leader",
        "principal_leader",
    },
    "withdraw_grant": {"system_officer", "security_officer"},
    "manage_accounts": {"system_officer"},
    "manage_units": {"system_officer"},
    "inspect_instance": {"system_officer"},
    "manage_calendar": {"system_officer"},
    **dict.fromkeys(["read_incidents", "manage_incidents"], {"security_officer"}),
    "suspend_account": {"system_officer", "security_officer"},
    "grant_rights": {"security_officer"},
    "confirm_rights": {
        "security_officer",
        "hall_director",
        "department_head",
        "leader",
        "principal_leader",
    },
    "record_training": {"security_officer"},
    "ask_why": {"security_officer"},
    "read_terminals": {"system_officer", "security_officer"},
    "manage_terminals": {"system_officer"},
    "issue_terminal_code": {"system_officer"},
    "read_rooms": {"system_officer", "security_officer", "room_keeper"},
    "manage_rooms": {"system_officer"},
    "inspect_room": {"system_officer", "security_officer"},
    "enrol_terminal": {"system_officer", "room_keeper"},
    **dict.fromkeys(
        ["read_roster", "manage_roster"], {"hall_director", "department_head", "leader", "principal_leader"}
    ),
    **dict.fromkeys(
        ["log_read", "log_search", "log_prove", "log_export", "log_verify", "log_unseal"], {"auditor"}
    ),
    **dict.fromkeys(SHELL, NOBODY),
}


# Which scopes open a route to a program's token; of any other it opens none.
BY_TOKEN = {
    "list": {"records:read"},
    **dict.fromkeys(["read_people", "read_grants", "read_terminals", "read_roster"], {"people:read"}),
    **dict.fromkeys(
        (
            "manage_units suspend_account withdraw_grant record_training manage_roster manage_terminals"
        ).split(),
        {"people:write"},
    ),
    **dict.fromkeys(["log_read", "log_search"], {"events:read"}),
    "read_requests": {"requests:read"},
    "withdraw_request": {"requests:write"},
    "read_api": set(rule.TOKEN_SCOPES),
}


def objections(route: str, who: dict) -> set[str]:
    """Every reason against; empty when the route opens."""
    wanted = ROUTES[route]
    if wanted == EVERYBODY:
        return set()
    if not who["account"]:
        return {"not-signed-in"}
    held = {duty for duty, _ in who["posts"]}
    found = set()
    if not who["usable"]:
        found.add("account-unusable")
    if wanted == NOBODY or (isinstance(wanted, set) and not held & wanted):
        found.add("duty-missing")
    if (
        wanted == READERS or (isinstance(wanted, set) and not wanted & rule.OFFICERS)
    ) and held & rule.OFFICERS:
        found.add("officer-sees-no-content")
    if who["token"] is not None and not who["token"] & BY_TOKEN.get(route, set()):
        found.add("token-scope-missing")
    if wanted == NOTICE:
        return found
    if rule.exclusive(who["posts"]):
        found.add("duties-conflict")
    if not who["trained"]:
        found.add("training-expired")
    if not who["undertaking"]:
        found.add("undertaking-unsigned")
    return found
