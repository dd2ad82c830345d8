"""Every management command declares its action, explains itself, and says with which codes it ends."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands, load_command_class

from storage.keyring import KeyRing
from tests.contracts import route_table
from vault.authorization.decorators import COMMAND_ATTRIBUTE

ROOT = Path(__file__).resolve().parents[2]
OURS = ("vault.", "accounts", "audit", "search", "storage")
ROWS = {
    name: (action, [int(code) for code in codes])
    for name, action, *codes in (line.split() for line in route_table.COMMANDS.splitlines() if line)
}


def ours() -> dict[str, str]:
    return {
        name: app for name, app in get_commands().items() if isinstance(app, str) and app.startswith(OURS)
    }


def test_every_command_has_its_row_and_every_row_its_command() -> None:
    """Invariant 4: a command missing from the table fails, and so does a row of a command that is gone."""
    assert set(ours()) == set(ROWS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_command_declares_the_action_of_the_table(name: str) -> None:
    """Invariant 4: by the hand-written table, not by whatever it says of itself."""
    command = load_command_class(ours()[name], name)
    assert getattr(type(command), COMMAND_ATTRIBUTE) == ROWS[name][0]


@pytest.mark.parametrize("name", sorted(ROWS))
def test_help_explains_and_documents_the_exit_codes(name: str, monkeypatch) -> None:
    """Interface 5: whoever calls it from a script reads there what each code means."""
    monkeypatch.setenv("COLUMNS", "1000")
    out = StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(SystemExit) as ended:
        call_command(name, "--help")
    assert not ended.value.code
    explanation, _, codes = out.getvalue().partition("Exit codes: ")
    assert len(explanation.partition("\n\n")[2]) > 50
    stated = re.findall(r"(?:^|, )(\d+) [a-z]", codes.splitlines()[0])
    assert [int(code) for code in stated] == ROWS[name][1]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["audit_verify", "--key", "nowhere"], 2, "--key"),
        (["audit_export", "somewhere", "--kept", "nowhere"], 2, "--kept"),
        (["audit_export", "somewhere", "--from", "yesterday"], 2, "--from"),
        (["audit_prove", "1"], 2, "uid"),
        (["init", "--file", "nowhere"], 2, "--file"),
        (["serve", "--port", "0"], 2, "--port"),
        (["demo_code"], 2, "name"),
        (["doctor", "--such"], 2, "unrecognized arguments"),
        (["records_import", "somewhere"], 2, "--as"),
        (["records_export", "somewhere"], 2, "--as"),
        (["records_import", "somewhere", "--as", "S1", "--table", "nowhere"], 2, "--table"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_wrong_arguments_end_with_2_and_say_which(arguments: list[str], code: int, says: str) -> None:
    """Interface 5, in a process of its own as a shell sees it."""
    done = _start({k: v for k, v in os.environ.items() if k != "JINGUI_DEMO"}, *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda ring: ring.unlink(), "key ring"),
        (lambda ring: ring.chmod(0o644), "chmod 600"),
    ],
    ids=["missing", "readable by others"],
)
def test_without_a_safe_key_ring_nothing_starts_and_the_reason_is_said(
    tmp_path: Path, spoil, says: str
) -> None:
    """Bad input: a key ring that is missing or readable by others, as the operator meets it at the shell."""
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "keys").mkdir(mode=0o700)
    ring = tmp_path / "keys" / "keyring.json"
    KeyRing.create(ring)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JINGUI_")}
    environment |= {"JINGUI_HOME": str(tmp_path / "home"), "JINGUI_KEY_RING": str(ring)}
    assert _start(environment, "check").returncode == 0
    spoil(ring)
    for command in (["serve", "--port", "1"], ["worker"], ["doctor"]):
        refused = _start(environment, *command)
        assert refused.returncode == 1, refused.stderr
        assert says in refused.stderr
        assert "Traceback" not in refused.stderr
    assert not list((tmp_path / "home").glob("*.sqlite3"))


def _start(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
