"""Write evidence from the log into a new folder, for somebody who has only Python."""

import argparse
import sys
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date

from accounts.rules import ZONE
from audit import actions, bundles, checkpoints
from audit.errors import AuditError, NoteInvalid
from audit.events import ObjectFacts, Reason, system_actor
from audit.recording import record
from audit.selectors import EventFilter
from vault.authorization.actions import Action
from vault.authorization.decorators import declares


@declares(Action.RUN_LOG_EXPORT)
class Command(BaseCommand):
    help = (
        "Export evidence: events as they were recorded, with proofs, checkpoints, the verifier key and a verifier that "
        "needs nothing but Python. Without --from, --to and --uid it is the whole log. What is sealed stays sealed. "
        "Give each checkpoint that the receiver keeps with --kept, so that the bundle proves that nothing before it "
        "was rewritten. "
        "Exit codes: 0 the bundle is there, 1 nothing was exported, 2 wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")
        parser.add_argument("--from", dest="since", type=_day, metavar="DAY", help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="until", type=_day, metavar="DAY", help="last day, YYYY-MM-DD")
        parser.add_argument(
            "--uid", type=UUID, action="append", default=[], help="one event; may be repeated"
        )
        parser.add_argument(
            "--kept",
            type=Path,
            action="append",
            default=[],
            help="a checkpoint kept elsewhere; may be repeated",
        )

    def handle(
        self,
        *args: object,
        folder: Path,
        since: datetime | None,
        until: datetime | None,
        uid: list[UUID],
        kept: list[Path],
        **options: object,
    ) -> None:
        sizes = [_size(path) for path in kept]
        filters = EventFilter(since=since, until=until + timedelta(days=1) if until else None)
        try:
            selection = bundles.select(filters, uids=uid)
            with bundles.written(folder.absolute(), selection, kept=sizes):
                record(
                    actions.LOG_EXPORT,
                    outcome="granted",
                    reason=Reason(rule="command"),
                    actor=system_actor("audit_export"),
                    object=ObjectFacts(type="log", version=str(selection.newest.size)),
                    sealed={"filters": _asked(selection), "total": selection.count},
                )
        except (AuditError, OSError) as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(f"{selection.count} events of {selection.newest.size} are in {folder}")


def _asked(selection: bundles.Selection) -> str:
    return "&".join(f"{name}={value}" for name, value in selection.query.items()) or "all"


def _day(text: str) -> datetime:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write YYYY-MM-DD")
    return datetime.combine(day, time.min, tzinfo=ZONE)


def _size(path: Path) -> int:
    try:
        body, _, _ = path.read_text(encoding="utf-8").rpartition("\n\n")
        return checkpoints.parse(body + "\n").size
    except (OSError, UnicodeError, NoteInvalid) as error:
        raise CommandError(f"--kept: {error}", returncode=2) from error
