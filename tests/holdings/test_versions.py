"""Corrections and earlier versions: the new one is shown, the old one stays and is opened by its number."""

import re
from urllib.parse import urlencode

import pytest

from accounts.models import Account
from audit.models import Event
from tests.support.archive import Archive, Filed, file, pdf, put
from tests.support.corpus_makers import sound
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import ForgedPermit
from vault.authorization.levels import Levels
from vault.holdings import custody, errors, leases, selectors
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import ComponentVersion, IntakeSession, Record
from vault.holdings.services import filing

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

FIRST, SECOND = pdf(1, text="first"), pdf(3, text="second")


def correct(
    archive: Archive,
    account: Account,
    record: Record,
    body: bytes,
    *,
    position: int = 1,
    name: str = "通知（补）.pdf",
):
    """Through the addresses that the page uses."""
    component = record.components.get(position=position)
    reason = "缺页补扫"
    client = archive.client(account)
    opened = client.post(f"/records/{record.pk}/components/{component.pk}/correction/", {"reason": reason})
    assert opened.status_code == 201, opened.content.decode()
    sent = put(client, opened.json()["put_url"], name, body)
    assert sent.status_code == 201
    return client.post(opened.json()["finish_url"], "{}", content_type="application/json"), sent.json()


@pytest.fixture
def corrected(archive: Archive) -> Record:
    filed: Filed = file(archive, archive.clerk, ("通知.pdf", FIRST), label="open", register_now="on")
    done, _sent = correct(archive, archive.clerk, filed.record, SECOND)
    assert done.status_code == 201
    assert done.json()["location"] == f"/records/{filed.record.pk}/"
    return filed.record


def test_a_correction_of_any_size_goes_as_a_raw_body_and_keeps_its_reason(corrected: Record) -> None:
    """HA-13: a new version with its reason beside the old one."""
    versions = ComponentVersion.objects.filter(component__record=corrected).order_by("number")
    assert [(v.number, v.name, v.reason, v.page_count) for v in versions] == [
        (1, "通知.pdf", "", 1),
        (2, "通知（补）.pdf", "缺页补扫", 3),
    ]


def test_a_record_tells_the_pages_of_its_newest_version(archive: Archive, corrected: Record) -> None:
    """HA-03, HO-03: more pages, then none that can be counted, then fewer."""

    def told() -> int:
        corrected.refresh_from_db()
        return corrected.page_count

    assert told() == 3
    assert correct(archive, archive.clerk, corrected, sound(), name="录音.wav")[0].status_code == 201
    assert corrected.components.get().versions.order_by("-number")[0].page_count is None
    assert told() == 0
    assert correct(archive, archive.clerk, corrected, pdf(2))[0].status_code == 201
    assert told() == 2


def test_a_correction_counts_only_the_pages_of_what_it_replaces(archive: Archive) -> None:
    """HA-03: the other components' pages stay counted, and a file that was not accepted changes nothing."""
    record = file(
        archive,
        archive.clerk,
        ("正文.pdf", pdf(2)),
        ("附件.pdf", pdf(4)),
        grouping="together",
        register_now="on",
    ).record
    assert record.page_count == 6
    assert correct(archive, archive.clerk, record, pdf(5), position=1)[0].status_code == 201
    record.refresh_from_db()
    assert record.page_count == 9
    refused, _sent = correct(archive, archive.clerk, record, b"MZ\x90\x00" + b"\x00" * 200, position=1)
    assert refused.status_code == 400
    record.refresh_from_db()
    assert record.page_count == 9


def test_both_versions_are_read_back_byte_for_byte(archive: Archive, corrected: Record) -> None:
    """HA-13"""
    address = f"/records/{corrected.pk}/components/{corrected.components.get().pk}/"
    reader = archive.client(archive.colleague)

    def body(path: str) -> bytes:
        answer = reader.get(address + path)
        assert answer.status_code == 200, path
        return b"".join(answer.streaming_content)

    assert body("original") == SECOND
    assert body("versions/1/original") == FIRST
    assert body("versions/2/original") == SECOND
    assert reader.get(address + "versions/3/original").status_code == 404
    assert reader.get(address + "versions/1/pages/1.png").status_code == 200
    assert reader.get(address + "versions/1/pages/2.png").status_code == 404
    assert reader.get(address + "versions/2/pages/2.png").status_code == 200


def test_the_record_page_leads_to_each_version_and_the_viewer_says_which_it_is(
    archive: Archive, corrected: Record
) -> None:
    reader = archive.client(archive.colleague)
    page = reader.get(f"/records/{corrected.pk}/").content.decode()
    views = re.findall(r'href="(/records/[^"]+/versions/\d+/view/)"', page)
    assert len(views) == 2
    old = next(view for view in views if "/versions/1/" in view)
    shown = reader.get(old).content.decode()
    assert "第 1 版" in shown
    assert old.replace("view/", "pages/1.png") in shown
    newest = reader.get(f"/records/{corrected.pk}/components/{corrected.components.get().pk}/view/")
    assert "第 1 版" not in newest.content.decode()


def test_each_version_is_opened_by_an_event_of_its_own(archive: Archive, corrected: Record) -> None:
    """AU-01: the log says which version was read."""
    component = corrected.components.get()
    reader = of_account(archive.colleague)
    before = Event.objects.count()
    for number in (1, 1, 2, None):
        leases.permit_for(reader, Action.CONSULT, corrected.pk, component.pk, number)
    # Version 1 twice and the newest twice: two openings, the rest under their leases.
    assert Event.objects.count() == before + 2


def test_a_permit_for_one_version_opens_no_other(archive: Archive, corrected: Record) -> None:
    component = corrected.components.get()
    _record, permit, first = leases.permit_for(
        of_account(archive.colleague), Action.CONSULT, corrected.pk, component.pk, 1
    )
    second = ComponentVersion.objects.get(component=component, number=2)
    with custody.open_content(permit, first) as reader:
        assert b"".join(reader.chunks()) == FIRST
    with pytest.raises(ForgedPermit):
        custody.open_content(permit, second)


def test_a_correction_without_a_reason_opens_no_upload(archive: Archive, corrected: Record) -> None:
    component = corrected.components.get()
    refused = archive.client(archive.clerk).post(
        f"/records/{corrected.pk}/components/{component.pk}/correction/", {"reason": " "}
    )
    assert refused.status_code == 400
    assert "reason" in refused.json()["errors"]


def test_a_session_of_another_component_corrects_nothing(archive: Archive, corrected: Record) -> None:
    other = file(archive, archive.clerk, ("别的.pdf", pdf(2)), register_now="on").record
    client = archive.client(archive.clerk)
    opened = client.post(
        f"/records/{other.pk}/components/{other.components.get().pk}/correction/", {"reason": "缺页补扫"}
    ).json()
    put(client, opened["put_url"], "补.pdf", pdf(4))
    component = corrected.components.get()
    session = opened["finish_url"].rstrip("/").rpartition("/")[2]
    crossed = client.post(
        f"/records/{corrected.pk}/components/{component.pk}/correction/{session}/",
        "{}",
        content_type="application/json",
    )
    assert crossed.status_code == 409
    assert component.versions.count() == 2


def test_a_quarantined_correction_becomes_no_version(archive: Archive, corrected: Record) -> None:
    done, sent = correct(archive, archive.clerk, corrected, b"MZ\x90\x00" + b"\x00" * 200)
    assert (sent["state"], done.status_code) == ("quarantined", 400)
    assert corrected.components.get().versions.count() == 2


def test_a_correction_is_not_filed_as_a_record_under_another_label(
    archive: Archive, corrected: Record
) -> None:
    """CL-23: the body came in under the label of its session, so it is nothing else's."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    reason = urlencode({"label": "internal", "unit": str(archive.hall.pk), "title": "另"})
    client = archive.client(archive.clerk)
    component = corrected.components.get()
    opened = client.post(
        f"/records/{corrected.pk}/components/{component.pk}/correction/", {"reason": reason}
    ).json()
    put(client, opened["put_url"], "补.pdf", pdf(4))
    session = opened["finish_url"].rstrip("/").rpartition("/")[2]
    answer = client.post(f"/records/intake/{session}/register/", "{}", content_type="application/json")
    assert answer.status_code in {400, 409}
    with pytest.raises(errors.SessionClosed):
        filing.file_records(
            context=of_account(archive.clerk),
            session=IntakeSession.objects.get(pk=session),
            filing=filing.Filing(
                unit=archive.hall,
                series=archive.series,
                retention_class=archive.retention,
                record_date=corrected.record_date,
                label=LabelProposal(levels=Levels(), source=None, issued_on=None),
            ),
        )
    assert Record.objects.count() == 1


def test_a_long_history_says_what_is_not_shown(
    archive: Archive, corrected: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is cut off in silence."""
    address = f"/records/{corrected.pk}/"
    client, english = archive.client(archive.clerk), {"Accept-Language": "en"}
    assert "not shown here" not in client.get(address, headers=english).content.decode()
    monkeypatch.setattr(selectors, "NEWEST_EVENTS", 1)
    older = corrected.events.count() - 1
    assert f"{older} older entr" in client.get(address, headers=english).content.decode()
