"""Which terminal a request comes from: by the secret that its machine shows, never by an address or a header (RR-03).

What is stored of a secret is a digest under the key ring, bound to the enrolment and to the terminal: neither a stolen
table nor one that somebody writes into makes a terminal.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from accounts import enrolment_rules as rules
from accounts.models import Terminal, TerminalCheck, TerminalCode, TerminalEnrolment
from accounts.rules import local_day
from accounts.terminal_rules import CheckResult, LastCheck, Unusable
from accounts.terminals import facts_of, reasons
from storage import keyring
from storage.errors import KeyUnavailable

_COMPARTMENT = "account"


@dataclass(frozen=True)
class Here:
    """The terminal that a request comes from, as it stands at this instant. `reasons` keep it from use; none, it is
    usable (RR-02).
    """

    terminal_id: UUID
    number: str
    room: str
    reasons: tuple[Unusable, ...] = ()

    @property
    def usable(self) -> bool:
        return not self.reasons


@dataclass(frozen=True)
class Shown:
    """What a cookie is: the enrolment it belongs to, what its changing word is, and the terminal."""

    enrolment: TerminalEnrolment
    secret: str
    word: rules.Word
    here: Here


def digest(kind: str, said: str, version: int | None = None) -> str:
    """A keyed digest under one key version, the active one when none is named. Raises KeyUnavailable."""
    ring = keyring.current()
    chosen = ring.active(_COMPARTMENT) if version is None else version
    key = ring.derive(_COMPARTMENT, chosen, f"jingui terminal 1 {kind}".encode())
    return hmac.digest(key, said.encode(), hashlib.sha256).hex()


def key_version() -> int:
    """Under which version an enrolment of now is kept."""
    return keyring.current().active(_COMPARTMENT)


def secret_digest(enrolment: TerminalEnrolment, secret: str) -> str:
    """What is kept of a machine's secret."""
    return digest("secret", f"{secret}\n{enrolment.pk}\n{enrolment.terminal_id}", enrolment.key_version)


def word_of(enrolment: TerminalEnrolment, generation: int) -> str:
    """The changing word of a generation; none before the first."""
    if generation < 0:
        return ""
    said = f"{enrolment.pk}\n{enrolment.terminal_id}\n{generation}"
    return digest("word", said, enrolment.key_version)


def cookie_of(enrolment: TerminalEnrolment, secret: str, generation: int) -> str:
    """What the machine keeps."""
    return rules.written(enrolment.pk, secret, word_of(enrolment, generation))


def shown(value: str, at: datetime, certificate: str = "") -> Shown | None:
    """What a cookie's value is at an instant; None where it is no machine's. One query.

    `certificate` is the fingerprint that the trusted proxy saw. An enrolment that asks for another one is none.
    """
    given = rules.parsed(value)
    if given is None:
        return None
    last = TerminalCheck.objects.filter(terminal=OuterRef("terminal")).order_by(
        "-done_on", "-recorded_at", "pk"
    )
    found = (
        TerminalEnrolment.objects.select_related("terminal")
        .annotate(
            last_done_on=Subquery(last.values("done_on")[:1]), last_result=Subquery(last.values("result")[:1])
        )
        .filter(pk=given.enrolment_id, ended_at__isnull=True)
        .first()
    )
    if found is None:
        return None
    try:
        if not hmac.compare_digest(secret_digest(found, given.secret), found.digest):
            return None
        word = rules.judge(
            given.word,
            former=word_of(found, found.generation - 1),
            present=word_of(found, found.generation),
            following=word_of(found, found.generation + 1),
            since=at - found.changed_at,
        )
    except KeyUnavailable:
        # Its key was retired: the machine is enrolled anew.
        return None
    if found.fingerprint and not hmac.compare_digest(found.fingerprint, certificate):
        return None
    return Shown(found, given.secret, word, _here(found, local_day(at)))


def _here(row: TerminalEnrolment, day: date) -> Here:
    terminal: Terminal = row.terminal
    last = LastCheck(row.last_done_on, CheckResult(row.last_result)) if row.last_done_on is not None else None
    return Here(
        terminal.pk, terminal.number, terminal.room, reasons(facts_of(terminal, enrolled=True), last, day)
    )


def note(found: Shown, at: datetime) -> None:
    """Keep that the next word was seen, so that the former one ends; and the day, once a day."""
    row, day = found.enrolment, local_day(at)
    standing = TerminalEnrolment.objects.filter(pk=row.pk, ended_at__isnull=True)
    if found.word is rules.Word.NEXT:
        # Two requests that show it first at the same moment take one step and not two.
        standing.filter(generation=row.generation).update(
            generation=F("generation") + 1, changed_at=at, seen_on=day
        )
    elif row.seen_on != day:
        standing.update(seen_on=day)


def following(found: Shown, at: datetime) -> str | None:
    """The cookie to give out with an answer, or None while the present one is young.

    It is the same one until it comes back: an answer that was lost costs nothing.
    """
    row = found.enrolment
    if found.word is not rules.Word.PRESENT or not rules.is_due(at - row.changed_at):
        return None
    return cookie_of(row, found.secret, row.generation + 1)


def of_terminal(terminal: Terminal) -> TerminalEnrolment | None:
    """The machine that is the terminal now."""
    return (
        TerminalEnrolment.objects.select_related("enrolled_by")
        .filter(terminal=terminal, ended_at__isnull=True)
        .first()
    )


def code_of(text: str, at: datetime) -> TerminalCode | None:
    """The open code that a text is; None for one that is wrong, used, replaced or over."""
    typed = rules.normalise_code(text)
    if not rules.is_code(typed):
        return None
    wanted = [digest("code", typed, version) for version in keyring.current().readable(_COMPARTMENT)]
    found = (
        TerminalCode.objects.select_related("terminal")
        .filter(digest__in=wanted, ended_at__isnull=True)
        .first()
    )
    # A clock set back must not prolong anything.
    return found if found is not None and found.issued_at <= at < found.ends_at else None


def code_digest(code: str) -> str:
    """What is kept of a code."""
    return digest("code", rules.normalise_code(code))
