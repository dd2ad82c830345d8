"""Signed statements of the log's size and root: C2SP tlog-checkpoint in signed-note form, Ed25519.

They are copied on a timer to a folder that the database's owner cannot write; one kept copy suffices to find
out a rewritten history.
"""

import base64
import binascii
import contextlib
import functools
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from audit import events, hooks
from audit.errors import ForkedExport, NoteInvalid
from audit.models import Checkpoint

SUFFIX = ".checkpoint"
_ED25519 = b"\x01"
_DASH = "— "


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: the name in the signature line and the Ed25519 public key."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The verifier key as text: name+id+key, to be kept where the log's keeper cannot change it."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Read a verifier key. Raises NoteInvalid."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            data = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise NoteInvalid("A verifier key reads name+id+key.") from error
        key = cls(name, data[1:])
        if data[:1] != _ED25519 or len(key.public) != 32 or key.id.hex() != key_id:
            raise NoteInvalid("The verifier key is not an Ed25519 key with its own id.")
        return key


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says. `at` is when it was signed; no event in it is younger."""

    origin: str
    size: int
    root: bytes
    at: datetime


def origin() -> str:
    """The log's name, first line of every checkpoint."""
    return str(getattr(settings, "JINGUI_LOG_ORIGIN", "jingui/audit"))


def own_key() -> Key:
    """The verifier key of this log. Raises SignerMissing."""
    return Key(origin(), _private(hooks.signing_seed()).public_key().public_bytes_raw())


def sign(size: int, root: bytes, at: datetime) -> str:
    """The signed note. Raises SignerMissing; ValueError for an empty tree, which would prove nothing."""
    if size < 1:
        raise ValueError("An empty tree is not signed.")
    body = _body(Statement(origin(), size, root, at))
    return f"{body}\n{signature(body)}"


def signature(body: str) -> str:
    """The signature line of a note whose text is `body`. Raises SignerMissing."""
    key = own_key()
    signed = _private(hooks.signing_seed()).sign(body.encode())
    return f"{_DASH}{key.name} {base64.b64encode(key.id + signed).decode()}\n"


def read(note: str, key: Key) -> Statement:
    """What the note says, if `key` signed it; other signatures are ignored. Raises NoteInvalid."""
    body, separator, signatures = note.rpartition("\n\n")
    if not separator:
        raise NoteInvalid("The checkpoint has no signature.")
    body += "\n"
    if not any(_signed(body, line, key) for line in signatures.splitlines()):
        raise NoteInvalid(f"The checkpoint is not signed by {key.name} with the key {key.id.hex()}.")
    return parse(body)


def parse(body: str) -> Statement:
    """What the text above the signatures says, signed or not. Raises NoteInvalid; size 0 proves nothing and
    is refused.
    """
    try:
        name, size, root, at = body.removesuffix("\n").split("\n")
        statement = Statement(
            name,
            int(size),
            base64.b64decode(root, validate=True),
            datetime.fromisoformat(at.removeprefix("at ")),
        )
    except ValueError as error:
        raise NoteInvalid("The checkpoint does not read origin, size, root, instant.") from error
    if _body(statement) != body or len(statement.root) != 32:
        raise NoteInvalid("The checkpoint does not read origin, size, root, instant.")
    if statement.size < 1:
        raise NoteInvalid("A checkpoint of an empty tree proves nothing.")
    return statement


def latest() -> Checkpoint | None:
    """The newest stored checkpoint."""
    return Checkpoint.objects.order_by("-size").first()


def export(folder: Path | None = None) -> Path | None:
    """Copy the newest checkpoint out of the database and return its file; None while the log is empty.

    The file appears whole or not at all, survives a power cut, and is never overwritten. Raises ForkedExport
    when the folder holds another checkpoint of that size, and OSError.
    """
    checkpoint = latest()
    if checkpoint is None:
        return None
    folder = (folder or _folder()) / f"{checkpoint.at:%Y-%m}"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    target = folder / f"{checkpoint.size:016d}{SUFFIX}"
    _write_new(target, checkpoint.note.encode())
    return target


def exported(folder: Path | None = None) -> Iterator[tuple[Path, str]]:
    """Every checkpoint kept outside, smallest tree first. A file that is no text comes as its replacement
    characters.
    """
    root = folder or _folder()
    for path in sorted(root.rglob(f"*{SUFFIX}"), key=lambda path: path.name):
        yield path, path.read_text(encoding="utf-8", errors="replace")


def _folder() -> Path:
    return Path(getattr(settings, "JINGUI_CHECKPOINTS"))  # noqa: B009  read by name: the package knows no project


def _body(statement: Statement) -> str:
    root, at = base64.b64encode(statement.root).decode(), events.format_instant(statement.at)
    return f"{statement.origin}\n{statement.size}\n{root}\nat {at}\n"


@functools.lru_cache(maxsize=2)
def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


@functools.lru_cache(maxsize=8)
def _public(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def _signed(body: str, line: str, key: Key) -> bool:
    name, separator, encoded = line.removeprefix(_DASH).rpartition(" ")
    if not (line.startswith(_DASH) and separator and name == key.name):
        return False
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    if data[:4] != key.id:
        return False
    try:
        _public(key.public).verify(data[4:], body.encode())
    except InvalidSignature:
        return False
    return True


def _write_new(target: Path, data: bytes) -> None:
    if not target.exists():
        temporary = target.with_suffix(f".{os.getpid()}.tmp")
        with contextlib.suppress(FileExistsError):
            _link(temporary, target, data)
    if target.read_bytes() != data:
        raise ForkedExport(
            f"{target} holds another checkpoint of the same size: run `manage.py audit_verify` now."
        )


def _link(temporary: Path, target: Path, data: bytes) -> None:
    """Write, sync and give the file its name in one step that fails when the name is taken."""
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    descriptor = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
