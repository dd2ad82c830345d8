"""The import contracts of pyproject.toml hold, cover every package, and each of them finds what it forbids."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("vault", "accounts", "audit", "storage", "search")
CONFIGURED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["name"].partition(":")[0]: contract for contract in CONFIGURED["contracts"]}
RULES = "The rules themselves know neither Django nor any model"
BLOBS = "Only the holdings know where blobs are"
GUARDIAN = "Only the adapter in authorization calls django-guardian"


def lint_imports(root: Path) -> tuple[dict[str, str], str]:
    """KEPT or BROKEN of each contract by the name in front of its colon, and everything that was said."""
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "lint-imports"),
            "--config",
            str(ROOT / "pyproject.toml"),
            "--no-cache",
        ],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"COLUMNS": "1000", "PATH": ""},
    )
    found = re.findall(r"^([A-Z][^:\n]*?)(?::.*)? (KEPT|BROKEN)", done.stdout, re.MULTILINE)
    return dict(found), done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's modules at another place, where something may be planted."""
    place = tmp_path_factory.mktemp("product")
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            target = place / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return place


def test_each_contract_is_kept() -> None:
    kept, said = lint_imports(ROOT)
    assert kept == dict.fromkeys(CONTRACTS, "KEPT"), said
    assert set(CONTRACTS) == {"Packages", "Rooms", RULES, BLOBS, GUARDIAN}


@pytest.mark.parametrize(
    ("broken", "module", "text"),
    [
        ("Packages", "storage/planted.py", "from accounts import rules"),
        ("Packages", "audit/planted.py", "import storage"),
        ("Packages", "accounts/planted.py", "from vault.authorization import actions"),
        ("Rooms", "vault/cellar/__init__.py", ""),
        ("Rooms", "vault/stray.py", ""),
        ("Rooms", "vault/notices/planted.py", "from vault.holdings import rules"),
        ("Rooms", "vault/oversight/planted.py", "from vault.administration import home"),
        ("Rooms", "vault/authorization/planted.py", "from vault.notices import worklists"),
        (RULES, "vault/holdings/rules.py", "from vault.holdings import label_facts"),
        (RULES, "vault/authorization/decision.py", "from vault.authorization import loading"),
        (RULES, "accounts/rules.py", "from django.utils import timezone"),
        (RULES, "vault/complaints/rules.py", "from vault.holdings.models import Record"),
        (BLOBS, "vault/oversight/planted.py", "from storage import blobs"),
        (BLOBS, "vault/authorization/planted.py", "from storage.blobs import BlobReader"),
        (GUARDIAN, "vault/holdings/planted.py", "from guardian.shortcuts import get_objects_for_user"),
        (GUARDIAN, "vault/authorization/planted.py", "from guardian.models import UserObjectPermission"),
        (GUARDIAN, "accounts/planted.py", "import guardian"),
    ],
)  # fmt: skip
def test_a_planted_import_breaks_its_contract(copy: Path, broken: str, module: str, text: str) -> None:
    """A contract that lists its modules by name would let a new one do anything: these are new ones."""
    with planted(copy / module, text):
        found, said = lint_imports(copy)
    assert found.pop(broken, None) == "BROKEN", said
    assert set(found.values()) == {"KEPT"}, said


class planted:  # noqa: N801
    """One more line in a module, and the module where there is none; afterwards all is as before."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.before = path.read_bytes() if path.exists() else None
        self.room = None if path.parent.exists() else path.parent

    def __enter__(self) -> None:
        self.path.parent.mkdir(exist_ok=True)
        (self.path.parent / "__init__.py").touch()
        self.path.write_bytes((self.before or b"") + f"\n{self.text}\n".encode())

    def __exit__(self, *_: object) -> None:
        if self.room is not None:
            shutil.rmtree(self.room)
        elif self.before is None:
            self.path.unlink()
        else:
            self.path.write_bytes(self.before)


def rooms_without_a_line(root: Path) -> set[str]:
    """Rooms, and modules beside them, that the contract does not name.

    By the folders, since a folder without `__init__.py` is imported all the same and the tool does not see it.
    """
    named = set(re.findall(r"\w+", " ".join(CONTRACTS["Rooms"]["layers"])))
    return {
        child.stem
        for child in (root / "vault").iterdir()
        if child.name not in {"__init__.py", "__pycache__"}
        and (child.suffix == ".py" or any(child.rglob("*.py")))
    } - named


def hidden_folders(root: Path) -> set[str]:
    """Folders with modules but without `__init__.py`: to the tool they do not exist."""
    return {
        str(path.parent.relative_to(root))
        for package in PACKAGES
        for path in (root / package).rglob("*.py")
        if not (path.parent / "__init__.py").exists()
    }


def test_every_room_stands_on_a_line_and_no_folder_is_hidden_from_the_tool(tmp_path: Path) -> None:
    assert rooms_without_a_line(ROOT) == set()
    assert hidden_folders(ROOT) == set()
    (tmp_path / "vault" / "cellar").mkdir(parents=True)
    (tmp_path / "vault" / "cellar" / "views.py").touch()
    assert rooms_without_a_line(tmp_path) == {"cellar"}
    assert hidden_folders(tmp_path) == {"vault/cellar"}


# Permits: only the gate mints, and nothing else reaches for what minting needs.

PRIVATE = {"_mint", "_mint_system", "_TOKEN"}
MADE = {"Permit", "SystemPermit"}
MINTS = {
    "vault/authorization/permit.py": PRIVATE | MADE,
    "vault/authorization/gate.py": {"_mint", "_mint_system"},
}


def minting(source: str) -> set[str]:
    """What a module uses of the making of permits: by name, as an attribute, by import or by a string."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.Constant(value=name)
            ) if isinstance(name, str) and name in PRIVATE:
                found.add(name)
            case ast.FunctionDef(name=name) if name in PRIVATE:
                found.add(name)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in MADE:
                found.add(name)
            case ast.Call(func=ast.Name(id="replace") | ast.Attribute(attr="replace"), args=[given, *_]) if (
                "permit" in ast.unparse(given)
            ):
                found.add("replace")
    return found


def minters(root: Path = ROOT) -> Iterator[tuple[str, set[str]]]:
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if found := minting(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(root)), found


def test_only_the_gate_mints_permits() -> None:
    """architecture.md section 2: a permit that somebody else made would be bytes without a decision or an event."""
    assert dict(minters()) == MINTS


@pytest.mark.parametrize(
    ("line", "uses"),
    [
        ("permit._mint(action=action)", {"_mint"}),
        ("from vault.authorization.permit import _mint_system as make", {"_mint_system"}),
        ("getattr(permit, '_mint')()", {"_mint"}),
        ("Permit(token=permit._TOKEN)", {"Permit", "_TOKEN"}),
        ("permit.SystemPermit(token=given.token)", {"SystemPermit"}),
        ("dataclasses.replace(permit, target_id=other)", {"replace"}),
        ("def read(permit: Permit) -> bytes: permit.require(record, Action.COPY)", set()),
    ],
)
def test_a_module_that_mints_would_be_found(line: str, uses: set[str]) -> None:
    assert minting(line) == uses
