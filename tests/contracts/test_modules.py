"""Modules stay small enough to read, and one of them opens bodies."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("vault", "accounts", "audit", "storage", "search")
READ = (*PACKAGES, "tests")
AIM, LIMIT = 400, 600


def lengths(root: Path = ROOT) -> dict[str, int]:
    """Lines of each module of the product and of its tests; migrations are written by Django."""
    return {
        str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines())
        for package in READ
        for path in sorted((root / package).rglob("*.py"))
        if "migrations" not in path.parts
    }


def longer_than(limit: int, root: Path = ROOT) -> dict[str, int]:
    return {name: lines for name, lines in lengths(root).items() if lines > limit}


def test_no_module_is_longer_than_six_hundred_lines() -> None:
    assert longer_than(LIMIT) == {}


def test_no_module_has_yet_outgrown_four_hundred_lines() -> None:
    """Whoever needs more says so here by name, with the reason in the commit; nobody does."""
    assert longer_than(AIM) == {}


def test_the_count_finds_modules_and_a_long_one(tmp_path: Path) -> None:
    assert {"vault/authorization/gate.py", "audit/outbox.py", "storage/blobs.py"} <= set(lengths())
    assert len(lengths()) > 100
    for package in ("vault", "tests"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "long.py").write_text("x = 1\n" * 601)
    assert longer_than(LIMIT, tmp_path) == {"vault/long.py": 601, "tests/long.py": 601}


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
