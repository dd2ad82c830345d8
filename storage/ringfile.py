"""Reading and writing the key ring file: where it may stand, who may read it, what is in it.

The file is one JSON object: format, version, ring id, the root key's provider and the inventory sealed
under the root key. Another provider (passphrase, shares, a key service) is one more entry of `PROVIDERS`.
"""

import base64
import contextlib
import errno
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypedDict
from uuid import UUID

from storage.errors import (
    KeyRingDamaged,
    KeyRingExists,
    KeyRingMissing,
    KeyRingTooNew,
    KeyRingUnsafe,
    NotAuthentic,
    UnknownProvider,
)
from storage.primitive import KEY_BYTES, Secret, context, new_key, seal, unseal

FORMAT: Final = "jingui-key-ring"
VERSION: Final = 1
LARGEST: Final = 16 * 1024 * 1024
MISSING: Final = (
    "There is no key ring at {path}. Set JINGUI_KEY_RING to the key ring file of this installation, "
    "or make a new installation with `manage.py init`. Without its key ring no data can be read."
)


class Key(TypedDict):
    version: int
    state: Any
    created: str
    key: Secret | None


class Compartment(TypedDict):
    minimum: int
    versions: list[Key]


class Inventory(TypedDict):
    compartments: dict[str, Compartment]
    signing_seed: Secret


Change = Callable[[Compartment], int]


def create(path: Path, ring_id: UUID, inventory: Inventory) -> None:
    """Write a new file, 0600, never over an existing one."""
    _refuse_place(path)
    root = new_key()
    provider = {"name": "file", "root": root}
    with _failures(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.path.lexists(path):
            raise KeyRingExists(f"A key ring stands at {path} already; it is never overwritten.")
        _write(path, _encode(ring_id, provider, root, inventory), os.link)


def read(path: Path) -> tuple[UUID, Secret, Inventory]:
    """Check the file's safety, then open it with its provider."""
    document = _document(_read_safely(path), path)
    root = _root(document, path)
    return document["ring"], root, _inventory(document, root, path)


def rewrite(path: Path, change: Callable[[Inventory], None]) -> None:
    """Apply `change` to the newest inventory and replace the file, one process at a time."""
    with _failures(path):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        document = _document(_read_safely(path), path)
        root = _root(document, path)
        inventory = _inventory(document, root, path)
        change(inventory)
        with _failures(path):
            _write(path, _encode(document["ring"], document["provider"], root, inventory), os.replace)
    finally:
        os.close(folder)


def fingerprint(path: str | Path) -> tuple[int, ...]:
    """What changes when the file does. Raises `KeyRingMissing`."""
    try:
        found = os.lstat(path)
    except OSError:
        with _failures(Path(path)):
            raise
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_mode


def _read_safely(path: Path) -> Secret:
    _refuse_place(path)
    with _failures(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _refuse_loose(path, os.fstat(descriptor))
            return Secret(b"".join(iter(lambda: os.read(descriptor, LARGEST), b"")))
        finally:
            os.close(descriptor)


def _refuse_loose(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyRingUnsafe(f"The key ring at {path} is not an ordinary file. Put the file itself there.")
    if found.st_mode & 0o177:
        raise KeyRingUnsafe(
            f"The key ring at {path} can be read or changed by others "
            f"(mode {stat.S_IMODE(found.st_mode):04o}). Run: chmod 600 {path}"
        )
    if found.st_uid != os.geteuid():
        raise KeyRingUnsafe(
            f"The key ring at {path} belongs to another user. Give it to the service's own user."
        )
    if found.st_size > LARGEST:
        raise _damaged(path)


def _document(raw: Secret, path: Path) -> dict[str, Any]:
    """Parse without leaving the root key where a traceback shows it."""
    document: Any = None
    with contextlib.suppress(ValueError, RecursionError):
        document = json.loads(bytes(raw), object_hook=_hide)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _damaged(path)
    version = document.get("version")
    if not isinstance(version, int) or version < 1:
        raise _damaged(path)
    if version > VERSION:
        raise KeyRingTooNew(
            f"The key ring at {path} has version {version}; this release reads up to version {VERSION}. "
            "Start the release that wrote it, or a newer one."
        )
    try:
        document["ring"] = UUID(document["ring"])
        document["sealed"] = base64.b64decode(document["sealed"], validate=True)
        document["provider"]["name"]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged(path) from None
    return document


def _hide(values: dict[str, Any]) -> dict[str, Any]:
    for name in ("root", "key", "signing_seed"):
        if isinstance(values.get(name), str):
            values[name] = Secret(base64.b64decode(values[name], validate=True))
    return values


def _root(document: dict[str, Any], path: Path) -> Secret:
    name = document["provider"]["name"]
    if name not in PROVIDERS:
        raise UnknownProvider(
            f"The key ring at {path} keeps its root key with {name!r}, which this release does not know."
        )
    root = PROVIDERS[name](document["provider"])
    if root is None or len(root) != KEY_BYTES:
        raise _damaged(path)
    return root


def _inventory(document: dict[str, Any], root: Secret, path: Path) -> Inventory:
    inventory: Inventory | None = None
    with contextlib.suppress(NotAuthentic):
        inventory = json.loads(
            bytes(unseal(root, document["sealed"], _context(document["ring"]))), object_hook=_hide
        )
    if inventory is None:
        raise _damaged(path)
    return inventory


def _encode(ring_id: UUID, provider: dict[str, Any], root: Secret, inventory: Inventory) -> Secret:
    plain = Secret(json.dumps(inventory, default=_text, sort_keys=True).encode())
    document = {
        "format": FORMAT,
        "version": VERSION,
        "ring": str(ring_id),
        "provider": provider,
        "sealed": _text(seal(root, plain, _context(ring_id))),
    }
    return Secret((json.dumps(document, default=_text, indent=1) + "\n").encode())


def _write(path: Path, content: Secret, publish: Callable[[Path, Path], None]) -> None:
    """Temporary file, fsync, publish under the name, fsync of the folder: the old file or the new, whole."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        publish(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_place(path: Path) -> None:
    """Refuse a place that is copied together with what the ring protects: code, blobs, databases."""
    real = Path(os.path.realpath(path))
    for folder in real.parents:
        if (folder / "__init__.py").exists():
            raise KeyRingUnsafe(f"The key ring at {path} stands inside the program. Move it elsewhere.")
    if (real.parent / "manage.py").exists():
        raise KeyRingUnsafe(f"The key ring at {path} stands beside the program. Move it elsewhere.")
    for folder, what in _data_folders():
        if real.is_relative_to(folder):
            raise KeyRingUnsafe(
                f"The key ring at {path} stands in the folder of the {what}, so whoever copies "
                "the data also copies its keys. Move it to a folder of its own."
            )


def _data_folders() -> Iterator[tuple[Path, str]]:
    from django.conf import settings

    if not settings.configured:
        return
    blobs = getattr(settings, "JINGUI_BLOBS", None)
    if blobs:
        yield Path(os.path.realpath(blobs)), "blobs"
    for database in settings.DATABASES.values():
        name = str(database.get("NAME") or "")
        if "sqlite" in str(database.get("ENGINE", "")) and os.path.isabs(name):
            yield Path(os.path.realpath(name)).parent, "database"


@contextlib.contextmanager
def _failures(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise KeyRingMissing(MISSING.format(path=path)) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise KeyRingUnsafe(
                f"The key ring at {path} is a symbolic link. Put the file itself there."
            ) from None
        if error.errno == errno.EEXIST:
            raise KeyRingExists(f"A key ring stands at {path} already; it is never overwritten.") from None
        raise KeyRingUnsafe(f"The key ring at {path} cannot be used: {error.strerror}.") from None


def _damaged(path: Path) -> KeyRingDamaged:
    return KeyRingDamaged(
        f"The key ring at {path} is damaged or incomplete. Restore it from its own backup; "
        "do not make a new one, which could not read the existing data."
    )


def _context(ring_id: UUID) -> bytes:
    return context("jingui key ring 1", ring_id.bytes)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _file_root(provider: dict[str, Any]) -> Secret | None:
    root = provider.get("root")
    return root if isinstance(root, Secret) else None


PROVIDERS: Final[dict[str, Callable[[dict[str, Any]], Secret | None]]] = {"file": _file_root}
