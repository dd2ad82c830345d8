"""Taking copies of many records away: the bodies, a table that describes them and a manifest with their digests.

All or nothing: what is above 内部 never leaves this way (rule book 10.1(6), 10.1(7)), and a record that may be known
but not exported refuses the rest. What leaves the system in quantity was granted record by record (PE-03): each is
an EXPORT of its own, decided and in the log before its first byte goes.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet

from accounts.rules import ZONE
from audit import clock, outbox
from storage import zipstream
from storage.inspection.safe_names import Unrepeated, safe_name
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.authorization.facts import Scope
from vault.authorization.scope import visible_to
from vault.holdings import custody, labels, versions
from vault.holdings.errors import ExportRefused, ExportTooLarge, NothingToExport
from vault.holdings.importing.columns import COLUMNS, as_csv
from vault.holdings.importing.shelves import name_of
from vault.holdings.models import ArchiveFile, ComponentVersion, Record
from vault.holdings.services.journal import change

SCREEN_RECORDS = 200  # by a browser that waits; more is the command's
SCREEN_BYTES = 2 * 1024**3
FORMAT = "jingui-export 1"
TABLE, MANIFEST = "metadata.csv", "manifest.json"
Files = Iterator[tuple[str, Iterator[bytes]]]


@dataclass(frozen=True)
class Export:
    """What was found exportable; nothing has left yet."""

    name: str
    records: list[Record]
    versions: dict[UUID, list[ComponentVersion]]

    @property
    def size(self) -> int:
        """Bytes of all bodies."""
        return sum(version.size for versions in self.versions.values() for version in versions)


def prepare(
    *,
    context: Context,
    chosen: Sequence[UUID] | QuerySet[Record],
    records: int | None = None,
    size: int | None = None,
) -> Export:
    """Look at what was chosen, and record that it is to be taken away. `records` and `size` bound it.

    Raises Absent when something is not there or may not be known of, NothingToExport, ExportRefused with how many of
    what may be known cannot leave, ExportTooLarge, Refused, AuditUnavailable.
    """
    found = _known(context, chosen)
    missing = set() if isinstance(chosen, QuerySet) else set(chosen) - {record.pk for record in found}
    if missing:
        gate.absent(context, Action.TAKE_AWAY, "record", min(missing))
    about = {"records": len(found), "ids": [str(record.pk) for record in found]}
    permit = gate.authorize(context, Action.TAKE_AWAY, sealed=about)
    with change(permit):
        if not found:
            raise NothingToExport
        if records is not None and len(found) > records:
            raise ExportTooLarge
        classified = sum(record.levels.is_classified for record in found)
        allowed = exportable(context, found)
        refused = sum(record.pk not in allowed for record in found if not record.levels.is_classified)
        if classified or refused:
            raise ExportRefused(classified=classified, refused=refused)
        name = f"jingui-export-{clock.now().astimezone(ZONE):%Y%m%d-%H%M%S}"
        export = Export(name, found, versions.standing(record.pk for record in found))
        if size is not None and export.size > size:
            raise ExportTooLarge
        outbox.outcome(permit.event, "granted")
    return export


def exportable(viewer: Context, rows: Sequence[Record]) -> set[UUID]:
    """Which rows of a list the viewer may export: only these are offered a box."""
    open_to_all = [record.pk for record in rows if not record.levels.is_classified]
    if not open_to_all:
        return set()
    found = visible_to(viewer, Record, action=Action.EXPORT).filter(pk__in=open_to_all)
    return set(found.values_list("pk", flat=True))


def files(context: Context, export: Export) -> Files:
    """Path and bytes of each file, one after the other. A right that ends meanwhile ends the export: Absent, Refused.

    Raises AuditUnavailable, and storage's errors for damage.
    """
    told: list[dict[str, object]] = []
    table = [[names[0] for names in COLUMNS.values()]]
    folders = Unrepeated(TABLE, MANIFEST)
    shown = _shown(context, export.records)
    item = 0
    for record in export.records:
        fallback = str(record.pk)
        folder = folders(safe_name(str(record.title), fallback=fallback, limit=120))
        unrepeated = Unrepeated()
        bodies = export.versions.get(record.pk, [])
        # Only what makes several rows one record again needs a number.
        item += len(bodies) > 1
        belongs = {"archive_file": shown.get(record.pk, ""), "item": str(item) if len(bodies) > 1 else ""}
        for version in bodies:
            name = unrepeated(safe_name(str(version.name), fallback=f"{version.component_id}"))
            path = f"{folder}/{name}"
            scope = Scope(component_id=version.component_id, version=version.number)
            _record, permit = gate.fetch(_afresh(context), Action.EXPORT, Record, record.pk, scope)
            with custody.open_content(permit, version) as reader:
                yield path, reader.chunks()
            digest = bytes(version.digest).hex()
            told.append({"path": path, "size": version.size, "sha256": digest})
            table.append(_row(record, path, belongs | {"sha256": digest}))
        if record.pk not in export.versions:
            table.append(_row(record, "", belongs))
    described = as_csv(table)
    yield TABLE, iter([described])
    told.append(
        {
            "path": TABLE,
            "size": len(described),
            "sha256": hashlib.sha256(described).hexdigest(),
        }
    )
    manifest = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "records": len(export.records),
        "files": told,
    }
    yield MANIFEST, iter([json.dumps(manifest, ensure_ascii=False, indent=1).encode()])


def zipped(context: Context, export: Export) -> Iterator[bytes]:
    """The same as a zip, in pieces as they are made; nothing of it is kept in a file."""
    named = ((f"{export.name}/{path}", chunks) for path, chunks in files(context, export))
    # Most of what is filed is compressed already.
    return zipstream.zipped(named, at=clock.now().astimezone(ZONE), compress=False)


def _afresh(context: Context) -> Context:
    """The same person at this instant: an export goes on for minutes, and what he may is read again (PE-08)."""
    return replace(context, instant=clock.now(), memory={}, facts=None)


def _known(context: Context, chosen: Sequence[UUID] | QuerySet[Record]) -> list[Record]:
    wanted = chosen if isinstance(chosen, QuerySet) else Record.objects.filter(pk__in=chosen)
    known = visible_to(context, wanted).select_related("unit", "series__fonds", "retention_class")
    return list(known.order_by("record_date", "pk"))


def _shown(context: Context, records: Sequence[Record]) -> dict[UUID, str]:
    """What the archive file of each record is called, as far as the viewer may know of it (PE-05)."""
    wanted = {record.pk: record.archive_file_id for record in records if record.archive_file_id}
    known = {
        file.pk: name_of(file)
        for file in visible_to(context, ArchiveFile).filter(pk__in=set(wanted.values()))
    }
    return {pk: known[kept_in] for pk, kept_in in wanted.items() if kept_in in known}


def _row(record: Record, path: str, belongs: dict[str, str]) -> list[str]:
    """In the columns of an import, so that another instance can take it in."""
    cells = {
        "file": path,
        "title": str(record.title),
        "record_date": record.record_date.isoformat(),
        "document_no": str(record.document_no),
        "creator": str(record.creator),
        "series": f"{record.series.fonds.fonds_no}/{record.series.code}",
        "retention": record.retention_class.code,
        "label": labels.badge(record.levels).text,
        "unit": record.unit.code,
        "place": str(record.place),
        **belongs,
    }
    return [cells[column] for column in COLUMNS]
