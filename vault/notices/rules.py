"""What a notice may hold, and how long its mail is tried (RQ-16). Pure; no Django.

Rule book 10.1(8) forbids secret matters in mail. What fits the patterns below can say no title and no name.
"""

import re
from datetime import datetime, timedelta
from uuid import UUID

REFERENCE_LENGTH, PATH_LENGTH, TOPIC_LENGTH = 32, 200, 32
_REFERENCE = re.compile(r"[A-Z0-9-]{1,32}")
# An address of a page of ours: ids and fixed words, no query.
_PATH = re.compile(r"/(?:[a-z0-9_-]+/)*")
_TOPIC = re.compile(r"[a-z][a-z0-9-]{0,31}")

# How long after each try the next one may come. There is none after the last.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
# Also while no mail server answers: older than this, a notice is in the list alone.
MAIL_WAITS = timedelta(days=3)


def is_reference(text: str) -> bool:
    """Capital letters, digits and hyphens, at most 32, and nothing else."""
    return _REFERENCE.fullmatch(text) is not None


def is_path(text: str) -> bool:
    """An internal path whose parts are ids and fixed words."""
    return len(text) <= PATH_LENGTH and _PATH.fullmatch(text) is not None


def is_topic(text: str) -> bool:
    """The short code of a topic."""
    return _TOPIC.fullmatch(text) is not None


def reference_of(thing: UUID) -> str:
    """What a thing is called in a notice: opaque, and short enough to be read out."""
    return f"R-{thing.hex[:8].upper()}"


def pause_after(tries: int) -> timedelta:
    """How long a mail that was tried so often waits for its next try; `tries` counts from 1."""
    return PAUSES[min(tries, len(PAUSES)) - 1]


def is_given_up(*, told_at: datetime, tries: int, now: datetime) -> bool:
    """Whether no mail is tried any more."""
    return tries >= len(PAUSES) or now - told_at > MAIL_WAITS
