"""An import: opened under its plan, its files received many at a time, then everything registered in one transaction.

Until `finish` has committed nothing of it is a record: what was received lies encrypted in upload sessions, as on the
filing page, and goes with its keys when the import is begun anew or left for a day. Broken off anywhere, it is
continued by the same person under the same plan.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from django.db import connections, router, transaction
from django.db.models import Q, QuerySet

from accounts.models import Person
from audit import clock, outbox
from audit.events import ObjectFacts, Reason
from audit.rows import insert as insert_rows
from storage import blobs
from storage.errors import StorageError
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.asked import Prospect
from vault.authorization.context import Context
from vault.authorization.errors import Refused
from vault.authorization.levels import Levels, compartment
from vault.authorization.permit import Permit
from vault.authorization.scope import visible_to
from vault.holdings import errors
from vault.holdings.access_classes import access_class
from vault.holdings.binding import intake_binding, record_binding
from vault.holdings.importing import folder as folders
from vault.holdings.importing import screen
from vault.holdings.importing.errors import ImportIncomplete, ImportRefused, NothingToResume, Trouble
from vault.holdings.importing.plan import Line, Plan
from vault.holdings.importing.shelves import name_of
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import (
    ArchiveFile,
    Component,
    ComponentVersion,
    ImportRun,
    IntakeSession,
    LabelDecision,
    ObjectEvent,
    Record,
    StagedFile,
)
from vault.holdings.rules import IntegrityStatus, RecordState
from vault.holdings.services import contents, filing, intake, staging
from vault.holdings.services.journal import change, note

# Records written in one go inside the transaction; more only hold more memory (measured: tests/bench/imports.py).
AT_ONCE = 200

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """What an import has received so far: the files still to come, and what is wrong with those that came."""

    waiting: list[Line]
    held_back: list[Trouble]


def begin(*, context: Context, plan: Plan, instead_of: ImportRun | None = None) -> ImportRun:
    """Open an import. One of the same plan that was begun before is given up, with what it had received.

    So is `instead_of`, which the caller found to be the importer's own. Raises ImportRefused for a plan with
    troubles, and the gate's Refused.
    """
    if plan.troubles:
        raise ImportRefused(plan.troubles)
    (unit, levels), *_rest = plan.groups()
    run = ImportRun(
        account_id=context.subject.account_id,
        plan_index=plan.identity,
        records=len(plan.records),
        opened_at=clock.now(),
    )
    permit = gate.authorize(
        context, Action.IMPORT, Prospect(unit.pk, levels, "import_run", run.pk), sealed=_told_of(plan)
    )
    with change(permit):
        for former in _open_runs(context, plan, instead_of).select_for_update():
            _give_up(former)
        run.save(force_insert=True)
        about = ObjectFacts(
            "import_run", str(run.pk), version=f"records:{run.records}", label=levels.canonical()
        )
        outbox.outcome(permit.event, "granted", object=about)
    return run


def open_sessions(*, context: Context, run: ImportRun, plan: Plan) -> None:
    """Open every session of an import whose files the browser sends; they keep its plan. Raises the gate's Refused."""
    for (unit, levels), lines in plan.groups().items():
        kept = screen.written(plan, lines)
        intake.open_session(context=context, unit=unit, levels=levels, import_run=run, entries=kept)


def resumable(*, viewer: Context, plan: Plan) -> ImportRun:
    """The viewer's own open import under this plan. Raises NothingToResume."""
    found = _open_runs(viewer, plan).order_by("-opened_at").first()
    if plan.troubles or found is None or found.opened_at < clock.now() - staging.SESSION_LIFE:
        raise NothingToResume
    return found


def session_of(*, context: Context, run: ImportRun, line: Line) -> IntakeSession:
    """The upload session of a line's unit and label, opened on first use. Raises the gate's Refused."""
    found = run.sessions.filter(unit=line.unit, **_columns(line.levels)).first()
    return found or intake.open_session(context=context, unit=line.unit, levels=line.levels, import_run=run)


def progress(*, run: ImportRun, plan: Plan) -> Progress:
    """What has still to be received: also what changed in the folder since, or was held back and replaced there."""
    received = {
        (file.session.unit_id, file.position): file
        for file in StagedFile.objects.filter(session__import_run=run, used_at__isnull=True).select_related(
            "session"
        )
    }
    waiting, held_back = [], []
    for line in plan.lines:
        file = received.get((line.unit.pk, line.number))
        if file is None or bytes(file.digest) != line.digest or file.session.levels != line.levels:
            waiting.append(line)
        elif file.integrity != IntegrityStatus.ACCEPTED:
            held_back.append(Trouble("held-back", line.number, line.file.path))
    return Progress(waiting, held_back)


def receive(*, context: Context, session: IntakeSession, plan: Plan, lines: Sequence[Line]) -> list[Trouble]:
    """Take some files of one session in: each with its own intent and outcome, all in one transaction.

    Returns what is wrong with single ones; the others are received all the same, so that one look names all. Raises
    the gate's Refused, SessionClosed, StorageFull.
    """
    pairs = [(line, uuid4()) for line in lines]
    prospects = [Prospect(session.unit_id, session.levels, "staged_file", pk) for _line, pk in pairs]
    permits = gate.authorize_new(context, Action.RECEIVE, prospects)
    troubles: list[Trouble] = []
    taken: list[tuple[Permit, Line, blobs.StoredBlob, object]] = []
    ended: list[tuple[Permit, str]] = []
    try:
        for permit, (line, pk) in zip(permits, pairs, strict=True):
            try:
                with folders.opened(plan.folder, line.file) as body:
                    stored = intake.put(session, pk, folders.pieces(body), line.file.size)
            except (OSError, errors.UploadCut) as error:
                code = "file-changed" if isinstance(error, errors.UploadCut) else "file-unreadable"
                troubles.append(Trouble(code, line.number, line.file.path))
                ended.append((permit, code))
                continue
            taken.append((permit, line, stored, None))
            if stored.digest != line.digest:
                troubles.append(Trouble("file-changed", line.number, line.file.path))
            finding = intake.examined(permit, session, stored, line.file.name)
            taken[-1] = (permit, line, stored, finding)
            if finding.verdict != IntegrityStatus.ACCEPTED:
                troubles.append(Trouble("held-back", line.number, line.file.path))
        with transaction.atomic():
            intake.lock_open(session)
            for permit, line, stored, finding in taken:
                staging.take_out(session, line.number)
                staged = intake.stage(session, line.number, line.file.name, stored, finding)
                outbox.outcome(permit.event, "granted", **intake.told_of(context, staged))
            for permit, code in ended:
                outbox.outcome(permit.event, "failed", reason=Reason(rule=code))
    except BaseException as error:
        for _permit, _line, stored, _finding in taken:
            blobs.discard(stored)
        if isinstance(error, errors.HoldingsError):
            _tell_failure(permits, error.code)
        raise
    return troubles


def finish(*, context: Context, run: ImportRun, plan: Plan) -> int:
    """Register everything in one transaction, and return how many records there are now.

    Each record has its own intent and outcome, and so has the import. Raises ImportRefused where a file is not the one
    that the table promised, ImportIncomplete, SessionClosed, Refused.
    """
    differing = [
        Trouble("digest-differs", line.number, line.file.path) for line in plan.lines if line.differs
    ]
    if differing:
        raise ImportRefused(differing)
    (unit, levels), *_rest = plan.groups()
    ids = {number: uuid4() for number in plan.records}
    (whole,) = gate.authorize_new(context, Action.IMPORT, [Prospect(unit.pk, levels, "import_run", run.pk)])
    permits = [whole]
    try:
        for part in _in_parts([lines[0] for lines in plan.records.values()]):
            permits += gate.authorize_new(
                context,
                Action.IMPORT,
                [Prospect(line.unit.pk, line.levels, id=ids[line.number]) for line in part],
            )
        filer = Person.objects.get(pk=context.subject.person_id)
        with transaction.atomic():
            locked = ImportRun.objects.select_for_update().get(pk=run.pk)
            if locked.closed_at is not None:
                raise errors.SessionClosed
            shelves = _shelves(context, plan)
            sessions = list(locked.sessions.select_related("unit").order_by("opened_at"))
            made = 0
            for session in sessions:
                intake.lock_open(session)
                mine = [
                    lines
                    for lines in plan.records.values()
                    if lines[0].unit.pk == session.unit_id and lines[0].levels == session.levels
                ]
                for part in _in_parts(mine):
                    made += _register(session, part, ids, filer)
                intake.close(session)
            if made != len(plan.records) or made != locked.records:
                raise ImportIncomplete
            for shelf in shelves:
                filing.raise_archive_file(shelf)
            locked.closed_at = clock.now()
            locked.save(update_fields=["closed_at"])
            # Which import it was of stands in the intent's correlation: nothing here is personal, nothing is sealed.
            for permit in permits[1:]:
                outbox.outcome(permit.event, "granted")
            about = ObjectFacts(
                "import_run", str(run.pk), version=f"records:{made}", label=levels.canonical()
            )
            outbox.outcome(whole.event, "granted", object=about, sealed=_told_of(plan), subject=str(filer.pk))
    except (errors.HoldingsError, Refused, StorageError) as error:
        _tell_failure(permits, str(error.code))
        raise
    return made


def _register(session: IntakeSession, whole: Sequence[list[Line]], ids: dict, filer: Person) -> int:
    """Some records of one session, each by its lines, with everything that belongs to them, by a statement a table."""
    lines = [line for of_record in whole for line in of_record]
    numbers = [line.number for line in lines]
    files = {
        file.position: file
        for file in session.files.filter(
            position__in=numbers, integrity=IntegrityStatus.ACCEPTED, used_at__isnull=True
        ).select_related("key_slot")
    }
    if len(files) != len(lines) or any(bytes(files[n.number].digest) != n.digest for n in lines):
        raise ImportIncomplete
    now = clock.now()
    levels, unit = session.levels, session.unit
    of_class = access_class(unit, levels)
    label = LabelProposal(levels=levels, source=None, issued_on=None)
    records, decisions, components, versions, told = [], [], [], [], []
    for of_record in whole:
        line, bodies = of_record[0], [files[one.number] for one in of_record]
        record = Record(
            id=ids[line.number],
            unit=unit,
            series=line.series,
            retention_class=line.retention,
            archive_file=line.archive_file,
            title=line.title,
            creator=line.creator,
            document_no=line.document_no,
            place=line.place,
            record_date=line.record_date,
            originator=unit,
            filed_by=filer,
            created_at=now,
            registered_at=now,
            state=RecordState.REGISTERED,
            page_count=sum(body.page_count or 0 for body in bodies),
            access_class=of_class,
            **_columns(levels),
        )
        records.append(record)
        decisions.append(filing.label_row(record, filer=filer, label=label, originator=unit))
        captured = {
            "files": len(bodies),
            "intake_session": str(session.pk),
            "import_run": str(session.import_run_id),
        }
        told.append(note(record, "capture", person=filer, detail=captured))
        for index, file in enumerate(bodies):
            component = Component(
                id=file.pk,
                record=record,
                position=index + 1,
                role=contents.role_of(file, index),
                **_columns(levels),
            )
            blobs.rebind(
                file.key_slot,
                old_binding=intake_binding(session.pk, levels),
                compartment=compartment(levels),
                new_binding=record_binding(record.pk, component.pk, levels),
            )
            components.append(component)
            versions.append(contents.version_row(component, file, number=1, reason="", person=filer))
            told += contents.content_events(record, component, file)
        told.append(note(record, "registration", person=filer))
    for model, rows in (
        (Record, records),
        (LabelDecision, decisions),
        (Component, components),
        (ComponentVersion, versions),
    ):
        model.objects.bulk_create(rows)
    _write_events(told)
    session.files.filter(pk__in=[file.pk for file in files.values()]).update(used_at=now, key_slot=None)
    return len(records)


def _shelves(context: Context, plan: Plan) -> list[ArchiveFile]:
    """The archive files that records come to, always in one order; one may have left the importer's sight meanwhile.

    Raises ImportRefused.
    """
    wanted = {line.archive_file.pk: line for line in reversed(plan.lines) if line.archive_file is not None}
    found = list(visible_to(context, ArchiveFile).filter(pk__in=wanted).order_by("pk"))
    gone = wanted.keys() - {file.pk for file in found}
    if gone:
        raise ImportRefused([_gone(wanted[pk]) for pk in gone])
    return found


def _gone(line: Line) -> Trouble:
    kept_in = "" if line.archive_file is None else name_of(line.archive_file)
    return Trouble("archive-file-unknown", line.number, kept_in)


def _write_events(told: Sequence[ObjectEvent]) -> None:
    """Seven a record, and nothing in them is encrypted: by the ORM they would be half of the transaction's time."""
    fields = ObjectEvent._meta.concrete_fields
    values = [
        [
            json.dumps(event.detail) if field.name == "detail" else getattr(event, field.attname)
            for field in fields
        ]
        for event in told
    ]
    columns = tuple(field.column for field in fields)
    connection = connections[router.db_for_write(ObjectEvent)]
    insert_rows(connection, ObjectEvent._meta.db_table, columns, values)


def _open_runs(context: Context, plan: Plan, other: ImportRun | None = None) -> QuerySet[ImportRun]:
    wanted = Q(plan_index=plan.identity) | Q(pk=None if other is None else other.pk)
    return ImportRun.objects.filter(wanted, account_id=context.subject.account_id, closed_at__isnull=True)


def _give_up(run: ImportRun) -> None:
    """What it had received goes with its keys. Runs inside the caller's transaction."""
    for session in run.sessions.filter(closed_at__isnull=True):
        intake.lock_open(session)
        intake.close(session)
    run.closed_at = clock.now()
    run.save(update_fields=["closed_at"])


def _tell_failure(permits: Sequence[Permit], code: str) -> None:
    with transaction.atomic():
        for permit in permits:
            outbox.outcome(permit.event, "failed", reason=Reason(rule=code))


def _told_of(plan: Plan) -> dict[str, object]:
    """How many records, and the digest of the table, sealed: it could confirm a guess of what stands in it."""
    return {"records": len(plan.records), "table_sha256": plan.table_digest}


def _columns(levels: Levels) -> dict[str, int]:
    return {
        "state_level": levels.state,
        "enterprise_level": levels.enterprise,
        "restricted": levels.restricted,
    }


def _in_parts(some: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(some), AT_ONCE):
        yield some[start : start + AT_ONCE]
