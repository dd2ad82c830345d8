"""Making a copy: who makes it for whom, what it bears, and that whatever breaks is counted."""

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from tests.approvals.copying import PASSPHRASE, CopyDesk
from tests.support.archive import file, pdf
from tests.support.corpus_makers import sound
from vault.approvals import errors
from vault.approvals.models import AccessRequest, Copy, CopyStep
from vault.approvals.rules import RequestState
from vault.approvals.services import requests
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.holdings import custody
from vault.holdings.models import KnowledgeEntry

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def desk(archive, attested) -> CopyDesk:
    return CopyDesk(archive)


def texts(body: bytes) -> list[str]:
    with pypdfium2.PdfDocument(body) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_each_copy_bears_its_number_code_label_unit_recipient_and_request(desk: CopyDesk) -> None:
    """RQ-07, RQ-09: numbered i of n, the label unchanged, the code in the text of each page."""
    record = desk.copied()
    request = desk.granted(record, amount=2)
    for number in (1, 2):
        made = desk.make(request)
        ((name, body),) = list(made.files)
        copy = Copy.objects.get(pk=made.copy.pk)
        assert (copy.number, copy.amount, copy.label) == (number, 2, "机密★20年")
        assert copy.copying_unit == desk.keeper.person.unit
        assert name == f"{request.reference}-{number}.pdf"
        assert copy.digest is not None
        pages = texts(body)
        assert len(pages) == 12
        for page in pages:
            plain = "".join(page.split())
            for word in (copy.code, "机密★20年", desk.reader.person.name, request.reference):
                assert "".join(word.split()) in plain, (word, plain)
            # The page itself leaves as a picture.
            assert "hello" not in page
    assert Copy.objects.values("code").distinct().count() == 2
    held = AccessRequest.objects.get(pk=request.pk)
    assert (held.used, held.state) == (2, RequestState.PRODUCED)
    with pytest.raises((errors.NothingLeft, Absent, Refused)):
        desk.make(request)
    assert Copy.objects.count() == 2


def test_only_the_pages_that_were_approved_are_in_it(desk: CopyDesk) -> None:
    """RQ-02: pages outside the scope are never made."""
    record = desk.copied()
    component = record.components.get()
    request = desk.granted(record, pages={component.pk: "2-3, 7"})
    ((_name, body),) = list(desk.make(request).files)
    assert len(texts(body)) == 3


def test_nobody_makes_a_secret_copy_for_himself(desk: CopyDesk) -> None:
    """7.3: producer is not the requester, whatever else he may."""
    record = desk.copied()
    request = desk.submit(record, by=desk.keeper, action=Action.COPY)
    request = desk.approve(desk.check(request))
    with pytest.raises((Absent, Refused)):
        desk.make(request, by=desk.keeper)
    assert Copy.objects.count() == 0
    assert desk.make(request, by=desk.second).copy.recipient == desk.keeper.person


@pytest.mark.parametrize("who", ["reader", "in_charge", "other", "security"])
def test_only_who_keeps_the_record_makes_copies(desk: CopyDesk, who: str) -> None:
    request = desk.granted(desk.copied())
    with pytest.raises((Absent, Refused)):
        desk.make(request, by=getattr(desk, who))
    assert Copy.objects.count() == 0
    assert AccessRequest.objects.get(pk=request.pk).used == 0


def test_a_secret_copy_is_made_at_a_registered_terminal_alone(desk: CopyDesk) -> None:
    """P-02"""
    request = desk.granted(desk.copied())
    desk.at = of_account
    with pytest.raises(Refused):
        desk.make(request)
    assert Copy.objects.count() == 0


def test_an_internal_copy_is_made_by_its_requester(desk: CopyDesk) -> None:
    """P-05: the hall director approves it, its requester makes it, its text stays text."""
    clerk = desk.archive.clerk
    record = desk.record("internal")
    asked = desk.submit(record, by=desk.archive.colleague, action=Action.COPY)
    request = desk.approve(asked, by=desk.archive.director)
    made = desk.make(request, by=desk.archive.colleague)
    ((_name, body),) = list(made.files)
    assert made.copy.produced_by == desk.archive.colleague.person
    assert all("hello" in page and made.copy.code in page for page in texts(body))
    with pytest.raises((Absent, Refused)):
        desk.make(request, by=clerk)


def test_a_double_click_makes_one_copy(desk: CopyDesk) -> None:
    request = desk.granted(desk.copied())
    version = AccessRequest.objects.get(pk=request.pk).version
    desk.make(request, version=version)
    with pytest.raises(errors.ChangedMeanwhile):
        desk.make(request, version=version)
    assert Copy.objects.count() == 1
    assert AccessRequest.objects.get(pk=request.pk).used == 1


def test_what_breaks_half_way_is_counted_and_stays_to_be_accounted_for(desk: CopyDesk, monkeypatch) -> None:
    """RQ-08: the copy is in the register before the first byte, and holds its request open."""
    request = desk.granted(desk.copied())
    seen = []

    def broken(*_args: object, **_more: object) -> bytes:
        from storage.reproduction.errors import ReproductionFailed

        seen.append(Copy.objects.count())
        raise ReproductionFailed

    monkeypatch.setattr(custody, "produce", broken)
    made = desk.make(request)
    with pytest.raises(errors.CopyBroken):
        list(made.files)
    assert seen == [1]
    copy = Copy.objects.get()
    assert copy.digest is None
    assert CopyStep.objects.filter(copy=copy, event="make").count() == 1
    assert AccessRequest.objects.get(pk=request.pk).used == 1
    with pytest.raises(errors.CopiesOutstanding):
        desk.close(request)


def test_what_was_approved_is_looked_at_again_when_it_is_made(desk: CopyDesk) -> None:
    """RQ-11: off the list, or revoked, means no copy."""
    record = desk.copied()
    struck = desk.granted(record)
    KnowledgeEntry.objects.filter(record=record, person=desk.reader.person).update(
        ends_at=of_account(desk.reader).instant
    )
    with pytest.raises(errors.RequesterUnfit):
        desk.make(struck)
    assert Copy.objects.count() == 0


def test_a_revoked_approval_makes_no_more_copies(desk: CopyDesk) -> None:
    """RQ-11: what was made stays to be accounted for."""
    request = desk.granted(desk.copied())
    copy = desk.made(request)
    held = AccessRequest.objects.get(pk=request.pk)
    requests.revoke(
        context=of_account(desk.in_charge), request_id=held.pk, version=held.version, reason="用途变更"
    )
    with pytest.raises((Absent, Refused)):
        desk.make(request)
    assert AccessRequest.objects.get(pk=request.pk).state == RequestState.RECALLED
    desk.returned(copy)
    assert desk.close(request).state == RequestState.CLOSED


def test_what_has_no_pages_goes_out_locked(desk: CopyDesk) -> None:
    """Issue: a carrier under a passphrase that is kept nowhere; printing it means nothing."""
    record = file(
        desk.archive,
        desk.archive.clerk,
        ("录音.wav", sound()),
        label="internal",
        register_now="on",
    ).record
    asked = desk.submit(record, by=desk.archive.colleague, action=Action.COPY)
    request = desk.approve(asked, by=desk.archive.director)
    for passphrase in ("", "short", "一二三四五六七八九十一二三四五六"):
        with pytest.raises(errors.PassphraseNeeded):
            desk.make(request, by=desk.archive.colleague, passphrase=passphrase)
    assert Copy.objects.count() == 0
    ((_name, body),) = list(desk.make(request, by=desk.archive.colleague, passphrase=PASSPHRASE).files)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(body))
    with pikepdf.open(io.BytesIO(body), password=PASSPHRASE) as opened:
        assert len(opened.attachments) == 1


def test_no_clear_byte_of_a_copy_reaches_a_disk(desk: CopyDesk, tmp_path: Path, monkeypatch) -> None:
    """RQ-10: no file is opened for writing while the files of a copy are made."""
    import builtins
    import tempfile

    record = desk.record("internal")
    asked = desk.submit(record, by=desk.archive.colleague, action=Action.COPY)
    made = desk.make(desk.approve(asked, by=desk.archive.director), by=desk.archive.colleague)
    opened: list[str] = []
    real = builtins.open

    def watched(name, mode="r", *args, **more):
        if set(mode) & set("wax+"):
            opened.append(str(name))
        return real(name, mode, *args, **more)

    monkeypatch.setattr(builtins, "open", watched)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert list(made.files)
    assert opened == []
    assert list(tmp_path.iterdir()) == []


def test_several_parts_are_several_files_of_one_copy(desk: CopyDesk) -> None:
    """RQ-07: one number and one code for all of it."""
    record = file(
        desk.archive,
        desk.archive.clerk,
        ("一.pdf", pdf(2)),
        ("二.pdf", pdf(3)),
        label="internal",
        grouping="together",
        title="两件",
        register_now="on",
    ).record
    asked = desk.submit(record, by=desk.archive.colleague, action=Action.COPY)
    made = desk.make(desk.approve(asked, by=desk.archive.director), by=desk.archive.colleague)
    files = list(made.files)
    assert [len(texts(body)) for _name, body in files] == [2, 3]
    assert [name for name, _body in files] == [
        f"{asked.reference}-1-1.pdf",
        f"{asked.reference}-1-2.pdf",
    ]
    assert Copy.objects.count() == 1
