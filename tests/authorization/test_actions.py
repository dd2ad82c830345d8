"""The table of actions, pinned: a widening is a changed line here as well."""

import pytest

from accounts.rules import CONTENT_DUTIES, OFFICER_DUTIES, Duty
from accounts.token_rules import TokenScope
from audit import actions as registered
from vault.authorization.actions import (
    DUTIES_FOR,
    GRANTABLE,
    RULES,
    Action,
    Basis,
    Kind,
    ObjectState,
    codename,
    duties_for,
)
from vault.authorization.errors import UnknownAction
from vault.holdings.models import Record

EVERYONE = None
HEADS = {Duty.HALL_DIRECTOR, Duty.DEPARTMENT_HEAD, Duty.LEADER, Duty.PRINCIPAL_LEADER}
KEEPERS = {Duty.ARCHIVIST, Duty.HALL_DIRECTOR, Duty.DEPARTMENT_HEAD}
DECIDERS = {Duty.CLASSIFICATION_OFFICER}

PINNED = {
    **dict.fromkeys(GRANTABLE, EVERYONE),
    Action.LIST: EVERYONE,
    Action.TAKE_AWAY: EVERYONE,
    Action.PREVIEW: EVERYONE,
    Action.REQUEST_ACCESS: EVERYONE,
    Action.PRODUCE: {Duty.ARCHIVIST, Duty.ROOM_KEEPER},
    Action.KEEP_VIEW: EVERYONE,
    **dict.fromkeys((Action.DRAFT, Action.FILE, Action.RECEIVE, Action.CREATE_ARCHIVE_FILE), CONTENT_DUTIES),
    **dict.fromkeys((Action.EDIT_DRAFT, Action.REGISTER, Action.CORRECT), CONTENT_DUTIES),
    Action.IMPORT: CONTENT_DUTIES,
    Action.DECIDE_LABEL: DECIDERS,
    **dict.fromkeys((Action.NAME_KNOWERS, Action.PROPOSE_KNOWERS), HEADS | KEEPERS | DECIDERS),
    **dict.fromkeys((Action.READ_WIDENINGS, Action.DECIDE_KNOWERS, Action.WITHDRAW_KNOWERS), CONTENT_DUTIES),
    Action.GRANT: HEADS | KEEPERS,
    Action.MOVE: KEEPERS,
    Action.READ_HISTORY: KEEPERS,
    Action.VIEW_QUARANTINE: KEEPERS,
    Action.CLOSE_QUARANTINE: CONTENT_DUTIES,
    **dict.fromkeys((Action.READ_UNDECIDED, Action.MANAGE_UNDECIDED), CONTENT_DUTIES),
    Action.DROP_RECEIVED: CONTENT_DUTIES,
    **dict.fromkeys(
        (Action.DECIDE_REQUEST, Action.WITHDRAW_REQUEST, Action.RECORD_AUTHORISATION), CONTENT_DUTIES
    ),
    **dict.fromkeys(
        (Action.READ_REQUESTS, Action.REVOKE_REQUEST, Action.READ_APPROVERS, Action.LOOK_AT_READING),
        CONTENT_DUTIES | {Duty.SECURITY_OFFICER},
    ),
    Action.RELEASE_EMERGENCY: CONTENT_DUTIES | {Duty.SECURITY_OFFICER},
    Action.CONFIRM_EMERGENCY: CONTENT_DUTIES,
    Action.READ_EMERGENCIES: CONTENT_DUTIES | {Duty.SECURITY_OFFICER, Duty.AUDITOR},
    **dict.fromkeys(
        (Action.CHECK_REQUEST, Action.VERIFY_AUTHORISATION, Action.PROPOSE_APPROVER), {Duty.SECURITY_OFFICER}
    ),
    Action.PRINT_REGISTER: {Duty.SECURITY_OFFICER},
    Action.PRINT_ROOM_REGISTER: {Duty.SECURITY_OFFICER, Duty.ROOM_KEEPER},
    Action.CONFIRM_APPROVER: {Duty.SECURITY_OFFICER, Duty.PRINCIPAL_LEADER},
    Action.MANAGE_DELEGATIONS: HEADS,
    **dict.fromkeys((Action.BOOK_ROOM, Action.READ_IN_ROOM), CONTENT_DUTIES),
    Action.KEEP_ROOM: {Duty.ROOM_KEEPER},
    **dict.fromkeys(
        (Action.READ_COPIES, Action.FIND_COPY, Action.LOSE_COPY), CONTENT_DUTIES | {Duty.SECURITY_OFFICER}
    ),
    Action.HOLD_COPY: CONTENT_DUTIES,
    Action.MANAGE_COPIES: {Duty.ARCHIVIST, Duty.ROOM_KEEPER},
    Action.ARRANGE: {Duty.ARCHIVIST},
    **dict.fromkeys((Action.SIGN_IN, Action.SECOND_FACTOR, Action.SET_LANGUAGE), EVERYONE),
    **dict.fromkeys((Action.HEALTH, Action.STATIC), EVERYONE),
    **dict.fromkeys((Action.SIGN_OUT, Action.MY_ACCOUNT, Action.SECURE_ACCOUNT, Action.HOME), EVERYONE),
    **dict.fromkeys((Action.MANAGE_TOKENS, Action.MAKE_TOKEN, Action.READ_API), EVERYONE),
    **dict.fromkeys((Action.READ_NOTICES, Action.MARK_NOTICES), EVERYONE),
    **dict.fromkeys((Action.READ_NOTICE, Action.SIGN_UNDERTAKING, Action.READ_HELP), EVERYONE),
    **dict.fromkeys((Action.MANAGE_ACCOUNTS, Action.MANAGE_UNITS), {Duty.SYSTEM_OFFICER}),
    Action.READ_PEOPLE: OFFICER_DUTIES,
    Action.READ_GRANTS: HEADS | OFFICER_DUTIES,
    Action.WITHDRAW_GRANT: {Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER},
    Action.INSPECT_INSTANCE: {Duty.SYSTEM_OFFICER},
    Action.READ_CALENDAR: EVERYONE,
    Action.MANAGE_CALENDAR: {Duty.SYSTEM_OFFICER},
    Action.REPORT_INCIDENT: EVERYONE,
    **dict.fromkeys((Action.READ_INCIDENTS, Action.MANAGE_INCIDENTS), {Duty.SECURITY_OFFICER}),
    Action.SUSPEND_ACCOUNT: {Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER},
    Action.GRANT_RIGHTS: {Duty.SECURITY_OFFICER},
    Action.CONFIRM_RIGHTS: HEADS | {Duty.SECURITY_OFFICER},
    Action.RECORD_TRAINING: {Duty.SECURITY_OFFICER},
    Action.READ_TERMINALS: {Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER},
    Action.MANAGE_TERMINALS: {Duty.SYSTEM_OFFICER},
    Action.ISSUE_TERMINAL_CODE: {Duty.SYSTEM_OFFICER},
    Action.READ_ROOMS: {Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER, Duty.ROOM_KEEPER},
    Action.MANAGE_ROOMS: {Duty.SYSTEM_OFFICER},
    Action.INSPECT_ROOM: {Duty.SYSTEM_OFFICER, Duty.SECURITY_OFFICER},
    Action.ENROL_TERMINAL: {Duty.SYSTEM_OFFICER, Duty.ROOM_KEEPER},
    Action.ASK_WHY: {Duty.SECURITY_OFFICER},
    **dict.fromkeys((Action.READ_ROSTER, Action.MANAGE_ROSTER), HEADS),
    **dict.fromkeys((a for a in Action if a.value.startswith("audit:log:")), {Duty.AUDITOR}),
    **dict.fromkeys((a for a in Action if RULES[a].kind in {Kind.COMMAND, Kind.MACHINE}), set()),
}


def test_who_may_at_all_is_what_was_agreed():
    """Requirements 6: the whole table; total, and nothing more."""
    assert {a: d if d is None else set(d) for a, d in DUTIES_FOR.items()} == {
        a: d if d is None else set(d) for a, d in PINNED.items()
    }


def test_what_an_action_on_a_record_can_rest_on_is_what_was_agreed():
    """P-05: bases of the nine."""
    reading = {Basis.OPEN, Basis.UNIT, Basis.LIST, Basis.GRANT}
    copying = {Basis.OPEN, Basis.GRANT, Basis.REQUEST}
    by_duty = {Basis.GRANT, Basis.DUTY}
    assert {a.name: set(RULES[a].bases) for a in GRANTABLE} == {
        "DESCRIBE": reading,
        "CONSULT": reading,
        "EXCERPT": reading,
        "QUOTE": reading,
        "COPY": copying,
        "PRINT": copying,
        "EXPORT": {Basis.GRANT},
        "CHANGE_LABEL": by_duty,
        "LEND": by_duty,
    }


def test_officers_are_shut_out_of_everything_about_records():
    """Requirements 0.8: none of the three has any content right."""
    about_records = {a for a in Action if a.value.startswith("holdings:")}
    assert all(not RULES[a].officers for a in about_records)
    assert all(not (RULES[a].duties or set()) & OFFICER_DUTIES for a in about_records)


def test_only_these_actions_are_open_without_training():
    """PE-09: the notice, the undertaking, help, one's own account and the way out."""
    assert {a for a in Action if RULES[a].untrained} == {
        Action.SIGN_OUT,
        Action.MY_ACCOUNT,
        Action.SECURE_ACCOUNT,
        Action.READ_NOTICE,
        Action.SIGN_UNDERTAKING,
        Action.READ_HELP,
    }


def test_only_these_actions_are_public():
    """Architecture 6.4: 404 by default; the exceptions by name."""
    assert {a for a in Action if RULES[a].kind is Kind.PUBLIC} == {
        Action.SIGN_IN,
        Action.SECOND_FACTOR,
        Action.SET_LANGUAGE,
        Action.HEALTH,
        Action.STATIC,
    }


def test_a_token_opens_these_actions_and_no_other():
    """Interface section 4: the scopes, pinned; what is not here no token ever does."""
    read, write = TokenScope.RECORDS_READ, TokenScope.RECORDS_WRITE
    assert {a: set(RULES[a].scopes) for a in Action if RULES[a].scopes} == {
        Action.LIST: {read},
        Action.DESCRIBE: {read, write},
        Action.COPY: {read},
        **dict.fromkeys(
            (
                Action.DRAFT,
                Action.FILE,
                Action.RECEIVE,
                Action.DROP_RECEIVED,
                Action.EDIT_DRAFT,
                Action.REGISTER,
            ),
            {write},
        ),
        **dict.fromkeys(
            (Action.READ_PEOPLE, Action.READ_GRANTS, Action.READ_TERMINALS, Action.READ_ROSTER),
            {TokenScope.PEOPLE_READ},
        ),
        **dict.fromkeys(
            (
                Action.MANAGE_UNITS,
                Action.SUSPEND_ACCOUNT,
                Action.WITHDRAW_GRANT,
                Action.RECORD_TRAINING,
                Action.MANAGE_ROSTER,
                Action.MANAGE_TERMINALS,
            ),
            {TokenScope.PEOPLE_WRITE},
        ),
        Action.LOG_READ: {TokenScope.EVENTS_READ},
        Action.LOG_SEARCH: {TokenScope.EVENTS_READ},
        Action.READ_REQUESTS: {TokenScope.REQUESTS_READ},
        **dict.fromkeys((Action.REQUEST_ACCESS, Action.WITHDRAW_REQUEST), {TokenScope.REQUESTS_WRITE}),
        Action.READ_API: set(TokenScope),
    }


def test_no_token_opens_what_asks_for_a_fresh_proof():
    """AD-05: accounts, passwords and rights stay on the pages; no token can prove that it is still the person."""
    assert {a for a in Action if RULES[a].grave and RULES[a].scopes} == set()


def test_what_is_destroyed_and_what_is_registered_stay_so():
    """Architecture 4: a stub is only described; only drafts are edited and registered."""
    on_stubs = {a for a in Action if ObjectState.DESTROYED in RULES[a].states}
    on_drafts_only = {a for a in Action if RULES[a].states == {ObjectState.DRAFT}}
    assert on_stubs == {Action.DESCRIBE}
    assert on_drafts_only == {Action.EDIT_DRAFT, Action.REGISTER}


def test_the_log_knows_the_name_of_every_action():
    """AU-01: what the gate can decide, the log can name."""
    assert {a.value for a in Action} <= set(registered.registered())


def test_every_grantable_action_has_its_permission():
    """PE-03: nine actions, nine permissions, each its own."""
    assert [codename(a) for a in GRANTABLE] == [name for name, _ in Record._meta.permissions]
    with pytest.raises(UnknownAction):
        codename(Action.REGISTER)
    with pytest.raises(UnknownAction):
        duties_for("holdings:record:burn")


def test_what_is_grave_is_what_was_agreed_and_some_address_asks_for_it():
    """AD-05: a row that no address takes up would promise a proof that nobody is asked for."""
    from django.urls import get_resolver

    from tests.contracts.test_pages import routes
    from vault.authorization.decorators import declaration_of

    grave = {action for action, rule in RULES.items() if rule.grave}
    assert grave == {
        Action.SECURE_ACCOUNT,
        Action.MAKE_TOKEN,
        Action.MANAGE_ACCOUNTS,
        Action.GRANT_RIGHTS,
        Action.CONFIRM_RIGHTS,
        Action.DECIDE_LABEL,
        Action.LOG_EXPORT,
        Action.TAKE_AWAY,
        Action.DECIDE_REQUEST,
        Action.DECIDE_KNOWERS,
        Action.VERIFY_AUTHORISATION,
        Action.RELEASE_EMERGENCY,
        Action.CONFIRM_EMERGENCY,
        Action.CONFIRM_APPROVER,
        Action.ISSUE_TERMINAL_CODE,
    }
    declared = {declaration_of(pattern.callback).unsafe for _, pattern in routes(get_resolver())}
    assert grave <= declared
