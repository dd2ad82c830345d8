"""A record that is written from others: its text comes in as every body does, its label is the join of its sources.

Order of writes as in `intake`: the body on disk, encrypted, read back whole and inspected; then the caller's
transaction with key row, staged row, record and outcome.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from accounts.models import Person
from accounts.rules import local_day
from audit import clock
from storage import blobs
from storage.inspection import Finding
from vault.authorization.actions import Action
from vault.authorization.levels import Levels
from vault.authorization.permit import Permit
from vault.holdings import custody, errors, telling
from vault.holdings.binding import intake_binding
from vault.holdings.derivation import Constraints, caveats_of, ending_of, join_of, within_maximum
from vault.holdings.keepers import who_could
from vault.holdings.label_facts import period_of
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import IntakeSession, LabelDecision, Record
from vault.holdings.rules import TRANSITIONS, IntegrityStatus, LabelSource, LabelStatus, RecordState
from vault.holdings.services import intake
from vault.holdings.services.filing import Filing, make_record, move_in, write_label
from vault.holdings.services.journal import note


@dataclass(frozen=True)
class Written:
    """A body on disk, encrypted under the label of its sources and inspected, that is no record yet."""

    session: IntakeSession
    stored: blobs.StoredBlob
    finding: Finding
    name: str


@dataclass(frozen=True)
class Derivation:
    """What is said of the new record. `basis` names no source to whoever may not know of it.

    `lower` is a label below the sources', proposed by the secret point `point` (CL-13); it lowers nothing by itself.
    """

    title: str
    basis: str
    lower: Levels | None = None
    point: str = ""


@contextmanager
def written(permit: Permit, *, account_id: UUID, source: Record, text: str, name: str) -> Iterator[Written]:
    """Bring a text in under its source's label; what the caller raises takes it out again.

    Raises TextHeldBack, NotScanned, StorageFull, ForgedPermit, PermitExpired.
    """
    levels = source.levels
    session = IntakeSession(
        id=uuid4(),
        account_id=account_id,
        unit=source.unit,
        state_level=levels.state,
        enterprise_level=levels.enterprise,
        restricted=levels.restricted,
        opened_at=clock.now(),
    )
    body = text.encode()
    stored = intake.put(session, uuid4(), [body], len(body))
    try:
        binding = intake_binding(session.pk, levels)
        finding = custody.inspect_written(permit, stored, source=source, binding=binding, name=name)
        if intake.must_be_scanned(levels) and finding.scanned == "not_scanned":
            raise errors.NotScanned
        if finding.verdict != IntegrityStatus.ACCEPTED:
            raise errors.TextHeldBack
        yield Written(session, stored, finding, name)
    except BaseException:
        blobs.discard(stored)
        raise


def drop(written: Written) -> None:
    """Take a body out again that is not needed."""
    blobs.discard(written.stored)


def constraints_of(record: Record) -> Constraints:
    """All that binds a record: its effective label, and the longer end of what is in force and what is proposed."""
    rows = list(record.label_decisions.exclude(status=LabelStatus.REFUSED).order_by("-number"))
    in_force = next((row for row in rows if row.status == LabelStatus.DECIDED), None)
    counted = rows if in_force is None else [row for row in rows if row.number >= in_force.number]
    ends = join_of(
        Constraints(row.levels, ending_of(row.levels, period_of(row), row.issued_on)) for row in counted
    )
    return Constraints(
        record.levels,
        ends.ending,
        record.is_shielded,
        caveats_of(record.caveat),
        frozenset({record.unit_id}),
    )


def keep(
    *, writer: Person, at: datetime, written: Written, sources: Sequence[Record], derivation: Derivation
) -> Record:
    """The written body becomes a registered record under the join of its sources' labels (CL-12, CL-13, RQ-12).

    Inside the caller's transaction, its sources locked. The first source is the one under whose label it was written;
    its unit keeps the record, and its originator stays the originator (P-09). On the list stands who wrote it, and of
    the first source's own list one who can look after the new one and one who decides its label, where the writer
    cannot. Raises FormRefused where nobody could look after it.
    """
    first = sources[0]
    joined = join_of(constraints_of(one) for one in sources)
    known = [pk for pk in _on_list(first, at) if pk != writer.pk]
    decider = _first(Action.DECIDE_LABEL, first, joined.levels, known)
    keeper = None
    if not any(True for _one in who_could(Action.NAME_KNOWERS, first.unit_id, joined.levels, [writer.pk])):
        keeper = _first(Action.NAME_KNOWERS, first, joined.levels, known)
    filing = Filing(
        unit=first.unit,
        series=first.series,
        retention_class=first.retention_class,
        record_date=local_day(at),
        label=LabelProposal(
            levels=joined.levels,
            source=LabelSource.DERIVED,
            issued_on=local_day(at),
            period=joined.ending.period,
            basis=derivation.basis,
            has_decider=decider is not None,
        ),
        originator=first.originator,
        decider=decider,
        knowers=() if keeper is None else (keeper,),
        title=derivation.title,
        creator=writer.name,
        is_shielded=joined.is_shielded,
        caveat=joined.caveat,
        together=True,
    )
    session = written.session
    session.save(force_insert=True)
    file = intake.stage(session, 1, written.name, written.stored, written.finding)
    record = make_record(writer, filing, joined.levels, [file], session.pk, at=at)
    move_in(session, record, [file], writer)
    intake.close(session)
    record.state = TRANSITIONS[RecordState.DRAFT, "register"][0]
    record.registered_at = clock.now()
    record.save(update_fields=["state", "registered_at"])
    note(record, "registration", person=writer).save(force_insert=True)
    telling.label_waits(record, _propose_lower(record, writer, filing, derivation), at)
    return record


def _propose_lower(
    record: Record, writer: Person, filing: Filing, derivation: Derivation
) -> LabelDecision | None:
    """CL-13: the lower label waits for a second person; until then the record keeps its sources'."""
    if derivation.lower is None:
        return record.label_decisions.order_by("-number").first()
    label = LabelProposal(
        levels=derivation.lower,
        source=LabelSource.DERIVED,
        issued_on=filing.label.issued_on,
        period=within_maximum(derivation.lower, filing.label.period, filing.label.issued_on),
        basis=derivation.point.strip(),
        has_decider=filing.decider is not None,
    )
    return write_label(
        record,
        filer=writer,
        label=label,
        originator=record.originator,
        must_be_decided=True,
        decider=filing.decider,
    )


def _on_list(record: Record, at: datetime) -> list[UUID]:
    entries = record.knowledge_entries.filter(ends_at__isnull=True, starts_at__lte=at)
    return list(entries.order_by("starts_at", "pk").values_list("person_id", flat=True))


def _first(action: Action, source: Record, levels: Levels, persons: list[UUID]) -> Person | None:
    """The first of those who know the source already who could do this with what comes of it."""
    found = next(iter(who_could(action, source.unit_id, levels, persons)), None)
    return None if found is None else Person.objects.get(pk=found)


__all__ = ["Derivation", "Written", "constraints_of", "drop", "keep", "written"]
