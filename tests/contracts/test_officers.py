"""What the three officers see, and what they do not."""

import pytest

from tests.support.archive import Archive, file, newest

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture(autouse=True)
def _quick(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_the_auditor_reads_the_log_and_no_content_and_the_other_officers_neither() -> None:
    """AU-04."""
    archive = Archive()
    record = file(archive, archive.clerk, title="一件内部文件", register_now="on").record
    component = record.components.get()
    content = f"/records/{record.pk}/components/{component.pk}/pages/1.png"
    for account, reads_log in ((archive.auditor, True), (archive.system, False), (archive.security, False)):
        client = archive.client(account)
        log = client.get("/log/")
        assert (log.status_code == 200) is reads_log
        assert "一件内部文件" not in log.content.decode()
        for address in ("/records/", f"/records/{record.pk}/", content):
            assert client.get(address).status_code in {403, 404}
    assert archive.client(archive.clerk).get(content).status_code == 200
    assert archive.client(archive.clerk).get("/log/").status_code in {403, 404}


def test_nobody_decides_what_he_proposed_under_whichever_account() -> None:
    """PE-06, PE-07: proposer and decider are two persons, not two accounts."""
    from datetime import date

    from accounts.rules import Duty
    from tests.accounts.people import make_account, make_appointment, make_clearance
    from vault.authorization.context import of_account
    from vault.authorization.errors import Refused
    from vault.authorization.levels import Levels
    from vault.holdings import errors
    from vault.holdings.labelling import LabelProposal
    from vault.holdings.rules import LabelSource, Period, PeriodKind
    from vault.holdings.services import labelling

    archive = Archive()
    make_appointment(archive.director.person, Duty.CLASSIFICATION_OFFICER, archive.company)
    make_clearance(archive.director.person, archive.security.person, enterprise_level=2)
    second = make_account(archive.director.person)
    record = file(archive, archive.clerk, register_now="on").record
    archive.client(archive.director)
    from django.test import override_settings

    with override_settings(JINGUI_DEMO=True):
        labelling.propose_label(
            context=of_account(archive.director, address="127.0.0.1"),
            record_id=record.pk,
            label=LabelProposal(
                Levels(enterprise=2, restricted=1),
                LabelSource.PROPOSED,
                date(2026, 9, 1),
                Period(PeriodKind.YEARS, 5),
                basis="目录 3.2",
                has_decider=True,
            ),
            originator=archive.company,
            decider=archive.officer.person,
        )
    for own in (archive.director, second):
        with pytest.raises((errors.FormRefused, Refused)):
            labelling.decide_label(
                context=of_account(own), record_id=record.pk, proposal_id=newest(record).pk, confirm=True
            )
    decided = labelling.decide_label(
        context=of_account(archive.officer), record_id=record.pk, proposal_id=newest(record).pk, confirm=True
    )
    assert decided.decider_id == archive.officer.person.pk
