"""The bars of copies: a page of a large scan in the viewer, ten marked copies, memory, and codes read from scans.

Each pair is measured in turns in the same run; the clear files stand in /dev/shm. A page is drawn both times in a child
of the fork server, with the same mark and in the same format: the difference is what it costs that the file is sealed
and that the child cannot open it. Copies are compared with what pikepdf alone takes to lay a ready page of marks over
each page of the clear file in this process, opening and saving it once for each copy.
"""

import io
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from uuid import uuid4

from tests.bench.rows import Row

PDF = "application/pdf"
MIB = 1 << 20
RUNS = 7
SCANS = 100
COPIES = 10
WIDTH = 1200
MARK = "张三 0042 2026-11-23 09:00"


def run(*, quick: bool = False) -> list[Row]:
    """The table, with smaller amounts for a look."""
    folder = Path(tempfile.mkdtemp(prefix="jingui-bench-", dir="/dev/shm"))
    try:
        return list(_rows(folder, runs=3 if quick else RUNS, scans=20 if quick else SCANS))
    finally:
        shutil.rmtree(folder)


def _rows(folder: Path, *, runs: int, scans: int) -> Iterator[Row]:
    scan = folder / "scan.pdf"
    scan.write_bytes(scan_of(200))
    yield _page_row(folder, scan, runs)
    for name, data in (("a scan", scan_of(50)), ("a text", text_of(50))):
        yield _copies_row(name, data, runs)
    yield from _memory_rows(folder, scan)
    yield _scans_row(scans)


def scan_of(pages: int) -> bytes:
    """A scanned paper: about 100 KiB of JPEG on each page, none like another."""
    import pikepdf
    from PIL import Image

    from storage.rendering.documents import draw_text_pages
    from tests.support import copies, corpus

    text = (corpus.PROSE * 22).encode()
    (letters,) = draw_text_pages(text, "text", pages=[1], width=1240)
    chance = random.Random(5)
    pdf = pikepdf.new()
    for _ in range(pages):
        noise = Image.effect_noise(letters.size, chance.uniform(2, 3)).point(lambda shade: shade + 100)
        paper = copies.jpeg(Image.blend(letters.convert("L"), noise, 0.25), quality=18)
        page = pdf.add_blank_page(page_size=(595, 842))
        image = pikepdf.Stream(pdf, b"")
        image.write(paper, filter=pikepdf.Name.DCTDecode)
        image.stream_dict.Type, image.stream_dict.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.stream_dict.Width, image.stream_dict.Height = letters.size
        image.stream_dict.BitsPerComponent, image.stream_dict.ColorSpace = 8, pikepdf.Name.DeviceGray
        page.add_resource(image, pikepdf.Name.XObject, pikepdf.Name.Im)
        page.contents_add(b"q 595 0 0 842 0 0 cm /Im Do Q")
    return copies.saved(pdf)


def text_of(pages: int) -> bytes:
    from tests.support import copies, corpus

    return copies.paper(pages=pages, words=corpus.PROSE * 25)


def _page_row(folder: Path, scan: Path, runs: int) -> Row:
    from storage import blobs, forkserver, keyring, rendering, stores
    from storage.backends.folder import FolderBackend
    from tests.bench.storage import pieces

    keyring.KeyRing.create(folder / "keys" / "ring")
    keyring.configure(folder / "keys" / "ring")
    stores.use(FolderBackend(folder / "blobs"))
    pages = random.Random(2).sample(range(1, 201), runs)
    try:
        stored = blobs.put(pieces(scan), object_id=uuid4(), compartment="open", binding=b"bench")

        def ours(page: int) -> bytes:
            with blobs.open_stored(stored, binding=b"bench") as reader:
                return rendering.render_page(
                    reader.chunks(), media_type=PDF, page=page, width=WIDTH, watermark=MARK
                )

        def clear(page: int) -> bytes:
            args = {"path": str(scan), "page": page, "width": WIDTH, "watermark": MARK}
            limits = forkserver.Limits(memory=1536 * MIB, output_bytes=48 * MIB, open_files=8)
            return forkserver.run("tests.bench.copies_jobs:page_of_a_clear_file", (), args, limits)

        assert ours(1) == clear(1)
        mine, theirs = _in_turns(pages, ours, clear)
    finally:
        stores.use(None)
        keyring.configure(None)
    return _compared(
        f"a page of a 200-page scan of {scan.stat().st_size / MIB:.0f} MiB in the viewer, median of {runs}",
        mine,
        theirs,
        1.5,
    )


def _copies_row(name: str, data: bytes, runs: int) -> Row:
    import pikepdf

    from storage import reproduction
    from storage.reproduction import typesetting
    from tests.support import copies

    ready = typesetting.overlay(copies.marks())

    def ours(_: int) -> int:
        row = [copies.marks(copy=number, copies=COPIES) for number in range(1, COPIES + 1)]
        return sum(map(len, reproduction.produce_many([data], media_type=PDF, pages=None, marks=row)))

    def clear(_: int) -> int:
        total = 0
        for _copy in range(COPIES):
            with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.open(io.BytesIO(ready)) as marks:
                for page in pdf.pages:
                    page.add_overlay(marks.pages[0])
                target = io.BytesIO()
                pdf.save(target)
                total += len(target.getvalue())
        return total

    ours(0)
    mine, theirs = _in_turns(range(runs), ours, clear)
    return _compared(
        f"{COPIES} marked copies of 50 pages of {name} ({len(data) / MIB:.1f} MiB), median of {runs}",
        mine,
        theirs,
        2.0,
    )


def _memory_rows(folder: Path, scan: Path) -> Iterator[Row]:
    """Peak memory of a process that makes many copies, and that shows many pages, beside one that makes few.

    Where the allocator puts a block as large as a copy is its affair: once, and no more, it may keep the place of one.
    """
    size = scan.stat().st_size / 1024
    for work, few, many in (("copies", 3, 24), ("pages", 1, 20)):
        less, more = (_peak(folder, scan, work, count) for count in (few, many))
        yield Row(
            f"memory of the calling process, {many} {work} of a scan of {size / 1024:.0f} MiB",
            f"{more / 1024:.0f} MiB",
            f"{less / 1024:.0f} MiB for {few}",
            (more - less) / size,
            "<= 1.1 files more",
            more - less <= 1.1 * size,
        )


def _peak(folder: Path, scan: Path, work: str, count: int) -> int:
    """Peak resident KiB of a child."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.copies_jobs", scan, work, str(count)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    return int(done.stdout)


def _scans_row(scans: int) -> Row:
    from storage import reproduction
    from storage.reproduction import codes
    from tests.support import copies

    chance = random.Random(2026)
    row = [copies.marks(copy=number, copies=scans) for number in range(1, scans + 1)]
    made = reproduction.produce_many([text_of(1)], media_type=PDF, pages=None, marks=row)
    found = [codes.read_codes([copies.scanned(copy, chance)]) for copy in made]
    right = sum(read == (own.code,) for own, read in zip(row, found, strict=True))
    wrong = sum(bool(set(read) - {own.code}) for own, read in zip(row, found, strict=True))
    return Row(
        "codes read from scans: 150 dpi, up to 3 degrees askew, JPEG 50, blurred by a pixel",
        f"{right} of {scans}",
        f"{wrong} wrong",
        right / scans,
        ">= 0.95, none wrong",
        right >= 0.95 * scans and not wrong,
    )


def _in_turns(
    items: Iterable[int], first: Callable[[int], object], second: Callable[[int], object]
) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for item in items:
        for spent, work in zip(times, (first, second), strict=True):
            start = time.perf_counter()
            work(item)
            spent.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def _compared(name: str, mine: float, theirs: float, bar: float) -> Row:
    ratio = mine / theirs
    return Row(name, f"{mine * 1e3:.0f} ms", f"{theirs * 1e3:.0f} ms", ratio, f"<= {bar} x", ratio <= bar)
