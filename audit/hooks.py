"""What the log needs from elsewhere: someone who seals, someone who holds the signing key. vault.project
wires both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from audit.errors import SealerMissing, SignerMissing


@dataclass(frozen=True)
class Sealed:
    """Key id and commitment stand in the canonical event; the ciphertext stands beside it."""

    kid: str
    commitment: str
    ciphertext: bytes


class Sealer(Protocol):
    """Seals under one key per subject, so that one person can be blanked and nobody else."""

    def seal(self, subject: str, plaintext: bytes) -> Sealed:
        """Seal bytes under the subject's key, made on first use."""

    def open(self, kid: str, ciphertext: bytes) -> bytes | None:
        """The bytes, or None when the key was destroyed."""


Signer = Callable[[], bytes]


def set_sealer(sealer: Sealer | None) -> None:
    """Wire the sealer; None unwires it."""
    global _sealer
    _sealer = sealer


def set_signer(signer: Signer | None) -> None:
    """Wire the checkpoint key: a callable returning the 32-byte Ed25519 seed. None unwires it."""
    global _signer
    _signer = signer


def unwired() -> list[str]:
    """One sentence for each hook nobody has filled; empty when the log may start."""
    return [text for hook, text in ((_sealer, _NO_SEALER), (_signer, _NO_SIGNER)) if hook is None]


def sealer() -> Sealer:
    """The wired sealer. Raises SealerMissing."""
    if _sealer is None:
        raise SealerMissing(_NO_SEALER)
    return _sealer


def signing_seed() -> bytes:
    """The checkpoint key's seed. Raises SignerMissing."""
    if _signer is None:
        raise SignerMissing(_NO_SIGNER)
    return _signer()


_REMEDY = "start through manage.py, which wires the key ring."
_NO_SEALER = f"No sealer is wired, so personal data could not be protected: {_REMEDY}"
_NO_SIGNER = f"No checkpoint key is wired, so the log could not be signed: {_REMEDY}"

_sealer: Sealer | None = None
_signer: Signer | None = None
