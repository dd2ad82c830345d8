"""Which part of a record a request is about: pages as people write them, and what covers what. Pure; no Django."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from vault.authorization.facts import Scope

LONGEST = 500
MOST_RANGES = 50
_RANGE = re.compile(r"(\d{1,6})(?:\s*[-–—~至]\s*(\d{1,6}))?", re.ASCII)
_BETWEEN = re.compile(r"[,，、;；\s]+")

Range = tuple[int, int]


class BadPages(ValueError):
    """The pages cannot be read, or are not there; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Portion:
    """One component at the version that was there when it was asked for; no ranges are all of it."""

    component_id: UUID
    version: int
    ranges: tuple[Range, ...] = ()

    def holds(self, asked: Scope) -> bool:
        """Whether what is asked lies within it."""
        if asked.component_id != self.component_id or asked.version != self.version:
            return False
        return not self.ranges or (bool(asked.pages) and all(self.has_page(page) for page in asked.pages))

    def has_page(self, page: int) -> bool:
        """Whether a page, from 1, lies within it."""
        return not self.ranges or any(first <= page <= last for first, last in self.ranges)


@dataclass(frozen=True)
class Extent:
    """The portions a request is about; `whole` is every component that there was."""

    portions: tuple[Portion, ...]
    whole: bool = False

    def holds(self, asked: Scope) -> bool:
        """Whether it covers what is asked; the whole record only where nothing of it was left out."""
        if asked.component_id is None:
            return self.whole
        return any(portion.holds(asked) for portion in self.portions)

    def portion(self, component_id: UUID) -> Portion | None:
        """What is approved of one component."""
        return next((one for one in self.portions if one.component_id == component_id), None)

    def stored(self) -> list[Any]:
        """The form in which it is stored and digested."""
        return [
            [str(one.component_id), one.version, [list(part) for part in one.ranges]] for one in self.portions
        ]


def restored(stored: Sequence[Any], *, whole: bool) -> Extent:
    """What `stored` wrote."""
    return Extent(
        tuple(
            Portion(UUID(component), version, tuple((first, last) for first, last in ranges))
            for component, version, ranges in stored
        ),
        whole,
    )


def pages(text: str, count: int) -> tuple[Range, ...]:
    """The ranges of a text such as `1-10, 12`, in order, joined where they touch; empty is all pages.

    Raises BadPages: `pages-unreadable`, `pages-backwards` for 5-3, `pages-absent` for 0 and beyond `count`.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if len(text) > LONGEST:
        raise BadPages("pages-unreadable")
    written = [part for part in _BETWEEN.split(re.sub(r"\s*([-–—~至])\s*", r"\1", text)) if part]
    if len(written) > MOST_RANGES:
        raise BadPages("pages-unreadable")
    return _joined(_range(part, count) for part in written)


def _range(part: str, count: int) -> Range:
    match = _RANGE.fullmatch(part)
    if match is None:
        raise BadPages("pages-unreadable")
    first = int(match[1])
    last = int(match[2]) if match[2] else first
    if last < first:
        raise BadPages("pages-backwards")
    if first < 1 or last > count:
        raise BadPages("pages-absent")
    return first, last


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def written(ranges: Iterable[Range]) -> str:
    """Ranges as people write them."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
