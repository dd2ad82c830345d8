"""Pages as people write them, and what an approved portion covers."""

from uuid import UUID

import pytest

from vault.approvals.scopes import BadPages, Extent, Portion, pages, restored, written
from vault.authorization.facts import WHOLE, Scope

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("", ()),
        ("  ", ()),
        ("3", ((3, 3),)),
        ("1-10", ((1, 10),)),
        ("1－10，12", ((1, 10), (12, 12))),
        ("１至３、５", ((1, 3), (5, 5))),
        ("5 - 7; 1, 2", ((1, 2), (5, 7))),
        ("4, 1-3, 2-6", ((1, 6),)),
        ("12", ((12, 12),)),
    ],
)
def test_what_people_write_is_read(text: str, ranges: tuple) -> None:
    """RQ-02: full-width digits and Chinese marks too; what touches is joined."""
    assert pages(text, 12) == ranges
    assert pages(written(ranges), 12) == ranges


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5-3", "pages-backwards"),
        ("0", "pages-absent"),
        ("0-3", "pages-absent"),
        ("13", "pages-absent"),
        ("1-999999", "pages-absent"),
        ("1-9999999", "pages-unreadable"),
        ("-3", "pages-unreadable"),
        ("1--3", "pages-unreadable"),
        ("all", "pages-unreadable"),
        ("1.5", "pages-unreadable"),
        ("²", "pages-unreadable"),
        ("1," * 60, "pages-unreadable"),
        ("1" * 501, "pages-unreadable"),
    ],
)
def test_what_is_no_page_is_refused(text: str, code: str) -> None:
    """RQ-02: `5-3`, `0`, `1-999999` each get their own answer."""
    if text == "²":
        text = "٣"  # a digit, but none of ours
    with pytest.raises(BadPages) as refused:
        pages(text, 12)
    assert refused.value.code == code


def asked(*numbers: int, component: UUID = ONE, version: int = 1) -> Scope:
    return Scope(component_id=component, version=version, pages=numbers)


def test_a_portion_covers_its_pages_at_its_version_and_nothing_else() -> None:
    """RR-05: page 11 of 1-10 is refused; so is a version that came later, and the whole."""
    part = Extent((Portion(ONE, 1, ((1, 10),)),))
    assert part.holds(asked(1))
    assert part.holds(asked(10))
    assert not part.holds(asked(11))
    assert not part.holds(asked(1, 11))
    assert not part.holds(asked())
    assert not part.holds(asked(1, version=2))
    assert not part.holds(asked(1, version=0))
    assert not part.holds(asked(1, component=OTHER))
    assert not part.holds(WHOLE)


def test_the_whole_covers_every_page_of_what_was_there() -> None:
    """A correction that came later was not part of what was approved."""
    whole = Extent((Portion(ONE, 2), Portion(OTHER, 1)), whole=True)
    assert whole.holds(WHOLE)
    assert whole.holds(asked(7, version=2))
    assert whole.holds(asked(component=OTHER))
    assert not whole.holds(asked(7, version=3))
    assert not whole.holds(asked(component=UUID(int=3)))


def test_what_is_stored_comes_back() -> None:
    for extent in (
        Extent((), whole=True),
        Extent((Portion(ONE, 2, ((1, 3), (5, 5))), Portion(OTHER, 1)), whole=False),
    ):
        assert restored(extent.stored(), whole=extent.whole) == extent
