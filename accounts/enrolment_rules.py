"""How a machine proves which terminal it is: the code that is typed once, and the secret that it shows (RR-03). Pure.

The cookie holds the enrolment's id, a secret that stays, and a word that changes. Each word follows from the one before
on the server alone, so a copy of the cookie and the machine it was taken from cannot both go on.
"""

import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

CODE_LASTS = timedelta(minutes=30)
# The word is changed when a page is answered and it is as old as this; the former one is good for what was under way.
CHANGES_EVERY = timedelta(minutes=15)
OVERLAP = timedelta(minutes=2)

SECRET_BYTES = 32
# Nothing that is read as another sign: no 0, O, 1, I, L, U.
_CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 12
_GROUP = 4
_CODE = re.compile(rf"[{_CODE_SIGNS}]{{{_CODE_LENGTH}}}", re.ASCII)
_COOKIE = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})\.([0-9a-f]{64})", re.ASCII)
_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)


class EnrolmentEnd(StrEnum):
    """Why a machine is no terminal any more."""

    REPLACED = "replaced"
    TAKEN_BACK = "taken_back"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    COPIED = "copied"


class Word(StrEnum):
    """What the changing word that a browser shows is."""

    PRESENT = "present"
    NEXT = "next"  # its first showing: from now on it is the present one
    FORMER = "former"  # sent before the change was seen
    COPIED = "copied"  # one that has been replaced: somebody else has gone on with it


@dataclass(frozen=True)
class Presented:
    """The three parts of a cookie."""

    enrolment_id: UUID
    secret: str
    word: str


def new_code() -> str:
    """A code as it is shown: 58 random bits in three groups."""
    signs = "".join(secrets.choice(_CODE_SIGNS) for _ in range(_CODE_LENGTH))
    return "-".join(signs[at : at + _GROUP] for at in range(0, _CODE_LENGTH, _GROUP))


def normalise_code(text: str) -> str:
    """A code as it is compared: without hyphens and spaces, in capitals."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def is_code(text: str) -> bool:
    """Whether a normalised text has the form of a code."""
    return _CODE.fullmatch(text) is not None


def new_secret() -> str:
    """The part of a cookie that stays."""
    return secrets.token_hex(SECRET_BYTES)


def written(enrolment_id: UUID, secret: str, word: str) -> str:
    """A cookie's value."""
    return f"{enrolment_id.hex}.{secret}.{word}"


def parsed(value: str) -> Presented | None:
    """The parts of a cookie's value; None for anything else."""
    found = _COOKIE.fullmatch(value)
    return Presented(UUID(hex=found[1]), found[2], found[3]) if found is not None else None


def judge(shown: str, *, former: str, present: str, following: str, since: timedelta) -> Word:
    """What a word is, `since` the last change; the clock may have been put right a little meanwhile."""
    if hmac.compare_digest(shown, present):
        return Word.PRESENT
    if hmac.compare_digest(shown, following):
        return Word.NEXT
    if former and hmac.compare_digest(shown, former) and abs(since) <= OVERLAP:
        return Word.FORMER
    return Word.COPIED


def is_due(since: timedelta) -> bool:
    """Whether the next word is to be given out. A clock that was set back must not keep the present one in use."""
    return not timedelta(0) <= since < CHANGES_EVERY


def normalise_fingerprint(text: str) -> str:
    """A certificate's SHA-256 as it is kept: 64 hexadecimal digits, without colons."""
    return re.sub(r"[\s:]", "", text).lower()


def is_fingerprint(text: str) -> bool:
    """Whether a normalised text has the form of a SHA-256 fingerprint."""
    return _FINGERPRINT.fullmatch(text) is not None
