"""The kinds of file the archive takes in, as one table. Pure: no libraries, no settings.

A kind is listed once with everything the rest needs: what it is called, which names it may bear, what
libmagic may call it, how it is shown, and up to which size. What is not here is quarantined as unlisted
(PF-03, PF-08).
"""

from dataclasses import dataclass
from typing import Literal

MIB = 1024 * 1024

# How the viewer shows it: page images by the renderer, the browser's audio player, or not at all.
Viewer = Literal["pages", "audio", "none"]
Family = Literal["document", "image", "text", "mail", "office", "audio", "video", "archive"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One row. `extensions` are lower case; the first is the usual one. Sizes are bytes.

    Above `inspect_limit` only the beginning is looked at; kinds that can hide active content (`must_inspect`)
    are then quarantined, the others are stored. Above `preview_limit` the file is stored but not shown.
    """

    code: str
    media_type: str
    family: Family
    extensions: tuple[str, ...]
    viewer: Viewer = "none"
    inspect_limit: int = 100 * MIB
    preview_limit: int = 50 * MIB
    must_inspect: bool = False
    magic: tuple[str, ...] = ()


def _played(code: str, media_type: str, *extensions: str, magic: tuple[str, ...] = ()) -> Kind:
    """Sound that a browser plays. An hour of it uncompressed is larger than any page."""
    return Kind(code, media_type, "audio", extensions, "audio", 100 * MIB, 200 * MIB, magic=magic)


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

_ROWS = (
    Kind("pdf", "application/pdf", "document", ("pdf",), "pages", 200 * MIB, 100 * MIB, must_inspect=True),
    Kind("png", "image/png", "image", ("png",), "pages"),
    Kind("jpeg", "image/jpeg", "image", ("jpg", "jpeg", "jpe", "jfif"), "pages"),
    Kind("tiff", "image/tiff", "image", ("tif", "tiff"), "pages", 200 * MIB, 100 * MIB),
    Kind("gif", "image/gif", "image", ("gif",), "pages"),
    Kind("bmp", "image/bmp", "image", ("bmp", "dib"), "pages", magic=("image/x-ms-bmp",)),
    Kind("webp", "image/webp", "image", ("webp",), "pages"),
    Kind("text", "text/plain", "text", ("txt", "text", "log", "md"), "pages", 64 * MIB, 2 * MIB),
    Kind("csv", "text/csv", "text", ("csv", "tsv"), "pages", 64 * MIB, 2 * MIB),
    Kind("json", "application/json", "text", ("json",), "pages", 64 * MIB, 2 * MIB),
    Kind("xml", "text/xml", "text", ("xml", "xsd"), "pages", 64 * MIB, 2 * MIB, must_inspect=True),
    Kind("eml", "message/rfc822", "mail", ("eml",), "pages", 100 * MIB, 50 * MIB, must_inspect=True),
    Kind("rtf", "application/rtf", "document", ("rtf",), must_inspect=True, magic=("text/rtf",)),
    Kind(
        "docx", _OOXML + "wordprocessingml.document", "office", ("docx",), "pages", 100 * MIB, 20 * MIB, True
    ),
    Kind("xlsx", _OOXML + "spreadsheetml.sheet", "office", ("xlsx",), "pages", 100 * MIB, 20 * MIB, True),
    Kind(
        "pptx",
        _OOXML + "presentationml.presentation",
        "office",
        ("pptx",),
        "pages",
        100 * MIB,
        50 * MIB,
        True,
    ),
    Kind("odt", _ODF + "text", "office", ("odt",), "pages", 100 * MIB, 20 * MIB, True),
    Kind("ods", _ODF + "spreadsheet", "office", ("ods",), "pages", 100 * MIB, 20 * MIB, True),
    Kind("odp", _ODF + "presentation", "office", ("odp",), "pages", 100 * MIB, 50 * MIB, True),
    Kind("doc", "application/msword", "office", ("doc", "wps"), must_inspect=True),
    Kind("xls", "application/vnd.ms-excel", "office", ("xls", "et"), must_inspect=True),
    Kind("ppt", "application/vnd.ms-powerpoint", "office", ("ppt", "dps"), must_inspect=True),
    Kind("ofd", "application/ofd", "document", ("ofd",), must_inspect=True),
    Kind("epub", "application/epub+zip", "document", ("epub",), must_inspect=True),
    Kind("zip", "application/zip", "archive", ("zip",), "none", 200 * MIB, must_inspect=True),
    _played("wav", "audio/wav", "wav", magic=("audio/x-wav", "audio/vnd.wave")),
    _played("mp3", "audio/mpeg", "mp3"),
    _played(
        "ogg",
        "audio/ogg",
        *("ogg", "oga", "opus", "spx"),
        magic=("application/ogg", "audio/x-opus+ogg", "audio/x-vorbis+ogg"),
    ),
    _played("flac", "audio/flac", "flac", magic=("audio/x-flac",)),
    _played("m4a", "audio/mp4", "m4a", magic=("audio/x-m4a",)),
    Kind("amr", "audio/amr", "audio", ("amr",), magic=("audio/AMR",)),
    Kind("mp4", "video/mp4", "video", ("mp4", "m4v"), magic=("video/x-m4v",)),
)

KINDS: dict[str, Kind] = {row.code: row for row in _ROWS}
BY_MAGIC: dict[str, Kind] = {name: row for row in _ROWS for name in (row.media_type, *row.magic)}
BY_EXTENSION: dict[str, Kind] = {extension: row for row in _ROWS for extension in row.extensions}

# These are all "some text" to a detector; the name says which, and its content must then fit.
TEXT_KINDS = frozenset({"text", "csv", "json", "xml", "eml"})


def extension_of(name: str) -> str:
    """Lower-case extension without the dot; empty when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def kind_for(media_type: str) -> Kind | None:
    """The row of a media type, as found in a `Finding`."""
    return BY_MAGIC.get(media_type)
