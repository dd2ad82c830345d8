"""Checks a proof without the database, the settings or the keeper of the log.

    python -m audit.offline --proof FILE --event FILE --key FILE

Needs the event's canonical bytes, its tlog-proof and the verifier key that somebody kept elsewhere. Prints
what the proof shows. Exit codes: 0 it holds, 1 it does not, 2 wrong arguments.
"""

import argparse
import base64
import binascii
import hashlib
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit import merkle

_DASH = "— "


class DoesNotHold(Exception):
    """What is wrong with the proof, in words."""


def check(proof: str, event: bytes, key: str) -> str:
    """One line saying what is proved. Raises DoesNotHold."""
    head, _, note = proof.partition("\n\n")
    try:
        _header, index_line, *encoded = head.split("\n")
        index = int(index_line.removeprefix("index "))
        path = [base64.b64decode(line, validate=True) for line in encoded]
        body, _, signatures = note.rpartition("\n\n")
        origin, size, root, at = body.split("\n")
        wanted = base64.b64decode(root, validate=True)
    except (ValueError, binascii.Error) as error:
        raise DoesNotHold("the text is not a proof") from error
    _require_signature(body + "\n", signatures, key)
    try:
        found = merkle.root_from_path(merkle.leaf_hash(event), index, int(size), path)
    except ValueError as error:
        raise DoesNotHold(f"the path does not lead to a root: {error}") from error
    if found != wanted:
        raise DoesNotHold("the event is not the one at this place of the log, or was changed")
    return f"event {index} of {size} in {origin}, signed {at.removeprefix('at ')}"


def _require_signature(body: str, signatures: str, key: str) -> None:
    try:
        name, _key_id, encoded = key.strip().split("+", 2)
        data = base64.b64decode(encoded, validate=True)
        public = Ed25519PublicKey.from_public_bytes(data[1:])
    except (ValueError, binascii.Error) as error:
        raise DoesNotHold("the verifier key is not one") from error
    own = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    for line in signatures.splitlines():
        signer, _, signature = line.removeprefix(_DASH).rpartition(" ")
        try:
            signed = base64.b64decode(signature, validate=True)
            if signer == name and signed[:4] == own:
                public.verify(signed[4:], body.encode())
                return
        except (binascii.Error, InvalidSignature):
            continue
    raise DoesNotHold("the checkpoint is not signed by this key")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("proof", "event", "key"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    try:
        shown = check(
            given.proof.read_text(encoding="utf-8"),
            given.event.read_bytes(),
            given.key.read_text(encoding="utf-8"),
        )
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except DoesNotHold as error:
        sys.stdout.write(f"does not hold: {error}\n")
        return 1
    sys.stdout.write(f"holds: {shown}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
