import os
import threading

import pytest
from django.db import IntegrityError, connections, transaction

from audit import events, outbox, recording
from audit.errors import AuditUnavailable
from audit.models import Event, Outbox
from tests.audit.facts import ACTION, ACTOR, REASON, entry


def test_an_event_is_committed_when_record_returns(committed_databases):
    uid = recording.record(ACTION, outcome="granted", reason=REASON, actor=ACTOR)
    seen = []
    reader = threading.Thread(
        target=lambda: seen.append(Event.objects.filter(uid=uid).exists()) or connections.close_all()
    )
    reader.start()
    reader.join()
    assert seen == [True]


def test_events_recorded_together_are_all_there_or_none(committed_databases):
    uids = recording.record_many([entry(number) for number in range(1200)])
    assert len(set(uids)) == Event.objects.count() == 1200
    repeated = [events.prepare(entry(1)) for _ in range(600)]
    with pytest.raises(AuditUnavailable):
        recording.store([*repeated, repeated[0]])
    assert Event.objects.count() == 1200


def test_nothing_happens_when_nothing_is_given(committed_databases):
    assert recording.record_many([]) == []
    assert not Event.objects.exists()


def test_a_store_lost_under_the_running_system_is_noticed_and_taken_up_again(committed_databases):
    """SQLite would go on writing into a removed file and lose every event; PostgreSQL cuts the connection."""
    _guarded_change()
    give_back = _take_store_away(committed_databases)
    with pytest.raises(AuditUnavailable):
        _guarded_change()
    assert Outbox.objects.count() == 1
    give_back()
    _guarded_change()
    assert Event.objects.count() == 2


def test_an_unreachable_key_store_for_sealing_fails_closed_too(committed_databases, monkeypatch):
    monkeypatch.setattr(events.hooks, "_sealer", _BrokenSealer())
    with pytest.raises(AuditUnavailable):
        recording.record_many([entry(sealed={"name": "x"})])
    assert not Event.objects.exists()


def _guarded_change() -> None:
    """What every room does: record first, then act."""
    recording.record(ACTION, outcome="granted", reason=REASON, actor=ACTOR)
    with transaction.atomic():
        outbox.enqueue("audit", {})


def _take_store_away(databases):
    name = databases.name("audit")
    if databases.vendor("audit") == "sqlite":
        os.rename(name, name + ".moved")
        return lambda: os.rename(name + ".moved", name)
    with connections["audit"]._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    return lambda: None


class _BrokenSealer:
    def seal(self, subject, plaintext):
        raise IntegrityError("no key could be stored")
