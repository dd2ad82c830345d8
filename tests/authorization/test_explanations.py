"""Every decision in words."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from vault.authorization import decision
from vault.authorization.decision import Allow, Code, Deny
from vault.authorization.explanations import _TEXTS, explain

# 10.1 保密要求(2); many rules are no clause of the rule book.
CLAUSE = re.compile(r"(?:\d+(?:\.\d+)*(?: \S+)?\(\d+\))?")


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_code_has_a_sentence_and_a_next_step(code, language):
    """Every decision carries a stable code and a sentence in both languages."""
    with translation.override(language):
        found = explain(code)
        texts = [str(found.sentence), str(found.next_step), str(found.title)]
    assert all(texts)
    assert CLAUSE.fullmatch(found.clause)
    assert found.rule_code == code.value
    is_chinese = [any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in texts]
    assert all(is_chinese) is (language == "zh-hans")
    assert any(is_chinese) is (language == "zh-hans")


@pytest.mark.parametrize(
    "code", [Code.REQUEST_MISSING, Code.SESSION_MISSING, Code.NOT_ON_LIST, Code.TRAINING]
)
def test_what_the_rule_book_says_itself_is_cited(code):
    """Rule book 5.5(4), 10.1: the clause a reader can look up, not a number of ours."""
    assert explain(code).clause


def test_there_is_no_sentence_for_a_code_that_no_rule_gives():
    """None is unused; every code stands in the rule or at the gate."""
    package = Path(decision.__file__).parent
    used = {
        node.attr
        for module in ("decision.py", "gate.py")
        for node in ast.walk(ast.parse((package / module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }
    assert used == {code.name for code in Code}
    assert set(_TEXTS) == set(Code)


def test_a_decision_its_code_and_its_text_explain_alike():
    """One table for screens, the log and the API."""
    assert explain(Deny(Code.TERMINAL)) == explain(Code.TERMINAL) == explain("terminal-not-registered")
    assert explain(Allow(Code.OPEN)).rule_code == "open-object"
    with pytest.raises(ValueError):
        explain("because")
