"""Originals on sheets, and the marks of one copy after the other over them. Runs in the child.

The sheets are made once. They are saved and opened again, so that what was compressed then is only copied for each
copy; a copy then differs by the marks alone.
"""

import io
from collections.abc import Iterable

import pikepdf

from storage.reproduction import sheets
from storage.reproduction.originals import Original
from storage.reproduction.sheets import MM, Placement

_DIGITS = 10
# Below the number of the copy.
_NUMBER_MM = 10.0
_PAGE, _OF, _END, _ORIGINAL, _ORIGINAL_END = range(_DIGITS, _DIGITS + 5)
_MARKS = pikepdf.Name.Marks


class Sheets:
    """The sheets of a copy without the marks of any."""

    def __init__(self, target: pikepdf.Pdf, originals: list[Original], pieces: bytes, *, whole: bool) -> None:
        """`pieces` is the PDF of `typesetting.PIECES`; of a `whole` original the pages are not named twice."""
        with pikepdf.open(io.BytesIO(pieces)) as source:
            self._widths = [float(page.mediabox[2]) for page in source.pages]
            self._pieces = [target.copy_foreign(page.as_form_xobject()) for page in source.pages]
            self._codes: list[int] = []
            for position, original in enumerate(originals, 1):
                self._lay(target, original, self._numbering(position, len(originals), original, whole=whole))
            settled = io.BytesIO()
            target.save(settled, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        settled.seek(0)
        self._pdf = pikepdf.open(settled)

    def save(self, overlay: bytes, encryption: pikepdf.Encryption | None = None) -> bytes:
        """The copy with these marks."""
        with pikepdf.open(io.BytesIO(overlay)) as source:
            marks = {
                code: self._pdf.copy_foreign(source.pages[code].as_form_xobject())
                for code in set(self._codes)
            }
            for page, code in zip(self._pdf.pages, self._codes, strict=True):
                page.obj.Resources.XObject[_MARKS] = marks[code]
            target = io.BytesIO()
            self._pdf.save(
                target,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                encryption=encryption if encryption is not None else False,
            )
        return target.getvalue()

    def attach(self, name: str, media_type: str, body: bytes) -> None:
        """Hang a file on every copy that is saved from now on."""
        self._pdf.attachments[name] = pikepdf.AttachedFileSpec(
            self._pdf,
            body,
            filename=name,
            mime_type=media_type,
            description="",
            creation_date="",
            mod_date="",
        )

    def _lay(self, target: pikepdf.Pdf, original: Original, pieces: list[int]) -> None:
        placed = sheets.place(original.width, original.height, enlarge=original.enlarge)
        sheet = placed.sheet
        used = {f"/P{piece}": self._pieces[piece] for piece in set(pieces)}
        page = target.add_blank_page(page_size=(sheet.width, sheet.height))
        page.obj.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary({"/Original": original.drawing, **used})
        )
        content = _drawn(original, placed) + self._numbered(placed, pieces) + "q /Marks Do Q\n"
        page.obj.Contents = target.make_stream(content.encode())
        self._codes.append(sheets.SHEETS.index(sheet))

    def _numbering(self, position: int, count: int, original: Original, *, whole: bool) -> list[int]:
        line = [_PAGE, *_digits(position), _OF, *_digits(count)]
        return [*line, _END] if whole else [*line, _ORIGINAL, *_digits(original.number), _ORIGINAL_END]

    def _numbered(self, placed: Placement, pieces: list[int]) -> str:
        x = (placed.sheet.width - sum(self._widths[piece] for piece in pieces)) / 2
        y = placed.sheet.height - (placed.sheet.edge_y + _NUMBER_MM) * MM
        drawn = []
        for piece in pieces:
            drawn.append(f"q 1 0 0 1 {x:.2f} {y:.2f} cm /P{piece} Do Q\n")
            x += self._widths[piece]
        return "".join(drawn)


def _drawn(original: Original, placed: Placement) -> str:
    """The page, and a hairline around it: where it ends is part of what it looks like."""
    matrix = [part * placed.scale for part in original.matrix]
    matrix[4] += placed.left
    matrix[5] += placed.bottom
    box = (placed.left, placed.bottom, original.width * placed.scale, original.height * placed.scale)
    return (
        f"q {_numbers(matrix)} cm /Original Do Q\n"
        f"q 0.25 w 0.6 G {' '.join(f'{value:.2f}' for value in box)} re S Q\n"
    )


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _digits(number: int) -> list[int]:
    return [int(digit) for digit in str(number)]
