"""The verifier by itself: its signatures, its tree, its canonical form, and single proofs."""

import ast
import base64
import hashlib
import sys
from pathlib import Path

import cryptography_vectors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import bundles, canonical, checkpoints, merkle, proofs, verify
from audit.errors import NotCanonical
from audit.models import Event, Leaf
from tests.audit.bundle import codes, run

SOURCE = bundles.VERIFIER.read_text(encoding="utf-8")
VECTORS = Path(cryptography_vectors.__file__).parent / "asymmetric" / "Ed25519" / "sign.input"


def test_it_needs_nothing_but_an_old_python_and_can_be_read_in_one_sitting():
    """audit.md 1.5: the standard library only, at most 300 lines that say something."""
    tree = ast.parse(SOURCE, feature_version=(3, 9))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert imported <= sys.stdlib_module_names
    assert len([line for line in SOURCE.splitlines() if line.strip()]) <= 300


# Ed25519


def vectors():
    """RFC 8032's own, and those that come with it: secret and public key, public key, message, signature and message."""
    for line in VECTORS.read_text().splitlines()[::16]:
        secret, public, message, signed, _ = line.split(":")
        assert secret.endswith(public)
        yield bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signed)[:64]


def test_signatures_of_the_vectors_hold_and_changed_ones_do_not():
    count = 0
    for public, message, signature in vectors():
        count += 1
        assert verify.is_signed(public, message, signature)
        place = count % 64
        changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
        assert not verify.is_signed(public, message, changed)
        assert not verify.is_signed(public, message + b"x", signature)
    assert count == 64


def test_a_signature_has_one_spelling_and_a_key_is_a_point():
    public, message, signature = next(vectors())
    s = int.from_bytes(signature[32:], "little") + verify.ORDER
    assert not verify.is_signed(public, message, signature[:32] + s.to_bytes(32, "little"))
    assert not verify.is_signed(public, message, signature + b"\x00")
    assert not verify.is_signed(public, message, b"")
    assert not verify.is_signed(public[:31], message, signature)
    for number in (2, verify.P, 1 | 1 << 255, 2**255 - 1):
        assert verify.point(number.to_bytes(32, "little")) is None
    assert verify.point((1).to_bytes(32, "little")) == (0, 1, 1, 0)
    assert verify.point((1).to_bytes(31, "little")) is None


@pytest.mark.parametrize("data", [b"\x02" + bytes(32), b"\x01" + bytes(31), b"\x01" + bytes(33), b""])
def test_a_key_of_another_kind_is_no_verifier_key(data):
    """Though its id is its own."""
    key_id = hashlib.sha256(b"log\n" + data).hexdigest()[:8]
    with pytest.raises(verify.Refused, match="key_malformed"):
        verify.read_keys(f"log+{key_id}+{base64.b64encode(data).decode()}\n")


# The tree


LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(48)]


def naive(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.node_hash(naive(leaves[:half]), naive(leaves[half:]))


def checkpoint(size, root=None):
    return verify.Checkpoint("log", size, root or naive(LEAVES[:size]), "", "")


def node(level, index):
    return naive(LEAVES[index << level : index + 1 << level])


def test_its_tree_is_that_of_the_definition():
    assert [verify.root_of(LEAVES[:size]) for size in range(1, 49)] == [
        naive(LEAVES[:size]) for size in range(1, 49)
    ]


def test_every_path_of_inclusion_leads_to_the_root_and_from_nowhere_else():
    """AU-12."""
    for size in range(1, 49):
        root = naive(LEAVES[:size])
        for index in range(size):
            path = merkle.inclusion_path(index, size, node)
            leaf = LEAVES[index]
            assert verify.climb(index, size - 1, leaf, leaf, path)[1] == root
            elsewhere = [(place, path) for place in (index ^ 1, *range(size, 2 * size + 1))]
            for wrong in (*elsewhere, (index, [*path, root]), (index, path[:-1])):
                if wrong != (index, path):
                    assert verify.climb(wrong[0], size - 1, leaf, leaf, wrong[1])[1] != root


def test_every_path_of_consistency_holds_and_no_other():
    """AU-12."""
    for size in range(1, 49):
        for old in range(1, size + 1):
            path = merkle.consistency_path(old, size, node)
            assert verify.begins(checkpoint(old), checkpoint(size), path)
            if old < size:
                other = merkle.leaf_hash(b"other")
                assert not verify.begins(checkpoint(old, other), checkpoint(size), path)
                assert not verify.begins(checkpoint(old), checkpoint(size, other), path)
                assert not verify.begins(checkpoint(old), checkpoint(size), [*path, other])
                assert not verify.begins(checkpoint(old), checkpoint(size), path[:-1])


# The canonical form


def says(data):
    verify.found.clear()
    verify.document(data, "it")
    return set(verify.found)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"a":1,"v":1}', ""),
        ('{"a":"核对","v":1}'.encode(), ""),
        (b'{"v":1,"a":1}', "reserialised"),
        (b'{"a":1, "v":1}', "reserialised"),
        (b'{"a":1,"a":1,"v":1}', "reserialised"),
        (b'{"a":"\\u0041","v":1}', "reserialised"),
        (b'{"a":-0,"v":1}', "reserialised"),
        (b'{"a":9007199254740992,"v":1}', "malformed"),
        (b'{"a":' + b"9" * 60_000 + b',"v":1}', "malformed"),
        (b'{"a":1.0,"v":1}', "malformed"),
        (b'{"a":1e3,"v":1}', "malformed"),
        (b'{"a":NaN,"v":1}', "malformed"),
        (b'{"a":"\\ud800","v":1}', "malformed"),
        (b'{"a":{"\xc3\xa9":1},"v":1}', "malformed"),
        (b'{"a":"\xff","v":1}', "malformed"),
        (b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b',"v":1}', "malformed"),
        (b'{"a":1,"v":2}', "malformed"),
        (b"[1]", "malformed"),
        (b"", "malformed"),
    ],
)
def test_the_canonical_form_is_that_of_the_log(data, kind):
    """FORMAT.md section 1: held against the log's own reader, but for the version and that it is an object."""
    assert says(data) == ({f"event_{kind}"} if kind else set())
    if data not in {b'{"a":1,"v":2}', b"[1]"}:
        try:
            canonical.decode(data)
        except NotCanonical:
            assert kind
        else:
            assert not kind


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(max_codepoint=127)), VALUES))
def test_whatever_the_log_writes_is_canonical_here(value):
    assert says(canonical.encode({**value, "v": 1})) == set()


# Single proofs


@pytest.fixture
def single(write_batches, tmp_path):
    write_batches(9, 8)
    event = Event.objects.get(pk=Leaf.objects.get(idx=5).event_id)
    (tmp_path / "proof").write_text(proofs.inclusion_proof(event.uid))
    (tmp_path / "event").write_bytes(bytes(event.canonical))
    (tmp_path / "key").write_text(f"{checkpoints.own_key()}\n")
    return tmp_path


with_databases = pytest.mark.django_db(databases=["default", "audit"])


def check_single(folder):
    return run("--proof", folder / "proof", "--event", folder / "event", "--key", folder / "key")


@with_databases
def test_a_proof_holds_in_a_process_that_knows_only_proof_event_and_key(single):
    """AU-12, IE-10."""
    done = check_single(single)
    assert done.stdout.startswith(f"holds: event 5 of 17 in {checkpoints.origin()}, signed ")
    assert done.returncode == 0


@with_databases
@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("event", lambda text: text.replace("granted", "denied"), "event_edited"),
        ("event", lambda text: text + "\n", "event_reserialised"),
        ("proof", lambda text: text.replace("index 5", "index 4"), "event_edited"),
        ("proof", lambda text: text.replace("index 5", "index 55"), "event_edited"),
        ("proof", lambda text: text.replace("\n17\n", "\n18\n"), "checkpoint_forged"),
        ("proof", lambda text: text.replace("tlog-proof@v1", "tlog-proof@v2"), "proof_malformed"),
        ("proof", lambda text: text.partition("\n\n")[0], "proof_malformed"),
        ("proof", lambda text: "", "proof_malformed"),
        ("key", lambda text: text.replace("+", "-"), "key_malformed"),
        ("key", lambda text: str(checkpoints.Key(checkpoints.origin(), bytes(32))), "checkpoint_forged"),
        ("key", lambda text: "", "checkpoint_forged"),
        ("event", lambda text: " " * (1 << 20), "file_too_large"),
    ],
)
def test_what_is_wrong_with_a_single_proof_is_named(single, name, change, code):
    """AU-12."""
    path = single / name
    path.write_text(change(path.read_text()))
    assert code in codes(check_single(single))


@with_databases
def test_the_signature_of_a_witness_beside_the_logs_own_is_ignored(single):
    witness = "— witness.example " + "A" * 100 + "\n"
    text = (single / "proof").read_text()
    (single / "proof").write_text(text + witness)
    assert codes(check_single(single)) == set()


@with_databases
def test_no_more_signatures_are_tried_than_a_note_may_have(single):
    """Each costs milliseconds, and a text of a megabyte would hold thousands that seem to be the log's."""
    head, _, line = (single / "proof").read_text().rpartition("\n\n")
    signer, _, data = line.strip().rpartition(" ")
    false = f"{signer} {data[:8]}{'A' * 83}=\n"
    for count, wanted in ((15, set()), (16, {"checkpoint_forged"})):
        (single / "proof").write_text(f"{head}\n\n{false * count}{line}")
        assert codes(check_single(single)) == wanted


@with_databases
def test_a_checkpoint_of_an_empty_tree_proves_nothing(single):
    """FORMAT.md section 4."""
    _, _, root, at = (single / "proof").read_text().rpartition("\n\n")[0].split("\n")[-4:]
    keys = verify.read_keys((single / "key").read_text())
    for size, is_one in ((0, False), (1, True)):
        body = f"{checkpoints.origin()}\n{size}\n{root}\n{at}\n"
        signed = verify.read_checkpoint(f"{body}\n{checkpoints.signature(body)}", keys)
        assert (signed is not None) is is_one


@pytest.mark.parametrize(
    "arguments",
    [[], ["nowhere"], ["--proof", "x"], ["--proof", "x", "--event", "x"], [".", "--proof", "x"], ["--such"]],
)
def test_wrong_arguments_end_with_2(arguments, tmp_path):
    done = run(*arguments, cwd=tmp_path)
    if arguments == ["nowhere"]:
        assert done.returncode in {1, 2}
        assert "holds: " not in done.stdout.replace("does not hold: ", "")
    else:
        assert done.returncode == 2
        assert "usage" in done.stderr
