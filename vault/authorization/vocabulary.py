"""The words of the rule: what can be asked, about what, in which state, and on which ground. Pure; no Django."""

from enum import StrEnum


class Action(StrEnum):
    """What can be asked of the gate: `area:object:verb`."""

    # The nine of PE-03: each is granted apart.
    DESCRIBE = "holdings:record:describe"
    CONSULT = "holdings:record:consult"
    EXCERPT = "holdings:record:excerpt"
    QUOTE = "holdings:record:quote"
    COPY = "holdings:record:copy"
    PRINT = "holdings:record:print"
    EXPORT = "holdings:record:export"
    CHANGE_LABEL = "holdings:record:change_label"
    LEND = "holdings:record:lend"
    # Making a copy for whoever was approved one (7.3).
    PRODUCE = "holdings:record:produce"
    # Work on a record.
    PREVIEW = "holdings:record:preview"
    LIST = "holdings:record:list"
    KEEP_VIEW = "holdings:view:keep"
    DRAFT = "holdings:record:draft"
    FILE = "holdings:intake:open"
    RECEIVE = "holdings:intake:receive"
    DROP_RECEIVED = "holdings:intake:drop"
    EDIT_DRAFT = "holdings:record:edit_draft"
    REGISTER = "holdings:record:register"
    CORRECT = "holdings:record:correct"
    DECIDE_LABEL = "holdings:record:decide_label"
    NAME_KNOWERS = "holdings:record:name_knowers"
    GRANT = "holdings:record:grant"
    MOVE = "holdings:record:move"
    READ_HISTORY = "holdings:record:read_history"
    VIEW_QUARANTINE = "holdings:quarantine:view"
    CLOSE_QUARANTINE = "holdings:quarantine:close"
    ARRANGE = "holdings:series:arrange"
    CREATE_ARCHIVE_FILE = "holdings:archive_file:create"
    IMPORT = "holdings:record:import"
    TAKE_AWAY = "holdings:record_list:export"
    READ_UNDECIDED = "holdings:undecided:read"
    MANAGE_UNDECIDED = "holdings:undecided:manage"
    # Requests for classified records and who decides them (rule book 10.1).
    REQUEST_ACCESS = "approvals:request:submit"
    READ_REQUESTS = "approvals:request:read"
    CHECK_REQUEST = "approvals:request:check"
    DECIDE_REQUEST = "approvals:request:decide"
    WITHDRAW_REQUEST = "approvals:request:withdraw"
    REVOKE_REQUEST = "approvals:request:revoke"
    RECORD_AUTHORISATION = "approvals:authorisation:record"
    VERIFY_AUTHORISATION = "approvals:authorisation:verify"
    RELEASE_EMERGENCY = "approvals:emergency:release"
    CONFIRM_EMERGENCY = "approvals:emergency:confirm"
    READ_EMERGENCIES = "approvals:emergency:read"
    PROPOSE_KNOWERS = "approvals:widening:propose"
    READ_WIDENINGS = "approvals:widening:read"
    DECIDE_KNOWERS = "approvals:widening:decide"
    WITHDRAW_KNOWERS = "approvals:widening:withdraw"
    READ_APPROVERS = "approvals:rule_table:read"
    PROPOSE_APPROVER = "approvals:rule_table:propose"
    CONFIRM_APPROVER = "approvals:rule_table:confirm"
    MANAGE_DELEGATIONS = "approvals:delegation:manage"
    BOOK_ROOM = "approvals:booking:manage"
    KEEP_ROOM = "approvals:session:keep"
    LOOK_AT_READING = "approvals:session:look"
    READ_IN_ROOM = "approvals:session:read"
    PRINT_ROOM_REGISTER = "approvals:session:print"
    # The register of copies (7.3).
    READ_COPIES = "approvals:copy:read"
    FIND_COPY = "approvals:copy:find"
    HOLD_COPY = "approvals:copy:hold"
    MANAGE_COPIES = "approvals:copy:manage"
    LOSE_COPY = "approvals:copy:lose"
    PRINT_REGISTER = "approvals:register:print"
    # One's own account.
    SIGN_IN = "accounts:session:sign_in"
    SECOND_FACTOR = "accounts:session:second_factor"
    SIGN_OUT = "accounts:session:sign_out"
    SET_LANGUAGE = "accounts:session:set_language"
    MY_ACCOUNT = "accounts:account:manage_own"
    SECURE_ACCOUNT = "accounts:account:secure_own"
    MANAGE_TOKENS = "accounts:token:manage_own"
    MAKE_TOKEN = "accounts:token:make_own"  # noqa: S105
    READ_API = "accounts:token:read_own"
    READ_NOTICE = "accounts:undertaking:read"
    SIGN_UNDERTAKING = "accounts:undertaking:sign"
    HOME = "notices:home:read"
    READ_HELP = "notices:help:read"
    READ_NOTICES = "notices:notice:read"
    MARK_NOTICES = "notices:notice:mark"
    READ_CALENDAR = "workdays:calendar:read"
    REPORT_INCIDENT = "incidents:incident:report"
    # Officers.
    READ_PEOPLE = "accounts:person:read"
    READ_GRANTS = "accounts:grant:read"
    MANAGE_ACCOUNTS = "accounts:account:manage"
    MANAGE_UNITS = "accounts:unit:manage"
    SUSPEND_ACCOUNT = "accounts:account:suspend"
    GRANT_RIGHTS = "accounts:right:grant"
    WITHDRAW_GRANT = "accounts:right:withdraw"
    CONFIRM_RIGHTS = "accounts:right:confirm"
    RECORD_TRAINING = "accounts:training:record"
    READ_ROSTER = "accounts:roster:read"
    MANAGE_ROSTER = "accounts:roster:manage"
    READ_TERMINALS = "accounts:terminal:read"
    MANAGE_TERMINALS = "accounts:terminal:manage"
    ISSUE_TERMINAL_CODE = "accounts:terminal:issue_code"
    ENROL_TERMINAL = "accounts:terminal:enrol"
    READ_ROOMS = "accounts:room:read"
    MANAGE_ROOMS = "accounts:room:manage"
    INSPECT_ROOM = "accounts:room:inspect"
    ASK_WHY = "authorization:decision:ask"
    INSPECT_INSTANCE = "project:instance:inspect"
    MANAGE_CALENDAR = "workdays:calendar:manage"
    READ_INCIDENTS = "incidents:incident:read"
    MANAGE_INCIDENTS = "incidents:incident:manage"
    LOG_READ = "audit:log:read"
    LOG_SEARCH = "audit:log:search"
    LOG_PROVE = "audit:log:prove"
    LOG_EXPORT = "audit:log:export"
    LOG_VERIFY = "audit:log:verify"
    LOG_UNSEAL = "audit:log:unseal"
    # Answers without an account.
    HEALTH = "project:health:read"
    STATIC = "project:static:read"
    # The operator's shell.
    RUN_INIT = "project:instance:init"
    RUN_DEMO = "project:instance:demo"
    RUN_SERVE = "project:instance:serve"
    RUN_WORKER = "project:instance:work"
    RUN_DOCTOR = "project:instance:examine"
    RUN_LOG_VERIFY = "project:log:verify"
    RUN_LOG_EXPORT = "project:log:export"
    RUN_LOG_PROVE = "project:log:prove"
    RUN_IMPORT = "project:records:import"
    RUN_EXPORT = "project:records:export"
    # Machines (architecture.md section 3): journalled per batch.
    RENDER = "system:content:render"
    INSPECT = "system:content:inspect"
    INDEX = "system:content:index"
    FIXITY = "system:content:fixity"
    REWRAP = "system:content:rewrap"
    BACKUP = "system:content:backup"


class Kind(StrEnum):
    """What an action is asked about."""

    PUBLIC = "public"  # a route that answers without an account
    ROUTE = "route"  # a route of a signed-in account
    OBJECT = "object"  # an existing protected object
    NEW_OBJECT = "new"  # an object about to be made: a unit and a label, no list yet
    COMMAND = "command"  # the operator at the shell; never by web
    MACHINE = "machine"  # authorize_system only


class ObjectState(StrEnum):
    """A protected object's life as far as access is concerned."""

    DRAFT = "draft"
    ACTIVE = "active"
    DESTROYED = "destroyed"


class Basis(StrEnum):
    """What an action on an object can rest on, when everything mandatory is fulfilled."""

    OPEN = "open"
    UNIT = "unit-scope"
    LIST = "need-to-know"
    GRANT = "grant"
    REQUEST = "approved-request"
    DUTY = "duty"
