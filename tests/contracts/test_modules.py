"""Modules stay small enough to read, and import only downwards."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("vault", "accounts", "audit", "storage", "search")
AIM, LIMIT = 400, 600


def lengths(root: Path = ROOT) -> dict[str, int]:
    """Lines of each module of the product; migrations are written by Django."""
    return {
        str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines())
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
        if "migrations" not in path.parts
    }


def longer_than(limit: int, root: Path = ROOT) -> dict[str, int]:
    return {name: lines for name, lines in lengths(root).items() if lines > limit}


def lint_imports(configuration: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--config", str(configuration), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_no_module_is_longer_than_six_hundred_lines() -> None:
    assert longer_than(LIMIT) == {}


def test_no_module_has_yet_outgrown_four_hundred_lines() -> None:
    """Whoever needs more says so here by name, with the reason in the commit."""
    assert longer_than(AIM) == {}


def test_the_count_finds_modules_and_a_long_one(tmp_path: Path) -> None:
    assert {"vault/authorization/gate.py", "audit/outbox.py", "storage/blobs.py"} <= set(lengths())
    assert len(lengths()) > 100
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "long.py").write_text("x = 1\n" * 601)
    assert longer_than(LIMIT, tmp_path) == {"vault/long.py": 601}


OPENING = re.compile(r"\b(?:open_blob|open_stored|BlobReader\()")
READERS = {"storage/blobs.py", "vault/holdings/custody.py"}


def opens_bodies(root: Path = ROOT) -> set[str]:
    """Modules that name what opens a stored body."""
    return {
        str(path.relative_to(root))
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
        if OPENING.search(path.read_text(encoding="utf-8"))
    }


def test_only_custody_opens_stored_bodies(tmp_path: Path) -> None:
    """architecture.md section 3: one reader of bytes, and a second one is found."""
    assert opens_bodies() == READERS
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "shortcut.py").write_text("reader = blobs.open_blob(slot, binding=b'')\n")
    assert opens_bodies(tmp_path) == {"vault/shortcut.py"}


def test_packages_import_only_downwards() -> None:
    """The contracts of pyproject.toml hold, each of them."""
    done = lint_imports(ROOT / "pyproject.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    kept, broken = re.search(r"(\d+) kept, (\d+) broken", done.stdout).groups()
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8").count("[[tool.importlinter.contracts]]")
    assert (int(kept), int(broken)) == (declared, 0)
    assert declared >= 4


@pytest.mark.parametrize(("lower", "higher"), [("storage", "accounts"), ("audit", "vault")])
def test_an_import_upwards_would_be_found(tmp_path: Path, lower: str, higher: str) -> None:
    """The same tool, asked for the opposite order, objects."""
    upside_down = tmp_path / "upside_down.ini"
    upside_down.write_text(
        "[importlinter]\nroot_packages =\n"
        + "".join(f"    {package}\n" for package in PACKAGES)
        + f"[importlinter:contract:1]\nname = upside down\ntype = layers\nlayers =\n    {lower}\n    {higher}\n"
    )
    done = lint_imports(upside_down)
    assert done.returncode != 0
    assert "0 kept, 1 broken" in done.stdout
