"""Small real files of many kinds and makers, and the hostile set, made from scratch at test time.

Every sample says what inspection must answer. Nothing here is stored in the repository as a binary: a scanner
on a developer's machine would object to the hostile half, and rightly.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.corpus_hostile import EICAR, HOSTILE
from tests.support.corpus_makers import PROSE, hand_made_pdf, sound, typeset
from tests.support.corpus_ordinary import ORDINARY

__all__ = [
    "EICAR",
    "PROSE",
    "Sample",
    "hand_made_pdf",
    "make_corpus",
    "make_hostile",
    "make_ordinary",
    "sound",
    "typeset",
]


@dataclass(frozen=True)
class Sample:
    """`reason` is empty when accepted. `maker` names the origin of the bytes."""

    name: str
    data: bytes
    verdict: str
    reason: str = ""
    kind: str = ""
    maker: str = "hand"
    pages: int | None = None


def make_corpus() -> Iterator[Sample]:
    """Every sample: ordinary ones first."""
    yield from make_ordinary()
    yield from make_hostile()


def make_ordinary() -> Iterator[Sample]:
    """Files that must be accepted."""
    for maker in ORDINARY:
        for name, data, kind, origin, pages in maker():
            yield Sample(name, data, "accepted", "", kind, origin, pages)


def make_hostile() -> Iterator[Sample]:
    """Files that must be quarantined, each for the one reason given."""
    for maker in HOSTILE:
        for name, data, reason in maker():
            yield Sample(name, data, "quarantined", reason)
