"""The reader's mark over a page: light, diagonal, repeated, on paper and on dark pictures alike."""

import functools
import math

from PIL import Image, ImageDraw

from storage.rendering import fonts

_ANGLE = 28
_DARK, _LIGHT = (90, 90, 100), (255, 255, 255)
_STRENGTH = 46
_BLOCK = 4000
MAX_CHARACTERS = 120


def stamp(page: Image.Image, text: str) -> None:
    """Draw `text` over all of `page` in place; nothing for an empty text."""
    text = " ".join(text.split())[:MAX_CHARACTERS]
    if not text:
        return
    # Block by block: the turned layer is a square over the diagonal, which a very long page would make huge.
    for top in range(0, page.height, _BLOCK):
        for left in range(0, page.width, _BLOCK):
            size = (min(_BLOCK, page.width - left), min(_BLOCK, page.height - top))
            _stamp_block(page, _mask(size, text, page.width), left, top)


def _stamp_block(page: Image.Image, mask: Image.Image, left: int, top: int) -> None:
    offset = max(1, page.width // 900)
    if min(mask.size) > offset:
        shifted = mask.crop((0, 0, mask.width - offset, mask.height - offset))
        page.paste(_LIGHT, (left + offset, top + offset), shifted)
    page.paste(_DARK, (left, top), mask)


@functools.cache
def _mask(size: tuple[int, int], text: str, page_width: int) -> Image.Image:
    wide, high = size
    side = math.ceil(math.hypot(wide, high))
    font = fonts.at_size(max(12, page_width // 46))
    layer = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(layer)
    line = max(24, page_width // 9)
    step = math.ceil(font.getlength(text)) + line
    for row, top in enumerate(range(0, side, line)):
        # Every second row is shifted, so that no strip of the page is free of it.
        for left in range(-(row % 2) * step // 2, side, step):
            draw.text((left, top), text, fill=_STRENGTH, font=font)
    turned = layer.rotate(_ANGLE, resample=Image.Resampling.BILINEAR)
    left, top = (side - wide) // 2, (side - high) // 2
    return turned.crop((left, top, left + wide, top + high))
