"""Papers of every day, each from a row of words: circulars, tickets, inspections, minutes, notes, tables, mail."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.utils import format_datetime

import docx
import openpyxl

from vault.project.demo.documents.model import COMPANY_NAME, Paper
from vault.project.demo.documents.typesetting import Block, facts, h1, long_date, p, pdf, signed, table

Maker = Callable[[Paper], bytes]


def circular(*texts: str, by: str = COMPANY_NAME, to: str = "各部门、各营业厅") -> Maker:
    """An internal notice with its number."""

    def make(paper: Paper) -> bytes:
        return pdf(
            paper.title,
            [*p(*texts), signed(by, long_date(paper.day))],
            agency=f"{COMPANY_NAME}文件",
            number=paper.number,
            to=to,
            creator=by,
        )

    return make


def minutes(place: str, chair: str, *items: str, by: str = "企业管理部") -> Maker:
    """Minutes of a meeting, each item with its number."""

    def make(paper: Paper) -> bytes:
        numbered = [f"{number}．{item}" for number, item in enumerate(items, start=1)]
        when = facts(("时间", long_date(paper.day)), ("地点", place), ("主持", chair))
        return _plain(paper, when, h1("议定事项"), *p(*numbered), signed(f"记录：{by}"))

    return make


def ticket(customer: str, said: str, done: str, outcome: str) -> Maker:
    """A complaint from its acceptance to the call-back; customers are samples."""

    def make(paper: Paper) -> bytes:
        return _plain(
            paper,
            facts(
                ("受理日期", long_date(paper.day)),
                ("受理渠道", paper.chance.choice(("热线", "营业厅", "网站"))),
                ("客户", f"{customer}（样本）"),
                ("联系电话", f"1380000{paper.chance.randrange(10_000):04d}"),
            ),
            h1("客户反映"),
            *p(said),
            h1("处理经过"),
            *p(done),
            h1("回访"),
            *p(outcome),
        )

    return make


def inspection(inspector: str, *lines: tuple[str, str]) -> Maker:
    """A list of what was looked at and what was found."""

    def make(paper: Paper) -> bytes:
        rows = [[number, what, found] for number, (what, found) in enumerate(lines, start=1)]
        return _plain(
            paper,
            facts(("检查日期", long_date(paper.day)), ("检查人", inspector)),
            table(["序号", "检查项目", "结果"], rows, widths=[0.6, 2.6, 3]),
            signed("被检查单位负责人签字："),
        )

    return make


def note(*lines: str) -> Maker:
    """A telephone message, as it was written down."""

    def make(paper: Paper) -> bytes:
        return "\n".join([paper.title, "", f"日期：{paper.day.isoformat()}", *lines, ""]).encode()

    return make


def sheet(*columns: str, names: tuple[str, ...], low: int = 20, high: int = 900) -> Maker:
    """A workbook: one row a name, figures beside it."""

    def make(paper: Paper) -> bytes:
        book = openpyxl.Workbook()
        page = book.active
        page.append(columns)
        for name in names:
            page.append([name, *(paper.chance.randrange(low, high) for _ in columns[1:])])
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return make


def letter(*texts: str) -> Maker:
    """A text written in a word processor."""

    def make(paper: Paper) -> bytes:
        document = docx.Document()
        document.core_properties.author = COMPANY_NAME
        document.add_heading(paper.title, 1)
        for text in texts:
            document.add_paragraph(text)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    return make


def rows(*columns: str, names: tuple[str, ...]) -> Maker:
    """An export of an old system in GB18030."""

    def make(paper: Paper) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(columns)
        for number in range(40):
            figures = [paper.chance.randrange(1, 400) for _ in columns[2:]]
            writer.writerow([f"{number + 1:03d}", paper.chance.choice(names), *figures])
        return out.getvalue().encode("gb18030")

    return make


def mail(sender: str, recipient: str, *lines: str) -> Maker:
    """An official mail."""

    def make(paper: Paper) -> bytes:
        message = EmailMessage()
        message["Subject"] = paper.title
        message["From"], message["To"] = f"{sender}@linjiang.example", f"{recipient}@linjiang.example"
        message["Date"] = format_datetime(datetime.combine(paper.day, time(1, 40), tzinfo=UTC))
        message["Message-ID"] = f"<{paper.document.key}@linjiang.example>"
        message.set_content("\n".join([*lines, ""]))
        return message.as_bytes()

    return make


def _plain(paper: Paper, *blocks: Block) -> bytes:
    return pdf(paper.title, list(blocks), creator=COMPANY_NAME)
