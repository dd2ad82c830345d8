"""Editing a draft: its title stays, and a register card's place and pages can be put right."""

import re
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Account
from accounts.rules import Duty
from tests.accounts.people import make_appointment
from tests.support.archive import Archive, file
from vault.holdings.models import ArchiveFile, Record, Series

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def card(archive: Archive) -> Record:
    entries = archive.entries(title="机要文件一份", place="保密室 2 柜 3 层", pages="12")
    assert archive.client(archive.clerk).post("/records/card/", entries).status_code == 302
    return Record.objects.get()


def edit(archive: Archive, record: Record, account: Account | None = None, **changes: object):
    entries = {
        "version": record.version,
        "title": record.title,
        "record_date": record.record_date.isoformat(),
        "series": str(archive.series.pk),
        "retention_class": str(archive.retention.pk),
        **({} if record.components.exists() else {"place": record.place, "pages": record.page_count}),
    }
    return archive.client(account or archive.clerk).post(f"/records/{record.pk}/edit/", entries | changes)


@pytest.fixture
def elsewhere(archive: Archive) -> dict[str, ArchiveFile]:
    """An archive file of another series, one of another unit where the clerk has a duty too, and a fitting one."""
    make_appointment(archive.clerk.person, Duty.DUTY_CLERK, archive.other_hall)
    other_series = Series.objects.create(fonds=archive.fonds, code="KH", name="客户")
    made = {name: archive.archive_file(name) for name in ("series", "unit", "own")}
    made["series"].series = other_series
    made["unit"].unit = archive.other_hall
    for one in made.values():
        one.save()
    return made


@pytest.mark.parametrize(("which", "fits"), [("series", False), ("unit", False), ("own", True)])
def test_a_draft_stands_in_no_archive_file_of_another_unit_or_series(
    archive: Archive, elsewhere: dict[str, ArchiveFile], which: str, fits: bool
) -> None:
    """HA-01: as it will when it is registered; neither filed, carded nor edited into one."""
    chosen = str(elsewhere[which].pk)
    draft = file(archive, archive.clerk).record
    answer = edit(archive, draft, archive_file=chosen)
    assert answer.status_code == (302 if fits else 400)
    draft.refresh_from_db()
    assert (draft.archive_file_id is not None) == fits
    entries = archive.entries(title="机要文件一份", place="保密室 2 柜 3 层", pages="12", archive_file=chosen)
    answer = archive.client(archive.clerk).post("/records/card/", entries)
    assert answer.status_code == (302 if fits else 400)
    if not fits:
        assert "archive_file" in answer.context["form"].errors
    opened = archive.client(archive.clerk).post("/records/intake/", archive.entries(archive_file=chosen))
    assert opened.status_code == (201 if fits else 400)
    assert Record.objects.filter(archive_file=elsewhere[which]).count() == (2 if fits else 0)


def fields_of(client: Client, record: Record) -> set[str]:
    page = client.get(f"/records/{record.pk}/edit/").content.decode()
    return set(re.findall(r'name="(\w+)"', page)) & {"title", "place", "pages"}


@pytest.mark.parametrize("title", ["", "  ", "\u3000"])
def test_a_draft_s_title_cannot_be_emptied(archive: Archive, title: str) -> None:
    record = file(archive, archive.clerk, title="供水管网检修通知").record
    refused = edit(archive, record, title=title)
    assert refused.status_code == 400
    assert "请填写题名，题名不能为空。" in refused.content.decode()
    record.refresh_from_db()
    assert record.title == "供水管网检修通知"
    assert edit(archive, record, title="供水管网检修的通知").status_code == 302
    record.refresh_from_db()
    assert record.title == "供水管网检修的通知"


def test_the_edit_page_promises_no_title_from_a_file(archive: Archive) -> None:
    """On the filing page a file's name may be taken; here none is at hand."""
    record = file(archive, archive.clerk).record
    client = archive.client(archive.clerk)
    assert "留空则取文件名" in client.get("/records/file/").content.decode()
    assert "留空则取文件名" not in client.get(f"/records/{record.pk}/edit/").content.decode()


def test_place_and_pages_of_a_card_are_edited_while_it_is_a_draft(archive: Archive, card: Record) -> None:
    """P-01, P-02"""
    assert fields_of(archive.client(archive.clerk), card) == {"title", "place", "pages"}
    assert edit(archive, card, place="保密室 5 柜 1 层", pages="15").status_code == 302
    card.refresh_from_db()
    assert (card.place, card.page_count) == ("保密室 5 柜 1 层", 15)
    assert edit(archive, card, pages="").status_code == 302
    card.refresh_from_db()
    assert card.page_count == 0


@pytest.mark.parametrize(
    ("name", "value"), [("place", ""), ("place", "3\u202e 柜"), ("pages", "0"), ("pages", "100000")]
)
def test_a_card_is_edited_under_the_rules_of_its_form(
    archive: Archive, card: Record, name: str, value: str
) -> None:
    entries = archive.entries(title="另一份", place="保密室 2 柜", pages="3") | {name: value}
    assert archive.client(archive.clerk).post("/records/card/", entries).status_code == 400
    assert edit(archive, card, **{name: value}).status_code == 400
    card.refresh_from_db()
    assert (card.place, card.page_count, card.version) == ("保密室 2 柜 3 层", 12, 1)


def test_what_has_files_has_no_place_or_pages_to_type(archive: Archive) -> None:
    """Its pages are counted, not typed."""
    record = file(archive, archive.clerk).record
    assert fields_of(archive.client(archive.clerk), record) == {"title"}
    assert edit(archive, record, place="某柜", pages="99").status_code == 302
    record.refresh_from_db()
    assert (record.place, record.page_count) == ("", 2)


def test_two_who_move_one_card_see_both_places(archive: Archive, card: Record) -> None:
    first = card.version
    assert edit(archive, card, place="保密室 5 柜 1 层").status_code == 302
    stale = edit(archive, card, version=first, place="保密室 9 柜", pages="12")
    assert stale.status_code == 409
    assert '<td class="wrap">保密室 5 柜 1 层</td><td class="wrap">保密室 9 柜</td>' in stale.content.decode()


@pytest.mark.parametrize("manual", ["clerk.md", "archivist.md"])
def test_a_registered_description_is_not_edited_and_the_manuals_say_so(
    archive: Archive, manual: str, card: Record
) -> None:
    """HA-13: content has versions; a description has no screen for it yet."""
    client = archive.client(archive.clerk)
    assert client.post(f"/records/{card.pk}/register/", {"version": card.version}).status_code == 302
    card.refresh_from_db()
    assert edit(archive, card, title="改过的题名").status_code == 403
    card.refresh_from_db()
    assert card.title == "机要文件一份"
    text = " ".join((ROOT / "docs" / manual).read_text(encoding="utf-8").split())
    told = re.search(r"The description of a registered record [^.:]*cannot be changed on a screen yet", text)
    assert told
