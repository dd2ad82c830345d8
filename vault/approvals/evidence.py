"""Rows of this room that the database itself refuses to change or remove (architecture.md section 4)."""

from audit.triggers import EvidenceTable

TABLES = (
    # What was asked for stays as it was; how far it has come and what is used of it move on.
    EvidenceTable(
        "approvals_accessrequest",
        columns=(
            "year",
            "number",
            "record_id",
            "action",
            "requester_id",
            "requester_unit_id",
            "purpose",
            "extent",
            "is_whole",
            "starts_on",
            "ends_on",
            "amount",
            "at_state_level",
            "at_enterprise_level",
            "at_restricted",
            "submitted_at",
            "is_emergency",
            "why_urgent",
            "room_id",
        ),
    ),
    EvidenceTable("approvals_requeststep"),
    EvidenceTable(
        "approvals_approverrule",
        columns=("regime", "level", "unit_id", "duty", "reason", "proposed_by_id", "proposed_at"),
    ),
    EvidenceTable(
        "approvals_delegation",
        columns=(
            "giver_id",
            "delegate_id",
            "duty",
            "unit_id",
            "starts_on",
            "ends_on",
            "reason",
            "given_at",
        ),
    ),
    EvidenceTable(
        "approvals_externalauthorisation",
        columns=(
            "request_id",
            "issuer_id",
            "document_no",
            "document_index",
            "document_date",
            "copies",
            "purpose",
            "paper_id",
            "recorded_by_id",
            "recorded_at",
        ),
    ),
    # By whom and since when; that nobody confirmed it in time is added.
    EvidenceTable(
        "approvals_emergencyreport",
        columns=(
            "request_id",
            "leader_id",
            "leader_duty",
            "leader_unit_id",
            "instead_of_id",
            "second_id",
            "second_duty",
            "starts_at",
        ),
    ),
    EvidenceTable("approvals_emergencyconfirmation"),
    # Who read what, where, and who let him in; how far it has come moves on.
    EvidenceTable(
        "approvals_booking",
        columns=("room_id", "request_id", "reader_id", "day", "first_hour", "last_hour", "booked_at"),
    ),
    EvidenceTable(
        "approvals_readingsession",
        columns=(
            "request_id",
            "reader_id",
            "room_id",
            "terminal_id",
            "medium",
            "checked_in_by_id",
            "checked_in_at",
            "second_reader_id",
            "ends_at",
        ),
    ),
    EvidenceTable("approvals_pageview"),
    EvidenceTable("approvals_attendance", columns=("session_id", "person_id", "terminal_id", "since")),
    EvidenceTable(
        "approvals_paperreading",
        columns=(
            "session_id",
            "pages_out",
            "issue_no_out",
            "notebook_no",
            "telephones_lodged",
            "handed_over_by_id",
            "handed_over_at",
        ),
    ),
    # From what a record was written.
    EvidenceTable("approvals_sourcelink"),
    # What is printed on a copy stays; who has it and where it is move on.
    EvidenceTable(
        "approvals_copy",
        columns=(
            "request_id",
            "number",
            "amount",
            "code",
            "recipient_id",
            "recipient_unit_id",
            "copying_unit_id",
            "label",
            "produced_by_id",
            "produced_at",
        ),
    ),
    EvidenceTable("approvals_copystep"),
    EvidenceTable("approvals_copycount"),
)
