"""Which rows of this package the database itself refuses to change or remove."""

from audit.triggers import EvidenceTable

# People and accounts stay for ever: events, approvals and custody point at them.
TABLES = (
    EvidenceTable("accounts_unit", deny=("DELETE",)),
    EvidenceTable("accounts_person", deny=("DELETE",)),
    EvidenceTable("accounts_account", columns=("person_id", "staff_no", "created_at")),
    EvidenceTable(
        "accounts_appointment",
        columns=(
            "person_id",
            "unit_id",
            "duty",
            "is_head",
            "is_acting",
            "starts_on",
            "appointed_by_id",
            "confirmed_by_id",
        ),
    ),
    EvidenceTable(
        "accounts_clearance",
        columns=(
            "person_id",
            "state_level",
            "enterprise_level",
            "restricted",
            "starts_on",
            "ends_on",
            "granted_by_id",
            "confirmed_by_id",
        ),
    ),
    EvidenceTable(
        "accounts_pendinggrant",
        columns=("kind", "person_id", "terms", "reason", "proposed_by_id", "proposed_at", "lapses_at"),
    ),
    EvidenceTable(
        "accounts_apitoken",
        columns=("account_id", "reference", "digest", "scopes", "epoch", "made_at", "ends_at"),
    ),
    EvidenceTable("accounts_desecrecy"),
    EvidenceTable("accounts_registerchange"),
    EvidenceTable(
        "accounts_rosterentry",
        columns=("unit_id", "person_id", "starts_on", "ends_on", "set_by_id", "set_at"),
    ),
    EvidenceTable(
        "accounts_terminal",
        columns=("number", "room", "equipment", "check_every", "registered_by_id", "registered_at"),
    ),
    EvidenceTable("accounts_terminalcheck"),
    EvidenceTable("accounts_terminalchange"),
    EvidenceTable(
        "accounts_terminalcode",
        columns=("terminal_id", "digest", "fingerprint", "issued_by_id", "issued_at", "ends_at"),
    ),
    EvidenceTable(
        "accounts_terminalenrolment",
        columns=("terminal_id", "digest", "key_version", "fingerprint", "enrolled_by_id", "enrolled_at"),
    ),
    EvidenceTable(
        "accounts_secureroom",
        columns=("code", "name", "unit_id", "registered_by_id", "registered_at"),
    ),
    EvidenceTable("accounts_roominspection"),
    EvidenceTable("accounts_training"),
    EvidenceTable("accounts_undertaking"),
)
