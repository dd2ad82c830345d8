"""The life of a copy step by step, the end of its request, and the monthly count."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.rules import Duty
from audit import clock
from tests.accounts.people import today
from tests.approvals.copying import CopyDesk
from vault.approvals import errors, reproduction
from vault.approvals.models import AccessRequest, Copy, CopyCount, CopyStep
from vault.approvals.reproduction_rules import CopyEvent, CopyState
from vault.approvals.rules import RequestState
from vault.approvals.services import copies, requests
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.holdings.models import KnowledgeEntry
from vault.incidents import services as incidents
from vault.incidents.models import Incident
from vault.incidents.rules import Event, Kind

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
E = CopyEvent


@pytest.fixture
def desk(archive, attested) -> CopyDesk:
    return CopyDesk(archive)


@pytest.fixture
def copy(desk: CopyDesk) -> Copy:
    return desk.made(desk.granted(desk.copied()))


def test_its_recipient_signs_under_his_own_account(desk: CopyDesk, copy: Copy) -> None:
    """RQ-07: and nobody for him."""
    for account in (desk.keeper, desk.second, desk.other, desk.in_charge):
        with pytest.raises((Absent, Refused, errors.CopyStepClosed)):
            desk.step(copy, E.RECEIVE, account)
    assert desk.step(copy, E.RECEIVE, desk.reader).state == CopyState.ISSUED
    assert [(one.event, one.by_id) for one in reproduction.history(copy)] == [
        ("make", desk.keeper.person_id),
        ("receive", desk.reader.person_id),
    ]


def test_a_receipt_signed_on_paper_is_entered_with_its_number(desk: CopyDesk, copy: Copy) -> None:
    with pytest.raises(errors.ReceiptMissing):
        desk.step(copy, E.HAND_OVER, desk.keeper, receipt=" ")
    assert desk.step(copy, E.HAND_OVER, desk.keeper, receipt="收〔2026〕7号").state == CopyState.ISSUED
    assert CopyStep.objects.get(copy=copy, event="hand_over").receipt == "收〔2026〕7号"


def test_it_is_passed_on_only_when_who_decides_the_request_allows_it(desk: CopyDesk, copy: Copy) -> None:
    """7.3: a new receipt, approved; then the new holder answers for it."""
    desk.step(copy, E.RECEIVE, desk.reader)
    with pytest.raises(errors.ReasonMissing):
        desk.step(copy, E.ASK_TRANSFER, desk.reader, to=desk.other.person)
    desk.step(copy, E.ASK_TRANSFER, desk.reader, to=desk.other.person, reason="共同核对")
    with pytest.raises((Absent, errors.CopyStepClosed)):
        desk.step(copy, E.RECEIVE, desk.other)
    for account in (desk.keeper, desk.other, desk.security):
        with pytest.raises((Absent, Refused, errors.CopyStepClosed)):
            desk.step(copy, E.ALLOW_TRANSFER, account)
    desk.step(copy, E.ALLOW_TRANSFER, desk.in_charge)
    passed = desk.step(copy, E.RECEIVE, desk.other)
    assert (passed.state, passed.holder, passed.successor) == (CopyState.ISSUED, desk.other.person, None)
    with pytest.raises(errors.CopyStepClosed):
        desk.step(copy, E.ASK_TRANSFER, desk.reader, to=desk.other.person, reason="x")


def test_a_refused_or_dropped_transfer_leaves_it_with_its_holder(desk: CopyDesk, copy: Copy) -> None:
    desk.step(copy, E.RECEIVE, desk.reader)
    for event, by in ((E.REFUSE_TRANSFER, desk.in_charge), (E.DROP_TRANSFER, desk.reader)):
        desk.step(copy, E.ASK_TRANSFER, desk.reader, to=desk.other.person, reason="共同核对")
        left = desk.step(copy, event, by, reason="不必")
        assert (left.state, left.holder, left.successor) == (CopyState.ISSUED, desk.reader.person, None)


def test_nobody_gets_a_copy_who_could_not_have_asked_for_it(desk: CopyDesk, copy: Copy) -> None:
    """RQ-07, PE-02: cleared and on the list, when it is asked and when it is signed for."""
    desk.step(copy, E.RECEIVE, desk.reader)
    for account in (desk.archive.colleague, desk.in_charge, desk.security, desk.reader):
        with pytest.raises(errors.RecipientUnfit):
            desk.step(copy, E.ASK_TRANSFER, desk.reader, to=account.person, reason="x")
    with pytest.raises(errors.RecipientUnfit):
        desk.step(copy, E.ASK_TRANSFER, desk.reader, reason="x")
    desk.step(copy, E.ASK_TRANSFER, desk.reader, to=desk.other.person, reason="x")
    desk.step(copy, E.ALLOW_TRANSFER, desk.in_charge)
    KnowledgeEntry.objects.filter(person=desk.other.person).update(ends_at=clock.now())
    with pytest.raises(errors.RecipientUnfit):
        desk.step(copy, E.RECEIVE, desk.other)


def test_the_approver_lets_nothing_through_to_himself(desk: CopyDesk, copy: Copy) -> None:
    """PE-06"""
    desk.name(copy.request.record, desk.in_charge)
    desk.step(copy, E.RECEIVE, desk.reader)
    desk.step(copy, E.ASK_TRANSFER, desk.reader, to=desk.in_charge.person, reason="x")
    with pytest.raises(errors.CopyStepClosed):
        desk.step(copy, E.ALLOW_TRANSFER, desk.in_charge)
    another = desk.archive.add(Duty.LEADER)
    desk.archive.clear(another, state_level=3, enterprise_level=2)
    assert desk.step(copy, E.ALLOW_TRANSFER, another).state == CopyState.TRANSFER_ALLOWED


def test_two_destroy_it_and_neither_of_them_held_it(desk: CopyDesk) -> None:
    """RQ-07, 7.3: the second is another person, and the former holder neither."""
    record = desk.copied()
    asked = desk.submit(record, by=desk.second, action=Action.COPY)
    request = desk.approve(desk.check(asked))
    copy = desk.made(request)
    desk.step(copy, E.RECEIVE, desk.second)
    desk.returned(copy)
    third = desk.archive.add(copy_duty())
    desk.archive.clear(third, state_level=3, enterprise_level=2)
    with pytest.raises(errors.CopyStepClosed):
        desk.step(copy, E.PROPOSE_DESTRUCTION, desk.second, reason="用毕")
    with pytest.raises(errors.ReasonMissing):
        desk.step(copy, E.PROPOSE_DESTRUCTION, desk.keeper)
    desk.step(copy, E.PROPOSE_DESTRUCTION, desk.keeper, reason="用毕")
    with pytest.raises(errors.SamePerson):
        desk.step(copy, E.DESTROY, desk.keeper)
    with pytest.raises(errors.CopyStepClosed):
        desk.step(copy, E.DESTROY, desk.second)
    gone = desk.step(copy, E.DESTROY, third)
    assert (gone.state, gone.destruction_by, gone.destroyed_by) == (
        CopyState.DESTROYED,
        desk.keeper.person,
        third.person,
    )


def copy_duty() -> Duty:

    return Duty.ROOM_KEEPER


def test_a_lost_copy_is_an_incident_and_holds_its_request_open_until_that_is_closed(
    desk: CopyDesk, copy: Copy
) -> None:
    """AD-11, RQ-08: with a clock of 24 hours."""
    desk.step(copy, E.RECEIVE, desk.reader)
    with pytest.raises(errors.ReasonMissing):
        desk.step(copy, E.LOSE, desk.reader)
    lost = desk.step(copy, E.LOSE, desk.reader, reason="会后未找到")
    incident = Incident.objects.get()
    assert (lost.incident, incident.kind, incident.object_id) == (incident, Kind.LOSS, str(copy.pk))
    assert incident.due_at - incident.known_at == timedelta(hours=24)
    assert copy.request.record.title not in incident.what
    with pytest.raises(errors.CopiesOutstanding):
        desk.close(copy.request)
    for event in (Event.REPORT, Event.MEASURE, Event.CONTAIN, Event.INVESTIGATE, Event.DECIDE, Event.CLOSE):
        incident.refresh_from_db()
        incidents.advance(
            context=of_account(desk.security),
            incident_id=incident.pk,
            version=incident.version,
            event=event,
            text="已处理",
        )
    assert desk.close(copy.request).state == RequestState.CLOSED


def test_a_copy_that_is_found_again_goes_back_to_the_keeper(desk: CopyDesk, copy: Copy) -> None:
    desk.step(copy, E.LOSE, desk.security, reason="清点未见")
    assert desk.step(copy, E.FIND, desk.keeper).state == CopyState.RETURNED
    assert desk.close(copy.request).state == RequestState.CLOSED


def test_a_request_closes_only_when_every_copy_is_accounted_for(desk: CopyDesk) -> None:
    """RQ-08: one outstanding holds it; returned, destroyed and filed do not."""
    request = desk.granted(desk.copied(), amount=3)
    first, second, third = (desk.made(request) for _ in range(3))
    desk.returned(first)
    desk.returned(second)
    desk.step(second, E.FILE, desk.keeper, reason="存入保密室 3 柜")
    with pytest.raises(errors.CopiesOutstanding):
        desk.close(request)
    desk.returned(third)
    desk.step(third, E.PROPOSE_DESTRUCTION, desk.keeper, reason="用毕")
    with pytest.raises(errors.CopiesOutstanding):
        desk.close(request)
    desk.step(third, E.DESTROY, desk.second)
    for account in (desk.reader, desk.in_charge, desk.other):
        with pytest.raises((Absent, Refused)):
            desk.close(request, by=account)
    assert desk.close(request).state == RequestState.CLOSED


def test_a_step_at_an_old_version_changes_nothing(desk: CopyDesk, copy: Copy) -> None:
    version = Copy.objects.get(pk=copy.pk).version
    desk.step(copy, E.RECEIVE, desk.reader)
    with pytest.raises(errors.ChangedMeanwhile):
        copies.advance(context=desk.at(desk.keeper), copy_id=copy.pk, version=version, event=E.GIVE_BACK)
    assert Copy.objects.get(pk=copy.pk).state == CopyState.ISSUED


def test_after_a_recall_copies_come_home_and_go_nowhere_else(desk: CopyDesk, copy: Copy) -> None:
    """RQ-11"""
    held = AccessRequest.objects.get(pk=copy.request_id)
    requests.revoke(context=of_account(desk.security), request_id=held.pk, version=held.version, reason="停")
    with pytest.raises(errors.CopyStepClosed):
        desk.step(copy, E.RECEIVE, desk.reader)
    assert desk.returned(copy).state == CopyState.RETURNED


def test_who_has_no_part_in_a_copy_does_not_know_that_there_is_one(desk: CopyDesk, copy: Copy) -> None:
    """PE-05: by its number, by its code and in the lists; the answer is that of a copy that is not there."""
    stranger = of_account(desk.archive.stranger)
    assert reproduction.copy(stranger, copy.pk) is None
    assert reproduction.by_code(stranger, copy.code) is None
    assert not reproduction.register(stranger).exists()
    for copy_id in (copy.pk, uuid4()):
        with pytest.raises(Absent):
            copies.advance(context=stranger, copy_id=copy_id, version=1, event=E.RECEIVE)
    uncleared = desk.archive.add(copy_duty())
    assert not reproduction.register(of_account(uncleared)).exists()


def test_a_code_leads_back_to_its_copy(desk: CopyDesk, copy: Copy) -> None:
    """RQ-09: as it is typed off, small and without hyphens; a mistyped one leads nowhere."""
    keeper = of_account(desk.keeper)
    assert reproduction.by_code(keeper, copy.code.lower().replace("-", " ")) == copy
    wrong = ("0" if copy.code[0] != "0" else "1") + copy.code[1:]
    assert reproduction.by_code(keeper, wrong) is None
    assert reproduction.by_code(keeper, "没有") is None


def test_the_lists_show_what_is_out_and_whose_it_is(desk: CopyDesk, copy: Copy) -> None:
    assert list(reproduction.out(of_account(desk.keeper))) == [copy]
    assert list(reproduction.mine(of_account(desk.reader))) == [copy]
    assert list(reproduction.mine(of_account(desk.keeper))) == []
    assert [one.pk for one in reproduction.to_make(of_account(desk.keeper))] == [copy.request_id]
    assert list(reproduction.to_make(of_account(desk.reader))) == []
    desk.returned(copy)
    assert list(reproduction.out(of_account(desk.keeper))) == []


def last_month() -> tuple[int, int]:
    last = today().replace(day=1) - timedelta(days=1)
    return last.year, last.month


def test_a_month_is_confirmed_once_by_a_keeper_of_its_unit(desk: CopyDesk, copy: Copy) -> None:
    year, month = last_month()
    count = {"unit": desk.archive.hall, "year": year, "month": month, "seen": [copy.pk]}
    for account in (desk.reader, desk.archive.colleague):
        with pytest.raises((Absent, Refused)):
            copies.count(context=of_account(account), **count)
    made = copies.count(context=of_account(desk.keeper), **count)
    # It was made after that month.
    assert (made.missing, made.rows, made.incident) == (0, [], None)
    with pytest.raises(errors.CountRefused):
        copies.count(context=of_account(desk.keeper), **count)
    with pytest.raises(errors.CountRefused):
        copies.count(context=of_account(desk.keeper), **{**count, "year": today().year + 1})
    assert CopyCount.objects.count() == 1


def test_a_copy_that_was_not_seen_is_an_incident(desk: CopyDesk, copy: Copy, monkeypatch) -> None:
    """AD-11, 7.3: each difference is named by its number, and has its words."""
    monkeypatch.setattr(copies, "reconcilable", lambda *_: True)
    now = today()
    count = {"unit": desk.archive.hall, "year": now.year, "month": now.month, "seen": []}
    with pytest.raises(errors.ReasonMissing):
        copies.count(context=of_account(desk.keeper), **count)
    made = copies.count(context=of_account(desk.keeper), **count, remark="柜中缺一份")
    incident = Incident.objects.get()
    assert (made.missing, made.incident, incident.kind) == (1, incident, Kind.MISMATCH)
    assert copy.reference in incident.what
    assert made.rows == [[str(copy.pk), "produced", str(desk.reader.person_id), False]]


def test_nobody_counts_the_copy_that_he_has_himself(desk: CopyDesk, monkeypatch) -> None:
    """PE-06, 7.3: his tick counts nothing and its want is no difference; another keeper counts it."""
    monkeypatch.setattr(copies, "reconcilable", lambda *_: True)
    record = desk.copied()
    asked = desk.approve(desk.check(desk.submit(record, by=desk.second, action=Action.COPY)))
    own, now = desk.made(asked), today()
    until = clock.now() + timedelta(minutes=1)
    count = {"unit": desk.archive.hall, "year": now.year, "month": now.month, "seen": [own.pk]}
    second = of_account(desk.second)
    assert list(reproduction.countable(second, desk.archive.hall, until)) == []
    assert reproduction.counted_by_another(second, desk.archive.hall, until) == 1
    assert copies.count(context=second, **count).rows == []
    made = copies.count(context=of_account(desk.keeper), **count)
    assert made.rows == [[str(own.pk), "produced", str(desk.second.person_id), True]]
    # Back with the archive it is counted like any other.
    desk.returned(own)
    assert list(reproduction.countable(second, desk.archive.hall, until)) == [own]


def test_a_keeper_is_told_nothing_of_copies_above_his_clearance(desk: CopyDesk, copy: Copy) -> None:
    """PE-05: another keeper counts them."""
    uncleared = of_account(desk.archive.add(Duty.ROOM_KEEPER))
    until = clock.now() + timedelta(minutes=1)
    assert list(reproduction.countable(uncleared, desk.archive.company, until)) == []
    assert list(reproduction.countable(of_account(desk.second), desk.archive.company, until)) == [copy]


@pytest.mark.parametrize(
    "column", ["code", "label", "number", "recipient_id", "produced_at", "copying_unit_id"]
)
def test_what_is_printed_on_a_copy_never_changes(desk: CopyDesk, copy: Copy, column: str) -> None:
    """RQ-07: by the database itself."""
    from django.db import connection

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'UPDATE approvals_copy SET "{column}" = NULL')
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        CopyStep.objects.filter(copy=copy).update(state="returned")
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Copy.objects.filter(pk=copy.pk).update(state=CopyState.DESTROYED)
