"""The stylesheet's promises: readable in both themes, nothing from outside, nothing inline in any template."""

import re
from pathlib import Path

import pytest

VAULT = Path(__file__).resolve().parents[2] / "vault"
STYLESHEET = (VAULT / "static" / "jingui.css").read_text(encoding="utf-8")
THEMES = ("light", "dark")
TOKENS = {
    name: dict(zip(THEMES, pair, strict=True))
    for name, *pair in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", STYLESHEET, re.IGNORECASE
    )
}
GROUNDS = ("paper", "surface", "sunken", "indigo-wash")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "indigo") for ground in GROUNDS),
    *(("ink", f"{colour}-wash") for colour in ("seal", "amber", "pine", "plum")),
    *(("ink-2", f"{colour}-wash") for colour in ("seal", "amber", "pine", "plum")),
    *((colour, f"{colour}-wash") for colour in ("seal", "amber", "pine", "plum")),
    *((colour, "surface") for colour in ("seal", "amber", "pine", "plum")),
    ("seal", "paper"),
    ("seal", "sunken"),
    ("on-indigo", "indigo"),
    ("on-seal", "seal"),
]
CONTROL_PAIRS = [("edge", ground) for ground in ("paper", "surface", "sunken")] + [
    (colour, ground)
    for colour in ("indigo", "pine", "seal")
    for ground in ("paper", "surface", "sunken", "indigo-wash")
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_has_a_contrast_of_four_and_a_half_on_every_ground_it_stands_on(ink, ground, theme):
    """WCAG 2.2 1.4.3."""
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), CONTROL_PAIRS)
def test_edges_of_controls_and_the_focus_ring_have_a_contrast_of_three(edge, ground, theme):
    """WCAG 2.2 1.4.11."""
    assert contrast(TOKENS[edge][theme], TOKENS[ground][theme]) >= 3


def test_contrast_is_computed_as_the_standard_does():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_every_token_that_is_used_is_defined():
    used = set(re.findall(r"var\(--([\w-]+)\)", STYLESHEET))
    defined = set(re.findall(r"--([\w-]+):", STYLESHEET))
    assert used - defined == set()


def test_a_protected_page_prints_blank():
    printed = STYLESHEET[STYLESHEET.index("@media print") :]
    assert "body.protected > * { display: none !important }" in printed
    for name in ("viewer", "player"):
        page = (VAULT / "templates" / "holdings" / f"{name}.html").read_text(encoding="utf-8")
        assert "{% block body_class %}protected{% endblock %}" in page


def test_every_class_in_a_template_has_its_style():
    without = {
        name
        for path in (VAULT / "templates").rglob("*.html")
        for words in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8"))
        for name in re.sub(r"\{[{%].*?[%}]\}", " ", words).split()
        if not re.search(rf"\.{re.escape(name)}\b", STYLESHEET)
    }
    assert without == set()


@pytest.mark.parametrize(
    "pattern",
    [
        r"<style\b",
        r"\sstyle=",
        r"<script(?![^>]*\ssrc=)",
        r"\son[a-z]+=",
        r"(?:href|src|action)=\"(?:https?:)?//",
    ],
)
def test_no_template_has_anything_inline_or_from_outside(pattern):
    found = [
        path.name
        for path in (VAULT / "templates").rglob("*.html")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_stylesheet_and_the_scripts_name_no_outside_address():
    for path in (VAULT / "static").iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text), path.name


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours as #rrggbb."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
