"""Import a folder with its table, or a folder under one label, as a person who proves that it is he."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import shell
from accounts.errors import NotProved
from accounts.models import Account
from audit.errors import AuditError
from storage.errors import StorageError
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_account
from vault.authorization.decorators import declares
from vault.authorization.errors import Refused
from vault.authorization.explanations import explain, in_one
from vault.holdings.errors import HoldingsError
from vault.holdings.importing import columns, plan
from vault.holdings.importing.errors import FolderUnreadable, ImportRefused, Trouble
from vault.holdings.importing.plan import Line, Plan
from vault.holdings.management.credentials import ask
from vault.holdings.services import importing

BATCH = 50  # files in one transaction, and under one look at the rights
SHOWN = 100  # lines of a list on a terminal; --json has them all

Progress = Callable[[int, int], None]


@declares(Action.RUN_IMPORT)
class Command(BaseCommand):
    help = (
        "Import a folder of files as registered records, all or nothing. With --table (CSV in UTF-8 or GB18030, or "
        "XLSX) each row describes one file; rows of the same item (件号) are one record, and 案卷 names the archive "
        "file that it is kept in. What a row leaves empty is taken from --unit, --series, --retention, --date and "
        "--label. Without --table every file is a record named after it. --template prints an empty table. "
        "It acts as the person of --as, who is asked for password and code; without a terminal they are read from "
        "standard input, a line each. Labels above 内部 are refused: those are filed one by one. Broken off, it is "
        "continued with --resume within 24 hours. "
        "Exit codes: 0 imported or checked without an error, 1 refused and nothing imported, 2 wrong arguments, "
        "130 interrupted and to be continued with --resume."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="the folder; no link in it is followed")
        parser.add_argument("--table", type=Path, help="CSV or XLSX with a row for each file")
        parser.add_argument("--as", dest="staff_no", default="", help="staff number of whoever imports")
        parser.add_argument("--unit", default="", help="code of the unit")
        parser.add_argument("--series", default="", help="code of the series, or FONDS/SERIES")
        parser.add_argument("--retention", default="", help="code of the retention class")
        parser.add_argument("--date", default="", help="date of the records, YYYY-MM-DD")
        parser.add_argument("--label", default="", help="公开 or 内部 (open, internal); none is assumed")
        parser.add_argument("--dry-run", action="store_true", help="say what is wrong and change nothing")
        parser.add_argument("--resume", action="store_true", help="continue the import that broke off")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--template", action="store_true", help="print an empty table and end")

    def handle(self, **options: Any) -> None:
        if options["template"]:
            self.stdout.write(columns.template(chinese=True).decode(), ending="")
            return
        _require(options)
        password, code = ask(options["staff_no"])
        try:
            with shell.acting_as(options["staff_no"], password=password, code=code) as account:
                self._import(account, options)
        except Refused as refused:
            raise CommandError(in_one(explain(refused.decision.code)), returncode=1) from refused
        except FolderUnreadable as error:
            raise CommandError(f"{options['folder']}: {error.sentence}", returncode=2) from error
        except (HoldingsError, NotProved, AuditError, StorageError) as error:
            raise CommandError(str(error), returncode=1) from error
        except KeyboardInterrupt:
            self.stderr.write("Interrupted. Nothing is visible yet; continue with --resume.")
            sys.exit(130)

    def _import(self, account: Account, options: dict[str, Any]) -> None:
        with _bar() as progress:
            looked = _looked(_as(account), options, progress)
        if looked.troubles or options["dry_run"]:
            self._tell(looked, options, imported=0)
            if looked.troubles:
                sys.exit(1)
            return
        if options["resume"]:
            run = importing.resumable(viewer=_as(account), plan=looked)
        else:
            run = importing.begin(context=_as(account), plan=looked)
        found = importing.progress(run=run, plan=looked)
        troubles = list(found.held_back)
        received = len(looked.lines) - len(found.waiting)
        with _bar() as progress:
            for lines in _batches(found.waiting):
                progress(received, len(looked.lines))
                # A new context each time: a duty that ends meanwhile ends the import (PE-08).
                context = _as(account, str(run.pk))
                session = importing.session_of(context=context, run=run, line=lines[0])
                troubles += importing.receive(context=context, session=session, plan=looked, lines=lines)
                received += len(lines)
            progress(received, len(looked.lines))
        if troubles:
            self._refuse(looked, troubles, options)
        try:
            made = importing.finish(context=_as(account, str(run.pk)), run=run, plan=looked)
        except ImportRefused as refused:
            self._refuse(looked, refused.troubles, options)
        self._tell(looked, options, imported=made)

    def _refuse(self, looked: Plan, troubles: list[Trouble], options: dict[str, Any]) -> NoReturn:
        self._tell(Plan(looked.folder, looked.lines, troubles, looked.duplicates), options, imported=0)
        sys.exit(1)

    def _tell(self, looked: Plan, options: dict[str, Any], *, imported: int) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(looked, imported), ensure_ascii=False, indent=2))
            return
        for trouble in looked.troubles[:SHOWN]:
            where = f"row {trouble.row}: " if trouble.row else ""
            self.stdout.write(f"{where}{_shown(trouble.about)}: {trouble.sentence}")
        for same in looked.duplicates[:SHOWN]:
            of = f"“{_shown(same.title)}”" if same.title else f"row {same.same_as_row}"
            self.stdout.write(f"row {same.row}: {_shown(same.path)} has the same content as {of}")
        more = max(0, len(looked.troubles) - SHOWN) + max(0, len(looked.duplicates) - SHOWN)
        if more:
            self.stdout.write(f"and {more} more; --json lists all")
        if imported:
            self.stdout.write(f"{imported} records are imported and registered.")
        elif looked.troubles:
            self.stdout.write(f"{len(looked.troubles)} errors. Nothing was imported.")
        else:
            self.stdout.write(f"{len(looked.records)} records can be imported. Nothing was changed.")


def _require(options: dict[str, Any]) -> None:
    for name, needed in (("folder", options["folder"]), ("--as", options["staff_no"])):
        if not needed:
            raise CommandError(f"{name} is missing.", returncode=2)
    table = options["table"]
    if table is not None and not table.is_file():
        raise CommandError(f"--table: {table} is no file.", returncode=2)
    if options["dry_run"] and options["resume"]:
        raise CommandError("--dry-run changes nothing, so there is nothing to --resume.", returncode=2)


def _as(account: Account, correlation: str = "") -> Context:
    return of_account(account, correlation=correlation)


def _looked(context: Context, options: dict[str, Any], progress: Progress) -> Plan:
    defaults = {
        "unit": options["unit"],
        "series": options["series"],
        "retention": options["retention"],
        "record_date": options["date"],
        "label": options["label"],
    }
    try:
        return plan.look(
            context, options["folder"], table=options["table"], defaults=defaults, progress=progress
        )
    except OSError as error:
        raise CommandError(f"--table: {error.strerror}", returncode=2) from error


def _batches(lines: list[Line]) -> Iterator[list[Line]]:
    """In order, each of one unit and one label."""
    batch: list[Line] = []
    for line in lines:
        if batch and (
            len(batch) == BATCH or (batch[0].unit.pk, batch[0].levels) != (line.unit.pk, line.levels)
        ):
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch


def _as_json(looked: Plan, imported: int) -> dict[str, Any]:
    return {
        "records": len(looked.records),
        "files": len(looked.lines),
        "imported": imported,
        "errors": [
            {"row": one.row, "code": one.code, "about": one.about, "sentence": one.sentence}
            for one in looked.troubles
        ],
        "duplicates": [
            {"row": one.row, "file": one.path, "title": one.title, "same_as_row": one.same_as_row}
            for one in looked.duplicates
        ],
    }


def _shown(text: str) -> str:
    """A name as a terminal may show it: nothing in it moves the cursor or turns the line around."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)


@contextmanager
def _bar() -> Iterator[Progress]:
    """Progress on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task("Files", total=None)
        yield lambda done, everything: bar.update(task, completed=done, total=everything)
