"""PDF: encrypted, scripted, launching, playing or broken, and what is attached to it. Runs in the child.

Every object is looked at, not the raw bytes: names hide in compressed object streams and behind #xx escapes.
qpdf writes each object out with names in their plain form; only an object that mentions a suspect name is
walked. Attached files are handed on to be looked at like those of a mail: an electronic invoice is a page with its
data attached, and the one is worth little without the other.
"""

import io
import re
from typing import Any

import pikepdf

from storage.inspection.outcome import Rejected

_SUSPECT = re.compile(
    rb"/(?:JavaScript|JS|XFA|Launch|ImportData|SubmitForm|GoToE|EmbeddedFiles?|EF"
    rb"|RichMedia(?:Content)?|Movie|Rendition)(?![A-Za-z0-9])"
)
# Always in clear, in the trailer or the cross-reference stream's dictionary.
ENCRYPTION = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_SCRIPT_KEYS = {"/JS", "/JavaScript", "/XFA"}
_ACTIONS = {
    "/JavaScript": "scripted_pdf",
    "/Rendition": "pdf_embedded_file",
    "/Launch": "pdf_launch_action",
    "/ImportData": "pdf_launch_action",
    "/SubmitForm": "pdf_launch_action",
    "/GoToE": "pdf_embedded_file",
}
_PLAYING_KEYS = {"/RichMediaContent"}
_PLAYING_TYPES = {"/RichMedia", "/Movie"}
_NAMES, _PLACES = ("/UF", "/F"), ("/UF", "/F", "/Unix", "/Mac", "/DOS")
_ORDER = ("scripted_pdf", "pdf_launch_action", "pdf_embedded_file")
_DEPTH = 60
# By the stream that holds it: what it is called and what it is.
_Attached = dict[tuple[int, int], tuple[str, bytes]]


def examine(data: bytes) -> tuple[int, list[tuple[str, bytes]]]:
    """(number of pages, name and content of every attached file); raises `Rejected`."""
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Rejected("encrypted_pdf")
            pages = len(pdf.pages)
            found: set[str] = set()
            attached: _Attached = {}
            for item in pdf.objects:
                _look(item, found, attached)
            if any(_is_attachment(item) and item.objgen not in attached for item in pdf.objects):
                # Content that no name leads to.
                found.add("pdf_embedded_file")
    except pikepdf.PasswordError as error:
        raise Rejected("encrypted_pdf") from error
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise Rejected("encrypted_pdf" if ENCRYPTION.search(data) else "malformed_pdf") from error
    if found:
        raise Rejected(*(reason for reason in _ORDER if reason in found))
    if pages < 1:
        raise Rejected("malformed_pdf")
    return pages, list(attached.values())


def _look(item: Any, found: set[str], attached: _Attached) -> None:
    if isinstance(item, pikepdf.Stream):
        item = item.stream_dict
    if isinstance(item, pikepdf.Name):
        # A name that is an object of its own: the dictionary that refers to it does not spell it.
        _look_at_name(str(item), found)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Array) and _SUSPECT.search(
        item.unparse(resolved=True)
    ):
        _walk(item, found, attached, _DEPTH)


def _look_at_name(name: str, found: set[str]) -> None:
    if name in _ACTIONS:
        found.add(_ACTIONS[name])
    elif name in _PLAYING_TYPES or name == "/EmbeddedFile":
        found.add("pdf_embedded_file")


def _walk(item: Any, found: set[str], attached: _Attached, depth: int) -> None:
    """Direct values only: what is referred to is another object and gets its own turn."""
    if depth == 0:
        raise Rejected("malformed_pdf")
    if isinstance(item, pikepdf.Dictionary):
        keys = set(item.keys())
        if keys & _SCRIPT_KEYS:
            found.add("scripted_pdf")
        if keys & _PLAYING_KEYS or {_name(item.get("/Type")), _name(item.get("/Subtype"))} & _PLAYING_TYPES:
            found.add("pdf_embedded_file")
        if "/EF" in keys:
            _take(item, found, attached)
        action = _ACTIONS.get(_name(item.get("/S")))
        if action:
            found.add(action)
        for key in keys:
            _step(item.get(key), found, attached, depth)
    elif isinstance(item, pikepdf.Array):
        for value in item:
            _step(value, found, attached, depth)


def _step(value: Any, found: set[str], attached: _Attached, depth: int) -> None:
    if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
        _walk(value, found, attached, depth - 1)


def _take(specification: pikepdf.Dictionary, found: set[str], attached: _Attached) -> None:
    """What a file specification embeds, under the name a reader would show."""
    name = next((str(specification[key]) for key in _NAMES if key in specification), "")
    places = specification["/EF"]
    keys = set(places.keys()) if _is_plain_dictionary(places) else set()
    contents = [places[key] for key in _PLACES if key in keys]
    if not contents or len(contents) < len(keys):
        found.add("pdf_embedded_file")
    for content in contents:
        if isinstance(content, pikepdf.Stream):
            attached[content.objgen] = (name, content.read_bytes())
        else:
            found.add("pdf_embedded_file")


def _is_plain_dictionary(value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary) and not isinstance(value, pikepdf.Stream)


def _is_attachment(item: Any) -> bool:
    return isinstance(item, pikepdf.Stream) and _name(item.stream_dict.get("/Type")) == "/EmbeddedFile"


def _name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""
