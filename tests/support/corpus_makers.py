"""Makers of single files for the corpus, and for tests that want just one."""

import io
import struct
import tarfile
import wave
import zipfile
import zlib
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

PROSE = "关于印发《档案管理办法》的通知。各营业厅：现将办法印发给你们，请遵照执行。\n"


@cache
def typeset(markup: str, standard: str = "") -> bytes:
    """A PDF typeset in Chinese."""
    return typst.compile(
        b'#set text(font: "Noto Sans SC")\n' + markup.encode(),
        font_paths=[dirname(pylopdf_fonts_zh_cn.__file__)],
        ignore_system_fonts=True,
        **({"pdf_standards": standard} if standard else {}),
    )


def hand_made_pdf(extra: str = "", *, catalog: str = "", page: str = "", more: tuple[str, ...] = ()) -> bytes:
    """One page, classic cross-reference table, written byte by byte; `more` objects count from 4."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] {page} >>",
        *more,
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
            **word_parts("vnd.ms-word.document.macroEnabled.main+xml", "application/"),
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


def word_parts(main: str = "wordprocessingml.document.main+xml", prefix: str = "") -> dict[str, bytes]:
    prefix = prefix or "application/vnd.openxmlformats-officedocument."
    return {
        "[Content_Types].xml": f'<Types><Override PartName="/word/document.xml" ContentType="{prefix}{main}"/></Types>'.encode(),
        "word/document.xml": b"<w/>",
    }


def saved(pdf: pikepdf.Pdf, *, pages: int = 1, **options: object) -> bytes:
    for _ in range(pages):
        pdf.add_blank_page(page_size=(200, 300))
    target = io.BytesIO()
    pdf.save(target, **options)
    return target.getvalue()


def acting(action: dict[str, str], *, packed: bool = False) -> bytes:
    pdf = pikepdf.new()
    values = {
        key: pikepdf.Name(value) if value.startswith("/") else pikepdf.String(value)
        for key, value in action.items()
    }
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(values))
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    return saved(pdf, object_stream_mode=mode)


def attaching(name: str, content: bytes) -> bytes:
    pdf = pikepdf.new()
    pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)
    return saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def encoded(image: Image.Image, form: str) -> bytes:
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "张三 <zhang@example.invalid>"
    message["To"] = "archives@example.invalid"
    message["Date"] = "Mon, 23 Nov 2026 09:00:00 +0800"
    message["Subject"] = "关于移交档案的函"
    message.set_content(PROSE)
    return message


def open_document(document: object, paragraph: object) -> bytes:
    if paragraph is not None:
        document.text.addElement(paragraph)  # type: ignore[attr-defined]
    target = io.BytesIO()
    document.write(target)  # type: ignore[attr-defined]
    return target.getvalue()


def open_sheet() -> bytes:
    document = opendocument.OpenDocumentSpreadsheet()
    sheet, row, cell = table.Table(name="台账"), table.TableRow(), table.TableCell()
    cell.addElement(text.P(text="题名"))
    row.addElement(cell)
    other = table.TableCell()
    other.addElement(text.P(text="日期"))
    row.addElement(other)
    sheet.addElement(row)
    document.spreadsheet.addElement(sheet)
    return open_document(document, None)


def ogg(packet: bytes) -> bytes:
    return b"OggS\x00\x02" + bytes(8) + b"\x01\x00\x00\x00" + bytes(8) + bytes([1, len(packet)]) + packet


def movie(brand: bytes) -> bytes:
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


def tiff_header(width: int, height: int) -> bytes:
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


def linux_program() -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 2, 62, 1) + bytes(40)


def many_entries(count: int) -> bytes:
    return zipped({f"{number}.txt": b"" for number in range(count)}, stored=True)


def marked_encrypted(body: bytes) -> bytes:
    marked = bytearray(body)
    marked[6] |= 1
    marked[marked.index(b"PK\x01\x02") + 8] |= 1
    return bytes(marked)


def corrupted(body: bytes) -> bytes:
    damaged = bytearray(body)
    damaged[len(body) // 2 - 20] ^= 0x55
    return bytes(damaged)


def tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as out:
        out.addfile(tarfile.TarInfo("a.txt"))
    return target.getvalue()
