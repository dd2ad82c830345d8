"""What storage must hear from above: who records key events, who permits erasure, what time it is.

`vault.project.wiring` sets them. Without a recorder nothing that touches keys is done; without a judge no
committed blob is ever erased.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from storage.errors import HookMissing


class KeyEventRecorder(Protocol):
    """Records a key event durably before it returns; an exception stops the act it announces.

    Events: `kek.rotated`, `kek.retired`, `kek.destroyed` (compartment, version), `blob_key.erased`
    (version_id, object_id, reason), `subject_key.destroyed` (kid).
    """

    def __call__(self, event: str, **facts: object) -> object: ...


_on_key_event: KeyEventRecorder | None = None
_may_erase: Callable[[UUID], bool] | None = None
_clock: Callable[[], datetime] | None = None


def set_on_key_event(recorder: KeyEventRecorder | None) -> None:
    global _on_key_event
    _on_key_event = recorder


def set_may_erase(judge: Callable[[UUID], bool] | None) -> None:
    """`judge(version_id)` says whether a committed blob may be erased now."""
    global _may_erase
    _may_erase = judge


def set_clock(clock: Callable[[], datetime] | None) -> None:
    """`clock()` gives the current instant, aware, in UTC; the operating system's clock until it is set."""
    global _clock
    _clock = clock


def key_event(event: str, **facts: object) -> None:
    """Record a key event, or raise so that the act does not happen."""
    if _on_key_event is None:
        raise HookMissing(
            "Key events have no recorder. Start through the project, which wires the audit log to storage."
        )
    _on_key_event(event, **facts)


def has_recorder() -> bool:
    return _on_key_event is not None


def may_erase(version_id: UUID) -> bool:
    return _may_erase is not None and _may_erase(version_id)


def now() -> datetime:
    return datetime.now(UTC) if _clock is None else _clock()
