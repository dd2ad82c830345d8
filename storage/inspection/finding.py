"""What inspection found out about one file."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["accepted", "quarantined"]
Scanned = Literal["clean", "infected", "not_scanned"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is a code of `kinds.KINDS`, or empty when the type is not listed; `reasons` are codes of
    `reasons.REASONS`, empty exactly when accepted. `page_count` is None for what has no pages. `previewable`
    means that the viewer can show it: page images, or the browser's player for audio.
    """

    media_type: str
    kind: str
    verdict: Verdict
    reasons: tuple[str, ...]
    page_count: int | None
    previewable: bool
    not_previewable_reason: str | None
    scanned: Scanned

    def to_json(self) -> str:
        """Canonical JSON text; `from_json` is its inverse."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Finding":
        """Raises `ValueError`, `KeyError` or `TypeError` on anything `to_json` did not write."""
        facts = json.loads(text)
        return cls(**{**facts, "reasons": tuple(facts["reasons"])})
