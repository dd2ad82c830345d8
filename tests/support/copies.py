"""Marks, originals and scans for tests and benches of marked copies."""

import io
import random

import pikepdf
import pypdfium2
from PIL import Image, ImageFilter

from storage.reproduction import Marks, codes
from tests.support import corpus

_MM = 72 / 25.4


def marks(**changed):
    """Marks of a copy of a secret paper, with a fresh code."""
    words = {
        "label": "机密★20年",
        "unit": "某某集团公司档案馆",
        "copy": 2,
        "copies": 5,
        "code": codes.new_code(),
        "recipient": "张三",
        "recipient_unit": "某某省分公司法律事务部",
        "request": "查〔2026〕第0042号",
        "time": "2026-11-27 22:30",
    }
    return Marks(**(words | changed))


def paper(width=210, height=297, *, pages=1, words=corpus.PROSE, **page_keys):
    """A PDF of that many pages of that size in millimetres, with keys set on every page."""
    sheets = "\n#pagebreak()\n".join(f"= 第{number}张\n{words}" for number in range(1, pages + 1))
    made = corpus.typeset(f"#set page(width: {width}mm, height: {height}mm, margin: 8mm)\n{sheets}")
    if not page_keys:
        return made
    with pikepdf.open(io.BytesIO(made)) as pdf:
        for page in pdf.pages:
            for key, value in page_keys.items():
                page.obj[f"/{key}"] = value
        return saved(pdf)


def saved(pdf, **how):
    target = io.BytesIO()
    pdf.save(target, **how)
    return target.getvalue()


def texts(pdf, password=None):
    """The text of each page, as a reader's search finds it."""
    with pypdfium2.PdfDocument(pdf, password=password) as opened:
        # Long words have invisible places to break.
        return [page.get_textpage().get_text_range().replace("\u200b", "") for page in opened]


def sizes(pdf):
    """Width and height of each page in millimetres."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [tuple(round(side / _MM) for side in page.get_size()) for page in opened]


def drawn(pdf, *, page=1, dpi=150):
    with pypdfium2.PdfDocument(pdf) as opened:
        return opened[page - 1].render(scale=dpi / 72).to_pil().convert("RGB")


def scanned(pdf, chance: random.Random, *, page=1, askew=None):
    """The page as a poor scanner gives it back: 150 dpi, up to 3 degrees askew, blurred by a pixel, JPEG 50."""
    turn = chance.uniform(-3, 3) if askew is None else askew
    image = drawn(pdf, page=page).rotate(turn, resample=Image.Resampling.BILINEAR, fillcolor="white")
    return jpeg(image.filter(ImageFilter.GaussianBlur(1)), quality=50)


def jpeg(image, **how):
    target = io.BytesIO()
    image.save(target, "JPEG", **how)
    return target.getvalue()
