"""Files that are no typeset PDF: office files, tables, mail, scans, drawings and recordings."""

import array
import csv
import io
import itertools
import math
import wave
import zipfile
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.utils import format_datetime

import docx
import odf.opendocument
import odf.style
import odf.table
import odf.text
import openpyxl
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

from vault.project.demo.documents import authority, company
from vault.project.demo.documents.model import COMPANY_NAME, Paper

_RATE = 8000
_DPI = 150


def word(paper: Paper) -> bytes:
    """A plan written in a word processor."""
    document = docx.Document()
    document.core_properties.author = COMPANY_NAME
    document.add_heading(paper.title, 1)
    document.add_paragraph("为提升一线人员服务能力，制定本计划。培训未通过者不得上岗操作业务系统。")
    table = document.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, ("课程", "课时", "对象"), strict=True):
        cell.text = text
    for row in (("保密常识", "4", "全体"), ("档案整理", "6", "值班人员"), ("投诉处理", "6", "坐席")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return _saved(document.save)


def workbook(paper: Paper) -> bytes:
    """A sheet of figures."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "统计"
    sheet.append(["月份", "受理", "办结", "满意率"])
    for month in range(1, 11):
        accepted = paper.chance.randrange(300, 900)
        sheet.append([f"{month}月", accepted, accepted - paper.chance.randrange(0, 9), "99.2%"])
    return _saved(book.save)


def open_text(paper: Paper) -> bytes:
    """An OpenDocument text."""
    document = odf.opendocument.OpenDocumentText()
    for text in (paper.title, "一、交接内容：钥匙、登记簿、未办结工单。", "二、交接双方签字后生效。"):
        document.text.addElement(odf.text.P(text=text))
    return _saved(document.write)


def open_sheet(paper: Paper) -> bytes:
    """An OpenDocument spreadsheet."""
    document = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="借阅")
    for cells in (("日期", "题名", "借阅人", "归还"), ("2026-10-12", "阀井改造竣工图", "陈立", "2026-10-20")):
        row = odf.table.TableRow()
        for text in cells:
            cell = odf.table.TableCell(valuetype="string")
            cell.addElement(odf.text.P(text=text))
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    return _saved(document.write)


def table_gb18030(paper: Paper) -> bytes:
    """An export of an old system: comma-separated, GB18030."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["户号", "抄表日期", "止码", "备注"])
    for _ in range(60):
        writer.writerow(
            [
                f"0412-{paper.chance.randrange(10_000, 99_999)}",
                paper.day.isoformat(),
                paper.chance.randrange(100, 9999),
                "正常",
            ]
        )
    return out.getvalue().encode("gb18030")


def plain_text(paper: Paper) -> bytes:
    """A telephone message, noted down."""
    return (
        f"{paper.title}\n\n来电单位：上级主管部门\n来电时间：{paper.day.isoformat()} 09:12\n"
        "内容：请于三日内报送冬季保供准备情况。\n记录人：刘洋\n处理结果：已转企业管理部。\n"
    ).encode()


def mail(paper: Paper) -> bytes:
    """An official mail with its attachment."""
    message = EmailMessage()
    message["Subject"] = paper.title
    message["From"] = "hall.south@linjiang.example"
    message["To"] = "enterprise.management@linjiang.example"
    message["Date"] = format_datetime(datetime.combine(paper.day, time(2, 30), tzinfo=UTC))
    message["Message-ID"] = f"<{paper.document.key}@linjiang.example>"
    message.set_content("请查收上月客户档案移交目录。\n城南营业厅\n")
    message.add_attachment(
        company.contents_list(paper), maintype="application", subtype="pdf", filename="移交目录.pdf"
    )
    message.set_boundary(f"=={paper.document.key}==")
    return message.as_bytes()


def scan(paper: Paper) -> bytes:
    """A page as a scanner gives it: grey, askew, with noise, as an image in a PDF."""
    return _scan_to_pdf(company.acceptance_slip(paper), paper)


def secret_scan(paper: Paper) -> bytes:
    """A scanned circulation slip of a received secret."""
    return _scan_to_pdf(authority.circulation_slip(paper), paper)


def photograph(paper: Paper) -> bytes:
    """The same kind of page as a JPEG."""
    page = _scanned(company.acceptance_slip(paper), paper)
    return _saved(lambda out: page.save(out, "JPEG", quality=70, dpi=(_DPI, _DPI)))


def drawing(paper: Paper) -> bytes:
    """A plan of a pipe network."""
    image = Image.new("RGB", (1400, 900), "white")
    draw = ImageDraw.Draw(image)
    points = [(paper.chance.randrange(60, 1340), paper.chance.randrange(60, 840)) for _ in range(24)]
    for a, b in itertools.pairwise(points):
        draw.line((a, (b[0], a[1]), b), fill=(30, 74, 103), width=4)
    for x, y in points:
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), outline=(169, 43, 26), width=4)
    return _saved(lambda out: image.save(out, "PNG"))


def recording(paper: Paper) -> bytes:
    """A call: ringing, two voices that are only formants, silence; mono, 8 kHz."""
    samples = array.array("h")
    for second in range(2):
        samples.extend(_tone(450, 1.0 if second == 0 else 0.4, 9000))
        samples.extend(array.array("h", bytes(2 * _RATE)))
    for _ in range(12):
        pitch = paper.chance.choice((110, 125, 190, 210))
        samples.extend(_voice(pitch, paper.chance.uniform(0.15, 0.5), paper.chance.randrange(400, 900)))
        samples.extend(array.array("h", bytes(2 * int(_RATE * paper.chance.uniform(0.05, 0.3)))))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def package(paper: Paper) -> bytes:
    """Several drawings in one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("说明.txt", f"{paper.title}\n共一张。\n")
        archive.writestr("管网.png", drawing(paper))
    return out.getvalue()


def _scan_to_pdf(typeset: bytes, paper: Paper) -> bytes:
    page, moment = _scanned(typeset, paper), paper.day.timetuple()
    return _saved(
        lambda out: page.save(out, "PDF", resolution=_DPI, quality=70, creationDate=moment, modDate=moment)
    )


def _scanned(typeset: bytes, paper: Paper) -> Image.Image:
    """The first page as grey pixels, a little crooked, with the paper's and the scanner's noise."""
    with pypdfium2.PdfDocument(typeset) as document:
        page = document[0].render(scale=_DPI / 72).to_pil().convert("L")
    angle = paper.chance.choice((-1, 1)) * paper.chance.uniform(0.4, 0.9)
    page = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=244)
    noise = Image.frombytes("L", page.size, paper.chance.randbytes(page.width * page.height))
    return Image.blend(page, noise, 0.07).filter(ImageFilter.GaussianBlur(0.6))


def _tone(frequency: float, seconds: float, loud: int) -> array.array:
    return array.array(
        "h", (int(loud * math.sin(2 * math.pi * frequency * n / _RATE)) for n in range(int(_RATE * seconds)))
    )


def _voice(pitch: float, seconds: float, formant: float) -> array.array:
    length = int(_RATE * seconds)
    return array.array(
        "h",
        (
            int(
                6000
                * math.sin(math.pi * n / length)
                * (
                    math.sin(2 * math.pi * pitch * n / _RATE)
                    + 0.6 * math.sin(2 * math.pi * formant * n / _RATE)
                    + 0.3 * math.sin(2 * math.pi * 2.4 * formant * n / _RATE)
                )
                / 1.9
            )
            for n in range(length)
        ),
    )


def _saved(save) -> bytes:  # noqa: ANN001  each library's own save
    out = io.BytesIO()
    save(out)
    return out.getvalue()
