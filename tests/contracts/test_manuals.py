"""README, the manuals and the format texts name commands, options, settings, files and pages that there are."""

import argparse
import gettext
import importlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import resolve
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vault.project import environment
from vault.project.demo.documents import CATALOGUE
from vault.project.demo.environment import PORT

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
TEXTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (
        README,
        ROOT / "CHANGELOG.md",
        *sorted((ROOT / "docs").glob("*.md")),
        *ROOT.glob("*/FORMAT.md"),
    )
}
PRODUCT = ("manage.py", "vault", "accounts", "audit", "search", "storage")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# README's two commands


def fenced(text: str) -> list[str]:
    """The lines of its fenced blocks, as `.ci/run` takes them."""
    return [
        line
        for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]


def steps(line: str) -> list[list[str]]:
    """The commands that a line joins with `&&`."""
    return [shlex.split(step) for step in line.split("&&")]


def test_readme_has_two_commands_that_begin_with_nothing_and_build_on_each_other() -> None:
    first, second = fenced(TEXTS["README.md"])
    assert steps(first) == [
        ["python3", "-m", "venv", ".venv"],
        [".venv/bin/pip", "install", "--require-hashes", "-r", "requirements.lock"],
        [".venv/bin/python", "manage.py", "demo"],
    ]
    assert steps(second) == [
        [".venv/bin/pip", "install", "--require-hashes", "-r", "requirements-dev.lock"],
        [".venv/bin/pytest"],
    ]


@pytest.mark.parametrize(
    "step",
    [step for line in fenced(README.read_text(encoding="utf-8")) for step in steps(line)],
    ids=" ".join,
)
def test_each_step_of_readme_s_commands_is_there_to_be_run(step: list[str], tmp_path: Path) -> None:
    """The two run whole in `.ci/run`; here is only what of them changes nothing and asks no network."""
    program, *arguments = step
    match Path(program).name, arguments:
        case "python3", ["-m", "venv", _]:
            command = [sys.executable, "-m", "venv", "--help"]
        case "pip", ["install", *_]:
            command = [
                sys.executable,
                "-m",
                "pip",
                "--isolated",
                *arguments,
                "--dry-run",
                "--no-index",
                "--no-cache-dir",
            ]
        case "python", ["manage.py", *_]:
            command = [sys.executable, *arguments, "--home", str(tmp_path / "demo"), "--help"]
        case "pytest", []:
            command = [sys.executable, "-m", "pytest", "--help"]
        case _:
            raise AssertionError(f"Nothing here looks after {shlex.join(step)}.")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("JINGUI_")}
    done = subprocess.run(
        command, cwd=ROOT, env=plain, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_demo_is_what_readme_says_of_it() -> None:
    assert f"serves it at <http://localhost:{PORT}>" in TEXTS["README.md"]
    assert "150 real files" in TEXTS["README.md"]
    assert 150 <= len(CATALOGUE) < 160
    assert PYPROJECT["tool"]["pytest"]["ini_options"]["testpaths"] == ["tests"]


def locked(name: str) -> dict[str, str]:
    """Version by package. Every line is a pin with a hash, a hash or a comment."""
    pins, last = {}, ""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"([a-z0-9][a-z0-9.-]*)(?:\[[a-z,]+\])?==(\S+) \\", line):
            assert last not in pins or pins[last][1], f"{last} has no hash"
            last = match[1]
            pins[last] = [match[2], 0]
        elif re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line):
            pins[last][1] += 1
        else:
            assert re.fullmatch(r"\s*#.*|", line), line
    assert all(hashes for _, hashes in pins.values())
    return {package: version for package, (version, _) in pins.items()}


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PYPROJECT["project"]["dependencies"]),
        (
            "requirements-dev.lock",
            [*PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"]["dev"]],
        ),
    ],
)
def test_a_lock_file_pins_what_the_project_asks_for_and_nothing_it_does_not(
    lock: str, wanted: list[str]
) -> None:
    pins = locked(lock)
    asked = {canonicalize_name(one.name): one for one in map(Requirement, wanted)}
    unmet = {name for name, one in asked.items() if name not in pins or pins[name] not in one.specifier}
    assert unmet == set()
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    direct = {
        block.partition("==")[0].partition("[")[0] for block in blocks if "jingui (pyproject.toml)" in block
    }
    assert direct == set(asked)
    named = set(re.findall(r"^    # (?:via |  )([a-z0-9.-]+)$", text, re.MULTILINE))
    assert named <= set(pins), "a package is there for the sake of one that is not"


def test_both_lock_files_pin_the_same_versions() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


# Commands and options

SPANS = re.compile(r"(?<!`)`([^`]+)`(?!`)|^    (\S.*)$", re.MULTILINE)


def spans(text: str) -> Iterator[str]:
    """What stands in a text as something to type: fenced and indented lines, and words between backticks."""
    yield from fenced(text)
    for quoted, indented in SPANS.findall(re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)):
        yield " ".join((quoted or indented).split())


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings}


def options(program: str) -> set[str]:
    """The options of `manage.py NAME`, `python -m MODULE` or pip; no such program is a failure."""
    kind, _, name = program.partition(" ")
    if kind == "manage.py":
        known = get_commands()
        assert name in {*known, "help"}, f"There is no manage.py {name}."
        return options_of(
            load_command_class(known.get(name, "django.core"), name).create_parser("manage.py", name)
        )
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(name), "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", done.stdout))


def named(text: str) -> Iterator[tuple[str, str]]:
    """Each program that a text names, with each option it names of it; a program alone with an empty one.

    An option of no program here comes with the program `?`.
    """
    for span in spans(text):
        for step in span.split("&&"):
            if found := re.search(r"\bmanage\.py ([a-z_]+)", step):
                program = f"manage.py {found[1]}"
            elif found := re.search(r"\bpython3? -m ([a-z_.]+)", step):
                importlib.import_module(found[1])
                program = f"module {found[1]}"
            elif re.search(r"\bpython3? (?:\S+/)?verify\.py\b", step):
                program = "module audit.verify"
            elif re.search(r"\bpip install\b", step):
                program = "module pip install"
            else:
                program = "?"
            given = re.findall(r"(?<![\w-])--[a-z][\w-]*", step)
            if program != "?":
                yield program, ""
            yield from ((program, option) for option in given)


def wrong(text: str) -> set[tuple[str, str]]:
    found = set()
    for program, option in sorted(set(named(text))):
        try:
            known = options(program) if program != "?" else set()
        except (AssertionError, ImportError):
            found.add((program, option))
        else:
            if option and option not in known:
                found.add((program, option))
    return found


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_command_and_option_in_a_manual_exists(name: str) -> None:
    assert wrong(TEXTS[name]) == set()


def test_the_manuals_do_name_commands_and_a_wrong_one_would_be_found() -> None:
    every = {pair for text in TEXTS.values() for pair in named(text)}
    assert {
        ("manage.py init", ""),
        ("manage.py demo", ""),
        ("manage.py audit_verify", "--checkpoints"),
        ("module audit.verify", "--proof"),
        ("module audit.verify", "--checkpoint"),
        ("module pip install", "--require-hashes"),
    } <= every
    assert wrong("Run `manage.py audit_verify --keys KEPT`.") == {("manage.py audit_verify", "--keys")}
    assert wrong("Run `manage.py\nverify`.") == {("manage.py verify", "")}
    assert wrong("    python -m audit.verify --log x\n") == {("module audit.verify", "--log")}
    assert wrong("    python3 audit/verify.py --log x\n") == {("module audit.verify", "--log")}
    assert wrong("End with `--force`.") == {("?", "--force")}


def test_every_command_that_the_product_itself_names_exists() -> None:
    """Refusals and help say what to run next."""
    named_here = {
        found
        for part in PRODUCT
        for path in ([ROOT / part] if part.endswith(".py") else (ROOT / part).rglob("*"))
        if path.suffix in {".py", ".html", ".js", ".po"}
        for found in re.findall(r"manage\.py ([a-z_]+)", path.read_text(encoding="utf-8"))
    }
    assert {"init", "demo", "migrate", "doctor"} <= named_here
    assert named_here - {"help"} <= set(get_commands())


# Settings


class Asked(dict):
    """An environment that remembers what it was asked for."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The variables that the settings ask for, found by reading them with everything switched on."""
    given = Asked(
        {
            "JINGUI_HOME": str(tmp_path / "home"),
            "JINGUI_KEY_RING": str(tmp_path / "keys" / "keyring.json"),
            "JINGUI_STATE_CONTENT": "attested",
            "JINGUI_STATE_CONTENT_GRADE": "g",
            "JINGUI_STATE_CONTENT_CERTIFICATE": "c",
            "JINGUI_STATE_CONTENT_VALID_UNTIL": "2027-03-31",
            "JINGUI_EMAIL_URL": "smtp://127.0.0.1:25",
            "JINGUI_EMAIL_FROM": "archive@example.com",
        }
    )
    monkeypatch.setattr(environment.environ.Env, "ENVIRON", given)
    mask = os.umask(0o077)
    try:
        environment.read()
    finally:
        os.umask(mask)
    return {name for name in given.names if name.startswith("JINGUI_")}


def test_readme_s_table_names_exactly_the_settings_that_are_read(read: set[str]) -> None:
    rows = re.findall(r"^\| (`JINGUI_.*?) \|", TEXTS["README.md"], re.MULTILINE)
    named_here = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert sorted(named_here) == sorted(read)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_no_manual_names_a_setting_that_is_not_read(name: str, read: set[str]) -> None:
    assert set(re.findall(r"JINGUI_[A-Z_]*[A-Z]", TEXTS[name])) <= read


def test_the_environment_is_read_in_one_place(read: set[str]) -> None:
    """Else the table could be complete and a setting missing from it."""
    readers = {
        str(path.relative_to(ROOT))
        for part in PRODUCT
        for path in ([ROOT / part] if part.endswith(".py") else (ROOT / part).rglob("*.py"))
        if re.search(r"\bos\.(?:environ\b(?!\.(?:setdefault|clear|copy)\()|getenv)|\benviron\.Env\(|import environ\b", path.read_text(encoding="utf-8"))
    }  # fmt: skip
    # The demo sets its own, and the fork server proves that it has none.
    assert readers == {
        "vault/project/environment.py",
        "vault/project/demo/environment.py",
        "storage/forkserver/confinement.py",
    }
    literal = set(
        re.findall(r'"(JINGUI_[A-Z_]+)"', (ROOT / "vault/project/environment.py").read_text(encoding="utf-8"))
    )
    assert literal <= read


# Files and pages


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_file_that_a_manual_links_to_exists(name: str) -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)", TEXTS[name])
    missing = [link for link in links if not (ROOT / name).parent.joinpath(link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_page_that_a_manual_names_exists(name: str) -> None:
    for page in re.findall(r"`(/[a-zA-Z/]+)`", TEXTS[name]):
        resolve(page.replace("ID", str(uuid4())))


# Words of the pages

CHINESE = ROOT / "vault" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
# *Give these grants* 给予授权
BUTTON = re.compile(r"(?<!\*)\*([A-Z][^*\n]+)\* [（(]?([\u4e00-\u9fff]+)")


def test_what_a_manual_calls_a_button_stands_on_it_in_both_tongues() -> None:
    with CHINESE.open("rb") as file:
        said = {
            (key[0] if isinstance(key, tuple) else str(key)).rstrip("…"): text.rstrip("…")
            for key, text in gettext.GNUTranslations(file)._catalog.items()
        }
    named = [(name, *pair) for name, text in TEXTS.items() for pair in BUTTON.findall(text)]
    assert len(named) > 8
    assert [one for one in named if said.get(one[1].rstrip("…")) != one[2]] == []
