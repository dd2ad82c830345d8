"""Whoever works through a filtered list comes back to it as it was, whatever became of the chosen records."""

import html
import re

import pytest

from tests.accounts.people import today
from tests.support.archive import Archive, file
from vault.holdings.models import Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
BACK = "state=registered"


@pytest.fixture
def record(archive: Archive) -> Record:
    return file(archive, archive.clerk, register_now="on").record


def chosen(record: Record, **more: str) -> dict[str, str]:
    return {"record": f"{record.pk}:{record.version}", "back": BACK, **more}


def test_the_list_tells_its_filters_and_the_page_hands_them_on(archive: Archive, record: Record) -> None:
    client = archive.client(archive.director)
    page = client.get("/records/?state=registered").content.decode()
    told = html.unescape(re.search(r'name="back" value="([^"]*)"', page)[1])
    assert "state=registered" in told
    asked = client.post("/records/grant/", chosen(record)).content.decode()
    assert f'name="back" value="{BACK}"' in asked
    assert f'href="/records/?{BACK}"' in asked, "cancelling goes back too"


def test_after_a_grant_the_list_is_as_it_was(archive: Archive, record: Record) -> None:
    given = {
        "step": "do",
        "person": str(archive.colleague.person.pk),
        "action": "holdings:record:copy",
        "ends_on": today().isoformat(),
    }
    answer = archive.client(archive.director).post("/records/grant/", chosen(record, **given))
    assert (answer.status_code, answer["Location"]) == (302, f"/records/?{BACK}")


@pytest.mark.parametrize("address", ["grant", "move", "export"])
def test_nothing_chosen_leads_back_to_it_too(archive: Archive, record: Record, address: str) -> None:
    answer = archive.client(archive.director).post(f"/records/{address}/", {"back": BACK})
    assert (answer.status_code, answer["Location"]) == (302, f"/records/?{BACK}")


@pytest.mark.parametrize(
    "back", ["//evil.example", "state=evil&x=//evil.example", "\r\nLocation: x", "=&&=" * 90]
)
def test_what_is_no_filter_of_ours_leads_to_the_plain_list(
    archive: Archive, record: Record, back: str
) -> None:
    answer = archive.client(archive.director).post("/records/grant/", {"back": back})
    assert answer["Location"] == "/records/"
