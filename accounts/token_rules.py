"""What an API token may be for, and how long it lives (interface.md section 4). Pure tables; no Django."""

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from accounts.rules import gettext_noop


class TokenScope(StrEnum):
    """A part of the interface that a token opens; it never gives more than its person has."""

    RECORDS_READ = "records:read"
    RECORDS_WRITE = "records:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    EVENTS_READ = "events:read"
    REQUESTS_READ = "requests:read"
    REQUESTS_WRITE = "requests:write"


SCOPE_NAMES: dict[TokenScope, str] = {
    TokenScope.RECORDS_READ: gettext_noop("Read records and their files"),
    TokenScope.RECORDS_WRITE: gettext_noop("File records and change drafts"),
    TokenScope.PEOPLE_READ: gettext_noop("Read people, units, proposals, terminals and the roster"),
    TokenScope.PEOPLE_WRITE: gettext_noop(
        "Keep units, training, terminals and the roster, suspend accounts, withdraw proposals"
    ),
    TokenScope.EVENTS_READ: gettext_noop("Read the log"),
    TokenScope.REQUESTS_READ: gettext_noop("Read my own requests for internal records"),
    TokenScope.REQUESTS_WRITE: gettext_noop(
        "Ask for copies and prints of internal records, withdraw such a request"
    ),
}

LONGEST_DAYS = 30
# A person with more of them than this no longer knows what each is for.
MOST_TOKENS = 20
# The last use is written at most this often.
USED_EVERY = timedelta(minutes=1)
# An answer to a repeated request is kept this long.
REPLAY_LIFE = timedelta(hours=24)

PREFIX = "jg_"
TOKEN_BYTES = 32
# Somewhere in an address: whoever puts one there has it in every log on the way.
IN_AN_ADDRESS = re.compile(r"jg_[0-9a-f]{8}", re.ASCII)
_FORM = re.compile(r"jg_[0-9a-f]{64}", re.ASCII)


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _FORM.fullmatch(text) is not None


def written(scopes: Iterable[TokenScope]) -> str:
    """Scopes as a row keeps them: in the order of the table, apart by spaces."""
    wanted = set(scopes)
    return " ".join(scope.value for scope in TokenScope if scope in wanted)


def read(text: str) -> frozenset[TokenScope]:
    """Reverse `written`; a scope that no longer exists opens nothing."""
    known = {scope.value for scope in TokenScope}
    return frozenset(TokenScope(word) for word in text.split() if word in known)
