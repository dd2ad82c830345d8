"""Emergency access from its asking to its release, and everything that it is refused for (PE-17, P-10)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts import services as accounts_services
from accounts.rules import Duty
from accounts.terminal_rules import CheckResult
from tests.accounts.people import make_account, make_appointment
from tests.approvals.emergency import Emergency
from vault.approvals import emergencies as reads
from vault.approvals import emergency_errors, errors, selectors
from vault.approvals.digests import is_unchanged
from vault.approvals.emergency_rules import LASTS, Problem
from vault.approvals.models import AccessRequest, EmergencyReport, RequestStep
from vault.approvals.reading_errors import RoomClosed, RoomUninspected
from vault.approvals.rules import UNRELEASED, Part, RequestState
from vault.approvals.services import emergencies, requests
from vault.authorization.context import of_account
from vault.authorization.errors import Absent
from vault.holdings.models import KnowledgeEntry, Record
from vault.notices.models import Notice

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def state(request: AccessRequest) -> str:
    return AccessRequest.objects.get(pk=request.pk).state


@pytest.mark.parametrize("order", [("lead", "second"), ("second", "lead")])
def test_a_leader_and_a_second_person_release_it_in_either_order(
    emergency: Emergency, order: tuple[str, str]
) -> None:
    """PE-17, P-10: after one nothing is open, after both the hour runs, and the report is there."""
    request = emergency.ask(emergency.desk.record())
    assert request.state == RequestState.URGENT
    getattr(emergency, order[0])(request)
    assert state(request) in {RequestState.LEADER_RELEASED, RequestState.SECOND_RELEASED}
    assert not EmergencyReport.objects.exists()
    assert not reads.is_running(request, of_account(emergency.leader).instant)
    done = getattr(emergency, order[1])(request)
    assert done.state == RequestState.APPROVED
    report = emergency.report(request)
    assert (report.leader, report.second) == (emergency.leader.person, emergency.keeper.person)
    assert (report.leader_duty, report.second_duty) == ("leader", "room_keeper")
    assert reads.is_running(request, report.starts_at)
    assert not reads.is_running(request, report.starts_at + LASTS)


@pytest.mark.parametrize("label", ["confidential", "secret", "core"])
def test_the_leader_of_the_table_or_any_post_above_releases_it_at_once(
    emergency: Emergency, label: str
) -> None:
    """P-10: the channel is shorter by the wait for silence; the posts are the same."""
    for by in (emergency.leader, emergency.desk.principal):
        request = emergency.ask(emergency.desk.record(label))
        assert emergency.lead(request, by=by).state == RequestState.LEADER_RELEASED
    head = emergency.archive.add(Duty.DEPARTMENT_HEAD)
    emergency.archive.clear(head, state_level=3, enterprise_level=2)
    below = emergency.ask(emergency.desk.record(label))
    with pytest.raises(Absent):
        emergency.lead(below, by=head)
    assert state(below) == RequestState.URGENT


def test_a_stand_in_releases_it_for_an_absent_leader(emergency: Emergency) -> None:
    """PE-12: both names stand in the report, and the absent one is no second person either."""
    stand_in = emergency.archive.add(Duty.ROOM_KEEPER)
    emergency.give_post_to(stand_in)
    request = emergency.ask(emergency.desk.record())
    emergency.lead(request, by=stand_in)
    with pytest.raises(errors.WrongStep):
        emergency.second(request, by=stand_in)
    emergency.second(request)
    report = emergency.report(request)
    assert (report.leader, report.instead_of) == (stand_in.person, emergency.leader.person)


def test_a_top_secret_has_no_emergency_access(emergency: Emergency) -> None:
    """PE-17: refused by the service with a sentence that says what to do, and by the database."""
    record = emergency.desk.record("top_secret")
    with pytest.raises(emergency_errors.NoEmergency) as refused:
        emergency.ask(record)
    assert refused.value.problem is Problem.TOP_SECRET
    assert not AccessRequest.objects.exists()
    ordinary = emergency.desk.submit(record)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRequest.objects.create(
            **{
                **{
                    field.attname: getattr(ordinary, field.attname)
                    for field in AccessRequest._meta.fields
                    if field.name not in {"id", "digest", "purpose"}
                },
                "purpose": "x",
                "number": 99,
                "state": RequestState.WITHDRAWN,
                "is_emergency": True,
                "why_urgent": "x",
                "room_id": emergency.room.pk,
            }
        )


def test_the_same_row_stands_where_it_is_no_top_secret(emergency: Emergency) -> None:
    """The refusal above is that of the level and of nothing else in the row."""
    ordinary = emergency.desk.submit(emergency.desk.record("secret"))
    AccessRequest.objects.create(
        **{
            **{
                field.attname: getattr(ordinary, field.attname)
                for field in AccessRequest._meta.fields
                if field.name not in {"id", "digest", "purpose"}
            },
            "purpose": "x",
            "number": 99,
            "state": RequestState.WITHDRAWN,
            "is_emergency": True,
            "why_urgent": "x",
            "room_id": emergency.room.pk,
        }
    )


def test_what_is_shielded_or_needs_no_approval_has_none(emergency: Emergency) -> None:
    """P-05: there is nothing to release of what is read by unit; what is shielded stays with its list."""
    internal = emergency.desk.record("internal")
    with pytest.raises(emergency_errors.NoEmergency) as refused:
        emergency.ask(internal, by=emergency.archive.clerk)
    assert refused.value.problem is Problem.NOT_CLASSIFIED
    shielded = emergency.desk.record("secret")
    Record.objects.filter(pk=shielded.pk).update(is_shielded=True)
    with pytest.raises(emergency_errors.NoEmergency) as refused:
        emergency.ask(shielded)
    assert refused.value.problem is Problem.SHIELDED


@pytest.mark.parametrize(("changes", "field"), [({"why": "  "}, "why"), ({"purpose": ""}, "purpose")])
def test_the_reason_is_compulsory(emergency: Emergency, changes: dict, field: str) -> None:
    """PE-17: nothing is stored without it; stored, no file has it in clear (tests/contracts/test_plaintext.py)."""
    record = emergency.desk.record()
    with pytest.raises(errors.RequestIncomplete) as refused:
        emergency.ask(record, **changes)
    assert list(refused.value.fields) == [field]
    assert not AccessRequest.objects.exists()


def test_a_closed_room_is_no_room(emergency: Emergency) -> None:
    record = emergency.desk.record()
    type(emergency.room).objects.filter(pk=emergency.room.pk).update(
        closed_at=of_account(emergency.leader).instant
    )
    with pytest.raises(RoomClosed):
        emergency.ask(record)


def test_mandatory_rules_do_not_yield(emergency: Emergency) -> None:
    """PE-17, PE-04: off the list or not cleared, there is no record to ask for."""
    record = emergency.desk.record()
    for account in (emergency.archive.colleague, emergency.archive.officer, emergency.desk.principal):
        with pytest.raises(Absent):
            emergency.ask(record, by=account)
    assert not AccessRequest.objects.exists()


def test_nobody_is_two_of_the_three(emergency: Emergency) -> None:
    """PE-06, PE-07: requester, leader and second person are three persons, under whichever account."""
    both = emergency.archive.add(Duty.LEADER)
    emergency.archive.clear(both, state_level=3, enterprise_level=2)
    make_appointment(both.person, Duty.ROOM_KEEPER, emergency.archive.company)
    record = emergency.desk.record()
    first = emergency.ask(record)
    emergency.lead(first, by=both)
    for account in (both, make_account(both.person)):
        with pytest.raises(errors.WrongStep):
            emergency.second(first, by=account)
    emergency.second(first)
    other = emergency.ask(emergency.desk.record())
    emergency.second(other, by=both)
    for account in (both, make_account(both.person)):
        with pytest.raises(errors.WrongStep):
            emergency.lead(other, by=account)
    emergency.lead(other)
    # The requester in no part at all, whatever he holds.
    make_appointment(emergency.desk.reader.person, Duty.ROOM_KEEPER, emergency.archive.company)
    make_appointment(emergency.desk.reader.person, Duty.LEADER, emergency.archive.company)
    own = emergency.ask(emergency.desk.record())
    for act in (emergency.lead, emergency.second):
        with pytest.raises(errors.WrongStep):
            act(own, by=emergency.desk.reader)
    assert state(own) == RequestState.URGENT


def test_the_second_person_is_a_security_officer_or_keeps_the_room(emergency: Emergency) -> None:
    """PE-17: a keeper of another room, and a leader beside the leader, are none."""
    elsewhere = emergency.archive.add(Duty.ROOM_KEEPER, emergency.archive.other_hall)
    request = emergency.ask(emergency.desk.record())
    with pytest.raises(Absent):
        emergency.second(request, by=elsewhere)
    emergency.lead(request)
    with pytest.raises(errors.WrongStep):
        emergency.second(request, by=emergency.desk.principal)
    assert emergency.second(request, by=emergency.desk.security).state == RequestState.APPROVED
    assert emergency.report(request).second_duty == "security_officer"


def test_clearance_and_list_are_looked_at_again_at_each_release(emergency: Emergency) -> None:
    """RQ-11: what ended between the two releases is not released."""
    request = emergency.ask(emergency.desk.record())
    emergency.lead(request)
    KnowledgeEntry.objects.filter(record=request.record, person=emergency.desk.reader.person).update(
        ends_at=of_account(emergency.leader).instant
    )
    with pytest.raises(errors.RequesterUnfit):
        emergency.second(request)
    assert state(request) == RequestState.LEADER_RELEASED
    assert not EmergencyReport.objects.exists()


def test_either_refuses_it_with_a_reason(emergency: Emergency) -> None:
    for by in (emergency.leader, emergency.keeper, emergency.desk.security):
        request = emergency.ask(emergency.desk.record())
        context = of_account(by)
        with pytest.raises(errors.ReasonMissing):
            emergencies.refuse(context=context, request_id=request.pk, version=request.version, reason=" ")
        done = emergencies.refuse(
            context=context, request_id=request.pk, version=request.version, reason="不属紧急"
        )
        assert done.state == RequestState.REJECTED


def test_the_ordinary_steps_do_not_move_an_emergency_nor_releases_a_request(emergency: Emergency) -> None:
    """Two persons of an emergency are not the two of a request."""
    request = emergency.ask(emergency.desk.record())
    for act in (
        lambda: emergency.desk.check(request),
        lambda: emergency.desk.approve(request),
        lambda: requests.revoke(
            context=of_account(emergency.leader), request_id=request.pk, version=1, reason="x"
        ),
    ):
        with pytest.raises(errors.WrongStep):
            act()
    checked = emergency.desk.checked(emergency.desk.record())
    for act in (
        lambda: emergency.lead(checked),
        lambda: emergency.second(checked, by=emergency.desk.security),
    ):
        with pytest.raises(errors.WrongStep):
            act()
    assert (state(request), state(checked)) == (RequestState.URGENT, RequestState.CHECKED)


def test_a_release_can_be_revoked_and_a_request_withdrawn(emergency: Emergency) -> None:
    """RQ-11."""
    request = emergency.ask(emergency.desk.record())
    emergency.lead(request)
    request.refresh_from_db()
    done = requests.withdraw(
        context=of_account(emergency.desk.reader), request_id=request.pk, version=request.version
    )
    assert done.state == RequestState.WITHDRAWN
    with pytest.raises(errors.WrongStep):
        emergency.second(request, by=emergency.desk.security)
    other = emergency.released(emergency.desk.record())
    done = requests.revoke(
        context=of_account(emergency.desk.security),
        request_id=other.pk,
        version=other.version,
        reason="已处置完毕",
    )
    assert done.state == RequestState.REVOKED


def test_notices_tell_the_number_and_nothing_else(emergency: Emergency) -> None:
    """RQ-16: those who may release it, then security officers and auditors, and the leader who confirms it."""
    request = emergency.ask(emergency.desk.record())

    def told(topic: str) -> set[object]:
        found = Notice.objects.filter(topic=topic, read_at=None)
        assert all(one.reference == request.reference for one in found)
        return set(found.values_list("person", flat=True))

    officers = {emergency.desk.security.person_id, emergency.desk.second_security.person_id}
    leaders = {emergency.leader.person_id, emergency.desk.principal.person_id}
    assert told("emergency-to-release") == officers | leaders | {emergency.keeper.person_id}
    emergency.lead(request)
    assert told("emergency-to-release") == officers | {emergency.keeper.person_id}
    emergency.second(request)
    assert told("emergency-to-release") == set()
    assert told("emergency-released") == officers | {emergency.archive.auditor.person_id}
    assert told("emergency-to-confirm") == {emergency.leader.person_id}
    assert told("request-answered") == {emergency.desk.reader.person_id}


def test_worklists_have_it_for_both_and_for_nobody_else(emergency: Emergency) -> None:
    request = emergency.ask(emergency.desk.record())

    def waits_for(account: object) -> bool:
        return request.pk in {one.pk for one in reads.to_release(of_account(account))}

    others = (emergency.desk.reader, emergency.archive.clerk, emergency.archive.auditor)
    assert all(waits_for(one) for one in (emergency.leader, emergency.keeper, emergency.desk.security))
    assert not any(waits_for(one) for one in others)
    emergency.lead(request)
    assert not waits_for(emergency.leader)
    assert waits_for(emergency.keeper)


def test_the_report_cannot_be_changed_or_removed(emergency: Emergency) -> None:
    """PE-17: evidence, by the database itself; so are the reason and the room of the request."""
    request = emergency.released(emergency.desk.record())
    emergency.confirm(request)
    report = emergency.report(request)
    changes = {
        "starts_at": report.starts_at + timedelta(hours=1),
        "second": emergency.desk.security.person,
        "leader": emergency.desk.principal.person,
    }
    for name, value in changes.items():
        with pytest.raises(DatabaseError), transaction.atomic():
            EmergencyReport.objects.filter(pk=report.pk).update(**{name: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        type(report.confirmation).objects.update(is_justified=True)
    for model in (type(report.confirmation), EmergencyReport):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            model.objects.all()._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessRequest.objects.filter(pk=request.pk).update(is_emergency=False)


def test_what_is_released_is_what_was_asked_for(emergency: Emergency) -> None:
    """The digest binds reason and room too; a step says in which post each of the two acted."""
    request = emergency.released(emergency.desk.record())
    kept = AccessRequest.objects.get(pk=request.pk)
    assert is_unchanged(kept)
    for name in ("why_urgent", "room_id"):
        changed = AccessRequest.objects.get(pk=request.pk)
        setattr(changed, name, "别的" if name == "why_urgent" else emergency.archive.hall.pk)
        assert not is_unchanged(changed)
    steps = RequestStep.objects.filter(request=request).order_by("number")
    assert [(one.event, one.duty) for one in steps] == [
        ("release", "leader"),
        ("countersign", "room_keeper"),
    ]
    assert Part.SECOND not in selectors.parts_of(of_account(emergency.keeper), kept)


@pytest.mark.parametrize("first", ["leader", "second"])
def test_whoever_released_it_first_must_still_be_able_to(emergency: Emergency, first: str) -> None:
    """PE-17, P-10: it is in force by two persons who both may at that moment."""
    request = emergency.ask(emergency.desk.record())
    steps = {"leader": (emergency.lead, emergency.leader), "second": (emergency.second, emergency.keeper)}
    release, account = steps.pop(first)
    release(request)
    accounts_services.suspend(actor=emergency.desk.security, account=account)
    ((other, _account),) = steps.values()
    with pytest.raises(emergency_errors.OtherUnfit):
        other(request)
    assert AccessRequest.objects.get(pk=request.pk).state in UNRELEASED
    accounts_services.reactivate(actor=emergency.desk.security, account=account)
    assert other(request).state == RequestState.APPROVED


def test_no_hour_begins_for_a_room_in_which_nobody_may_read(emergency: Emergency) -> None:
    """PE-17, 10.1(4): asked for or released, the inspection failed meanwhile; nothing is used up by it."""
    request = emergency.ask(emergency.desk.record())
    emergency.lead(request)
    emergency.inspect(CheckResult.FAILED)
    with pytest.raises(RoomUninspected):
        emergency.second(request)
    assert state(request) == RequestState.LEADER_RELEASED
    with pytest.raises(RoomUninspected):
        emergency.ask(emergency.desk.record())
