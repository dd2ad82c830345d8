"""The key ring: life cycle of keys, and every way the file can be wrong."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from storage import hooks, keyring, ringfile
from storage.errors import (
    HookMissing,
    KeyRingDamaged,
    KeyRingExists,
    KeyRingMissing,
    KeyRingTooNew,
    KeyRingUnsafe,
    KeyStateRefused,
    KeyUnavailable,
    NotAuthentic,
    OperatorError,
    UnknownCompartment,
    UnknownProvider,
)
from storage.keyring import COMPARTMENTS, KeyRing
from tests.storage.conftest import disturbed


def test_a_new_ring_has_every_compartment_at_version_1_and_mode_0600(tmp_path):
    path = tmp_path / "keys" / "ring.json"
    ring = KeyRing.create(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [p.name for p in path.parent.iterdir()] == ["ring.json"]
    assert len(ring.signing_seed()) == 32
    for compartment in COMPARTMENTS:
        assert ring.states(compartment) == {1: "active"}
        assert (ring.active(compartment), ring.minimum(compartment), ring.readable(compartment)) == (
            1,
            1,
            [1],
        )


def test_what_one_opening_wraps_another_unwraps(ring_path):
    one, other = KeyRing.load(ring_path), KeyRing.load(ring_path)
    wrapped = one.wrap("secret", b"k" * 32, b"context")

    assert (len(wrapped.bytes), wrapped.version) == (104, 1)
    assert other.unwrap("secret", wrapped.bytes, 1, b"context") == b"k" * 32
    for compartment, context in (("core", b"context"), ("secret", b"contex")):
        with pytest.raises(NotAuthentic):
            other.unwrap(compartment, wrapped.bytes, 1, context)


def test_the_compartments_name_alone_is_bound_into_a_wrapping(ring_path):
    """This layer by itself: the two compartments are given one key, so only the name tells them apart."""
    ring = KeyRing.load(ring_path)
    wrapped = ring.wrap("core", b"k" * 32, b"context")
    ring._keys["secret"] = ring._keys["core"]

    assert ring.unwrap("core", wrapped.bytes, 1, b"context") == b"k" * 32
    with pytest.raises(NotAuthentic):
        ring.unwrap("secret", wrapped.bytes, 1, b"context")


def test_keys_of_two_rings_and_two_compartments_are_unrelated(tmp_path):
    one, other = KeyRing.create(tmp_path / "1" / "r"), KeyRing.create(tmp_path / "2" / "r")
    derived = {ring.derive(c, 1, b"info") for ring in (one, other) for c in COMPARTMENTS}

    assert len(derived) == 2 * len(COMPARTMENTS)
    assert one.derive("pii", 1, b"info") == KeyRing.load(tmp_path / "1" / "r").derive("pii", 1, b"info")
    assert one.derive("pii", 1, b"info") != one.derive("pii", 1, b"inf")
    assert one.signing_seed() != other.signing_seed()


def test_no_key_stands_in_the_file_but_the_root_key_and_no_secret_shows(ring_path):
    text = ring_path.read_text()
    ring = KeyRing.load(ring_path)
    document = json.loads(text)

    assert set(document) == {"format", "version", "ring", "provider", "sealed"}
    assert repr(ring) == str(ring) == f"<KeyRing {document['ring']}>"
    assert document["provider"]["root"] not in repr(vars(ring))


class TestLifeCycle:
    def test_rotation_adds_a_version_and_keeps_the_old_one_readable(self, ring_path, events):
        before = KeyRing.load(ring_path)
        wrapped = before.wrap("pii", b"k" * 32, b"")
        after = before.rotate("pii")

        assert after.states("pii") == {1: "decrypt-only", 2: "active"}
        assert after.readable("pii") == [2, 1]
        assert after.unwrap("pii", wrapped.bytes, 1, b"") == b"k" * 32
        assert after.wrap("pii", b"k" * 32, b"").version == 2
        assert after.states("core") == {1: "active"}
        assert before.states("pii") == {1: "active"}
        assert events == [("kek.rotated", {"compartment": "pii", "version": 2})]

    def test_retired_keys_are_refused_and_destroyed_ones_gone(self, ring_path, events):
        ring = KeyRing.load(ring_path).rotate("pii")
        wrapped = KeyRing.load(ring_path).wrap("pii", b"k" * 32, b"")
        retired = ring.retire_below("pii", 2)

        assert retired.states("pii") == {1: "retired", 2: "active"}
        assert retired.minimum("pii") == 2
        with pytest.raises(KeyUnavailable, match="retired"):
            retired.derive("pii", 1, b"")
        destroyed = retired.destroy("pii", 1)
        assert destroyed.states("pii") == {1: "destroyed", 2: "active"}
        with pytest.raises(KeyUnavailable, match="destroyed"):
            destroyed.unwrap("pii", wrapped.bytes, 1, b"")
        assert destroyed.unwrap("pii", wrapped.bytes, 2, b"") == b"k" * 32
        assert [event for event, _ in events] == ["kek.rotated", "kek.retired", "kek.destroyed"]

    def test_a_version_is_never_used_twice(self, ring_path, events):
        ring = KeyRing.load(ring_path).rotate("pii").retire_below("pii", 2).destroy("pii", 1)

        assert ring.rotate("pii").active("pii") == 3

    @pytest.mark.parametrize(
        "attempt",
        [
            lambda ring: ring.destroy("pii", 2),
            lambda ring: ring.destroy("pii", 1),
            lambda ring: ring.destroy("pii", 7),
            lambda ring: ring.retire_below("pii", 3),
            lambda ring: ring.retire_below("pii", 2).retire_below("pii", 1),
        ],
        ids=["active", "not retired", "unknown", "minimum unknown", "minimum lowered"],
    )
    def test_changes_outside_the_life_cycle_are_refused_and_change_nothing(self, ring_path, events, attempt):
        ring = KeyRing.load(ring_path).rotate("pii")
        with pytest.raises(KeyStateRefused):
            attempt(ring)
        assert KeyRing.load(ring_path).states("pii")[2] == "active"

    def test_a_change_that_cannot_be_recorded_does_not_happen(self, ring_path, monkeypatch):
        monkeypatch.setattr(hooks, "_on_key_event", None)
        before = ring_path.read_bytes()
        with pytest.raises(HookMissing):
            KeyRing.load(ring_path).rotate("pii")
        assert ring_path.read_bytes() == before

    def test_unknown_compartments_and_versions_are_named(self, ring_path):
        ring = KeyRing.load(ring_path)
        for attempt in (ring.active, ring.readable, ring.states, ring.minimum, ring.rotate):
            with pytest.raises(UnknownCompartment, match="'pii '"):
                attempt("pii ")
        with pytest.raises(KeyUnavailable, match="version 2 of pii is unknown"):
            ring.unwrap("pii", bytes(104), 2, b"")

    def test_rotations_at_once_lose_none(self, ring_path, events):
        threads = [threading.Thread(target=KeyRing.load(ring_path).rotate, args=("pii",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        ring = KeyRing.load(ring_path)
        assert len(ring.states("pii")) == 9
        assert list(ring.states("pii").values()).count("active") == 1

    @pytest.mark.parametrize("function", ["open", "fsync", "replace"])
    def test_a_failing_disk_leaves_the_old_ring_whole(self, ring_path, events, monkeypatch, function):
        before = ring_path.read_bytes()
        real = getattr(os, function)

        def failing(*args, **kwargs):
            if function == "open" and not args[1] & os.O_CREAT:
                return real(*args, **kwargs)
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(ringfile, "os", disturbed(**{function: failing}))
            with pytest.raises(OperatorError, match="No space left"):
                KeyRing.load(ring_path).rotate("pii")
        assert ring_path.read_bytes() == before
        assert [p.name for p in ring_path.parent.iterdir()] == ["ring.json"]


class TestBadFiles:
    """Each ends in a text that names the file and says what to do, and shows no secret."""

    def refused(self, path: Path, error: type[OperatorError], words: str) -> None:
        with pytest.raises(error, match=words) as caught:
            KeyRing.load(path)
        assert str(path) in str(caught.value)
        keyring.configure(path)
        with pytest.raises(error):
            keyring.current()

    def test_missing(self, ring_path):
        ring_path.unlink()
        self.refused(ring_path, KeyRingMissing, "Set JINGUI_KEY_RING")
        self.refused(ring_path / "below" / "ring", KeyRingMissing, "Set JINGUI_KEY_RING")

    def test_missing_in_mid_flight(self, ring_path):
        keyring.current()
        ring_path.rename(ring_path.with_name("gone"))
        with pytest.raises(KeyRingMissing):
            keyring.current()
        ring_path.with_name("gone").rename(ring_path)
        assert keyring.current().active("pii") == 1

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601, 0o700])
    def test_readable_by_others(self, ring_path, mode):
        keyring.current()
        ring_path.chmod(mode)
        self.refused(ring_path, KeyRingUnsafe, f"{mode:04o}.*chmod 600")

    def test_belonging_to_another_user(self, ring_path, monkeypatch):
        monkeypatch.setattr(ringfile, "os", disturbed(geteuid=lambda: os.geteuid() + 1))
        self.refused(ring_path, KeyRingUnsafe, "another user")

    def test_symlink(self, ring_path):
        link = ring_path.with_name("link")
        link.symlink_to(ring_path)
        self.refused(link, KeyRingUnsafe, "symbolic link")

    @pytest.mark.parametrize("kind", ["fifo", "folder"])
    def test_no_ordinary_file(self, tmp_path, kind):
        path = tmp_path / "ring"
        os.mkfifo(path, 0o600) if kind == "fifo" else path.mkdir(0o700)
        with pytest.raises(KeyRingUnsafe, match="ordinary file"):
            KeyRing.load(path)

    def test_every_truncation(self, ring_path):
        good = ring_path.read_bytes()
        for length in [*range(0, len(good) - 2, 37), len(good) - 3]:
            ring_path.write_bytes(good[:length])
            with pytest.raises(KeyRingDamaged, match="Restore it from its own backup"):
                KeyRing.load(ring_path)

    @pytest.mark.parametrize(
        "change",
        [
            {"sealed": "AAAA"},
            {"sealed": "*"},
            {"sealed": None},
            {"ring": "00000000-0000-4000-8000-000000000000"},
            {"ring": "x"},
            {"provider": {"name": "file"}},
            {"provider": {"name": "file", "root": "AAAA"}},
            {"provider": {"name": "file", "root": "*"}},
            {"provider": []},
            {"format": "something else"},
            {"version": 0},
            {"version": "1"},
        ],
        ids=str,
    )
    def test_damaged_members(self, ring_path, change):
        ring_path.write_text(json.dumps(json.loads(ring_path.read_text()) | change))
        self.refused(ring_path, KeyRingDamaged, "Restore it from its own backup")

    @pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b"{}"])
    def test_something_else_altogether(self, ring_path, raw):
        ring_path.write_bytes(raw)
        self.refused(ring_path, KeyRingDamaged, "Restore")

    def test_every_byte_of_the_inventory_counts(self, ring_path):
        document = json.loads(ring_path.read_text())
        sealed = document["sealed"]
        for at in range(0, len(sealed) - 2, 61):
            document["sealed"] = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
            ring_path.write_text(json.dumps(document))
            with pytest.raises(KeyRingDamaged):
                KeyRing.load(ring_path)

    def test_from_a_newer_release(self, ring_path):
        ring_path.write_text(json.dumps(json.loads(ring_path.read_text()) | {"version": 2}))
        self.refused(ring_path, KeyRingTooNew, "version 2; this release reads up to version 1")

    def test_with_a_provider_of_a_newer_release(self, ring_path):
        document = json.loads(ring_path.read_text()) | {"provider": {"name": "vault-transit"}}
        ring_path.write_text(json.dumps(document))
        self.refused(ring_path, UnknownProvider, "'vault-transit'")

    def test_too_large(self, ring_path):
        with ring_path.open("ab") as file:
            file.truncate(ringfile.LARGEST + 1)
        self.refused(ring_path, KeyRingDamaged, "Restore")

    def test_in_the_place_of_an_existing_one(self, ring_path):
        before = ring_path.read_bytes()
        with pytest.raises(KeyRingExists, match="never overwritten"):
            KeyRing.create(ring_path)
        assert ring_path.read_bytes() == before

    @pytest.mark.parametrize(
        "place", ["blobs/ring", "blobs/deeper/ring", "db/ring", "program/pkg/data/ring", "program/ring"]
    )
    def test_in_a_bad_place(self, ring_path, tmp_path, settings, monkeypatch, place):
        settings.JINGUI_BLOBS = tmp_path / "blobs"
        monkeypatch.setitem(
            settings.DATABASES,
            "other",
            {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db" / "x.sqlite3")},
        )
        (tmp_path / "program" / "pkg").mkdir(parents=True)
        (tmp_path / "program" / "manage.py").touch()
        (tmp_path / "program" / "pkg" / "__init__.py").touch()
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ring_path, path)

        self.refused(path, KeyRingUnsafe, "Move it")
        path.unlink()
        with pytest.raises(KeyRingUnsafe):
            KeyRing.create(path)
        assert not path.exists()

    def test_in_a_bad_place_by_way_of_a_symlinked_folder(self, ring_path, tmp_path, settings):
        settings.JINGUI_BLOBS = tmp_path / "blobs"
        (tmp_path / "blobs").mkdir()
        shutil.copy2(ring_path, tmp_path / "blobs" / "ring")
        (tmp_path / "safe").symlink_to(tmp_path / "blobs")
        self.refused(tmp_path / "safe" / "ring", KeyRingUnsafe, "folder of the blobs")

    def test_not_set_at_all(self, settings):
        keyring.configure(None)
        settings.JINGUI_KEY_RING = ""
        with pytest.raises(KeyRingMissing, match="Set JINGUI_KEY_RING"):
            keyring.current()


def test_current_follows_a_change_made_by_another_process(ring_path, events):
    assert keyring.current() is keyring.current()
    before = keyring.current()
    KeyRing.load(ring_path).rotate("pii")

    assert keyring.current() is not before
    assert keyring.current().active("pii") == 2


def test_a_process_killed_while_it_rewrites_leaves_a_whole_ring(ring_path):
    """The file is replaced by rename, so it is the old one or the new one."""
    script = (
        "import sys; from storage import hooks, keyring\n"
        "hooks.set_on_key_event(lambda *a, **k: None)\n"
        "while True:\n"
        "    keyring.KeyRing.load(sys.argv[1]).rotate('pii')\n"
        "    print('rotated', flush=True)\n"
    )
    root = Path(__file__).resolve().parents[2]
    seen = 0
    for rotations in (1, 2, 3):
        child = subprocess.Popen(
            [sys.executable, "-c", script, ring_path], cwd=root, env={"PATH": ""}, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        for _ in range(rotations):
            assert child.stdout.readline() == b"rotated\n"
        # Killed wherever in its next rotations it then is; one takes a few milliseconds.
        time.sleep(random.uniform(0, 0.02))
        child.kill()
        child.communicate()
        seen += rotations
        states = KeyRing.load(ring_path).states("pii")
        assert list(states.values()).count("active") == 1
        assert KeyRing.load(ring_path).active("pii") == max(states) > seen
