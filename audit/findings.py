"""What a verification can find: one stable code per kind of tampering, and the report that carries them."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """Tampering is evidence that somebody changed the log; a warning says that something is not working."""

    TAMPERING = "tampering"
    WARNING = "warning"


class Code(StrEnum):
    """Stable names. The value is what reports, tests and screens use."""

    EVENT_EDITED = "event_edited"
    EVENT_RESERIALISED = "event_reserialised"
    EVENT_MALFORMED = "event_malformed"
    EVENT_DELETED = "event_deleted"
    EVENT_INSERTED = "event_inserted"
    EVENT_BACK_DATED = "event_back_dated"
    EVENT_POST_DATED = "event_post_dated"
    COLUMN_EDITED = "column_edited"
    SEALED_PART_EDITED = "sealed_part_edited"
    REORDERED = "reordered"
    RENUMBERED = "renumbered"
    LEAF_DELETED = "leaf_deleted"
    LEAF_WITHOUT_CHECKPOINT = "leaf_without_checkpoint"
    TREE_REWRITTEN = "tree_rewritten"
    STORED_HASH_EDITED = "stored_hash_edited"
    TAIL_CUT = "tail_cut"
    OLDER_SNAPSHOT = "older_snapshot"
    FORKED_TREE = "forked_tree"
    CHECKPOINT_FORGED = "checkpoint_forged"
    CHECKPOINT_EDITED = "checkpoint_edited"
    CHECKPOINT_DELETED = "checkpoint_deleted"
    EXPORT_FORGED = "export_forged"
    OUTCOME_ORPHAN = "outcome_orphan"
    OUTCOME_REPEATED = "outcome_repeated"
    INTENT_OPEN = "intent_open"
    UNSEQUENCED = "unsequenced"
    NOTHING_EXPORTED = "nothing_exported"
    TRIGGER_MISSING = "trigger_missing"

    @property
    def severity(self) -> Severity:
        """How the finding counts."""
        return Severity.WARNING if self in _WARNINGS else Severity.TAMPERING


_WARNINGS = frozenset({Code.INTENT_OPEN, Code.UNSEQUENCED, Code.NOTHING_EXPORTED, Code.TRIGGER_MISSING})
_KEPT = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: where (leaf index, event uid, tree size, as far as known) and what it means."""

    code: Code
    text: str
    index: int | None = None
    uid: str | None = None
    size: int | None = None


@dataclass(slots=True)
class Report:
    """The result of one verification. Each code keeps its first 100 findings; `counts` knows all of them."""

    started: datetime
    finished: datetime | None = None
    events: int = 0
    checkpoints: int = 0
    exported: int = 0
    size: int = 0
    root: str = ""
    content: bool = True
    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """No tampering was found. Warnings may stand."""
        return not any(finding.code.severity is Severity.TAMPERING for finding in self.findings)

    @property
    def codes(self) -> set[Code]:
        """The kinds found."""
        return {finding.code for finding in self.findings}

    def add(
        self,
        code: Code,
        text: str,
        *,
        index: int | None = None,
        uid: object = None,
        size: int | None = None,
    ) -> None:
        """Note one finding."""
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] <= _KEPT:
            self.findings.append(Finding(code, text, index, None if uid is None else str(uid), size))

    def as_dict(self) -> dict[str, Any]:
        """Plain data, instants as ISO text."""
        return {
            "ok": self.ok,
            "started": self.started.isoformat(),
            "finished": self.finished and self.finished.isoformat(),
            "events": self.events,
            "checkpoints": self.checkpoints,
            "exported": self.exported,
            "size": self.size,
            "root": self.root,
            "content": self.content,
            "counts": dict(self.counts),
            "findings": [
                {**asdict(finding), "severity": finding.code.severity.value} for finding in self.findings
            ],
        }

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2)
