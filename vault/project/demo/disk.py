"""What is looked for on the disk, and the damage that is done to it and taken back."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vault.project.demo.disk_search import ENCODINGS
from vault.project.demo.documents import AUTHORITY_NAME, COMPANY_NAME, Paper
from vault.project.demo.people import MEMBERS
from vault.project.demo.visitor import NotObserved

# Words that stand in the papers; a test holds that they do.
PHRASES = (
    "依据第三季度购销数据测算",
    "做好重大敏感时期城市供水",
    "请于三日内报送冬季保供准备情况",
    "请查收上月客户档案移交目录",
    "抄表日期",
)
RUN = 32
VARIETY = 10


@dataclass(frozen=True)
class Wanted:
    """Texts in any encoding, and runs of bytes as they stand in the files that were handed in."""

    texts: tuple[str, ...]
    runs: tuple[bytes, ...]


def wanted(papers: Iterable[Paper]) -> Wanted:
    """Titles, file names, numbers, people, the organisation, words of the papers, and a piece of every file."""
    known = list(papers)
    titles = [text for paper in known for text in (paper.title, paper.file_name, paper.number) if text]
    names = [member.name for member in MEMBERS]
    pieces = [piece for paper in known if (piece := telling_piece(paper.make())) is not None]
    return Wanted(
        tuple(dict.fromkeys([*titles, *names, COMPANY_NAME, AUTHORITY_NAME, *PHRASES])), tuple(pieces)
    )


def telling_piece(body: bytes) -> bytes | None:
    """A run of bytes from the middle that does not turn up by itself; None for a body that has none."""
    for start in range(len(body) // 2, len(body) - RUN, RUN):
        piece = body[start : start + RUN]
        if len(set(piece)) >= VARIETY:
            return piece
    return None


def search(folder: Path, what: Wanted) -> dict[str, Any]:
    """Run the search in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-I", str(Path(__file__).with_name("disk_search.py")), str(folder)],
        input=json.dumps({"texts": what.texts, "bytes": [run.hex() for run in what.runs]}),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def require_finding(what: Wanted) -> None:
    """Plant one text in each encoding and one run of bytes, and see each found. Raises NotObserved."""
    planted: Mapping[str, bytes] = {encoding: what.texts[0].encode(encoding) for encoding in ENCODINGS}
    with tempfile.TemporaryDirectory(prefix="jingui-planted-") as name:
        for number, body in enumerate((*planted.values(), what.runs[0])):
            (Path(name) / f"{number}").write_bytes(bytes(1000) + body + bytes(1000))
        seen = {Path(file).name for file, _what in search(Path(name), what)["hits"]}
    if len(seen) != len(planted) + 1:
        raise NotObserved(f"the search missed what was planted for it: it found only {sorted(seen)}")


@contextmanager
def flipped(path: Path, note: Path) -> Iterator[None]:
    """One byte in the middle of a file is inverted, and put back.

    What is to be put back stands in `note` first, so that `mend` finishes the work of a run that was killed here.
    """
    offset = path.stat().st_size // 2
    with path.open("rb") as file:
        file.seek(offset)
        byte = file.read(1)[0]
    note.write_text(json.dumps({"path": str(path), "offset": offset, "byte": byte}), encoding="utf-8")
    mode = path.stat().st_mode
    path.chmod(0o600)
    try:
        _put(path, offset, byte ^ 0xFF)
        yield
    finally:
        mend(note)
        path.chmod(mode)


def mend(note: Path) -> bool:
    """Put back the byte that a note names; True when there was one."""
    if not note.exists():
        return False
    kept = json.loads(note.read_text(encoding="utf-8"))
    path = Path(kept["path"])
    if path.exists():
        path.chmod(0o600)
        _put(path, kept["offset"], kept["byte"])
    note.unlink()
    return True


def _put(path: Path, offset: int, byte: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(bytes([byte]))
