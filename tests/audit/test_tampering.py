"""AU-02: someone with full write access tries each kind of tampering, and each is named."""

import hashlib
import json
from datetime import timedelta

import pytest

from audit import canonical, checkpoints, clock, events, merkle, recording, sequencer
from audit.findings import Code, Severity
from audit.models import Checkpoint, Event, Leaf
from audit.verification import verify
from tests.audit.facts import entry
from tests.audit.tampering import disarm


@pytest.fixture
def log(committed_databases, write_batches):
    """Three batches of five, a checkpoint of each kept outside."""
    for size in (5, 5, 5):
        write_batches(size)
        checkpoints.export()
    report = verify()
    assert report.findings == []
    assert (report.size, report.checkpoints, report.exported) == (15, 3, 3)
    disarm()
    assert verify().codes == {Code.TRIGGER_MISSING}
    return committed_databases


def event(index):
    return Event.objects.get(pk=Leaf.objects.get(idx=index).event_id)


def rewritten(index, **changes):
    return canonical.encode({**event(index).document, **changes})


def put(index, data):
    Event.objects.filter(pk=event(index).pk).update(canonical=data)


def recorded_at(at, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: at)
        return events.prepare(entry(99))


def edit():
    put(7, rewritten(7, outcome="denied"))


def edit_event_and_leaf():
    data = rewritten(7, outcome="denied")
    put(7, data)
    Leaf.objects.filter(idx=7).update(hash=merkle.leaf_hash(data))


def delete():
    Event.objects.filter(pk=event(7).pk).delete()


def delete_with_leaf():
    delete()
    Leaf.objects.filter(idx=7).delete()


def exchange_events():
    first, second = Leaf.objects.get(idx=6), Leaf.objects.get(idx=8)
    Leaf.objects.filter(idx=6).update(event_id=-1)
    Leaf.objects.filter(idx=8).update(event_id=first.event_id)
    Leaf.objects.filter(idx=6).update(event_id=second.event_id)


def exchange_leaves():
    Leaf.objects.filter(idx=6).update(idx=-1)
    Leaf.objects.filter(idx=8).update(idx=6)
    Leaf.objects.filter(idx=-1).update(idx=8)


def renumber_event():
    Event.objects.filter(pk=event(7).pk).update(id=1000)


def renumber_leaf():
    Leaf.objects.filter(idx=14).update(idx=20)


def reserialise():
    put(7, json.dumps(event(7).document, indent=1).encode())


def edit_column():
    Event.objects.filter(pk=event(7).pk).update(actor="S9999")


def plant_ciphertext():
    Event.objects.filter(pk=event(7).pk).update(ciphertext=b"planted")


def cut_tail():
    Event.objects.filter(pk__in=Leaf.objects.filter(idx__gte=12).values_list("event_id", flat=True)).delete()
    Leaf.objects.filter(idx__gte=12).delete()


def append_leaf_unsigned():
    recording.record_many([entry(1)])
    latest = Event.objects.order_by("-id").first()
    Leaf.objects.create(idx=15, event_id=latest.pk, hash=merkle.leaf_hash(bytes(latest.canonical)))


def edit_checkpoint():
    Checkpoint.objects.filter(size=10).update(root=hashlib.sha256(b"other").digest())


def forge_checkpoint():
    stored = Checkpoint.objects.get(size=10)
    Checkpoint.objects.filter(size=10).update(note=stored.note.replace("\n10\n", "\n11\n"))


def delete_checkpoint():
    Checkpoint.objects.filter(size=10).delete()


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (edit, Code.EVENT_EDITED),
        (edit_event_and_leaf, Code.TREE_REWRITTEN),
        (delete, Code.EVENT_DELETED),
        (delete_with_leaf, Code.LEAF_DELETED),
        (exchange_events, Code.REORDERED),
        (exchange_leaves, Code.REORDERED),
        (renumber_event, Code.RENUMBERED),
        (renumber_leaf, Code.RENUMBERED),
        (reserialise, Code.EVENT_RESERIALISED),
        (edit_column, Code.COLUMN_EDITED),
        (plant_ciphertext, Code.SEALED_PART_EDITED),
        (cut_tail, Code.TAIL_CUT),
        (append_leaf_unsigned, Code.LEAF_WITHOUT_CHECKPOINT),
        (edit_checkpoint, Code.CHECKPOINT_EDITED),
        (forge_checkpoint, Code.CHECKPOINT_FORGED),
        (delete_checkpoint, Code.CHECKPOINT_DELETED),
    ],
)
def test_each_kind_of_tampering_is_named_by_its_own_code(log, tamper, code):
    """AU-02."""
    tamper()
    report = verify()
    assert not report.ok
    named = {found for found in report.codes if found.severity is Severity.TAMPERING}
    assert code in named
    if tamper in (edit, delete, reserialise, edit_column, plant_ciphertext, renumber_event):
        assert named == {code}


def test_an_inserted_event_is_named(log, monkeypatch):
    """AU-02: put in among sequenced ones, it never gets a leaf."""
    made = recorded_at(clock.now() - timedelta(hours=1), monkeypatch)
    Event.objects.create(
        id=-5, canonical=made.canonical, ciphertext=made.ciphertext, **made.columns._asdict()
    )
    assert Code.EVENT_INSERTED in verify().codes


def test_a_back_dated_event_is_named_though_it_was_sequenced(log, monkeypatch):
    """AU-02: it claims a time long before the checkpoint it was recorded after."""
    recording.store([recorded_at(clock.now() - timedelta(days=2), monkeypatch)])
    assert sequencer.step() == 1
    assert Code.EVENT_BACK_DATED in verify().codes


def test_a_post_dated_event_is_named(log, monkeypatch):
    recording.store([recorded_at(clock.now() + timedelta(days=2), monkeypatch)])
    assert sequencer.step() == 1
    assert Code.EVENT_POST_DATED in verify().codes


def test_an_older_snapshot_with_its_own_checkpoint_table_is_named(committed_databases, write_batches):
    """AU-02: truncation is told by one checkpoint that was kept outside."""
    write_batches(5)
    checkpoints.export()
    older = committed_databases.copy("audit")
    write_batches(5)
    checkpoints.export()
    assert verify().ok
    committed_databases.use("audit", older)
    assert verify().codes == {Code.OLDER_SNAPSHOT}


def test_a_forked_tree_is_named_though_it_was_signed_with_the_right_key(committed_databases, write_batches):
    """AU-02: an older state is put back and another history of the same length signed on top."""
    write_batches(5)
    checkpoints.export()
    older = committed_databases.copy("audit")
    write_batches(5)
    checkpoints.export()
    committed_databases.use("audit", older)
    write_batches(5)
    assert Code.FORKED_TREE in verify().codes


def test_without_any_checkpoint_outside_the_report_says_what_it_cannot_tell(
    committed_databases, write_batches
):
    write_batches(3)
    report = verify()
    assert report.ok
    assert report.codes == {Code.NOTHING_EXPORTED}


def test_an_altered_exported_checkpoint_is_named(log):
    path, note = next(checkpoints.exported())
    path.write_text(note.replace("\n5\n", "\n6\n"))
    assert Code.EXPORT_FORGED in verify().codes


def test_another_key_makes_every_checkpoint_a_forgery(log):
    assert Code.CHECKPOINT_FORGED in verify(key=checkpoints.Key(checkpoints.origin(), bytes(32))).codes


def test_a_cleaned_up_log_verifies_after_reinstalling_the_triggers(log):
    """The allow side: nothing but the named tampering makes a report bad."""
    from audit import triggers

    triggers.install("audit")
    assert verify().findings == []
