"""The one enumeration of what can happen: `area:object:verb`. Each room registers its own names when Django
starts.
"""

import re

from audit.errors import UnregisteredAction

_GRAMMAR = re.compile(r"[a-z][a-z0-9_]*(?::[a-z][a-z0-9_]*){2}", re.ASCII)
_registered: set[str] = set()


def register(*names: str) -> None:
    """Add names to the enumeration; the same name twice is one name. Raises UnregisteredAction on bad
    grammar.
    """
    for name in names:
        if not _GRAMMAR.fullmatch(name):
            raise UnregisteredAction(f"{name!r} is not of the form area:object:verb in lower-case letters.")
    _registered.update(names)


def require(name: str) -> str:
    """Return the name if it is registered. Raises UnregisteredAction."""
    if name not in _registered:
        raise UnregisteredAction(
            f"{name!r} is not a registered action: register it in the room it belongs to."
        )
    return name


def registered() -> list[str]:
    """All names, sorted: the event list that the auditor's filters offer."""
    return sorted(_registered)


CHECKPOINT_EXPORT = "audit:checkpoint:export"
HEARTBEAT = "audit:heartbeat:tick"
KEY_DESTROY = "audit:subject_key:destroy"
LOG_EXPORT = "audit:log:export"
LOG_PROVE = "audit:log:prove"
LOG_READ = "audit:log:read"
LOG_SEARCH = "audit:log:search"
LOG_UNSEAL = "audit:log:unseal"
LOG_VERIFY = "audit:log:verify"
OUTCOME_LATE = "audit:outcome:late"
SEQUENCER_START = "audit:sequencer:start"
SEQUENCER_STOP = "audit:sequencer:stop"

register(
    CHECKPOINT_EXPORT,
    HEARTBEAT,
    KEY_DESTROY,
    LOG_EXPORT,
    LOG_PROVE,
    LOG_READ,
    LOG_SEARCH,
    LOG_UNSEAL,
    LOG_VERIFY,
    OUTCOME_LATE,
    SEQUENCER_START,
    SEQUENCER_STOP,
)
