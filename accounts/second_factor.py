"""TOTP (RFC 6238) with recovery codes, kept in allauth's table and sealed under the key ring. Passkeys: `passkeys`.

A secret is bound to its account: copied into another account's row it opens nothing. A code is taken once: the
counter of the last one stands beside the secret, so a code that was seen or overheard is worthless, on whichever
process it is tried (allauth remembers used codes per process and for less time than they live).
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.db import transaction

from accounts.models import Account
from accounts.rules import CODE_DRIFT, CODE_SECONDS
from audit import clock
from storage.columns import open_cell, seal_cell
from storage.errors import CellDamaged

Method = Literal["totp", "recovery_code", "passkey"]

_CELL = "accounts.second_factor.secret"
_COMPARTMENT = "account"
_subject: ContextVar[UUID | None] = ContextVar("second_factor_subject", default=None)


def is_enrolled(account: Account) -> bool:
    """Whether the account has a TOTP secret."""
    return Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists()


def matching_counter(secret: str, code: str, *, after: int = -1) -> int | None:
    """The counter, near now and beyond `after`, whose code this is."""
    digits = "".join(sign for sign in code if not sign.isspace())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    hotp = HOTP(base64.b32decode(secret), 6, SHA1())  # noqa: S303  (RFC 6238; what authenticator apps speak)
    present = int(clock.now().timestamp()) // CODE_SECONDS
    for counter in range(present - CODE_DRIFT, present + CODE_DRIFT + 1):
        if counter > after and constant_time.bytes_eq(hotp.generate(counter), digits.encode()):
            return counter
    return None


def enrol(account: Account, secret: str, counter: int) -> None:
    """Keep the secret whose code at `counter` was just shown, and make recovery codes; replaces nothing.

    Raises IntegrityError when the account has a second factor already.
    """
    with transaction.atomic(), bound_to(account):
        instance = TOTP.activate(account, secret).instance
        instance.data["counter"] = counter
        instance.save(update_fields=["data"])
        RecoveryCodes.activate(account)


def prove(account: Account, code: str) -> Method | None:
    """Take a code from the app, or a recovery code, once; None when it is neither."""
    with transaction.atomic(), bound_to(account):
        rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user_id=account.pk)}
        totp = rows.get(Authenticator.Type.TOTP)
        if totp is None:
            return None
        counter = matching_counter(unseal(totp.data["secret"]), code, after=totp.data.get("counter", -1))
        if counter is not None:
            totp.data["counter"] = counter
            totp.last_used_at = clock.now()
            totp.save(update_fields=["data", "last_used_at"])
            return "totp"
        recovery = rows.get(Authenticator.Type.RECOVERY_CODES)
        if recovery is not None and RecoveryCodes(recovery).validate_code(code):
            return "recovery_code"
        return None


def has_unseen_codes(account: Account) -> bool:
    """Whether there are recovery codes that nobody was shown."""
    row = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return row is not None and not RecoveryCodes(row).did_view


def show_recovery_codes(account: Account) -> list[str] | None:
    """The codes, the first time they are asked for; None afterwards."""
    with transaction.atomic(), bound_to(account):
        row = (
            Authenticator.objects.select_for_update()
            .filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES)
            .first()
        )
        if row is None or RecoveryCodes(row).did_view:
            return None
        codes = RecoveryCodes(row)
        codes.mark_as_viewed()
        return codes.get_unused_codes()


def unused_codes(account: Account) -> int:
    """How many recovery codes are left."""
    row = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        return 0
    with bound_to(account):
        return len(RecoveryCodes(row).get_unused_codes())


def renew_recovery_codes(account: Account) -> None:
    """Make ten new recovery codes, which nobody was shown yet; the old ones open nothing any more."""
    with transaction.atomic(), bound_to(account):
        Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(account)


def remove(account: Account) -> None:
    """Forget the secret, the recovery codes and the passkeys."""
    Authenticator.objects.filter(user_id=account.pk).delete()


def examine() -> Iterator[tuple[UUID, bool]]:
    """Each account with a second factor, and whether its secrets open for it."""
    for row in Authenticator.objects.order_by("pk"):
        account = Account(pk=row.user_id)
        sealed = [row.data[name] for name in ("secret", "seed", "credential") if name in row.data]
        try:
            with bound_to(account):
                for text in sealed:
                    unseal(text)
        except (CellDamaged, ValueError):
            yield row.user_id, False
        else:
            yield row.user_id, True


def seal(text: str) -> str:
    """Seal a secret for the account at hand. Raises LookupError outside of one: nothing is stored unbound."""
    return seal_cell(text.encode(), cell=_CELL, row=_row(), compartment=_COMPARTMENT).hex()


def unseal(sealed: str) -> str:
    """Reverse `seal`. Raises CellDamaged for a secret that was altered or belongs to another account."""
    return open_cell(bytes.fromhex(sealed), cell=_CELL, row=_row(), compartment=_COMPARTMENT).decode()


@contextmanager
def bound_to(account: Account) -> Iterator[None]:
    """Seal and unseal for this account within the block."""
    token = _subject.set(account.pk)
    try:
        yield
    finally:
        _subject.reset(token)


def _row() -> UUID:
    subject = _subject.get()
    if subject is None:
        raise LookupError("a second-factor secret is sealed for an account, and none is at hand")
    return subject
