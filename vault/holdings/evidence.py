"""Rows of the holdings that the database itself refuses to change or remove (architecture.md section 4)."""

from audit.triggers import EvidenceTable

TABLES = (
    # Registered, a record keeps its description and its filer; label, state and place in the life move on.
    EvidenceTable(
        "holdings_record",
        deny=("UPDATE",),
        columns=(
            "title",
            "creator",
            "document_no",
            "record_date",
            "unit_id",
            "series_id",
            "originator_id",
            "filed_by_id",
            "created_at",
            "registered_at",
        ),
        # The instant of registration stays too: else calling a record a draft again would open it to changes.
        when="OLD.state <> 'draft' OR OLD.registered_at IS NOT NULL",
    ),
    EvidenceTable("holdings_labeldecision"),
    EvidenceTable(
        "holdings_knowledgeentry",
        columns=("record_id", "person_id", "through_unit_id", "named_by_id", "role", "reason", "starts_at"),
    ),
    EvidenceTable(
        "holdings_recorduserpermission",
        columns=("user_id", "permission_id", "content_object_id", "granted_by_id", "starts_at"),
    ),
    EvidenceTable("holdings_grantreview"),
    EvidenceTable(
        "holdings_componentversion",
        columns=(
            "component_id",
            "number",
            "name",
            "digest",
            "digest_index",
            "reason",
            "size",
            "media_type",
            "integrity",
            "finding",
            "created_by_id",
            "created_at",
        ),
    ),
    EvidenceTable("holdings_objectevent"),
    # What was put in stays as it was; who decides it, when and how far it has come move on.
    EvidenceTable(
        "holdings_undecidedthing",
        columns=("kind", "what", "reason", "record_id", "unit_id", "owner_id", "put_in_at"),
    ),
    EvidenceTable("holdings_undecidedentry"),
)
