"""Write copies of records into a new folder, as a person who proves that it is he."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from accounts import shell
from accounts.errors import NotProved
from audit.errors import AuditError
from storage.errors import StorageError
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.decorators import declares
from vault.authorization.errors import Absent, Refused
from vault.authorization.explanations import explain, in_one
from vault.holdings import exporting
from vault.holdings.errors import HoldingsError
from vault.holdings.management.credentials import ask
from vault.holdings.models import Record

FOLDER, FILE = 0o700, 0o600


@declares(Action.RUN_EXPORT)
class Command(BaseCommand):
    help = (
        "Export records into a new folder: their files, a table that describes them (an import's columns) and a "
        "manifest with the digest of each. Name records with --record, or take those of --unit, --series and --year. "
        "It acts as the person of --as, who is asked for password and code (without a terminal: a line each on "
        "standard input) and may take what he was granted to export. All or nothing: "
        "one record above 内部, or one that he may not export, and nothing is written. "
        "The folder holds everything in clear: guard it, and delete it. "
        "Exit codes: 0 the folder is there, 1 refused and nothing written, 2 wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")
        parser.add_argument("--as", dest="staff_no", default="", help="staff number of whoever exports")
        parser.add_argument(
            "--record", type=UUID, action="append", default=[], help="a record's id; may be repeated"
        )
        parser.add_argument("--unit", default="", help="code of the unit")
        parser.add_argument("--series", default="", help="code of the series")
        parser.add_argument("--year", type=_year, help="year of the records' dates")

    def handle(self, **options: Any) -> None:
        folder: Path = options["folder"].absolute()
        if not options["staff_no"]:
            raise CommandError("--as is missing.", returncode=2)
        if folder.exists() or not folder.parent.is_dir():
            raise CommandError(f"{folder} is there already, or its parent is not.", returncode=2)
        if not (options["record"] or options["unit"] or options["series"] or options["year"]):
            raise CommandError("Say what to export: --record, --unit, --series or --year.", returncode=2)
        password, code = ask(options["staff_no"])
        try:
            with shell.acting_as(options["staff_no"], password=password, code=code) as account:
                context = of_account(account)
                found = exporting.prepare(context=context, chosen=_chosen(options))
                _write(folder, exporting.files(context, found))
        except Absent as error:
            raise CommandError("There is no such record, or not for you.", returncode=1) from error
        except Refused as refused:
            raise CommandError(in_one(explain(refused.decision.code)), returncode=1) from refused
        except (HoldingsError, NotProved, AuditError, StorageError, OSError) as error:
            raise CommandError(str(error), returncode=1) from error
        except KeyboardInterrupt:
            self.stderr.write("Interrupted. Nothing was written.")
            sys.exit(1)
        self.stdout.write(f"{len(found.records)} records are in {folder}")


def _chosen(options: dict[str, Any]) -> list[UUID] | QuerySet[Record]:
    if options["record"]:
        return list(options["record"])
    found = Record.objects.exclude(state="draft")
    if options["unit"]:
        found = found.filter(unit__code__iexact=options["unit"])
    if options["series"]:
        found = found.filter(series__code__iexact=options["series"])
    if options["year"]:
        found = found.filter(record_date__year=options["year"])
    return found


def _write(folder: Path, files: exporting.Files) -> None:
    """Beside its place first, so that the folder is whole or not there; readable by its owner alone from the start."""
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for path, chunks in files:
            into = beside / path
            into.parent.mkdir(mode=FOLDER, exist_ok=True)
            descriptor = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE)
            with os.fdopen(descriptor, "wb") as out:
                for chunk in chunks:
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1900 <= int(text) <= 9998):
        raise argparse.ArgumentTypeError(f"{text!r} is no year")
    return int(text)
