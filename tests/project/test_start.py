"""What keeps a command from starting is said in one sentence, and nothing is changed on the way."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections

from tests.project.conftest import ROOT
from tests.support.databases import (  # noqa: F401  fixtures
    Databases,
    committed_databases,
    migrated_databases,
)
from vault.project import checks
from vault.project.preparation import ALIASES

COMMANDS = ("worker", "doctor", "audit_verify", "serve")


def start(environment: dict[str, str], *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def manage(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return start(environment, str(ROOT / "manage.py"), *arguments)


def write_later_migration(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["holdings", "9999_later", "2030-01-01 00:00:00+00:00"],
        )


@pytest.mark.parametrize("alias", ALIASES)
def test_no_command_works_on_a_database_of_a_newer_version(
    committed_databases: Databases,  # noqa: F811
    alias: str,
) -> None:
    """What an older version does not know it would misread, and verify wrongly."""
    write_later_migration(alias)
    for command in COMMANDS:
        refused = manage(committed_databases.environment(), command)
        assert refused.returncode == 1, refused.stdout
        assert f"The database {alias!r} was written by a newer version of Jingui" in refused.stderr
        assert "holdings.9999_later" in refused.stderr
        assert "Traceback" not in refused.stderr
    with pytest.raises(ImproperlyConfigured, match="newer version"):
        call_command("worker")


@pytest.mark.usefixtures("committed_databases")
def test_a_database_of_this_version_passes_the_check() -> None:
    assert checks.databases_are_not_newer(None) == []
    write_later_migration("audit")
    (found,) = checks.databases_are_not_newer(None)
    assert isinstance(found, Error)
    assert "'audit'" in found.msg


def test_an_examination_migrates_nothing(committed_databases: Databases) -> None:  # noqa: F811
    """A database that waits for its migration is examined as it is."""
    if committed_databases.vendor("default") != "sqlite":
        pytest.skip("what is asked of the file is the same on both databases")
    path = Path(committed_databases.name("default"))
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("DELETE FROM django_migrations WHERE app = 'holdings' AND name LIKE '0002%'")
        opened.commit()
        before = opened.execute("SELECT app, name FROM django_migrations").fetchall()
    for command in ("doctor", "audit_verify"):
        assert "newer version" not in manage(committed_databases.environment(), command, "--json").stderr
    with closing(sqlite3.connect(path)) as opened:
        assert opened.execute("SELECT app, name FROM django_migrations").fetchall() == before


@pytest.fixture
def outside(tmp_path: Path) -> dict[str, str]:
    """An environment with a home that is not there yet, to be spoilt in one point."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("JINGUI_")}
    return {
        **kept,
        "JINGUI_HOME": str(tmp_path / "home"),
        "JINGUI_KEY_RING": str(tmp_path / "keys" / "ring.json"),
    }


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("JINGUI_HOME", "", "JINGUI_HOME is not set."),
        ("JINGUI_KEY_RING", "", "JINGUI_KEY_RING is not set."),
        ("JINGUI_KEY_RING", "keys/ring.json", "JINGUI_KEY_RING is not an absolute path"),
        ("JINGUI_STATE_CONTENT", "yes", "JINGUI_STATE_CONTENT is 'yes'"),
    ],
)
def test_a_refused_setting_is_said_in_one_line_without_a_traceback(
    outside: dict[str, str], name: str, value: str, says: str
) -> None:
    """By manage.py and by what gunicorn loads alike."""
    spoilt = outside | {name: value}
    for done in (
        manage(spoilt, "serve"),
        manage(spoilt, "doctor"),
        start(spoilt, "-c", "import vault.project.wsgi"),
    ):
        assert done.returncode != 0
        assert done.stderr.startswith(says)
        assert done.stderr.count("\n") == 1, done.stderr
        assert done.stdout == ""


def test_a_web_server_whose_settings_are_refused_ends_instead_of_trying_again(
    outside: dict[str, str],
) -> None:
    command = ("-m", "gunicorn", "vault.project.wsgi:application", "--bind", "127.0.0.1:0")
    done = start(outside | {"JINGUI_HOME": ""}, *command, "--no-control-socket", "--log-level", "error")
    assert done.returncode == 4
    assert "JINGUI_HOME is not set." in done.stderr
    assert "Traceback" not in done.stderr


def test_checking_makes_no_database(outside: dict[str, str], tmp_path: Path) -> None:
    done = start(
        outside,
        "-c",
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'vault.project.settings'; django.setup(); "
        "from vault.project.checks import databases_are_not_newer as check; print(check(None))",
    )
    assert done.stdout == "[]\n", done.stderr
    assert not list((tmp_path / "home").glob("*.sqlite3*"))
