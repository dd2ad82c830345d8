"""No key material in any log, representation or traceback, local variables of every frame included."""

import base64
import json
import logging
import traceback
from uuid import uuid4

import pytest

from storage import blobs, keyring, ringfile
from storage.columns import open_cell, seal_cell
from storage.errors import StorageError
from storage.keyring import COMPARTMENTS, KeyRing
from storage.models import KeySlot
from storage.primitive import Secret, unseal
from storage.sealing import Sealer
from tests.storage.conftest import BINDING, file_of, filed, whole


def needles(path) -> list[str]:
    """Every secret of the ring, in the spellings in which it could leak."""
    document = ringfile._document(ringfile._read_safely(path), path)
    root = document["provider"]["root"]
    inventory = json.loads(bytes(unseal(root, document["sealed"], ringfile._context(document["ring"]))))
    found = [base64.b64encode(root).decode(), inventory["signing_seed"]]
    found += [v["key"] for c in inventory["compartments"].values() for v in c["versions"] if v["key"]]
    ring = KeyRing.load(path)
    derived = [ring.derive(c, 1, b"info") for c in COMPARTMENTS]
    raw = [base64.b64decode(text) for text in found] + [bytes(d) for d in derived]
    return [
        spelling for key in raw for spelling in (base64.b64encode(key).decode(), key.hex(), repr(key)[2:-1])
    ]


def tracebacks_of(errors: list[BaseException]) -> str:
    return "\n".join(
        "".join(traceback.TracebackException.from_exception(e, capture_locals=True).format()) for e in errors
    )


def failures(store, ring_path) -> list[BaseException]:
    """One of every failure that happens near a key."""
    slot, row = filed(b"content" * 9000), uuid4()
    cell = seal_cell(b"value", cell="a.b", row=row)
    path = file_of(store, slot.pk)
    good, ring = path.read_bytes(), Secret(ring_path.read_bytes())

    def damaged_blob():
        path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        whole(slot.pk)

    def damaged_verify():
        blobs.verify(slot.pk, binding=BINDING, digest=None)

    def broken_input():
        def pieces():
            yield b"x"
            raise StorageError

        blobs.put(pieces(), object_id=uuid4(), compartment="core", binding=b"")

    def wrong_row():
        KeySlot.objects.filter(pk=slot.pk).update(wrapped_key=bytes(104))
        whole(slot.pk)

    def damaged_ring():
        ring_path.write_text(json.dumps(json.loads(bytes(ring)) | {"ring": str(uuid4())}))
        keyring.current()

    def cut_ring():
        ring_path.write_bytes(ring[:-5])
        keyring.current()

    errors: list[BaseException] = []
    for fail in (
        damaged_blob, damaged_verify, broken_input, wrong_row,
        lambda: open_cell(cell, cell="a.c", row=row),
        lambda: keyring.current().unwrap("core", bytes(104), 1, b""),
        lambda: keyring.current().derive("core", 9, b""),
        lambda: keyring.current().retire_below("core", 9),
        lambda: keyring.current().destroy("core", 1),
        lambda: Sealer().open(str(uuid4()), b""),
        damaged_ring, cut_ring,
    ):  # fmt: skip
        with pytest.raises(StorageError) as caught:
            fail()
        errors.append(caught.value)
    ring_path.write_bytes(ring)
    return errors


@pytest.mark.django_db(databases=["default", "audit"])
def test_no_secret_shows_in_tracebacks_with_local_variables(store, ring_path, caplog):
    caplog.set_level(logging.DEBUG)
    secrets = needles(ring_path)
    text = tracebacks_of(failures(store, ring_path)) + caplog.text + repr(vars(KeyRing.load(ring_path)))

    assert len(secrets) > 60
    assert "Secret(32 bytes)" in text, "frames with keys were looked at"
    assert [secret for secret in secrets if secret in text] == []


def test_the_search_would_find_a_planted_secret(ring_path):
    secrets = needles(ring_path)

    def fail(key: bytes) -> None:
        raise ValueError

    key = bytes(KeyRing.load(ring_path).derive("core", 1, b"info"))
    try:
        fail(key)
    except ValueError as error:
        text = tracebacks_of([error])
    assert [secret for secret in secrets if secret in text] != []


def test_a_stored_blobs_representation_shows_neither_digest_nor_key(store):
    stored = blobs.put([b"x"], object_id=uuid4(), compartment="open", binding=b"")

    assert repr(stored.digest)[2:-1] not in repr(stored)
    assert "wrapped_key" not in repr(stored)
    assert isinstance(keyring.current().signing_seed(), Secret)
