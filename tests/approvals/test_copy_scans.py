"""From a scan of a page to its copy: for whoever may know of it, at a terminal, and nothing of it is kept (RQ-09)."""

import io
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Account
from audit import outbox
from audit.models import Event
from storage import forkserver
from tests.approvals.copying import CopyDesk
from tests.approvals.test_copy_pages import make, of_the_hall
from tests.support.archive import pdf
from tests.support.copies import drawn, jpeg
from vault.approvals import errors
from vault.approvals.models import Copy
from vault.approvals.services import scans
from vault.approvals.services.scans import LIMIT, Scan
from vault.authorization.actions import Action
from vault.holdings.models import ComponentVersion, StagedFile

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
ADDRESS = "/copies/find/"
NOTHING = "未找到你可知悉的复制件的编码"


@pytest.fixture
def desk(archive, attested) -> CopyDesk:
    return CopyDesk(archive)


@pytest.fixture
def printed(desk: CopyDesk) -> bytes:
    """A copy of an internal record as its holder saved it."""
    answer = make(desk, of_the_hall(desk))
    return bytes(answer.content)


def send(client: Client, data: bytes, name: str = "第一页.jpg") -> HttpResponse:
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, data)})


def saved(image: Image.Image, kind: str) -> bytes:
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


def told() -> list[Event]:
    while outbox.relay():
        pass
    return list(Event.objects.filter(action=Action.FIND_COPY.value).order_by("pk"))


def test_a_scan_of_each_kind_leads_to_its_copy(desk: CopyDesk, printed: bytes) -> None:
    """RQ-09, RQ-17: photographed, scanned, or the PDF itself; found under an intent and an outcome, and kept nowhere."""
    copy = Copy.objects.get()
    page = drawn(printed)
    client = desk.archive.client(desk.keeper)
    before = (ComponentVersion.objects.count(), StagedFile.objects.count())
    for name, data in (
        ("页.jpg", jpeg(page)),
        ("页.png", saved(page, "PNG")),
        ("页.tif", saved(page, "TIFF")),
        ("页.pdf", printed),
    ):
        answer = send(client, data, name)
        assert (answer.status_code, answer.headers.get("Location")) == (
            302,
            reverse("approvals:copy", args=[copy.pk]),
        ), name
    assert (ComponentVersion.objects.count(), StagedFile.objects.count()) == before
    events = told()
    assert [(one.phase, one.outcome) for one in events if one.phase == "outcome"] == [
        ("outcome", "granted")
    ] * 4
    assert all(str(copy.pk) in bytes(one.canonical).decode() for one in events if one.phase == "outcome")


def test_a_copy_that_one_may_not_know_of_is_as_none(desk: CopyDesk, printed: bytes) -> None:
    """PE-05: the same page as for a sheet without any code."""
    client = desk.archive.client(desk.archive.stranger)
    answers = [send(client, data) for data in (jpeg(drawn(printed)), jpeg(drawn(pdf(1))))]
    assert [one.status_code for one in answers] == [200, 200]
    assert all(NOTHING in one.content.decode() for one in answers)
    assert send(desk.archive.client(desk.security), jpeg(drawn(printed))).status_code == 302


@pytest.mark.parametrize("who", ["system", "auditor"])
def test_whoever_has_no_register_sends_nothing(desk: CopyDesk, printed: bytes, who: str) -> None:
    account: Account = getattr(desk.archive, who)
    client = desk.archive.client(account)
    assert client.get(ADDRESS).status_code == 403
    assert send(client, jpeg(drawn(printed))).status_code == 403


def test_away_from_a_terminal_nothing_is_read(desk: CopyDesk, printed: bytes, monkeypatch) -> None:
    """P-02: a page may be secret, and what it is one learns only by reading it."""
    monkeypatch.setattr(scans.inspection, "inspect", lambda *_a, **_k: pytest.fail("read"))
    context = replace(desk.at(desk.keeper), terminal_id=None, terminal="", terminal_usable=False)
    with pytest.raises(errors.ScanAway):
        scans.find(context=context, scan=Scan("页.jpg", jpeg(drawn(printed))))
    assert [(one.phase, one.outcome) for one in told()][-1] == ("outcome", "failed")
    desk.archive.seat = None
    client = desk.archive.client(desk.keeper)
    assert "登记的涉密计算机" in client.get(ADDRESS).content.decode()
    assert send(client, jpeg(drawn(printed))).status_code == 409


def test_what_is_no_scan_is_refused_in_words(desk: CopyDesk, printed: bytes) -> None:
    """PF-03: wrong kind, wrong name, cut off, empty, too large, no file; each says what to do, and stays in the log."""
    client = desk.archive.client(desk.keeper)
    photograph = jpeg(drawn(printed))
    for name, data, words in (
        ("页.txt", b"84G7-ZWYR-D6Z1-RV0M-36K6", "不是可识别的扫描件"),
        ("页.png", photograph, "扩展名与实际内容不符"),
        ("页.exe", b"MZ" + bytes(200), "可执行程序"),
        ("页.jpg", photograph[: len(photograph) // 3], ""),
        ("页.pdf", printed[: len(printed) // 2], ""),
        ("页.jpg", b"", "文件为空"),
        ("页.jpg", photograph + bytes(LIMIT), "超过 10 MB"),
    ):
        answer = send(client, data, name)
        assert answer.status_code == 400, (name, len(data))
        assert "errorlist" in answer.content.decode()
        assert words in answer.content.decode(), (name, len(data))
    assert client.post(ADDRESS, {}).status_code == 400
    # More than a form may hold is turned away before it is read.
    assert send(client, bytes(17 * 1024**2)).status_code == 413
    assert {one.outcome for one in told() if one.phase == "outcome"} == {"failed"}


def test_a_reader_that_does_not_answer_is_told(desk: CopyDesk, monkeypatch) -> None:
    def gone(*_given: object, **_more: object) -> None:
        raise forkserver.ForkServerUnavailable

    monkeypatch.setattr(scans.inspection, "inspect", gone)
    answer = send(desk.archive.client(desk.keeper), b"\xff\xd8\xff")
    assert answer.status_code == 503
    assert "暂时无法识别" in answer.content.decode()


def test_the_search_stands_in_the_log_before_the_scan_is_read(desk: CopyDesk, monkeypatch) -> None:
    """AU-01: its size and nothing of it."""

    def looks(*_given: object, **_more: object) -> None:
        assert Event.objects.filter(action=Action.FIND_COPY.value, phase="intent").count() == 1
        raise forkserver.ForkServerUnavailable

    monkeypatch.setattr(scans.inspection, "inspect", looks)
    with pytest.raises(errors.ScanFailed):
        scans.find(context=desk.at(desk.keeper), scan=Scan("页.jpg", b"\xff\xd8\xff"))
