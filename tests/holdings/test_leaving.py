"""What of the holdings holds a leaver back, and that it tells nothing of the records (AD-12, PE-14)."""

import pytest

from accounts import departures, errors, services
from tests.accounts.people import today
from tests.support.archive import Archive, file, newest
from vault.holdings.services import labelling

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def codes(person_id: object) -> set[str]:
    return {matter.code for matter in departures.open_matters(person_id)}


def test_drafts_decisions_and_quarantine_hold_their_person_back(archive: Archive) -> None:
    """AD-12: each until it is ended; somebody else's hold nobody."""
    archive.sit()
    assert codes(archive.clerk.person_id) == set()
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    draft = file(archive, archive.clerk, title="一件未登记的文件").record
    assert codes(archive.clerk.person_id) == {"open_drafts"}
    with pytest.raises(errors.HeldBack) as refused:
        services.record_departure(actor=archive.system, person=archive.clerk.person, left_on=today())
    assert "一件未登记的文件" not in str(refused.value)
    archive.client(archive.clerk).post(f"/records/{draft.pk}/register/", {"version": draft.version})
    assert codes(archive.clerk.person_id) == set()
    proposed = file(
        archive,
        archive.clerk,
        label="core",
        source="proposed",
        received_mark="",
        decider=str(archive.officer.person.pk),
        knowers=[],
        register_now="on",
    ).record
    assert codes(archive.officer.person_id) == {"open_decisions"}
    labelling.decide_label(
        context=archive.context(archive.officer),
        record_id=proposed.pk,
        proposal_id=newest(proposed).pk,
        confirm=True,
    )
    assert codes(archive.officer.person_id) == set()
    file(archive, archive.colleague, ("坏.pdf", b"MZ\x90\x00" + b"\x00" * 200), ("好.txt", b"a b c"))
    assert "open_quarantine" in codes(archive.archivist.person_id)
    assert "open_quarantine" not in codes(archive.colleague.person_id)


def test_the_departure_page_lists_what_stands_in_the_way(archive: Archive) -> None:
    """AD-12: before anything is typed."""
    file(archive, archive.clerk)
    client = archive.client(archive.system)
    page = client.get(f"/administration/people/{archive.clerk.person_id}/leave/").content.decode()
    assert "其有尚未登记的草稿" in page
    answer = client.post(
        f"/administration/people/{archive.clerk.person_id}/leave/", {"left_on": today().isoformat()}
    )
    assert answer.status_code == 400
