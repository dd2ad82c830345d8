"""Rows of the register that the database itself refuses to change or remove."""

from audit.triggers import EvidenceTable

TABLES = (
    EvidenceTable(
        "incidents_incident",
        columns=(
            "number",
            "kind",
            "what",
            "unit_id",
            "source",
            "object_type",
            "object_id",
            "raised_by_id",
            "raised_at",
            "known_at",
            "due_at",
        ),
    ),
    EvidenceTable("incidents_incidententry"),
)
