"""What the three officers see, and what they do not; and what takes two persons, which no two accounts replace."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accounts.errors import AccountsError
from accounts.models import Account, PendingGrant, Person
from accounts.rules import Duty, PersonCategory
from accounts.services import access, clearances, duties, grants, people
from accounts.services.grants import Given
from tests.accounts.people import make_account, make_appointment, make_clearance, today
from tests.support.archive import Archive, file, newest, pdf
from vault.authorization.context import of_account
from vault.authorization.errors import AuthorizationError
from vault.authorization.levels import Levels
from vault.holdings.errors import FormRefused
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import StagedFile
from vault.holdings.rules import LabelSource, Period, PeriodKind
from vault.holdings.services import labelling, staging

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


# Each step of the officers, as one proposes it for a person.
Step = Callable[[Archive, Account, Person], Given]
STEPS: dict[str, tuple[str, Step]] = {
    "appointment to a privileged duty": (
        "security",
        lambda archive, actor, person: duties.appoint(
            actor=actor,
            person=person,
            duty=Duty.CLASSIFICATION_OFFICER,
            unit=archive.company,
            starts_on=today(),
            reason="需要",
        ),
    ),
    "headship": (
        "security",
        lambda archive, actor, person: duties.appoint(
            actor=actor,
            person=person,
            duty=Duty.HALL_DIRECTOR,
            unit=archive.other_hall,
            starts_on=today(),
            is_head=True,
            reason="需要",
        ),
    ),
    "clearance": (
        "security",
        lambda _archive, actor, person: clearances.grant_clearance(
            actor=actor,
            person=person,
            starts_on=today(),
            ends_on=today() + timedelta(days=30),
            enterprise_level=1,
            reason="需要",
        ),
    ),
    "person category": (
        "security",
        lambda _archive, actor, person: clearances.set_category(
            actor=actor, person=person, category=PersonCategory.GENERAL, reason="需要"
        ),
    ),
    "another account": (
        "system",
        lambda _archive, actor, person: people.propose_account(
            actor=actor, person=person, staff_no="G0042", reason="需要"
        ),
    ),
    "password where no second factor is set up": (
        "system",
        lambda _archive, actor, person: access.propose_password(
            actor=actor, account=person.accounts.earliest("created_at"), reason="需要"
        ),
    ),
}
ACCOUNTS = ("own account", "second account")


def _of(account: Account, which: str) -> Account:
    return account if which == "own account" else make_account(account.person)


def _code(refusal: Exception) -> str:
    """The one code of a refusal; of a form that was refused the one that stands at its field."""
    if isinstance(refusal, FormRefused):
        ((code,),) = refusal.fields.values()
        return code
    assert isinstance(refusal, AccountsError | AuthorizationError)
    return refusal.code


@pytest.mark.parametrize("which", ACCOUNTS)
@pytest.mark.parametrize("step", STEPS)
def test_nobody_confirms_what_he_proposed(step: str, which: str) -> None:
    """PE-06, PE-07, AD-03."""
    archive, (officer, propose) = Archive(), STEPS[step]
    actor = getattr(archive, officer)
    proposal = propose(archive, actor, archive.director.person).pending
    with pytest.raises(AccountsError) as refused:
        grants.confirm_grant(actor=_of(actor, which), grant=proposal)
    assert _code(refused.value) == "second_person_missing"
    grants.confirm_grant(actor=archive.leader, grant=proposal)


@pytest.mark.parametrize("which", ACCOUNTS)
@pytest.mark.parametrize("step", STEPS)
def test_nobody_confirms_what_gives_him_rights(step: str, which: str) -> None:
    """PE-06, PE-07: the director heads his unit, so he would be the right one for anybody else there."""
    archive, (officer, propose) = Archive(), STEPS[step]
    proposal = propose(archive, getattr(archive, officer), archive.director.person).pending
    with pytest.raises(AccountsError) as refused:
        grants.confirm_grant(actor=_of(archive.director, which), grant=proposal)
    assert _code(refused.value) == "self_service"
    grants.confirm_grant(actor=archive.leader, grant=proposal)


@pytest.mark.parametrize("which", ACCOUNTS)
@pytest.mark.parametrize("step", STEPS)
def test_no_officer_proposes_what_gives_himself_rights(step: str, which: str) -> None:
    """PE-06, PE-07, AD-04: the leader is never asked."""
    archive, (officer, propose) = Archive(), STEPS[step]
    actor = getattr(archive, officer)
    with pytest.raises(AccountsError) as refused:
        propose(archive, _of(actor, which), actor.person)
    assert _code(refused.value) == "self_service"
    assert not PendingGrant.objects.exists()


@pytest.mark.parametrize("which", ACCOUNTS)
def test_nobody_decides_the_label_that_he_proposed(which: str) -> None:
    """PE-06, PE-07, CL-04: he holds the authority to decide it, had another person proposed it."""
    archive = Archive()
    archive.sit()
    make_appointment(archive.director.person, Duty.CLASSIFICATION_OFFICER, archive.company)
    make_clearance(archive.director.person, archive.security.person, enterprise_level=2)
    record = file(archive, archive.clerk, register_now="on").record
    labelling.propose_label(
        context=archive.context(archive.director),
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
    decision = {"record_id": record.pk, "proposal_id": newest(record).pk, "confirm": True}
    with pytest.raises(FormRefused) as refused:
        labelling.decide_label(context=of_account(_of(archive.director, which)), **decision)
    assert _code(refused.value) == "proposer-is-not-decider"
    decided = labelling.decide_label(context=of_account(archive.officer), **decision)
    assert decided.decider_id == archive.officer.person.pk


@pytest.mark.parametrize("which", ACCOUNTS)
def test_nobody_closes_the_quarantine_of_what_he_sent(which: str) -> None:
    """PE-06, PE-07: he keeps the records of his hall, and would close what a clerk of it sent."""
    archive = Archive()
    for sender in (archive.director, archive.clerk):
        file(archive, sender, ("好.pdf", pdf()), ("坏.pdf", b"MZ\x90\x00" + b"\x00" * 200))
    own, other = (
        StagedFile.objects.get(session__account=sender, integrity="quarantined")
        for sender in (archive.director, archive.clerk)
    )
    closer = of_account(_of(archive.director, which))
    with pytest.raises(AuthorizationError) as refused:
        staging.close_quarantine(context=closer, file_id=own.pk, reason="发错文件")
    assert _code(refused.value) == "absent"
    own.refresh_from_db()
    assert own.closed_at is None
    staging.close_quarantine(context=closer, file_id=other.pk, reason="发错文件")
    other.refresh_from_db()
    assert other.closed_by_id == archive.director.person_id
