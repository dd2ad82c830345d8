"""Every string that a person may see has its Chinese (interface.md 1.7)."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "vault" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
PACKAGES = ("vault", "accounts", "audit", "storage", "search")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext"}
# What templatize leaves: the call with one quoted msgid, or two for plurals; `_()` stands for what a tag was given.
TEMPLATE_CALL = re.compile(
    r"""(n?)(?:gettext|\b_)\((u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")(?:,\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))?"""
)


@pytest.fixture(scope="module")
def chinese() -> dict[object, str]:
    with CATALOGUE.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)


def in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in CALLS
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def in_template(path: Path) -> Iterator[str]:
    for match in TEMPLATE_CALL.finditer(templatize(path.read_text(encoding="utf-8"))):
        yield ast.literal_eval(match[2].lstrip("u"))


def used() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                found |= dict.fromkeys(in_python(path), str(path.relative_to(ROOT)))
        for path in sorted((ROOT / package).rglob("*.html")):
            found |= dict.fromkeys(in_template(path), str(path.relative_to(ROOT)))
    return {text: place for text, place in found.items() if text.strip()}


def written_out() -> set[str]:
    """Every text in the code, called or only kept to be called later."""
    return {
        node.value
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_search_for_strings_finds_strings() -> None:
    found = used()
    assert found["Sign in"].endswith("html")
    assert found["Valid"].endswith("html"), "given to a tag"
    assert "Hall director" in found
    assert len(found) > 500


def test_no_string_is_without_its_chinese(chinese: dict[object, str]) -> None:
    missing = {
        text: place for text, place in used().items() if not (chinese.get(text) or chinese.get((text, 0)))
    }
    assert not missing


def test_no_chinese_is_kept_for_a_string_that_is_gone(chinese: dict[object, str]) -> None:
    kept = {key[0] if isinstance(key, tuple) else str(key) for key in chinese} - {""}
    assert kept - used().keys() - written_out() == set()


def test_the_compiled_catalogue_is_the_written_one(chinese: dict[object, str]) -> None:
    written = CATALOGUE.with_suffix(".po").read_text(encoding="utf-8")
    entries = re.findall(
        r'^msgid ((?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?msgstr(?:\[0\])? ((?:".*"\n?)+)',
        written,
        re.MULTILINE,
    )

    def text(block: str) -> str:
        return "".join(ast.literal_eval(line) for line in block.splitlines())

    plain = {text(msgid): text(msgstr) for msgid, msgstr in entries if text(msgid)}
    assert len(plain) > 500
    assert {key: chinese.get(key) or chinese.get((key, 0)) for key in plain} == plain
    assert "fuzzy" not in written


def test_one_thing_has_one_word(chinese: dict[object, str]) -> None:
    """The glossary's: 销毁 is the supervised act on archives, what happens to bytes is 清除."""
    said = {key[0] if isinstance(key, tuple) else str(key): text for key, text in chinese.items()}
    assert [key for key, text in said.items() if "销毁" in text and "destroy" not in key.lower()] == []
    assert [key for key, text in said.items() if re.search("商业秘密|规章|保密终端", text)] == []
    registered = [text for key, text in said.items() if "registered terminal" in key]
    assert registered
    assert [text for text in registered if "涉密计算机" not in text] == []
    assert said["rule book %(clause)s"].startswith("规范")
