"""AU-02, AU-12: whoever has a bundle and Python sees each kind of change, and nothing else makes a bundle bad."""

import json
from datetime import UTC, datetime

import pytest

from audit import bundles, checkpoints, clock, hooks, merkle
from audit.errors import BundleRefused, NothingSequenced
from audit.models import Checkpoint, Event, Leaf
from audit.selectors import EventFilter
from tests.audit.bundle import codes, run
from tests.audit.facts import entry

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

PART = EventFilter(object_id="record-3")


@pytest.fixture(params=[None, PART], ids=["whole", "part"])
def bundle(request, make_bundle, write_batches):
    """Four batches, so that the tree has other checkpoints than the newest."""
    write_batches(9, 8, 7, 6)
    return make_bundle(request.param)


def test_a_bundle_holds_the_rows_that_match_byte_for_byte(bundle):
    """AU-07, AU-12: the events are those of the database, in the order of their leaves; the file says how many."""
    manifest = json.loads(bundle["manifest.json"])
    wanted = Event.objects.filter(**({"object_id": "record-3"} if manifest["query"] else {}))
    places = dict(Leaf.objects.values_list("event_id", "idx"))
    rows = [bytes(event.canonical) for event in sorted(wanted, key=lambda event: places[event.pk])]
    assert bundle["events.jsonl"].splitlines() == rows
    assert (manifest["count"], manifest["size"]) == (len(rows), 30)
    assert manifest["whole"] is not bool(manifest["query"])
    assert len(rows) == (4 if manifest["query"] else 30)
    done = run(bundle.folder, "--key", bundle.key)
    assert done.stdout.startswith(f"holds: {len(rows)} events of 30 in {checkpoints.origin()}, signed ")
    assert done.returncode == 0


def test_the_verifier_in_the_bundle_is_the_one_that_is_tested_here(bundle):
    assert bundle["verify.py"] == bundles.VERIFIER.read_bytes()
    assert "证据包".encode() in bundle["README.txt"]


def test_without_a_key_of_ones_own_the_answer_says_what_it_rests_on(bundle):
    done = run(bundle.folder)
    assert done.returncode == 0
    assert "the key came with the bundle" in done.stdout


@pytest.mark.parametrize("size", [9, 17, 24, 30])
def test_a_checkpoint_kept_elsewhere_is_held_against_the_bundle(make_bundle, write_batches, size):
    """AU-12: every size, that a path leads from or that the whole log answers for itself."""
    write_batches(9, 8, 7, 6)
    whole, part, asked = (
        make_bundle(),
        make_bundle(PART, name="part"),
        make_bundle(PART, name="asked", kept=[size]),
    )
    assert whole.verify(*whole.keep(size)) == set()
    assert asked.verify(*asked.keep(size)) == set()
    has_path = (part.folder / f"consistency/{size:016d}.txt").exists() or size == 30
    assert part.verify(*part.keep(size)) == (set() if has_path else {"consistency_missing"})
    other = checkpoints.sign(size, merkle.leaf_hash(b"another history"), clock.now())
    for bundle in (whole, asked):
        assert bundle.verify(*bundle.keep(size, other)) == {"forked_tree"}


def test_leaves_of_a_part_are_not_taken_for_the_beginning_of_the_log(make_bundle, write_batches):
    """Else an honest log would be called forked, for want of a path."""
    write_batches(9, 8, 7, 6)
    first = Leaf.objects.get(idx=0).event_id
    uids = list(Event.objects.exclude(pk=first).values_list("uid", flat=True))
    bundle = make_bundle(uids=uids)
    assert bundle.verify(*bundle.keep(9)) == {"consistency_missing"}


def test_a_bundle_older_than_the_checkpoint_that_was_kept_is_named(make_bundle, write_batches):
    """AU-02: the log was cut back, or an old bundle handed out."""
    write_batches(9, 8)
    bundle = make_bundle(PART)
    write_batches(7)
    assert bundle.verify(*bundle.keep(24)) == {"bundle_is_older"}
    with pytest.raises(BundleRefused, match="audit_verify"):
        make_bundle(PART, name="refused", kept=[25])


def test_a_checkpoint_of_another_log_is_not_of_this_ones_beginning(bundle):
    """Even one that the same key signed, with the same root."""
    body = checkpoints.latest().note.rpartition("\n\n")[0] + "\n"
    body = body.replace(checkpoints.origin(), "another/log", 1)
    note = f"{body}\n{checkpoints.signature(body)}"
    assert bundle.verify(*bundle.keep(30, note)) == {"forked_tree"}


# Tampering


def edit(bundle):
    bundle.lines("events.jsonl", lambda lines: lines.insert(2, lines.pop(2).replace(b"granted", b"denied")))


def delete(bundle):
    bundle.lines("events.jsonl", lambda lines: lines.pop(2))


def insert(bundle):
    bundle.lines("events.jsonl", lambda lines: lines.insert(2, lines[2].replace(b"granted", b"denied")))


def reorder(bundle):
    bundle.lines("events.jsonl", lambda lines: lines.insert(2, lines.pop(1)))


def repeat(bundle):
    bundle.lines("events.jsonl", lambda lines: lines.append(lines[0]))


def reserialise(bundle):
    bundle.lines(
        "events.jsonl", lambda lines: lines.insert(2, json.dumps(json.loads(lines.pop(2))).encode() + b"\n")
    )


def edit_leaf_too(bundle):
    edit(bundle)
    digest = merkle.leaf_hash(bundle["events.jsonl"].splitlines()[2]).hex().encode()
    bundle.lines(
        "leaves.txt", lambda lines: lines.insert(2, lines.pop(2).partition(b" ")[0] + b" " + digest + b"\n")
    )


def delete_leaf_too(bundle):
    delete(bundle)
    bundle.lines("leaves.txt", lambda lines: lines.pop(2))


def count_less(bundle):
    bundle["manifest.json"] = bundle["manifest.json"].replace(b'"count":', b'"count":1')


def take_out_verifier(bundle):
    (bundle.folder / "verify.py").unlink()


def put_file_in(bundle):
    bundle["events2.jsonl"] = b""


def resign_newest(bundle):
    bundle[bundle.checkpoints[-1]] = _by_another_key(
        lambda: checkpoints.sign(30, bytes(32), clock.now())
    ).encode()


def resign_older(bundle):
    bundle[bundle.checkpoints[0]] = _by_another_key(
        lambda: checkpoints.sign(9, bytes(32), clock.now())
    ).encode()


def put_older_in_place(bundle):
    bundle[bundle.checkpoints[-1]] = Checkpoint.objects.get(size=24).note.encode()


def _by_another_key(sign):
    seed, hooks._signer = hooks._signer, lambda: bytes(31) + b"x"
    try:
        return sign()
    finally:
        hooks._signer = seed


@pytest.mark.parametrize(
    ("tamper", "whole", "part"),
    [
        (edit, {"event_edited"}, {"event_edited"}),
        (delete, {"event_deleted"}, {"event_deleted"}),
        (insert, {"event_inserted"}, {"event_inserted"}),
        (reorder, {"event_reordered"}, {"event_reordered"}),
        (repeat, {"event_reordered"}, {"event_reordered"}),
        (reserialise, {"event_reserialised"}, {"event_reserialised"}),
        (edit_leaf_too, {"tree_rewritten"}, {"proof_broken"}),
        (delete_leaf_too, {"leaf_missing"}, {"proof_of_another", "proof_missing"}),
        (count_less, {"manifest_edited"}, {"manifest_edited"}),
        (take_out_verifier, {"file_missing"}, {"file_missing"}),
        (put_file_in, {"file_added"}, {"file_added"}),
        (resign_newest, {"checkpoint_forged", "checkpoint_missing"}, None),
        (put_older_in_place, {"checkpoint_missing"}, None),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("covered", [False, True], ids=["bare", "covered up"])
def test_each_kind_of_change_is_named_by_its_own_code(bundle, tamper, whole, part, covered):
    """AU-02: also when whoever did it made the manifest fit, which he cannot sign."""
    wanted = whole if part is None or not json.loads(bundle["manifest.json"])["query"] else part
    assert bundle.verify() == set()
    tamper(bundle)
    if covered:
        bundle.cover_up()
        fitting = tamper in (take_out_verifier, put_file_in)
        assert bundle.verify() == {"manifest_edited"} | (set() if fitting else wanted)
    else:
        always = {"manifest_edited", "file_missing", "file_added"}
        assert bundle.verify() == wanted | ({"file_edited"} if not wanted & always else set())


def swap_proofs(proofs):
    proofs.insert(1, proofs.pop(0))


def drop_proof(proofs):
    proofs.pop()


def repeat_proof(proofs):
    proofs.append(proofs[-1])


def change_hash(proofs):
    lines = proofs[1].split(b"\n")
    lines[3], lines[4] = lines[4], lines[3]
    proofs[1] = b"\n".join(lines)


def change_checkpoint(proofs):
    proofs[1] = proofs[1].replace(b"\n30\n", b"\n31\n")


def swell(proofs):
    head, hashes, rest = proofs[1].partition(b"=\n")
    proofs[1] = head + hashes + (head.rpartition(b"\n")[2] + hashes) * 3000 + rest


def cut_short(proofs):
    proofs[-1] = proofs[-1].partition(b"\n\n")[0] + b"\n"


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (swap_proofs, "proof_of_another"),
        (drop_proof, "proof_missing"),
        (repeat_proof, "proof_missing"),
        (change_hash, "proof_broken"),
        (change_checkpoint, "proof_of_another"),
        (cut_short, "proof_malformed"),
        (swell, "proof_malformed"),
    ],
)
def test_a_proof_that_is_not_the_events_own_is_named(make_bundle, write_batches, tamper, code):
    """AU-12."""
    write_batches(9, 8, 7, 6)
    bundle = make_bundle(PART)
    bundle.proofs(tamper)
    bundle.cover_up(checkpoints.signature)
    assert code in bundle.verify()


def test_an_older_checkpoint_of_another_key_is_named(make_bundle, write_batches):
    write_batches(9, 8, 7, 6)
    bundle = make_bundle(EventFilter(object_id="record-7"))
    assert len(bundle.checkpoints) == 2
    resign_older(bundle)
    assert bundle.verify() == {"file_edited", "checkpoint_forged"}


def test_a_path_that_does_not_lead_there_is_named(make_bundle, write_batches):
    write_batches(9, 8, 7, 6)
    bundle = make_bundle(PART, kept=[17])
    name = "consistency/0000000000000017.txt"
    bundle.lines(name, lambda lines: lines.insert(1, lines.pop(2)))
    bundle.cover_up(checkpoints.signature)
    assert bundle.verify(*bundle.keep(17)) == {"forked_tree"}


def test_a_bundle_made_anew_under_another_key_agrees_with_itself_only(make_bundle, write_batches):
    """AU-02: the key kept elsewhere is what tells it from the right one."""
    write_batches(9, 8)
    right = make_bundle()

    def wrong():
        bundle = make_bundle(name="wrong")
        for name in bundle.checkpoints:
            size = int(name.partition("/")[2].partition(".")[0])
            stored = Checkpoint.objects.get(size=size)
            bundle[name] = checkpoints.sign(size, bytes(stored.root), stored.at).encode()
        bundle.cover_up(checkpoints.signature)
        return bundle

    bundle = _by_another_key(wrong)
    assert codes(run(bundle.folder)) == set()
    assert bundle.verify() == {"manifest_edited", "checkpoint_forged", "checkpoint_missing"}
    assert codes(run(bundle.folder, *right.keep(9))) == {"checkpoint_forged"}


# What a bundle holds


def test_the_last_checkpoint_of_each_month_is_in_it_with_its_path(make_bundle, write_batches):
    """audit.md section 6: those are handed out on paper, and each bundle says that they are still its beginning."""
    instants = [datetime(2026, month, day, 8, tzinfo=UTC) for month in (3, 4, 6) for day in (1, 15, 28)]
    for number, instant in enumerate(instants, 1):
        clock.set_clock(lambda instant=instant: instant)
        write_batches(number)
    bundle = make_bundle()
    sizes = [int(name[12:28]) for name in bundle.checkpoints]
    assert sizes == [6, 21, 45]
    assert bundle.verify(*bundle.keep(6), *bundle.keep(21)) == set()


def test_the_signed_instants_around_the_events_are_in_it(make_bundle, write_batches):
    write_batches(9, 8, 7, 6)
    bundle = make_bundle(EventFilter(object_id="record-7"))
    assert [int(name[12:28]) for name in bundle.checkpoints] == [17, 30]
    assert json.loads(bundle["manifest.json"])["query"] == {"object_id": "record-7"}


def test_what_is_sealed_stays_sealed(make_bundle, write_batches):
    """AU-05: neither the words nor the ciphertext leave; the digest does."""
    from audit import recording, sequencer

    recording.record_many([entry(3, sealed={"purpose": "核对旧账"})])
    sequencer.step()
    sealed = Event.objects.get()
    bundle = make_bundle()
    everything = b"".join(path.read_bytes() for path in bundle.folder.rglob("*") if path.is_file())
    assert "核对旧账".encode() not in everything
    assert bytes(sealed.ciphertext) not in everything
    assert sealed.document["sealed"]["digest"].encode() in everything


def test_nothing_in_a_tree_is_no_evidence(write_batches):
    with pytest.raises(NothingSequenced):
        bundles.select()
    write_batches(2)
    with pytest.raises(NothingSequenced):
        bundles.select(EventFilter(object_id="nothing"))


def test_a_bundle_is_whole_or_not_there_and_is_its_owners_alone(tmp_path, write_batches):
    write_batches(3)
    selection = bundles.select()
    with pytest.raises(RuntimeError), bundles.written(tmp_path / "bundle", selection):
        assert not (tmp_path / "bundle").exists()
        raise RuntimeError("the event could not be recorded")
    assert list(tmp_path.iterdir()) == []
    with bundles.written(tmp_path / "bundle", selection):
        pass
    made = [tmp_path / "bundle", *(tmp_path / "bundle").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o600}
    with pytest.raises(BundleRefused), bundles.written(tmp_path / "bundle", selection):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
