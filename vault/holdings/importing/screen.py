"""An import from the browser: its plan is kept in its upload sessions, so that a page that was closed finds it again.

The files come one by one and in any order; until all are there, the plan says which. Nothing here writes.
"""

import json
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet

from audit import clock
from vault.authorization.context import Context
from vault.holdings.importing import plan as plans
from vault.holdings.importing.errors import Trouble
from vault.holdings.importing.folder import Found, as_key
from vault.holdings.importing.plan import Duplicate, Line, Plan
from vault.holdings.importing.table import Row
from vault.holdings.models import ImportRun, IntakeSession, StagedFile
from vault.holdings.rules import IntegrityStatus
from vault.holdings.services.staging import SESSION_LIFE

MOST_FILES = 500
MOST_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Opened:
    """An open import: its plan with the digests of what has come, and what has not."""

    run: ImportRun
    plan: Plan
    waiting: list[Line]
    held_back: list[Line]
    duplicates: list[Duplicate]

    @property
    def received(self) -> int:
        return len(self.plan.lines) - len(self.waiting) - len(self.held_back)

    @property
    def troubles(self) -> list[Trouble]:
        """What stands against registering it now."""
        return [
            *self.plan.troubles,
            *(Trouble("held-back", line.number, line.file.path) for line in self.held_back),
            *(Trouble("not-received", line.number, line.file.path) for line in self.waiting),
        ]


@dataclass(frozen=True)
class Place:
    """Where one file of an open import belongs."""

    session: IntakeSession
    name: str


def listed(files: list[tuple[str, int]]) -> tuple[dict[str, Found], list[Trouble]]:
    """The browser's list of files as the walk through a folder would give it."""
    found: dict[str, Found] = {}
    troubles = []
    for given, size in files:
        path = as_key(given)
        if path in found:
            troubles.append(Trouble("name-twice", about=path))
        else:
            found[path] = Found(path, (), size)
    return dict(sorted(found.items())), troubles


def written(plan: Plan, lines: list[Line]) -> str:
    """Some lines of a plan as their session keeps them; encrypted there."""
    rows = [[line.number, line.file.size, plans.row_of(line).cells] for line in lines]
    return json.dumps({"table": plan.table_digest, "rows": rows}, ensure_ascii=False)


def opened(context: Context, run_id: UUID | None = None) -> Opened | None:
    """The viewer's own open import, the latest where no other is named; None where there is none."""
    for run in _open_runs(context, run_id):
        sessions = _sessions(run)
        kept = [json.loads(session.entries) for session in sessions if session.entries]
        told = sorted((row for one in kept for row in one["rows"]), key=lambda row: int(row[0]))
        # One of the command's, or one that broke off while it was opened.
        if not told or len({cells.get("item") or number for number, _size, cells in told}) != run.records:
            continue
        rows = [Row(number, cells) for number, _size, cells in told]
        found = {cells["file"]: Found(cells["file"], (), size) for _number, size, cells in told}
        return _with_files(context, run, plans.hold_again(context, rows, found, kept[0]["table"]))
    return None


def place_of(context: Context, run_id: UUID, position: int) -> Place | None:
    """The session and name of one file; None for what the viewer has no open import of."""
    for run in _open_runs(context, run_id):
        for session in _sessions(run):
            for number, _size, cells in json.loads(session.entries or '{"rows": []}')["rows"]:
                if number == position:
                    return Place(session, cells["file"].rpartition("/")[2])
    return None


def _open_runs(context: Context, run_id: UUID | None) -> QuerySet[ImportRun]:
    found = ImportRun.objects.filter(
        account_id=context.subject.account_id,
        closed_at__isnull=True,
        opened_at__gte=clock.now() - SESSION_LIFE,
    )
    return (found if run_id is None else found.filter(pk=run_id)).order_by("-opened_at")


def _sessions(run: ImportRun) -> list[IntakeSession]:
    return list(run.sessions.select_related("unit").filter(closed_at__isnull=True).order_by("opened_at"))


def _with_files(context: Context, run: ImportRun, plan: Plan) -> Opened:
    files = StagedFile.objects.filter(session__import_run=run, used_at__isnull=True).select_related("session")
    come = {(file.session.unit_id, file.session.levels, file.position): file for file in files}
    lines, waiting, held_back = [], [], []
    for line in plan.lines:
        file = come.get((line.unit.pk, line.levels, line.number))
        read = line if file is None else replace(line, digest=bytes(file.digest))
        if file is None or read.differs:
            waiting.append(line)
        elif file.integrity != IntegrityStatus.ACCEPTED:
            held_back.append(line)
        lines.append(read)
    differing = [Trouble("digest-differs", line.number, line.file.path) for line in lines if line.differs]
    same = plans.duplicates_of(context, [line for line in lines if line.digest])
    plan = replace(plan, lines=lines, troubles=plan.troubles + differing)
    return Opened(run, plan, waiting, held_back, same)
