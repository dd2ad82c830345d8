"""An unsafe or missing setting, a newer database and an unguarded log keep the system from starting."""

import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.test import Client

from audit import triggers
from tests.support.databases import committed_databases, migrated_databases  # noqa: F401  fixtures
from vault.project import environment
from vault.project.preparation import ALIASES, prepare_databases, require_guarded


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A sound environment, to be spoilt in one point."""
    for name in [name for name in os.environ if name.startswith("JINGUI_")]:
        monkeypatch.delenv(name)
    for folder in ("home", "keys"):
        (tmp_path / folder).mkdir(mode=0o700)
    monkeypatch.setenv("JINGUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("JINGUI_KEY_RING", str(tmp_path / "keys" / "keyring.json"))
    mask = os.umask(0o077)
    yield monkeypatch
    os.umask(mask)


def refusal() -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        environment.read()
    return str(caught.value)


def test_a_sound_environment_is_read(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = environment.read()
    assert found.home == tmp_path / "home"
    assert found.state_content.mode == "register_only"
    assert found.hosts == environment.LOOPBACK_HOSTS
    assert not found.demo
    assert not found.trust_proxy
    assert found.database["NAME"] != found.audit_database["NAME"]
    assert len(found.secret_key) >= 50
    secret = tmp_path / "keys" / "session-secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert environment.read().secret_key == found.secret_key


def test_no_mail_is_sent_unless_a_server_is_named(given: pytest.MonkeyPatch) -> None:
    given.setenv("JINGUI_EMAIL_FROM", "archive@example.com")
    found = environment.read()
    assert (found.email, found.email_from) == ({}, "")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://127.0.0.1", {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": 25}),
        ("smtp://localhost:2525", {"EMAIL_HOST": "localhost", "EMAIL_PORT": 2525}),
        (
            "smtp+tls://user:pass%40word@mail.example.com",
            {
                "EMAIL_HOST": "mail.example.com",
                "EMAIL_PORT": 587,
                "EMAIL_HOST_USER": "user",
                "EMAIL_HOST_PASSWORD": "pass@word",
                "EMAIL_USE_TLS": True,
            },
        ),
        (
            "smtp+ssl://mail.example.com",
            {"EMAIL_HOST": "mail.example.com", "EMAIL_PORT": 465, "EMAIL_USE_SSL": True},
        ),
    ],
)
def test_a_mail_server_is_read(given: pytest.MonkeyPatch, url: str, wanted: dict[str, object]) -> None:
    given.setenv("JINGUI_EMAIL_URL", url)
    given.setenv("JINGUI_EMAIL_FROM", "archive@example.com")
    found = environment.read()
    assert found.email == {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", **wanted}
    assert found.email_from == "archive@example.com"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "consolemail://",
        "filemail:///tmp/mail",
        "smtp+tls://",
        "smtp://:25",
    ],
)
def test_what_is_no_mail_server_is_refused_without_its_password(given: pytest.MonkeyPatch, url: str) -> None:
    given.setenv("JINGUI_EMAIL_URL", url)
    given.setenv("JINGUI_EMAIL_FROM", "archive@example.com")
    assert refusal().startswith("JINGUI_EMAIL_URL is not a mail server's address.")


@pytest.mark.parametrize("query", ["", "?use_tls=0", "?email_use_tls=0"])
def test_mail_leaves_this_machine_encrypted_only(given: pytest.MonkeyPatch, query: str) -> None:
    """P-02: as with HTTP."""
    given.setenv("JINGUI_EMAIL_URL", f"smtp://user:hunter2@mail.example.com{query}")
    given.setenv("JINGUI_EMAIL_FROM", "archive@example.com")
    said = refusal()
    assert "in the clear" in said
    assert "hunter2" not in said


def test_mail_needs_one_plain_sender(given: pytest.MonkeyPatch) -> None:
    given.setenv("JINGUI_EMAIL_URL", "smtp://127.0.0.1")
    assert refusal().startswith("JINGUI_EMAIL_FROM is not set.")
    for wrong in (
        "archive",
        "Archive <archive@example.com>",
        "a@example.com, b@example.com",
        "a@example.com\nBcc: b@example.com",
    ):
        given.setenv("JINGUI_EMAIL_FROM", wrong)
        assert refusal().startswith("JINGUI_EMAIL_FROM is ")


@pytest.mark.parametrize("name", ["JINGUI_HOME", "JINGUI_KEY_RING"])
def test_a_missing_place_is_refused_with_what_to_set(given: pytest.MonkeyPatch, name: str) -> None:
    """P-02"""
    given.delenv(name)
    assert refusal().startswith(f"{name} is not set. Set {name} to")


@pytest.mark.parametrize("name", ["JINGUI_HOME", "JINGUI_KEY_RING"])
def test_a_relative_place_is_refused(given: pytest.MonkeyPatch, name: str) -> None:
    given.setenv(name, "somewhere")
    assert f"{name} is not an absolute path" in refusal()


def test_a_home_behind_a_symbolic_link_is_refused(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "home")
    given.setenv("JINGUI_HOME", str(tmp_path / "link"))
    assert "symbolic link" in refusal()


def test_a_home_that_is_a_file_is_refused(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given.setenv("JINGUI_HOME", str(tmp_path / "file"))
    assert "JINGUI_HOME" in refusal()


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_a_home_open_to_others_is_refused(given: pytest.MonkeyPatch, tmp_path: Path, mode: int) -> None:
    (tmp_path / "home").chmod(mode)
    assert f"mode {mode:04o}" in refusal()
    (tmp_path / "home").chmod(0o700)
    environment.read()


@pytest.mark.parametrize("inside", ["keyring.json", "keys/keyring.json", "../home/keyring.json"])
def test_a_key_ring_inside_the_home_is_refused(
    given: pytest.MonkeyPatch, tmp_path: Path, inside: str
) -> None:
    """One stolen folder must not hold both the data and its keys."""
    given.setenv("JINGUI_KEY_RING", str(tmp_path / "home" / inside))
    assert "lies inside JINGUI_HOME" in refusal()


@pytest.mark.parametrize("name", ["JINGUI_DATABASE_URL", "JINGUI_AUDIT_DATABASE_URL"])
@pytest.mark.parametrize("address", ["not an address", "postgres://host:port/name", "oracle9://a/b"])
def test_a_bad_database_address_is_refused_by_name(
    given: pytest.MonkeyPatch, name: str, address: str
) -> None:
    given.setenv(name, address)
    assert refusal().startswith(name)


@pytest.mark.parametrize("address", ["mysql://a:b@localhost/c", "oracle://a:b@localhost:1521/c"])
def test_another_engine_is_refused(given: pytest.MonkeyPatch, address: str) -> None:
    given.setenv("JINGUI_DATABASE_URL", address)
    assert "only SQLite and PostgreSQL" in refusal()


def test_a_database_password_is_not_repeated_in_a_refusal(given: pytest.MonkeyPatch) -> None:
    for address in ("mysql://a:geheim@localhost/c", "postgres://a:geheim@host:port/c"):
        given.setenv("JINGUI_DATABASE_URL", address)
        assert "geheim" not in refusal()


@pytest.mark.parametrize("address", ["proxy.example", "10.0.0.1,10.0.0.2", "10.0.0.0/8", "*"])
def test_the_certificate_proxy_is_one_address(given: pytest.MonkeyPatch, address: str) -> None:
    """RR-03: a name or a range could be anybody's."""
    given.setenv("JINGUI_CERTIFICATE_PROXY", address)
    assert refusal().startswith("JINGUI_CERTIFICATE_PROXY")
    for good in ("", "192.0.2.1", "2001:DB8::1"):
        given.setenv("JINGUI_CERTIFICATE_PROXY", good)
        assert environment.read().certificate_proxy == good.lower()


def test_a_short_secret_is_refused(given: pytest.MonkeyPatch) -> None:
    given.setenv("JINGUI_SECRET_KEY", "x" * 49)
    assert "shorter than 50" in refusal()
    given.setenv("JINGUI_SECRET_KEY", "x" * 50)
    assert environment.read().secret_key == "x" * 50


def test_a_secret_file_open_to_others_is_refused(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.read()
    (tmp_path / "keys" / "session-secret").chmod(0o640)
    assert "mode 0640" in refusal()


ATTESTED = {
    "JINGUI_STATE_CONTENT": "attested",
    "JINGUI_STATE_CONTENT_GRADE": "机密级",
    "JINGUI_STATE_CONTENT_CERTIFICATE": "2026-0001",
    "JINGUI_STATE_CONTENT_VALID_UNTIL": "2027-03-31",
}


def test_an_attestation_stands_to_its_last_day(given: pytest.MonkeyPatch) -> None:
    """P-01"""
    for name, value in ATTESTED.items():
        given.setenv(name, value)
    found = environment.read().state_content
    assert found.is_open(date(2027, 3, 31))
    assert not found.is_open(date(2027, 4, 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JINGUI_STATE_CONTENT", "yes"),
        ("JINGUI_STATE_CONTENT_GRADE", ""),
        ("JINGUI_STATE_CONTENT_CERTIFICATE", ""),
        ("JINGUI_STATE_CONTENT_VALID_UNTIL", ""),
        ("JINGUI_STATE_CONTENT_VALID_UNTIL", "31.03.2027"),
    ],
)
def test_an_incomplete_attestation_is_refused_by_name(
    given: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """P-01: content of state secrets is never open by a slip of the pen."""
    for known, sound in ATTESTED.items():
        given.setenv(known, sound)
    given.setenv(name, value)
    assert name in refusal()


def test_the_names_on_marks_and_the_authority_to_classify_are_settings(given: pytest.MonkeyPatch) -> None:
    """P-06, P-08: no authority unless one is named; the owner's own names of enterprise levels."""
    found = environment.read()
    assert found.classification_authority == 0
    assert found.level_names == {"ordinary": "普通商密", "core": "核心商密"}
    given.setenv("JINGUI_CLASSIFICATION_AUTHORITY", "secret")
    given.setenv("JINGUI_LEVEL_CORE", "重要商密")
    given.setenv("JINGUI_OWNER_NAME", "爱众燃气")
    found = environment.read()
    assert found.classification_authority == 2
    assert (found.level_names["core"], found.owner_name) == ("重要商密", "爱众燃气")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JINGUI_CLASSIFICATION_AUTHORITY", "2"),
        ("JINGUI_CLASSIFICATION_AUTHORITY", "Secret"),
        ("JINGUI_LEVEL_ORDINARY", "商密★"),
        ("JINGUI_LEVEL_CORE", "x" * 33),
        ("JINGUI_OWNER_NAME", "一\n二"),
        ("JINGUI_OWNER_NAME", " "),
    ],
)
def test_an_unsafe_name_or_authority_is_refused_by_name(
    given: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """CL-10: ★ stands on state secrets alone, so no other level may be called so."""
    given.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        environment.read()


@pytest.mark.usefixtures("committed_databases")
@pytest.mark.parametrize("alias", ALIASES)
def test_a_database_of_a_newer_version_is_refused_and_left_alone(alias: str) -> None:
    prepare_databases()
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["holdings", "9999_later", "2030-01-01 00:00:00+00:00"],
        )
    with pytest.raises(ImproperlyConfigured, match="newer version of Jingui") as caught:
        prepare_databases()
    assert repr(alias) in str(caught.value)
    assert "holdings.9999_later" in str(caught.value)


@pytest.mark.usefixtures("committed_databases")
@pytest.mark.parametrize("alias", ALIASES)
def test_a_start_without_the_triggers_is_refused(alias: str) -> None:
    """AU-11: a log that anybody could change is no log."""
    require_guarded()
    table = triggers.declared(alias)[0].table
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
            )
        (name,) = cursor.fetchall()[0]
        on = f" ON {table}" if connections[alias].vendor == "postgresql" else ""
        cursor.execute(f'DROP TRIGGER "{name}"{on}')
    with pytest.raises(ImproperlyConfigured, match=f"not guarded.*{alias}.{table}.*manage.py migrate"):
        require_guarded()
    prepare_databases()
    require_guarded()


@pytest.mark.usefixtures("committed_databases")
def test_a_start_on_commits_that_a_power_cut_could_undo_is_refused() -> None:
    """AU-03"""
    if connections["audit"].vendor != "sqlite":
        pytest.skip("a setting of SQLite")
    with connections["audit"].cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    with pytest.raises(ImproperlyConfigured, match="audit: PRAGMA synchronous is 1"):
        require_guarded()


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", "", "nonsense"])
def test_plain_http_from_elsewhere_is_refused_before_anything_else(address: str) -> None:
    """P-02"""
    answer = Client(REMOTE_ADDR=address).get("/sign-in/")
    assert answer.status_code == 403
    assert "https://" in answer.content.decode()
    assert not answer.cookies


def test_plain_http_that_a_proxy_passes_on_is_refused(settings) -> None:
    """P-02: behind the trusted proxy every peer is loopback, so the forwarded address counts."""
    settings.JINGUI_TRUST_PROXY = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    told = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "REMOTE_ADDR": "127.0.0.1"}
    plain = Client(**told, HTTP_X_FORWARDED_PROTO="http").get("/sign-in/")
    assert plain.status_code == 403
    assert Client(**told, HTTP_X_FORWARDED_PROTO="https").get("/health/").status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_plain_http_on_loopback_is_served(address: str) -> None:
    """P-02"""
    assert Client(REMOTE_ADDR=address).get("/health/").status_code == 200


def test_https_from_elsewhere_is_served() -> None:
    """P-02"""
    assert Client(REMOTE_ADDR="192.0.2.7").get("/health/", secure=True).status_code == 200


def test_a_forwarded_protocol_is_not_believed_unless_the_operator_says_so() -> None:
    """P-02: anybody can write that header."""
    answer = Client(REMOTE_ADDR="192.0.2.7").get("/health/", headers={"X-Forwarded-Proto": "https"})
    assert answer.status_code == 403
