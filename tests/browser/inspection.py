"""What is looked at on every page: axe's rules, width, and where asked a picture."""

import os
import re
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# WCAG 2.2 AA and what it builds on.
WHOLE: dict[str, object] = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# What the other theme can break: it changes nothing but colours.
COLOURS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
PICTURES = "JINGUI_TEST_PICTURES"  # a folder; every page looked at is drawn there


def violations(page: Page, only: dict[str, object] = WHOLE) -> list[str]:
    """One line for each place where a rule of the standard is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("(options) => axe.run(options)", {"runOnly": only, "resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def too_wide(page: Page) -> str:
    """Empty where nothing sticks out to the side; else by how much."""
    wide, given = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    return "" if wide <= given else f"{wide} px on {given} px"


def out_of_card(page: Page) -> list[str]:
    """What stands over the side of the card that holds it, one line for each card; what scrolls there does not."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".card")].flatMap((card) => {
          const edge = card.getBoundingClientRect().right + 1;
          const scrolls = (node) => node !== card && (getComputedStyle(node).overflowX !== "visible" || scrolls(node.parentElement));
          const over = [...card.querySelectorAll("*")].find((node) => {
            const box = node.getBoundingClientRect();
            return box.width > 1 && box.right > edge && !scrolls(node.parentElement);
          });
          return over ? [`${over.tagName.toLowerCase()} ${over.className} by ${Math.round(over.getBoundingClientRect().right - edge)} px`] : [];
        })"""
    )
    return found


def draw(page: Page, name: str) -> None:
    """Keep a picture where the run was asked for them."""
    folder = os.environ.get(PICTURES)
    if folder:
        file = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        page.screenshot(path=Path(folder) / f"{file}.png", full_page=True)


def look(page: Page, name: str, language: str) -> list[str]:
    """Everything wrong with this page in both themes and, in Chinese, on a telephone."""
    found = [f"light: {line}" for line in violations(page)]
    if language != "en":
        draw(page, f"{name} zh light")
    found += [f"out of its card: {line}" for line in out_of_card(page)]
    put_on(page, "dark")
    found += [f"dark: {line}" for line in violations(page, COLOURS)]
    if language == "en":
        draw(page, f"{name} en dark")
    else:
        put_on(page, "light")
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    if sticking_out := too_wide(page):
        found.append(f"narrow: {sticking_out}")
    found += [f"narrow, out of its card: {line}" for line in out_of_card(page)]
    if language != "en":
        draw(page, f"{name} zh narrow")
    page.set_viewport_size(wide or {"width": 1280, "height": 900})
    return found


def put_on(page: Page, theme: str) -> None:
    """As the theme's cookie does; pages of errors follow the system instead."""
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
