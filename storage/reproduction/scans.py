"""The symbols on scanned pages. Runs in the child.

A page is looked at as it came, then enlarged, then sharpened: a blurred symbol has its modules again when it is
larger than the scanner made it. What is found in any of the looks counts once for each place on the page.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from storage.forkserver.tasks import Refusal
from storage.inspection import images
from storage.inspection.kinds import MIB
from storage.inspection.outcome import Rejected
from storage.reproduction import codes
from storage.reproduction.errors import NotACopyCode

MAX_BYTES = 64 * MIB
MAX_PAGES = 50

_DPI = 200
_MAX_SIDE = 5000
# As much as A3 has at that resolution: a page is a claim of its file, and each is looked at three times, enlarged.
_MAX_PIXELS = 8_000_000
# Two findings nearer than this share of the page's longer side are one symbol.
_APART = 0.03
_SYMBOLS = 3
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_MAGIC = {
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"BM": "bmp",
    b"GIF8": "gif",
    b"RIFF": "webp",
}


def read(data: bytes, *, agreeing: int) -> list[str]:
    """The codes of all pages, each once, in order. Raises Refusal."""
    found: dict[str, None] = {}
    try:
        for page in _pages(data):
            found |= dict.fromkeys(_codes(page, agreeing))
    except (Rejected, pypdfium2.PdfiumError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refusal("unreadable") from error
    return list(found)


def _codes(page: Image.Image, agreeing: int) -> list[str]:
    places: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for look, factor in _looks(page):
        for barcode in zxingcpp.read_barcodes(look, formats=_QR):
            try:
                code = codes.normalise(barcode.text)
            except NotACopyCode:
                continue
            _note(places[code], _middle(barcode.position, factor), _APART * max(page.size))
        if sum(map(len, places.values())) >= _SYMBOLS:
            break
    return [code for code, where in places.items() if len(where) >= agreeing]


def _note(where: list[tuple[float, float]], middle: tuple[float, float], apart: float) -> None:
    x, y = middle
    if all(abs(x - left) > apart or abs(y - top) > apart for left, top in where):
        where.append(middle)


def _middle(position: Any, factor: float) -> tuple[float, float]:
    one, other = position.top_left, position.bottom_right
    return (one.x + other.x) / 2 / factor, (one.y + other.y) / 2 / factor


def _looks(page: Image.Image) -> Iterator[tuple[Image.Image, float]]:
    yield page, 1.0
    larger = page.resize((page.width * 2, page.height * 2), Image.Resampling.BICUBIC)
    yield larger, 2.0
    yield larger.filter(ImageFilter.UnsharpMask(radius=4, percent=250, threshold=0)), 2.0


def _pages(data: bytes) -> Iterator[Image.Image]:
    """Each page in grey, no longer than `_MAX_SIDE`."""
    if data.startswith(b"%PDF"):
        with pypdfium2.PdfDocument(data) as pdf:
            for number in range(min(MAX_PAGES, len(pdf))):
                page = pdf[number]
                width, height = page.get_size()
                room = math.sqrt(_MAX_PIXELS / max(1.0, width * height))
                scale = min(_DPI / 72, _MAX_SIDE / max(1.0, width, height), room)
                bitmap: Any = page.render(scale=scale, grayscale=True)
                yield bitmap.to_pil().convert("L")
        return
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if kind is None:
        raise Refusal("unreadable")
    image = images.open_image(data, kind)
    for number in range(MAX_PAGES if kind == "tiff" else 1):
        try:
            image.seek(number)
        except EOFError:
            return
        images.check(image)
        shown = ImageOps.exif_transpose(image.convert("L"))
        shown.thumbnail((_MAX_SIDE, _MAX_SIDE))
        yield shown
