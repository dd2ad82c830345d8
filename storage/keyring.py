"""The key ring: key-encryption keys (KEKs) by compartment and version, in one file outside all data.

The file holds a root key provider and the inventory sealed under the root key (`FORMAT.md` section 3).
States of a KEK: `active` (wraps and unwraps; one per compartment) → `decrypt-only` → `retired` (refused,
material kept) → `destroyed` (material gone). `minimum` is the lowest version that still unwraps.
"""

import threading
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal
from uuid import UUID, uuid4

from django.conf import settings

from storage import hooks, ringfile
from storage.errors import KeyRingMissing, KeyStateRefused, KeyUnavailable, UnknownCompartment
from storage.primitive import Secret, context, expand, new_key, seal, unseal

COMPARTMENTS: Final = (
    "open",
    "ordinary",
    "core",
    "confidential",
    "secret",
    "top_secret",
    "pii",
    "audit",
    "search",
    "account",
)
State = Literal["active", "decrypt-only", "retired", "destroyed"]


@dataclass(frozen=True)
class Wrapped:
    """A key sealed under a KEK, and that KEK's version."""

    bytes: bytes
    version: int


@dataclass(frozen=True)
class KeyVersion:
    """One KEK as the ring's inventory knows it; `key` is None once destroyed."""

    version: int
    state: State
    created: str
    key: Secret | None


class KeyRing:
    """An opened key ring. Safe to share between threads; key material never shows in its representation."""

    def __init__(self, path: Path, ring_id: UUID, root: Secret, inventory: ringfile.Inventory) -> None:
        self.path = path
        self.id = ring_id
        self._root = root
        self._inventory = inventory
        self._keys = {
            name: {
                entry["version"]: KeyVersion(entry["version"], entry["state"], entry["created"], entry["key"])
                for entry in compartment["versions"]
            }
            for name, compartment in inventory["compartments"].items()
        }
        self._minimum = {name: c["minimum"] for name, c in inventory["compartments"].items()}
        self._active = {
            name: next(key.version for key in versions.values() if key.state == "active")
            for name, versions in self._keys.items()
        }
        self._derived: dict[tuple[str, int, bytes], Secret] = {}

    def __repr__(self) -> str:
        return f"<KeyRing {self.id}>"

    @classmethod
    def create(cls, path: str | Path) -> "KeyRing":
        """Write a new ring with version 1 of every compartment and a signing seed.

        Raises `KeyRingExists` (a ring is never overwritten) and `KeyRingUnsafe` (a bad place).
        """
        created = datetime.now(UTC).isoformat(timespec="seconds")
        inventory: ringfile.Inventory = {
            "compartments": {name: _first_version(created) for name in COMPARTMENTS},
            "signing_seed": new_key(),
        }
        ringfile.create(Path(path), uuid4(), inventory)
        return cls.load(path)

    @classmethod
    def load(cls, path: str | Path) -> "KeyRing":
        """Open the ring at `path`.

        Raises `KeyRingMissing`, `KeyRingUnsafe` (permissions, owner, symbolic link, place),
        `KeyRingDamaged`, `KeyRingTooNew`, `UnknownProvider`.
        """
        return cls(Path(path), *ringfile.read(Path(path)))

    def wrap(self, compartment: str, key32: bytes, context: bytes) -> Wrapped:
        """Seal a 32-byte key under the active KEK of `compartment`, bound to `context`; 104 bytes."""
        version = self.active(compartment)
        return Wrapped(
            seal(self._usable(compartment, version), key32, _wrap_context(compartment, context)), version
        )

    def unwrap(self, compartment: str, wrapped: bytes, version: int, context: bytes) -> Secret:
        """Reverse `wrap`. Raises `NotAuthentic`, `KeyUnavailable`, `UnknownCompartment`."""
        return unseal(self._usable(compartment, version), wrapped, _wrap_context(compartment, context))

    def derive(self, compartment: str, version: int, info: bytes) -> Secret:
        """Derive a 32-byte key from one KEK, the same for the same arguments for as long as it exists."""
        cached = self._derived.get((compartment, version, info))
        if cached is None:
            cached = expand(self._usable(compartment, version), context("jingui derived key 1", info))
            self._derived[compartment, version, info] = cached
        return cached

    def active(self, compartment: str) -> int:
        """The version that new keys of `compartment` are wrapped with."""
        try:
            return self._active[compartment]
        except KeyError:
            raise UnknownCompartment(f"There is no key compartment named {compartment!r}.") from None

    def readable(self, compartment: str) -> list[int]:
        """Versions of `compartment` that unwrap, newest first."""
        self.active(compartment)
        return sorted(
            (v for v, key in self._keys[compartment].items() if self._refusal(compartment, key) is None),
            reverse=True,
        )

    def states(self, compartment: str) -> dict[int, State]:
        """The state of every version of `compartment`, for reports."""
        self.active(compartment)
        return {version: key.state for version, key in self._keys[compartment].items()}

    def minimum(self, compartment: str) -> int:
        self.active(compartment)
        return self._minimum[compartment]

    def signing_seed(self) -> Secret:
        """The Ed25519 seed (32 bytes) that signs checkpoints of the audit log."""
        return self._inventory["signing_seed"]

    # Life cycle. Each writes the file atomically, under a lock, from its newest state, and returns the
    # ring as it then is; this object stays as it was.

    def rotate(self, compartment: str) -> "KeyRing":
        """Add a version and make it active; the former one becomes decrypt-only."""

        def change(entry: ringfile.Compartment) -> int:
            for key in entry["versions"]:
                if key["state"] == "active":
                    key["state"] = "decrypt-only"
            version = max(key["version"] for key in entry["versions"]) + 1
            entry["versions"].append(_version(version, hooks.now().isoformat(timespec="seconds")))
            return version

        return self._change("kek.rotated", compartment, change)

    def retire_below(self, compartment: str, minimum: int) -> "KeyRing":
        """Refuse every version lower than `minimum`, which must exist and unwrap."""

        def change(entry: ringfile.Compartment) -> int:
            usable = [k["version"] for k in entry["versions"] if k["state"] in ("active", "decrypt-only")]
            if minimum not in usable or minimum < entry["minimum"]:
                raise KeyStateRefused(f"Version {minimum} of {compartment} cannot become the lowest in use.")
            entry["minimum"] = minimum
            for key in entry["versions"]:
                if key["version"] < minimum and key["state"] == "decrypt-only":
                    key["state"] = "retired"
            return minimum

        return self._change("kek.retired", compartment, change)

    def destroy(self, compartment: str, version: int) -> "KeyRing":
        """Remove the material of a retired version for ever: whatever it still wraps is lost."""

        def change(entry: ringfile.Compartment) -> int:
            for key in entry["versions"]:
                if key["version"] == version and key["state"] == "retired":
                    key["state"], key["key"] = "destroyed", None
                    return version
            raise KeyStateRefused(f"Version {version} of {compartment} is not retired; retire it first.")

        return self._change("kek.destroyed", compartment, change)

    def _change(self, event: str, compartment: str, change: ringfile.Change) -> "KeyRing":
        self.active(compartment)

        with ExitStack() as telling:

            def recorded(inventory: ringfile.Inventory) -> None:
                version = change(inventory["compartments"][compartment])
                telling.enter_context(hooks.key_event(event, compartment=compartment, version=version))

            ringfile.rewrite(self.path, recorded)
        return KeyRing.load(self.path)

    def _usable(self, compartment: str, version: int) -> Secret:
        self.active(compartment)
        key = self._keys[compartment].get(version)
        refusal = "unknown to this key ring" if key is None else self._refusal(compartment, key)
        if key is None or key.key is None or refusal is not None:
            raise KeyUnavailable(
                f"Key version {version} of {compartment} is {refusal}. "
                "If the key ring was restored from an older copy, put the newest one back."
            )
        return key.key

    def _refusal(self, compartment: str, key: KeyVersion) -> str | None:
        if key.state in ("retired", "destroyed"):
            return key.state
        return "below the lowest version in use" if key.version < self._minimum[compartment] else None


_lock = threading.Lock()
_configured: Path | None = None
_current: tuple[tuple[object, ...], KeyRing] | None = None


def configure(path: str | Path | None) -> None:
    """Use the ring at `path` from now on; None returns to `settings.JINGUI_KEY_RING`."""
    global _configured, _current
    with _lock:
        _configured = None if path is None else Path(path)
        _current = None


def current() -> KeyRing:
    """The configured ring, read again when its file has changed. Raises as `KeyRing.load`."""
    global _current
    path = _configured or getattr(settings, "JINGUI_KEY_RING", None)
    if not path:
        raise KeyRingMissing(ringfile.MISSING.format(path="(not set)"))
    fingerprint = (path, ringfile.fingerprint(path))
    opened = _current
    if opened is None or opened[0] != fingerprint:
        with _lock:
            opened = _current = (fingerprint, KeyRing.load(path))
    return opened[1]


def _wrap_context(compartment: str, inner: bytes) -> bytes:
    return context("jingui wrapped key 1", compartment.encode(), inner)


def _version(version: int, created: str) -> ringfile.Key:
    return {"version": version, "state": "active", "created": created, "key": new_key()}


def _first_version(created: str) -> ringfile.Compartment:
    return {"minimum": 1, "versions": [_version(1, created)]}
