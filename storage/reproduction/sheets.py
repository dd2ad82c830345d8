"""The paper of a copy: four sheets, and where a page of the original lies on them. Pure; points unless said.

Marks stand in two bands, above and below; a page of the original is reduced to lie between them, so that no mark
hides what it says. A page up to A4 lies on A4, a larger one on A3, neither is enlarged. A page larger than A3 is
reduced to it: a copy is for reading, the original keeps its scale.
"""

import math
from dataclasses import dataclass

MM = 72 / 25.4
SYMBOL_MM = 15.0
SIDE_MM = 7.0
# A sheet that lies askew in the scanner by so much still shows its symbols whole.
_ASKEW = math.sin(math.radians(3))
_ROOM_MM = 2.0
# What one copy holds; a ream is half of it.
MAX_PAGES = 1_000
# Bytes of a file that is attached to a carrier copy.
MAX_BODY = 200 << 20
# Below this share of its size a page goes on the larger sheet.
_LEAST_ON_A4 = 0.7


@dataclass(frozen=True, slots=True)
class Sheet:
    """`width` and `height` in points. Millimetres: `edge_x` and `edge_y` from the edges to the symbols, `band` from the
    upper and lower edge to the page of the original.
    """

    code: str
    width: float
    height: float
    edge_x: float
    edge_y: float
    band: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Lower left corner and scale of a page on its sheet."""

    sheet: Sheet
    left: float
    bottom: float
    scale: float


def _sheet(code: str, wide: float, high: float) -> Sheet:
    edge_x, edge_y = (side / 2 * _ASKEW + _ROOM_MM for side in (high, wide))
    return Sheet(code, wide * MM, high * MM, edge_x, edge_y, edge_y + SYMBOL_MM + _ROOM_MM)


SHEETS = (
    _sheet("A4", 210, 297),
    _sheet("A4L", 297, 210),
    _sheet("A3", 297, 420),
    _sheet("A3L", 420, 297),
)
_UPRIGHT, _LYING = (SHEETS[0], SHEETS[2]), (SHEETS[1], SHEETS[3])


def place(width: float, height: float, *, enlarge: bool = False) -> Placement:
    """Where a page of that size, the way up it is read, lies. `enlarge` is for pictures, whose size on paper
    nobody fixed.
    """
    small, large = _LYING if width > height else _UPRIGHT
    if enlarge or _scale(small, width, height) >= _LEAST_ON_A4:
        return _placed(small, width, height, enlarge=enlarge)
    return _placed(large, width, height, enlarge=False)


def _placed(sheet: Sheet, width: float, height: float, *, enlarge: bool) -> Placement:
    fitting = _scale(sheet, width, height)
    scale = fitting if enlarge else min(1.0, fitting)
    return Placement(sheet, (sheet.width - width * scale) / 2, (sheet.height - height * scale) / 2, scale)


def _scale(sheet: Sheet, width: float, height: float) -> float:
    room = (sheet.width - 2 * SIDE_MM * MM, sheet.height - 2 * sheet.band * MM)
    return min(room[0] / width, room[1] / height)
