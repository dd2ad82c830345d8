"""PDF: encrypted, scripted, launching, embedding or broken. Runs in the child.

Every object is looked at, not the raw bytes: names hide in compressed object streams and behind #xx escapes.
qpdf writes each object out with names in their plain form; only an object that mentions a suspect name is
walked.
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
_ENCRYPTION = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_SCRIPT_KEYS = {"/JS", "/JavaScript", "/XFA"}
_ACTIONS = {
    "/JavaScript": "scripted_pdf",
    "/Rendition": "pdf_embedded_file",
    "/Launch": "pdf_launch_action",
    "/ImportData": "pdf_launch_action",
    "/SubmitForm": "pdf_launch_action",
    "/GoToE": "pdf_embedded_file",
}
_EMBEDDING_KEYS = {"/EF", "/EmbeddedFiles", "/RichMediaContent"}
_EMBEDDING_TYPES = {"/EmbeddedFile", "/RichMedia", "/Movie"}
_ORDER = ("scripted_pdf", "pdf_launch_action", "pdf_embedded_file")
_DEPTH = 60


def examine(data: bytes) -> int:
    """The number of pages; raises `Rejected`."""
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Rejected("encrypted_pdf")
            pages = len(pdf.pages)
            found: set[str] = set()
            for item in pdf.objects:
                _look(item, found)
    except pikepdf.PasswordError as error:
        raise Rejected("encrypted_pdf") from error
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise Rejected("encrypted_pdf" if _ENCRYPTION.search(data) else "malformed_pdf") from error
    if found:
        raise Rejected(*(reason for reason in _ORDER if reason in found))
    if pages < 1:
        raise Rejected("malformed_pdf")
    return pages


def _look(item: Any, found: set[str]) -> None:
    if isinstance(item, pikepdf.Stream):
        item = item.stream_dict
    if isinstance(item, pikepdf.Dictionary | pikepdf.Array) and _SUSPECT.search(item.unparse(resolved=True)):
        _walk(item, found, _DEPTH)


def _walk(item: Any, found: set[str], depth: int) -> None:
    """Direct values only: what is referred to is another object and gets its own turn."""
    if depth == 0:
        raise Rejected("malformed_pdf")
    if isinstance(item, pikepdf.Dictionary):
        keys = set(item.keys())
        if keys & _SCRIPT_KEYS:
            found.add("scripted_pdf")
        if (
            keys & _EMBEDDING_KEYS
            or {_name(item.get("/Type")), _name(item.get("/Subtype"))} & _EMBEDDING_TYPES
        ):
            found.add("pdf_embedded_file")
        action = _ACTIONS.get(_name(item.get("/S")))
        if action:
            found.add(action)
        for key in keys:
            _step(item.get(key), found, depth)
    elif isinstance(item, pikepdf.Array):
        for value in item:
            _step(value, found, depth)


def _step(value: Any, found: set[str], depth: int) -> None:
    if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
        _walk(value, found, depth - 1)


def _name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""
