import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from audit import actions, canonical, events, recording
from audit.errors import MalformedEvent, SealerMissing, UnregisteredAction
from audit.events import Actor, ObjectFacts, Projection, Source
from audit.models import Event
from tests.audit.facts import ACTION, ACTOR, REASON, entry
from tests.audit.test_text import HOSTILE

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

MARKER = "张三丰-marker-6f2c"


def test_an_event_says_who_what_when_where_outcome_and_reason():
    """AU-01: person, account and duties; action and object; UTC; terminal; outcome; deciding rule."""
    before = datetime.now(UTC)
    uid = recording.record(
        ACTION,
        outcome="denied",
        reason=REASON,
        actor=ACTOR,
        object=ObjectFacts(type="record", id="r-1", version="2", label="100", digest="ab"),
        source=Source(address="10.1.2.3", terminal="terminal-3"),
        corr="corr-1",
        req="req-1",
    )
    event = Event.objects.get(uid=uid)
    document = event.document
    assert set(document) == {
        *("v", "id", "at", "action", "phase", "outcome", "reason", "actor", "object", "source"),
        *("observer", "corr", "req", "closes", "effective", "sealed"),
    }
    assert (document["v"], document["id"], document["phase"]) == (1, str(uid), "single")
    assert (document["action"], document["outcome"]) == (ACTION, "denied")
    assert document["reason"] == {"rule": "rule:auditor", "approval": "approval-1", "policy": "1"}
    assert document["actor"] == {
        "id": "S0007",
        "duties": ["auditor"],
        "unit": "unit-1",
        "session": "session-1",
        "account": "0193e1a0-0000-7000-8000-000000000001",
        "person": "0193e1a0-0000-7000-8000-000000000002",
    }
    assert document["object"] == {
        "type": "record",
        "id": "r-1",
        "version": "2",
        "label": "100",
        "digest": "ab",
    }
    assert document["source"] == {"terminal": "terminal-3"}
    assert set(document["observer"]) == {"host", "build"}
    assert before <= datetime.fromisoformat(document["at"]) <= datetime.now(UTC)
    assert document["at"].endswith("Z")


def test_every_registered_action_can_be_recorded():
    """AU-01: the enumeration of actions is the list of events; none of them is refused."""
    names = actions.registered()
    recording.record_many([entry(action=name) for name in names])
    assert set(Event.objects.values_list("action", flat=True)) == set(names)


def test_the_search_columns_are_exactly_what_the_canonical_bytes_say():
    uid = recording.record_many([entry(7, source=Source(address="10.1.2.3", terminal="t=1"))])[0]
    event = Event.objects.get(uid=uid)
    assert events.project(event.document) == Projection(
        *(getattr(event, name) for name in Projection._fields)
    )


def test_no_personal_value_stands_outside_the_sealed_part():
    """AU-05: name, query and address are sealed; neither bytes nor columns hold them."""
    uid = recording.record_many(
        [
            entry(
                source=Source(address="203.0.113.77"), sealed={"query": MARKER, "hits": 3}, subject="person-9"
            )
        ]
    )[0]
    event = Event.objects.get(uid=uid)
    stored = b"".join(str(getattr(event, field.name)).encode() for field in Event._meta.concrete_fields)
    stored += bytes(event.canonical) + bytes(event.ciphertext)
    for secret in (MARKER.encode(), MARKER.encode("utf-16-le"), b"203.0.113.77"):
        assert secret not in stored
    assert events.unseal(event.document, bytes(event.ciphertext)) == {
        "query": MARKER,
        "hits": 3,
        "address": "203.0.113.77",
    }
    assert event.document["sealed"]["digest"] == hashlib.sha256(bytes(event.ciphertext)).hexdigest()


def test_destroying_a_persons_key_blanks_the_person_and_leaves_the_bytes(monkeypatch):
    uid = recording.record_many([entry(sealed={"name": MARKER}, subject="person-9")])[0]
    event = Event.objects.get(uid=uid)
    monkeypatch.setattr(events.hooks, "_sealer", _KeyGone())
    assert events.unseal(event.document, bytes(event.ciphertext)) is None
    assert canonical.decode(bytes(event.canonical)) == event.document


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_ids_are_recorded_harmlessly_rather_than_refused(hostile):
    """AU-05: a refusal of a hostile request must still be recorded, and the log must stay safe to read."""
    uid = recording.record_many(
        [entry(actor=Actor(id=hostile), object=ObjectFacts(type="record", id=hostile), corr=hostile)]
    )[0]
    event = Event.objects.get(uid=uid)
    text = bytes(event.canonical).decode()
    assert text.isprintable()
    for value in (event.actor, event.object_id, event.corr):
        assert value[0] not in "=+-@"
        assert value.isprintable()


def test_an_unregistered_action_leaves_no_event():
    with pytest.raises(UnregisteredAction):
        recording.record("room:thing:never", outcome="granted", reason=REASON, actor=ACTOR)
    assert not Event.objects.exists()


def test_an_unknown_outcome_leaves_no_event():
    with pytest.raises(MalformedEvent):
        recording.record(ACTION, outcome="perhaps", reason=REASON, actor=ACTOR)
    assert not Event.objects.exists()


def test_without_a_sealer_personal_data_is_refused_and_not_written_in_the_clear(monkeypatch):
    monkeypatch.setattr(events.hooks, "_sealer", None)
    with pytest.raises(SealerMissing):
        recording.record_many([entry(sealed={"name": MARKER})])
    assert not Event.objects.exists()


def test_the_address_is_given_once_as_the_sources():
    with pytest.raises(MalformedEvent):
        recording.record_many([entry(source=Source(address="10.0.0.1"), sealed={"address": "10.0.0.2"})])


def test_event_ids_are_uuid_version_7_in_order_of_time():
    start = datetime(2026, 3, 1, tzinfo=UTC)
    uids = [events.uuid7(start + timedelta(milliseconds=step)) for step in range(50)]
    assert uids == sorted(uids)
    assert {(uid.version, uid.variant) for uid in uids} == {(7, "specified in RFC 4122")}
    assert len({events.uuid7(start) for _ in range(1000)}) == 1000
    assert uids[0].int >> 80 == int(start.timestamp() * 1000)


class _KeyGone:
    def open(self, kid, ciphertext):
        return None
