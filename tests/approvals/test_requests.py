"""A request from its asking to its decision, and everything that it is refused for."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.rules import Duty
from tests.accounts.people import make_account, today
from tests.approvals.desk import Desk
from vault.approvals import errors, selectors
from vault.approvals.digests import digest_of, is_unchanged
from vault.approvals.models import AccessRequest, RequestStep
from vault.approvals.rules import Part, RequestState
from vault.approvals.services import requests
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.errors import Absent, Refused
from vault.holdings.models import KnowledgeEntry, Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_a_request_is_checked_and_approved_by_two_others(desk: Desk) -> None:
    """RQ-01, RQ-03: the security officer checks, the leader in charge decides a 机密."""
    request = desk.submit(desk.record())
    assert request.state == RequestState.SUBMITTED
    assert desk.check(request).state == RequestState.CHECKED
    request.refresh_from_db()
    approved = desk.approve(request)
    assert approved.state == RequestState.APPROVED
    assert [(step.event, step.by_id, step.duty) for step in selectors.history(approved)] == [
        ("check", desk.security.person_id, ""),
        ("approve", desk.in_charge.person_id, "leader"),
    ]
    assert is_unchanged(AccessRequest.objects.get(pk=approved.pk))


@pytest.mark.parametrize(
    ("label", "by"),
    [
        ("internal", "director"),
        ("ordinary", "head"),
        ("core", "in_charge"),
        ("confidential", "in_charge"),
        ("secret", "in_charge"),
        ("top_secret", "principal"),
    ],
)
def test_only_whom_the_table_names_may_decide(desk: Desk, label: str, by: str) -> None:
    """RQ-03, P-09: every other post is refused and the request stays as it is."""
    head = desk.archive.add(Duty.DEPARTMENT_HEAD)
    desk.archive.clear(head, state_level=3, enterprise_level=2)
    posts = {
        "director": desk.archive.director,
        "head": head,
        "in_charge": desk.in_charge,
        "principal": desk.principal,
    }
    record = desk.record(label)
    if label == "internal":
        request = desk.submit(record, by=desk.archive.clerk, action=Action.COPY)
    else:
        request = desk.checked(record)
    for name, account in posts.items():
        if name != by:
            with pytest.raises((Absent, errors.WrongStep)):
                desk.approve(request, by=account)
    assert AccessRequest.objects.get(pk=request.pk).state == RequestState.CHECKED
    assert desk.approve(request, by=posts[by]).state == RequestState.APPROVED


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"purpose": " "}, "purpose", "purpose-missing"),
        ({"amount": 0}, "amount", "amount"),
        ({"ends_on": today() - timedelta(days=1)}, "ends_on", "window-backwards"),
        ({"ends_on": today() + timedelta(days=30)}, "ends_on", "window-long"),
        ({"pages": {uuid4(): "1"}}, "pages", "component-absent"),
    ],
)
def test_purpose_scope_window_and_number_are_compulsory(
    desk: Desk, changes: dict, field: str, code: str
) -> None:
    """RQ-02: nothing is stored of what is incomplete."""
    record = desk.record()
    with pytest.raises(errors.RequestIncomplete) as refused:
        desk.submit(record, **changes)
    assert refused.value.fields == {field: [code]}
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize("pages", ["5-3", "0", "1-999999", "13"])
def test_pages_that_are_not_there_are_not_asked_for(desk: Desk, pages: str) -> None:
    """RQ-02: the record has twelve."""
    record = desk.record()
    component = record.components.get()
    with pytest.raises(errors.RequestIncomplete):
        desk.submit(record, pages={component.pk: pages})
    kept = desk.submit(record, pages={component.pk: "2-4"})
    assert kept.scope.portions[0].ranges == ((2, 4),)
    assert not kept.is_whole


def test_a_record_one_may_not_know_of_cannot_be_asked_for(desk: Desk) -> None:
    """PE-05: a cleared person off the list, and a record that is not there, get the same answer."""
    record = desk.record()
    for pk in (record.pk, uuid4()):
        with pytest.raises(Absent):
            requests.submit(context=of_account(desk.archive.colleague), record_id=pk, wanted=desk.wanted())
    assert not AccessRequest.objects.exists()


def test_open_records_need_no_request_and_internal_ones_none_for_reading(desk: Desk) -> None:
    """P-05."""
    with pytest.raises(errors.NothingToRequest):
        desk.submit(desk.record("internal"), by=desk.archive.clerk)
    with pytest.raises(errors.NothingToRequest):
        desk.submit(desk.record("open"), by=desk.archive.clerk, action=Action.COPY)


def test_a_double_click_asks_once(desk: Desk) -> None:
    """The database holds it too."""
    record = desk.record()
    first = desk.submit(record)
    with pytest.raises(errors.AlreadyRequested):
        desk.submit(record)
    assert desk.submit(record, action=Action.EXCERPT).number == first.number + 1
    requests.withdraw(context=of_account(desk.reader), request_id=first.pk, version=first.version)
    assert desk.submit(record).state == RequestState.SUBMITTED


def test_nobody_decides_his_own_request_under_whichever_account(desk: Desk) -> None:
    """PE-06, PE-07, RQ-03: the leader in charge asks; his second account is he."""
    record = desk.record()
    desk.name(record, desk.in_charge)
    request = desk.check(desk.submit(record, by=desk.in_charge))
    second = make_account(desk.in_charge.person)
    for account in (desk.in_charge, second):
        assert selectors.parts_of(of_account(account), request) == {Part.REQUESTER}
        with pytest.raises(errors.WrongStep):
            desk.approve(request, by=account)
    # Nobody else holds the post: it went to the next one at once.
    assert request.escalations == 1
    assert desk.approve(request, by=desk.principal).state == RequestState.APPROVED


def test_the_checker_finds_what_is_wanting(desk: Desk) -> None:
    """7.2: clearance, list, training and undertaking, each by itself; then only a refusal is left."""
    record = desk.record()
    request = desk.submit(record)
    entry = KnowledgeEntry.objects.get(record=record, person=desk.reader.person)
    entry.ends_at = of_account(desk.reader).instant
    entry.save(update_fields=["ends_at"])
    with pytest.raises(errors.RequesterUnfit):
        desk.check(request)
    rejected = requests.reject(
        context=of_account(desk.security),
        request_id=request.pk,
        version=request.version,
        part=Part.CHECKER,
        reason="不在知悉范围",
    )
    assert rejected.state == RequestState.REJECTED


def test_an_approver_whose_clearance_is_gone_decides_nothing(desk: Desk) -> None:
    """RQ-03: cleared in every regime on that day."""
    request = desk.checked(desk.record())
    desk.in_charge.person.clearances.update(revoked_on=today())
    with pytest.raises(Absent):
        desk.approve(request)
    assert desk.in_charge.person not in selectors.deciders(request, of_account(desk.security).instant)


def test_what_was_decided_needs_its_reason_when_it_is_against(desk: Desk) -> None:
    request = desk.checked(desk.record())
    with pytest.raises(errors.ReasonMissing):
        requests.reject(
            context=of_account(desk.in_charge),
            request_id=request.pk,
            version=request.version,
            part=Part.APPROVER,
            reason=" ",
        )
    approved = desk.approve(request)
    with pytest.raises(errors.ReasonMissing):
        requests.revoke(
            context=of_account(desk.in_charge), request_id=request.pk, version=approved.version, reason=""
        )
    done = requests.revoke(
        context=of_account(desk.security), request_id=request.pk, version=approved.version, reason="用途变更"
    )
    assert done.state == RequestState.REVOKED


def test_a_page_opened_before_somebody_else_acted_decides_nothing(desk: Desk) -> None:
    request = desk.checked(desk.record())
    with pytest.raises(errors.ChangedMeanwhile):
        requests.approve(
            context=of_account(desk.in_charge), request_id=request.pk, version=request.version - 1
        )


def test_who_has_no_part_does_not_know_of_it(desk: Desk) -> None:
    """PE-05, PE-10: another leader elsewhere, the archivist, a colleague, a request that is not there."""
    request = desk.checked(desk.record())
    elsewhere = desk.archive.add(Duty.LEADER, desk.archive.other_hall)
    desk.archive.clear(elsewhere, state_level=3, enterprise_level=2)
    for account in (elsewhere, desk.archive.archivist, desk.archive.colleague, desk.archive.auditor):
        for pk in (request.pk, uuid4()):
            with pytest.raises(Absent):
                requests.approve(context=of_account(account), request_id=pk, version=request.version)


def test_the_approver_is_told_that_he_is_below_or_owes_something(desk: Desk) -> None:
    """7.2, trap 7: flagged to him and beside his step, in both directions."""
    record = desk.record()
    desk.name(record, desk.in_charge)
    # The principal leader heads the company, so the leader in charge works under him.
    desk.name(record, desk.principal)
    first = desk.check(desk.submit(record, by=desk.in_charge))
    desk.approve(first, by=desk.principal)
    second = desk.check(desk.submit(record, by=desk.principal))
    step = selectors.history(desk.approve(second, by=desk.in_charge))[-1]
    assert step.is_subordinate
    assert step.is_reciprocal


def test_what_was_asked_for_never_changes(desk: Desk) -> None:
    """Architecture 4: the database refuses it, whoever writes; steps only come."""
    request = desk.approved(desk.record())
    for field, value in (("amount", 9), ("ends_on", today() + timedelta(days=9)), ("is_whole", False)):
        with pytest.raises(DatabaseError), transaction.atomic():
            AccessRequest.objects.filter(pk=request.pk).update(**{field: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        RequestStep.objects.filter(request=request).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRequest.objects.filter(pk=request.pk).update(used=2)


def test_an_approval_is_bound_to_everything_that_was_approved(desk: Desk) -> None:
    """Trap 8: one digest over all of it; any one changed and it is another."""
    request = desk.approved(desk.record())
    before = digest_of(request)
    for field, value in (
        ("amount", 2),
        ("ends_on", today()),
        ("starts_on", today() - timedelta(days=1)),
        ("purpose", "别的用途"),
        ("is_whole", False),
        ("extent", []),
        ("action", Action.COPY.value),
        ("at_state_level", 1),
        ("requester_id", desk.in_charge.person_id),
    ):
        other = AccessRequest.objects.get(pk=request.pk)
        setattr(other, field, value)
        assert digest_of(other) != before, field
        assert not is_unchanged(other), field


def test_without_a_session_an_approval_shows_nothing(desk: Desk) -> None:
    """P-05, RQ-01: approved, and still refused outside the room, with the reason; excerpting is not consulting."""
    record = desk.record()
    desk.approved(record)
    for action, code in (
        (Action.CONSULT, "live-session-missing"),
        (Action.EXCERPT, "approved-request-missing"),
    ):
        with pytest.raises(Refused) as refused:
            gate.fetch(of_account(desk.reader), action, Record, record.pk)
        assert refused.value.decision.code == code
