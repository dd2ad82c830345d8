"""The ordinary half of the corpus: name, bytes, kind, maker and pages of files that must be accepted."""

import io
import json
from collections.abc import Iterator

import pikepdf
from odf import opendocument, text
from PIL import Image

from tests.support.corpus_makers import (
    PROSE,
    attaching,
    compound,
    encoded,
    hand_made_pdf,
    letter,
    movie,
    ogg,
    open_document,
    open_sheet,
    picture,
    png,
    saved,
    slides,
    sound,
    typeset,
    word,
    workbook,
    zipped,
)

Row = tuple[str, bytes, str, str, int | None]


def pdfs() -> Iterator[Row]:
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


def images() -> Iterator[Row]:
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


def texts() -> Iterator[Row]:
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


def mails() -> Iterator[Row]:
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


def office() -> Iterator[Row]:
    yield "报告.docx", word(), "docx", "python-docx", 1
    yield "台账.xlsx", workbook(), "xlsx", "openpyxl", 1
    yield "slides.pptx", slides(), "pptx", "zipfile", 1
    yield "note.odt", open_document(opendocument.OpenDocumentText(), text.P(text=PROSE)), "odt", "odfpy", 1
    yield "sheet.ods", open_sheet(), "ods", "odfpy", 1
    yield "talk.odp", open_document(opendocument.OpenDocumentPresentation(), None), "odp", "odfpy", 1
    yield "old.doc", compound("WordDocument", "1Table"), "doc", "hand", None
    yield "old.xls", compound("Workbook"), "xls", "hand", None
    yield "old.ppt", compound("PowerPoint Document"), "ppt", "hand", None


def sounds() -> Iterator[Row]:
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


def containers() -> Iterator[Row]:
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


ORDINARY = (pdfs, images, texts, mails, office, sounds, containers)
