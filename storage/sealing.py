"""Seals personal data in audit events under one key per subject; destroying the key blanks the person.

The key rows stand in the audit database under its own compartment. The commitment is a keyed hash of the
plaintext under a key derived from the subject's key and a random salt kept inside the sealed part, so it
neither confirms a guess nor survives the key.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, router, transaction

from storage import hooks, keyring, stores
from storage.errors import NotAuthentic
from storage.models import SubjectKey
from storage.primitive import Secret, context, expand, new_key, seal, unseal

_COMPARTMENT: Final = "audit"
_SALT: Final = 16


@dataclass(frozen=True)
class Sealed:
    """The sealed part of an event: key id, commitment (64 hex digits), ciphertext."""

    kid: str
    commitment: str
    ciphertext: bytes


class Sealer:
    """Implements the audit log's sealer with the key ring."""

    def seal(self, subject: str, plaintext: bytes) -> Sealed:
        """Encrypt `plaintext` under the key of `subject` (a stable id such as a person's UUID)."""
        row, key = _key_of(subject)
        salt = os.urandom(_SALT)
        return Sealed(
            kid=str(row.pk),
            commitment=_commitment(key, salt, plaintext).hex(),
            ciphertext=seal(key, salt + plaintext, _context(row.pk)),
        )

    def open(self, kid: str, ciphertext: bytes) -> bytes | None:
        """Decrypt; None when the subject's key was destroyed. Raises `NotAuthentic` when altered."""
        key = _live_key(kid)
        return None if key is None else bytes(unseal(key, ciphertext, _context(UUID(kid)))[_SALT:])

    def matches(self, sealed: Sealed) -> bool | None:
        """Whether ciphertext and commitment belong together; None when the key was destroyed."""
        key = _live_key(sealed.kid)
        if key is None:
            return None
        try:
            opened = unseal(key, sealed.ciphertext, _context(UUID(sealed.kid)))
        except NotAuthentic:
            return False
        expected = _commitment(key, opened[:_SALT], opened[_SALT:]).hex()
        return hmac.compare_digest(expected, sealed.commitment)

    def destroy(self, subject: str) -> int:
        """Destroy the subject's key for ever; returns how many keys went (0: nothing was sealed).

        Recorded before it happens; a refusal to record stops it.
        """
        destroyed = 0
        for row in SubjectKey.objects.filter(subject__in=_names(subject), destroyed=None):
            with hooks.key_event("subject_key.destroyed", kid=str(row.pk)):
                destroyed += SubjectKey.objects.filter(pk=row.pk, destroyed=None).update(
                    wrapped_key=None, destroyed=hooks.now()
                )
        stores.truncate_log(router.db_for_write(SubjectKey))
        return destroyed


def _key_of(subject: str) -> tuple[SubjectKey, Secret]:
    names = _names(subject)
    row = SubjectKey.objects.filter(subject__in=names, destroyed=None).first()
    if row is None:
        row = _add(names[0])
    return row, _unwrap(row)


def _add(name: bytes) -> SubjectKey:
    """Add the subject's key, or take the one that another process added first."""
    row = SubjectKey(subject=name, created=hooks.now())
    wrapped = keyring.current().wrap(_COMPARTMENT, new_key(), _wrap_context(row))
    row.wrapped_key, row.kek_version = wrapped.bytes, wrapped.version
    try:
        with transaction.atomic(using=router.db_for_write(SubjectKey)):
            row.save(force_insert=True)
    except IntegrityError:
        return SubjectKey.objects.get(subject=name, destroyed=None)
    return row


def _live_key(kid: str) -> Secret | None:
    row = SubjectKey.objects.filter(pk=UUID(kid)).first()
    if row is None:
        raise NotAuthentic("The event names a sealing key that never existed here.")
    return None if row.destroyed else _unwrap(row)


def _unwrap(row: SubjectKey) -> Secret:
    return keyring.current().unwrap(
        _COMPARTMENT, bytes(row.wrapped_key or b""), row.kek_version, _wrap_context(row)
    )


def _names(subject: str) -> list[bytes]:
    """The subject's keyed name under every readable KEK version, the active one first."""
    ring = keyring.current()
    info = context("jingui subject name 1")
    return [
        hmac.digest(ring.derive(_COMPARTMENT, version, info), subject.encode(), hashlib.sha256)
        for version in ring.readable(_COMPARTMENT)
    ]


def _wrap_context(row: SubjectKey) -> bytes:
    return context("jingui subject key 1", row.pk.bytes, bytes(row.subject))


def _context(kid: UUID) -> bytes:
    return context("jingui sealed part 1", kid.bytes)


def _commitment(key: Secret, salt: bytes, plaintext: bytes) -> bytes:
    return hmac.digest(expand(key, context("jingui commitment 1", salt)), plaintext, hashlib.sha256)
