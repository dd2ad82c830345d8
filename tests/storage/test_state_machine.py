"""Any sequence of writes, relabellings, rotations, crashes, tampering and erasures keeps the promises."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run

from storage import blobs, hooks, keyring, layout, orphans
from storage.errors import BlobErased, BlobMissing, StorageError, WrongBinding
from storage.models import KeySlot
from tests.storage.conftest import file_of

C = layout.CHUNK
SIZES = st.sampled_from([0, 1, C - 1, C, C + 1, 2 * C, 3 * C + 777])
COMPARTMENTS = st.sampled_from(["open", "ordinary", "secret", "top_secret"])


@dataclass(frozen=True)
class Expected:
    version_id: UUID
    content: bytes
    binding: bytes
    compartment: str


class Crash(Exception):
    pass


class Machine(RuleBasedStateMachine):
    store = None
    live = Bundle("live")

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[UUID, Expected] = {}
        self.garbage: set[UUID] = set()
        self.erased: set[UUID] = set()

    def _put(self, size: int, compartment: str, object_id: UUID) -> tuple[blobs.StoredBlob, Expected]:
        content = hashlib.shake_128(uuid4().bytes).digest(size)
        binding = f"label {compartment} {uuid4()}".encode()
        stored = blobs.put([content], object_id=object_id, compartment=compartment, binding=binding)
        return stored, Expected(stored.version_id, content, binding, compartment)

    def _keep(self, expected: Expected) -> UUID:
        self.expected[expected.version_id] = expected
        return expected.version_id

    def _whole(self, expected: Expected) -> bytes:
        with blobs.open_blob(expected.version_id, binding=expected.binding) as reader:
            return b"".join(reader.chunks())

    @rule(target=live, size=SIZES, compartment=COMPARTMENTS)
    def put(self, size, compartment):
        stored, expected = self._put(size, compartment, uuid4())
        blobs.commit(stored)
        return self._keep(expected)

    @rule(size=SIZES, compartment=COMPARTMENTS)
    def crash_before_commit(self, size, compartment):
        stored, _ = self._put(size, compartment, uuid4())
        with pytest.raises(Crash), transaction.atomic():
            blobs.commit(stored)
            raise Crash
        self.garbage.add(stored.version_id)

    @rule(size=SIZES)
    def crash_before_the_name(self, size):
        def broken() -> Iterator[bytes]:
            yield bytes(size)
            raise Crash

        with pytest.raises(Crash):
            blobs.put(broken(), object_id=uuid4(), compartment="open", binding=b"")

    @rule(target=live, version_id=live, size=SIZES, compartment=COMPARTMENTS)
    def overwrite(self, version_id, size, compartment):
        """A newer version of the same object; the older one stays readable as itself."""
        if version_id not in self.expected:
            return multiple()
        slot = KeySlot.objects.get(pk=version_id)
        stored, expected = self._put(size, compartment, slot.object_id)
        blobs.commit(stored)
        return self._keep(expected)

    @rule(version_id=live, data=st.data())
    def read_a_range(self, version_id, data):
        expected = self.expected.get(version_id)
        if expected is None:
            return
        start = data.draw(st.integers(0, len(expected.content)))
        stop = data.draw(st.integers(start, len(expected.content)))
        with blobs.open_blob(version_id, binding=expected.binding) as reader:
            assert reader.read(start, stop) == expected.content[start:stop]

    @rule(version_id=live, compartment=COMPARTMENTS)
    def relabel_by_rewrapping(self, version_id, compartment):
        expected = self.expected.get(version_id)
        if expected is None:
            return
        new = f"label {compartment} {uuid4()}".encode()
        blobs.rebind(
            KeySlot.objects.get(pk=version_id),
            old_binding=expected.binding, compartment=compartment, new_binding=new,
        )  # fmt: skip
        self._keep(replace(expected, binding=new, compartment=compartment))
        with pytest.raises(WrongBinding):
            blobs.open_blob(version_id, binding=expected.binding)

    @rule(target=live, version_id=consumes(live), compartment=COMPARTMENTS)
    def raise_by_reencrypting(self, version_id, compartment):
        expected = self.expected.get(version_id)
        if expected is None:
            return multiple()
        new = f"label {compartment} {uuid4()}".encode()
        stored = blobs.reencrypt(
            KeySlot.objects.get(pk=version_id),
            old_binding=expected.binding, compartment=compartment, new_binding=new,
        )  # fmt: skip
        blobs.commit(stored)
        self.erase(version_id)
        return self._keep(Expected(stored.version_id, expected.content, new, compartment))

    @rule(version_id=live)
    def erase(self, version_id):
        if version_id not in self.expected:
            return
        blobs.erase(version_id, reason="test")
        blobs._forget(version_id)  # what runs on commit, which a test's transaction never reaches
        del self.expected[version_id]
        self.erased.add(version_id)

    @rule(compartment=COMPARTMENTS)
    def rotate(self, compartment):
        keyring.current().rotate(compartment)

    @rule(version_id=live, data=st.data())
    def tamper_and_restore(self, version_id, data):
        expected = self.expected.get(version_id)
        if expected is None:
            return
        path = file_of(self.store, version_id)
        good = path.read_bytes()
        at = data.draw(st.integers(0, len(good) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "insert"]))
        bad = {
            "flip": good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :],
            "cut": good[:at],
            "insert": good[:at] + b"\0" + good[at:],
        }[kind]
        path.write_bytes(bad)
        with pytest.raises(StorageError):
            self._whole(expected)
        path.write_bytes(good)

    @rule(one=live, other=live)
    def swap_files_and_restore(self, one, other):
        if one == other or not {one, other} <= self.expected.keys():
            return
        first, second = file_of(self.store, one), file_of(self.store, other)
        good, theirs = first.read_bytes(), second.read_bytes()
        first.write_bytes(theirs)
        second.write_bytes(good)
        for version_id in (one, other):
            with pytest.raises(StorageError):
                self._whole(self.expected[version_id])
        first.write_bytes(good)
        second.write_bytes(theirs)

    @rule()
    def sweep(self):
        swept = {found.version_id for found in orphans.sweep_orphans(timedelta(0)) if found.finished}
        assert swept == self.garbage
        self.garbage.clear()

    @invariant()
    def what_lives_is_whole_and_what_is_gone_is_gone(self):
        for expected in self.expected.values():
            assert self._whole(expected) == expected.content
        for version_id in self.erased:
            with pytest.raises(BlobErased):
                blobs.open_blob(version_id, binding=b"")
        for version_id in self.garbage:
            with pytest.raises(BlobMissing):
                blobs.open_blob(version_id, binding=b"")
        found = {p.version_id for p in orphans.list_problems() if p.code != "unflushed"}
        assert found == self.garbage


def test_any_sequence_keeps_the_promises(store):
    hooks.set_may_erase(lambda version_id: True)

    class Here(Machine):
        def __init__(self) -> None:
            super().__init__()
            KeySlot.objects.all().delete()
            orphans.sweep_orphans(timedelta(0))

    Here.store = store
    run(
        Here,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
