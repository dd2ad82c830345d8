"""The service keeps the need-to-know list from running empty, and nobody grants or names himself (PE-02, PE-03)."""

from datetime import date, timedelta

import pytest

from accounts.models import Account
from accounts.rules import Duty
from audit import clock, outbox
from audit.models import Event
from tests.accounts.people import make_account
from tests.support.archive import Archive, file
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.levels import Levels
from vault.holdings import errors
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import KnowledgeEntry, Record, RecordUserPermission
from vault.holdings.rules import LabelSource, Period, PeriodKind
from vault.holdings.services import knowledge, labelling

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def director(archive: Archive) -> Account:
    """A hall director who is cleared: he names who may know of what his hall holds."""
    director = archive.add(Duty.HALL_DIRECTOR, archive.hall)
    archive.clear(director, enterprise_level=2, restricted=1)
    return director


@pytest.fixture
def proposed(archive: Archive, director: Account, attested: None) -> Record:
    """A core secret whose label waits for the classification officer."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    return file(
        archive,
        archive.clerk,
        label="core",
        source="proposed",
        received_mark="",
        decider=str(archive.officer.person.pk),
        period_kind="years",
        period_number="5",
        knowers=[str(archive.cleared.person.pk), str(director.person.pk)],
        register_now="on",
    ).record


@pytest.fixture
def received(archive: Archive, director: Account, attested: None) -> Record:
    """A core secret received with its label, so nobody decides it any more."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    knowers = [str(archive.cleared.person.pk), str(director.person.pk)]
    return file(archive, archive.clerk, label="core", knowers=knowers, register_now="on").record


def strike(account: Account, record: Record, entry: KnowledgeEntry) -> KnowledgeEntry:
    return knowledge.strike_knower(
        context=of_account(account), record_id=record.pk, entry_id=entry.pk, reason="调离"
    )


def listed(record: Record) -> set[str]:
    entries = record.knowledge_entries.filter(ends_at__isnull=True).select_related("person")
    return {str(entry.person_id) for entry in entries}


def test_all_but_the_last_are_struck_and_the_last_stays(director: Account, received: Record) -> None:
    """PE-02: a record that nobody may know of is lost as surely as one that was deleted."""
    entries = list(received.knowledge_entries.exclude(person=director.person))
    assert entries
    for entry in entries:
        assert strike(director, received, entry).ends_at is not None
    last = received.knowledge_entries.get(ends_at__isnull=True)
    assert last.person_id == director.person_id
    with pytest.raises(errors.LastKnower):
        strike(director, received, last)
    assert listed(received) == {str(director.person_id)}
    outbox.relay()
    refused = Event.objects.filter(action=Action.NAME_KNOWERS.value, phase="outcome").latest("id")
    assert (refused.outcome, refused.rule) == ("failed", "last-knower")


def test_who_decides_the_label_stays_until_he_has(
    archive: Archive, director: Account, proposed: Record
) -> None:
    """CL-04: struck off, he could not be shown the proposal, and it would wait for ever."""
    decider = proposed.knowledge_entries.get(person=archive.officer.person)
    assert decider.role == "decider"
    with pytest.raises(errors.LastKnower):
        strike(director, proposed, decider)
    assert str(archive.officer.person_id) in listed(proposed)
    decision = proposed.label_decisions.get()
    answer = {"decision": "confirm", "proposal": str(decision.pk)}
    decided = archive.client(archive.officer).post(f"/records/{proposed.pk}/label/decision/", answer)
    assert decided.status_code == 302
    strike(director, proposed, decider)
    assert str(archive.officer.person_id) not in listed(proposed)


def test_a_secret_is_filed_only_with_somebody_on_its_list_who_can_look_after_it(
    archive: Archive, director: Account, attested: None
) -> None:
    """Rule book 10, the archivist's duty: a list that nobody may change again loses the record to all."""
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    archive.clear(archive.colleague, enterprise_level=2, restricted=1)
    before = Record.objects.count()
    with pytest.raises(AssertionError, match="knowers"):
        file(archive, archive.clerk, label="core", knowers=[str(archive.colleague.person.pk)])
    assert Record.objects.count() == before
    assert file(archive, archive.clerk, label="core", knowers=[str(director.person.pk)]).record


def test_whoever_is_not_cleared_himself_does_not_learn_who_is(archive: Archive, attested: None) -> None:
    """He is refused the label, whoever he names."""
    for named in (archive.colleague, archive.cleared):
        entries = archive.entries("core", knowers=[str(named.person.pk)])
        answer = archive.client(archive.clerk).post("/records/intake/", entries)
        assert answer.status_code == 403
        assert set(answer.json()["errors"]) == {"label"}


def test_the_last_who_could_change_the_list_stays_on_it(
    archive: Archive, director: Account, received: Record
) -> None:
    """He strikes himself last, and then only after naming another like him."""
    entries = {entry.person_id: entry for entry in received.knowledge_entries.all()}
    strike(director, received, entries[archive.cleared.person_id])
    with pytest.raises(errors.LastKnower):
        strike(director, received, entries[director.person_id])
    assert {str(archive.clerk.person_id), str(director.person_id)} == listed(received)


def test_a_decider_who_was_on_the_list_as_a_reader_stays_too(
    archive: Archive, director: Account, received: Record
) -> None:
    """CL-03: by whom the proposal names, not by the word beside his name."""
    officer = archive.officer.person
    at = clock.now()
    knowledge.enter_knower(
        received, officer, named_by=director.person, by=director.person, reason="协办", at=at
    )
    labelling.propose_label(
        context=archive.context(director),
        record_id=received.pk,
        label=LabelProposal(
            levels=Levels(enterprise=2, restricted=1),
            source=LabelSource.PROPOSED,
            issued_on=date(2026, 9, 18),
            period=Period(PeriodKind.YEARS, 3),
            basis="保密事项范围 4.1",
            has_originator=True,
            has_decider=True,
        ),
        originator=None,
        decider=officer,
    )
    entry = received.knowledge_entries.get(person=officer)
    assert entry.role == "reader"
    with pytest.raises(errors.LastKnower):
        strike(director, received, entry)


def test_nobody_puts_himself_on_the_list(archive: Archive, director: Account) -> None:
    """PE-02: of what is no secret, whose list is kept by one."""
    record = file(archive, archive.clerk, register_now="on").record
    context = of_account(director)
    for persons in ([director.person], [archive.colleague.person, director.person]):
        with pytest.raises(errors.FormRefused) as refused:
            knowledge.name_knowers(context=context, record_id=record.pk, persons=persons, reason="工作需要")
        assert refused.value.fields == {"persons": ["knower-oneself"]}
    assert listed(record) == set()
    knowledge.name_knowers(
        context=context, record_id=record.pk, persons=[archive.colleague.person], reason="工作需要"
    )
    assert listed(record) == {str(archive.colleague.person_id)}


def test_nobody_is_put_on_the_list_of_a_secret_by_one(
    archive: Archive, director: Account, received: Record
) -> None:
    """PE-02: he is proposed, and a leader approves it (tests/approvals/test_widening.py)."""
    before = listed(received)
    for persons in ([archive.colleague.person], [director.person]):
        with pytest.raises(errors.ListWidenedByTwo):
            knowledge.name_knowers(
                context=of_account(director), record_id=received.pk, persons=persons, reason="工作需要"
            )
    assert listed(received) == before


def test_nobody_grants_himself_and_a_second_account_is_the_same_person(
    archive: Archive, director: Account
) -> None:
    """PE-03, invariant 6: by person, in the service; a page that offers no such choice is not the rule."""
    record = file(archive, archive.clerk, register_now="on").record
    second = make_account(director.person)
    ends_at = clock.now() + timedelta(days=1)

    def grant(giver: Account, to: Account) -> None:
        knowledge.grant(
            context=of_account(giver),
            record_id=record.pk,
            person=to.person,
            action=Action.COPY,
            ends_at=ends_at,
        )

    for giver, to in ((director, director), (second, director), (director, second)):
        with pytest.raises(errors.FormRefused) as refused:
            grant(giver, to)
        assert refused.value.fields == {"person": ["grant-oneself"]}
    assert not RecordUserPermission.objects.exists()
    grant(second, archive.colleague)
    assert RecordUserPermission.objects.get().user == archive.colleague
