import base64
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections

from audit import checkpoints, merkle, proofs, recording, sequencer
from audit.errors import EventAbsent, ForkedExport, NoteInvalid, NotYetSequenced, ProofInvalid
from audit.models import Checkpoint, Event, Leaf
from tests.audit.facts import entry

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def proved(write_batches):
    """An event among 600, its bytes, and its proof."""
    write_batches(300, 299, 1)
    event = Event.objects.get(pk=Leaf.objects.get(idx=277).event_id)
    return bytes(event.canonical), proofs.inclusion_proof(event.uid)


def test_a_proof_verifies_with_nothing_but_the_events_bytes_and_the_logs_key(proved):
    """AU-12: index, size and instant are what the signed checkpoint says."""
    data, text = proved
    key = checkpoints.Key.parse(str(checkpoints.own_key()))
    newest = checkpoints.latest()
    with connections["audit"].execute_wrapper(_no_sql), connections["default"].execute_wrapper(_no_sql):
        proven = proofs.verify_inclusion(text, data, key)
    assert (proven.index, proven.size, proven.origin) == (277, 600, key.name)
    assert (proven.root, proven.at) == (bytes(newest.root), newest.at)


def test_a_proof_reads_as_a_tlog_proof(proved):
    lines = proved[1].split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == "index 277"
    blank = lines.index("")
    assert all(len(base64.b64decode(line, validate=True)) == 32 for line in lines[2:blank])
    assert lines[blank + 1 : blank + 3] == [checkpoints.origin(), "600"]
    assert lines[-2].startswith(f"— {checkpoints.origin()} ")
    assert lines[-1] == ""


def test_every_event_of_a_log_has_a_proof(write_batches):
    write_batches(1, 255, 1, 256, 17)
    newest = checkpoints.latest()
    key = checkpoints.own_key()
    for leaf in Leaf.objects.filter(idx__in=[0, 1, 254, 255, 256, 257, 511, 512, 513, 528, 529]):
        event = Event.objects.get(pk=leaf.event_id)
        proven = proofs.verify_inclusion(proofs.inclusion_proof(event.uid), bytes(event.canonical), key)
        assert (proven.index, proven.size) == (leaf.idx, newest.size)


def test_a_proof_of_another_event_or_of_changed_bytes_does_not_hold(proved):
    data, text = proved
    for wrong in (data.replace(b"granted", b"denied "), data + b" ", b""):
        with pytest.raises(ProofInvalid, match="not the one at this place"):
            proofs.verify_inclusion(text, wrong, checkpoints.own_key())


def _swap_index(text):
    return text.replace("index 277", "index 276")


def _drop_hash(text):
    lines = text.split("\n")
    return "\n".join(lines[:2] + lines[3:])


def _change_hash(text):
    lines = text.split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    return "\n".join(lines)


@pytest.mark.parametrize(
    "spoil",
    [
        _swap_index,
        _drop_hash,
        _change_hash,
        lambda text: text.replace("index 277", "index 0277"),
        lambda text: text.replace("index 277", "index -1"),
        lambda text: text.replace("index 277", "index 9999"),
        lambda text: text.replace("tlog-proof@v1", "tlog-proof@v2"),
        lambda text: text.replace("\n600\n", "\n601\n"),
        lambda text: text.replace("\nat 2", "\nat 3"),
        lambda text: text.partition("\n\n")[0],
        lambda text: text.replace("— ", "- "),
        lambda text: "",
    ],
)
def test_a_spoilt_proof_does_not_hold(proved, spoil):
    data, text = proved
    assert spoil(text) != text
    with pytest.raises(ProofInvalid):
        proofs.verify_inclusion(spoil(text), data, checkpoints.own_key())


def test_a_proof_does_not_hold_under_another_logs_key(proved):
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(ProofInvalid):
        proofs.verify_inclusion(proved[1], proved[0], checkpoints.Key(checkpoints.origin(), other))


def consistency(old):
    newest = checkpoints.latest()
    return proofs.consistency_text(old, newest, proofs.stored_nodes(newest.size))


def test_every_older_checkpoint_is_proved_to_be_the_beginning_of_the_newest(write_batches):
    """AU-12: from stored leaves and subtrees, in the words that a tlog-witness is asked with."""
    write_batches(1, 255, 1, 256, 17)
    key = checkpoints.own_key()
    for stored in Checkpoint.objects.all():
        before, after = proofs.verify_consistency(consistency(stored.size), stored.note, key)
        assert (before.size, after.size) == (stored.size, 530)
        assert consistency(stored.size).startswith(f"old {stored.size}\n")


def _rewrite(text):
    lines = text.split("\n")
    lines[1] = base64.b64encode(bytes(32)).decode()
    return "\n".join(lines)


@pytest.mark.parametrize(
    "spoil",
    [
        _rewrite,
        _drop_hash,
        lambda text: text.replace("old 256", "old 257"),
        lambda text: text.replace("\n530\n", "\n531\n"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: "",
    ],
)
def test_a_spoilt_proof_of_consistency_does_not_hold(write_batches, spoil):
    write_batches(256, 274)
    kept, text, key = Checkpoint.objects.get(size=256).note, consistency(256), checkpoints.own_key()
    proofs.verify_consistency(text, kept, key)
    assert spoil(text) != text
    with pytest.raises(ProofInvalid):
        proofs.verify_consistency(spoil(text), kept, key)
    forked = checkpoints.sign(256, bytes(32), _instant())
    with pytest.raises(ProofInvalid, match="rewritten"):
        proofs.verify_consistency(text, forked, key)


def test_an_event_without_a_leaf_is_not_proved_yet(write_batches):
    write_batches(2)
    [uid] = recording.record_many([entry()])
    with pytest.raises(NotYetSequenced):
        proofs.inclusion_proof(uid)
    sequencer.step()
    assert proofs.inclusion_proof(uid).startswith(proofs.HEADER)


def test_a_missing_event_is_absent():
    with pytest.raises(EventAbsent):
        proofs.inclusion_proof(uuid4())


def test_a_checkpoint_of_an_empty_tree_proves_nothing_and_is_refused():
    with pytest.raises(ValueError, match="empty"):
        checkpoints.sign(0, merkle.EMPTY_ROOT, _instant())
    body = f"{checkpoints.origin()}\n0\n{base64.b64encode(merkle.EMPTY_ROOT).decode()}\nat 2026-01-01T00:00:00.000000Z\n"
    with pytest.raises(NoteInvalid, match="proves nothing"):
        checkpoints.parse(body)


@pytest.mark.parametrize("size", ["007", "+7", "7 ", "٧", "-7", "x", ""])
def test_a_checkpoint_has_one_spelling_of_its_size(size):
    body = f"o\n{size}\n{base64.b64encode(bytes(32)).decode()}\nat 2026-01-01T00:00:00.000000Z\n"
    with pytest.raises(NoteInvalid):
        checkpoints.parse(body)


def test_other_signatures_beside_the_logs_own_are_ignored(write_batches):
    write_batches(3)
    note = checkpoints.latest().note
    witnessed = note + "— witness.example " + base64.b64encode(bytes(76)).decode() + "\n"
    assert checkpoints.read(witnessed, checkpoints.own_key()).size == 3


@pytest.mark.parametrize("text", ["", "a+b", "name+00000000+AAAA", "name+zz+!!"])
def test_a_malformed_verifier_key_is_refused(text):
    with pytest.raises(NoteInvalid):
        checkpoints.Key.parse(text)


def test_an_export_is_whole_once_and_never_overwritten(write_batches, settings):
    assert checkpoints.export() is None
    write_batches(3)
    target = checkpoints.export()
    assert target.read_text() == Checkpoint.objects.get(size=3).note
    assert checkpoints.export() == target
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    target.write_text(checkpoints.sign(3, bytes(32), _instant()))
    with pytest.raises(ForkedExport):
        checkpoints.export()


def test_an_export_that_cannot_be_written_leaves_nothing_behind(write_batches, settings, tmp_path):
    (tmp_path / "file").write_text("")
    write_batches(1)
    with pytest.raises(OSError):
        checkpoints.export(tmp_path / "file")
    assert not list(tmp_path.rglob("*.tmp"))


def _instant():
    from audit import clock

    return clock.now()


def _no_sql(*args):
    raise AssertionError("no database is asked")
