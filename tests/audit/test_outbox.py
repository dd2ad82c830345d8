import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections, transaction

from audit import actions, clock, events, outbox, recording
from audit.errors import AuditUnavailable, MalformedEvent, OutsideTransaction, UnregisteredConsumer
from audit.events import ObjectFacts, Reason
from audit.models import Event, Outbox
from tests.audit.facts import ACTION, ACTOR, REASON, entry

pytestmark = pytest.mark.usefixtures("committed_databases")


def outcome_of(intent):
    """How an intent ended, once that is recorded."""
    return Event.objects.filter(closes=intent).first()


@pytest.fixture
def intent():
    return recording.intent(
        ACTION,
        reason=REASON,
        actor=ACTOR,
        object=ObjectFacts(type="record", id="r=1", version="1"),
        corr="c-1",
    )


@pytest.fixture
def taken():
    """A consumer that keeps what it takes and refuses what is marked as bad."""
    kept = []

    def take(messages):
        if any(message.payload.get("bad") for message in messages):
            raise LookupError("no such record")
        kept.extend(messages)

    outbox.register_consumer("test", take)
    yield kept
    del outbox._handlers["test"]


def test_an_intent_becomes_one_outcome_with_the_facts_of_both(intent):
    with transaction.atomic():
        uid = outbox.outcome(
            intent, "granted", object=ObjectFacts(type="record", id="r=1", version="2", digest="cd")
        )
    assert outcome_of(intent) is None
    assert outbox.relay() == 1
    ended = outcome_of(intent)
    assert (ended.uid, ended.phase, ended.outcome, ended.action) == (uid, "outcome", "granted", ACTION)
    before, after = Event.objects.get(uid=intent).document, ended.document
    assert after["actor"] == before["actor"]
    assert after["corr"] == before["corr"]
    assert after["object"]["version"] == "2"
    assert after["object"]["id"] == before["object"]["id"]
    assert after["closes"] == before["id"]
    assert before["at"] <= after["effective"] <= after["at"]
    assert not Outbox.objects.exists()


def test_a_rolled_back_change_tells_no_outcome_and_ends_as_unknown(intent):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.outcome(intent, "granted")
        raise ZeroDivisionError
    assert outbox.relay() == 0
    assert outbox.close_stale() == 0
    assert outbox.close_stale(older_than=timedelta(0)) == 1
    ended = outcome_of(intent)
    assert (ended.outcome, ended.rule) == ("unknown", outbox.NEVER_TOLD)
    assert ended.object_id == Event.objects.get(uid=intent).object_id
    assert outbox.close_stale(older_than=timedelta(0)) == 0


def test_an_intent_whose_outcome_only_waits_for_the_relay_is_not_closed_as_unknown(intent):
    with transaction.atomic():
        outbox.outcome(intent, "failed")
    assert outbox.close_stale(older_than=timedelta(0)) == 0
    outbox.relay()
    assert outcome_of(intent).outcome == "failed"


def test_an_outcome_that_comes_after_all_is_kept_as_late(intent):
    outbox.close_stale(older_than=timedelta(0))
    with transaction.atomic():
        uid = outbox.outcome(intent, "granted", reason=Reason(rule="slow"))
    outbox.relay()
    late = Event.objects.get(uid=uid)
    assert (late.action, late.phase, late.outcome, late.rule) == (
        actions.OUTCOME_LATE,
        "single",
        "granted",
        "slow",
    )
    assert late.object_id == str(intent)
    assert outcome_of(intent).outcome == "unknown"


def test_two_outcomes_of_one_intent_give_one_outcome_and_one_late_event(intent):
    with transaction.atomic():
        outbox.outcome(intent, "granted")
        outbox.outcome(intent, "failed")
    assert outbox.relay() == 2
    assert outcome_of(intent).outcome == "granted"
    assert Event.objects.filter(action=actions.OUTCOME_LATE).get().outcome == "failed"


def test_relaying_the_same_row_again_records_nothing_new(intent):
    with transaction.atomic():
        outbox.outcome(intent, "granted")
    row = Outbox.objects.values().get()
    outbox.relay()
    Outbox.objects.create(**row)
    assert outbox.relay() == 1
    assert Event.objects.count() == 2


def test_one_row_twice_in_a_batch_is_recorded_once_and_holds_up_nothing(intent):
    """As after putting an outbox back: nothing in the database forbids it."""
    with transaction.atomic():
        outbox.outcome(intent, "granted")
    row = Outbox.objects.values().get()
    Outbox.objects.create(**row | {"id": row["id"] + 1})
    assert outbox.relay() == 2
    assert Event.objects.count() == 2


def test_a_row_that_cannot_be_read_waits_and_holds_up_no_other_and_no_closing(intent):
    with transaction.atomic():
        outbox.outcome(intent, "granted")
        outbox.enqueue(outbox.AUDIT, {})
    Outbox.objects.filter(about="").update(payload="{")
    assert outbox.relay() == 1
    assert outcome_of(intent).outcome == "granted"
    assert Outbox.objects.get().error == "JSONDecodeError"
    assert outbox.close_stale(older_than=timedelta(0)) == 0


def test_a_lost_race_leaves_no_intent_open(intent, monkeypatch):
    others = iter([False])
    store = outbox._stored
    monkeypatch.setattr(outbox, "_stored", lambda prepared: next(others, True) and store(prepared))
    assert outbox.close_stale(older_than=timedelta(0)) == 1
    assert outcome_of(intent).outcome == "unknown"
    monkeypatch.setattr(outbox, "_stored", lambda prepared: False)
    recording.intent(ACTION, reason=REASON, actor=ACTOR)
    with pytest.raises(AuditUnavailable):
        outbox.close_stale(older_than=timedelta(0))


def test_a_relay_that_dies_between_recording_and_removing_loses_and_doubles_nothing(intent, monkeypatch):
    with transaction.atomic():
        outbox.outcome(intent, "granted")
    with monkeypatch.context() as patched:
        patched.setattr(outbox.Outbox.objects, "_queryset_class", _DyingAtDelete)
        with pytest.raises(KeyboardInterrupt):
            outbox.relay()
    assert outcome_of(intent).outcome == "granted"
    assert outbox.relay() == 1
    assert Event.objects.count() == 2


def test_an_unreachable_log_leaves_the_outcomes_where_they_are(intent):
    with transaction.atomic():
        outbox.outcome(intent, "granted")
    _rename("audit_event", "elsewhere")
    with pytest.raises((AuditUnavailable, DatabaseError)):
        outbox.relay()
    row = Outbox.objects.get()
    assert (row.attempts, row.error) == (0, "")
    _rename("elsewhere", "audit_event")
    assert outbox.relay() == 1


def test_an_outcomes_personal_data_waits_sealed(intent, committed_databases):
    with transaction.atomic():
        outbox.outcome(intent, "granted", sealed={"name": "李四-marker"}, subject="person-9")
    assert "marker" not in Outbox.objects.get().payload
    outbox.relay()
    ended = outcome_of(intent)
    assert events.unseal(ended.document, bytes(ended.ciphertext)) == {"name": "李四-marker"}


def test_an_outcome_outside_the_business_transaction_is_refused(intent):
    with pytest.raises(OutsideTransaction):
        outbox.outcome(intent, "granted")


def test_an_unknown_outcome_is_refused(intent):
    with transaction.atomic(), pytest.raises(MalformedEvent):
        outbox.outcome(intent, "perhaps")


def test_a_row_nobody_would_take_is_refused():
    with transaction.atomic(), pytest.raises(UnregisteredConsumer):
        outbox.enqueue("nobody", {})


def test_a_consumer_takes_its_own_rows_in_order(taken):
    with transaction.atomic():
        uids = [outbox.enqueue("test", {"n": number}, about=f"a-{number}") for number in range(3)]
    assert outbox.deliver("test") == 3
    assert [message.uid for message in taken] == uids
    assert [(message.about, message.payload["n"]) for message in taken] == [
        ("a-0", 0),
        ("a-1", 1),
        ("a-2", 2),
    ]
    assert outbox.deliver("test") == 0


def test_a_bad_row_waits_longer_each_time_and_does_not_hold_up_the_others(taken):
    with transaction.atomic():
        outbox.enqueue("test", {"n": 1})
        outbox.enqueue("test", {"bad": True})
        outbox.enqueue("test", {"n": 2})
    assert outbox.deliver("test") == 2
    row = Outbox.objects.get()
    assert (row.attempts, row.error) == (1, "LookupError")
    assert outbox.deliver("test") == 0
    start = clock.now()
    clock.set_clock(lambda: start + timedelta(seconds=10))
    assert outbox.deliver("test") == 0
    again = Outbox.objects.get()
    assert again.attempts == 2
    assert again.due > row.due


def test_many_intents_are_closed_in_one_go():
    recording.store([events.prepare(entry(number), phase=events.INTENT) for number in range(700)])
    assert outbox.close_stale(older_than=timedelta(0)) == 700
    assert Event.objects.filter(closes__isnull=False).count() == 700


def test_intents_before_since_are_left_to_an_earlier_pass():
    recording.store([events.prepare(entry(), phase=events.INTENT)])
    assert outbox.close_stale(older_than=timedelta(0), since=clock.now()) == 0


class _DyingAtDelete(Outbox.objects._queryset_class):
    def delete(self):
        raise KeyboardInterrupt


def _rename(old, new):
    with connections["audit"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {old} RENAME TO {new}")


def test_the_loop_relays_ends_stale_intents_and_survives_an_outage(intent, monkeypatch):
    """AU-03: an unreachable log is waited for; what waited in the outbox is told afterwards."""
    monkeypatch.setattr(outbox, "_RETRY", 0.0)
    close = outbox.close_stale
    monkeypatch.setattr(outbox, "close_stale", lambda *, since: close(older_than=timedelta(0), since=since))
    forgotten = recording.intent(
        ACTION, reason=REASON, actor=ACTOR, object=ObjectFacts("record", "r=2"), corr=""
    )
    with transaction.atomic():
        outbox.outcome(intent, "granted")
    stop, rounds = threading.Event(), []
    relay = outbox.relay

    def sometimes() -> int:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise AuditUnavailable("gone for a moment")
        if len(rounds) == 3:
            stop.set()
        return relay()

    monkeypatch.setattr(outbox, "relay", sometimes)
    outbox.run_forever(stop, interval=0.0)
    assert len(rounds) == 3
    assert outcome_of(intent).outcome == "granted"
    assert outcome_of(forgotten).outcome == "unknown"
