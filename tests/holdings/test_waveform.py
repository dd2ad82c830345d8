"""A recording's waveform: for whoever may listen, under the same opening, and never a made-up one."""

import pytest

from audit.models import Event
from tests.support.archive import Archive, file, pdf
from tests.support.corpus_makers import sound
from vault.authorization.actions import Action
from vault.holdings import presentation
from vault.holdings.models import ReadingLease, Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(archive: Archive) -> Record:
    return file(archive, archive.clerk, ("录音.wav", sound()), register_now="on").record


def address(record: Record, end: str) -> str:
    return f"/records/{record.pk}/components/{record.components.get().pk}/{end}"


def test_the_picture_and_the_sound_are_one_opening(archive: Archive, record: Record) -> None:
    """Storage 3: the player's page is the event; picture and ranges are counted under it."""
    client = archive.client(archive.colleague)
    page = client.get(address(record, "listen/"))
    drawn = address(record, "waveform.svg")
    assert drawn in page.content.decode()
    answer = client.get(drawn)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.count(b"M") == 240
    assert client.get(address(record, "audio"), headers={"Range": "bytes=0-9"}).status_code == 206
    assert Event.objects.filter(action=Action.CONSULT.value, outcome="granted").count() == 1
    assert ReadingLease.objects.get().parts == 2


def test_whoever_may_not_listen_sees_no_picture(archive: Archive, record: Record) -> None:
    assert archive.client(archive.stranger).get(address(record, "waveform.svg")).status_code == 404


def test_of_pages_there_is_no_waveform(archive: Archive) -> None:
    other = file(archive, archive.clerk, ("表.pdf", pdf()), register_now="on").record
    assert archive.client(archive.clerk).get(address(other, "waveform.svg")).status_code == 404


def test_a_bar_for_each_part_around_the_middle() -> None:
    svg = presentation.waveform([0, 50, 100])
    assert 'd="M2 99V101M6 50V150M10 0V200"' in svg
