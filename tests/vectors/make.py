"""Writes the vectors of a format version, once per version, with throw-away test keys.

    python -m tests.vectors.make FOLDER

FOLDER lies outside the program, where a key ring may stand; its three files are then moved here, committed
and kept for ever. Another run makes other bytes, so existing files are never overwritten. Nothing but tests may ever use these keys.
"""

import hashlib
import json
import sys
from pathlib import Path
from uuid import UUID

CONTENT = b"".join(hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(520)) + b"tail"
OBJECT_ID = UUID("00000000-0000-4000-8000-00000000000a")
ROW = UUID("00000000-0000-4000-8000-00000000000b")
BINDING = b"test vector: label and owner"
CELL = "tests.vectors.cell"


def main(folder: Path) -> None:
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "storage"],
        JINGUI_KEY_RING=folder / "keyring.json",
        JINGUI_BLOBS=folder / "blobs",
    )
    django.setup()
    from storage import blind, blobs, keyring
    from storage.columns import seal_cell

    if (folder / "vector.json").exists():
        raise SystemExit("These vectors exist already; they are never made again.")
    folder.mkdir(parents=True, exist_ok=True)
    keyring.KeyRing.create(folder / "keyring.json")
    stored = blobs.put([CONTENT], object_id=OBJECT_ID, compartment="secret", binding=BINDING)
    made = next((folder / "blobs").rglob("*.blob"))
    made.rename(folder / "content.blob")
    made.parent.rmdir()
    (folder / "blobs").rmdir()
    vector = {
        "warning": "THROW-AWAY TEST KEYS. Never use this key ring for data.",
        "version_id": str(stored.version_id),
        "object_id": str(stored.object_id),
        "compartment": stored.compartment,
        "kek_version": stored.kek_version,
        "binding": BINDING.hex(),
        "wrapped_key": stored.wrapped_key.hex(),
        "size": stored.size,
        "sha256": stored.digest.hex(),
        "cell": {
            "id": CELL,
            "row": str(ROW),
            "plain": "金匮",
            "sealed": seal_cell("金匮".encode(), cell=CELL, row=ROW).hex(),
        },
        "blind": {
            "cell": CELL,
            "value": "138-1234-5678",
            "digest": blind.digest("138-1234-5678", cell=CELL, digits_only=True, version=1).hex(),
        },
    }
    (folder / "vector.json").write_text(json.dumps(vector, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
