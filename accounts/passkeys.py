"""Passkeys (WebAuthn, level 2) as a second factor beside the app, kept in allauth's table and sealed per account.

A public key is no secret, but whoever could write one into the table would have a key to another's account: so each
is sealed for its account like a TOTP secret. A passkey belongs to one host name and signs one challenge of ours, once;
an answer from another origin, for another host, to another challenge or from a key that ran backwards proves nothing.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.db import transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import second_factor
from accounts.errors import PasskeyRefused, TooManyPasskeys
from accounts.models import Account
from accounts.rules import LONGEST_PASSKEY_ANSWER, MOST_PASSKEYS
from audit import clock

_RP_NAME = "Jingui"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the browser stands: an origin such as `https://archive.example:8443`."""

    origin: str

    @property
    def host(self) -> str:
        """The name a passkey is bound to; without the port."""
        return urlsplit(self.origin).hostname or ""

    @property
    def takes_passkeys(self) -> bool:
        """Browsers make passkeys for names only, over HTTPS or on this machine's own `localhost`."""
        parts = urlsplit(self.origin)
        named = any(sign.isalpha() for sign in self.host) and ":" not in self.host
        return named and (parts.scheme == "https" or self.host == "localhost")


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey as its owner sees it."""

    pk: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Kept:
    row: Authenticator
    name: str
    credential: AttestedCredentialData
    count: int


def listed(account: Account) -> list[Passkey]:
    """The account's passkeys, oldest first. Raises CellDamaged for one that was altered."""
    return [Passkey(one.row.pk, one.name, one.row.created_at, one.row.last_used_at) for one in _kept(account)]


def has_any(account: Account) -> bool:
    """Whether the account has a passkey."""
    return _rows(account).exists()


def offer(account: Account, site: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to make a passkey, and the challenge to keep until `add`.

    Raises TooManyPasskeys. The name a device shows is the staff number: devices copy it to clouds of their makers.
    """
    kept = list(_kept(account))
    if len(kept) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    options, challenge = _server(site).register_begin(
        PublicKeyCredentialUserEntity(
            id=account.pk.bytes, name=account.staff_no, display_name=account.staff_no
        ),
        credentials=[one.credential for one in kept],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), challenge


def add(account: Account, site: Site, challenge: dict[str, Any] | None, answer: str, *, name: str) -> int:
    """Keep the passkey that the browser made for this challenge; returns its id.

    Raises PasskeyRefused, TooManyPasskeys. The caller forgets the challenge, whatever comes of it.
    """
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        kept = list(_kept(account))
        if len(kept) >= MOST_PASSKEYS:
            raise TooManyPasskeys
        try:
            response = RegistrationResponse.from_dict(_read(answer))
            made = _server(site).register_complete(_required(challenge), response)
        except Exception as error:  # the library raises whatever a malformed answer makes of it
            raise PasskeyRefused from error
        credential = made.credential_data
        if credential is None or any(
            one.credential.credential_id == credential.credential_id for one in kept
        ):
            raise PasskeyRefused
        row = Authenticator(user=account, type=Authenticator.Type.WEBAUTHN, created_at=clock.now(), data={})
        row.data = _sealed(account, name, credential, made.counter)
        row.save()
        return int(row.pk)


def ask(account: Account, site: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to sign with one of the account's passkeys, and the challenge to keep until `prove`."""
    options, challenge = _server(site).authenticate_begin(
        credentials=[one.credential for one in _kept(account)],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), challenge


def prove(account: Account, site: Site, challenge: dict[str, Any] | None, answer: str) -> bool:
    """Whether the answer was signed for this challenge, here, by one of the account's passkeys.

    The caller forgets the challenge, whatever comes of it: it is good for one answer.
    """
    with transaction.atomic():
        kept = list(_kept(account, locked=True))
        try:
            response = AuthenticationResponse.from_dict(_read(answer))
            signer = _server(site).authenticate_complete(
                _required(challenge), [one.credential for one in kept], response
            )
            count = response.response.authenticator_data.counter
        except Exception:  # noqa: BLE001  (the library raises whatever a malformed answer makes of it)
            return False
        used = next(one for one in kept if one.credential.credential_id == signer.credential_id)
        # A key that counts and did not go forward is a copy of one that did (WebAuthn 7.2); synced ones stay at 0.
        if (count or used.count) and count <= used.count:
            return False
        used.row.data = _sealed(account, used.name, used.credential, count)
        used.row.last_used_at = clock.now()
        used.row.save(update_fields=["data", "last_used_at"])
        return True


def rename(account: Account, pk: int, name: str) -> bool:
    """Give one of the account's own passkeys another name; False when there is none such."""
    with transaction.atomic():
        for one in _kept(account, locked=True):
            if one.row.pk == pk:
                one.row.data = _sealed(account, name, one.credential, one.count)
                one.row.save(update_fields=["data"])
                return True
    return False


def remove(account: Account, pk: int) -> bool:
    """Forget one of the account's own passkeys; False when there is none such."""
    return _rows(account).filter(pk=pk).delete()[0] > 0


def _rows(account: Account) -> Any:
    return Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk")


def _kept(account: Account, *, locked: bool = False) -> Iterator[_Kept]:
    rows = _rows(account).select_for_update() if locked else _rows(account)
    for row in rows:
        with second_factor.bound_to(account):
            told = json.loads(second_factor.unseal(row.data["credential"]))
        credential = AttestedCredentialData(base64.b64decode(told["credential"]))
        yield _Kept(row, told["name"], credential, told["count"])


def _sealed(account: Account, name: str, credential: AttestedCredentialData, count: int) -> dict[str, str]:
    told = {"name": name, "credential": base64.b64encode(bytes(credential)).decode(), "count": count}
    with second_factor.bound_to(account):
        return {"credential": second_factor.seal(json.dumps(told, ensure_ascii=False))}


def _server(site: Site) -> Fido2Server:
    return Fido2Server(
        PublicKeyCredentialRpEntity(name=_RP_NAME, id=site.host),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: site.takes_passkeys and origin == site.origin,
    )


def _required(challenge: dict[str, Any] | None) -> dict[str, Any]:
    if challenge is None:
        raise ValueError("no challenge is open")
    return challenge


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_PASSKEY_ANSWER:
        raise ValueError("too long for a passkey's answer")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError("a passkey's answer is an object")
    return found
