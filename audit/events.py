"""What an event says, and how it becomes canonical bytes. FORMAT.md is the norm; this module follows it."""

import functools
import hashlib
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from audit import actions, canonical, clock, hooks
from audit.errors import MalformedEvent
from audit.text import plain

VERSION = 1
SINGLE, INTENT, OUTCOME = "single", "intent", "outcome"
GRANTED, DENIED, FAILED, UNKNOWN = "granted", "denied", "failed", "unknown"
OUTCOMES = frozenset({GRANTED, DENIED, FAILED, UNKNOWN})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted, as it was then: copied, never referred to.

    `id` is the opaque sign-in name; `account` and `person` are UUIDs. `session` is a pseudonym of the
    session, never the key that would continue it.
    """

    id: str
    duties: tuple[str, ...] = ()
    unit: str = ""
    session: str = ""
    account: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What was acted on: kind, id, version, label and digest as they were then. No title, no name."""

    type: str
    id: str = ""
    version: str = ""
    label: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where from. The address is personal data and is sealed; the terminal is a registered name."""

    address: str = ""
    terminal: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it was decided so: the deciding rule's stable code, the approval used, the policy's version."""

    rule: str = ""
    approval: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event's facts, for record_many. The fields are those of `audit.recording.record`."""

    action: str
    outcome: str
    reason: Reason
    actor: Actor
    object: ObjectFacts | None = None
    source: Source | None = None
    sealed: Mapping[str, Any] | None = None
    subject: str | None = None
    corr: str = ""
    req: str = ""


class Projection(NamedTuple):
    """The search columns: exactly what the canonical bytes say, so that the verifier can hold one against the
    other.
    """

    uid: UUID
    at: datetime
    action: str
    phase: str
    outcome: str
    rule: str
    approval: str
    actor: str
    account: str
    person: str
    unit: str
    duties: str
    session: str
    object_type: str
    object_id: str
    label: str
    terminal: str
    corr: str
    closes: UUID | None


class SealedPart(NamedTuple):
    """Personal data after sealing: what the canonical bytes say of it, and the ciphertext beside them."""

    facts: dict[str, str] | None
    ciphertext: bytes


class Prepared(NamedTuple):
    """An event ready to be stored."""

    columns: Projection
    canonical: bytes
    ciphertext: bytes

    @property
    def uid(self) -> UUID:
        """The event's UUIDv7."""
        return self.columns.uid


def system_actor(name: str) -> Actor:
    """The actor of what no person did, such as a heartbeat."""
    return Actor(id=f"system:{name}")


def prepare(
    entry: Entry, *, phase: str = SINGLE, uid: UUID | None = None, part: SealedPart | None = None
) -> Prepared:
    """Check the facts, seal what is personal (unless `part` was sealed before), and build the canonical
    bytes.

    Raises UnregisteredAction, MalformedEvent, NotCanonical, SealerMissing.
    """
    document = {
        "action": actions.require(entry.action),
        "phase": phase,
        "outcome": require_outcome(entry.outcome),
        "reason": reason_facts(entry.reason),
        "actor": _actor_facts(entry.actor),
        "object": object_facts(entry.object),
        "source": {"terminal": _text(entry.source.terminal if entry.source else "")},
        "corr": _text(entry.corr),
        "req": _text(entry.req),
        "closes": None,
        "effective": None,
    }
    return _finish(document, uid, part or seal(entry))


def follow(
    intent: Mapping[str, Any],
    *,
    outcome: str,
    reason: Mapping[str, str],
    target: Mapping[str, str] | None,
    part: SealedPart,
    uid: UUID | None = None,
    effective: datetime | None = None,
) -> Prepared:
    """The outcome of an intent: the intent's document with how it ended. `effective` is when its transaction
    wrote it.

    `reason` and `target` come from reason_facts and object_facts; without a target the intent's own stands.
    """
    document = {
        **intent,
        "phase": OUTCOME,
        "outcome": require_outcome(outcome),
        "reason": dict(reason),
        "object": dict(target) if target else intent["object"],
        "closes": intent["id"],
        "effective": format_instant(effective) if effective else None,
    }
    return _finish(document, uid, part)


def seal(entry: Entry) -> SealedPart:
    """Seal the entry's personal data under its subject's key (the actor's person unless another is named)."""
    return seal_facts(*_private(entry))


def seal_facts(facts: Mapping[str, Any], subject: str) -> SealedPart:
    """Seal facts under the subject's key; no facts, no sealed part."""
    if not facts:
        return SealedPart(None, b"")
    sealed = hooks.sealer().seal(subject, canonical.encode(dict(facts)))
    digest = hashlib.sha256(sealed.ciphertext).hexdigest()
    return SealedPart(
        {"kid": sealed.kid, "commitment": sealed.commitment, "digest": digest}, sealed.ciphertext
    )


class Sealing:
    """Seals what is the same for the same subject once: the events of bulk work mostly say the same in private."""

    def __init__(self) -> None:
        self._sealed: dict[tuple[str, bytes], SealedPart] = {}

    def facts(self, facts: Mapping[str, Any], subject: str) -> SealedPart:
        """As `seal_facts`."""
        key = (subject, canonical.encode(dict(facts)))
        if key not in self._sealed:
            self._sealed[key] = seal_facts(facts, subject)
        return self._sealed[key]

    def entry(self, entry: Entry) -> SealedPart:
        """As `seal`."""
        return self.facts(*_private(entry))


def reason_facts(reason: Reason) -> dict[str, str]:
    """The reason as it stands in the document."""
    return {"rule": _text(reason.rule), "approval": _text(reason.approval), "policy": _text(reason.policy)}


def object_facts(target: ObjectFacts | None) -> dict[str, str] | None:
    """The object as it stands in the document."""
    if target is None:
        return None
    return {
        "type": _text(target.type),
        "id": _text(target.id),
        "version": _text(target.version),
        "label": _text(target.label),
        "digest": _text(target.digest),
    }


def project(document: Mapping[str, Any]) -> Projection:
    """The columns of a canonical document. Raises KeyError, TypeError or ValueError for another shape."""
    return _project(document, UUID(document["id"]), datetime.fromisoformat(document["at"]))


def _project(document: Mapping[str, Any], uid: UUID, at: datetime) -> Projection:
    reason, actor, target = document["reason"], document["actor"], document["object"] or _NO_OBJECT
    closes = document["closes"]
    return Projection(
        uid,
        at,
        document["action"],
        document["phase"],
        document["outcome"],
        reason["rule"],
        reason["approval"],
        actor["id"],
        actor["account"],
        actor["person"],
        actor["unit"],
        ",".join(actor["duties"]),
        actor["session"],
        target["type"],
        target["id"],
        target["label"],
        document["source"]["terminal"],
        document["corr"],
        UUID(closes) if closes else None,
    )


def unseal(document: Mapping[str, Any], ciphertext: bytes) -> dict[str, Any] | None:
    """The sealed facts; {} when there were none, None when the person's key was destroyed."""
    part = document["sealed"]
    if part is None:
        return {}
    plaintext = hooks.sealer().open(part["kid"], ciphertext)
    return None if plaintext is None else canonical.decode(plaintext)


def require_outcome(name: str) -> str:
    """Return the outcome if it is one. Raises MalformedEvent."""
    if name not in OUTCOMES:
        raise MalformedEvent(f"{name!r} is no outcome.")
    return name


def format_instant(at: datetime) -> str:
    """UTC with six decimals and Z: one spelling per instant."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def uuid7(at: datetime) -> UUID:
    """RFC 9562 version 7: 48 bits of milliseconds, 74 random bits."""
    random = int.from_bytes(os.urandom(10))
    milliseconds = int(at.timestamp() * 1000)
    high = milliseconds << 16 | 0x7000 | random >> 68
    return UUID(int=high << 64 | 1 << 63 | random & (1 << 62) - 1)


def _private(entry: Entry) -> tuple[dict[str, Any], str]:
    """What of an entry is sealed, and under whose key."""
    facts = dict(entry.sealed or {})
    if entry.source and entry.source.address:
        if "address" in facts:
            raise MalformedEvent("`address` is the source's: give it there.")
        facts["address"] = entry.source.address
    return facts, entry.subject or entry.actor.person or entry.actor.id


_NO_OBJECT = {"type": "", "id": "", "label": ""}


def _finish(document: dict[str, Any], uid: UUID | None, part: SealedPart) -> Prepared:
    at = clock.now()
    uid = uid or uuid7(at)
    document |= {
        "v": VERSION,
        "id": str(uid),
        "at": format_instant(at),
        "observer": _observer(),
        "sealed": part.facts,
    }
    return Prepared(_project(document, uid, at), canonical.encode(document), part.ciphertext)


@functools.lru_cache(maxsize=1024)
def _actor_facts(actor: Actor) -> Mapping[str, Any]:
    """One person acts many times under the same facts; nobody changes what is shared here."""
    return {
        "id": _text(actor.id),
        "account": _text(actor.account),
        "person": _text(actor.person),
        "duties": [_text(duty) for duty in actor.duties],
        "unit": _text(actor.unit),
        "session": _text(actor.session),
    }


def _text(value: object) -> str:
    return plain(str(value))


@functools.cache
def _observer() -> dict[str, str]:
    build = getattr(settings, "JINGUI_BUILD", "unversioned")
    return {"host": plain(socket.gethostname()), "build": plain(str(build))}
