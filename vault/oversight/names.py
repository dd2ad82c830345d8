"""What the log calls objects and rules: an auditor reads words beside codes. Pure."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.authorization.decision import Code

OBJECT_NAMES: dict[str, Promise] = {
    "record": _("record"),
    "record-list": _("list of records"),
    "archive_file": _("archive file"),
    "archive_file-list": _("list of archive files"),
    "fonds": _("fonds"),
    "series": _("series"),
    "intake_session": _("upload"),
    "staged_file": _("received file"),
    "import_run": _("import"),
    "component-batch": _("stored bodies"),
    "upload-batch": _("uploads left over"),
    "undecided": _("undecided thing"),
    "saved_view": _("saved view"),
    "calendar_year": _("year of the calendar"),
    "unit_calendar": _("calendar of a unit"),
    "incident": _("incident"),
    "request": _("request"),
    "authorisation": _("paper of another unit"),
    "delegation": _("delegation"),
    "booking": _("booked place"),
    "session": _("reading session"),
    "approver_rule": _("row of the rule table"),
    "notice": _("notice"),
    "notice-list": _("list of notices"),
    "account": _("account"),
    "person": _("person"),
    "unit": _("unit"),
    "appointment": _("appointment"),
    "clearance": _("clearance"),
    "desecrecy": _("de-secrecy period"),
    "pendinggrant": _("proposal"),
    "training": _("training"),
    "undertaking": _("undertaking"),
    "rosterentry": _("roster entry"),
    "terminal": _("secure terminal"),
    "terminalcode": _("one-time code of a terminal"),
    "terminalenrolment": _("enrolment of a terminal"),
    "secureroom": _("secure reading room"),
    "roominspection": _("inspection of a secure reading room"),
    "apitoken": _("API token"),
    "event": _("event"),
    "log": _("log"),
}

# In the third person: the sentences of the refusal's page speak to whoever was refused.
RULE_NAMES: dict[str, Promise] = {
    Code.NOT_SIGNED_IN: _("not signed in"),
    Code.ACCOUNT_UNUSABLE: _("account suspended or closed"),
    Code.DUTIES_CONFLICT: _("duties that exclude each other"),
    Code.OFFICER: _("officers see no records"),
    Code.DUTY_MISSING: _("duty missing"),
    Code.TRAINING: _("training missing or expired"),
    Code.UNDERTAKING: _("undertaking not signed"),
    Code.CLEARANCE_STATE: _("clearance for state secrets too low"),
    Code.CLEARANCE_ENTERPRISE: _("clearance for enterprise secrets too low"),
    Code.CLEARANCE_RESTRICTED: _("not cleared for what is internal"),
    Code.STATE_FORBIDS: _("state of the record forbids it"),
    Code.DRAFT_OF_ANOTHER: _("somebody else's draft"),
    Code.EXCLUDED: _("excluded from this matter"),
    Code.NOT_ON_LIST: _("not on the need-to-know list"),
    Code.OUTSIDE_SCOPE: _("outside the unit"),
    Code.NO_BASIS: _("no right to this action"),
    Code.QUARANTINED: _("content in quarantine"),
    Code.STATE_CONTENT_CLOSED: _("content of state secrets closed here"),
    Code.CLASSIFIED_NEVER: _("never with classified records"),
    Code.REQUEST_MISSING: _("no approved request"),
    Code.SESSION_MISSING: _("no reading session"),
    Code.TERMINAL: _("terminal not registered"),
    Code.TOKEN_SCOPE: _("token without this scope"),
    Code.TOKEN_CLASSIFIED: _("tokens open nothing classified"),
    Code.PUBLIC: _("open to everybody"),
    Code.ACCOUNT: _("account in use"),
    Code.OPEN: _("open record"),
    Code.UNIT_SCOPE: _("work of the own unit"),
    Code.NEED_TO_KNOW: _("on the need-to-know list"),
    Code.GRANTED: _("a grant on this record"),
    Code.APPROVED: _("approved request"),
    Code.DUTY: _("by duty"),
    Code.SYSTEM: _("the system's own work"),
    Code.ABSENT: _("no such object"),
}


def rule_name(rule: str) -> str:
    """A rule in words, or nothing where it is known by its code alone."""
    return str(RULE_NAMES.get(rule, ""))


def object_name(kind: str) -> str:
    """A kind of object in words; one of an older version stands as it was recorded."""
    return str(OBJECT_NAMES.get(kind, kind))
