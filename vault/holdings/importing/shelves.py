"""Archive files by what a cell calls them: the title, or year and title where two of a unit and series share it."""

from uuid import UUID

from accounts.models import Unit
from vault.authorization.context import Context
from vault.authorization.scope import visible_to
from vault.holdings.importing.values import Meaningless
from vault.holdings.models import ArchiveFile, Series


class Shelves:
    """What the importer may not know of is not there (PE-05). Titles are encrypted, so each series is read once."""

    def __init__(self, viewer: Context) -> None:
        self._viewer = viewer
        self._known: dict[tuple[UUID, UUID], dict[str, list[ArchiveFile]]] = {}

    def find(self, cell: str, unit: Unit, series: Series) -> ArchiveFile:
        """The archive file of this unit and series. Raises Meaningless."""
        shelf = unit.pk, series.pk
        if shelf not in self._known:
            self._known[shelf] = self._read(unit, series)
        found = self._known[shelf].get(_spelt(cell), [])
        if len(found) != 1:
            raise Meaningless("archive-file-ambiguous" if found else "archive-file-unknown")
        return found[0]

    def _read(self, unit: Unit, series: Series) -> dict[str, list[ArchiveFile]]:
        found: dict[str, list[ArchiveFile]] = {}
        for file in visible_to(self._viewer, ArchiveFile).filter(unit=unit, series=series):
            for name in (str(file.title), name_of(file)):
                found.setdefault(_spelt(name), []).append(file)
        return found


def name_of(file: ArchiveFile) -> str:
    """What a cell calls it whatever else there is."""
    return f"{file.year}/{file.title}"


def _spelt(name: str) -> str:
    return " ".join(name.split()).casefold()
