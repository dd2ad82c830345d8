"""What format version 1 wrote is read by this release, and the specification alone suffices to read it."""

import base64
import hashlib
import json
import shutil
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor

from storage import blind, blobs, hooks, keyring
from storage.columns import open_cell
from storage.errors import KeyRingUnsafe
from storage.models import KeySlot
from tests.storage.conftest import file_of

FOLDER = Path(__file__).resolve().parents[1] / "vectors" / "version1"
VECTOR = json.loads((FOLDER / "vector.json").read_text())
BINDING = bytes.fromhex(VECTOR["binding"])


@pytest.fixture
def ring(tmp_path, ring_path):
    path = tmp_path / "vector" / "keyring.json"
    path.parent.mkdir()
    shutil.copyfile(FOLDER / "keyring.json", path)
    path.chmod(0o600)
    keyring.configure(path)
    return path


def test_the_kept_blob_is_read_whole_and_in_ranges(store, ring):
    slot = KeySlot.objects.create(
        id=UUID(VECTOR["version_id"]),
        object_id=UUID(VECTOR["object_id"]),
        compartment=VECTOR["compartment"],
        kek_version=VECTOR["kek_version"],
        wrapped_key=bytes.fromhex(VECTOR["wrapped_key"]),
        size=VECTOR["size"],
        created=hooks.now(),
    )
    path = file_of(store, slot.pk)
    path.parent.mkdir(parents=True)
    shutil.copyfile(FOLDER / "content.blob", path)

    blobs.verify(slot.pk, binding=BINDING, digest=bytes.fromhex(VECTOR["sha256"]))
    with blobs.open_blob(slot.pk, binding=BINDING) as reader:
        assert hashlib.sha256(b"".join(reader.chunks())).hexdigest() == VECTOR["sha256"]
        assert reader.read(16_640, 16_644) == b"tail"


def test_the_kept_cell_and_index_entry_are_read(ring):
    cell = VECTOR["cell"]
    entry = VECTOR["blind"]

    assert open_cell(bytes.fromhex(cell["sealed"]), cell=cell["id"], row=UUID(cell["row"])).decode() == "金匮"
    assert (
        blind.digest(entry["value"], cell=entry["cell"], digits_only=True, version=1).hex() == entry["digest"]
    )


def test_the_specification_alone_is_enough_to_read_the_blob():
    """FORMAT.md followed step by step, with the library and the standard library only."""

    def opened(key: bytes, message: bytes, context: bytes) -> bytes:
        decryptor = Cobblestone256Decryptor(key, context)
        return decryptor.update(message) + decryptor.finalize()

    def context(label: bytes, *parts: bytes) -> bytes:
        return label + b"\0" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    document = json.loads((FOLDER / "keyring.json").read_text())
    inventory = json.loads(
        opened(
            base64.b64decode(document["provider"]["root"]),
            base64.b64decode(document["sealed"]),
            context(b"jingui key ring 1", UUID(document["ring"]).bytes),
        )
    )
    kek = base64.b64decode(inventory["compartments"]["secret"]["versions"][0]["key"])
    raw = (FOLDER / "content.blob").read_bytes()
    inner = context(b"jingui blob key 1", raw[:48], BINDING)
    key = opened(
        kek, bytes.fromhex(VECTOR["wrapped_key"]), context(b"jingui wrapped key 1", b"secret", inner)
    )
    content = opened(key, raw[48:], b"jingui blob 1\0" + raw[:48])

    assert hashlib.sha256(content).hexdigest() == VECTOR["sha256"]


def test_the_vectors_key_ring_is_refused_where_it_stands():
    with pytest.raises(KeyRingUnsafe, match="inside the program"):
        keyring.KeyRing.load(FOLDER / "keyring.json")
