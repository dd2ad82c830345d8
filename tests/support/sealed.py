"""What of an event's sealed part the auditor would read by the name of a column."""

from collections.abc import Iterable

from accounts.rules import Duty
from audit import events
from audit.models import Event
from vault.oversight.sealed import NAMES

# The second person and the duties of `init` are named by their duty.
_DUTIES = {duty.value for duty in Duty}


def unnamed(found: Iterable[Event]) -> set[str]:
    """Sealed facts that have no name on the auditor's page."""
    keys = {key for event in found for key in events.unseal(event.document, bytes(event.ciphertext)) or {}}
    return keys - NAMES.keys() - _DUTIES
