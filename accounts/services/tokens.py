"""Making and revoking one's own API tokens (interface.md section 4)."""

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from accounts import actions, tokens
from accounts.errors import (
    NameMissing,
    ScopeMissing,
    SecondFactorUnproved,
    TokenGone,
    TokenLifeRefused,
    TooManyTokens,
)
from accounts.journal import NO_TRAIL, Trail
from accounts.models import Account, ApiToken
from accounts.services import authority
from accounts.token_rules import LONGEST_DAYS, MOST_TOKENS, TokenScope, written

ONESELF = "oneself"


class NewToken(NamedTuple):
    """A new token's row and the token itself, which is kept nowhere."""

    row: ApiToken
    token: str


def make_token(
    *,
    actor: Account,
    name: str,
    scopes: Collection[TokenScope],
    days: int,
    proved: bool,
    trail: Trail = NO_TRAIL,
) -> NewToken:
    """Make a token for oneself. `proved`: this session has proved the second factor.

    Raises SecondFactorUnproved, NameMissing, ScopeMissing, TokenLifeRefused, TooManyTokens, AccountUnusable.
    """
    work = authority.acting(actor, trail)
    text = tokens.new_token()
    row = ApiToken(
        id=uuid4(),
        account=actor,
        name=name.strip(),
        digest=tokens.digest(text),
        scopes=written(scopes),
        epoch=Account.objects.values_list("session_epoch", flat=True).get(pk=actor.pk),
        made_at=work.at,
        ends_at=work.at + timedelta(days=max(1, min(days, LONGEST_DAYS))),
    )
    row.reference = tokens.reference_of(row, text)
    with work.change(
        actions.TOKEN_MAKE,
        row,
        rule=ONESELF,
        sealed={"reference": row.reference, "scopes": row.scopes, "days": days},
        subject=str(actor.person_id),
    ):
        authority.require_sound(work.facts)
        if not proved:
            raise SecondFactorUnproved
        if not row.name:
            raise NameMissing
        if not row.scopes:
            raise ScopeMissing
        if not 1 <= days <= LONGEST_DAYS:
            raise TokenLifeRefused
        # Held to the end, so that of two made at once one is counted. Whoever was signed out everywhere since the
        # epoch was read gets a token of the time before, which opens nothing.
        held = Account.objects.select_for_update().get(pk=actor.pk)
        if tokens.standing(held, work.at).count() >= MOST_TOKENS:
            raise TooManyTokens
        row.save(force_insert=True)
    return NewToken(row, text)


def revoke_token(*, actor: Account, token_id: UUID, trail: Trail = NO_TRAIL) -> ApiToken:
    """End one of one's own tokens at its next request. Raises TokenGone for any other and for one that has ended."""
    work = authority.acting(actor, trail)
    with work.change(actions.TOKEN_REVOKE, ApiToken(id=token_id), rule=ONESELF, subject=str(actor.person_id)):
        authority.require_usable(work.facts)
        row = tokens.of_account(actor.pk).select_for_update().filter(pk=token_id).first()
        if row is None or row.revoked_at is not None:
            raise TokenGone
        row.revoked_at = work.at
        row.save(update_fields=["revoked_at"])
    return row
