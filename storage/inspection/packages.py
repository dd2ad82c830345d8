"""What a zip container is (office, OFD, book, plain archive) and what it hides. Runs in the child."""

import re

from storage.inspection.kinds import KINDS, MIB
from storage.inspection.outcome import Rejected
from storage.inspection.zips import Container

_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
    b"presentationml.slideshow.main+xml": "pptx",
    b"vnd.ms-word.document.macroEnabled.main+xml": "docx",
    b"vnd.ms-excel.sheet.macroEnabled.main+xml": "xlsx",
    b"vnd.ms-powerpoint.presentation.macroEnabled.main+xml": "pptx",
}
_BY_MIMETYPE = {KINDS[code].media_type.encode(): code for code in ("odt", "ods", "odp", "epub")}
_MACRO_NAMES = re.compile(
    r"(?:^|/)(?:vbaProject\.bin|vbaData\.xml|macrosheets/.*|activeX/.*\.bin)$", re.IGNORECASE
)
_ODF_MACROS = re.compile(r"^(?:Basic|Scripts)/.*\.(?:xml|py|js|bsh|java|class)$", re.IGNORECASE)
_EXTERNAL = re.compile(
    rb"<Relationship\b(?=[^>]*TargetMode\s*=\s*[\"']External)"
    rb"(?=[^>]*Type\s*=\s*[\"'][^\"']*/(?:attachedTemplate|oleObject|frame|subDocument)[\"'])"
    rb"(?=[^>]*Target\s*=\s*[\"'](?:https?:|ftp:|\\\\|file:////))",
    re.IGNORECASE,
)
# An OLE "Package" is how a program travels inside a document; equations and charts are OLE too and stay.
_OLE_PACKAGE = "\x01Ole10Native".encode("utf-16-le")
_PART = 8 * MIB


def recognise(container: Container) -> str:
    """The kind's code. Java and Android packages are programs: `Rejected("executable")`."""
    names = container.names
    types = _content_types(container)
    if types:
        for marker, code in _MAIN_PARTS.items():
            if marker in types:
                return code
    if "mimetype" in names and not container.encrypted:
        declared = container.read("mimetype", 100).strip()
        if declared in _BY_MIMETYPE:
            return _BY_MIMETYPE[declared]
    if "OFD.xml" in names:
        return "ofd"
    if "AndroidManifest.xml" in names or (
        "META-INF/MANIFEST.MF" in names and any(name.endswith(".class") for name in names)
    ):
        raise Rejected("executable")
    return "zip"


def examine_office(container: Container) -> None:
    """Macros, passwords, packages and remote templates in OOXML and ODF; raises `Rejected`."""
    manifest = container.read("META-INF/manifest.xml", _PART)
    if container.encrypted or b"encryption-data" in manifest:
        raise Rejected("encrypted_office")
    container.prove()
    types = _content_types(container)
    parts = {_as_part(name): name for name in container.names}
    if len(parts) < len(container.names):
        # Parts that differ only in case: readers disagree about which of them counts.
        raise Rejected("malformed_file")
    reasons = []
    if (
        b"macroEnabled" in types
        or b"vbaProject" in types
        or any(_MACRO_NAMES.search(part) or _ODF_MACROS.match(part) for part in parts)
    ):
        reasons.append("macros")
    if any(
        _OLE_PACKAGE in container.read(name, _PART) for part, name in parts.items() if "embeddings/" in part
    ):
        reasons.append("embedded_object")
    if any(
        _EXTERNAL.search(container.read(name, _PART))
        for part, name in parts.items()
        if part.endswith(".rels")
    ):
        reasons.append("external_reference")
    if reasons:
        raise Rejected(*reasons)


def _content_types(container: Container) -> bytes:
    """What declares the parts of an OOXML package; empty in other containers."""
    for name in container.names:
        if _as_part(name) == "[content_types].xml":
            return container.read(name, _PART)
    return b""


def _as_part(name: str) -> str:
    """A part's name as Office compares it: without regard to case, and with the slashes of other exporters."""
    return name.replace("\\", "/").lower()
