"""Every action of the system, and the table that says who may take it at all. Pure; no Django.

A row of RULES is the whole policy of an action: a widening shows in review as one changed row, and a snapshot test
pins the table. Sources: architecture.md section 3, requirements.md section 6 and PE-03, practice.md P-01 to P-05.
"""

from dataclasses import dataclass, replace

from accounts.rules import CONTENT_DUTIES, OFFICER_DUTIES, Duty
from accounts.token_rules import TokenScope
from vault.authorization.errors import UnknownAction
from vault.authorization.vocabulary import Action, Basis, Kind, ObjectState

_ALL = frozenset(ObjectState)
_LIVING = frozenset({ObjectState.DRAFT, ObjectState.ACTIVE})
_ACTIVE = frozenset({ObjectState.ACTIVE})
_DRAFT = frozenset({ObjectState.DRAFT})
_READING = frozenset({Basis.OPEN, Basis.UNIT, Basis.LIST, Basis.GRANT})
_REPRODUCING = frozenset({Basis.OPEN, Basis.GRANT, Basis.REQUEST})


@dataclass(frozen=True)
class Rule:
    """One action's row.

    `duties`: who may at all, None = any active account. For OBJECT and NEW_OBJECT actions that rest on a duty, the
    duty must be held at the object's unit or above it; `by_duty` names duties that are one basis among others.
    """

    kind: Kind
    duties: frozenset[Duty] | None = None
    by_duty: frozenset[Duty] = frozenset()
    bases: frozenset[Basis] = frozenset()
    states: frozenset[ObjectState] = frozenset()
    officers: bool = True  # False: an officer never, whatever else he holds
    untrained: bool = False  # True: open without valid training and undertaking (PE-09)
    reads_content: bool = False  # yields what is in the record, not only about it
    writes_content: bool = False  # brings a body into the archive (P-01, P-02)
    needs_request: bool = False  # for classified content (P-05)
    needs_session: bool = False  # for classified content (P-05)
    needs_terminal: bool = False  # for classified content, where no session does it (P-02)
    classified: bool = True  # False: never done with a classified object
    grave: bool = False  # done only after a recent proof that it is still the person who signed in (AD-05)
    granted_as: Action | None = None  # whose grants count for it; its own where nothing is said
    scopes: frozenset[TokenScope] = frozenset()  # any of them opens it to a token; none: no token ever
    changes: bool = (
        False  # allowed, it is an intent that the service closes with an outcome (audit.md section 1.3)
    )


def _reading(states: frozenset[ObjectState], *, writes: bool = False) -> Rule:
    return Rule(
        Kind.OBJECT,
        bases=_READING,
        states=states,
        officers=False,
        reads_content=True,
        needs_request=True,
        needs_session=True,
        changes=writes,
    )


def _reproducing(scopes: frozenset[TokenScope] = frozenset()) -> Rule:
    return Rule(
        Kind.OBJECT,
        scopes=scopes,
        bases=_REPRODUCING,
        states=_ACTIVE,
        officers=False,
        reads_content=True,
        needs_request=True,
        needs_session=True,
    )


def _by_duty(
    duties: frozenset[Duty],
    states: frozenset[ObjectState],
    *,
    looks: bool = False,
    writes: bool = False,
    grave: bool = False,
    scopes: frozenset[TokenScope] = frozenset(),
) -> Rule:
    return Rule(
        Kind.OBJECT,
        scopes=scopes,
        duties=duties,
        by_duty=duties,
        bases=frozenset({Basis.DUTY}),
        states=states,
        officers=False,
        writes_content=writes,
        grave=grave,
        changes=not looks,
    )


def _making(*, writes: bool = False, scopes: frozenset[TokenScope] = frozenset()) -> Rule:
    """Work on something about to be made, for whoever holds a duty that opens records at its unit."""
    return Rule(
        Kind.NEW_OBJECT,
        scopes=scopes,
        duties=CONTENT_DUTIES,
        by_duty=CONTENT_DUTIES,
        bases=frozenset({Basis.DUTY}),
        officers=False,
        writes_content=writes,
        changes=True,
    )


# Who leads or keeps the records of a unit; they see its drafts.
KEEPERS = frozenset({Duty.ARCHIVIST, Duty.HALL_DIRECTOR, Duty.DEPARTMENT_HEAD})
_PROPOSERS = KEEPERS | {Duty.CLASSIFICATION_OFFICER, Duty.LEADER, Duty.PRINCIPAL_LEADER}
_HEADS = frozenset({Duty.HALL_DIRECTOR, Duty.DEPARTMENT_HEAD, Duty.LEADER, Duty.PRINCIPAL_LEADER})
_PRODUCERS = frozenset({Duty.ARCHIVIST, Duty.ROOM_KEEPER})
_SYSTEM = frozenset({Duty.SYSTEM_OFFICER})
_SECURITY = frozenset({Duty.SECURITY_OFFICER})
_AUDITOR = frozenset({Duty.AUDITOR})
_NOBODY: frozenset[Duty] = frozenset()
_READS = frozenset({TokenScope.RECORDS_READ})
_WRITES = frozenset({TokenScope.RECORDS_WRITE})
_READS_PEOPLE = frozenset({TokenScope.PEOPLE_READ})
# Never of what is grave: no token gives a fresh proof (AD-05).
_WRITES_PEOPLE = frozenset({TokenScope.PEOPLE_WRITE})
# Apart from records: a program that files asks for nothing in its person's name, and one that asks files nothing.
_READS_REQUESTS = frozenset({TokenScope.REQUESTS_READ})
_WRITES_REQUESTS = frozenset({TokenScope.REQUESTS_WRITE})

RULES: dict[Action, Rule] = {
    # A destroyed record's stub stays describable: the register of what was destroyed is kept for ever (RD).
    # Whoever changes something is told what it has become, so writing is enough for a token too.
    Action.DESCRIBE: Rule(Kind.OBJECT, bases=_READING, states=_ALL, officers=False, scopes=_READS | _WRITES),
    Action.CONSULT: _reading(_LIVING),
    # The first page, small, beside the description: for whoever may CONSULT, and never of a secret.
    Action.PREVIEW: Rule(
        Kind.OBJECT,
        bases=_READING,
        states=_LIVING,
        officers=False,
        reads_content=True,
        classified=False,
        granted_as=Action.CONSULT,
    ),
    # What is written down becomes a record of its own (RQ-12).
    Action.EXCERPT: _reading(_ACTIVE, writes=True),
    Action.QUOTE: _reading(_ACTIVE, writes=True),
    Action.COPY: _reproducing(_READS),
    Action.PRINT: _reproducing(),
    # 7.3: the copy is another person's, who was approved it; made on a registered terminal by whoever keeps the paper.
    Action.PRODUCE: Rule(
        Kind.OBJECT,
        duties=_PRODUCERS,
        by_duty=_PRODUCERS,
        bases=frozenset({Basis.DUTY}),
        states=_ACTIVE,
        officers=False,
        reads_content=True,
        needs_request=True,
        needs_terminal=True,
        changes=True,
    ),
    # Leaves the system, so only what was granted one by one; classified only under an approval (10.1(6), 10.1(7)).
    Action.EXPORT: Rule(
        Kind.OBJECT,
        bases=frozenset({Basis.GRANT}),
        states=_ACTIVE,
        officers=False,
        reads_content=True,
        needs_request=True,
    ),
    Action.CHANGE_LABEL: Rule(
        Kind.OBJECT,
        by_duty=_PROPOSERS,
        bases=frozenset({Basis.GRANT, Basis.DUTY}),
        states=_LIVING,  # a draft's label may be wrong too
        officers=False,
        changes=True,
    ),
    # P-03: classified paper is never lent.
    Action.LEND: Rule(
        Kind.OBJECT,
        by_duty=frozenset({Duty.ARCHIVIST}),
        bases=frozenset({Basis.GRANT, Basis.DUTY}),
        states=_ACTIVE,
        officers=False,
        classified=False,
        changes=True,
    ),
    Action.LIST: Rule(Kind.ROUTE, officers=False, scopes=_READS),
    # Of the list's filters, each person his own.
    Action.KEEP_VIEW: Rule(Kind.ROUTE, officers=False, changes=True),
    # A register card without a body: P-01 and P-02 do not stand in its way.
    Action.DRAFT: _making(scopes=_WRITES),
    Action.FILE: _making(writes=True, scopes=_WRITES),
    # Each body asks again: a label or a terminal may have changed since the intake session was opened.
    Action.RECEIVE: _making(writes=True, scopes=_WRITES),
    # Takes nothing in, so it is open where filing has been shut meanwhile.
    Action.DROP_RECEIVED: _making(scopes=_WRITES),
    Action.EDIT_DRAFT: _by_duty(CONTENT_DUTIES, _DRAFT, scopes=_WRITES),
    Action.REGISTER: _by_duty(CONTENT_DUTIES, _DRAFT, scopes=_WRITES),
    Action.CORRECT: _by_duty(CONTENT_DUTIES, _ACTIVE, writes=True),
    Action.DECIDE_LABEL: _by_duty(frozenset({Duty.CLASSIFICATION_OFFICER}), _ACTIVE, grave=True),
    Action.NAME_KNOWERS: _by_duty(_PROPOSERS, _LIVING),
    Action.GRANT: _by_duty(KEEPERS | _HEADS, _ACTIVE),
    # A draft is moved by editing it.
    Action.MOVE: _by_duty(KEEPERS, _ACTIVE),
    # Who did what with a record: whoever keeps it answers for it.
    Action.READ_HISTORY: _by_duty(KEEPERS, _LIVING, looks=True),
    # Bytes that inspection held back are looked at by whoever keeps the unit's records, never by readers.
    Action.VIEW_QUARANTINE: _by_duty(KEEPERS, _LIVING, looks=True),
    # Which entries: whoever is shown them (vault.holdings.selectors.closable).
    Action.CLOSE_QUARANTINE: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True),
    Action.ARRANGE: Rule(Kind.ROUTE, duties=frozenset({Duty.ARCHIVIST}), officers=False, changes=True),
    # An archive file holds no body of its own.
    Action.CREATE_ARCHIVE_FILE: _making(),
    # Copies of many at once; each is a COPY of its own besides.
    Action.TAKE_AWAY: Rule(Kind.ROUTE, officers=False, changes=True, grave=True),
    # Many at once, registered at once, so nothing whose label a second person would still decide (P-02).
    Action.IMPORT: replace(_making(writes=True), classified=False),
    # P-25. Which entries, and who takes which step: vault.holdings.undecided.
    Action.READ_UNDECIDED: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False),
    Action.MANAGE_UNDECIDED: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True),
    # Whoever may know of a record may ask for more of it. Which requests, and whose step: vault.approvals.selectors.
    Action.REQUEST_ACCESS: Rule(
        Kind.OBJECT,
        bases=_READING,
        states=_ACTIVE,
        officers=False,
        granted_as=Action.DESCRIBE,
        changes=True,
        scopes=_WRITES_REQUESTS,
    ),
    # A token's owner his own alone, and none of a secret (vault.approvals.selectors).
    Action.READ_REQUESTS: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY, scopes=_READS_REQUESTS),
    Action.CHECK_REQUEST: Rule(Kind.ROUTE, duties=_SECURITY, changes=True),
    # RQ-03, PE-12: the post that the rule table names, or whoever sits in it for an absent one.
    Action.DECIDE_REQUEST: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True, grave=True),
    Action.WITHDRAW_REQUEST: Rule(
        Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True, scopes=_WRITES_REQUESTS
    ),
    Action.REVOKE_REQUEST: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY, changes=True),
    Action.RECORD_AUTHORISATION: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True),
    Action.VERIFY_AUTHORISATION: Rule(Kind.ROUTE, duties=_SECURITY, changes=True, grave=True),
    # PE-17, P-10. Which emergency, and as which of its two persons: vault.approvals.selectors.
    Action.RELEASE_EMERGENCY: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY, changes=True, grave=True),
    Action.CONFIRM_EMERGENCY: Rule(
        Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True, grave=True
    ),
    # Those in which one had a part; security officers and auditors all.
    Action.READ_EMERGENCIES: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY | _AUDITOR),
    # PE-02. Which proposals, and whose step: vault.approvals.widenings.
    Action.PROPOSE_KNOWERS: _by_duty(_PROPOSERS, _LIVING),
    Action.READ_WIDENINGS: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False),
    Action.DECIDE_KNOWERS: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True, grave=True),
    Action.WITHDRAW_KNOWERS: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True),
    Action.READ_APPROVERS: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY),
    # AD-09: a row of the rule table is changed by two.
    Action.PROPOSE_APPROVER: Rule(Kind.ROUTE, duties=_SECURITY, changes=True),
    Action.CONFIRM_APPROVER: Rule(
        Kind.ROUTE, duties=_SECURITY | {Duty.PRINCIPAL_LEADER}, changes=True, grave=True
    ),
    Action.MANAGE_DELEGATIONS: Rule(Kind.ROUTE, duties=_HEADS, officers=False, changes=True),
    # RR-01. Which room, and whose session: vault.approvals.services. A keeper lets others in, never himself.
    Action.LOOK_AT_READING: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY),
    Action.BOOK_ROOM: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True),
    Action.KEEP_ROOM: Rule(Kind.ROUTE, duties=frozenset({Duty.ROOM_KEEPER}), officers=False, changes=True),
    Action.READ_IN_ROOM: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True),
    # RQ-07, RQ-08. Which copies, and whose step: vault.approvals.reproduction.
    Action.READ_COPIES: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY),
    # Written to the log as a change is: the search by itself is worth an entry, found or not.
    Action.FIND_COPY: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY, changes=True),
    Action.HOLD_COPY: Rule(Kind.ROUTE, duties=CONTENT_DUTIES, officers=False, changes=True),
    Action.MANAGE_COPIES: Rule(Kind.ROUTE, duties=_PRODUCERS, officers=False, changes=True),
    Action.LOSE_COPY: Rule(Kind.ROUTE, duties=CONTENT_DUTIES | _SECURITY, changes=True),
    # RQ-13: leaves the system on paper, so it is an event of its own.
    Action.PRINT_REGISTER: Rule(Kind.ROUTE, duties=_SECURITY),
    # Of which rooms: vault.approvals.room_printing.
    Action.PRINT_ROOM_REGISTER: Rule(Kind.ROUTE, duties=_SECURITY | {Duty.ROOM_KEEPER}),
    Action.SIGN_IN: Rule(Kind.PUBLIC),
    Action.SECOND_FACTOR: Rule(Kind.PUBLIC),
    Action.SET_LANGUAGE: Rule(Kind.PUBLIC),
    Action.SIGN_OUT: Rule(Kind.ROUTE, untrained=True),
    Action.MY_ACCOUNT: Rule(Kind.ROUTE, untrained=True),
    # What signs in afterwards: the app, passkeys and recovery codes.
    Action.SECURE_ACCOUNT: Rule(Kind.ROUTE, untrained=True, grave=True),
    Action.READ_NOTICE: Rule(Kind.ROUTE, untrained=True),
    Action.SIGN_UNDERTAKING: Rule(Kind.ROUTE, untrained=True),
    Action.MANAGE_TOKENS: Rule(Kind.ROUTE),
    Action.MAKE_TOKEN: Rule(Kind.ROUTE, grave=True),
    # What a token is good for, told to whoever shows it.
    Action.READ_API: Rule(Kind.ROUTE, scopes=frozenset(TokenScope)),
    Action.HOME: Rule(Kind.ROUTE),
    Action.READ_HELP: Rule(Kind.ROUTE, untrained=True),
    # Everybody his own, officers too.
    Action.READ_NOTICES: Rule(Kind.ROUTE),
    Action.MARK_NOTICES: Rule(Kind.ROUTE, changes=True),
    Action.READ_CALENDAR: Rule(Kind.ROUTE),
    # Whoever sees something go wrong says so at once, officer or not.
    Action.REPORT_INCIDENT: Rule(Kind.ROUTE, changes=True),
    # The register of people: who is who, who holds what. Which proposals somebody is shown:
    # vault.administration.selectors.grants_for.
    Action.READ_PEOPLE: Rule(Kind.ROUTE, duties=OFFICER_DUTIES, scopes=_READS_PEOPLE),
    Action.READ_GRANTS: Rule(Kind.ROUTE, duties=OFFICER_DUTIES | _HEADS, scopes=_READS_PEOPLE),
    Action.MANAGE_ACCOUNTS: Rule(Kind.ROUTE, duties=_SYSTEM, grave=True),
    Action.MANAGE_UNITS: Rule(Kind.ROUTE, duties=_SYSTEM, scopes=_WRITES_PEOPLE),
    Action.SUSPEND_ACCOUNT: Rule(Kind.ROUTE, duties=_SYSTEM | _SECURITY, scopes=_WRITES_PEOPLE),
    Action.GRANT_RIGHTS: Rule(Kind.ROUTE, duties=_SECURITY, grave=True),
    Action.WITHDRAW_GRANT: Rule(Kind.ROUTE, duties=_SYSTEM | _SECURITY, scopes=_WRITES_PEOPLE),
    # AD-03: the second person is the head of the appointee's unit or of one above it, or another security officer.
    Action.CONFIRM_RIGHTS: Rule(Kind.ROUTE, duties=_SECURITY | _HEADS, grave=True),
    Action.RECORD_TRAINING: Rule(Kind.ROUTE, duties=_SECURITY, scopes=_WRITES_PEOPLE),
    # P-30. Of which units: whoever heads them or acts as head (accounts.services.roster).
    Action.READ_ROSTER: Rule(Kind.ROUTE, duties=_HEADS, scopes=_READS_PEOPLE),
    Action.MANAGE_ROSTER: Rule(Kind.ROUTE, duties=_HEADS, scopes=_WRITES_PEOPLE),
    # 10.1(4). A row of the register opens nothing by itself.
    Action.READ_TERMINALS: Rule(Kind.ROUTE, duties=_SYSTEM | _SECURITY, scopes=_READS_PEOPLE),
    Action.MANAGE_TERMINALS: Rule(Kind.ROUTE, duties=_SYSTEM, scopes=_WRITES_PEOPLE),
    # RR-03: no token ever makes a machine a terminal. At the machine stands whoever keeps it or its room.
    Action.ISSUE_TERMINAL_CODE: Rule(Kind.ROUTE, duties=_SYSTEM, grave=True),
    Action.ENROL_TERMINAL: Rule(Kind.ROUTE, duties=_SYSTEM | frozenset({Duty.ROOM_KEEPER})),
    # RR-09: officers inspect; their duties exclude a keeper's.
    Action.READ_ROOMS: Rule(Kind.ROUTE, duties=_SYSTEM | _SECURITY | frozenset({Duty.ROOM_KEEPER})),
    Action.MANAGE_ROOMS: Rule(Kind.ROUTE, duties=_SYSTEM),
    Action.INSPECT_ROOM: Rule(Kind.ROUTE, duties=_SYSTEM | _SECURITY),
    # PE-13: the answer is a verdict and its rule, never anything of the object.
    Action.ASK_WHY: Rule(Kind.ROUTE, duties=_SECURITY),
    Action.INSPECT_INSTANCE: Rule(Kind.ROUTE, duties=_SYSTEM),
    Action.MANAGE_CALENDAR: Rule(Kind.ROUTE, duties=_SYSTEM, changes=True),
    Action.READ_INCIDENTS: Rule(Kind.ROUTE, duties=_SECURITY),
    Action.MANAGE_INCIDENTS: Rule(Kind.ROUTE, duties=_SECURITY, changes=True),
    Action.LOG_READ: Rule(Kind.ROUTE, duties=_AUDITOR, scopes=frozenset({TokenScope.EVENTS_READ})),
    Action.LOG_SEARCH: Rule(Kind.ROUTE, duties=_AUDITOR, scopes=frozenset({TokenScope.EVENTS_READ})),
    Action.LOG_PROVE: Rule(Kind.ROUTE, duties=_AUDITOR),
    Action.LOG_EXPORT: Rule(Kind.ROUTE, duties=_AUDITOR, grave=True),
    Action.LOG_VERIFY: Rule(Kind.ROUTE, duties=_AUDITOR),
    Action.LOG_UNSEAL: Rule(Kind.ROUTE, duties=_AUDITOR),
    Action.HEALTH: Rule(Kind.PUBLIC),
    Action.STATIC: Rule(Kind.PUBLIC),
    Action.RUN_INIT: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_DEMO: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_SERVE: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_WORKER: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_DOCTOR: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_LOG_VERIFY: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_LOG_EXPORT: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_LOG_PROVE: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_IMPORT: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RUN_EXPORT: Rule(Kind.COMMAND, duties=_NOBODY),
    Action.RENDER: Rule(Kind.MACHINE, duties=_NOBODY),
    Action.INSPECT: Rule(Kind.MACHINE, duties=_NOBODY),
    Action.INDEX: Rule(Kind.MACHINE, duties=_NOBODY),
    Action.FIXITY: Rule(Kind.MACHINE, duties=_NOBODY),
    Action.REWRAP: Rule(Kind.MACHINE, duties=_NOBODY),
    Action.BACKUP: Rule(Kind.MACHINE, duties=_NOBODY),
}

DUTIES_FOR: dict[Action, frozenset[Duty] | None] = {action: rule.duties for action, rule in RULES.items()}

GRANTABLE = (
    Action.DESCRIBE,
    Action.CONSULT,
    Action.EXCERPT,
    Action.QUOTE,
    Action.COPY,
    Action.PRINT,
    Action.EXPORT,
    Action.CHANGE_LABEL,
    Action.LEND,
)


def rule_of(action: Action) -> Rule:
    """The row of an action. Raises UnknownAction: nothing is decided about what is not in the table."""
    try:
        return RULES[action]
    except (KeyError, TypeError):
        raise UnknownAction(action) from None


def duties_for(action: Action) -> frozenset[Duty] | None:
    """Who may take the action at all; None is any active account. Raises UnknownAction."""
    return rule_of(action).duties


def codename(action: Action) -> str:
    """The permission that grants the action, as the protected model's Meta names it. Raises UnknownAction."""
    if action not in GRANTABLE:
        raise UnknownAction(action)
    return f"grant_{action.name.lower()}"


__all__ = [
    "DUTIES_FOR", "GRANTABLE", "KEEPERS", "OFFICER_DUTIES", "RULES",
    "Action", "Basis", "Kind", "ObjectState", "Rule", "codename", "duties_for", "rule_of",
]  # fmt: skip
