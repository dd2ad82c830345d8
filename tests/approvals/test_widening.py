"""The list of a secret is widened by two: one proposes a person, a leader approves him (PE-02, PE-10)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Account, Person
from accounts.rules import Duty
from audit import clock, outbox
from audit.models import Event
from tests.accounts.people import make_account, make_clearance, make_fit, make_person, make_unit, today
from tests.approvals.desk import Desk
from tests.approvals.test_voiding import raise_to_top
from vault.approvals import errors, widening_lapsing, widenings
from vault.approvals.models import Widening
from vault.approvals.services import delegations
from vault.approvals.services import widening as services
from vault.approvals.widening_rules import STEPS, Basis, Cause, WideningEvent, WideningState, cause_of
from vault.authorization.context import of_account
from vault.authorization.errors import Absent
from vault.holdings import errors as holdings_errors
from vault.holdings.models import KnowledgeEntry, Record
from vault.holdings.services import knowledge
from vault.notices.models import Notice

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def record(desk: Desk) -> Record:
    """A 机密 record whose list has its keeper and the leader in charge on it."""
    record = desk.record()
    desk.name(record, desk.in_charge)
    return record


@pytest.fixture
def newcomer(desk: Desk) -> Account:
    """Cleared as high as it goes, and on no list."""
    account = desk.archive.add(Duty.ARCHIVIST)
    make_clearance(account.person, desk.security.person, state_level=3, enterprise_level=2)
    return account


def propose(desk: Desk, record: Record, *accounts: Account, by: Account | None = None) -> list[Widening]:
    return services.propose(
        context=of_account(by or desk.reader),
        record_id=record.pk,
        persons=[account.person for account in accounts],
        reason="参与预案修订",
    )


def decide(row: Widening, by: Account, *, approve: bool = True, reason: str = "") -> Widening:
    return services.decide(context=of_account(by), widening_id=row.pk, approve=approve, reason=reason)


def listed(record: Record) -> set[object]:
    return set(record.knowledge_entries.filter(ends_at__isnull=True).values_list("person_id", flat=True))


def opens(desk: Desk, record: Record, account: Account) -> int:
    return int(desk.archive.client(account).get(f"/records/{record.pk}/").status_code)


def told(account: Account) -> set[str]:
    return set(
        Notice.objects.filter(person=account.person, read_at__isnull=True).values_list("topic", flat=True)
    )


def test_a_person_is_on_the_list_once_a_leader_approved_him(
    desk: Desk, record: Record, newcomer: Account
) -> None:
    """PE-02: until then the record is absent for him, and nobody has told him of it."""
    (row,) = propose(desk, record, newcomer)
    assert (opens(desk, record, newcomer), told(newcomer)) == (404, set())
    assert told(desk.in_charge) == {"widening-to-decide"}
    done = decide(row, desk.in_charge)
    assert done.state == WideningState.APPROVED
    assert done.entry is not None
    assert (done.entry.named_by, done.entry.reason) == (desk.reader.person, "参与预案修订")
    assert opens(desk, record, newcomer) == 200
    assert told(newcomer) == {"widening-named"}
    assert told(desk.in_charge) == set()
    assert told(desk.reader) == {"widening-answered"}
    notice = Notice.objects.get(person=newcomer.person)
    assert notice.reference == row.reference
    while outbox.relay():
        pass
    event = Event.objects.get(action="approvals:widening:decide", phase="outcome")
    assert (event.outcome, event.object_type, event.object_id) == ("granted", "widening", str(row.pk))


def test_one_person_widens_no_list_of_a_secret(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02: neither directly nor beside a new label; of what is no secret he keeps it himself."""
    before = listed(record)
    with pytest.raises(holdings_errors.ListWidenedByTwo):
        knowledge.name_knowers(
            context=of_account(desk.reader), record_id=record.pk, persons=[newcomer.person], reason="工作需要"
        )
    assert listed(record) == before
    plain = desk.record("internal")
    director = desk.archive.director
    knowledge.name_knowers(
        context=of_account(director), record_id=plain.pk, persons=[newcomer.person], reason="工作需要"
    )
    assert listed(plain) == {newcomer.person_id}
    with pytest.raises(errors.ListNotByTwo):
        propose(desk, plain, newcomer, by=director)


def test_nobody_proposes_himself(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02: by person, so under a second account neither; and with him nobody else is proposed."""
    second = make_account(desk.reader.person)
    for account in (desk.reader, second):
        with pytest.raises(errors.RequestIncomplete) as refused:
            propose(desk, record, newcomer, desk.reader, by=account)
        assert refused.value.fields == {"persons": ["knower-oneself"]}
    assert not Widening.objects.exists()


def test_who_proposed_it_and_whom_it_names_decide_nothing(desk: Desk, record: Record) -> None:
    """PE-02, invariant 6: by person; both hold posts in which anybody else would decide it."""
    other = desk.archive.add(Duty.LEADER)
    make_clearance(other.person, desk.security.person, state_level=3, enterprise_level=2)
    (row,) = propose(desk, record, other, by=desk.in_charge)
    seconds = [make_account(account.person) for account in (desk.in_charge, other)]
    for account in (desk.in_charge, other, *seconds):
        with pytest.raises((Absent, errors.WrongStep)):
            decide(row, account)
    with pytest.raises(Absent):
        decide(row, other)
    assert other.person_id not in listed(record)
    desk.name(record, desk.principal)
    assert decide(row, desk.principal).state == WideningState.APPROVED


def test_the_database_holds_it_too(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02: whoever writes the row."""
    (row,) = propose(desk, record, newcomer)
    wrong = (
        {"decided_by": row.proposed_by},
        {"decided_by": row.person},
        {"instead_of": row.person, "decided_by": desk.in_charge.person},
        {"state": "approved", "decided_by": desk.in_charge.person},
    )
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Widening.objects.filter(pk=row.pk).update(**values)
    for change in (lambda: Widening.objects.update(proposed_by=newcomer.person), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_only_a_leader_on_the_list_is_asked_and_rank_alone_shows_nothing(
    desk: Desk, record: Record, newcomer: Account
) -> None:
    """PE-10: another leader of the same post, and the principal leader above him, do not know of it."""
    other = desk.archive.add(Duty.LEADER)
    make_clearance(other.person, desk.security.person, state_level=3, enterprise_level=2)
    (row,) = propose(desk, record, newcomer)
    for account in (other, desk.principal, desk.archive.director):
        with pytest.raises(Absent):
            decide(row, account)
        client = desk.archive.client(account)
        assert client.get(f"/requests/knowers/{row.pk}/").status_code == 404
        assert record.title not in client.get("/").content.decode()
    assert [one.pk for one in widenings.deciders(row, clock.now())] == [desk.in_charge.person_id]


def test_where_no_leader_is_on_the_list_his_post_decides_without_the_title(
    desk: Desk, newcomer: Account
) -> None:
    """PE-02, PE-10: else a list without a leader could never be widened; the record stays absent for him."""
    record = desk.record()
    (row,) = propose(desk, record, newcomer)
    client = desk.archive.client(desk.in_charge)
    page = client.get(f"/requests/knowers/{row.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert newcomer.person.name in text
    assert "参与预案修订" in text
    assert record.title not in text
    assert decide(row, desk.in_charge).state == WideningState.APPROVED
    assert opens(desk, record, desk.in_charge) == 404


def test_a_stand_in_decides_for_the_absent_leader(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02, PE-12: fit himself and on the list; for whom it names or who proposed it nobody sits in."""
    stand_in = desk.archive.add(Duty.DEPARTMENT_HEAD)
    make_clearance(stand_in.person, desk.security.person, state_level=3, enterprise_level=2)
    desk.name(record, stand_in)

    def give(by: Account) -> None:
        delegations.delegate(
            context=of_account(by),
            to=stand_in.person,
            duty=Duty.LEADER,
            unit=desk.archive.company,
            starts_on=today(),
            ends_on=today() + timedelta(days=3),
            reason="出差",
        )

    give(desk.in_charge)
    (row,) = propose(desk, record, newcomer)
    done = decide(row, stand_in)
    assert (done.decided_by, done.instead_of) == (stand_in.person, desk.in_charge.person)
    third = desk.archive.add(Duty.ARCHIVIST)
    (own,) = propose(desk, record, third, by=desk.in_charge)
    with pytest.raises(Absent):
        decide(own, stand_in)


def test_a_refusal_needs_its_reason_and_a_proposal_is_taken_back_by_its_own(
    desk: Desk, record: Record, newcomer: Account
) -> None:
    """PE-02"""
    (row,) = propose(desk, record, newcomer)
    with pytest.raises(errors.ReasonMissing):
        decide(row, desk.in_charge, approve=False, reason="  ")
    assert decide(row, desk.in_charge, approve=False, reason="与其岗位无关").state == WideningState.REFUSED
    (again,) = propose(desk, record, newcomer)
    with pytest.raises(errors.WrongStep):
        services.withdraw(context=of_account(desk.in_charge), widening_id=again.pk)
    services.withdraw(context=of_account(desk.reader), widening_id=again.pk)
    with pytest.raises((Absent, errors.WrongStep)):
        decide(again, desk.in_charge)
    assert newcomer.person_id not in listed(record)


def test_proposed_twice_it_waits_once(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02: nor is anybody proposed who is on the list, is no colleague or is an officer."""
    propose(desk, record, newcomer)
    officer, gone = desk.second_security, make_person(desk.archive.hall)
    for account in (newcomer, desk.in_charge, officer):
        with pytest.raises(errors.NobodyNew):
            propose(desk, record, account)
    with pytest.raises(errors.NobodyNew):
        services.propose(
            context=of_account(desk.reader), record_id=record.pk, persons=[gone], reason="参与预案修订"
        )
    assert Widening.objects.count() == 1


# What it rests on


def moved(desk: Desk, record: Record, person: Person, what: str) -> None:
    if what == "clearance":
        make_clearance(person, desk.security.person, state_level=3, enterprise_level=2)
    elif what == "person":
        Person.objects.filter(pk=person.pk).update(unit=make_unit(desk.archive.company))
    elif what == "shielded":
        Record.objects.filter(pk=record.pk).update(is_shielded=True)
    else:
        Record.objects.filter(pk=record.pk).update(state_level=3)


@pytest.mark.parametrize("what", ["label", "shielded", "person", "clearance"])
def test_nothing_is_approved_once_label_unit_or_clearance_have_changed(
    desk: Desk, record: Record, what: str
) -> None:
    """PE-02: and the worker lets it lapse, so that it does not revive when the cause goes away."""
    someone = make_account(make_fit(make_person(desk.archive.hall)))
    (row,) = propose(desk, record, someone)
    moved(desk, record, someone.person, what)
    with pytest.raises((errors.WideningStale, errors.WrongStep, Absent)):
        decide(row, desk.in_charge)
    assert someone.person_id not in listed(record)
    assert widening_lapsing.sweep() == 1
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (WideningState.LAPSED, None)
    assert widening_lapsing.sweep() == 0


def test_a_raised_label_ends_it_in_the_same_transaction(
    desk: Desk, record: Record, newcomer: Account
) -> None:
    """PE-02, RQ-11: and a new label names nobody beside it."""
    desk.name(record, desk.archive.officer)
    (row,) = propose(desk, record, newcomer)
    with pytest.raises(holdings_errors.FormRefused) as refused:
        raise_to_top(desk, record, knowers=(newcomer.person,))
    assert set(refused.value.fields) == {"knowers"}
    raise_to_top(desk, record)
    row.refresh_from_db()
    assert (row.state, row.cause) == (WideningState.LAPSED, Cause.LABEL)
    with pytest.raises((Absent, errors.WrongStep)):
        decide(row, desk.in_charge)


def test_silence_moves_it_on_and_thirty_days_end_it(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02, RQ-18: to the next post that may know of it, and never to an approval."""
    began = clock.now()
    desk.name(record, desk.principal)
    (row,) = propose(desk, record, newcomer)
    with pytest.raises(Absent):
        decide(row, desk.principal)
    with time_machine.travel(began + timedelta(days=12), tick=False):
        assert widening_lapsing.sweep() == 1
        row.refresh_from_db()
        assert (row.escalations, row.state) == (1, WideningState.PROPOSED)
        assert {one.pk for one in widenings.deciders(row, clock.now())} == {
            desk.in_charge.person_id,
            desk.principal.person_id,
        }
    with time_machine.travel(began + timedelta(days=31), tick=False):
        widening_lapsing.sweep()
        row.refresh_from_db()
        assert (row.state, row.cause) == (WideningState.LAPSED, Cause.OLD)
    assert newcomer.person_id not in listed(record)


def test_who_is_struck_takes_his_proposals_with_him(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02"""
    director = desk.archive.add(Duty.HALL_DIRECTOR, desk.archive.hall)
    make_clearance(director.person, desk.security.person, state_level=3, enterprise_level=2)
    desk.name(record, director)
    (row,) = propose(desk, record, newcomer, by=director)
    entry = KnowledgeEntry.objects.get(record=record, person=director.person, ends_at__isnull=True)
    knowledge.strike_knower(
        context=of_account(desk.in_charge), record_id=record.pk, entry_id=entry.pk, reason="调离"
    )
    row.refresh_from_db()
    assert (row.state, row.cause) == (WideningState.LAPSED, Cause.STRUCK)


def test_the_table_has_every_step_and_no_other(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02: an end is an end."""
    assert {state for state, _event in STEPS} == {WideningState.PROPOSED}
    assert {event for _state, event in STEPS} == set(WideningEvent)
    (row,) = propose(desk, record, newcomer)
    for state in set(WideningState) - {WideningState.PROPOSED}:
        row.state = state
        for event in WideningEvent:
            with pytest.raises(errors.WrongStep):
                services.after(row, event)


def test_the_nearest_reason_is_told_first() -> None:
    """PE-02: label, unit, clearance, a place on the list, 30 days."""
    now = clock.now()
    then = Basis((2, 0, 1, False), ("unit", "home"), (2, 0, 0))

    def cause(listed: bool = False, days: int = 1, **changes: object) -> Cause | None:
        return cause_of(
            then, replace(then, **changes), listed=listed, proposed_at=now - timedelta(days=days), at=now
        )

    assert cause() is cause(days=30) is None
    assert cause(days=31) is Cause.OLD
    assert cause(listed=True, days=31) is Cause.LISTED
    assert cause(clearance=(3, 0, 0), listed=True) is Cause.CLEARANCE
    assert cause(units=("other", "home"), clearance=(3, 0, 0)) is cause(units=("unit", "x")) is Cause.UNIT
    assert cause(label=(2, 0, 1, True), units=("other", "home")) is Cause.LABEL


# Pages


def test_the_pages_lead_from_the_list_to_the_decision(desk: Desk, record: Record, newcomer: Account) -> None:
    """PE-02: no button puts anybody on the list of a secret."""
    keeper, leader = desk.archive.client(desk.reader), desk.archive.client(desk.in_charge)
    address = f"/records/{record.pk}/knowers/"
    page = keeper.get(address).content.decode()
    assert f"{address}propose/" in page
    assert 'name="persons"' not in page
    refused = keeper.post(address, {"persons": [str(newcomer.person_id)], "reason": "工作需要"})
    assert refused.status_code == 400
    assert keeper.get(f"{address}propose/").status_code == 200
    sent = keeper.post(f"{address}propose/", {"persons": [str(newcomer.person_id)], "reason": "工作需要"})
    assert sent.status_code == 302
    row = Widening.objects.get()
    assert newcomer.person.name in keeper.get(address).content.decode()
    assert newcomer.person_id not in listed(record)
    assert f"/requests/knowers/{row.pk}/" in leader.get("/").content.decode()
    page = leader.get(f"/requests/knowers/{row.pk}/").content.decode()
    assert record.title in page
    assert newcomer.person.name in page
    decision = f"/requests/knowers/{row.pk}/decide/"
    assert leader.post(decision, {"decision": "perhaps"}).status_code == 400
    assert leader.post(decision, {"decision": "refuse", "reason": ""}).status_code == 400
    assert desk.archive.client(newcomer).get(f"/requests/knowers/{row.pk}/").status_code == 404
    assert leader.post(decision, {"decision": "approve", "reason": ""}).status_code == 302
    assert leader.post(decision, {"decision": "approve", "reason": ""}).status_code == 409
    assert newcomer.person_id in listed(record)
    assert record.title in leader.get("/requests/knowers/").content.decode()
    # Whom it named is told by the record alone, and meets no proposal.
    assert desk.archive.client(newcomer).get(f"/requests/knowers/{row.pk}/").status_code == 404
