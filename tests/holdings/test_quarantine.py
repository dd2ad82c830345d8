"""Whoever must deal with a file that was held back is told, and by when; overdue entries say so in words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Appointment, Clearance, Unit
from accounts.rules import Duty, local_day
from audit import clock
from tests.accounts.people import make_clearance
from tests.support.archive import Archive, pdf, put
from vault.holdings.models import StagedFile
from vault.holdings.rules import QUARANTINE_TERM

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

PROGRAM = b"MZ\x90\x00" + b"\x00" * 200
UNNAMED = "保管单位档案管理员"


def send(archive: Archive, account: Account, *names: str, **changes: object) -> None:
    client = archive.client(account)
    opened = client.post("/records/intake/", archive.entries(**changes)).json()
    for position, name in enumerate(names, start=1):
        address = opened["put_url_template"].replace("{position}", str(position))
        assert put(client, address, name, PROGRAM).json()["state"] == "quarantined"


def archivist(archive: Archive, unit: Unit, name: str) -> Account:
    account = archive.add(Duty.ARCHIVIST, unit)
    account.person.name = name
    account.person.save()
    make_clearance(account.person, archive.security.person)
    return account


def shown(client: Client) -> list[dict[str, object]]:
    return client.get("/records/quarantine/").context["files"]


@pytest.fixture
def keeper(archive: Archive) -> Account:
    archive.archivist.person.name = "总部档案员"
    archive.archivist.person.save()
    send(archive, archive.clerk, "坏.pdf")
    return archive.archivist


def test_an_entry_names_the_archivist_and_the_day(archive: Archive, keeper: Account) -> None:
    """1.4.4(4)c: for its sender and for its owner alike."""
    due = local_day(StagedFile.objects.get().received_at) + timedelta(days=14)
    for account in (archive.clerk, keeper):
        page = archive.client(account).get("/records/quarantine/").content.decode()
        assert "总部档案员" in page
        assert f"最迟 {due.isoformat()} 办结" in page
        assert "已逾期" not in page


def test_the_nearest_archivist_is_named_before_one_above(archive: Archive, keeper: Account) -> None:
    archivist(archive, archive.hall, "城南档案员")
    archivist(archive, archive.other_hall, "城北档案员")
    assert [entry["owner"] for entry in shown(archive.client(archive.clerk))] == ["城南档案员"]


def test_nobody_is_named_where_several_could_deal_with_it(archive: Archive, keeper: Account) -> None:
    archivist(archive, archive.company, "另一档案员")
    assert [entry["owner"] for entry in shown(archive.client(archive.clerk))] == [UNNAMED]


def test_a_sender_is_not_named_as_the_one_who_deals_with_his_own(archive: Archive, keeper: Account) -> None:
    """PE-06: he cannot close it; the next above him can."""
    local = archivist(archive, archive.hall, "城南档案员")
    send(archive, local, "自己的.pdf")
    owners = {entry["name"]: entry["owner"] for entry in shown(archive.client(archive.archivist))}
    assert owners == {"坏.pdf": "城南档案员", "自己的.pdf": "总部档案员"}


@pytest.mark.parametrize("why", ["ended", "suspended", "not cleared"])
def test_whoever_can_no_longer_deal_with_it_is_not_named(archive: Archive, keeper: Account, why: str) -> None:
    if why == "ended":
        Appointment.objects.filter(person=keeper.person).update(revoked_on=local_day(clock.now()))
    elif why == "suspended":
        Account.objects.filter(pk=keeper.pk).update(suspended_at=clock.now())
    else:
        Clearance.objects.filter(person=keeper.person).update(revoked_on=local_day(clock.now()))
    assert [entry["owner"] for entry in shown(archive.client(archive.clerk))] == [UNNAMED]


def test_of_a_classified_file_nobody_is_named(archive: Archive, keeper: Account, attested: None) -> None:
    """Who is cleared for it is not told on the way."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    send(archive, archive.clerk, "密.pdf", label="core")
    owners = {entry["name"]: entry["owner"] for entry in shown(archive.client(archive.clerk))}
    assert owners == {"坏.pdf": "总部档案员", "密.pdf": UNNAMED}


@pytest.mark.parametrize(("days", "is_overdue"), [(14, False), (15, True)])
def test_an_entry_is_overdue_from_the_day_after_its_last(
    archive: Archive, keeper: Account, days: int, *, is_overdue: bool
) -> None:
    """In words, not by a colour alone."""
    assert timedelta(days=14) == QUARANTINE_TERM
    StagedFile.objects.update(received_at=clock.now() - timedelta(days=days))
    page = archive.client(archive.clerk).get("/records/quarantine/").content.decode()
    assert ('<span class="tag late">已逾期</span>' in page) is is_overdue


@pytest.mark.parametrize(("days", "kind"), [(0, ""), (14, ""), (15, "late")])
def test_the_home_page_shows_the_day_that_the_page_shows(
    archive: Archive, keeper: Account, days: int, kind: str
) -> None:
    """1.4.4(4)c: the last day, and red only after it; the day of its arrival in red read as overdue from the first."""
    arrived = clock.now() - timedelta(days=days)
    StagedFile.objects.update(received_at=arrived)
    (due,) = [entry["due"] for entry in shown(archive.client(keeper))]
    lists = archive.client(keeper).get("/").context["worklists"]
    (entry,) = [one for work in lists if str(work.more_url).endswith("/quarantine/") for one in work.entries]
    assert (entry.tag, entry.tag_kind) == (due.isoformat(), kind)


def test_the_page_takes_as_many_statements_for_many_files_as_for_one(
    archive: Archive, keeper: Account
) -> None:
    client = archive.client(keeper)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/records/quarantine/").status_code == 200
        return len(captured.captured_queries)

    statements()
    one = statements()
    send(archive, archive.clerk, "乙.pdf", "丙.pdf", "丁.pdf")
    send(archive, archive.colleague, "戊.pdf")
    assert len(shown(client)) == 5
    assert statements() == one


def test_who_has_no_room_left_is_told_what_he_cannot_remove(
    archive: Archive, keeper: Account, settings
) -> None:
    """Held back, it counts until somebody else closes it: its sender is not sent to look for a way."""
    settings.JINGUI_UPLOAD_QUOTA = len(PROGRAM) + 10
    client = archive.client(archive.clerk)
    opened = client.post("/records/intake/", archive.entries()).json()
    refused = put(client, opened["put_url_template"].replace("{position}", "1"), "好.pdf", pdf())
    assert (refused.status_code, refused.json()["code"]) == (413, "quota-exceeded")
    assert "被隔离的文件在档案管理员办结前也计算在内" in str(refused.json())
