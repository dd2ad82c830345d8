"""What storage must hear from above: who records key events and damage, who permits erasure, what time it is.

`vault.project.wiring` sets them. Without a recorder nothing that touches keys is done; without a judge no
committed blob is ever erased. Damage is an error with or without somebody to record it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from storage.errors import (
    BlobDamaged,
    BlobMissing,
    HookMissing,
    KeyUnavailable,
    UnsupportedFormat,
    WrongBinding,
)


class KeyEventRecorder(Protocol):
    """Records durably, before it returns, that a key is about to be changed; an exception stops the act. What it
    returns, if anything, is called once the act is done, in its transaction where it has one.

    Events: `kek.rotated`, `kek.retired`, `kek.destroyed` (compartment, version), `blob_key.erased`
    (version_id, object_id, reason), `subject_key.destroyed` (kid).
    """

    def __call__(self, event: str, **facts: object) -> Callable[[], object] | None: ...


_on_key_event: KeyEventRecorder | None = None
_may_erase: Callable[[UUID], bool] | None = None
_on_damage: Callable[[str, UUID, str], object] | None = None
_clock: Callable[[], datetime] | None = None
_examining: ContextVar[bool] = ContextVar("examining", default=False)


def set_on_key_event(recorder: KeyEventRecorder | None) -> None:
    global _on_key_event
    _on_key_event = recorder


def set_may_erase(judge: Callable[[UUID], bool] | None) -> None:
    """`judge(version_id)` says whether a committed blob may be erased now."""
    global _may_erase
    _may_erase = judge


def set_on_damage(recorder: Callable[[str, UUID, str], object] | None) -> None:
    """`recorder(kind, id, code)` records damage that a reading met, before the reading fails of it.

    Of a body the kind is `blob` and the id its version's; of an encrypted column it is the cell id and the row's.
    """
    global _on_damage
    _on_damage = recorder


def set_clock(clock: Callable[[], datetime] | None) -> None:
    """`clock()` gives the current instant, aware, in UTC; the operating system's clock until it is set."""
    global _clock
    _clock = clock


@contextmanager
def key_event(event: str, **facts: object) -> Iterator[None]:
    """Around an act on a key: recorded before it, or raised so that it does not happen; told as done once it is."""
    if _on_key_event is None:
        raise HookMissing(
            "Key events have no recorder. Start through the project, which wires the audit log to storage."
        )
    done = _on_key_event(event, **facts)
    yield
    if done is not None:
        done()


@contextmanager
def telling_damage(version_id: UUID | None) -> Iterator[None]:
    """Tell of damage that the block meets, unless `version_id` is None; a recorder's exception takes its place.

    An erased body is no damage: a label that was raised meanwhile erases the former one.
    """
    try:
        yield
    except (BlobMissing, BlobDamaged, WrongBinding, UnsupportedFormat, KeyUnavailable) as error:
        if version_id is not None:
            damage_met("blob", version_id, error.code)
        raise


def damage_met(kind: str, target: UUID, code: str) -> None:
    """Tell of damage, if there is anybody to tell and nobody is examining."""
    if _on_damage is not None and not _examining.get():
        _on_damage(kind, target, code)


@contextmanager
def examining() -> Iterator[None]:
    """Reading to find damage: it is the examination's own report that names it, with or without a log to write to."""
    token = _examining.set(True)
    try:
        yield
    finally:
        _examining.reset(token)


def has_recorder() -> bool:
    return _on_key_event is not None


def may_erase(version_id: UUID) -> bool:
    return _may_erase is not None and _may_erase(version_id)


def now() -> datetime:
    return datetime.now(UTC) if _clock is None else _clock()
