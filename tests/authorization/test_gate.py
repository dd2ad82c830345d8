"""The gate at its full path: loads, decides, records before it answers, and tells nobody what is not his."""

import statistics
import time
from datetime import timedelta
from uuid import UUID

import pytest

from accounts.models import Training
from accounts.rules import Duty
from audit import clock, recording
from audit.errors import AuditUnavailable
from audit.models import Event
from tests.accounts.people import (
    make_account,
    make_appointment,
    make_person,
    today,
)
from tests.authorization.conftest import (
    MISSING,
    SECRET,
    last_event,
    name,
    outcome,
    statements,
)
from vault.authorization import anonymous, gate, loading
from vault.authorization.actions import GRANTABLE, Action
from vault.authorization.context import Context, of_account
from vault.authorization.decision import Code, Deny
from vault.authorization.errors import Absent, MisusedAction, Refused
from vault.holdings.models import Record

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

# What is recorded, and when


def test_an_allowance_is_in_the_log_before_the_permit_is_in_hand(archive, make):
    """AU-03, architecture 3: one event for the reading and its decision, with who, what, label and rule."""
    record = make()
    found, permit = gate.fetch(of_account(archive.colleague), Action.CONSULT, Record, record.pk)
    event = Event.objects.get(uid=permit.event)
    assert found == record
    assert (event.action, event.outcome, event.phase) == ("holdings:record:consult", "granted", "single")
    assert (event.rule, event.object_id, event.label) == ("unit-scope", str(record.pk), "S0.E0.R1")
    assert (event.person, event.duties) == (str(archive.colleague.person_id), "duty_clerk")


def test_a_refusal_is_in_the_log_with_its_rule(archive, make):
    """PE-04: the person hears nothing, the auditor everything."""
    record = make(SECRET)
    assert outcome(of_account(archive.colleague), Action.DESCRIBE, record) == "absent"
    event = last_event()
    assert (event.outcome, event.rule, event.object_id) == ("denied", "clearance-state", str(record.pk))


def test_a_change_that_is_allowed_is_an_intent(archive, make):
    """audit.md 1.3: the service closes it with an outcome in its own transaction."""
    record = make(state="draft")
    _, permit = gate.fetch(of_account(archive.clerk), Action.REGISTER, Record, record.pk)
    assert Event.objects.get(uid=permit.event).phase == "intent"


def test_nothing_is_released_when_nothing_can_be_recorded(archive, make, monkeypatch):
    """AU-03: break the log, and allowed and refused alike end in 503 with nothing in hand."""
    mine, other = make(), make(SECRET)

    def broken(*args: object, **kwargs: object) -> None:
        raise AuditUnavailable("The audit log cannot be written.")

    monkeypatch.setattr(recording, "record", broken)
    context = of_account(archive.colleague)
    for record in (mine, other):
        with pytest.raises(AuditUnavailable):
            gate.fetch(context, Action.CONSULT, Record, record.pk)
    with pytest.raises(AuditUnavailable):
        gate.authorize_list(context, Action.LIST, Record, filters={}, total=1)
    with pytest.raises(AuditUnavailable):
        gate.authorize_system(Action.FIXITY, [mine.pk])


def test_a_page_of_a_list_is_one_event_with_its_filters_sealed(archive):
    """AU-01, audit.md 2: what somebody looked for is personal; how much there was is not."""
    before = Event.objects.count()
    gate.authorize_list(of_account(archive.clerk), Action.LIST, Record, filters={"year": "2026"}, total=7)
    event = last_event()
    assert Event.objects.count() == before + 1
    assert (event.action, event.object_type) == ("holdings:record:list", "record-list")
    assert b"2026" not in bytes(event.ciphertext)
    assert event.ciphertext


def test_an_opening_that_goes_on_is_decided_again_and_recorded_once(archive, make):
    """storage.md 3: a thousand ranges of one recording are one opening; a right that ended ends it at once."""
    record = make()
    context = of_account(archive.colleague)
    _, first = gate.fetch(context, Action.CONSULT, Record, record.pk)
    before = Event.objects.count()
    _, second = gate.fetch(
        of_account(archive.colleague), Action.CONSULT, Record, record.pk, opened=first.event
    )
    assert (second.event, Event.objects.count()) == (first.event, before)
    archive.colleague.person.appointments.update(ends_on=today() - timedelta(days=1))
    with pytest.raises(Absent):
        gate.fetch(of_account(archive.colleague), Action.CONSULT, Record, record.pk, opened=first.event)


# Absent and forbidden


def test_a_missing_and_a_forbidden_record_are_the_same_from_outside(archive, make, business_sql):
    """PE-05: the same exception with the same text, the same number of queries, one event each of the same shape."""
    forbidden = make(SECRET)
    seen = []
    for pk in (forbidden.pk, MISSING):
        context = of_account(archive.colleague)
        assert context.subject.usable
        with business_sql() as captured, pytest.raises(Absent) as raised:
            gate.fetch(context, Action.CONSULT, Record, pk)
        event = last_event()
        shape = (event.action, event.phase, event.object_type, event.object_id == str(pk))
        seen.append((str(raised.value), raised.value.code, len(statements(captured)), shape))
    assert seen[0] == seen[1]
    assert (last_event().outcome, last_event().rule) == ("failed", "absent")


def test_a_missing_part_of_a_record_is_absent_like_a_missing_record(archive, make):
    """PE-05: a component that is not there says nothing about the record."""
    record = make()
    with pytest.raises(Absent):
        gate.fetch(of_account(archive.colleague), Action.CONSULT, Record, record.pk, lambda pk: None)
    assert (last_event().outcome, last_event().rule) == ("failed", "absent")


def test_what_is_read_in_place_of_a_missing_record_is_never_handed_out(make, business_sql):
    """PE-05: a miss reads a row as a hit does, in one query as well."""
    assert loading.load(Record, MISSING) is None
    record = make()
    for pk, found in ((record.pk, record), (str(record.pk), record), (MISSING, None)):
        with business_sql() as captured:
            assert loading.load(Record, pk) == found
        assert len(statements(captured)) == 1


def test_a_missing_and_a_forbidden_record_take_the_same_time(archive, make):
    """PE-05: no timing class; medians of 300 interleaved pairs within 10 %, in one of three tries on a busy machine."""
    pair = (make(SECRET).pk, MISSING)
    context = of_account(archive.colleague)
    assert any(_difference(context, *pair) < 0.10 for _ in range(3))


def _difference(context: Context, one: UUID, other: UUID) -> float:
    spent: dict[UUID, list[float]] = {one: [], other: []}
    for _ in range(300):
        for pk, times in spent.items():
            started = time.perf_counter()
            with pytest.raises(Absent):
                gate.fetch(context, Action.CONSULT, Record, pk)
            times.append(time.perf_counter() - started)
    medians = [statistics.median(times) for times in spent.values()]
    return abs(medians[0] - medians[1]) / max(medians)


def test_misses_without_an_account_are_counted_by_the_minute():
    """Architecture 3: a scan leaves one event a minute, not one an address."""
    nobody = Context(account=None, instant=clock.now())
    before = Event.objects.count()
    for _ in range(5):
        with pytest.raises(Absent):
            gate.fetch(nobody, Action.DESCRIBE, Record, MISSING)
    assert Event.objects.count() == before
    anonymous.count(clock.now() + timedelta(minutes=1))
    event = last_event()
    assert (Event.objects.count(), event.action) == (before + 1, anonymous.ACTION)


# The bar


def test_a_decision_takes_at_most_three_queries_beyond_the_object(archive, make, business_sql):
    """The bar: ≤ 3 SQL beyond the object itself and the event's own write, for whoever asks and whatever comes out."""
    record = make(SECRET)
    name(record, archive.cleared.person, archive.clerk.person)
    for account in (archive.archivist, archive.cleared, archive.colleague):
        for action in GRANTABLE:
            with business_sql() as captured:
                outcome(of_account(account), action, record)
            assert len(statements(captured)) - 1 <= 3, statements(captured)


# Routes


def test_without_training_every_route_but_the_notice_is_closed(archive):
    """PE-09: expired training -> only the notice page, the undertaking, help and the way out."""
    person = make_person(archive.hall)
    yesterday = today() - timedelta(days=1)
    Training.objects.create(person=person, held_on=yesterday, valid_until=yesterday)
    make_appointment(person, Duty.DUTY_CLERK)
    context = of_account(make_account(person))
    for action in (Action.HOME, Action.LIST, Action.CONSULT, Action.FILE):
        with pytest.raises(Refused) as refused:
            gate.knock(context, action)
        assert refused.value.code == "training-expired"
    for action in (Action.READ_NOTICE, Action.SIGN_UNDERTAKING, Action.SIGN_OUT):
        gate.knock(context, action)


def test_an_officer_meets_an_objects_own_answer(archive):
    """PE-05: at the door of a record an officer hears no more than anybody; at a list he is told why."""
    context = of_account(archive.security)
    gate.knock(context, Action.CONSULT)
    with pytest.raises(Refused) as refused:
        gate.knock(context, Action.LIST)
    assert refused.value.code == "officer-sees-no-content"
    assert last_event().rule == "officer-sees-no-content"


def test_only_the_auditor_reads_the_log_and_it_is_recorded(archive):
    """AD-04, audit.md 3: reading the log leaves an event."""
    gate.authorize(of_account(archive.auditor), Action.LOG_READ)
    assert (last_event().action, last_event().outcome) == ("audit:log:read", "granted")
    for account in (archive.security, archive.system, archive.leader):
        with pytest.raises(Refused):
            gate.authorize(of_account(account), Action.LOG_READ)


def test_an_account_suspended_now_is_refused_at_its_next_question(archive, make):
    """PE-08: nothing of the person is remembered from one request to the next."""
    record = make()
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "allowed"
    archive.colleague.suspended_at = clock.now()
    archive.colleague.save()
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "absent"
    assert last_event().rule == "account-unusable"


def test_whoever_holds_duties_that_exclude_each_other_acts_under_none(archive, make):
    """AD-02: however the pair came about."""
    record = make()
    make_appointment(archive.colleague.person, Duty.AUDITOR, archive.company)
    assert outcome(of_account(archive.colleague), Action.CONSULT, record) == "absent"
    with pytest.raises(Refused) as refused:
        gate.authorize(of_account(archive.colleague), Action.LOG_READ)
    assert refused.value.code == "duties-conflict"


# Machines


def test_a_machine_reads_a_batch_under_one_event(archive, make):
    """Architecture 3: journalled per batch, for its purpose and its batch only."""
    records = [make(), make()]
    permit = gate.authorize_system(Action.FIXITY, [r.pk for r in records], name="record")
    event = last_event()
    assert (event.action, event.actor, event.object_type) == (
        "system:content:fixity",
        "system:fixity",
        "record-batch",
    )
    permit.require_system(Action.FIXITY, records[0].pk)
    with pytest.raises(MisusedAction):
        gate.authorize_system(Action.CONSULT, [records[0].pk])


def test_a_persons_account_never_takes_a_machines_purpose(archive):
    """Architecture 3: what machines may, nobody may by signing in."""
    for account in (archive.system, archive.archivist):
        with pytest.raises(Refused) as refused:
            gate.authorize(of_account(account), Action.RENDER)
        assert refused.value.decision == Deny(Code.DUTY_MISSING)
