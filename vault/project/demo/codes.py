"""Second-factor codes of a demo instance, so that nobody needs a telephone to look around."""

import base64

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from accounts import second_factor
from accounts.models import Account
from accounts.rules import CODE_DRIFT, CODE_SECONDS
from audit import clock


class NoCode(Exception):
    """Why there is no code to show."""


def code_for(account: Account) -> str:
    """The next code that the system takes from this account. Raises NoCode without a second factor."""
    row = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).first()
    if row is None:
        raise NoCode("This account has no second factor yet: it is set up at the first sign-in.")
    with second_factor.bound_to(account):
        secret = get_adapter().decrypt(row.data["secret"])
    present = int(clock.now().timestamp()) // CODE_SECONDS
    used = int(row.data.get("counter", -1))
    # A code is good once; while the present one is used up, the next is already taken.
    counter = max(present, used + 1)
    if counter > present + CODE_DRIFT:
        raise NoCode("The codes of this minute are used up. Wait half a minute and ask again.")
    # RFC 6238 as authenticator apps speak it.
    return HOTP(base64.b32decode(secret), 6, SHA1()).generate(counter).decode()  # noqa: S303
