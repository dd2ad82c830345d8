"""An import before anything of it happens: each file with its row, and everything that is wrong (IE-01).

Looking changes nothing and records nothing of the archive; the run looks again, since a folder, a table and a
person's duties may all have changed meanwhile.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from django.conf import settings

from accounts.models import Unit
from storage.inspection import check_name
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.asked import Prospect
from vault.authorization.context import Context
from vault.authorization.decision import Deny
from vault.authorization.levels import Levels
from vault.authorization.scope import visible_to
from vault.holdings.importing import folder as folders
from vault.holdings.importing import table as tables
from vault.holdings.importing.errors import TableRefused, Trouble
from vault.holdings.importing.folder import Found
from vault.holdings.importing.items import Items, contradictions
from vault.holdings.importing.shelves import Shelves, name_of
from vault.holdings.importing.table import MOST_ROWS, Row
from vault.holdings.importing.values import Meaningless, Meanings
from vault.holdings.labels import CHOICES
from vault.holdings.models import ArchiveFile, ComponentVersion, Record, RetentionClass, Series
from vault.holdings.rules import title_of

TEXTS = ("title", "document_no", "creator", "place")
_LOOKED_UP = 500  # digests in one statement


@dataclass(frozen=True)
class Line:
    """One file and the description of its record. `number` is its row, or its place among the files.

    `of` is the number of the line that its record begins with: its own, where it is the record's text.
    """

    number: int
    file: Found
    title: str
    record_date: date
    unit: Unit
    series: Series
    retention: RetentionClass
    levels: Levels
    of: int
    document_no: str = ""
    creator: str = ""
    place: str = ""
    archive_file: ArchiveFile | None = None
    item: str = ""
    promised: bytes = b""  # the digest that the table says; empty where it says none
    digest: bytes = b""

    @property
    def differs(self) -> bool:
        """Whether what was read is not what the table promised."""
        return bool(self.promised and self.digest) and self.promised != self.digest


@dataclass(frozen=True)
class Duplicate:
    """A file whose content is there already: in the archive, as far as the importer may know, or in another row."""

    row: int
    path: str
    title: str = ""
    same_as_row: int = 0


@dataclass(frozen=True)
class Plan:
    """What would be imported. With a single trouble nothing is."""

    folder: Path
    lines: list[Line]
    troubles: list[Trouble]
    duplicates: list[Duplicate] = field(default_factory=list)
    table_digest: str = ""

    @property
    def identity(self) -> str:
        """The same for the same table, files and defaults: by it an import that broke off is found again."""
        said = [
            [
                *(line.number, line.file.path, line.title, line.record_date.isoformat(), str(line.unit.pk)),
                *(str(line.series.pk), str(line.retention.pk), line.levels.canonical()),
                *(line.document_no, line.creator, line.place),
                *(line.of, "" if line.archive_file is None else str(line.archive_file.pk)),
            ]
            for line in self.lines
        ]
        return hashlib.sha256(json.dumps([self.table_digest, said]).encode()).hexdigest()

    @property
    def records(self) -> dict[int, list[Line]]:
        """The lines of each record to be, its text first, by the number of that line."""
        found: dict[int, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.of, []).append(line)
        return found

    def groups(self) -> dict[tuple[Unit, Levels], list[Line]]:
        """The lines by unit and label: each group is an upload session of its own."""
        found: dict[tuple[Unit, Levels], list[Line]] = {}
        for line in self.lines:
            found.setdefault((line.unit, line.levels), []).append(line)
        return found


def look(
    context: Context,
    folder: Path,
    *,
    table: Path | None = None,
    defaults: dict[str, str] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Plan:
    """Hold a folder against its table, the archive and the importer's rights. `defaults` fill empty cells, by column.

    Raises FolderUnreadable, and OSError for a table that cannot be read.
    """
    found, troubles = folders.walk(folder, leave_out=table)
    data = None if table is None else _bytes_of(table)
    plan = hold(context, found, data, defaults or {}, folder=folder, troubles=troubles)
    return _digested(context, plan, progress) if plan.lines else plan


def hold(
    context: Context,
    found: dict[str, Found],
    data: bytes | None,
    defaults: dict[str, str],
    *,
    folder: Path = Path(),
    troubles: list[Trouble] | None = None,
) -> Plan:
    """Hold a list of files against the table's bytes, whether the files lie in a folder here or are still to come.

    `troubles` are those of the list itself. No body is read: the digests are still empty.
    """
    troubles = troubles or []
    if data is None:
        rows = [Row(number, {"file": path}) for number, path in enumerate(found, start=1)]
        if len(rows) > MOST_ROWS:
            return Plan(folder, [], [*troubles, Trouble("too-many-rows")])
        return _held(context, rows, found, defaults, folder, troubles, "")
    digest = hashlib.sha256(data).hexdigest()
    try:
        read = tables.read(data)
    except TableRefused as error:
        return Plan(folder, [], [error.trouble, *troubles], table_digest=digest)
    named = {folders.as_key(row.cells.get("file", "")) for row in read.rows}
    surplus = [Trouble("file-not-in-table", about=path) for path in found if path not in named]
    return _held(context, read.rows, found, defaults, folder, read.troubles + troubles + surplus, digest)


def hold_again(context: Context, rows: list[Row], found: dict[str, Found], digest: str) -> Plan:
    """The plan of rows that were held before, looked at anew: a unit may have closed, a duty ended."""
    return _held(context, rows, found, {}, Path(), [], digest)


def row_of(line: Line) -> Row:
    """A line as the cells that mean it again, with nothing left to a default."""
    if line.of != line.number:
        return Row(line.number, {"file": line.file.path, "item": line.item, "sha256": line.promised.hex()})
    cells = {
        "file": line.file.path,
        "record_date": line.record_date.isoformat(),
        "unit": line.unit.code,
        "series": f"{line.series.fonds.fonds_no}/{line.series.code}",
        "retention": line.retention.code,
        "label": next(key for key, levels in CHOICES.items() if levels == line.levels),
        "archive_file": "" if line.archive_file is None else name_of(line.archive_file),
        "item": line.item,
        "sha256": line.promised.hex(),
        **{name: getattr(line, name) for name in TEXTS},
    }
    return Row(line.number, cells)


def _held(
    context: Context,
    rows: list[Row],
    found: dict[str, Found],
    defaults: dict[str, str],
    folder: Path,
    troubles: list[Trouble],
    digest: str,
) -> Plan:
    lines, of_rows = _lines(context, rows, found, defaults)
    troubles = troubles + of_rows + _unfit(lines)
    if not lines and not troubles:
        troubles.append(Trouble("folder-empty"))
    plan = Plan(folder, lines, troubles, table_digest=digest)
    return replace(plan, troubles=_ordered(troubles + _forbidden(context, plan)))


def _bytes_of(table: Path) -> bytes:
    with table.open("rb") as opened:
        return opened.read(tables.MOST_BYTES + 1)


def _lines(
    context: Context, rows: Iterable[Row], found: dict[str, Found], defaults: dict[str, str]
) -> tuple[list[Line], list[Trouble]]:
    meanings, shelves, items = Meanings(), Shelves(context), Items()
    lines: dict[int, Line] = {}
    troubles: list[Trouble] = []
    named: set[str] = set()
    for row in rows:
        path = folders.as_key(row.cells.get("file", ""))
        problem = _path_problem(path, found, named)
        named.add(path)
        if problem:
            troubles.append(Trouble(problem, row.number, path))
        first = items.first_of(row)
        if first is row:
            cells = {**defaults, **{column: cell for column, cell in row.cells.items() if cell}}
            meant, wrong = _meant(meanings, shelves, cells, row.number)
        else:
            meant = {}
            wrong = [Trouble("item-contradicts", row.number, cell) for cell in contradictions(first, row)]
        promised, unread = _promised(meanings, row)
        troubles += wrong + unread
        if problem or wrong or unread:
            continue
        if first is row:
            title = meant.pop("title") or title_of(found[path].name)
            lines[row.number] = Line(
                row.number, found[path], title, of=row.number, promised=promised, **meant
            )
        elif first.number in lines:
            lines[row.number] = replace(
                lines[first.number], number=row.number, file=found[path], promised=promised
            )
    return list(lines.values()), troubles


def _meant(
    meanings: Meanings, shelves: Shelves, cells: dict[str, str], number: int
) -> tuple[dict, list[Trouble]]:
    """Every column of a row: one wrong cell does not hide the next."""
    readers = {
        "record_date": ("record_date", meanings.day),
        "unit": ("unit", meanings.unit),
        "series": ("series", meanings.series),
        "retention": ("retention", meanings.retention),
        "label": ("levels", meanings.label),
        **{name: (name, meanings.text) for name in (*TEXTS, "item")},
    }
    meant, wrong = {}, []
    for column, (name, reader) in readers.items():
        cell = cells.get(column, "")
        try:
            meant[name] = reader(cell)
        except Meaningless as error:
            wrong.append(Trouble(error.code, number, cell))
    # Last: where the unit or the series means nothing, nothing can be said of an archive file of theirs.
    kept_in = cells.get("archive_file", "")
    if kept_in and {"unit", "series"} <= meant.keys():
        try:
            meant["archive_file"] = shelves.find(kept_in, meant["unit"], meant["series"])
        except Meaningless as error:
            wrong.append(Trouble(error.code, number, kept_in))
    return meant, wrong


def _promised(meanings: Meanings, row: Row) -> tuple[bytes, list[Trouble]]:
    """The digest that a row says of its own file; no default and no other row says it."""
    cell = row.cells.get("sha256", "")
    try:
        return meanings.digest(cell), []
    except Meaningless as error:
        return b"", [Trouble(error.code, row.number, cell)]


def _path_problem(path: str, found: dict[str, Found], named: set[str]) -> str:
    if not path:
        return "file-empty"
    if path.startswith("/") or ".." in path.split("/") or path[1:2] == ":":
        return "path-escape"
    if path not in found:
        return "file-missing"
    return "file-twice" if path in named else ""


def _unfit(lines: list[Line]) -> list[Trouble]:
    found = []
    for line in lines:
        if check_name(line.file.name):
            found.append(Trouble("name-refused", line.number, line.file.path))
        if line.file.size == 0:
            found.append(Trouble("file-without-bytes", line.number, line.file.path))
        elif line.file.size > settings.JINGUI_UPLOAD_LIMIT:
            found.append(Trouble("file-too-large", line.number, line.file.path))
    return found


def _forbidden(context: Context, plan: Plan) -> list[Trouble]:
    """One trouble for each unit and label that the importer may not import for, at its first row."""
    return [
        Trouble("not-allowed", lines[0].number, unit.name)
        for (unit, levels), lines in plan.groups().items()
        if isinstance(gate.explain(context, Action.IMPORT, Prospect(unit.pk, levels)), Deny)
    ]


def _ordered(troubles: list[Trouble]) -> list[Trouble]:
    return sorted(troubles, key=lambda trouble: (trouble.row, trouble.about, trouble.code))


def _digested(context: Context, plan: Plan, progress: Callable[[int, int], None]) -> Plan:
    """Read every file once: what cannot be read is told now, and what is there already is shown."""
    lines: list[Line] = []
    troubles: list[Trouble] = []
    for done, line in enumerate(plan.lines):
        progress(done, len(plan.lines))
        try:
            lines.append(replace(line, digest=digest_of(plan.folder, line.file)))
        except OSError:
            troubles.append(Trouble("file-unreadable", line.number, line.file.path))
    troubles += [Trouble("digest-differs", line.number, line.file.path) for line in lines if line.differs]
    progress(len(plan.lines), len(plan.lines))
    return replace(
        plan,
        lines=lines,
        troubles=_ordered(plan.troubles + troubles),
        duplicates=duplicates_of(context, lines),
    )


def digest_of(folder: Path, file: Found) -> bytes:
    """SHA-256 of what stands there now. Raises OSError."""
    sha = hashlib.sha256()
    with folders.opened(folder, file) as body:
        for piece in folders.pieces(body):
            sha.update(piece)
    return sha.digest()


def duplicates_of(context: Context, lines: list[Line]) -> list[Duplicate]:
    """Which of these lines, whose bodies were read, have the content of another or of what the viewer may know of."""
    return list(_duplicates(context, lines))


def _duplicates(context: Context, lines: list[Line]) -> Iterator[Duplicate]:
    first: dict[bytes, int] = {}
    filed = _filed(context, {line.digest for line in lines})
    for line in lines:
        if line.digest in filed:
            yield Duplicate(line.number, line.file.path, title=filed[line.digest])
        elif line.digest in first:
            yield Duplicate(line.number, line.file.path, same_as_row=first[line.digest])
        first.setdefault(line.digest, line.number)


def _filed(context: Context, digests: set[bytes]) -> dict[bytes, str]:
    """Digest and title of what the importer may know of; found by the keyed index, compared by what it stands for."""
    found: dict[bytes, str] = {}
    asked = sorted(digests)
    for start in range(0, len(asked), _LOOKED_UP):
        some = asked[start : start + _LOOKED_UP]
        same = ComponentVersion.objects.filter(digest_index__in=[digest.hex() for digest in some])
        known = visible_to(context, Record).filter(pk__in=same.values("component__record"))
        titles = {record.pk: record for record in known}
        for version in same.select_related("component"):
            record = titles.get(version.component.record_id)
            if record is not None:
                found.setdefault(bytes(version.digest), str(record.title))
    return found
