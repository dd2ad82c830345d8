"""storage.md's bars: put against age, memory, random reads against raw pread, and downloads (`storage_http`).

Each arm of a comparison runs in the same process run, interleaved. Files stand in
/dev/shm so that no disk is measured. CPU is user and system time, children included.
"""

import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.bench.rows import Row

if TYPE_CHECKING:
    from storage.blobs import StoredBlob

GIB = 1 << 30
MIB = 1 << 20
RUNS = 7
READS = 4000
READ_BYTES = 64 * 1024


def run(*, quick: bool = False) -> list[Row]:
    """The table, with a smaller content for a look."""
    from tests.bench import storage_http

    return [*(rows(64 * MIB, 3) if quick else rows()), *storage_http.rows(quick=quick)]


def rows(size: int = GIB, runs: int = RUNS) -> list[Row]:
    """Measure with content of `size` bytes. Needs Django set up, and twice `size` in /dev/shm."""
    from storage import keyring, stores
    from storage.backends.folder import FolderBackend

    folder = Path(tempfile.mkdtemp(prefix="jingui-bench-", dir="/dev/shm"))
    try:
        keyring.KeyRing.create(folder / "keys" / "ring")
        keyring.configure(folder / "keys" / "ring")
        stores.use(FolderBackend(folder / "blobs"))
        source = folder / "source"
        with source.open("wb") as file:
            for _ in range(0, size, MIB):
                file.write(os.urandom(MIB))
        return [_put_row(source, size, runs), *_memory_rows(folder, source), *_random_rows(source, size)]
    finally:
        stores.use(None)
        keyring.configure(None)
        shutil.rmtree(folder)


def pieces(path: Path, piece: int = READ_BYTES) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while data := file.read(piece):
            yield data


def put(source: Path) -> "StoredBlob":
    from storage import blobs

    return blobs.put(pieces(source), object_id=uuid4(), compartment="open", binding=b"bench")


def _put_row(source: Path, size: int, runs: int) -> Row:
    from storage import stores

    name = f"put of {size // MIB} MiB with digest, CPU, median of {runs}"
    bar = ">= 0.75 x age"
    ours: list[float] = []
    theirs: list[float] = []
    age = _age(source)
    for _ in range(runs):
        start = _cpu()
        stored = put(source)
        ours.append(_cpu() - start)
        stores.backend().delete(stored.version_id)
        if age is not None:
            start = _cpu()
            age()
            theirs.append(_cpu() - start)
    mine = statistics.median(ours)
    if age is None:
        return Row(name, f"{mine:.2f} s", "age is not installed", None, bar, None)
    reference = statistics.median(theirs)
    return Row(name, f"{mine:.2f} s", f"{reference:.2f} s", reference / mine, bar, reference / mine >= 0.75)


def _age(source: Path) -> Callable[[], object] | None:
    if not shutil.which("age") or not shutil.which("age-keygen"):
        return None
    identity = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout
    recipient = next(line.split()[-1] for line in identity.splitlines() if "public key" in line)
    out = source.with_name("age.out")

    def encrypt() -> None:
        subprocess.run(["age", "-r", recipient, "-o", out, source], check=True)
        out.unlink()

    return encrypt


def _memory_rows(folder: Path, source: Path) -> Iterator[Row]:
    """Peak memory of a fresh interpreter that puts and reads, above one that only opened the key ring."""
    size = source.stat().st_size
    for name, length in (("small", MIB), ("whole", size)):
        idle, busy = (_peak(folder, source, length, work) for work in ("nothing", "put and get"))
        above = (busy - idle) / 1024
        yield Row(
            f"memory of put and get of {length // MIB} MiB ({name})",
            f"{above:.1f} MiB",
            f"{idle / 1024:.0f} MiB idle",
            None,
            "< 64 MiB above the interpreter",
            above < 64,
        )


def _peak(folder: Path, source: Path, length: int, work: str) -> int:
    """Peak resident KiB of a child."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.storage_memory", folder, source, str(length), work],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    return int(run.stdout)


def _random_rows(source: Path, size: int) -> Iterator[Row]:
    from storage import blobs, layout, stores

    key = blobs.new_key()
    prefix = layout.Prefix(uuid4(), uuid4())
    writer = stores.backend().create(prefix.version_id)
    blobs._encrypt(writer.write, map(memoryview, pieces(source)), key, prefix)
    writer.publish()
    chance = random.Random(1)
    blocks = [chance.randrange(size // READ_BYTES) * READ_BYTES for _ in range(READS)]
    anywhere = [chance.randrange(size - READ_BYTES) for _ in range(READS)]
    plain = os.open(source, os.O_RDONLY)
    with stores.backend().open(prefix.version_id) as opened:
        reader = blobs.BlobReader(opened, prefix, key, size)
        for name, starts in (("64 KiB block", blocks), ("64 KiB at any offset", anywhere)):
            raw: list[float] = []
            ours: list[float] = []
            for _ in range(RUNS):
                raw.append(_timed(lambda at: os.pread(plain, READ_BYTES, at), starts))
                ours.append(_timed(lambda at: reader.read(at, at + READ_BYTES), starts))
            mine, reference = (statistics.median(values) / READS * 1e6 for values in (ours, raw))
            yield Row(
                f"random read of a {name}, CPU",
                f"{mine:.1f} us",
                f"{reference:.1f} us pread",
                mine / reference,
                "<= 3 x",
                mine / reference <= 3,
            )
    os.close(plain)


def _timed(read: Callable[[int], object], starts: list[int]) -> float:
    start = time.process_time()
    for at in starts:
        read(at)
    return time.process_time() - start


def _cpu() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)
