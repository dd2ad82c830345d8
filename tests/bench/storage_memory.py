"""Puts and reads a blob in a process of its own and prints that process's peak memory in KiB.

python -m tests.bench.storage_memory FOLDER SOURCE LENGTH "put and get"|nothing
"""

import sys
from itertools import islice
from pathlib import Path


def main(folder: str, source: str, length: str, work: str) -> None:
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "storage"],
        JINGUI_KEY_RING=Path(folder) / "keys" / "ring",
        JINGUI_BLOBS=Path(folder) / "memory",
    )
    django.setup()
    from uuid import uuid4

    from storage import blobs, keyring, stores
    from tests.bench.storage import READ_BYTES, pieces

    keyring.current().active("open")
    if work != "nothing":
        data = islice(pieces(Path(source)), int(length) // READ_BYTES)
        stored = blobs.put(data, object_id=uuid4(), compartment="open", binding=b"b")
        with blobs.open_stored(stored, binding=b"b") as reader:
            assert sum(map(len, reader.chunks())) == stored.size == int(length)
        stores.backend().delete(stored.version_id)
    # Not ru_maxrss: a child inherits its parent's peak through exec, which hides everything below it.
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


if __name__ == "__main__":
    main(*sys.argv[1:])
