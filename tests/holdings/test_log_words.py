"""An auditor reads of the holdings' work in words: names and labels, not ids and codes."""

import pytest

from accounts.rules import Duty
from audit import outbox
from audit.models import Event
from tests.support.archive import Archive, file
from vault.holdings.services import knowledge

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_the_sealed_part_names_people_and_labels(archive: Archive, attested: None) -> None:
    """AU-05: who was taken off the list and why; the label as screens say it."""
    for account in (archive.clerk, archive.director, archive.cleared):
        archive.clear(account, enterprise_level=2, restricted=1)
    record = file(
        archive,
        archive.clerk,
        label="core",
        knowers=[str(archive.director.person.pk), str(archive.cleared.person.pk)],
        register_now="on",
    ).record
    knowledge.strike_knower(
        context=archive.context(archive.director),
        record_id=record.pk,
        entry_id=record.knowledge_entries.get(person=archive.cleared.person).pk,
        reason="不再参与检修方案编制",
    )
    outbox.relay()
    event = Event.objects.get(action="holdings:record:name_knowers", phase="outcome")
    auditor = archive.add(Duty.AUDITOR, archive.company)
    page = archive.client(auditor).get(f"/log/{event.uid}/").content.decode()
    sealed = page[page.index("封存") :]
    assert archive.cleared.person.name in sealed
    assert "不再参与检修方案编制" in sealed
    assert str(archive.cleared.person.pk) not in sealed[: sealed.index("</section>")]
    assert "核心商密" in page
