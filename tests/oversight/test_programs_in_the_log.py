"""What a program looked for stands in the log as the pages' filters do, and the auditor can open it."""

import pytest

from audit.models import Event
from tests.contracts.api_program import program
from tests.support.archive import Archive

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.mark.parametrize(
    ("who", "address", "filters", "shown"),
    [
        (
            "security",
            "/api/v1/people",
            {"duty": "archivist", "state": "active"},
            ["duty: archivist", "active"],
        ),
        (
            "auditor",
            "/api/v1/events",
            {"since": "2026-01-02T03:04:05Z", "outcome": "denied"},
            ["outcome: denied", "since: 2026-01-02"],
        ),
        ("clerk", "/api/v1/records", {"state": "draft"}, ["state: draft"]),
    ],
)
def test_the_auditor_opens_the_event_of_a_list_that_a_program_asked_for(
    archive: Archive, who: str, address: str, filters: dict[str, str], shown: list[str]
) -> None:
    """AU-01, AU-07: its filters read as they were sent, in the notation of no programming language."""
    assert program(getattr(archive, who)).get(address, filters).status_code == 200
    event = Event.objects.order_by("-id")[0]
    page = archive.client(archive.auditor).get(f"/log/{event.uid}/")
    assert page.status_code == 200
    text = page.content.decode()
    for one in shown:
        assert one in text
    assert "datetime" not in text
    assert "Duty." not in text
