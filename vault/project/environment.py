"""Reads every setting from the environment and refuses an unsafe or missing one with a text that says what to set.

Nothing here imports Django's settings: it runs before them.
"""

import ipaddress
import os
import secrets
import stat
import warnings
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

STATE_CONTENT_CHOICES = ("register_only", "attested")
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


@dataclass(frozen=True)
class StateContent:
    """P-01: whether bodies of state secrets may be stored here, and on which certificate."""

    mode: str
    grade: str = ""
    certificate: str = ""
    valid_until: date | None = None

    def is_open(self, today: date) -> bool:
        """True while the attestation stands; the day of expiry is its last."""
        return self.mode == "attested" and self.valid_until is not None and today <= self.valid_until


@dataclass(frozen=True)
class Environment:
    """What the environment says, checked."""

    home: Path
    key_ring: Path
    checkpoints: Path
    secret_key: str
    database: dict[str, object]
    audit_database: dict[str, object]
    hosts: list[str]
    demo: bool
    trust_proxy: bool
    certificate_proxy: str
    clamd_socket: str
    refuse_unscanned_classified: bool
    state_content: StateContent
    owner_name: str
    level_names: dict[str, str]
    classification_authority: int
    email: dict[str, object]  # EMAIL_ settings of Django; empty, no mail is sent
    email_from: str


def read() -> Environment:
    """Read and check everything. Raises ImproperlyConfigured naming the variable and the remedy."""
    # Databases, queues and whatever else a library opens are for this account alone.
    os.umask(0o077)
    env = environ.Env()
    home = _home(env)
    key_ring = _outside(home, Path(_required(env, "JINGUI_KEY_RING", _KEY_RING_HELP)), "JINGUI_KEY_RING")
    checkpoints = Path(env.str("JINGUI_CHECKPOINTS", str(home / "checkpoints")))
    email = _email(env)
    return Environment(
        home=home,
        key_ring=key_ring,
        checkpoints=checkpoints,
        secret_key=_secret_key(env, key_ring.parent),
        database=_database(env, "JINGUI_DATABASE_URL", home / "jingui.sqlite3"),
        audit_database=_database(env, "JINGUI_AUDIT_DATABASE_URL", home / "audit.sqlite3"),
        hosts=env.list("JINGUI_HOSTS", default=LOOPBACK_HOSTS),
        demo=env.bool("JINGUI_DEMO", False),
        trust_proxy=env.bool("JINGUI_TRUST_PROXY", False),
        certificate_proxy=_address(env, "JINGUI_CERTIFICATE_PROXY"),
        clamd_socket=env.str("JINGUI_CLAMD_SOCKET", ""),
        refuse_unscanned_classified=env.bool("JINGUI_REFUSE_UNSCANNED_CLASSIFIED", False),
        state_content=_state_content(env),
        owner_name=_printed(env, "JINGUI_OWNER_NAME", "本公司"),
        level_names={
            "ordinary": _printed(env, "JINGUI_LEVEL_ORDINARY", "普通商密"),
            "core": _printed(env, "JINGUI_LEVEL_CORE", "核心商密"),
        },
        classification_authority=_classification_authority(env),
        email=email,
        email_from=_sender(env) if email else "",
    )


_HOME_HELP = (
    "Set JINGUI_HOME to an absolute path of a folder that only the service's account can read (mode 0700). "
    "Everything Jingui stores goes there, encrypted. To look around first: python manage.py demo"
)
_KEY_RING_HELP = (
    "Set JINGUI_KEY_RING to the absolute path of the key ring file, outside JINGUI_HOME. "
    "`python manage.py init` creates it; keep a copy apart from every backup of the data."
)


_EMAIL_HELP = (
    "Use smtp+tls://user:password@host:587 or smtp+ssl://user:password@host:465; plain smtp:// for a server on this "
    "machine only. Leave it unset and no mail is sent."
)

# P-06: the highest state level that this organisation may set itself.
AUTHORITIES = {"none": 0, "confidential": 1, "secret": 2, "top_secret": 3}


def _printed(env: environ.Env, name: str, default: str) -> str:
    """A name that marks carry (P-08). ★ belongs to state secrets alone (CL-10)."""
    value = str(env.str(name, default)).strip()
    if not value or len(value) > 32 or not value.isprintable() or "★" in value:
        raise ImproperlyConfigured(f"{name} is {value!r}: use a name of 1 to 32 characters without ★.")
    return value


def _address(env: environ.Env, name: str) -> str:
    """One IP address, or nothing: a name could be anybody's tomorrow."""
    given = str(env.str(name, "")).strip()
    if not given:
        return ""
    try:
        return str(ipaddress.ip_address(given))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} is {given!r}: use the IP address from which the proxy that checks client certificates connects, "
            "or leave it unset."
        ) from error


def _classification_authority(env: environ.Env) -> int:
    given = env.str("JINGUI_CLASSIFICATION_AUTHORITY", "none")
    if given not in AUTHORITIES:
        raise ImproperlyConfigured(
            f"JINGUI_CLASSIFICATION_AUTHORITY is {given!r}: use one of {', '.join(AUTHORITIES)}."
        )
    return AUTHORITIES[given]


def _required(env: environ.Env, name: str, remedy: str) -> str:
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {remedy}")
    return str(value)


def _home(env: environ.Env) -> Path:
    home = Path(_required(env, "JINGUI_HOME", _HOME_HELP))
    if not home.is_absolute():
        raise ImproperlyConfigured(f"JINGUI_HOME is not an absolute path: {home}. {_HOME_HELP}")
    if home.is_symlink():
        raise ImproperlyConfigured(f"JINGUI_HOME is a symbolic link: {home}. Name the folder itself.")
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"JINGUI_HOME cannot be created at {home}: {error.strerror}. {_HOME_HELP}"
        ) from error
    if not home.is_dir():
        raise ImproperlyConfigured(f"JINGUI_HOME is not a folder: {home}. {_HOME_HELP}")
    _refuse_shared(home, "JINGUI_HOME", "chmod 700")
    return home


def _outside(home: Path, path: Path, name: str) -> Path:
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} is not an absolute path: {path}. {_KEY_RING_HELP}")
    if path.resolve().is_relative_to(home.resolve()):
        raise ImproperlyConfigured(
            f"{name} lies inside JINGUI_HOME: one stolen folder would hold both the data and its keys. {_KEY_RING_HELP}"
        )
    return path


def _refuse_shared(path: Path, name: str, remedy: str) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ImproperlyConfigured(f"{name} is open to others (mode {mode:04o}): run `{remedy} {path}`.")


def _secret_key(env: environ.Env, folder: Path) -> str:
    """Signs sessions and forms only; no stored byte depends on it, so it may be replaced at any time."""
    given = env.str("JINGUI_SECRET_KEY", "")
    if given:
        if len(given) < 50:
            raise ImproperlyConfigured(
                "JINGUI_SECRET_KEY is shorter than 50 characters: use a long random value, or leave it unset."
            )
        return str(given)
    path = folder / "session-secret"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        _refuse_shared(path, "The session secret", "chmod 600")
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder of JINGUI_KEY_RING cannot be written ({folder}: {error.strerror}): "
            "create it with mode 0700, or set JINGUI_SECRET_KEY."
        ) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(64)
        file.write(secret)
    return secret


def _database(env: environ.Env, name: str, default: Path) -> dict[str, object]:
    try:
        # The library warns of an unknown engine with the address and its password; the refusal below does not.
        with warnings.catch_warnings(action="ignore"):
            config: dict[str, object] = env.db_url(name, f"sqlite:///{default}")
    except (ValueError, environ.ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            f"{name} is not a database address. Use postgres://user:password@host:5432/name, "
            "or leave it unset for SQLite."
        ) from error
    engine = config.get("ENGINE")
    if engine == "django.db.backends.sqlite3":
        # FULL: a committed event survives a power cut. secure_delete: an erased key leaves no page behind.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON"
            ),
        }
    elif engine == "django.db.backends.postgresql":
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured(f"{name} names {engine}: only SQLite and PostgreSQL are supported.")
    return config


def _email(env: environ.Env) -> dict[str, object]:
    """Where notices are handed over by mail. In the clear to this machine only, as with HTTP (P-02)."""
    if not env.str("JINGUI_EMAIL_URL", ""):
        return {}
    try:
        found: dict[str, object] = env.email_url("JINGUI_EMAIL_URL")
    except (ValueError, environ.ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            f"JINGUI_EMAIL_URL is not a mail server's address. {_EMAIL_HELP}"
        ) from error
    if found["EMAIL_BACKEND"] != environ.Env.EMAIL_SCHEMES["smtp"] or not found["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"JINGUI_EMAIL_URL is not a mail server's address. {_EMAIL_HELP}")
    encrypted = bool(found.get("EMAIL_USE_TLS") or found.get("EMAIL_USE_SSL"))
    if not encrypted and found["EMAIL_HOST"] not in {*LOOPBACK_HOSTS, "::1"}:
        raise ImproperlyConfigured(
            f"JINGUI_EMAIL_URL hands mail to another machine in the clear. {_EMAIL_HELP}"
        )
    kept = ("BACKEND", "HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    taken = {f"EMAIL_{name}": found[f"EMAIL_{name}"] for name in kept if found.get(f"EMAIL_{name}")}
    usual = 465 if found.get("EMAIL_USE_SSL") else 587 if found.get("EMAIL_USE_TLS") else 25
    return {"EMAIL_PORT": usual, **taken}


def _sender(env: environ.Env) -> str:
    address = _required(
        env, "JINGUI_EMAIL_FROM", "With JINGUI_EMAIL_URL, set the address that mail comes from."
    )
    try:
        validate_email(address)
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"JINGUI_EMAIL_FROM is {address!r}: use one plain address, such as archive@example.com."
        ) from error
    return address


def _state_content(env: environ.Env) -> StateContent:
    mode = env.str("JINGUI_STATE_CONTENT", "register_only")
    if mode not in STATE_CONTENT_CHOICES:
        raise ImproperlyConfigured(
            f"JINGUI_STATE_CONTENT is {mode!r}: use register_only, "
            "or attested with _GRADE, _CERTIFICATE and _VALID_UNTIL."
        )
    if mode == "register_only":
        return StateContent(mode)
    grade, certificate, until = (
        env.str(f"JINGUI_STATE_CONTENT_{part}", "") for part in ("GRADE", "CERTIFICATE", "VALID_UNTIL")
    )
    try:
        valid_until = date.fromisoformat(until)
    except ValueError as error:
        raise ImproperlyConfigured(
            "JINGUI_STATE_CONTENT_VALID_UNTIL must be a date like 2027-03-31."
        ) from error
    if not (grade and certificate):
        raise ImproperlyConfigured(
            "JINGUI_STATE_CONTENT=attested needs JINGUI_STATE_CONTENT_GRADE and JINGUI_STATE_CONTENT_CERTIFICATE."
        )
    return StateContent(mode, grade, certificate, valid_until)
