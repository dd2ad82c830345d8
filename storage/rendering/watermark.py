"""The reader's mark over a page: light, diagonal, repeated, on paper and on dark pictures alike."""

import math

from PIL import Image, ImageDraw

from storage.rendering import fonts

_ANGLE = 28
_DARK, _LIGHT = (90, 90, 100), (255, 255, 255)
_STRENGTH = 46
MAX_CHARACTERS = 120


def stamp(page: Image.Image, text: str) -> None:
    """Draw `text` over all of `page` in place; nothing for an empty text."""
    text = " ".join(text.split())[:MAX_CHARACTERS]
    if not text:
        return
    mask = _mask(page.size, text)
    offset = max(1, page.width // 900)
    page.paste(_LIGHT, (offset, offset), mask.crop((0, 0, page.width - offset, page.height - offset)))
    page.paste(_DARK, (0, 0), mask)


def _mask(size: tuple[int, int], text: str) -> Image.Image:
    wide, high = size
    side = math.ceil(math.hypot(wide, high))
    font = fonts.at_size(max(12, wide // 46))
    layer = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(layer)
    line = max(24, wide // 9)
    step = math.ceil(font.getlength(text)) + line
    for row, top in enumerate(range(0, side, line)):
        # Every second row is shifted, so that no strip of the page is free of it.
        for left in range(-(row % 2) * step // 2, side, step):
            draw.text((left, top), text, fill=_STRENGTH, font=font)
    turned = layer.rotate(_ANGLE, resample=Image.Resampling.BILINEAR)
    left, top = (side - wide) // 2, (side - high) // 2
    return turned.crop((left, top, left + wide, top + high))
