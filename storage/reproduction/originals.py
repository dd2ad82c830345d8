"""The pages of an original, ready to be laid on sheets. Runs in the child.

Of a PDF only what a page draws is taken: its content and what that needs, its annotations as they look in print.
Scripts, actions, attachments, outlines, forms, metadata and layers stay behind, because a page is copied into a new
file and nothing else is. A PDF with layers is drawn as pictures instead, as the viewer shows it: which layer is
hidden where is only certain once it is drawn. So are all kinds that are no PDF.
"""

import contextlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image, ImageChops

from storage.forkserver.tasks import Refusal
from storage.inspection import images
from storage.inspection.kinds import KINDS
from storage.inspection.outcome import Rejected
from storage.inspection.pdfs import ENCRYPTION
from storage.rendering.documents import MAX_PIXELS, count_pages, draw_page, draw_text_pages
from storage.reproduction import sheets

DPI = 200

# Letters alone are sharper in black and white at 300 dpi than grey at half of it, and a tenth as large.
_TEXT_WIDTH = 2480
_BLACK = 160
_MAX_WIDTH = 3400
_JPEG_QUALITY = 85
_QUARTER = 90
# Kept by no key: data about data, files, other places, scripts, layers, programs for printers.
_UNWANTED = frozenset(
    {"/AA", "/AF", "/Alternates", "/EF", "/JS", "/LastModified", "/Metadata", "/OC", "/OPI", "/PieceInfo"}
    | {"/PS", "/Ref", "/StructParent", "/StructParents", "/Thumb"}
)
_DEPTH = 60
_BROKEN = (pikepdf.PdfError, pypdfium2.PdfiumError, OSError, RuntimeError, ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True)
class Original:
    """One page: what draws it as an object of the target, its matrix to the upright, its size then in points."""

    number: int
    drawing: pikepdf.Object
    matrix: tuple[float, float, float, float, float, float]
    width: float
    height: float
    enlarge: bool = False


@contextlib.contextmanager
def taken(
    target: pikepdf.Pdf, data: bytes, kind: str, *, pages: list[int] | None, drawn: bool = False
) -> Iterator[list[Original]]:
    """The named pages (all, if None), in order, with what draws them copied into `target`, which must be saved before
    this ends: until then it reads from the original. Raises Refusal, for what saving meets too.
    """
    try:
        if kind != "pdf":
            yield list(_draw(target, data, kind, _scope(pages, count_pages(data, kind))))
            return
        with _opened(data) as pdf:
            numbers = _scope(pages, len(pdf.pages))
            if drawn or _has_layers(pdf):
                yield list(_draw_pdf(target, data, numbers))
            else:
                yield _lift(target, pdf, numbers)
    except (Rejected, *_BROKEN) as error:
        raise Refusal("damaged") from error


def _scope(pages: list[int] | None, count: int) -> list[int]:
    numbers = range(1, count + 1) if pages is None else sorted(set(pages))
    if not numbers:
        raise Refusal("empty_scope")
    for number in (numbers[0], numbers[-1]):
        if not 1 <= number <= count:
            raise Refusal("page_out_of_scope", str(number))
    if len(numbers) > sheets.MAX_PAGES:
        raise Refusal("too_many_pages")
    return list(numbers)


def _opened(data: bytes) -> pikepdf.Pdf:
    try:
        pdf = pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True)
    except (pikepdf.PasswordError, *_BROKEN) as error:
        # Without a password it may not even come to asking for one: that takes random numbers from a file.
        locked = isinstance(error, pikepdf.PasswordError) or ENCRYPTION.search(data)
        raise Refusal("encrypted" if locked else "damaged") from error
    if pdf.is_encrypted:
        raise Refusal("encrypted")
    return pdf


def _has_layers(pdf: pikepdf.Pdf) -> bool:
    properties = pdf.Root.get("/OCProperties")
    return isinstance(properties, pikepdf.Dictionary) and bool(properties.get("/OCGs"))


def _lift(target: pikepdf.Pdf, pdf: pikepdf.Pdf, numbers: list[int]) -> list[Original]:
    wanted = [pdf.pages[number - 1] for number in numbers]
    if any("/Annots" in page for page in wanted):
        # Flattening goes through every page of the file.
        if len(numbers) < len(pdf.pages):
            for at in sorted(set(range(len(pdf.pages))) - {number - 1 for number in numbers}, reverse=True):
                del pdf.pages[at]
        pdf.flatten_annotations("print")
    found = [_lifted(target, page, number) for page, number in zip(wanted, numbers, strict=True)]
    _strip(target)
    return found


def _lifted(target: pikepdf.Pdf, page: pikepdf.Page, number: int) -> Original:
    left, bottom, right, top = _box(page)
    drawing = target.copy_foreign(page.as_form_xobject(handle_transformations=False))
    drawing.stream_dict.BBox = pikepdf.Array([left, bottom, right, top])
    unit = _number(page.obj.get("/UserUnit"), 1.0)
    wide, high = right - left, top - bottom
    turn = page.rotation % 360 // _QUARTER
    a, b, c, d, e, f = (
        (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
        (0.0, -1.0, 1.0, 0.0, 0.0, wide),
        (-1.0, 0.0, 0.0, -1.0, wide, high),
        (0.0, 1.0, -1.0, 0.0, high, 0.0),
    )[turn]
    across, up = e - a * left - c * bottom, f - b * left - d * bottom
    matrix = (a * unit, b * unit, c * unit, d * unit, across * unit, up * unit)
    if turn % 2:
        wide, high = high, wide
    return Original(number, drawing, matrix, wide * unit, high * unit)


def _box(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """What a viewer shows: the crop box within the media box."""
    media, crop = _corners(page.mediabox), _corners(page.cropbox)
    shown = (*map(max, media[:2], crop[:2]), *map(min, media[2:], crop[2:]))
    for left, bottom, right, top in (shown, media):
        if right - left >= 1 and top - bottom >= 1:
            return left, bottom, right, top
    raise Refusal("damaged")


def _corners(box: Any) -> tuple[float, float, float, float]:
    one, two, three, four = (float(value) for value in box)
    return min(one, three), min(two, four), max(one, three), max(two, four)


def _number(value: Any, otherwise: float) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return otherwise
    return found if 0 < found < 1_000_000 else otherwise


def _strip(target: pikepdf.Pdf) -> None:
    for item in target.objects:
        if isinstance(item, pikepdf.Stream):
            _clean(item.stream_dict, _DEPTH)
            if item.stream_dict.get("/Subtype") == pikepdf.Name.PS or "/Subtype2" in item.stream_dict:
                item.write(b"")
                item.stream_dict.Subtype = pikepdf.Name.Form
                item.stream_dict.BBox = pikepdf.Array([0, 0, 0, 0])
        elif isinstance(item, pikepdf.Dictionary | pikepdf.Array):
            _clean(item, _DEPTH)


def _clean(item: Any, depth: int) -> None:
    """Direct values only: what is referred to is another object and gets its own turn."""
    if depth == 0:
        raise Refusal("damaged")
    if isinstance(item, pikepdf.Dictionary):
        keys = set(item.keys())
        for key in keys & _UNWANTED:
            del item[key]
        values: list[Any] = [item.get(key) for key in keys - _UNWANTED]
    else:
        values = list(item)
    for value in values:
        if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
            _clean(value, depth - 1)


def _draw_pdf(target: pikepdf.Pdf, data: bytes, numbers: list[int]) -> Iterator[Original]:
    with pypdfium2.PdfDocument(data) as pdf:
        for number in numbers:
            page = pdf[number - 1]
            wide, high = (max(1.0, side) for side in page.get_size())
            scale = sheets.place(wide, high).scale * DPI / 72
            scale = min(scale, _MAX_WIDTH / wide, (MAX_PIXELS / (wide * high)) ** 0.5)
            bitmap: Any = page.render(scale=scale, may_draw_forms=False)
            yield _pictured(target, number, bitmap.to_pil().convert("RGB"), (wide, high))
            page.close()


def _draw(target: pikepdf.Pdf, data: bytes, kind: str, numbers: list[int]) -> Iterator[Original]:
    if KINDS[kind].family != "image":
        pages = draw_text_pages(data, kind, pages=numbers, width=_TEXT_WIDTH)
        for number, picture in zip(numbers, pages, strict=True):
            yield _pictured(target, number, picture, (595.0, 842.0), letters=True)
        return
    for number in numbers:
        picture = draw_page(data, kind, page=number, width=min(_MAX_WIDTH, _width(data, kind, number)))
        yield _pictured(target, number, picture, (float(picture.width), float(picture.height)), enlarge=True)


def _width(data: bytes, kind: str, number: int) -> int:
    """Pixels across, the way up it is shown."""
    with images.open_image(data, kind) as picture:
        if kind == "tiff":
            picture.seek(number - 1)
            images.check(picture)
        turned = picture.getexif().get(0x0112, 1) > 4
        return picture.height if turned else picture.width


def _pictured(
    target: pikepdf.Pdf,
    number: int,
    picture: Image.Image,
    size: tuple[float, float],
    *,
    letters: bool = False,
    enlarge: bool = False,
) -> Original:
    if letters:
        picture = picture.convert("L").point(lambda shade: 255 * (shade >= _BLACK), "1")
    elif _is_grey(picture):
        picture = picture.convert("L")
    if letters:
        body, coding = zlib.compress(picture.tobytes(), 6), pikepdf.Name.FlateDecode
    else:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
        body, coding = buffer.getvalue(), pikepdf.Name.DCTDecode
    drawing = pikepdf.Stream(target, b"")
    drawing.write(body, filter=coding)
    drawing.stream_dict.Type, drawing.stream_dict.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    drawing.stream_dict.Width, drawing.stream_dict.Height = picture.size
    drawing.stream_dict.BitsPerComponent = 1 if letters else 8
    drawing.stream_dict.ColorSpace = (
        pikepdf.Name.DeviceRGB if picture.mode == "RGB" else pikepdf.Name.DeviceGray
    )
    wide, high = size
    return Original(
        number, target.make_indirect(drawing), (wide, 0.0, 0.0, high, 0.0, 0.0), wide, high, enlarge
    )


def _is_grey(picture: Image.Image) -> bool:
    red, green, blue = picture.split()
    differing = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return all(difference.getextrema() == (0, 0) for difference in differing)
