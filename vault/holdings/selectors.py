"""Reads of the holdings. Whatever names protected objects takes the viewer first and is scoped by the rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import Person, Unit, in_force
from accounts.rules import OFFICER_DUTIES, Duty, local_day
from audit import clock
from vault.authorization.actions import KEEPERS, Action
from vault.authorization.context import Context
from vault.authorization.levels import Levels
from vault.authorization.scope import visible_to
from vault.holdings.label_facts import with_labels
from vault.holdings.models import (
    ArchiveFile,
    Component,
    ComponentVersion,
    Fonds,
    KnowledgeEntry,
    LabelDecision,
    ObjectEvent,
    Record,
    RecordUserPermission,
    RetentionClass,
    StagedFile,
)
from vault.holdings.rules import IntegrityStatus, LabelStatus, RecordState

NEWEST_EVENTS = 200
PAGE_SIZES = (25, 50, 100, 200)


def today() -> date:
    """The present day in Asia/Shanghai."""
    return local_day(clock.now())


# People and units to choose from. They name colleagues, not records.


def person_label(person: Person) -> str:
    """Name and unit, as choices show them."""
    return f"{person.name} · {person.unit.name}"


def originators() -> QuerySet[Unit]:
    """Units that may have set a level: our own and external authorities."""
    return Unit.objects.filter(closed_on__isnull=True).order_by("path")


def units_of(viewer: Context) -> QuerySet[Unit]:
    """Units the viewer may file for: those where he holds a duty now."""
    held = {unit for _, unit in viewer.subject.duties}
    return Unit.objects.filter(pk__in=held, closed_on__isnull=True).order_by("path")


def classification_officers(*, excluding: Person) -> QuerySet[Person]:
    """Persons appointed to decide labels today, without the proposer himself."""
    return _appointed(Q(appointments__duty=Duty.CLASSIFICATION_OFFICER)).exclude(pk=excluding.pk).distinct()


def nameable_persons(*, excluding: Person) -> QuerySet[Person]:
    """Colleagues who may be put on a list or given a grant; never oneself (PE-02), never an officer."""
    return (
        Person.objects.filter(left_on__isnull=True, accounts__is_active=True)
        .exclude(pk=excluding.pk)
        .exclude(pk__in=_appointed(Q(appointments__duty__in=OFFICER_DUTIES)).values("pk"))
        .select_related("unit")
        .order_by("unit__path", "pk")
        .distinct()
    )


def _appointed(condition: Q) -> QuerySet[Person]:
    day = today()
    return (
        Person.objects.filter(
            condition,
            in_force(day, "appointments__"),
            left_on__isnull=True,
        )
        .select_related("unit")
        .order_by("unit__path", "pk")
    )


# Lists


@dataclass(frozen=True)
class RecordFilter:
    """What the list is narrowed to; None and empty mean "all"."""

    unit: str = ""
    series: str = ""
    label: str = ""
    state: str = ""
    retention: str = ""
    year: str = ""
    archive_file: str = ""


@dataclass(frozen=True)
class Cursor:
    """Where a page starts: the sort key of the row before (or after, for `backwards`)."""

    day: date
    pk: str
    backwards: bool = False


@dataclass(frozen=True)
class RecordPage:
    """One page, newest first, the exact count of all, and the cursors of its neighbours."""

    rows: Sequence[Record]
    total: int
    previous: Cursor | None
    next: Cursor | None


def records(viewer: Context, filters: RecordFilter = RecordFilter()) -> QuerySet[Record]:
    """Records the viewer may know of, narrowed by the filters."""
    return _narrow(visible_to(viewer, Record), filters)


def record_page(
    viewer: Context,
    filters: RecordFilter,
    cursor: Cursor | None,
    size: int,
    units: Mapping[UUID, Unit] | None = None,
) -> RecordPage:
    """Count and one page by keyset; at most three statements whatever the size.

    `units` are those that the caller has read already; a page names few, and each name is opened once, not once a
    row.
    """
    found = records(viewer, filters)
    total = found.count()
    ordered, window = _window(found, cursor)
    rows = list(with_labels(window).order_by(*ordered)[: size + 1])
    known = dict(units or {})
    known |= Unit.objects.in_bulk({row.unit_id for row in rows} - known.keys())
    for row in rows:
        row.unit = known[row.unit_id]
    more = len(rows) > size
    rows = rows[:size]
    backwards = cursor is not None and cursor.backwards
    if backwards:
        rows.reverse()
    has_previous = more if backwards else cursor is not None
    has_next = cursor is not None if backwards else more
    return RecordPage(
        rows,
        total,
        Cursor(rows[0].record_date, str(rows[0].pk), backwards=True) if rows and has_previous else None,
        Cursor(rows[-1].record_date, str(rows[-1].pk)) if rows and has_next else None,
    )


def _window(found: QuerySet[Record], cursor: Cursor | None) -> tuple[tuple[str, str], QuerySet[Record]]:
    if cursor is None:
        return ("-record_date", "-pk"), found
    if cursor.backwards:
        after = Q(record_date__gt=cursor.day) | Q(record_date=cursor.day, pk__gt=cursor.pk)
        return ("record_date", "pk"), found.filter(after, record_date__gte=cursor.day)
    before = Q(record_date__lt=cursor.day) | Q(record_date=cursor.day, pk__lt=cursor.pk)
    return ("-record_date", "-pk"), found.filter(before, record_date__lte=cursor.day)


def _narrow(found: QuerySet[Record], filters: RecordFilter) -> QuerySet[Record]:
    from vault.holdings.labels import CHOICES

    if filters.unit:
        found = found.filter(unit_id=filters.unit)
    if filters.series:
        found = found.filter(series_id=filters.series)
    if filters.retention:
        found = found.filter(retention_class_id=filters.retention)
    if filters.archive_file:
        found = found.filter(archive_file_id=filters.archive_file)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.year:
        year = int(filters.year)
        found = found.filter(record_date__gte=date(year, 1, 1), record_date__lte=date(year, 12, 31))
    if filters.label:
        levels = CHOICES[filters.label]
        if levels.state:
            found = found.filter(state_level=levels.state)
        elif levels.enterprise:
            found = found.filter(state_level=0, enterprise_level=levels.enterprise)
        else:
            found = found.filter(state_level=0, enterprise_level=0, restricted=levels.restricted)
    return found


@dataclass(frozen=True)
class ArchiveFilePage:
    """One page of archive files, newest year first, and the exact count of all."""

    rows: Sequence[ArchiveFile]
    total: int
    has_more: bool


def archive_file_page(viewer: Context, after: tuple[int, UUID] | None, size: int) -> ArchiveFilePage:
    """Count and one page by keyset of the archive files the viewer may know of."""
    found = visible_to(viewer, ArchiveFile)
    total = found.count()
    if after is not None:
        year, pk = after
        found = found.filter(Q(year__lt=year) | Q(year=year, pk__gt=pk))
    rows = list(found.select_related("unit", "series").order_by("-year", "pk")[: size + 1])
    return ArchiveFilePage(rows[:size], total, len(rows) > size)


def raised_to(viewer: Context, files: Sequence[ArchiveFile]) -> dict[UUID, Levels]:
    """The label of each file as far as the viewer may learn it: its own, raised by the records he may know of (PE-05).

    The rule goes by the whole file's; shown, that would tell of a secret in it to whoever is not on its list.
    """
    found = {
        file.pk: Levels(file.own_state_level, file.own_enterprise_level, file.own_restricted)
        for file in files
    }
    known = visible_to(viewer, Record).filter(archive_file__in=found).exclude(state=RecordState.DESTROYED)
    columns = ("archive_file_id", "state_level", "enterprise_level", "restricted")
    for pk, *levels in known.order_by().values_list(*columns).distinct():
        found[pk] = found[pk].join(Levels(*levels))
    return found


def archive_file_title(viewer: Context, pk: str) -> str | None:
    """The title of an archive file the viewer may know of, or None."""
    found = visible_to(viewer, ArchiveFile).filter(pk=pk).first()
    return None if found is None else str(found.title)


def fonds_with_series() -> list[Fonds]:
    """Every fonds with its series; neither carries a label."""
    return list(Fonds.objects.prefetch_related("series").order_by("fonds_no"))


def retention_classes() -> list[RetentionClass]:
    """Retention classes, longest first."""
    return list(RetentionClass.objects.order_by(F("years").desc(nulls_first=True), "code"))


def archive_files_for(viewer: Context) -> QuerySet[ArchiveFile]:
    """Archive files the viewer may file into: known to him, and of a unit where he holds a duty."""
    held = {unit for _, unit in viewer.subject.duties}
    return visible_to(viewer, ArchiveFile).filter(unit_id__in=held).order_by("-year", "pk")


def awaiting_decision(viewer: Context) -> list[Record]:
    """Records whose label waits for this viewer's decision: he was named as its decider."""
    mine = LabelDecision.objects.filter(
        status=LabelStatus.PROPOSED, decider_id=viewer.subject.person_id
    ).values("record")
    found = visible_to(viewer, Record).filter(pk__in=mine)
    latest = {d.record_id: d for d in LabelDecision.objects.filter(record__in=found).order_by("number")}
    return [
        record
        for record in with_labels(found).order_by("created_at")
        if latest[record.pk].status == LabelStatus.PROPOSED
        and latest[record.pk].decider_id == viewer.subject.person_id
    ]


def sent_back(viewer: Context) -> list[Record]:
    """Records whose label the viewer proposed and somebody sent back; they wait for another proposal."""
    mine = LabelDecision.objects.filter(
        status=LabelStatus.REFUSED, proposer_id=viewer.subject.person_id
    ).values("record")
    found = with_labels(visible_to(viewer, Record).filter(pk__in=mine)).order_by("created_at")
    latest = {d.record_id: d for d in LabelDecision.objects.filter(record__in=found).order_by("number")}
    return [record for record in found if latest[record.pk].status == LabelStatus.REFUSED]


def drafts_of(viewer: Context) -> QuerySet[Record]:
    """The viewer's own drafts."""
    return visible_to(viewer, Record).filter(state=RecordState.DRAFT, filed_by_id=viewer.subject.person_id)


# Parts of one record. The caller has fetched the record through the gate.


def versions(record: Record) -> list[list[ComponentVersion]]:
    """The components of a record in order, each as its versions, newest first."""
    found: dict[UUID, list[ComponentVersion]] = {}
    for version in (
        ComponentVersion.objects.filter(component__record=record)
        .select_related("component", "key_slot", "created_by")
        .order_by("component__position", "-number")
    ):
        found.setdefault(version.component_id, []).append(version)
    return list(found.values())


def latest_decision(record: Record) -> LabelDecision:
    """The newest row of the label's history, refused or not."""
    decision = (
        record.label_decisions.select_related("originator", "proposer", "decider").order_by("-number").first()
    )
    assert decision is not None, "every record is created with a label decision"
    return decision


def is_card(record_id: UUID) -> bool:
    """Whether no file belongs to it, as to a register card (P-01). Says no more of a record that is not there."""
    return not Component.objects.filter(record_id=record_id).exists()


def knowers(record: Record) -> list[KnowledgeEntry]:
    """Who is on the need-to-know list now."""
    return list(
        record.knowledge_entries.filter(ends_at__isnull=True)
        .select_related("person__unit", "named_by")
        .order_by("starts_at")
    )


def grants(record: Record) -> list[RecordUserPermission]:
    """Grants on this record that are in force or still to come."""
    return list(
        record.user_grants.filter(ends_at__gt=clock.now())
        .select_related("user__person__unit", "permission", "granted_by")
        .order_by("starts_at")
    )


def events(record: Record) -> tuple[list[ObjectEvent], int]:
    """What happened to a record, newest first, and how many older ones are not among them."""
    newest = list(record.events.select_related("agent_person").order_by("-at", "-pk")[:NEWEST_EVENTS])
    return newest, record.events.count() - NEWEST_EVENTS if len(newest) == NEWEST_EVENTS else 0


def quarantined(viewer: Context) -> QuerySet[StagedFile]:
    """Files in quarantine that the viewer himself sent, or that wait where he keeps the records; newest first.

    A keeper must be cleared for the upload's label; he is shown no name of a classified one (PE-05).

    Taking one out of its upload takes nothing out of here: only closing it with a reason does.
    """
    cleared = viewer.subject.clearance
    return (
        StagedFile.objects.filter(
            integrity=IntegrityStatus.QUARANTINED,
            closed_at__isnull=True,
            session__state_level__lte=cleared.state,
            session__enterprise_level__lte=cleared.enterprise,
            session__restricted__lte=cleared.restricted,
        )
        .filter(
            Q(session__account__person_id=viewer.subject.person_id) | Q(session__unit__in=_kept_by(viewer))
        )
        .select_related("session__unit", "session__account__person")
        .order_by("-received_at", "pk")
    )


def closable(viewer: Context) -> QuerySet[StagedFile]:
    """Those that he may close: another person's, since nobody makes his own disappear."""
    return quarantined(viewer).exclude(session__account__person_id=viewer.subject.person_id)


def _kept_by(viewer: Context) -> set[UUID]:
    """Units whose records he keeps; an archivist keeps those below his own too (PE-10)."""
    held = {unit for duty, unit in viewer.subject.duties if duty in KEEPERS}
    is_archivist = any(duty is Duty.ARCHIVIST for duty, _unit in viewer.subject.duties)
    return held | set(viewer.subject.units) if is_archivist else held


def duplicates_of(viewer: Context, digest: bytes) -> list[Record]:
    """Records the viewer may know of with the same body; silent about all others."""
    same = ComponentVersion.objects.filter(digest_index=digest.hex()).values("component__record")
    return list(visible_to(viewer, Record, action=Action.DESCRIBE).filter(pk__in=same)[:3])


def refers_to(key_slot_id: UUID) -> bool:
    """Whether a record or an upload still refers to a stored body."""
    return (
        ComponentVersion.objects.filter(key_slot_id=key_slot_id).exists()
        or StagedFile.objects.filter(key_slot_id=key_slot_id).exists()
    )
