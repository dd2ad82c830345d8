"""The demo's documents: real files of many kinds, every label, the same words on the same day."""

import csv
import io
import re
import wave
import zipfile
from datetime import date
from email import policy
from email.parser import BytesParser

import pypdfium2
import pytest
from PIL import Image

from storage.inspection import inspect
from vault.project.demo.disk import PHRASES, telling_piece
from vault.project.demo.documents import CATALOGUE, Paper, on
from vault.project.demo.documents.model import LEVELS

DAY = date(2026, 11, 23)
PAPERS = {document.key: on(document, DAY) for document in CATALOGUE}
RECEIVED = [paper for paper in PAPERS.values() if paper.document.label.source == "received"]


@pytest.fixture(scope="module")
def bodies() -> dict[str, bytes]:
    return {key: paper.make() for key, paper in PAPERS.items()}


@pytest.mark.parametrize("key", PAPERS)
def test_every_document_passes_inspection_as_the_kind_its_name_says(
    key: str, bodies: dict[str, bytes]
) -> None:
    paper, body = PAPERS[key], bodies[key]
    finding = inspect(iter([body]), name=paper.file_name, size=len(body))
    assert (finding.verdict, finding.reasons) == ("accepted", ())
    assert finding.kind == {"jpg": "jpeg", "txt": "text"}.get(
        paper.document.extension, paper.document.extension
    )


def test_there_are_about_a_hundred_and_fifty_of_many_kinds_under_every_label() -> None:
    assert 140 <= len(PAPERS) <= 160
    assert {paper.document.label.choice for paper in PAPERS.values()} == set(LEVELS)
    wanted = {"pdf", "docx", "xlsx", "odt", "ods", "csv", "txt", "eml", "wav", "png", "jpg"}
    assert wanted <= {paper.document.extension for paper in PAPERS.values()}
    assert len({paper.title for paper in PAPERS.values()}) == len(PAPERS)


def test_secrecy_periods_run_for_years_for_months_until_a_day_and_until_a_condition() -> None:
    """CL-08: what a period may be occurs in the demo."""
    kinds = {paper.document.label.kind for paper in PAPERS.values()}
    assert {"years", "months", "until", "condition"} <= kinds
    assert {paper.document.label.source for paper in PAPERS.values()} >= {"received", "derived", "proposed"}


def test_only_state_secrets_carry_the_star() -> None:
    """CL-09, CL-10."""
    for paper in PAPERS.values():
        assert ("★" in paper.mark) is paper.is_state_secret
    assert {paper.mark[:3] for paper in PAPERS.values() if paper.is_state_secret} == {
        "秘密★",
        "机密★",
        "绝密★",
    }


@pytest.mark.parametrize(
    "paper", [p for p in PAPERS.values() if p.is_state_secret], ids=lambda p: p.document.key
)
def test_every_page_of_a_state_secret_says_that_it_is_a_drill(paper: Paper, bodies: dict[str, bytes]) -> None:
    """P-01: the demo's state secrets are samples, page by page."""
    with pypdfium2.PdfDocument(bodies[paper.document.key]) as pdf:
        texts = [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in pdf]
    if paper.document.key == "slip":
        assert texts == [""], "a scan has no text; its slip is typeset and photographed"
        return
    for text in texts:
        assert "演练样本" in text
    assert paper.mark in texts[0]


def test_what_is_no_state_secret_is_not_called_one(bodies: dict[str, bytes]) -> None:
    with pypdfium2.PdfDocument(bodies["hazard"]) as pdf:
        assert "并非真实国家秘密" not in re.sub(r"\s", "", pdf[0].get_textpage().get_text_range())


def test_the_emergency_plan_is_as_long_as_such_plans_are(bodies: dict[str, bytes]) -> None:
    with pypdfium2.PdfDocument(bodies["plan"]) as pdf:
        assert len(pdf) >= 20


@pytest.mark.parametrize("key", ["scan", "slip"])
def test_a_scan_is_an_image_without_text(key: str, bodies: dict[str, bytes]) -> None:
    with pypdfium2.PdfDocument(bodies[key]) as pdf:
        assert len(pdf) == 1
        assert pdf[0].get_textpage().get_text_range() == ""
        assert b"/DCTDecode" in bodies[key]


def test_recordings_are_mono_at_eight_kilohertz_and_not_silent(bodies: dict[str, bytes]) -> None:
    for key in ("call1", "call2"):
        with wave.open(io.BytesIO(bodies[key])) as sound:
            assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (1, 8000, 2)
            frames = sound.readframes(sound.getnframes())
        assert sound.getnframes() > 5 * 8000
        assert len(set(frames)) > 200


def test_the_mail_carries_its_attachment_and_the_table_is_gb18030(bodies: dict[str, bytes]) -> None:
    message = BytesParser(policy=policy.default).parsebytes(bodies["mail"])
    attached = next(message.iter_attachments())
    assert attached.get_filename() == "移交目录.pdf"
    assert attached.get_content().startswith(b"%PDF")
    rows = list(csv.reader(io.StringIO(bodies["meters"].decode("gb18030"))))
    assert rows[0][0] == "户号"
    assert len(rows) > 50
    with pytest.raises(UnicodeDecodeError):
        bodies["meters"].decode("utf-8")


def test_pictures_open_at_a_useful_size(bodies: dict[str, bytes]) -> None:
    for key in ("draw", "photo"):
        with Image.open(io.BytesIO(bodies[key])) as image:
            assert min(image.size) >= 800


def test_the_same_day_gives_the_same_words_and_another_day_its_own_dates(bodies: dict[str, bytes]) -> None:
    # Office files and archives carry the moment they were saved.
    changing = {"docx", "xlsx", "odt", "ods", "zip"}
    for key, paper in PAPERS.items():
        if paper.document.extension not in changing:
            assert on(paper.document, DAY).make() == bodies[key], key
    assert PAPERS["month"].title == "20261001-1031业务受理总量月报"
    assert on(PAPERS["month"].document, date(2026, 3, 5)).title == "20260201-0228业务受理总量月报"
    assert on(PAPERS["week"].document, date(2026, 1, 7)).title == "20251229-20260104投诉周报"
    assert on(PAPERS["quarter"].document, date(2026, 1, 7)).title == "20251001-1231服务指标分析季报"
    # What is told of the past has the dates of its own day.
    assert PAPERS["day-south-2"].title == "城南营业厅20261120业务受理日报"
    assert PAPERS["week-13"].title == "20261102-1108投诉周报"
    assert on(PAPERS["day"].document, date(2026, 1, 1)).title == "20251231业务受理日报"


def test_dates_lie_within_the_last_three_months() -> None:
    assert all(0 <= (DAY - paper.day).days <= 92 for paper in PAPERS.values())


def test_a_received_secret_names_its_mark_its_number_and_who_set_the_level() -> None:
    """P-06: a state secret enters as received or derived, never as our own."""
    for paper in RECEIVED:
        assert paper.form()["received_mark"] == paper.mark
        assert paper.number
        assert paper.document.originator == "authority"
    assert not any(p.is_state_secret and p.document.label.source == "proposed" for p in PAPERS.values())


def test_what_the_disk_is_searched_for_stands_in_the_documents(bodies: dict[str, bytes]) -> None:
    words = ""
    for key, body in bodies.items():
        match PAPERS[key].document.extension:
            case "pdf":
                with pypdfium2.PdfDocument(body) as pdf:
                    words += "".join(page.get_textpage().get_text_range() for page in pdf)
            case "csv":
                words += body.decode("gb18030")
            case "txt":
                words += body.decode()
            case "eml":
                words += BytesParser(policy=policy.default).parsebytes(body).get_body().get_content()
    words = re.sub(r"\s", "", words)
    assert [phrase for phrase in PHRASES if phrase not in words] == []
    for key, body in bodies.items():
        piece = telling_piece(body)
        assert piece is not None, f"{key} has no piece to look for"
        assert piece in body


def test_the_archive_opens(bodies: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(bodies["drawings"])) as archive:
        assert archive.testzip() is None
