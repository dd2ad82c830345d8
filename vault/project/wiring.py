"""Connects the packages that may not import each other. Runs once, from AppConfig.ready."""

from uuid import UUID

import audit.hooks
import storage.hooks
from audit import clock
from storage import keyring
from storage.sealing import Sealer


def connect() -> None:
    """Give the log its sealer and signing key, and storage its listener. Idempotent."""
    audit.hooks.set_sealer(Sealer())
    audit.hooks.set_signer(lambda: keyring.current().signing_seed())
    storage.hooks.set_clock(clock.now)
    storage.hooks.set_on_key_event(_on_key_event)
    storage.hooks.set_may_erase(_may_erase)


def _on_key_event(event: str, **facts: object) -> None:
    """Key use by class is part of the log (audit.md section 2)."""
    from audit.events import ObjectFacts
    from audit.recording import record

    record(
        f"storage:key:{event.rpartition('.')[2]}",
        outcome="granted",
        object=ObjectFacts(type="key", id=str(facts.get("compartment", facts.get("version_id", "")))),
    )


def _may_erase(version_id: UUID) -> bool:
    """Only a body that nothing refers to any more: its content was written again under a raised label.

    Whatever a record or an upload still refers to is kept; destruction by disposal list comes through here too.
    """
    from vault.holdings.selectors import refers_to

    return not refers_to(version_id)
