"""The code of a copy: what is printed on each of its pages, and what leads back from a page to its copy.

A code is twenty characters of Crockford's alphabet, printed in groups of four: fifteen drawn at random (75
bits; guessing one that was given out is hopeless) and five that check them. The check is a Reed-Solomon code
over the 32 characters: up to five wrong or exchanged characters are always noticed, and worse damage passes
with a chance of 1 in 33,554,432 (2^-25). A printed symbol corrects by itself first (QR, level H), and a page is
believed only when two of its symbols say the same, so for a wrong code to come out of a page both must be
wrong in the same way.
"""

import json
import secrets
from collections.abc import Iterable

from storage import forkserver
from storage.inspection.kinds import MIB
from storage.reproduction.errors import NotACopyCode, ScanUnreadable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM, CHECKS = 15, 5
LENGTH = RANDOM + CHECKS
# Two symbols of a page must agree before its code is believed.
AGREEING = 2
MAX_SCAN = 64 * MIB

_GROUP = 4
_ALIKE = str.maketrans("OIL", "011", "- ")
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
# x^5 + x^2 + 1, a primitive polynomial of the field of 32 elements.
_FIELD = 0b100101


def new_code() -> str:
    """A fresh code, with its groups."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return grouped(drawn + _checks(drawn))


def grouped(code: str) -> str:
    """`code` in groups of four, as it is printed."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def normalise(text: str) -> str:
    """The code that somebody typed or a symbol said, with its groups: small letters, spaces, missing hyphens and the
    letters O, I and L for 0 and 1 are understood. Raises `NotACopyCode`.
    """
    code = text.upper().translate(_ALIKE)
    if len(code) != LENGTH or any(character not in _VALUE for character in code):
        raise NotACopyCode
    if _checks(code[:RANDOM]) != code[RANDOM:]:
        raise NotACopyCode
    return grouped(code)


def read_codes(scan: Iterable[bytes], *, agreeing: int = AGREEING) -> tuple[str, ...]:
    """The codes of the copies whose pages are on a scan, a photograph or in a PDF of scans, in order; none where
    fewer than `agreeing` symbols of a page agree. `agreeing=1` is for a torn page: then one symbol is believed.

    Raises `ScanUnreadable`, `forkserver.ForkServerUnavailable`.
    """
    limits = forkserver.Limits(
        memory=1536 * MIB, cpu_seconds=60, wall_seconds=90.0, input_bytes=MAX_SCAN, output_bytes=MIB
    )
    try:
        answer = forkserver.run("storage.reproduction.worker:read_task", scan, {"agreeing": agreeing}, limits)
    except (
        forkserver.JobRefused,
        forkserver.JobTimeout,
        forkserver.JobTooLarge,
        forkserver.JobCrashed,
    ) as error:
        raise ScanUnreadable from error
    return tuple(json.loads(answer))


def _checks(drawn: str) -> str:
    """The remainder of the message by the generator with the roots a, a^2, … a^5."""
    register = [0] * CHECKS
    for character in drawn:
        factor = _VALUE[character] ^ register[0]
        register = [*register[1:], 0]
        register = [value ^ _times(factor, part) for value, part in zip(register, _GENERATOR, strict=True)]
    return "".join(ALPHABET[value] for value in register)


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        product ^= left if right & 1 else 0
        left <<= 1
        left ^= _FIELD if left & 0b100000 else 0
        right >>= 1
    return product


def _generator() -> tuple[int, ...]:
    """The product of (x - a^k), highest power left out."""
    found, root = [1], 1
    for _ in range(CHECKS):
        root = _times(root, 2)
        shifted, scaled = [*found, 0], [0, *(_times(value, root) for value in found)]
        found = [one ^ other for one, other in zip(shifted, scaled, strict=True)]
    return tuple(found[1:])


_GENERATOR = _generator()
