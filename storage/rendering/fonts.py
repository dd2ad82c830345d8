"""The bundled Chinese font, held in memory: a child can open no file."""

import functools
import io
import os

import pylopdf_fonts_zh_cn
from PIL import ImageFont

PATH = os.path.join(os.path.dirname(pylopdf_fonts_zh_cn.__file__), "NotoSansSC-Regular.otf")
_MEASURED_AT = 100

with open(PATH, "rb") as _stream:
    _BYTES = _stream.read()


def at_size(pixels: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels."""
    return ImageFont.truetype(io.BytesIO(_BYTES), pixels, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def advance(character: str) -> float:
    """Width of one character in ems."""
    return _measure.getlength(character) / _MEASURED_AT


_measure = at_size(_MEASURED_AT)
for _code in range(32, 127):
    advance(chr(_code))
