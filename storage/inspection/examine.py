"""One file's content taken to its kind and checked by that kind's rules, members and attachments included.

Runs in the child. `examine` fills a `Looked` as it learns, so that a rejection still says what the file was.
"""

from dataclasses import dataclass

from storage.inspection import compounds, images, mails, packages, pdfs, signatures, sounds, texts
from storage.inspection.identify import HEAD, UNKNOWN, Identity, identify
from storage.inspection.kinds import BY_EXTENSION, KINDS, MIB, TEXT_KINDS, Kind, extension_of
from storage.inspection.names import check_name
from storage.inspection.outcome import Rejected
from storage.inspection.zips import HEAD as MEMBER_HEAD
from storage.inspection.zips import Container

_MEMBER = 32 * MIB
_DEPTH = 2
# In an attachment or a member these count against the whole; other defects are the sender's own business.
_UNSAFE = frozenset(
    {
        "executable",
        "encrypted_pdf",
        "scripted_pdf",
        "pdf_launch_action",
        "encrypted_office",
        "encrypted_archive",
        "macros",
        "external_reference",
        "embedded_object",
        "archive_bomb",
        "nested_archive",
        "pixel_flood",
        "unsafe_attachment",
    }
)
_WEB_EXTENSIONS = frozenset({"html", "htm", "xhtml", "svg", "mht", "mhtml", "hta"})
_OFFICE = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp"})


@dataclass
class Looked:
    """What is known so far about one file."""

    kind: Kind | None = None
    media_type: str = UNKNOWN
    pages: int | None = None


def look(looked: Looked, head: bytes) -> Identity:
    """By the first bytes; raises `Rejected("executable")`."""
    identity = identify(head)
    looked.media_type = identity.libmagic
    _settle(looked, identity.kind)
    if identity.form == "program":
        raise Rejected("executable")
    return identity


def bounds(identity: Identity, name: str) -> tuple[int, bool]:
    """(how many bytes must fit to be examined whole, whether more is a reason to quarantine)."""
    claimed = BY_EXTENSION.get(extension_of(name))
    if identity.kind is not None:
        return identity.kind.inspect_limit, identity.kind.must_inspect
    if identity.form in {"zip", "compound"}:
        suitable = claimed is not None and claimed.must_inspect
        return (claimed.inspect_limit if claimed and suitable else KINDS["zip"].inspect_limit), True
    if claimed is not None and claimed.code in TEXT_KINDS:
        return claimed.inspect_limit, claimed.must_inspect
    return KINDS["text"].inspect_limit, False


def examine(looked: Looked, identity: Identity, data: bytes, *, name: str, size: int, depth: int = 0) -> None:
    """`data` is the whole file, or its beginning when shorter than `size`; raises `Rejected`."""
    whole = len(data) == size
    if identity.form == "zip":
        _zip(looked, data, name, depth)
    elif identity.form == "compound":
        _settle(looked, KINDS.get(compounds.examine(data)))
    elif identity.form == "text":
        _text(looked, data, identity, name=name, whole=whole, depth=depth)
    elif identity.kind is not None and whole:
        _known(looked, identity.kind, data, depth)
    if identity.kind is not None and identity.kind.family == "audio":
        sounds.examine(data, identity.kind.code, size)
    _check_name(looked, name)


def _known(looked: Looked, kind: Kind, data: bytes, depth: int) -> None:
    if kind.code == "pdf":
        looked.pages, attached = pdfs.examine(data)
        for name, content in attached:
            _attached_to_pdf(name, content, depth)
    elif kind.family == "image":
        looked.pages = images.examine(data, kind.code)
    elif kind.code == "rtf":
        texts.examine_rtf(data)


def _zip(looked: Looked, data: bytes, name: str, depth: int) -> None:
    looked.kind = None
    container = Container(data)
    kind = KINDS[packages.recognise(container)]
    _settle(looked, kind)
    if kind.code in _OFFICE:
        packages.examine_office(container)
        return
    if container.encrypted:
        raise Rejected("encrypted_archive")
    container.prove()
    for info in container.members:
        if kind.code == "zip":
            _member(info.filename, container.read(info.filename, MEMBER_HEAD), container, depth)
        elif signatures.is_program(container.read(info.filename, MEMBER_HEAD)):
            raise Rejected("executable")


def _member(name: str, head: bytes, container: Container, depth: int) -> None:
    if signatures.is_archive(head):
        raise Rejected("nested_archive")
    if signatures.is_program(head):
        raise Rejected("executable")
    if signatures.is_zip(head) or signatures.is_compound(head) or head.startswith((b"%PDF-", b"{\\rtf")):
        inner = _inner(name, container.read(name, _MEMBER), depth)
        if inner.kind is not None and inner.kind.code == "zip":
            raise Rejected("nested_archive")


def _inner(name: str, data: bytes, depth: int, *, strict: bool = False) -> Looked:
    """A file within a file: only what makes it unsafe counts; with `strict`, whatever would keep it out alone."""
    looked = Looked()
    if not data:
        return looked
    if depth >= _DEPTH:
        raise Rejected("nested_archive")
    try:
        identity = look(looked, data[:HEAD])
        examine(looked, identity, data, name=name, size=len(data), depth=depth + 1)
    except Rejected as rejected:
        if _UNSAFE.intersection(rejected.reasons):
            raise Rejected("unsafe_attachment") from rejected
        if strict:
            raise Rejected("pdf_embedded_file") from rejected
    return looked


def _attached_to_pdf(name: str, data: bytes, depth: int) -> None:
    """No page shows it, so it must be what the archive would take in by itself."""
    if check_name(name):
        raise Rejected("pdf_embedded_file")
    inner = _inner(name, data, depth, strict=True)
    if inner.kind is None or inner.kind.family in {"archive", "audio", "video"}:
        raise Rejected("pdf_embedded_file")


def _text(looked: Looked, data: bytes, identity: Identity, *, name: str, whole: bool, depth: int) -> None:
    text = texts.decode(data, whole=whole, western=identity.libmagic.startswith("text/"))
    extension = extension_of(name)
    # Each part of a mail has its own encoding, so that the whole need not be text in any one.
    is_mail = extension in KINDS["eml"].extensions and b"\x00" not in data
    if text is None and not is_mail:
        raise Rejected("unlisted_type")
    if signatures.is_web_page(data) or extension in _WEB_EXTENSIONS:
        raise Rejected("active_content")
    claimed = BY_EXTENSION.get(extension)
    kind = claimed if claimed is not None and claimed.code in TEXT_KINDS else KINDS["text"]
    _settle(looked, kind)
    if not whole:
        return
    if kind.code == "json" and text is not None:
        texts.examine_json(text)
    elif kind.code == "xml":
        texts.examine_xml(data)
    elif kind.code == "eml":
        for attached, content in mails.attachments(mails.parse(data)):
            _inner(attached, content, depth)


def _check_name(looked: Looked, name: str) -> None:
    extension = extension_of(name)
    if looked.kind is None:
        raise Rejected("unlisted_type")
    if extension in looked.kind.extensions:
        return
    # A sound track alone is the same container as a film under another name.
    if looked.kind.code == "mp4" and extension in KINDS["m4a"].extensions:
        _settle(looked, KINDS["m4a"])
        return
    # Many a program's own format is text or a zip container inside: renaming it would not make it one.
    unlisted = looked.kind.code in {"text", "zip"} and extension and extension not in BY_EXTENSION
    raise Rejected("unlisted_type" if unlisted else "extension_mismatch")


def _settle(looked: Looked, kind: Kind | None) -> None:
    if kind is not None:
        looked.kind, looked.media_type = kind, kind.media_type
