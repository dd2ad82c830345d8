"""A document as a row of pages: how many, and one of them as an image. Runs in the child."""

from collections.abc import Iterable, Iterator
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw, ImageOps

from storage.inspection import images
from storage.inspection.kinds import KINDS
from storage.rendering import fonts, layout
from storage.rendering.extract import extract

MAX_PIXELS = 12_000_000
_INK, _PAPER = (24, 24, 27), (255, 255, 255)
_MARGIN = 0.07
_ASPECT = 1.414
_LEADING = 1.6
# The EXIF tag, and the last of its values for which width is width.
_ORIENTATION, _LAST_UPRIGHT = 0x0112, 4


class NoPage(Exception):
    """The page is not there."""


def count_pages(data: bytes, kind: str) -> int:
    """Pages of a document whose kind has the viewer "pages"; parser errors come through."""
    if kind == "pdf":
        with pypdfium2.PdfDocument(data) as pdf:
            return len(pdf)
    if KINDS[kind].family == "image":
        return images.examine(data, kind)
    return len(layout.paginate(extract(data, kind), fonts.advance))


def draw_page(data: bytes, kind: str, *, page: int, width: int) -> Image.Image:
    """Page number `page`, from 1, `width` pixels wide (narrower only where it would exceed `MAX_PIXELS`)."""
    if page < 1:
        raise NoPage
    if kind == "pdf":
        return _draw_pdf(data, page, width)
    if KINDS[kind].family == "image":
        return _draw_image(data, kind, page, width)
    sheets = layout.paginate(extract(data, kind), fonts.advance)
    if page > len(sheets):
        raise NoPage
    return _draw_text(sheets[page - 1], width)


def draw_text_pages(data: bytes, kind: str, *, pages: Iterable[int], width: int) -> Iterator[Image.Image]:
    """Pages of a document that is shown as text, which is read and broken into lines once for all of them."""
    sheets = layout.paginate(extract(data, kind), fonts.advance)
    for page in pages:
        if not 1 <= page <= len(sheets):
            raise NoPage
        yield _draw_text(sheets[page - 1], width)


def _draw_pdf(data: bytes, number: int, width: int) -> Image.Image:
    with pypdfium2.PdfDocument(data) as pdf:
        if number > len(pdf):
            raise NoPage
        page = pdf[number - 1]
        points_wide, points_high = page.get_size()
        scale = _scale(points_wide, points_high, width)
        bitmap: Any = page.render(scale=scale, may_draw_forms=False)
        image: Image.Image = bitmap.to_pil()
        # The page is rounded up to whole pixels.
        return image.convert("RGB").crop((0, 0, min(width, image.width), image.height))


def _draw_image(data: bytes, kind: str, number: int, width: int) -> Image.Image:
    image = images.open_image(data, kind)
    if kind == "tiff":
        try:
            image.seek(number - 1)
        except EOFError:
            raise NoPage from None
        images.check(image)
    elif number > 1:
        raise NoPage
    turned = image.getexif().get(_ORIENTATION, 1) > _LAST_UPRIGHT
    wide, high = image.size[::-1] if turned else image.size
    scale = min(1.0, _scale(wide, high, width))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image.draft("RGB", size)
    image.load()
    # Shrunk before it is converted where that loses nothing: a poster in RGB would crowd the job's memory.
    if image.mode in {"L", "RGB", "CMYK"}:
        image = _shrunk(image, size)
    image = ImageOps.exif_transpose(_shrunk(_to_rgb(image), size))
    if image.width >= width:
        return image
    sheet = Image.new("RGB", (width, max(image.height, width // 3)), _PAPER)
    sheet.paste(image, ((width - image.width) // 2, (sheet.height - image.height) // 2))
    return sheet


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    exif = image.info.get("exif")
    image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if exif:
        image.info["exif"] = exif
    return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        sheet = Image.new("RGB", layer.size, _PAPER)
        sheet.paste(layer, mask=layer.getchannel("A"))
        return sheet
    return image.convert("RGB")


def _draw_text(lines: list[str], width: int) -> Image.Image:
    sheet = Image.new("RGB", (width, round(width * _ASPECT)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    em = width * (1 - 2 * _MARGIN) / layout.LINE_EMS
    font = fonts.at_size(max(4, int(em)))
    for row, line in enumerate(lines):
        visible = "".join(character if character.isprintable() else " " for character in line)
        draw.text((width * _MARGIN, width * _MARGIN + row * em * _LEADING), visible, fill=_INK, font=font)
    return sheet


def _scale(wide: float, high: float, width: int) -> float:
    wide, high = max(wide, 1.0), max(high, 1.0)
    return float(min(width / wide, (MAX_PIXELS / (wide * high)) ** 0.5))
