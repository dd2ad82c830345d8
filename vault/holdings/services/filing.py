"""From received files to draft records to registered ones."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from accounts.models import Person, Unit
from audit import clock, outbox
from audit.events import ObjectFacts
from storage import blobs
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.asked import Prospect
from vault.authorization.context import Context
from vault.authorization.levels import Levels, compartment
from vault.holdings import errors, telling
from vault.holdings.access_classes import set_levels
from vault.holdings.binding import intake_binding, record_binding
from vault.holdings.keepers import has_keeper
from vault.holdings.labelling import LabelProposal, as_marked, is_decided_on_filing, problems
from vault.holdings.labels import PROBLEMS
from vault.holdings.models import (
    ArchiveFile,
    Component,
    IntakeSession,
    KnowledgeEntry,
    LabelDecision,
    ObjectEvent,
    Record,
    RetentionClass,
    Series,
    StagedFile,
)
from vault.holdings.rules import (
    TRANSITIONS,
    IntegrityStatus,
    LabelSource,
    LabelStatus,
    RecordState,
    declassify_on,
    mark_text,
    title_of,
)
from vault.holdings.services import intake
from vault.holdings.services.contents import content_events, role_of, store_version
from vault.holdings.services.journal import change, note


@dataclass(frozen=True)
class Filing:
    """What a filer says of the records he makes; `title` empty means the file's name."""

    unit: Unit
    series: Series
    retention_class: RetentionClass
    record_date: date
    label: LabelProposal
    originator: Unit | None = None
    decider: Person | None = None
    knowers: tuple[Person, ...] = ()
    archive_file: ArchiveFile | None = None
    title: str = ""
    creator: str = ""
    document_no: str = ""
    place: str = ""
    pages: int = 0  # of paper; what files bring is counted besides
    is_shielded: bool = False
    caveat: str = ""
    together: bool = False
    titles: dict[int, str] = field(default_factory=dict)


def file_records(
    *, context: Context, session: IntakeSession, filing: Filing, only: set[int] | None = None
) -> list[Record]:
    """Turn the accepted files of a session into draft records; quarantined ones stay in quarantine.

    `only` names the positions to take; None takes all. What is left out is never filed.

    Raises FormRefused when no accepted file is there or the label breaks a rule, SessionClosed for a session that was
    opened for a correction, for another unit or under another label: its bodies lie under that label's key.
    """
    levels = _checked_levels(filing.label)
    if session.component_id is not None or session.levels != levels or session.unit_id != filing.unit.pk:
        raise errors.SessionClosed
    permit = gate.authorize(context, Action.FILE, Prospect(filing.unit.pk, levels))
    filer = Person.objects.get(pk=context.subject.person_id)
    with change(permit):
        # Locked before its files are read: one may be taken out or sent again this moment.
        intake.lock_open(session)
        files = list(
            session.files.filter(integrity=IntegrityStatus.ACCEPTED, used_at__isnull=True)
            .select_related("key_slot")
            .order_by("position")
        )
        if only is not None:
            files = [file for file in files if file.position in only]
        if not files:
            raise errors.NothingAccepted
        groups = [files] if filing.together else [[file] for file in files]
        records = [
            make_record(filer, filing, levels, group, session.pk, at=context.instant) for group in groups
        ]
        for record, group in zip(records, groups, strict=True):
            move_in(session, record, group, filer)
        intake.close(session)
        outbox.outcome(permit.event, "granted", **_told_of(records, session, filer))
    return records


def _told_of(records: list[Record], session: IntakeSession, filer: Person) -> dict[str, Any]:
    """One record is named as what was acted on; of several the upload is, and their ids stand sealed beside it."""
    label = session.levels.canonical()
    if len(records) == 1:
        about = ObjectFacts("record", str(records[0].pk), label=label)
    else:
        about = ObjectFacts("intake_session", str(session.pk), version=f"records:{len(records)}", label=label)
    sealed = {"intake_session": str(session.pk), "records": [str(record.pk) for record in records]}
    return {"object": about, "sealed": sealed, "subject": str(filer.pk)}


def register_card(*, context: Context, filing: Filing) -> Record:
    """P-01: a record without a body, for paper whose content may not be stored here; `place` says where it lies."""
    levels = _checked_levels(filing.label)
    if not filing.place.strip() or not filing.title.strip():
        raise errors.FormRefused(None, place=["place-missing"])
    permit = gate.authorize(context, Action.DRAFT, Prospect(filing.unit.pk, levels))
    filer = Person.objects.get(pk=context.subject.person_id)
    with change(permit):
        record = make_record(filer, filing, levels, [], at=context.instant)
        outbox.outcome(
            permit.event, "granted", object=ObjectFacts("record", str(record.pk), label=levels.canonical())
        )
    return record


def register(*, context: Context, record_id: UUID, version: int) -> Record:
    """Draft → registered: from now on nothing of the record changes but by a new version (HA-13).

    Raises ChangedMeanwhile, WrongState and what the gate raises.
    """
    record, permit = gate.fetch(context, Action.REGISTER, Record, record_id)
    with change(permit):
        record = Record.objects.select_for_update().get(pk=record.pk)
        if record.version != version:
            raise errors.ChangedMeanwhile
        following = TRANSITIONS.get((RecordState(record.state), "register"))
        if following is None:
            raise errors.WrongState
        record.state = following[0]
        record.registered_at = clock.now()
        record.version += 1
        record.save(update_fields=["state", "registered_at", "version"])
        person = Person.objects.get(pk=context.subject.person_id)
        note(record, "registration", person=person).save(force_insert=True)
        telling.label_waits(record, record.label_decisions.order_by("-number").first(), context.instant)
        outbox.outcome(permit.event, "granted")
    return record


def edit_draft(*, context: Context, record_id: UUID, version: int, changes: dict[str, object]) -> Record:
    """Change the description of a draft. Raises ArchiveFileElsewhere, ChangedMeanwhile where another came first."""
    record, permit = gate.fetch(context, Action.EDIT_DRAFT, Record, record_id)
    with change(permit):
        record = Record.objects.select_for_update().get(pk=record.pk)
        if record.state != RecordState.DRAFT:
            raise errors.WrongState
        if record.version != version:
            raise errors.ChangedMeanwhile
        former_file = record.archive_file
        for name, value in changes.items():
            setattr(record, name, value)
        _require_own_file(record)
        record.version += 1
        record.save()
        # Always in the same order: two who move between the same two files do not wait for one another.
        for archive_file in sorted({former_file, record.archive_file} - {None}, key=lambda file: file.pk):
            raise_archive_file(archive_file)
        outbox.outcome(permit.event, "granted")
    return record


def _require_own_file(record: Record) -> None:
    """Raise ArchiveFileElsewhere unless the record's archive file is of its own unit and series (HA-01)."""
    kept_in = record.archive_file
    if kept_in is not None and (kept_in.unit_id, kept_in.series_id) != (record.unit_id, record.series_id):
        raise errors.ArchiveFileElsewhere


def raise_archive_file(archive_file: ArchiveFile) -> None:
    """Set an archive file's label to the join of its own and its records' (CL-11); never below its own."""
    locked = ArchiveFile.objects.select_for_update().select_related("unit").get(pk=archive_file.pk)
    levels = Levels(locked.own_state_level, locked.own_enterprise_level, locked.own_restricted)
    for row in locked.records.exclude(state=RecordState.DESTROYED).values_list(
        "state_level", "enterprise_level", "restricted"
    ):
        levels = levels.join(Levels(*row))
    if levels != locked.levels:
        set_levels(locked, levels)
        locked.save()


def _checked_levels(label: LabelProposal) -> Levels:
    found = problems(label)
    if found or label.levels is None:
        raise errors.FormRefused(None, **{name: [str(PROBLEMS[code])] for name, code in found.items()})
    return label.levels


def make_record(
    filer: Person,
    filing: Filing,
    levels: Levels,
    files: list[StagedFile],
    session_id: UUID | None = None,
    *,
    at: datetime,
) -> Record:
    """A draft with its label and its list, in the caller's transaction. Raises FormRefused, ArchiveFileElsewhere."""
    title = filing.title
    if files and not filing.together:
        title = filing.titles.get(files[0].position) or title or title_of(files[0].name)
    elif files and not title:
        title = title_of(files[0].name)
    record = Record(
        unit=filing.unit,
        series=filing.series,
        retention_class=filing.retention_class,
        archive_file=filing.archive_file,
        title=title,
        creator=filing.creator,
        document_no=filing.document_no,
        place=filing.place,
        record_date=filing.record_date,
        originator=filing.originator or filing.unit,
        filed_by=filer,
        created_at=clock.now(),
        page_count=filing.pages + sum(file.page_count or 0 for file in files),
        is_shielded=filing.is_shielded,
        caveat=filing.caveat,
    )
    _require_own_file(record)
    set_levels(record, levels)
    record.save(force_insert=True)
    write_label(record, filer=filer, label=filing.label, originator=record.originator, decider=filing.decider)
    _write_knowers(at, record, filer, filing, levels)
    captured: dict[str, object] = {"files": len(files)}
    if session_id is not None:
        captured["intake_session"] = str(session_id)
    note(record, "capture", person=filer, detail=captured).save(force_insert=True)
    if filing.archive_file is not None:
        raise_archive_file(filing.archive_file)
    return record


def write_label(
    record: Record,
    *,
    filer: Person,
    label: LabelProposal,
    originator: Unit,
    must_be_decided: bool = False,
    decider: Person | None = None,
) -> LabelDecision:
    """Append the proposal, or the received mark taken as it is, to the label's history.

    `decider` is who was named to decide, kept on a proposal only. `must_be_decided` leaves even an open label, or a
    received mark, to a second person: it would lower the record's.
    """
    last = record.label_decisions.order_by("-number").first()
    decision = label_row(
        record,
        filer=filer,
        label=label,
        originator=originator,
        must_be_decided=must_be_decided,
        decider=decider,
        number=1 if last is None else last.number + 1,
    )
    decision.save(force_insert=True)
    return decision


def label_row(
    record: Record,
    *,
    filer: Person,
    label: LabelProposal,
    originator: Unit,
    must_be_decided: bool = False,
    decider: Person | None = None,
    number: int = 1,
) -> LabelDecision:
    """The same unsaved, for callers that save many at once."""
    assert label.levels is not None
    label = as_marked(label)
    issued_on = label.issued_on or record.record_date
    is_decided = is_decided_on_filing(label) and not must_be_decided
    return LabelDecision(
        record=record,
        number=number,
        source=label.source or LabelSource.PROPOSED,
        status=LabelStatus.DECIDED if is_decided else LabelStatus.PROPOSED,
        decider=None if is_decided else decider,
        state_level=label.levels.state,
        enterprise_level=label.levels.enterprise,
        restricted=label.levels.restricted,
        period_kind=label.period.kind,
        period_number=label.period.number,
        period_until=label.period.until,
        period_condition=label.period.condition,
        issued_on=issued_on,
        declassify_on=declassify_on(label.levels, label.period, issued_on),
        basis=label.basis,
        authorisation=label.authorisation,
        mark=mark_text(
            label.levels,
            label.period,
            owner=settings.JINGUI_OWNER_NAME,
            level_names=settings.JINGUI_LEVEL_NAMES,
        ),
        received_mark=label.received_mark,
        originator=originator,
        proposer=filer,
        at=clock.now(),
    )


def _write_knowers(at: datetime, record: Record, filer: Person, filing: Filing, levels: Levels) -> None:
    if not levels.is_classified:
        return
    people = {filer.pk: (filer, "filer")}
    if filing.decider is not None:
        people[filing.decider.pk] = (filing.decider, "decider")
    for person in filing.knowers:
        people.setdefault(person.pk, (person, "reader"))
    KnowledgeEntry.objects.bulk_create(
        KnowledgeEntry(record=record, person=person, named_by=filer, role=role, starts_at=at)
        for person, role in people.values()
    )
    if not has_keeper(record.unit_id, levels, people):
        raise errors.FormRefused(None, knowers=[str(PROBLEMS["keeper-missing"])])


def move_in(session: IntakeSession, record: Record, files: list[StagedFile], filer: Person) -> None:
    """Received files become the components of a record, inside the caller's transaction."""
    old = intake_binding(session.pk, session.levels)
    events: list[ObjectEvent] = []
    for index, file in enumerate(files):
        component = Component.objects.create(
            pk=file.pk,
            record=record,
            position=index + 1,
            role=role_of(file, index),
            state_level=record.state_level,
            enterprise_level=record.enterprise_level,
            restricted=record.restricted,
        )
        blobs.rebind(
            file.key_slot,
            old_binding=old,
            compartment=compartment(record.levels),
            new_binding=record_binding(record.pk, component.pk, record.levels),
        )
        store_version(component, file, number=1, reason="", person=filer)
        events += content_events(record, component, file)
    ObjectEvent.objects.bulk_create(events)
    session.files.filter(pk__in=[file.pk for file in files]).update(used_at=clock.now(), key_slot=None)
