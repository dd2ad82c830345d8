"""A passkey in software: makes and signs as a browser and its device do together, honestly or not."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One key. `counts`: whether its signatures carry a count that goes up, as tokens' do and synced passkeys' do not."""

    origin: str = "http://localhost"
    counts: bool = True
    count: int = 0
    identity: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any], *, origin: str | None = None, host: str | None = None) -> str:
        """The answer to `navigator.credentials.create`, without attestation."""
        told = options["publicKey"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = bytes(16) + len(self.identity).to_bytes(2, "big") + self.identity + public
        data = self._data(host or told["rp"]["id"], _PRESENT | _VERIFIED | _ATTESTED) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=_client(
                "webauthn.create", told["challenge"], self.origin if origin is None else origin
            ),
            attestationObject=attestation,
        )

    def sign(self, options: dict[str, Any], *, origin: str | None = None, host: str | None = None) -> str:
        """The answer to `navigator.credentials.get`."""
        told = options["publicKey"]
        if self.counts:
            self.count += 1
        data = self._data(host or told["rpId"], _PRESENT | _VERIFIED)
        client = _client("webauthn.get", told["challenge"], self.origin if origin is None else origin)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _data(self, host: str, flags: int) -> bytes:
        return sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, **response: bytes) -> str:
        name = _text(self.identity)
        parts = {part: _text(value) for part, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts})


def _client(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
