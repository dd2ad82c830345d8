"""API tokens: finding whose one is, counting bad ones, and remembering the last use.

A token is 256 random bits. What is stored is a keyed digest, so neither a stolen table nor one that somebody writes
into opens anything; while two key versions are readable a look-up tries both. The token's reference is a keyed digest
too, of the token with whose it is, for what and until when: a row that was changed is nobody's token.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q, QuerySet

from accounts.models import Account, ApiToken
from accounts.selectors import SubjectFacts, account_with_facts
from accounts.token_rules import PREFIX, TOKEN_BYTES, USED_EVERY, TokenScope, is_token, read
from storage import keyring

_COMPARTMENT = "account"
_REFERENCE_SIGNS = 16


class TokenEnd(StrEnum):
    """Why a token that once worked does not."""

    EXPIRED = "token_expired"
    REVOKED = "token_revoked"
    ENDED = "sessions_ended"
    UNUSABLE = "account_unusable"


@dataclass(frozen=True)
class Bearer:
    """Who shows a token, with the facts of its person; `end` says why it opens nothing."""

    token: ApiToken
    account: Account
    facts: SubjectFacts
    scopes: frozenset[TokenScope]
    end: TokenEnd | None

    @property
    def reference(self) -> str:
        """What the log calls the token."""
        return f"token:{self.token.reference}"


def new_token() -> str:
    """A token to be shown once."""
    return PREFIX + secrets.token_hex(TOKEN_BYTES)


def digest(text: str, kind: str = "token", version: int | None = None) -> str:
    """The keyed digest under one key version, the active one when none is named; hexadecimal."""
    ring = keyring.current()
    chosen = ring.active(_COMPARTMENT) if version is None else version
    key = ring.derive(_COMPARTMENT, chosen, f"jingui api 1 {kind}".encode())
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def reference_of(row: ApiToken, text: str, version: int | None = None) -> str:
    """What the log calls the token of a row, which holds for this row as it was made and for no other."""
    span = f"{row.made_at.astimezone(UTC).isoformat()}\n{row.ends_at.astimezone(UTC).isoformat()}"
    said = f"{text}\n{row.pk}\n{row.account_id}\n{row.scopes}\n{row.epoch}\n{span}"
    return digest(said, "reference", version)[:_REFERENCE_SIGNS]


def candidates(text: str, kind: str = "token") -> Iterator[str]:
    """The digests under which a text may stand."""
    for version in keyring.current().readable(_COMPARTMENT):
        yield digest(text, kind, version)


def bearer_of(text: str, at: datetime) -> Bearer | None:
    """Whose token a text is, and whether it still counts; None for one that nobody has. At most two queries."""
    if not is_token(text):
        return None
    wanted = list(candidates(text))
    token = ApiToken.objects.filter(digest__in=wanted).first()
    # Compared again in constant time: what a database's own comparison takes is not ours to promise.
    if token is None or not any(hmac.compare_digest(token.digest, one) for one in wanted):
        return None
    references = [reference_of(token, text, version) for version in keyring.current().readable(_COMPARTMENT)]
    if not any(hmac.compare_digest(token.reference, one) for one in references):
        return None
    account, facts = account_with_facts(token.account_id, at)
    return Bearer(token, account, facts, read(token.scopes), _end(token, account, facts, at))


def _end(token: ApiToken, account: Account, facts: SubjectFacts, at: datetime) -> TokenEnd | None:
    if not facts.usable or account.must_change_password:
        return TokenEnd.UNUSABLE
    if token.revoked_at is not None:
        return TokenEnd.REVOKED
    # A clock set back must not prolong anything.
    if not token.made_at <= at < token.ends_at:
        return TokenEnd.EXPIRED
    return None if token.epoch == account.session_epoch else TokenEnd.ENDED


def note_use(token: ApiToken, at: datetime) -> None:
    """Keep the instant of the last use, at most once a minute and without waiting for who else does."""
    if token.last_used_at is not None and at - token.last_used_at < USED_EVERY:
        return
    unwritten = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USED_EVERY)
    ApiToken.objects.filter(unwritten, pk=token.pk).update(last_used_at=at)


def of_account(account_id: UUID) -> "QuerySet[ApiToken]":
    """A person's own tokens under one account, the newest first."""
    return ApiToken.objects.filter(account_id=account_id).order_by("-made_at", "pk")


def standing(account: Account, at: datetime) -> "QuerySet[ApiToken]":
    """Those of an account that still open something."""
    return of_account(account.pk).filter(revoked_at__isnull=True, ends_at__gt=at, epoch=account.session_epoch)


def told_lately(token: ApiToken) -> bool:
    """Whether this minute has its event of this dead token's use already: hammering must not fill the log."""
    return not cache.add(f"dead-token:{token.reference}", 1, 60)
