"""Who did what with a record, as the log has it, for whoever keeps it and for nobody else."""

from datetime import timedelta

import pytest

from audit import clock, outbox
from audit.models import Event
from tests.support.archive import Archive, file
from vault.authorization.actions import Action
from vault.holdings import record_log
from vault.holdings.models import Record
from vault.holdings.services import knowledge

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(archive: Archive) -> Record:
    return file(archive, archive.clerk, register_now="on").record


def told() -> None:
    while outbox.relay():
        pass


def shown(archive: Archive, record: Record, **query: str) -> list[tuple[str, str]]:
    answer = archive.client(archive.director).get(f"/records/{record.pk}/history/", query)
    assert answer.status_code == 200
    return [(line["staff_no"], line["action_label"]) for line in answer.context["events"]]


def test_who_looked_and_who_changed_stand_there_once_each_newest_first(
    archive: Archive, record: Record
) -> None:
    """Interface 3: an act with an intent is one line, its end; the look at the page is the newest."""
    told()
    archive.client(archive.colleague).get(f"/records/{record.pk}/")
    lines = shown(archive, record)
    assert lines[:3] == [
        (archive.director.staff_no, "查看档案经手记录"),
        (archive.colleague.staff_no, "查看著录"),
        (archive.clerk.staff_no, "登记"),
    ]
    assert [line for line in lines if line[1] == "登记"] == [lines[2]]


def test_what_somebody_did_several_times_on_end_is_one_line(archive: Archive, record: Record) -> None:
    """A keeper looks for who else was there; between them somebody else's act parts the lines."""
    told()
    for who in (archive.colleague, archive.colleague, archive.colleague, archive.clerk, archive.colleague):
        archive.client(who).get(f"/records/{record.pk}/")
    answer = archive.client(archive.director).get(f"/records/{record.pk}/history/")
    looks = answer.context["events"][1:4]
    assert [(line["staff_no"], line["times"]) for line in looks] == [
        (archive.colleague.staff_no, 1),
        (archive.clerk.staff_no, 1),
        (archive.colleague.staff_no, 3),
    ]
    assert looks[0]["since"] is None
    assert looks[2]["since"] <= looks[2]["at"]
    assert "共 3 次" in answer.content.decode()


def test_refusals_and_what_is_sealed_do_not_stand_there(archive: Archive, record: Record) -> None:
    """A refusal is between whoever was refused and the auditor; to whom was granted is sealed."""
    archive.client(archive.stranger).get(f"/records/{record.pk}/")
    knowledge.grant(
        context=archive.context(archive.director),
        record_id=record.pk,
        person=archive.cleared.person,
        action=Action.COPY,
        ends_at=clock.now() + timedelta(days=1),
    )
    told()
    assert Event.objects.filter(object_id=str(record.pk), outcome="denied").exists()
    page = archive.client(archive.director).get(f"/records/{record.pk}/history/").content.decode()
    assert archive.stranger.staff_no not in page
    assert archive.cleared.staff_no not in page
    assert archive.director.staff_no in page
    assert "127.0.0.1" not in page


def test_another_record_s_events_are_another_s(archive: Archive, record: Record) -> None:
    other = file(archive, archive.clerk, register_now="on").record
    archive.client(archive.colleague).get(f"/records/{other.pk}/")
    assert archive.colleague.staff_no not in {who for who, _what in shown(archive, record)}


def test_pages_follow_by_key_and_miss_nothing(
    archive: Archive, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_log, "PAGE", 3)
    client = archive.client(archive.colleague)
    for _ in range(6):
        client.get(f"/records/{record.pk}/")
    told()
    seen: list[int] = []
    before = None
    while True:
        page = record_log.page(record.pk, before)
        seen += [event.pk for event in page.events]
        before = page.older
        if before is None:
            break
    wanted = Event.objects.filter(object_id=str(record.pk), outcome="granted").exclude(phase="intent")
    assert seen == list(wanted.order_by("-id").values_list("pk", flat=True))
    assert len(seen) > 6


def test_a_number_that_is_none_shows_the_newest(archive: Archive, record: Record) -> None:
    for odd in ("x", "-1", "0", "9" * 30):
        assert shown(archive, record, before=odd)


def test_the_keeper_finds_it_on_the_record_s_page_and_the_clerk_does_not(
    archive: Archive, record: Record
) -> None:
    address = f"/records/{record.pk}/history/"
    page = f"/records/{record.pk}/"
    assert address in archive.client(archive.director).get(page).content.decode()
    assert address not in archive.client(archive.clerk).get(page).content.decode()
    assert archive.client(archive.clerk).get(address).status_code == 403


def test_every_action_on_a_record_has_its_words() -> None:
    """A later action that is left out would be missing from the history unseen."""
    left_out = {"view_quarantine", "list", "read_history"}
    on_records = {a for a in Action if a.value.startswith("holdings:record:")}
    assert {a for a in on_records if a.value.rpartition(":")[2] not in left_out} <= set(record_log.LABELS)
