"""The first page beside a record's description: an opening of its own, never kept, never of a secret."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from storage.models import KeySlot
from tests.support.archive import Archive, file
from vault.authorization import providers
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import ForgedPermit
from vault.holdings import custody, leases
from vault.holdings.models import ReadingLease, Record
from vault.holdings.services import knowledge

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(archive: Archive) -> Record:
    return file(archive, archive.clerk, register_now="on").record


def address(record: Record, end: str = "thumbnail.png") -> str:
    return f"/records/{record.pk}/components/{record.components.get().pk}/{end}"


def looks() -> tuple[int, int]:
    """Granted first pages, and granted openings of content."""
    granted = Event.objects.filter(outcome="granted")
    return tuple(granted.filter(action=action.value).count() for action in (Action.PREVIEW, Action.CONSULT))


def test_it_is_a_small_picture_that_nobody_keeps(archive: Archive, record: Record) -> None:
    """Invariant 1: made when it is looked at; nothing more is stored than before."""
    bodies = KeySlot.objects.count()
    answer = archive.client(archive.colleague).get(address(record))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert "no-store" in answer["Cache-Control"]

    assert Image.open(BytesIO(answer.content)).width == 240
    assert KeySlot.objects.count() == bodies


def test_it_carries_the_mark_of_whoever_looks(archive: Archive, record: Record, monkeypatch) -> None:
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(custody, "draw_page", lambda chunks, **how: asked.append(how) or b"\x89PNG")
    archive.client(archive.colleague).get(address(record))
    assert asked[0]["page"] == 1
    assert archive.colleague.staff_no in str(asked[0]["watermark"])


def test_each_look_is_an_event_first_and_no_opening_of_the_content(archive: Archive, record: Record) -> None:
    """AU-02: the first is an event, the next ones in the session are counted; the viewer is another opening."""
    client = archive.client(archive.colleague)
    client.get(address(record))
    assert looks() == (1, 0)
    client.get(address(record))
    assert looks() == (1, 0)
    assert ReadingLease.objects.get().parts == 1
    client.get(address(record, "view/"))
    assert looks() == (1, 1)


def test_without_the_log_none_is_shown(archive: Archive, record: Record, monkeypatch) -> None:
    """AU-03"""

    client = archive.client(archive.colleague)

    def down(*_args: object, **_more: object) -> None:
        raise AuditUnavailable

    monkeypatch.setattr(recording, "store", down)
    answer = client.get(address(record))
    assert answer.status_code == 503
    assert b"PNG" not in answer.content[:8]


def test_the_permit_for_a_thumbnail_opens_no_other_page(archive: Archive, record: Record) -> None:

    component = record.components.get().pk
    _record, permit, version = leases.permit_for(
        of_account(archive.colleague), Action.PREVIEW, record.pk, component, pages=(1,)
    )
    with pytest.raises(ForgedPermit):
        custody.render_page(permit, version, page=2, width=240, watermark="x")
    with pytest.raises(ForgedPermit):
        custody.open_content(permit, version)


def test_a_secret_has_none_even_where_it_may_be_read(archive: Archive, attested: None) -> None:
    """10.1: classified content is read in the room, page by page."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    secret = file(archive, archive.clerk, label="core", register_now="on").record
    client = archive.client(archive.cleared)
    assert client.get(address(secret)).status_code == 403
    back = [
        question.provide(lambda asked: True, lambda *_: frozenset({secret.pk}))
        for question in (providers.APPROVED_REQUEST, providers.LIVE_SESSION)
    ]
    try:
        assert client.get(address(secret, "view/")).status_code == 200
        assert client.get(address(secret)).status_code == 403
        assert "thumbnail" not in client.get(f"/records/{secret.pk}/").content.decode()
    finally:
        for take in back:
            take()


def test_the_page_has_it_for_whoever_may_read_and_for_nobody_else(archive: Archive, record: Record) -> None:
    page = archive.client(archive.colleague).get(f"/records/{record.pk}/").content.decode()
    assert f'src="{address(record)}"' in page
    assert 'loading="lazy"' in page
    other = file(archive, archive.clerk, ("录.txt", "一二三".encode()), register_now="on").record
    assert "thumbnail.png" in archive.client(archive.clerk).get(f"/records/{other.pk}/").content.decode()

    knowledge.grant(
        context=of_account(archive.director),
        record_id=record.pk,
        person=archive.stranger.person,
        action=Action.DESCRIBE,
        ends_at=clock.now() + timedelta(days=1),
    )
    described = archive.client(archive.stranger).get(f"/records/{record.pk}/")
    assert described.status_code == 200
    assert "thumbnail.png" not in described.content.decode()
    assert archive.client(archive.stranger).get(address(record)).status_code == 403


@pytest.mark.parametrize(("granted", "status"), [(Action.CONSULT, 200), (Action.COPY, 403)])
def test_a_grant_to_consult_shows_it_and_another_grant_does_not(
    archive: Archive, record: Record, granted: Action, status: int
) -> None:
    """PE-03"""
    knowledge.grant(
        context=of_account(archive.director),
        record_id=record.pk,
        person=archive.stranger.person,
        action=granted,
        ends_at=clock.now() + timedelta(days=1),
    )
    assert archive.client(archive.stranger).get(address(record)).status_code == status
