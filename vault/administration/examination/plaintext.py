"""Looks for readable text where only ciphertext may be (architecture.md section 6, invariant 1)."""

import mmap
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from accounts.models import Person
from storage.errors import StorageError
from vault.administration.examination.report import Report, Say
from vault.holdings.models import ComponentVersion, Record

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
SAMPLE = 200
SHORTEST = 4
PLANTED = "jingui-planted-marker-金匮"


def search_home(report: Report, say: Say) -> None:
    """Titles, file names and people's names are searched in every file of the data folder.

    A marker that is planted first must be found, so that a search that finds nothing means something.
    """
    planted = settings.JINGUI_HOME / f"planted-{os.getpid()}"
    try:
        planted.write_text(PLANTED, encoding="utf-8")
        if not any(True for _ in occurrences([planted], _needles([PLANTED]))):
            report.add(
                "search-blind", "home", "The search did not find its own marker; its answer means nothing."
            )
    finally:
        planted.unlink(missing_ok=True)
    needles = _needles(_texts())
    files = list(_files(settings.JINGUI_HOME))
    report.count("files searched", len(files))
    for index, path in enumerate(files):
        for text in occurrences([path], needles):
            relative = path.relative_to(settings.JINGUI_HOME)
            report.add(
                "readable-text",
                relative,
                f"{len(text)} bytes of a title or name stand readable in this file.",
            )
        say("search", index + 1, len(files))


def occurrences(paths: Iterable[Path], needles: Iterable[bytes]) -> Iterator[bytes]:
    """The needles that stand in the files, each once a file."""
    wanted = list(needles)
    for path in paths:
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size == 0:
                    continue
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                    yield from (needle for needle in wanted if data.find(needle) >= 0)
        except FileNotFoundError:
            continue


def _texts() -> list[str]:
    """Of a value that does not open, the step over the columns tells; the search goes on with the others."""
    found = []
    for rows, name in (
        (Record.objects.order_by("-created_at"), "title"),
        (ComponentVersion.objects.order_by("-created_at"), "name"),
        (Person.objects.order_by("pk"), "name"),
    ):
        for row in rows[:SAMPLE]:
            with suppress(StorageError):
                found.append(str(getattr(row, name)))
    return found


def _needles(texts: Iterable[str]) -> set[bytes]:
    """Each text in the encodings it could have leaked in; too short ones would be found by chance."""
    found = set()
    for text in texts:
        for encoding in ENCODINGS:
            needle = text.encode(encoding, errors="ignore")
            if len(needle) > 2 * SHORTEST:
                found.add(needle)
    return found


def _files(folder: Path) -> Iterator[Path]:
    for place, _folders, names in os.walk(folder):
        for name in sorted(names):
            path = Path(place) / name
            if path.is_file() and not path.is_symlink():
                yield path
