"""Images: bounded by their header before anything is decoded, then proved to decode. Runs in the child."""

import io
import warnings

from PIL import Image, ImageFile, UnidentifiedImageError

from storage.inspection.outcome import Rejected

# An A0 sheet at 300 dpi has 139 million pixels.
MAX_PIXELS = 150_000_000
MAX_FRAMES = 5_000
# Larger ones are believed by their header: decoding a poster to prove it would cost more than storing it.
_PROVE_PIXELS = 30_000_000
_FORMATS = {
    "png": ("PNG",),
    "jpeg": ("JPEG", "MPO"),
    "tiff": ("TIFF",),
    "gif": ("GIF",),
    "bmp": ("BMP", "DIB"),
    "webp": ("WEBP",),
}

# Our own bound is checked at once after the header; the library's would come as a warning first.
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False
# With every plug-in loaded now, children need to open no file.
Image.init()


def open_image(data: bytes, kind: str) -> Image.Image:
    """The image with its header read and its size within bounds; raises `Rejected`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=_FORMATS[kind])
    except UnidentifiedImageError as error:
        raise Rejected("malformed_file") from error
    except (OSError, SyntaxError, ValueError, OverflowError, TypeError, KeyError) as error:
        raise Rejected("malformed_file") from error
    check(image)
    return image


def examine(data: bytes, kind: str) -> int:
    """The number of pages (frames of a TIFF, else 1); raises `Rejected`."""
    image = open_image(data, kind)
    try:
        pages = _count(image) if kind == "tiff" else 1
        image.seek(0)
        if image.width * image.height <= _PROVE_PIXELS:
            if kind == "jpeg":
                # An eighth of the size still reads every byte of the entropy-coded data.
                image.draft(image.mode, (max(1, image.width // 8), max(1, image.height // 8)))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image.load()
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, TypeError, KeyError) as error:
        raise Rejected("malformed_file") from error
    return pages


def _count(image: Image.Image) -> int:
    for frame in range(MAX_FRAMES):
        try:
            image.seek(frame)
        except EOFError:
            return frame
        check(image)
    raise Rejected("pixel_flood")


def check(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise Rejected("pixel_flood")
    if image.width < 1 or image.height < 1:
        raise Rejected("malformed_file")
