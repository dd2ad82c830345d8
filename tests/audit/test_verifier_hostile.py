"""IE-10: a bundle from somebody who means ill is refused in words, and no change of it goes unseen."""

import json
import os
import random
import subprocess
import sys

import pytest

from audit import bundles, canonical, verify
from audit.selectors import EventFilter
from tests.audit.bundle import codes, run

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def bundle(write_batches, make_bundle):
    write_batches(9, 8)
    return make_bundle(EventFilter(object_id="record-3"))


def link_out(bundle):
    (bundle.folder / "events.jsonl").unlink()
    (bundle.folder / "events.jsonl").symlink_to("/etc/passwd")


def link_folder(bundle):
    (bundle.folder / "more").symlink_to("/etc")


def pipe(bundle):
    os.mkfifo(bundle.folder / "pipe")


def many_files(bundle):
    for number in range(2_002):
        (bundle.folder / "checkpoints" / str(number)).touch()


def long_line(bundle):
    bundle["events.jsonl"] = b"x" * (1 << 22)


def truncated(bundle):
    bundle["events.jsonl"] = bundle["events.jsonl"][:-9]


def large_manifest(bundle):
    bundle["manifest.json"] = b" " * (1 << 22)


def bare_leaves(bundle):
    bundle["leaves.txt"] = b"nothing\n"


def no_proofs(bundle):
    (bundle.folder / "proofs.txt").unlink()


def no_events(bundle):
    (bundle.folder / "events.jsonl").unlink()


def folder_for_file(bundle):
    no_events(bundle)
    (bundle.folder / "events.jsonl").mkdir()


def repeated_name(bundle):
    bundle["manifest.json"] = bundle["manifest.json"].replace(b'"v":1', b'"v":1,"v":1')


def no_text(bundle):
    bundle["keys.txt"] = b"\xff\xfe"


def way_out(bundle):
    bundle["manifest.json"] = bundle["manifest.json"].replace(b'"keys.txt"', b'"../../../etc/passwd"')


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (link_out, "path_refused"),
        (link_folder, "path_refused"),
        (pipe, "path_refused"),
        (many_files, "path_refused"),
        (long_line, "file_truncated"),
        (truncated, "file_truncated"),
        (large_manifest, "file_too_large"),
        (bare_leaves, "leaves_malformed"),
        (no_proofs, "proof_missing"),
        (no_events, "file_missing"),
        (folder_for_file, "file_missing"),
        (repeated_name, "manifest_reserialised"),
        (way_out, "file_missing"),
        (no_text, "file_edited"),
    ],
)
def test_a_hostile_bundle_is_refused_in_words_and_nothing_is_written(bundle, spoil, code):
    """IE-10."""
    spoil(bundle)
    before = sorted((path, path.lstat().st_mtime_ns) for path in bundle.folder.parent.rglob("*"))
    done = run(bundle.folder, "--key", bundle.key, cwd=bundle.folder)
    assert code in codes(done)
    assert sorted((path, path.lstat().st_mtime_ns) for path in bundle.folder.parent.rglob("*")) == before


@pytest.mark.parametrize("name", ["argparse", "base64", "collections", "hashlib", "json", "pathlib", "re"])
def test_nothing_that_a_bundle_brings_runs_where_the_verifier_is_put_beside_it(bundle, name):
    """IE-10: Python looks first in the folder of the program, where somebody may put his own copy of it."""
    (bundle.folder / f"{name}.py").write_text('print("holds: all of it")\nraise SystemExit(0)\n')
    own = bundle.folder / "verify.py"
    own.write_bytes(bundles.VERIFIER.read_bytes())
    done = subprocess.run(
        [sys.executable, own, bundle.folder, "--key", bundle.key], capture_output=True, text=True, check=False
    )
    assert codes(done) == {"file_added"}, done.stderr
    assert not list(bundle.folder.glob("__pycache__"))


WRONG = [None, True, -1, 10**15, "x", [], [[]], {}, {"a": {"b": []}}]


@pytest.mark.parametrize("member", ["count", "files", "made_at", "origin", "query", "size", "v", "whole"])
def test_wrong_types_in_the_manifest_are_no_trouble(bundle, member):
    """The signature alone tells; whatever else is read of it may be anything."""
    manifest = canonical.decode(bundle["manifest.json"][:-1])
    for wrong in WRONG:
        bundle["manifest.json"] = canonical.encode({**manifest, member: wrong}) + b"\n"
        assert "manifest_edited" in examined(bundle)
        bundle["manifest.json"] = (
            json.dumps({"files": {"keys.txt": wrong}, member: wrong, "v": 1}).encode() + b"\n"
        )
        assert "manifest_edited" in examined(bundle)


def examined(bundle):
    """In this process, for the sake of time; what is refused is named too."""
    verify.found.clear()
    keys = verify.read_keys(bundle.key.read_text())
    try:
        verify.check_bundle(bundle.folder, keys, [])
    except verify.Refused as refused:
        return {*verify.found, str(refused).partition(":")[0]}
    return set(verify.found)


def test_no_byte_of_a_bundle_can_be_changed_unseen(bundle):
    """AU-02: one bit, one byte more or one less, anywhere."""
    chosen = random.Random(12)
    names = [path for path in bundle.folder.rglob("*") if path.is_file() and path.name != "manifest.sig"]
    assert examined(bundle) == set()
    for _ in range(70):
        path = chosen.choice(names)
        data = path.read_bytes()
        place = chosen.randrange(len(data))
        byte = data[place]
        for changed in (
            data[:place] + bytes([byte ^ 1 << chosen.randrange(8)]) + data[place + 1 :],
            data[:place] + data[place + 1 :],
            data[:place] + bytes([byte]) + data[place:],
        ):
            path.write_bytes(changed)
            if changed != data:
                assert examined(bundle) != set(), (path, place)
        path.write_bytes(data)
    assert examined(bundle) == set()


def test_a_signature_line_that_nobody_asked_about_is_all_that_may_be_added(bundle):
    """What a note's reader must ignore, FORMAT.md section 4: not the manifest's files, whose digests are signed."""
    text = bundle["manifest.sig"]
    bundle["manifest.sig"] = "— witness.example AAAA\n".encode() + text
    assert examined(bundle) == set()
    bundle["manifest.sig"] = text.replace(b"jingui", b"jinguj")
    assert examined(bundle) == {"manifest_edited"}
