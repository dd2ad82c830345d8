"""What notices are about: rooms register their topics, each with two sentences that take the reference alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vault.notices import rules
from vault.notices.errors import BadTopic


@dataclass(frozen=True)
class Topic:
    """`subject` is a few words, `line` says what to do. Both are lazy; `%(reference)s` is all that they take."""

    code: str
    subject: Promise
    line: Promise


@dataclass(frozen=True)
class Said:
    """One notice in words, in the reader's language."""

    subject: str
    line: str


_topics: dict[str, Topic] = {}
# Of a version that is gone.
_UNKNOWN = Topic("unknown", _("Notice"), _("There is a notice for you: %(reference)s."))


def register(*topics: Topic) -> None:
    """Add a room's topics; the same one twice counts once. Raises BadTopic."""
    for topic in topics:
        if not rules.is_topic(topic.code) or _topics.get(topic.code, topic) != topic:
            raise BadTopic
        _topics[topic.code] = topic


def is_registered(code: str) -> bool:
    """Whether a room speaks of it."""
    return code in _topics


def registered() -> tuple[Topic, ...]:
    """All topics of all rooms."""
    return tuple(_topics.values())


def say(code: str, reference: str) -> Said:
    """A topic's two sentences about one reference."""
    topic = _topics.get(code, _UNKNOWN)
    given = {"reference": reference}
    return Said(str(topic.subject) % given, str(topic.line) % given)
