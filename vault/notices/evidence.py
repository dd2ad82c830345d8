"""That somebody was told, and of what, is evidence: the database itself refuses to change or remove it."""

from audit.triggers import EvidenceTable

TABLES = (EvidenceTable("notices_notice", columns=("person_id", "topic", "reference", "path", "at")),)
